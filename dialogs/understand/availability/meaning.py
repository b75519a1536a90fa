"""From clauses to a result: habits, single days, absences, habits that end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from dialogs.understand.availability.clauses import Clause
from dialogs.understand.availability.clock import cut
from dialogs.understand.availability.result import ANY, DAYS, Absence, Availability, OnDate, Slot, Weekly
from dialogs.understand.availability.values import ALL, Dates, Days, Hours, Period, Unclear

_ANY = Slot()
_SEASON = 100  # days: in a period up to this long, each weekday on which somebody is away is told by its date
_ONE_WEEK = 7  # days: in a period up to this long, a weekday is one day of the calendar


@dataclass
class _Group:
    """Days and hours that are said of each other."""

    days: Days | None = None
    dates: tuple[date, ...] = ()
    hours: list[Hours] = field(default_factory=list)
    holidays: bool = False

    @property
    def slots(self) -> list[Slot]:
        return list(dict.fromkeys(one.slot for one in _refined(self.hours))) or [_ANY]


def meaning(clauses: list[Clause], today: date) -> Availability:
    """The result of a message's clauses. Raises Unclear when they do not fit together."""
    reading = _Reading(today, swaps=any(_swaps(clause) for clause in clauses))
    for at, clause in enumerate(clauses):
        reading.read(clause, more=any(other.content for other in clauses[at + 1 :]))
    return reading.result()


