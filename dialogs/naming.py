"""How things of the store are named to people: needs, groups, localities, moments. No sentences of a dialogue here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from textwrap import shorten

from catalog_store import people
from catalog_store.connect import Transaction
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of
from catalog_store.taxonomy import Words as TermWords
from dialogs.locale import ITALIAN, spoken
from dialogs.talk import Option
from dialogs.words import Each, Joined, Verbatim, Words, Written

PERSON = Option(
    "person", "Una persona", row="Parlare con una persona", also=("operatore", "una persona", "a person", "operator")
)
ME = "me"  # for whom: who writes
LABEL = 20  # characters on a button


@dataclass(frozen=True)
class Area:
    """A locality of the territory, with the other names people give it."""

    id: str
    name: str
    other_names: tuple[str, ...]


def areas(tx: Transaction) -> list[Area]:
    """The parts of the town, in the territory file's order."""
    return [Area(at.id, at.name, at.other_names) for at in tx.store.territory.localities.values()]


def area_options(listed: list[Area]) -> tuple[Option, ...]:
    """Localities as something to tap."""
    return tuple(map(_area_option, listed))


@lru_cache
def _area_option(area: Area) -> Option:
    """On a button the shortest name, when the first does not fit."""
    short = area.name if len(area.name) <= LABEL else min(area.other_names, key=len, default=area.name[:LABEL])
    return Option(area.id, Verbatim(short), row=Verbatim(area.name), also=area.other_names)


def here(tx: Transaction, at: datetime) -> datetime:
    """An instant on the town's clock."""
    return at.astimezone(tx.store.territory.zone)


def language(tx: Transaction) -> str:
    """The language of whoever's turn it is."""
    return people.me(tx).language


def need_words(code: str) -> Each | Verbatim:
    """A need in plain words; the code itself if the taxonomy no longer has it."""
    return Each(lambda language: NEEDS[code].text(language).row) if code in NEEDS else Verbatim(code)


def people_words(group: str) -> Each | Verbatim:
    """Whom a group is about."""
    return Each(lambda language: GROUPS[group].people(language).row) if group in GROUPS else Verbatim(group)


def inside(text: str, written_in: str = ITALIAN, gist: Words = "") -> Written:
    """What an organization wrote, within a sentence of ours; `gist` as in Written."""
    return Written(lowered(text), written_in, gist)


def lowered(text: str) -> str:
    """Without a full stop at its end, nor a capital but an initial's."""
    bare = text.strip().rstrip(".")
    return bare[:1].lower() + bare[1:] if bare[1:2].islower() or bare[1:2] in " ’'" else bare


def lowered_words(words: Words) -> Each:
    """Words of ours that stand by themselves elsewhere, within a sentence."""
    return Each(lambda language: lowered(spoken(words, language)))


def shortened(words: Words, most: int) -> Each:
    """The beginning of what is long, up to so many characters, with a mark where more follows."""
    return Each(lambda language: shorten(spoken(words, language), most, placeholder=" …"))


def need_list(codes: list[str]) -> Words:
    """Several needs in plain words, apart by commas."""
    return Joined(tuple(need_words(code) for code in codes), ", ")


@cache
def need_option(code: str) -> Option:
    """A need as something to tap."""
    return _option(code, NEEDS[code].text)


@cache
def need_options(group: str) -> tuple[Option, ...]:
    """The needs of a group."""
    return tuple(need_option(need.code) for need in needs_of(group))


@cache
def group_options() -> tuple[Option, ...]:
    """The six groups, as chapters of needs."""
    return tuple(_option(code, group.text) for code, group in GROUPS.items())


@cache
def people_options() -> tuple[Option, ...]:
    """The six groups, as whom they are about."""
    return tuple(_option(code, group.people) for code, group in GROUPS.items())


def _option(code: str, words: Callable[[str], TermWords]) -> Option:
    return Option(
        code,
        Each(lambda language: words(language).label),
        row=Each(lambda language: words(language).row),
        description=Each(lambda language: words(language).description),
    )
