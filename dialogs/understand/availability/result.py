"""What was understood of somebody's availability: plain values, with their form as JSON.

Days are "mon" to "sun"; `ANY`, "*", stands for the days that are already known. Hours are wall time; None is not said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Final, Literal

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANY: Final = "*"


@dataclass(frozen=True)
class Slot:
    """Part of a day: from an hour, to an hour; start < end when both are said."""

    start: time | None = None
    end: time | None = None


@dataclass(frozen=True)
class Weekly:
    """A habit: nth 1 to 4, or -1 for the last, of the month; every 2: alternate weeks; first and last day included."""

    days: tuple[str, ...]
    slot: Slot = Slot()
    nth: int | None = None
    every: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class OnDate:
    """Available on one day."""

    day: date
    slot: Slot = Slot()


@dataclass(frozen=True)
class Absence:
    """Away from a day to another, both included; `until` None: nobody knows until when."""

    since: date
    until: date | None
    slot: Slot = Slot()


@dataclass(frozen=True)
class Availability:
    """Everything that a message changes.

    Attributes:
        removed: habits that end; only their days and hours count, and since when.
        replaces: the habits take the place of all that was known.
        status: stopped (does not want to be called any more), active (again), None (unchanged).
        ask: it cannot be told what is meant: nothing else is filled in.
    """

    weekly: tuple[Weekly, ...] = ()
    dates: tuple[OnDate, ...] = ()
    absences: tuple[Absence, ...] = ()
    removed: tuple[Weekly, ...] = ()
    replaces: bool = False
    status: Literal["stopped", "active"] | None = None
    ask: bool = False


UNCLEAR: Final = Availability(ask=True)


def as_json(found: Availability) -> dict[str, Any]:
    """The result as evaluation files write it; empty parts are left out.

    Habits that differ only in which of the month they are make one: "nth": [1, 3].
    """
    parts: dict[str, Any] = {
        "weekly": _habits(found.weekly),
        "dates": [{"date": one.day.isoformat(), **_hours(one.slot)} for one in found.dates],
        "absences": [
            {"from": one.since.isoformat(), "to": one.until and one.until.isoformat(), **_hours(one.slot)}
            for one in found.absences
        ],
        "remove_weekly": _habits(found.removed),
        "mode": "replace" if found.replaces else None,
        "status": found.status,
        "ask": found.ask,
    }
    return {name: value for name, value in parts.items() if value}


def _habits(habits: tuple[Weekly, ...]) -> list[dict[str, Any]]:
    of_month: dict[Weekly, list[int]] = {}
    for one in habits:
        of_month.setdefault(replace(one, nth=None), []).extend([one.nth] if one.nth else [])
    return [_habit(one, nth) for one, nth in of_month.items()]


def _habit(one: Weekly, nth: list[int]) -> dict[str, Any]:
    extra = {
        "nth": nth,
        "every": one.every,
        "from": one.since and one.since.isoformat(),
        "until": one.until and one.until.isoformat(),
    }
    return {"days": list(one.days), **_hours(one.slot), **{name: value for name, value in extra.items() if value}}


def _hours(slot: Slot) -> dict[str, str | None]:
    return {"start": f"{slot.start:%H:%M}" if slot.start else None, "end": f"{slot.end:%H:%M}" if slot.end else None}
