"""The numbers to call, from the dated file `dialogs/helplines.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from dialogs.words import Phrase, Words, phrase

FRESH_FOR: Final = timedelta(days=90)


@dataclass(frozen=True)
class Helpline:
    """A number, what it is for, and where that was read."""

    number: str
    what: str  # an Italian sentence part, translated like all others
    opens: str  # "HH:MM", every day
    closes: str
    free: bool
    languages: tuple[str, ...]
    audience: str
    source: str
    checked: date

    def said(self) -> Words:
        """The number, what it is for and its hours, on one line."""
        always = (self.opens, self.closes) == ("00:00", "24:00")
        hours = (
            phrase("di giorno e di notte")
            if always
            else phrase("ogni giorno dalle {opens} alle {closes}", **self._hours())
        )
        cost = "{number}: {what}, {hours}, gratuito" if self.free else "{number}: {what}, {hours}"
        return Phrase(cost, {"number": self.number, "what": phrase(self.what), "hours": hours})

    def due(self, today: date) -> bool:
        """Whether somebody must verify it again."""
        return today - self.checked > FRESH_FOR

    def _hours(self) -> dict[str, str]:
        return {"opens": self.opens, "closes": self.closes}


@cache
def helplines() -> Mapping[str, Helpline]:
    """Every helpline by its number."""
    rows = tomllib.loads((files("dialogs") / "helplines.toml").read_text("utf-8"))["helpline"]
    return {row["number"]: Helpline(**{**row, "languages": tuple(row["languages"])}) for row in rows}
