"""The numbers to call, from the dated file `dialogs/helplines.toml` or the municipality's own copy of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dialogs.words import Phrase, Words, phrase

FRESH_FOR: Final = timedelta(days=90)
SHIPPED: Final = Path(__file__).parent.parent / "helplines.toml"
Kind = Literal[
    "tratta",
    "minore_in_pericolo",
    "suicidio",
    "autolesionismo",
    "violenza_in_corso",
    "incendio_gas",
    "emergenza_medica",
]
CHILD: Final[Kind] = "minore_in_pericolo"  # what a child in need is in, whatever the need
Hour = Annotated[str, Field(pattern=r"^\d\d:\d\d$")]


class HelplinesFault(Exception):
    """The file cannot be used; one sentence says which entry and why."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Helpline:
    """A number, what it is for, and where that was read."""

    number: str
    dangers: tuple[Kind, ...]
    what: str  # an Italian sentence part, translated like all others
    opens: Hour  # every day
    closes: Hour
    free: bool
    languages: tuple[str, ...]  # those of who answers
    audience: str
    source: str
    checked: date
    interpreters: bool = False  # somebody joins the call who speaks others

    def said(self, at: time | None = None, language: str = "it") -> Words:
        """The number, what it is for and its hours, on one line; that it is closed at `at`, or not in this language."""
        always = (self.opens, self.closes) == ("00:00", "24:00")
        hours = (
            phrase("di giorno e di notte")
            if always
            else phrase("ogni giorno dalle {opens} alle {closes}", **self._hours())
        )
        cost = "{number}: {what}, {hours}, gratuito" if self.free else "{number}: {what}, {hours}"
        line = Phrase(cost, {"number": self.number, "what": phrase(self.what), "hours": hours})
        if not self.is_open(at):
            return phrase("{line} (adesso è chiuso)", line=line)
        if language not in self.languages and not self.interpreters:
            return phrase("{line} (parlano italiano)", line=line) if "it" in self.languages else line
        return line

    def is_open(self, at: time | None) -> bool:
        """Does somebody answer at this time of day? Yes, where the time is not known."""
        return at is None or self.opens <= f"{at:%H:%M}" < self.closes

    def due(self, today: date) -> bool:
        """Whether somebody must verify it again."""
        return today - self.checked > FRESH_FOR

    def _hours(self) -> dict[str, str]:
        return {"opens": self.opens, "closes": self.closes}


_Rows = TypeAdapter(dict[Literal["helpline"], tuple[Helpline, ...]])
_lines: dict[str, Helpline] = {}


def use(path: Path) -> None:
    """Say the numbers of this file from now on. Raises HelplinesFault."""
    global _lines  # noqa: PLW0603  one process serves one installation
    _lines = _read(path)


def helplines() -> Mapping[str, Helpline]:
    """Every helpline by its number, in the order in which they are said."""
    if not _lines:
        use(SHIPPED)
    return _lines


def _read(path: Path) -> dict[str, Helpline]:
    try:
        rows = _Rows.validate_python(tomllib.loads(path.read_text("utf-8")))["helpline"]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise HelplinesFault(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, ValueError, KeyError) as error:
        raise HelplinesFault(f"{path}: it cannot be read as a file of helplines ({type(error).__name__})") from None
    if silent := [kind for kind in get_args(Kind) if not any(kind in row.dangers for row in rows)]:
        raise HelplinesFault(f"{path}: no number is said for {silent[0]}")
    return {row.number: row for row in rows}