class _Reading:
    def __init__(self, today: date, *, swaps: bool) -> None:
        self.today = today
        self.swaps = swaps  # a habit takes the place of another
        self.weekly: list[Weekly] = []
        self.dates: list[OnDate] = []
        self.absences: list[Absence] = []
        self.removed: list[Weekly] = []
        self.flags: set[str] = set()
        self.status: Literal["stopped", "active"] | None = None
        self.away = False  # told with no days
        self.whole = False  # the habits before came from "every day": exceptions are taken out of them

    def result(self) -> Availability:
        found = bool(self.weekly or self.dates or self.absences or self.removed)
        if self.away and not found and self.status is None:  # "sono malata"; with more said, it is the reason of that
            found = True
            self._absent(self.today, None, _ANY)
        replaces = "only" in self.flags or ("nowon" in self.flags and not self.removed and "also" not in self.flags)
        if not found and self.status is None:
            raise Unclear
        return Availability(
            weekly=tuple(self.weekly),
            dates=tuple(self.dates),
            absences=tuple(_together(self.absences)),
            removed=tuple(self.removed),
            replaces=replaces and bool(self.weekly),
            status=self.status,
        )

    def read(self, clause: Clause, *, more: bool) -> None:
        """Add what a clause says."""
        if clause.mark != "except" and not self._more_of_the_same(clause):
            self.flags |= clause.flags
            self._read(clause, more=more)
        elif clause.mark == "except":
            self._read(clause, more=more)

    def _read(self, clause: Clause, *, more: bool) -> None:
        if clause.mark == "return":
            self._returns(clause)
        elif clause.mark == "stop" and not clause.content:
            self.status = "stopped"
        elif clause.against or clause.mark == "stop":
            self._against(clause, more=more)
        else:
            self._there(clause)

    # Being there

    def _there(self, clause: Clause) -> None:
        period = _period(clause)
        groups = list(_groups(clause))
        if not groups and period:
            self._only_period(clause, period)
        for group in groups:
            if group.dates:
                self._on_dates(list(group.dates), group.slots)
            elif group.days is None and period and _is_short(period):
                self._on_dates(_whole_period(period), group.slots)
            elif group.days and (days := self._in_calendar(group, clause, period, groups)) is not None:
                self._on_dates(days, group.slots)
            else:
                self._habit(group, clause, period)

    def _more_of_the_same(self, clause: Clause) -> bool:
        """Hours alone, after days, are those of these days: "Martedì e giovedì. Pomeriggio.", "ma non oltre le 17"."""
        named: list[Weekly] | list[OnDate] = [one for one in self.weekly if one.days != (ANY,)] or self.dates
        bare = all(one.slot == _ANY for one in named)
        narrows = {"afterwards", "only"} if bare else {"afterwards"}  # "il sabato, ma solo la mattina"
        if not named or clause.flags - narrows or not clause.content or not clause.only(Hours):
            return False
        if clause.mark and not (clause.mark == "can" and bare):
            return False
        slots = [one.slot for one in clause.content if isinstance(one, Hours)]
        if not bare and (len(slots) > 1 or (slots[0].start and slots[0].end)):
            return isinstance(named[0], Weekly)
        if isinstance(named[0], Weekly):
            self.weekly = [replace(one, slot=cut(one.slot, slot)) for one in self.weekly for slot in slots]
        else:
            self.dates = [replace(one, slot=cut(one.slot, slot)) for one in self.dates for slot in slots]
        return True

    def _on_dates(self, days: list[date], slots: list[Slot]) -> None:
        self.dates += [OnDate(day, slot) for day in days for slot in slots]

    def _in_calendar(
        self, group: _Group, clause: Clause, period: Period | None, groups: list[_Group]
    ) -> list[date] | None:
        """The days of the calendar that weekdays stand for; None when they are a habit."""
        days = group.days
        if days is None or days.nth or "alternate" in clause.flags:
            return None
        if period and period.since and period.until and (period.until - period.since).days < _ONE_WEEK:
            named = [day for day in _span(period.since, period.until) if day.weekday() in days.days]
            if not named:  # "questa settimana il lunedì", said on a Wednesday
                raise Unclear
            return named
        habit = days.habit or days.whole or bool(clause.flags & {"fixed", "nowon", "only", "also"})
        habit = (
            habit or self.swaps or any(one.habit for one in group.hours) or any(g.days and g.days.habit for g in groups)
        )
        told = [day for other in groups if other.days and other.hours for day in other.days.days]
        several = len(told) > 1 and bool(group.hours)
        if habit or several or period or clause.mark != "can":
            return None
        return [self._coming(day) for day in days.days]

    def _coming(self, weekday: int) -> date:
        return self.today + timedelta((weekday - self.today.weekday()) % 7 or 7)

    def _habit(self, group: _Group, clause: Clause, period: Period | None) -> None:
        every = 2 if "alternate" in clause.flags else None
        since, until = (period.since, period.until) if period else (None, None)
        whole = bool(period and period.since and period.until) and "only" not in clause.flags
        each = any(one.every for one in group.hours) or whole
        names = _names(group.days.days if group.days else ALL if each else ())
        self.whole = group.days.whole if group.days else each
        for nth in (group.days.nth if group.days else ()) or (None,):
            self.weekly += [Weekly(names, slot, nth, every, since, until) for slot in group.slots]

    def _only_period(self, clause: Clause, period: Period) -> None:
        """Such as "fino a giugno": of the habits just said, or of those known; a whole period is there every day."""
        if self.weekly and not (period.since and period.until):
            self.weekly = [
                replace(one, since=one.since or period.since, until=one.until or period.until) for one in self.weekly
            ]
            return
        if clause.mark != "can":
            raise Unclear
        if _is_short(period):
            self._on_dates(_whole_period(period), [_ANY])
            return
        names = _names(ALL if period.since and period.until else ())
        self.weekly.append(Weekly(names, since=period.since, until=period.until))

    # Being away

    def _against(self, clause: Clause, *, more: bool) -> None:
        period = _period(clause)
        groups = list(_groups(clause))
        if not groups and not period:
            self._nothing_told(clause, more=more)
            return
        if not groups and period and clause.mark in ("stop", "nomore") and period.until is None:
            self.status = "stopped"
        elif not groups and period:
            self._absent(period.since or self.today, period.until, _ANY)
        for group in groups:
            for slot in group.slots:
                self._away(group, slot, clause, period)

    def _nothing_told(self, clause: Clause, *, more: bool) -> None:
        if clause.mark == "nomore":
            ends = bool(self.removed) or any(one.until for one in self.weekly)  # "fino a maggio, poi non posso più"
            self.status = self.status if ends else "stopped"
        elif "open" in clause.flags:
            self._absent(self.today, None, _ANY)
        elif clause.mark == "away":
            self.away = True
        elif not more:
            self.flags.add("unsaid")

    def _away(self, group: _Group, slot: Slot, clause: Clause, period: Period | None) -> None:
        if group.dates:
            named = {day for one in self.weekly for day in one.days} if group.holidays else set()
            for day in group.dates:  # "il lunedì, festivi esclusi": those that are a Monday
                if not named or named == {ANY} or DAYS[day.weekday()] in named:
                    self._absent(day, day, slot)
            if period and period.since and period.until:  # "a Natale sono via, dal 23 al 27"
                self._absent(period.since, period.until, slot)
        elif group.days is None and period:
            self._absent(period.since or self.today, period.until, slot)
        elif group.days is None:
            self.removed.append(Weekly(_names(()), slot))
        elif period and period.since and period.until and (period.until - period.since).days < _SEASON:
            for day in _span(period.since, period.until):
                if day.weekday() in group.days.days:
                    self._absent(day, day, slot)
        else:
            self._habit_away(group, group.days, slot, clause, period)

    def _habit_away(self, group: _Group, days: Days, slot: Slot, clause: Clause, period: Period | None) -> None:
        if clause.mark in ("except", "cannot") and self.whole and self._taken_out(days, slot):
            return
        habit = days.habit or bool(clause.flags & {"fixed", "nowon"}) or any(one.habit for one in group.hours)
        habit = habit or self.swaps
        if habit or clause.mark in ("nomore", "stop", "instead", "except"):
            since = period.since if period else None
            self.removed += [Weekly(_names(days.days), slot, nth, since=since) for nth in days.nth or (None,)]
            return
        if days.whole and slot == _ANY:  # "da giovedì a domenica"
            first = self._coming(days.days[0])
            self._absent(first, first + timedelta(len(days.days) - 1), slot)
            return
        for day in days.days:
            self._absent(self._coming(day), self._coming(day), slot)

    def _taken_out(self, days: Days, slot: Slot) -> bool:
        """Such as "tutti i giorni tranne il mercoledì": the days are taken out of the habits just said."""
        gone = set(_names(days.days))
        if slot != _ANY or days.nth or not self.weekly:
            return False
        self.weekly = [replace(one, days=tuple(day for day in one.days if day not in gone)) for one in self.weekly]
        self.weekly = [one for one in self.weekly if one.days]
        return True

    def _absent(self, since: date, until: date | None, slot: Slot) -> None:
        if until is not None and until < since:
            raise Unclear
        if (one := Absence(since, until, slot)) not in self.absences:
            self.absences.append(one)

    def _returns(self, clause: Clause) -> None:
        """Such as "rientro il 20": away until the day before."""
        back = self._back(clause)
        if back is None:
            if not self.absences and not (self.weekly or self.removed):
                self.status = "active"
            return
        last = back - timedelta(1)
        if self.absences and self.absences[-1].since <= last:
            self.absences[-1] = replace(self.absences[-1], until=last)
        elif last >= self.today:
            self._absent(self.today, last, _ANY)
        else:
            self.status = "active"

    def _back(self, clause: Clause) -> date | None:
        for one in clause.content:
            match one:
                case Dates(days):
                    return days[0]
                case Period(since=since, until=until):
                    return since or until
                case Days(days, habit=False):
                    return self._coming(days[0])
        if clause.content:
            self._there(Clause(clause.content, "can", flags=clause.flags))
        return None


