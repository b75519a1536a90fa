"""Which of the nine languages a message is written in, and whether that is sure enough to answer in one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dialogs.understand.plain import words

LANGUAGES: Final = ("it", "ro", "sq", "zh", "ar", "en", "es", "uk", "fr")
ITALIAN: Final = "it"
_SHORT: Final = 3  # words, among which one that is told by itself decides
_SURE: Final = 0.7
_POSSIBLE: Final = 0.45  # below it a name and a sentence look alike
_POSSIBLE_SENTENCE: Final = 0.3  # of three words or more
_CERTAIN: Final = 0.95  # then a digit in a word is a digit, and the message no Arabic
_READ: Final = 1_000  # characters
_SCRIPTS: Final = {
    "zh": re.compile(r"[㐀-鿿]"),
    "ar": re.compile(r"[\u0620-\u06ff]"),
    "uk": re.compile(r"[\u0400-\u04ff]"),
}
_ALIEN: Final = {  # letters of the same scripts that the language does not have: Persian and Urdu, Russian
    "ar": re.compile(r"[پچژگٹڈڑںھہےی]"),
    "uk": re.compile(r"[ыэъё]", re.IGNORECASE),
}
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|[A-Za-z]*[\d_][A-Za-z\d_]*|/")  # addresses, numbers, codes
_DIGIT_AS_LETTER = re.compile(r"\b[a-z]*[23579][a-z]+\b")  # "3ayez", "mosa3da"; also Italian in a hurry, "3anni"


@dataclass(frozen=True)
class Guess:
    """The language to answer in; in doubt, `beside` is the one to answer in as well."""

    language: str
    beside: str | None = None


def guess(text: str) -> Guess | None:
    """What the message is written in; None when it says nothing (a name, a number, "ok").

    Arabic typed in Latin letters and Russian are not among the nine: the first is answered in Arabic, the second in
    Ukrainian, and both in Italian as well.
    """
    said = _NOT_WORDS.sub(" ", text[:_READ])
    letters = len(_LETTER.findall(said))
    if letters == 0:
        return None
    for language, script in _SCRIPTS.items():
        if 2 * len(script.findall(said)) > letters:
            return Guess(language, ITALIAN if _is_alien(said, language) else None)
    latin = [word for word in words(said) if word != "."]
    told = [language for language, those in _told("short").items() if those & set(latin)]
    if len(latin) <= _SHORT and len(told) == 1:
        return Guess(told[0])
    ranked = _ranked(said)
    if ranked[0][1] < _CERTAIN and _is_arabic(text[:_READ]):
        return Guess("ar", ITALIAN)
    return _of_latin(ranked, len(latin))


def written_in(text: str) -> str:
    """The language that a message is surely in, or one of its letters; else Italian, which most write."""
    found = guess(text)
    return found.language if found and (found.beside is None or found.language in _SCRIPTS) else ITALIAN


def _of_latin(ranked: list[tuple[str, float]], several: int) -> Guess | None:
    (first, probability), (second, _) = ranked[:2]
    if probability >= _SURE:
        return Guess(first)
    if probability < (_POSSIBLE_SENTENCE if several >= _SHORT else _POSSIBLE):
        return None
    return Guess(first, second if first == ITALIAN else ITALIAN)


def _is_arabic(text: str) -> bool:
    """Is it Arabic in Latin letters?"""
    said = words(text)
    known = _told("arabic_in_latin")["ar"].intersection(said)
    return bool(_DIGIT_AS_LETTER.search(text)) or 2 * len(known) > len(said)


def _is_alien(said: str, language: str) -> bool:
    """Is it another language of the same letters?"""
    if language in _ALIEN and _ALIEN[language].search(said):
        return True
    return language == "uk" and not _told("russian")["uk"].isdisjoint(words(said))


def _ranked(said: str) -> list[tuple[str, float]]:
    """The languages of the Latin alphabet with their probabilities, the likeliest first."""
    return [(str(language), float(probability)) for language, probability in _identifier().rank(said)]


@cache
def _told(table: str) -> dict[str, frozenset[str]]:
    data = tomllib.loads((files(__package__) / "language.toml").read_text("utf-8"))
    return {
        language: frozenset(" ".join(words(one)) for one in text.split(",")) for language, text in data[table].items()
    }


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in LANGUAGES if language not in _SCRIPTS])
    return identifier
