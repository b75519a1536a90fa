"""Which of the nine languages a message is written in, when it is long enough to tell."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

LANGUAGES: Final = ("it", "ro", "sq", "zh", "ar", "en", "es", "uk", "fr")
_SHORTEST: Final = 12  # letters; less says little in an alphabet that six of the languages share
_SURE: Final = 0.7
_SURE_TO_CHANGE: Final = 0.95  # when the person's language is known, one odd message does not change it
_READ: Final = 1_000  # characters
_SCRIPTS: Final = {
    "zh": re.compile(r"[㐀-鿿]"),
    "ar": re.compile(r"[\u0620-\u06ff]"),
    "uk": re.compile(r"[\u0400-\u04ff]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|[\d_/]+")


def language_of(text: str, known: str | None) -> str | None:
    """The language of the message; None when it is too short or uncertain. `known` is what the person uses so far."""
    said = _NOT_WORDS.sub(" ", text[:_READ])
    letters = len(_LETTER.findall(said))
    if letters == 0:
        return None
    for language, script in _SCRIPTS.items():
        if 2 * len(script.findall(said)) > letters:
            return language
    if letters < _SHORTEST:
        return None
    language, probability = _identifier().classify(said)
    sure = _SURE if known in (None, language) else _SURE_TO_CHANGE
    return str(language) if probability >= sure else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in LANGUAGES if language not in _SCRIPTS])
    return identifier
