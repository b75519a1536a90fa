"""What is said, before it is said in a language: an Italian sentence and the names in it, still apart.

A plain `str` is an Italian sentence (the msgid). Names, numbers and what people wrote travel in `named`, are never
translated, and never formatted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any


@dataclass(frozen=True)
class Phrase:
    """A sentence with `{names}` in it; with `plural`, the form for `named["n"]` other than one."""

    msgid: str
    named: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None


@dataclass(frozen=True)
class Moment:
    """A day, an hour, or both, said as the person's language says it."""

    at: date | datetime | time


@dataclass(frozen=True)
class Joined:
    """Several words said one after the other; empty ones are left out."""

    parts: tuple[Words, ...]
    between: str = "\n"


@dataclass(frozen=True)
class Each:
    """Data that has its own words for each language, as the taxonomy does: `text` gives those of one."""

    text: Callable[[str], str]


@dataclass(frozen=True)
class Verbatim:
    """A name or a text of somebody's, said as it is in every language."""

    text: str


@dataclass(frozen=True)
class Written:
    """What somebody wrote, never translated; whoever reads another language is told in which one it is.

    `gist`: what it comes to, said before it to whoever reads another language.
    """

    text: str
    language: str
    gist: Words = ""


@dataclass(frozen=True)
class Weighty:
    """Words on which much depends, of danger and of consent: a translation nobody has checked has the Italian below."""

    words: Words


Words = str | Phrase | Moment | Joined | Each | Verbatim | Written | Weighty


def phrase(msgid: str, **named: Any) -> Phrase:
    """A sentence with names in it."""
    return Phrase(msgid, named)


def plural(one: str, many: str, n: int, **named: Any) -> Phrase:
    """A sentence that depends on how many: `plural("{n} posto", "{n} posti", 3)`."""
    return Phrase(one, {"n": n, **named}, many)


def lines(*parts: Words) -> Joined:
    """Words on lines of their own."""
    return Joined(parts)


def sentences(*parts: Words) -> Joined:
    """Words one after the other on the same line."""
    return Joined(parts, " ")