def _groups(clause: Clause) -> Iterator[_Group]:
    """Days with their hours: hours stand after their days, or before them."""
    group = _Group()
    for one in clause.content:
        match one:
            case Hours():
                group.hours.append(one)
            case Days() | Dates():
                if group.dates and not group.hours and isinstance(one, Dates):  # "mercoledì 2 e giovedì 3, mattina"
                    group.dates = (*group.dates, *one.days)
                    continue
                if group.days or group.dates:
                    yield group
                    group = _Group()
                if isinstance(one, Days):
                    group.days = one
                else:
                    group.dates, group.holidays = one.days, one.holidays
    if group.days or group.dates or group.hours:
        yield group


def _refined(hours: list[Hours]) -> list[Hours]:
    """Such as "di sera, il lunedì, dalle 8 alle 10": hours by the clock that lie in a part of the day said apart."""
    parts = [one for one in hours if one.part and not one.clock]
    clocks = [one for one in hours if one.clock and not one.part]
    if len(parts) != 1 or len(clocks) != 1 or len(hours) != 2:  # noqa: PLR2004  one of each
        return hours
    part = parts[0].slot
    for later in (0, 12):
        slot = _later(clocks[0].slot, later)
        start, end = (slot.start or part.start, slot.end or part.end) if slot else (None, None)
        if slot and start and end and part.start and part.end and start < part.end and end > part.start:
            return [Hours(cut(part, slot))]
    return hours


