"""Words that work anywhere, in every language: a whole message that says one of them, and nothing more."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz.distance import OSA

from dialogs.understand.plain import words

_LONGEST: Final = 12  # words; what is longer says more than a command
_LEAST_FUZZY: Final = 6  # letters
_TWO_ERRORS: Final = 10  # letters from which two are forgiven
_AROUND: Final = """
per favore, per piacere, perfavore, per cortesia, cortesemente, grazie, grazie mille, scusi, scusa, scusate, ciao,
salve, buongiorno, buonasera,
voglio, vorrei, vorrei avere, posso, potrei, e possibile, si puo, puoi, puo, potete, devo, ho bisogno di, fammi,
mi faccia, vai a, andare al, adesso, subito, ora,
please, thanks, thank you, hello, hi, can i, could i, i want, i want to, i would like to, i d like to, can you,
i need to, now,
por favor, gracias, hola, quiero, quisiera, puedo, puede, pueden, s il vous plait, svp, merci, bonjour, je veux,
je voudrais, puis je, pouvez vous, je peux,
va rog, te rog, multumesc, buna ziua, buna, vreau, as vrea, pot, vreau sa, pot sa, ju lutem, te lutem, faleminderit,
dua, desha, mundem, mund, dua te, mund te,
请, 谢谢, 你好, 我要, 我想, 可以, 吗, من فضلك, لو سمحت, من فضلكم, شكرا, مرحبا, اريد, هل يمكن, ممكن,
будь ласка, дякую, вітаю, добрий день, хочу, можна, я хочу, чи можна, чи можу
"""
_INVITATION = re.compile(
    r"\s*(?:(/start)|(codice|code|código|codigo|cod|kodi|код|代码|رمز))\s*:?"
    r"[\s\u2066-\u2068]+([a-z0-9]{6,24})[\s\u2069]*",
    re.IGNORECASE,
)

# What the links of the catalogue say; with what is before it, 64 characters: as many as Telegram takes.
OF_ORGANIZATION: Final = "associazione-"
_OFFER = re.compile(r"\s*/start\s+offerta-([A-Za-z0-9_-]{1,56})\s*")
_ORGANIZATION = re.compile(rf"\s*/start\s+({OF_ORGANIZATION}[A-Za-z0-9_-]{{1,51}})\s*")

_SLASHED = re.compile(r"^(\s*/\w+)@\w+")  # "/menu@the_bot"

_REQUEST = re.compile(r"\W*(?:\w+\W+){0,3}r ?[-–—] ?([a-z0-9]{4})(?:\W+\w+){0,3}\W*", re.IGNORECASE)


def listen(text: str) -> str | None:
    """The id of the command that the whole message says, in any language and with small typing errors; None if none.

    "/menu", "/i_miei_dati" and "/menu@the_bot" say what "menu" and "i miei dati" do.

    >>> listen("Vorrei parlare con una persona, per favore")
    'operatore'
    >>> listen("mio figlio ha bisogno di aiuto con i compiti") is None
    True
    """
    said = [w for w in words(_SLASHED.sub(r"\1", text)) if w != "."]
    if not 0 < len(said) <= _LONGEST:
        return None
    whole = " ".join(said)
    bare = " ".join(_unwrapped(said))
    return _phrases().get(whole) or _phrases().get(bare) or _misspelt(bare)


def invitation(text: str) -> str | None:
    """The code in "/start CODE" or "codice CODE", in capitals: 6 to 24 letters and digits; None if there is none.

    Copied from a sentence in Arabic, the code has the marks of its direction around it.

    >>> invitation("رمز \u2068AB3DE6GH\u2069")
    'AB3DE6GH'
    """
    match = _INVITATION.fullmatch(text)
    if match is None:
        return None
    start, word, code = match.groups()
    looks_like_a_code = any(c.isdigit() for c in code) or (code.isupper() and not (word or "").isupper())
    return code.upper() if start or looks_like_a_code else None


def offer(text: str) -> str | None:
    """The uid of the offer whose link was opened ("/start offerta-UID"); None if it is no such link."""
    match = _OFFER.fullmatch(text)
    return match[1] if match else None


def organization(text: str) -> str | None:
    """OF_ORGANIZATION and the uid of the organization whose link was opened; None if it is no such link."""
    match = _ORGANIZATION.fullmatch(text)
    return match[1] if match else None


def request(text: str) -> str | None:
    """The code of the request that a message of few words names; None if it names none.

    >>> request("per la richiesta r-4f7k, accettiamo")
    'R-4F7K'
    """
    match = _REQUEST.fullmatch(text)
    return f"R-{match[1].upper()}" if match else None


@cache
def _phrases() -> Mapping[str, str]:
    """Every way of saying a command, as plain words → the command."""
    data = tomllib.loads((files("dialogs") / "commands.toml").read_text("utf-8"))
    return {_plain(said): command for command, text in data.items() for said in text.split(",") if _plain(said)}


@cache
def _around() -> frozenset[str]:
    return frozenset(_plain(said) for said in _AROUND.split(","))


def _plain(text: str) -> str:
    return " ".join(w for w in words(text) if w != ".")


def _unwrapped(said: list[str]) -> list[str]:
    """The words without the courtesy before and after them; all of them, when nothing else is left."""
    left = list(said)
    while left:
        first = next((n for n in (4, 3, 2, 1) if n < len(left) and " ".join(left[:n]) in _around()), 0)
        last = next((n for n in (3, 2, 1) if n < len(left) - first and " ".join(left[-n:]) in _around()), 0)
        if not first and not last:
            break
        left = left[first : len(left) - last]
    return left


def _misspelt(said: str) -> str | None:
    """The command meant by words with one wrong letter (two in a long one), never in the first letter."""
    if len(said) < _LEAST_FUZZY:
        return None
    allowed = 2 if len(said) >= _TWO_ERRORS else 1
    near = {
        command
        for size in range(max(len(said) - allowed, _LEAST_FUZZY), len(said) + allowed + 1)
        for phrase, command in _by_look().get((said[0], size), ())
        if OSA.distance(phrase, said, score_cutoff=allowed) <= allowed
    }
    return near.pop() if len(near) == 1 else None


@cache
def _by_look() -> Mapping[tuple[str, int], list[tuple[str, str]]]:
    """The same by first letter and length: few are alike, and most messages are longer than all."""
    alike: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for phrase, command in _phrases().items():
        alike[phrase[0], len(phrase)].append((phrase, command))
    return dict(alike)
