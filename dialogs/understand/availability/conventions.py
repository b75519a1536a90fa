"""What is agreed where people leave it open: how long a morning is, when summer begins, which half "at three" means."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from dateutil.easter import easter

from dialogs.understand.availability.result import Slot

_FIXED = {
    "capodanno": (1, 1), "epifania": (1, 6), "liberazione": (4, 25), "lavoro": (5, 1), "repubblica": (6, 2),
    "ferragosto": (8, 15), "ognissanti": (11, 1), "immacolata": (12, 8), "vigilia": (12, 24), "natale": (12, 25),
    "santo_stefano": (12, 26), "san_silvestro": (12, 31),
    "san_francesco": (10, 4),
}  # fmt: skip
_MOVABLE = {"pasqua": 0, "pasquetta": 1}  # days after Easter
_WORKED = frozenset(("vigilia", "san_silvestro"))  # the others are public holidays
_YEAR = 365  # days
_LEAP_DAY = (2, 29)


def _parts() -> dict[str, Slot]:
    return {
        "mattina": Slot(time(9), time(13)),
        "pranzo": Slot(time(12), time(14)),
        "pomeriggio": Slot(time(14), time(18)),
        "sera": Slot(time(18), time(22)),
        "giorno": Slot(time(9), time(18)),
    }


def _spans() -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    return {
        "primavera": ((3, 1), (5, 31)),
        "estate": ((6, 1), (8, 31)),
        "autunno": ((9, 1), (11, 30)),
        "inverno": ((12, 1), (2, 29)),
        "scuola": ((9, 15), (6, 10)),
        "vacanze": ((6, 11), (9, 14)),
        "natale": ((12, 24), (1, 6)),
    }


@dataclass(frozen=True)
class Conventions:
    """Agreed meanings, which an installation may change.

    Attributes:
        parts: the hours of each part of the day.
        afternoon_until: an hour from 1 to this, said without a part of the day, is in the afternoon.
        spans: month and day on which the seasons, the school year (in Tuscany, by its regional calendar) and the
            holidays of summer and Christmas begin and end, both included.
        patron: month and day of the town's patron saint, if it has one.
    """

    parts: Mapping[str, Slot] = field(default_factory=_parts)
    afternoon_until: int = 7
    spans: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=_spans)
    patron: tuple[int, int] | None = None

    def holiday(self, name: str, today: date) -> date | None:
        """The next day of a holiday, today included; None for a patron's day that is not known."""
        for year in range(today.year, min(today.year + 9, date.max.year + 1)):
            if (day := self._in_year(name, year)) and day >= today:
                return day
        return None

    def holidays(self, today: date) -> tuple[date, ...]:
        """The public holidays of the year that follows, the patron's with them; today included."""
        names = [name for name in (*_FIXED, *_MOVABLE, "patrono") if name not in _WORKED]
        days = {day for name in names if (day := self.holiday(name, today))}
        return tuple(sorted(day for day in days if (day - today).days < _YEAR))

    def span(self, name: str, today: date) -> tuple[date, date]:
        """A season, the school year, the holidays: the first and the last day of what is not over."""
        for year in range(today.year - 1, today.year + 2):
            if name == "pasqua":  # schools close from the Thursday before Easter to the Tuesday after
                sunday = easter(year)
                first, last = sunday - timedelta(3), sunday + timedelta(2)
            else:
                (month, day), end = self.spans[name]
                first, last = date(year, month, day), _day_of(year + (end < (month, day)), end)
            if last >= today:
                break
        return max(first, today), last

    def _in_year(self, name: str, year: int) -> date | None:
        if name in _MOVABLE:
            return easter(year) + timedelta(_MOVABLE[name])
        fixed = self.patron if name == "patrono" else _FIXED[name]
        return _day_of(year, fixed) if fixed and (fixed != _LEAP_DAY or isleap(year)) else None


def _day_of(year: int, day: tuple[int, int]) -> date:
    """The day of a year; the last of February is the 28th where there is no other."""
    return date(year, 2, 28) if day == _LEAP_DAY and not isleap(year) else date(year, *day)


ITALIAN = Conventions()