def _later(slot: Slot, hours: int) -> Slot | None:
    told = [at.hour for at in (slot.start, slot.end) if at]
    if max(told) + hours >= 24:  # noqa: PLR2004  hours of a day
        return None
    moved = [at and at.replace(hour=at.hour + hours) for at in (slot.start, slot.end)]
    return Slot(*moved)


def _period(clause: Clause) -> Period | None:
    """All the periods of a clause as one: what lies in each of them."""
    since: date | None = None
    until: date | None = None
    found = [one for one in clause.content if isinstance(one, Period)]
    begins = next((one.since for one in found if one.since and not one.until), None)
    found = [_moved(one, begins) if one.lasts and begins else one for one in found]
    for one in found:
        since = max(filter(None, (since, one.since)), default=None)
        until = min(filter(None, (until, one.until)), default=None)
    if since and until and since > until:
        raise Unclear
    return Period(since, until) if found else None


def _moved(period: Period, begins: date) -> Period:
    """A length of time from another first day on, which is the first of its days."""
    if period.since is None or period.until is None:
        return period
    weeks = (period.until - period.since).days // 7
    return Period(begins, begins + (period.until - period.since) - timedelta(1 if weeks else 0))


def _names(days: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(DAYS[day] for day in sorted(days)) or (ANY,)


def _is_short(period: Period) -> bool:
    """A week at most, as "questo weekend": its days are days of the calendar."""
    return bool(period.since and period.until) and len(_whole_period(period)) <= _ONE_WEEK


def _whole_period(period: Period) -> list[date]:
    assert period.since and period.until  # noqa: S101, PT018
    return _span(period.since, period.until)


def _span(since: date, until: date) -> list[date]:
    return [since + timedelta(n) for n in range((until - since).days + 1)]


def _swaps(clause: Clause) -> bool:
    """Whether it changes habits: then a weekday beside it is a habit too."""
    return (clause.mark in ("instead", "nomore") or "only" in clause.flags) and clause.has(Days)


def _holds(other: Absence, one: Absence) -> bool:
    """Such as "a Natale sono via, dal 23 al 27"."""
    whole = other.slot == _ANY and other is not one and bool(other.until and one.until)
    return whole and bool(other.until and one.until and other.since <= one.since and one.until <= other.until)


def _together(absences: list[Absence]) -> Iterator[Absence]:
    """Whole days that follow each other are one absence; one that lies in another is none of its own."""
    last: Absence | None = None
    for one in absences:
        if any(_holds(other, one) for other in absences):
            continue
        follows = last and last.until and last.slot == one.slot == _ANY and one.since == last.until + timedelta(1)
        if last and follows:
            last = replace(last, until=one.until)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
