"""When something is open, in RFC 5545's words: DTSTART, RRULE and DURATION, one a line, one or more times.

The part of RRULE that opening hours need: FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, BYDAY, BYMONTH, UNTIL, COUNT. Hours
are wall time: an opening of 22-6 ends at 6 also in the night when the clocks change. An empty text means "by
arrangement".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from heapq import merge
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST = timedelta(days=1)  # of one opening
HORIZON = timedelta(days=400)  # how far ahead openings are looked for
_YEARS = range(2000, 2201)  # far from the ends of the calendar, where sums overflow
_FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTH", "UNTIL", "COUNT", "WKST")
_DURATION = re.compile(r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,2})H)?(?:(\d{1,3})M)?)?")

Closed = Callable[[date], bool]  # is that day a holiday?


class ScheduleFault(ValueError):
    """The text is not a schedule; one sentence says which part and what was expected."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One opening and how it repeats. `start` and `until` are naive wall time of `zone`; `frequency` '' means once.

    `days` are pairs (which, weekday): which 0 is every one, 1 the first of the month, -1 the last.
    """

    start: datetime
    zone: ZoneInfo
    duration: timedelta
    frequency: str = ""
    interval: int = 1
    days: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    until: datetime | None = None
    count: int | None = None

    def starts(self, after: datetime) -> Iterator[datetime]:
        """The wall times at which it opens, from the last that may still be open at `after` (naive wall time) on."""
        earliest, latest = after - self.duration, after + HORIZON
        if not self.frequency:
            yield from (t for t in (self.start,) if earliest <= t <= latest)
            return
        rule = rrule(
            _FREQUENCIES[self.frequency],
            self._near(earliest),
            interval=self.interval,
            count=self.count,
            until=min(self.until, latest) if self.until and not self.count else None if self.count else latest,
            byweekday=[weekday(day, which or None) for which, day in self.days] or None,
            bymonth=self.months or None,
        )
        for start in rule:
            if start > latest:
                return
            if start >= earliest:
                yield start

    def _near(self, earliest: datetime) -> datetime:
        """A start from which the same openings follow, not years before `earliest`: rules are walked one by one."""
        step = {"DAILY": 1, "WEEKLY": 7}.get(self.frequency, 0) * self.interval
        if not step or self.count:
            return self.start
        return self.start + timedelta(days=step * max(0, (earliest - self.start).days // step - 1))


Schedule = tuple[Slot, ...]


@lru_cache(maxsize=4096)
def parse(text: str) -> Schedule:
    """The openings that `text` describes; () for an empty text. Raises ScheduleFault."""
    blocks: list[dict[str, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, found, value = line.partition(":")
        head = name.split(";")[0].upper()
        if not found or head not in {"DTSTART", "RRULE", "DURATION"}:
            raise ScheduleFault(f"“{line}” is not a line of DTSTART, RRULE or DURATION")
        if head == "DTSTART":
            blocks.append({"zone": name.partition("TZID=")[2]})
        if not blocks or head in blocks[-1]:
            raise ScheduleFault(f"{head} stands where DTSTART was expected")
        blocks[-1][head] = value
    return tuple(_slot(block) for block in blocks)


def openings(schedule: Schedule, after: datetime, closed: Closed | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Start and end (aware) of each opening that is not over at `after`, in order, for HORIZON. Skips `closed` days."""

    def one(slot: Slot) -> Iterator[tuple[datetime, datetime]]:
        for start in slot.starts(after.astimezone(slot.zone).replace(tzinfo=None)):
            end = (start + slot.duration).replace(tzinfo=slot.zone)
            if end > after and not (closed and closed(start.date())):
                yield start.replace(tzinfo=slot.zone), end

    return merge(*(one(slot) for slot in schedule))


def is_open(schedule: Schedule, at: datetime, closed: Closed | None = None) -> bool:
    """Is it open at this instant?"""
    first = next(openings(schedule, at, closed), None)
    return first is not None and first[0] <= at


def next_opening(schedule: Schedule, at: datetime, closed: Closed | None = None) -> datetime | None:
    """When it opens next, at `at` or after; None when it does not (within HORIZON) or goes by arrangement."""
    return next((start for start, _ in openings(schedule, at, closed) if start >= at), None)


def _slot(block: dict[str, str]) -> Slot:
    zone = _zone(block["zone"])
    start = _instant(block["DTSTART"], zone, "DTSTART")
    slot = Slot(start, zone, _duration(block.get("DURATION", "")))
    if "RRULE" not in block:
        return slot
    slot = _repeated(slot, block["RRULE"])
    if next(slot.starts(start), None) != start:
        raise ScheduleFault(f"DTSTART:{block['DTSTART']} is not one of the days of RRULE:{block['RRULE']}")
    return slot


def _repeated(slot: Slot, text: str) -> Slot:
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
    if unknown := [name for name in parts if name not in _PARTS]:
        raise ScheduleFault(f"RRULE: {unknown[0]} is not supported, only {', '.join(_PARTS)}")
    if (frequency := parts.get("FREQ", "")) not in _FREQUENCIES:
        raise ScheduleFault(f"RRULE: FREQ={frequency} should be one of {', '.join(_FREQUENCIES)}")
    days = tuple(_day(day, frequency) for day in filter(None, parts.get("BYDAY", "").split(",")))
    until = _instant(parts["UNTIL"], slot.zone, "UNTIL") if "UNTIL" in parts else None
    return Slot(
        slot.start,
        slot.zone,
        slot.duration,
        frequency,
        _number(parts.get("INTERVAL", "1"), "INTERVAL", 52),
        days or (((0, slot.start.weekday()),) if frequency == "WEEKLY" else ()),
        tuple(_number(month, "BYMONTH", 12) for month in filter(None, parts.get("BYMONTH", "").split(","))),
        until,
        _number(parts["COUNT"], "COUNT", 5000) if "COUNT" in parts else None,
    )


def _day(text: str, frequency: str) -> tuple[int, int]:
    match = re.fullmatch(r"(-1|[1-5])?(MO|TU|WE|TH|FR|SA|SU)", text)
    if not match or bool(match[1]) != (frequency == "MONTHLY"):
        example = "1SA (first Saturday) or -1SA (last)" if frequency == "MONTHLY" else "MO or SA"
        raise ScheduleFault(f"RRULE: BYDAY={text} should be like {example}")
    return int(match[1] or 0), DAYS.index(match[2])


def _number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise ScheduleFault(f"RRULE: {name}={text} should be a number from 1 to {most}")
    return int(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise ScheduleFault(f"DTSTART needs a time zone, as in DTSTART;TZID=Europe/Rome: (not “{name}”)") from error


def _instant(text: str, zone: ZoneInfo, name: str) -> datetime:
    """Naive wall time of `zone`; a day alone is its last second, as UNTIL means it."""
    try:
        if name == "UNTIL" and len(text) == len("20261231"):
            return datetime.strptime(text + "T235959+0000", "%Y%m%dT%H%M%S%z").replace(tzinfo=None)
        value = datetime.strptime(text.removesuffix("Z") + "+0000", "%Y%m%dT%H%M%S%z")
        if value.year not in _YEARS:
            raise ScheduleFault(f"{name}:{text} should be a day of these two centuries")
        return (value.astimezone(zone) if text.endswith("Z") else value).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise ScheduleFault(f"{name}:{text} should be like 20261231T160000") from error


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(0) < duration <= LONGEST:
        raise ScheduleFault(f"DURATION:{text} should be like PT2H or PT1H30M, at most 24 hours")
    return duration
