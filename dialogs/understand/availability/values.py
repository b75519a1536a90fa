"""What tokens can speak of: days of the week, days of the calendar, hours, periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dialogs.understand.availability.result import Slot
from dialogs.understand.availability.vocabulary import Token

ALL: Final = (0, 1, 2, 3, 4, 5, 6)


class Unclear(Exception):
    """What was said cannot be: the 31st of November, from 18 to 16, Saturday the 15th that is a Sunday."""


@dataclass(frozen=True)
class Days:
    """Days of the week, 0 is Monday. `habit`: every such day, not the next; `whole`: "every day", before exceptions."""

    days: tuple[int, ...]
    habit: bool = False
    nth: tuple[int, ...] = ()
    whole: bool = False
    soft: bool = False  # "always": gives way to days that are named


@dataclass(frozen=True)
class Dates:
    """Days of the calendar. `holidays`: every public holiday, which counts where one is there."""

    days: tuple[date, ...]
    holidays: bool = False


@dataclass(frozen=True)
class Hours:
    """Part of a day; `every`: of each day ("every morning"); `habit`: "mornings"."""

    slot: Slot
    every: bool = False
    habit: bool = False
    part: bool = False  # told by a part of the day
    clock: bool = False  # told by the clock


@dataclass(frozen=True)
class Period:
    """From a day to another, both included; None is not said."""

    since: date | None = None
    until: date | None = None
    lasts: bool = False  # told by its length, "per due settimane": from today unless a first day is told


Expression = Days | Dates | Hours | Period | Token
