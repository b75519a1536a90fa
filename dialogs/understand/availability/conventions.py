"""What is agreed where people leave it open: how long a morning is, which half of the day "at three" means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from dateutil.easter import easter

from dialogs.understand.availability.result import Slot

_FIXED = {
    "capodanno": (1, 1), "epifania": (1, 6), "liberazione": (4, 25), "lavoro": (5, 1), "repubblica": (6, 2),
    "ferragosto": (8, 15), "ognissanti": (11, 1), "immacolata": (12, 8), "vigilia": (12, 24), "natale": (12, 25),
    "santo_stefano": (12, 26), "san_silvestro": (12, 31),
}  # fmt: skip
_MOVABLE = {"pasqua": 0, "pasquetta": 1}  # days after Easter


def _parts() -> dict[str, Slot]:
    return {
        "mattina": Slot(time(9), time(13)),
        "pranzo": Slot(time(12), time(14)),
        "pomeriggio": Slot(time(14), time(18)),
        "sera": Slot(time(18), time(22)),
        "giorno": Slot(time(9), time(18)),
    }


@dataclass(frozen=True)
class Conventions:
    """Agreed meanings, which an installation may change.

    Attributes:
        parts: the hours of each part of the day.
        afternoon_until: an hour from 1 to this, said without a part of the day, is in the afternoon.
        patron: month and day of the town's patron saint, if it has one.
    """

    parts: Mapping[str, Slot] = field(default_factory=_parts)
    afternoon_until: int = 7
    patron: tuple[int, int] | None = None

    def holiday(self, name: str, today: date) -> date | None:
        """The next day of a holiday, today included; None for a patron's day that is not known."""
        for year in range(today.year, min(today.year + 9, date.max.year + 1)):
            if (day := self._in_year(name, year)) and day >= today:
                return day
        return None

    def _in_year(self, name: str, year: int) -> date | None:
        if name in _MOVABLE:
            return easter(year) + timedelta(_MOVABLE[name])
        fixed = self.patron if name == "patrono" else _FIXED[name]
        return date(year, *fixed) if fixed and (fixed != (2, 29) or year % 4 == 0) else None


ITALIAN = Conventions()
