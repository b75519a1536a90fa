"""Hours: parts of the day, the clock, or both: "mattina", "dalle 9 alle 12", "pomeriggio dopo le 16"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from dialogs.understand.availability.dates import DateReader
from dialogs.understand.availability.result import Slot
from dialogs.understand.availability.values import Hours, Unclear
from dialogs.understand.availability.vocabulary import Token

_NOON: Final = 12


@dataclass(frozen=True)
class _Hour:
    at: time
    exact: bool  # it was told which half of the day


class HourReader(DateReader):
    """Reads hours. Raises Unclear for those that cannot be."""

    def hours(self) -> Hours | None:
        """A part of the day, hours, or both: "mattina", "dalle 9 alle 12", "pomeriggio dopo le 16"."""
        start = self.at
        every = self.take("every") is not None
        self.skip("the")
        self.skip("in", "at")
        part = self.take("part", "parts")
        if part is None:
            self.at = start
            return self._clock()
        slot = self._part(part)
        before = self.at
        self.skip("comma", "the")
        limit = self._limits(part.value[0])
        if limit is None:
            self.at = before
        habit = part.kind == "parts" and part.value[0] != "giorno"
        return Hours(cut(slot, limit), every=every, habit=habit or every, part=True, clock=limit is not None)

    def _clock(self) -> Hours | None:
        before = self.at
        limit = self._limits("")
        if limit is None:
            return None
        after = self.at
        self.skip("the", "in")
        if (part := self.take("part")) is not None and part.value[0] != "giorno":  # "dalle 8 alle 10 di sera"
            end, self.at = self.at, before
            limit = self._limits(part.value[0]) or limit
            self.at = end
            return Hours(cut(self._part(part), limit), part=True, clock=True)
        self.at = after
        return Hours(limit, clock=True)

    def _part(self, part: Token) -> Slot:
        name, half = part.value
        slot = self.conventions.parts[name]
        if half and slot.start and slot.end:
            middle = time((slot.start.hour + slot.end.hour) // 2)
            return Slot(slot.start, middle) if half == 1 else Slot(middle, slot.end)
        return slot

    def _limits(self, part: str) -> Slot | None:
        """Hours by the clock: both, or only one."""
        start = self.at
        if (long := self._long()) and (slot := self._span(part)) and slot.start and not slot.end:
            return _slot(slot.start, _later(slot.start, 60 * long))
        self.at = start
        if self.take("limit_after") and (hour := self._hour()):
            self.skip("onwards")
            since = self._in_day(hour, part)
            before = self.at
            if self.take("limit_before", "toh", "until") and (hour := self._hour()):
                return _slot(since, self._in_day(hour, part))
            self.at = before
            return Slot(since, None)
        self.at = start
        if (
            (word := self.take("limit_before", "until"))
            and (word.kind != "until" or self.kind() == "hour" or self.kind(-2) == "busy")  # "I work until 5"
            and (hour := self._hour())
        ):
            return Slot(None, self._in_day(hour, part))
        self.at = start
        return self._span(part)

    def _long(self) -> int | None:
        """How many hours, said before from when: "due ore, dalle 10"."""
        self.take("for")
        self.skip("the")
        many = self.take("num")
        unit = self.take("unit")
        self.skip("comma")
        return (int(many.value["n"]) if many else 1) if unit and unit.value == 0 else None

    def _span(self, part: str) -> Slot | None:
        """Hours from which, and till when: "dalle 15 alle 18", "15-18", "alle 15 per due ore", "alle 15"."""
        before = self.take("fromh", "from", "between", "at", "toh", "fromd")
        said = before.kind if before else ""
        self.skip("at")
        start = self.at
        if self.kind() == "slash" and said != "fromd":
            return self._slashed(part, said)
        first = self._hour()
        if first is None:
            return None
        if self.kind() in ("month", "tod") or (said == "fromd" and self.tokens[self.at - 1].kind != "hour"):
            return None
        joined = self.take(
            "toh", "to", "dash", "slashed", "limit_before", "until", *(["and"] if said == "between" else [])
        )
        self.skip("at", "toh")
        second = self._hour() if joined else None
        if second is not None:
            return None if self.kind() == "month" else self._between(first, second, part)
        self.at = start
        first = self._hour()
        if first is None or not (said in ("fromh", "at", "toh") or self.kind(-1) == "hour"):
            return None
        return self._from_one(first, part)

    def _from_one(self, first: _Hour, part: str) -> Slot:
        since = self._in_day(first, part)
        before = self.at
        self.skip("onwards")
        if self.kind() == "for" and (long := self._long()):
            return _slot(since, _later(since, 60 * long))
        self.at = before
        self.skip("onwards")
        return Slot(since, None)

    def _slashed(self, part: str, said: str) -> Slot | None:
        """Such as "9/12" after "ore" or a weekday: hours, unless it can only be a day of a month."""
        one, other = (int(self.tokens[self.at].value[name]) for name in "dm")
        after_day = part or other > _NOON or said in ("at", "fromh") or self.kind(-1) in ("day", "habitual")
        if not after_day or one >= other or other > 24:  # noqa: PLR2004  hours of a day
            return None
        if said == "" and self._weekday_before(one, other):
            return None
        self.at += 1
        return self._between(_Hour(time(one), exact=False), _Hour(_time(other, 0), exact=False), part)

    def _weekday_before(self, day: int, month: int) -> bool:
        if self.kind(-1) != "day":
            return False
        dated = self._dated(day, month, None) if month <= 12 else None  # noqa: PLR2004
        return dated is not None and dated.weekday() == self.tokens[self.at - 1].value

    def _hour(self) -> _Hour | None:
        start = self.at
        self.skip("at")
        token = self.take("hour", "num")
        try:
            return self._clock_hour(token) if token else None
        except Unclear:
            self.at = start
            return None

    def _clock_hour(self, token: Token) -> _Hour:
        parts = token.value
        if less := parts.get("less"):
            return _Hour(_time(int(less) - 1, 45), exact=False)
        for name, minutes in (("past", 30), ("quarter", 15)):
            if name in parts:
                return _Hour(_time(int(parts[name]), minutes), exact=False)
        hour, minutes = int(parts.get("h", parts.get("n"))), int(parts.get("min", 0))
        if half := parts.get("half"):
            return _Hour(_time(hour % _NOON + (_NOON if half == "p" else 0), minutes), exact=True)
        if hour == 24 and not minutes:  # noqa: PLR2004
            return _Hour(time(23, 59), exact=True)
        return _Hour(_time(hour, minutes), exact=parts.get("h", parts.get("n"))[0] == "0" or hour > _NOON)

    def _in_day(self, hour: _Hour, part: str) -> time:
        """The hour in its half of the day."""
        at = hour.at
        if hour.exact or at.hour >= _NOON:
            return at
        late = part in ("pomeriggio", "sera") or (part == "pranzo" and at.hour < 9)  # noqa: PLR2004
        if late or (part != "mattina" and 1 <= at.hour <= self.conventions.afternoon_until):
            return at.replace(hour=at.hour + _NOON)
        return at

    def _between(self, first: _Hour, second: _Hour, part: str) -> Slot:
        if second.exact and not first.exact and not part and second.at.hour >= _NOON:
            early = first.at.hour + _NOON < second.at.hour and first.at.hour <= self.conventions.afternoon_until
            late = first.at.hour < _NOON and (early or (first.at.hour + _NOON <= second.at.hour and self._half(-1)))
            start = first.at.replace(hour=first.at.hour + _NOON) if late else first.at
        else:
            start = self._in_day(first, part)
        end = second.at
        if not second.exact and end.hour < _NOON:
            end = self._in_day(second, part)
            if end <= start and end.hour < _NOON:
                end = end.replace(hour=end.hour + _NOON)
        return _slot(start, end)

    def _half(self, ahead: int) -> bool:
        """Whether the token tells the half of the day, "3-6pm": then it tells that of the hour before it too."""
        token = self.tokens[self.at + ahead]
        return isinstance(token.value, dict) and "half" in token.value


def _slot(start: time, end: time) -> Slot:
    if start >= end:
        raise Unclear
    return Slot(start, end)


def cut(part: Slot, limit: Slot | None) -> Slot:
    """A part of the day with a limit is cut to that part; hours that are told both stand as they are."""
    if limit is None or (limit.start and limit.end):
        return limit or part
    left = replace(part, start=limit.start) if limit.start else replace(part, end=limit.end)
    return limit if left.start and left.end and left.start >= left.end else left


def _later(at: time, minutes: int) -> time:
    hours, left = divmod(at.hour * 60 + at.minute + minutes, 60)
    return _time(hours, left)


def _time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError:
        raise Unclear from None
