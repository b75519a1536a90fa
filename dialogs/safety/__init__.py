"""Danger first: what is recognised before anything else is read, and what is answered.

The words are in one file per language beside this one. Everything is measured on messages that the patterns were not
written for (`tests/evaluation/crisis.jsonl`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, get_args

from dialogs.safety.helplines import Helpline, Kind, helplines
from dialogs.safety.lexicon import Lexicon, Reader
from dialogs.understand.plain import words
from dialogs.words import Phrase, Weighty, Words, phrase

LANGUAGES: Final = ("it", "en", "es", "fr", "ro", "sq", "zh", "ar", "uk")
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What is answered when a message says several: the first of these, whose numbers are the most particular."""


@dataclass(frozen=True)
class Danger:
    """What a message says is happening: one of `KINDS`, and how near it is (always "now" in this version)."""

    kind: Kind
    level: str = "now"


def check(text: str) -> Danger | None:
    """The danger that a message states, in any of the nine languages; None for all other messages."""
    found = _reader().kinds(words(text))
    return next((Danger(kind) for kind in KINDS if kind in found), None)


def numbers_for(danger: Danger) -> tuple[Helpline, ...]:
    """Who to call, in the order of the file: the most urgent first."""
    return tuple(line for line in helplines().values() if danger.kind in line.dangers)


def answer(danger: Danger) -> tuple[Words, ...]:
    """What is said, one sentence each: what to do, the numbers with their hours, how to stay unseen."""
    before, after = _SENTENCES[danger.kind]
    return tuple(Weighty(words) for words in (*before, *(line.said() for line in numbers_for(danger)), *after))


def prepare() -> None:
    """Read every pattern now, so that the first message does not wait for it."""
    _reader()


@cache
def _reader() -> Reader:
    folder = files(__name__)
    return Reader(
        [
            Lexicon.read(tomllib.loads((folder / f"{language}.toml").read_text("utf-8")), squeezed=language == "it")
            for language in LANGUAGES
        ]
    )


_EMERGENCY: Final[Phrase] = phrase("Se il pericolo è adesso, chiami subito il {number}.", number="112")
_HERE: Final = (
    "Io sono un programma e non posso mandare aiuto. Quando vuole, mi scriva. Andiamo avanti da dove eravamo."
)
_SENTENCES: Final[dict[str, tuple[tuple[Words, ...], tuple[Words, ...]]]] = {
    "violenza_in_corso": (
        (_EMERGENCY, "Se può, vada dove ci sono altre persone. Meglio se c'è una porta sulla strada."),
        ("Se altri possono leggere, cancelli i messaggi. Poi chiuda la pagina.", _HERE),
    ),
    "suicidio": (
        (
            "Mi dispiace che sia così dura. Non resti da solo o da sola. Ne parli adesso con una persona.",
            _EMERGENCY,
        ),
        ("Se può, metta lontano quello che può ferire. Chieda a una persona di starle vicino.", _HERE),
    ),
    "emergenza_medica": (
        (phrase("Chiami subito il {number} e metta il vivavoce. Le dicono che cosa fare.", number="112"),),
        ("Dica dove si trova e non riagganci per primo. Se può, mandi qualcuno ad aprire la porta.", _HERE),
    ),
    "minore_in_pericolo": (
        (_EMERGENCY, "Se il bambino o la bambina è con Lei, resti vicino e al sicuro. Se è Lei, non è colpa Sua."),
        ("Le prove non servono. Basta dire quello che ha visto o sentito.", _HERE),
    ),
    "tratta": (
        (_EMERGENCY, "Nessuno può tenerle i documenti o obbligarla a lavorare. Non è colpa Sua."),
        ("Se altri possono leggere, cancelli i messaggi. Poi chiuda la pagina.", _HERE),
    ),
}
