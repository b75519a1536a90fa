"""Courtesy and its opposite: short answers that keep the open question where it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from dialogs.understand.plain import squeeze, words
from dialogs.words import Words

_ORDER: Final = (
    "insult",
    "who_are_you",
    "vague",
    "present",
    "bye",
    "thanks",
    "greeting",
    "ok",
)  # who counts when several are said
_LONGEST: Final = 12  # words
_PIECE: Final = 9  # words of the longest of the phrases; in Chinese, of each character
_SIGNS: Final = {"👍": "ok", "👌": "ok", "✅": "ok", "🙏": "thanks", "❤": "thanks", "😊": "thanks", "👋": "greeting"}
_DRESSING: Final = "️‍🏻🏼🏽🏾🏿 \n"  # colours and variants of the same sign

REPLIES: Final[Mapping[str, tuple[Words, Words, Words]]] = {
    "greeting": ("Buongiorno!", "Salve, eccomi.", "Buongiorno a Lei."),
    "thanks": ("Grazie a Lei.", "Di niente, è un piacere.", "Ci mancherebbe, sono qui per questo."),
    "insult": (
        "Mi dispiace che non vada come vorrebbe. Se preferisce una persona, scriva «operatore».",
        "Capisco, è una cosa che irrita. Provo a fare meglio. Se scrive «operatore», le risponde una persona.",
        "Ha ragione a voler essere aiutato bene. Con «operatore» parla con una persona.",
    ),
    "vague": (
        "Volentieri. Di che cosa c'è bisogno, e per chi?",
        "Sono qui per questo. Mi racconti che cosa succede.",
        "Certo. Mi dica qualcosa di più, anche con poche parole.",
    ),
    "present": ("Sì, sono qui.", "Eccomi, La leggo.", "Ci sono, mi dica pure."),
    "bye": (
        "Arrivederci! Quando vuole, mi scriva.",
        "A presto. Quello che ha scritto resta qui.",
        "Buona giornata! Mi trova sempre qui.",
    ),
    "ok": ("Bene.", "Perfetto.", "D'accordo."),
    "who_are_you": (
        "Sono un programma. Aiuto a trovare servizi e associazioni. Con «operatore» parla con una persona.",
        "Non sono una persona. Sono un programma. Se vuole una persona, scriva «operatore».",
        "Sono un programma. Cerco chi la può aiutare qui vicino. Per una persona scriva «operatore».",
    ),
}
"""Three ways of answering each kind, so that no sentence is said three times running."""


def hear(text: str) -> str | None:
    """The kind of small talk that the whole message is, one of `REPLIES`; None when it says anything else.

    >>> hear("ok grazie mille!"), hear("grazie, cerco un dentista")
    ('thanks', None)
    """
    signs = {_SIGNS.get(c) for c in text.strip() if c not in _DRESSING}
    if signs and None not in signs:
        return next(kind for kind in _ORDER if kind in signs)
    said = [w for w in words(text) if w != "."]
    if not 0 < len(said) <= _LONGEST:
        return None
    kinds = _kinds([squeeze(w) for w in said])
    return next((kind for kind in _ORDER if kind in kinds), None) if kinds else None


def _kinds(said: Sequence[str]) -> set[str] | None:
    """What the words are made of, the longest piece first; None when something else is among them."""
    kinds: set[str] = set()
    at = 0
    while at < len(said):
        pieces = (" ".join(said[at : at + n]) for n in range(min(_PIECE, len(said) - at), 0, -1))
        piece = next((p for p in pieces if p in _phrases()), None)
        if piece is None:
            return None
        kinds.add(_phrases()[piece])
        at += len(piece.split())
    return kinds


@cache
def _phrases() -> Mapping[str, str]:
    data = tomllib.loads((files("dialogs") / "small_talk.toml").read_text("utf-8"))
    return {
        " ".join(squeeze(w) for w in words(said)): kind
        for kind, text in data.items()
        for said in text.split(",")
        if said.strip()
    }
