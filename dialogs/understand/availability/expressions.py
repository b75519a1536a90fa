"""Tokens become what they speak of: days of the week, dates, hours, periods; whatever else stays a mark.

A small grammar, read from left to right: each rule looks at the tokens that follow and takes what it understands.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Final

from dialogs.understand.availability.conventions import Conventions
from dialogs.understand.availability.result import Slot
from dialogs.understand.availability.vocabulary import Token

ALL: Final = (0, 1, 2, 3, 4, 5, 6)
_FILLERS = frozenset(("the", "in", "for", "filler", "this"))
_NOON: Final = 12


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
    """Days of the calendar."""

    days: tuple[date, ...]


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


def expressions(tokens: list[Token], today: date, conventions: Conventions) -> list[Expression]:
    """What the tokens of a message speak of, in order. Raises Unclear."""
    try:
        return list(_Reader(tokens, today, conventions).read())
    except OverflowError:  # a day after the last of the calendar
        raise Unclear from None


@dataclass(frozen=True)
class _Hour:
    at: time
    exact: bool  # it was told which half of the day


class _Reader:
    """Goes through the tokens once; `at` is the next one."""

    def __init__(self, tokens: list[Token], today: date, conventions: Conventions) -> None:
        self.tokens, self.today, self.conventions = tokens, today, conventions
        self.at = 0

    def read(self) -> list[Expression]:
        found: list[Expression] = []
        rules: tuple[Callable[[], Expression | None], ...] = (
            self.hours, self.duration, self.range, self.weekdays, self.dates, self.period,
        )  # fmt: skip
        while self.at < len(self.tokens):
            for rule in rules:
                start = self.at
                one = rule()
                if one is not None:
                    found += self.moved(one, start)
                    break
                self.at = start
            else:
                found.append(self.tokens[self.at])
                self.at += 1
        return found

    def moved(self, one: Expression, start: int) -> list[Expression]:
        """ "sposto dal lunedì al mercoledì" names two days, and no run of days."""
        run = isinstance(one, Days) and any(token.kind in ("to", "tod") for token in self.tokens[start : self.at])
        if not isinstance(one, Days) or not run or all(token.kind != "move" for token in self.tokens[:start]):
            return [one]
        before, after = replace(one, days=one.days[:1]), replace(one, days=one.days[-1:])
        return [Token("instead"), before, Token("can"), after]

    # Tokens

    def kind(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""

    def take(self, *kinds: str) -> Token | None:
        if self.kind() in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def skip(self, *kinds: str) -> None:
        while self.take(*kinds):
            pass

    def lead(self) -> None:
        """Past what stands before a date: an article, its weekday, "Thursday, 5 March"."""
        self.skip("the", "day")
        if self.kind() == "comma" and self.kind(-1) == "day" and self.kind(1) in ("num", "ordinal"):
            self.at += 1

    # Hours

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
        if self.take("limit_after") and (hour := self._hour()):
            self.skip("onwards")
            since = self._in_day(hour, part)
            before = self.at
            if self.take("limit_before", "toh", "until") and (hour := self._hour()):
                return _slot(since, self._in_day(hour, part))
            self.at = before
            return Slot(since, None)
        self.at = start
        if (word := self.take("limit_before", "until")) and (word.kind != "until" or self.kind() == "hour") and (
            hour := self._hour()
        ):
            return Slot(None, self._in_day(hour, part))
        self.at = start
        return self._span(part)

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
        joined = self.take("toh", "to", "dash", "slashed", "limit_before", "until", *(["and"] if said == "between" else []))
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
        if self.take("for") and (many := self.take("num")) and (unit := self.take("unit")) and unit.value == 0:
            return _slot(since, _later(since, 60 * int(many.value["n"])))
        self.at = before
        self.skip("onwards")
        return Slot(since, None)

    def _slashed(self, part: str, said: str) -> Slot | None:
        """ "9/12" after "ore" or a weekday: hours, unless it can only be a day of a month."""
        one, other = (int(self.tokens[self.at].value[name]) for name in "dm")
        after_day = part or said in ("at", "fromh") or self.kind(-1) in ("day", "habitual")
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
        if isinstance(token.value, time):
            return _Hour(token.value, exact=True)
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
            late = first.at.hour < _NOON and (early or first.at.hour + _NOON <= second.at.hour and self._half(-1))
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

    # Days of the week

    def weekdays(self) -> Days | Dates | None:
        """ "il lunedì e il giovedì", "da lunedì a venerdì", "ogni primo sabato", "giovedì prossimo", "tutti i giorni"."""
        start = self.at
        if self.take("alldays"):
            return Days(ALL, habit=True, whole=True)
        if self.take("always"):
            return Days(ALL, habit=True, whole=True, soft=True)
        if self.take("anydays"):
            return Days((), habit=True)
        nth = [token.value for token in iter(lambda: self.take("every", "the", "in", "nth"), None) if token.kind == "nth"]
        if named := self.take("days"):
            self.skip("ofmonth")
            return Days(named.value, habit=True, whole=True, nth=tuple(nth))
        self.at = start
        if (run := self._run()) is not None:
            return run
        self.at = start
        found = self._one_day()
        while isinstance(found, Days):
            before = self.at
            if not (self.take("and", "comma", "slashed") or self.kind() in ("day", "habitual")):
                break
            self.skip("comma", "and")
            more = self._one_day()
            if not isinstance(more, Days) or (bool(more.nth) != bool(found.nth)):
                self.at = before
                break
            found = Days(
                (*found.days, *(day for day in more.days if day not in found.days)),
                habit=found.habit or more.habit,
                nth=found.nth or more.nth,
            )
        return self._which_of_month(found)

    def _which_of_month(self, found: Days | Dates | None) -> Days | Dates | None:
        """ "di sabato, la prima volta nel mese"."""
        before = self.at
        nth: list[int] = []
        monthly = False
        while isinstance(found, Days):
            while token := self.take("comma", "and", "the", "ofmonth"):
                monthly = monthly or token.kind == "ofmonth"
            token = self.take("nthtime", *(["nth"] if monthly or self.kind(1) == "ofmonth" else []))
            if token is None or self.kind() in ("day", "habitual"):
                break
            nth.append(token.value)
            self.skip("ofmonth")
            before = self.at
        if monthly and not nth and not (isinstance(found, Days) and found.nth):  # "un sabato al mese", not said which
            raise Unclear
        self.at = before
        return replace(found, nth=tuple(nth), habit=True) if isinstance(found, Days) and nth else found

    def _run(self) -> Days | None:
        """From a weekday to another."""
        self.skip("the", "every")
        since = self.take("from", "fromd")
        self.skip("the")
        first = self.take("day", "habitual")
        if first is None or not self.take("to", "tod", "dash", *(["until"] if since else [])):
            return None
        self.skip("the")
        last = self.take("day", "habitual")
        if last is None or (self.kind() in ("num", "slash", "ordinal") and not self._hours_follow()):
            return None
        size = (last.value - first.value) % 7 + 1
        return Days(tuple((first.value + n) % 7 for n in range(size)), habit=True)

    def _one_day(self) -> Days | Dates | None:
        """One weekday with what belongs to it; a date when it is told which."""
        habit = False
        nth: list[int] = []
        if self.kind() == "fromd" and self.kind(-1) in ("stop", "nomore"):  # "toglietemi dal giovedì"
            self.at += 1
            habit = True
        while token := self.take("every", "the", "nth", "ofmonth", "firsts", "this", "next", "in", "tod", "and", "for", "ordinal"):
            if token.kind == "and" and not (nth and self.kind() in ("nth", "the", "ordinal")):
                return None
            if token.kind in ("nth", "ordinal"):
                nth.append(token.value if token.kind == "nth" else int(token.value["n"]))
            elif token.kind == "firsts":
                many = self.take("num")
                nth.extend(range(1, min(int(many.value["n"]) if many else 1, 4) + 1))
            elif token.kind in ("next", "this"):
                return self._next_day()
            habit = habit or token.kind in ("every", "nth", "ordinal", "firsts", "tod") or token.value == "habit"
        day = self.take("day", "habitual")
        if day is None or any(number > 4 for number in nth):  # noqa: PLR2004  the fourth, or the last
            return None
        before = self.at
        self.skip("ofmonth", "the") if nth else None
        if not nth and self.take("next", "this"):
            return Dates((self._coming(day.value),))
        self.at = before if not nth else self.at
        if not nth and (dated := self._number_of(day.value)):
            return dated
        return Days((day.value,), habit=habit or day.kind == "habitual", nth=tuple(nth))

    def _next_day(self) -> Dates | None:
        self.skip("the", "next", "this")
        day = self.take("day")
        return Dates((self._coming(day.value),)) if day else None

    def _coming(self, weekday: int) -> date:
        return self.today + timedelta((weekday - self.today.weekday()) % 7 or 7)

    def _number_of(self, weekday: int) -> Dates | None:
        """ "giovedì 12", "sabato 14 novembre": the day must be that weekday."""
        before = self.at
        found = None
        self.skip("the", "comma")
        if self.kind() in ("rel", "day") or (self.kind() == "num" and self._hours_follow()):
            found = None
        else:
            found = self._point()
        if found is None or found[0] != found[1] or self.kind() in ("dash",):
            self.at = before
            return None
        if found[0].weekday() != weekday:
            raise Unclear
        return Dates((found[0],))

    def _hours_follow(self) -> bool:
        """Whether the number that comes is an hour: "martedì 9-12"."""
        before = self.at
        span = self._span("")
        self.at = before
        return span is not None

    # Dates and periods

    def dates(self) -> Dates | None:
        """ "il 12 e il 19 novembre", "domani e dopodomani", "a Natale"."""
        start = self.at
        self.skip("in", "for", "to")
        article = False
        while self.take("the", "tod"):
            article = True
        if self.kind() not in ("num", "ordinal"):
            self.at = start
            return self._one_date()
        numbers: list[int] = []
        while token := self.take("num", "ordinal"):
            article = article or token.kind == "ordinal"
            numbers.append(int(token.value["n"]))
            end = self.at
            self.skip("the")
            if month := self.take("month"):
                return self._all_dated(numbers, month.value)
            self.at = end
            self.skip("and", "comma", "the")
        self.at = end
        return Dates(tuple(self._with_day(number) for number in numbers)) if article else None

    def _all_dated(self, numbers: list[int], month: int) -> Dates:
        year = self._year()
        return Dates(tuple(self._dated(number, month, year) for number in numbers))

    def _one_date(self) -> Dates | None:
        self.skip("the", "to", "tod", "in", "for")
        if self.kind() == "month" and self.kind(1) not in ("num", "ordinal"):
            return None
        found = self._point()
        if found and found[0] == found[1]:
            return Dates((found[0],))
        return None

    def duration(self) -> Period | Dates | None:
        """ "per due settimane", "tra tre giorni"."""
        word = self.take("for", "between")
        self.skip("the", "nth")
        many = self.take("num")
        number = int(many.value["n"]) if many else 1
        self.skip("next")
        unit = self.take("unit")
        if word is None or unit is None or not unit.value:
            return None
        if word.kind == "between":
            return Dates((self._after(number, unit.value),))
        return Period(self.today, self._after(number, unit.value) - timedelta(1 if unit.value == 1 else 0), lasts=True)

    def _after(self, number: int, unit: int) -> date:
        if unit < 31:  # noqa: PLR2004  days and weeks
            return self.today + timedelta(number * unit)
        months = self.today.month - 1 + number
        year, month = self.today.year + months // 12, months % 12 + 1
        return _date(year, month, min(self.today.day, monthrange(year, month)[1]))

    def range(self) -> Period | None:
        """ "dal 3 al 10 luglio", "da luglio a settembre", "3-10 July"."""
        word = self.take("fromd", "fromh", "from", "between")
        self.lead()
        start = self.at
        first = self.take("num", "ordinal")
        joins = ("tod", "to", "dash", "until", *(["and"] if word and word.kind == "between" else []))
        if first and self.take(*joins):
            self.lead()
            last = self._point_after(int(first.value["n"]), sure=word is not None and word.kind == "fromd")
            if last is not None:
                return last
        self.at = start
        before = self._point() if word else None
        if before is None or not self.take(*joins):
            return None
        self.lead()
        after = self._point(since=before[0])
        if after is None:
            return None
        return _period(before[0], after[1])

    def _point_after(self, first: int, *, sure: bool) -> Period | None:
        """The end of a range that began with a bare number of a day."""
        token = self.take("num", "ordinal")
        if token is None:
            return None
        last = int(token.value["n"])
        sure = sure or token.kind == "ordinal"
        self.skip("the")
        if month := self.take("month"):
            year = self._year()
            until = self._dated(last, month.value, year)
            since = _date(until.year, until.month, first)
            if first > last:
                since = _date(until.year - (until.month == 1), (until.month - 2) % 12 + 1, first)
            return _period(since, until)
        if not sure:
            return None
        since = self._with_day(first)
        if first <= last:
            return _period(since, _date(since.year, since.month, last))
        return _period(since, self._with_day(last, since))

    def period(self) -> Period | None:
        """Weeks, months, and what has only a beginning or an end."""
        if (week := self.take("week")) is not None:
            monday = self.today - timedelta(self.today.weekday()) + timedelta(7 * week.value)
            return Period(max(monday, self.today), monday + timedelta(6))
        if (end := self.take("weekend")) is not None:
            saturday = self.today + timedelta(5 - self.today.weekday()) + timedelta(7 * end.value)
            return Period(max(saturday, self.today), saturday + timedelta(1))
        if self.take("holidays"):
            since = self.conventions.holiday("vigilia", self.today)
            until = since and self.conventions.holiday("epifania", since)
            return Period(since, until)
        if (word := self.take("until", "fromd", "from", "limit_before", "day_after", "day_before")) is not None:
            self.skip("tod", "to", "in")
            self.lead()
            found = self._point() or self._coming_day()
            if found is None:
                return None
            if word.kind in ("until", "limit_before"):
                return Period(None, found[1])
            if word.kind == "day_before":
                return Period(None, found[0] - timedelta(1))
            if word.kind == "day_after":
                return Period(found[1] + timedelta(1), None)
            self.skip("onwards")
            return Period(found[0], None)
        self.skip("the", "in", "to", "for", "every")
        if self.kind() == "unit" and self.tokens[self.at].value == 31 and self.kind(1) == "the":  # noqa: PLR2004  "il mese di luglio"
            self.skip("unit", "the")
        whole = self._months()
        return Period(*whole) if whole else None

    def _coming_day(self) -> tuple[date, date] | None:
        if self.tokens[self.at - 1].kind == "day" and self.kind(-3) not in ("stop", "nomore"):
            day = self._coming(self.tokens[self.at - 1].value)
            return day, day
        return None

    def _months(self) -> tuple[date, date] | None:
        """Months one after the other: "luglio e agosto"."""
        found = self._point() if self.kind() in ("month", "monthof") else None
        while found:
            before = self.at
            self.skip("and", "comma", "the", "in")
            more = self._point(since=found[0]) if self.kind() == "month" and self.at > before else None
            if more is None or more[0] != found[1] + timedelta(1):
                self.at = before
                return found
            found = (found[0], more[1])
        return None

    def _point(self, since: date | None = None) -> tuple[date, date] | None:
        """A day, or a month, as its first and last day."""
        day = self._day(since)
        if day is not None:
            return day, day
        if self.take("end"):
            return self._month(self.today.year, self.today.month)[1:] * 2
        if (token := self.take("endof", "midof")) is not None and (month := self.take("month")):
            first, last = self._next_month(month.value, since)
            last = last if token.kind == "endof" else first.replace(day=15)
            return last, last
        if (ahead := self.take("monthof")) is not None:
            months = self.today.month - 1 + ahead.value
            first, last = self._month(self.today.year + months // 12, months % 12 + 1)
            return max(first, self.today), last
        if (month := self.take("month")) is not None:
            return self._next_month(month.value, since)
        return None

    def _day(self, since: date | None) -> date | None:
        token = self.take("num", "ordinal", "rel", "holiday", "date", "slash", "hour", "month")
        if token is None:
            return None
        if token.kind == "rel":
            return self.today + timedelta(token.value)
        if token.kind == "holiday":
            day = self.conventions.holiday(token.value, since or self.today)
            if day is None:
                raise Unclear
            return day
        if token.kind == "month":
            number = self.take("num", "ordinal")
            if number is not None and self.kind() not in ("dash", "toh"):
                return self._dated(int(number.value["n"]), token.value, self._year(), since)
            self.at -= 1 if number is None else 2
            return None
        return self._numbered(token, since)

    def _numbered(self, token: Token, since: date | None) -> date | None:
        parts = token.value
        if token.kind == "hour":  # "dal 12.03"
            if isinstance(parts, time) or not {"h", "min"} <= parts.keys() or self.kind(-2) not in ("fromd", "tod", "the"):
                self.at -= 1
                return None
            return self._dated(int(parts["h"]), int(parts["min"]), None, since)
        if token.kind in ("date", "slash"):
            return self._dated(int(parts["d"]), int(parts["m"]), parts.get("y"), since)
        before = self.at
        self.skip("the")
        if month := self.take("month"):
            return self._dated(int(parts["n"]), month.value, self._year(), since)
        self.at = before
        return self._with_day(int(parts["n"]), since)

    def _year(self) -> str | None:
        year = self.tokens[self.at].value if self.kind() == "number" else ""
        if len(year) != 4:  # noqa: PLR2004  a telephone
            return None
        self.at += 1
        return str(year)

    def _dated(self, day: int, month: int, year: str | None, since: date | None = None) -> date:
        """A day and month; without a year the next such day."""
        if year:
            return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)  # noqa: PLR2004
        for later in range(5):
            try:
                found = date(self.today.year + later, month, day)
            except ValueError:
                continue
            if found >= (since or self.today):
                return found
        raise Unclear

    def _with_day(self, day: int, since: date | None = None) -> date:
        """The next day with this number; of this month or the next, or it cannot be."""
        start = since or self.today
        for later in (0, 1):
            months = start.month - 1 + later
            try:
                found = date(start.year + months // 12, months % 12 + 1, day)
            except ValueError:
                continue
            if found >= start:
                return found
        raise Unclear

    def _month(self, year: int, month: int) -> tuple[date, date]:
        return _date(year, month, 1), _date(year, month, monthrange(year, month)[1])

    def _next_month(self, month: int, since: date | None) -> tuple[date, date]:
        """A month that is not over: "fino a giugno" in June is this June."""
        start = since or self.today
        first, last = self._month(start.year + (month < start.month), month)
        return max(first, self.today), last


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


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear from None


def _period(since: date, until: date) -> Period:
    if since > until:
        raise Unclear
    return Period(since, until)
