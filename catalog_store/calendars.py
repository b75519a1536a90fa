"""By when an answer can be promised: time counted in the opening hours of who must give it. Pure functions.

The hours are a schedule of the territory file (wall time, so that nine stays nine when the clocks change), without
Italy's holidays and the patron's day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from catalog_store.schedules import Closed, Schedule, openings
from catalog_store.territory import Territory

_URGENT = timedelta(hours=4)
_WORKING_DAYS = {"normal": 2, "low": 5}


@dataclass(frozen=True)
class Calendar:
    """When somebody is there. Raises ValueError, when used, if it does not open for more than a year."""

    hours: Schedule
    closed: Closed
    zone: ZoneInfo

    def spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open from an instant on: opening and closing, in UTC, in order and never overlapping."""
        last = since
        while True:
            before = last
            for start, end in openings(self.hours, last, self.closed):
                opening, closing = max(start.astimezone(UTC), last), end.astimezone(UTC)
                if opening < closing:  # nothing is left of an hour that the clocks skip
                    yield opening, closing
                    last = closing
            if last == before:
                raise ValueError("a calendar that never opens")

    def day(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()


def of(territory: Territory) -> Calendar:
    """When the staff of a territory answers: the calendar of every promise."""
    return Calendar(territory.operators, territory.closed, territory.zone)


def next_opening(now: datetime, calendar: Calendar) -> datetime:
    """`now` when open, otherwise the next opening."""
    return next(calendar.spans(now))[0]


def add_working(hours: timedelta, start: datetime, calendar: Calendar) -> datetime:
    """The instant by which `hours` of opening have passed since `start`."""
    left = hours
    for opening, closing in calendar.spans(start):
        if left <= closing - opening:
            return opening + left
        left -= closing - opening
    raise AssertionError("spans never end")


def due(urgency: str, now: datetime, calendar: Calendar) -> datetime:
    """By when an answer is promised, from its urgency.

    urgent: within 4 opening hours; normal: by the close of the second working day after today; low: of the fifth.
    """
    if urgency == "urgent":
        return add_working(_URGENT, now, calendar)
    closes: dict[date, datetime] = {}
    for opening, closing in calendar.spans(now):
        day = calendar.day(opening)
        if day not in closes and len(closes) == _WORKING_DAYS[urgency]:
            break
        if day > calendar.day(now):
            closes[day] = closing
    return max(closes.values())


def halfway(start: datetime, end: datetime, calendar: Calendar) -> datetime:
    """The instant at which half of the opening time between two instants has passed: when to remind."""
    total = timedelta()
    for opening, closing in calendar.spans(start):
        if opening >= end:
            break
        total += min(closing, end) - opening
    return add_working(total / 2, start, calendar)
