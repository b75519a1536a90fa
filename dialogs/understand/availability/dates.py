"""Days of the calendar and periods: "il 12 e il 19", "dal 3 al 10 luglio", "la prossima settimana", "per un mese"."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from dialogs.understand.availability.cursor import Cursor
from dialogs.understand.availability.values import Dates, Period, Unclear
from dialogs.understand.availability.vocabulary import Token


class DateReader(Cursor):
    """Reads days and periods. Raises Unclear for those that cannot be."""

    def dates(self) -> Dates | None:
        """Such as "il 12 e il 19 novembre", "domani e dopodomani", "a Natale"."""
        start = self.at
        self.skip("in", "for", "to", "the")
        if self.take("public_holidays"):
            return Dates(self.conventions.holidays(self.today), holidays=True)
        self.at = start
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

    def part_of_month(self) -> Period | None:
        """Such as "la prima settimana di aprile", "gli ultimi 10 giorni di marzo", "la seconda metà di maggio"."""
        self.skip("the")
        which, many, unit = self.take("nth", "firsts"), self.take("num"), self.take("unit", "midof")
        self.skip("the")
        month = self.take("month") if which and unit and (unit.kind == "midof" or unit.value in (1, 7)) else None
        if which is None or unit is None or month is None:
            return None
        last = self._next_month(month.value, None)[1]
        first, nth = last.replace(day=1), which.value or 1
        if unit.kind == "midof":
            since, until = (first, first.replace(day=15)) if nth == 1 else (first.replace(day=16), last)
        else:
            days = (int(many.value["n"]) if many else 1) * unit.value
            since = first + timedelta((nth - 1) * days) if nth > 0 else last - timedelta(days - 1)
            until = min(since + timedelta(days - 1), last)
        return _period(max(since, self.today), until)

    def duration(self) -> Period | Dates | None:
        """Such as "per due settimane", "tra tre giorni"."""
        word = self.take("for", "between")
        bare = word is None and self.kind(-1) not in ("every", "nth", "next")
        self.skip("the", "nth", "next")
        many = self.take("num")
        number = int(many.value["n"]) if many else 1
        self.skip("next")
        unit = self.take("unit")
        if (word is None and not (bare and many)) or unit is None or not unit.value:
            return None
        if word and word.kind == "between":
            return Dates((self._after(number, unit.value),))
        return Period(self.today, self._after(number, unit.value) - timedelta(1 if unit.value == 1 else 0), lasts=True)

    def _after(self, number: int, unit: int) -> date:
        if unit < 31:  # noqa: PLR2004  days and weeks
            return self.today + timedelta(number * unit)
        months = self.today.month - 1 + number
        year, month = self.today.year + months // 12, months % 12 + 1
        return _date(year, month, min(self.today.day, monthrange(year, month)[1]))

    def range(self) -> Period | None:
        """Such as "dal 3 al 10 luglio", "da luglio a settembre", "3-10 July"."""
        word = self.take("fromd", "fromh", "from", "between", "month")
        if word is not None and word.kind == "month":  # "July 3 to July 20" has no other word before it
            self.at -= 1
            word = word if self.kind(1) in ("num", "ordinal") and self.kind(2) in ("to", "dash", "until") else None
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
        token = self.take("num", "ordinal", "slash")
        if token is None:
            return None
        last = int(token.value["d" if token.kind == "slash" else "n"])
        sure = sure or token.kind == "ordinal"
        self.skip("the")
        month = int(token.value["m"]) if token.kind == "slash" else getattr(self.take("month"), "value", None)
        if month:
            year = self._year()
            until = self._dated(last, month, year)
            since = _date(until.year, until.month, first)
            if first > last:
                since = _date(until.year - (until.month == 1), (until.month - 2) % 12 + 1, first)
            return _period(since, until)
        if not sure:
            return None
        after = self._month_of_next()
        since = self._dated(first, after, None) if after else self._with_day(first)
        if first <= last:
            return _period(since, _date(since.year, since.month, last))
        return _period(since, self._with_day(last, since))

    def _month_of_next(self) -> int | None:
        """The month told by the range that follows: "dal 10 al 15 e dal 20 al 27 dicembre"."""
        before = self.at
        self.skip("and", "comma")
        told = (
            self.take("fromd") and self.take("num") and self.take("tod", "to", "dash") and self.take("num", "ordinal")
        )
        month = self.take("month") if told else None
        self.at = before
        return month.value if month else None

    def period(self) -> Period | None:
        """Weeks, months, and what has only a beginning or an end."""
        self.skip("every")
        if (week := self.take("week")) is not None:
            monday = self.today - timedelta(self.today.weekday()) + timedelta(7 * week.value)
            return Period(max(monday, self.today), monday + timedelta(6))
        if (end := self.take("weekend")) is not None:
            saturday = self.today + timedelta(5 - self.today.weekday()) + timedelta(7 * end.value)
            return Period(max(saturday, self.today), saturday + timedelta(1))
        start = self.at
        self.skip("the")
        if (unit := self.take("unit")) and unit.value == 7 and self.take("the"):  # noqa: PLR2004  "la settimana di Pasqua"
            day = self._day(None)
            if day is None:
                self.at = start
                return None
            monday = day - timedelta(day.weekday())
            return Period(max(monday, self.today), monday + timedelta(6))
        self.at = start
        self.skip("the", "in", "to", "for", "every")
        if (span := self.take("span")) is not None:
            return Period(*self.conventions.span(span.value, self.today))
        self.at = start
        if (one_end := self._one_end()) is not None:
            return one_end
        self.at = start
        self.skip("the", "in", "to", "for", "every")
        if self.kind() == "unit" and self.tokens[self.at].value == 31 and self.kind(1) == "the":  # noqa: PLR2004  "il mese di luglio"
            self.skip("unit", "the")
        whole = self._months()
        return Period(*whole) if whole else None

    def _one_end(self) -> Period | None:
        """A beginning or an end: "dal 20", "fino a giugno", "dopo il 15"."""
        word = self.take("until", "fromd", "fromh", "from", "limit_before", "day_after", "day_before")
        if word is not None:
            self.skip("tod", "to", "in")
            self.lead()
            found = self._point() or self._coming_day()
            if found is None or (word.kind == "fromh" and self.kind(-1) != "month"):  # "dall'1 luglio"
                return None
            if word.kind == "until" and self.kind(-1) == "span" and self.kind(-2) != "endof":
                return Period(None, self._until(self.tokens[self.at - 1].value, *found))
            if word.kind in ("until", "limit_before"):
                return Period(None, found[1])
            if word.kind == "day_before":
                return Period(None, found[0] - timedelta(1))
            if word.kind == "day_after":
                return Period(found[1] + timedelta(1), None)
            self.skip("onwards")
            return Period(found[0], None)
        return None

    def _until(self, span: str, first: date, last: date) -> date:
        """Until the holidays is the day before them, until school is over its last; of a season nobody knows."""
        if span in ("natale", "pasqua", "vacanze"):
            return first - timedelta(1)
        if span != "scuola":
            raise Unclear
        return last

    def _coming_day(self) -> tuple[date, date] | None:
        if self.tokens[self.at - 1].kind == "day" and not self.moving() and self.kind(-3) not in ("stop", "nomore"):
            day = self.coming(self.tokens[self.at - 1].value)
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
        if self.take("end_of_year"):
            return (date(self.today.year, 12, 31),) * 2
        if (token := self.take("endof", "midof", "startof")) is not None:
            self.skip("the")
            return self._part_of(token.kind, since)
        if (span := self.take("span")) is not None:
            return self.conventions.span(span.value, since or self.today)
        if (ahead := self.take("monthof")) is not None:
            months = self.today.month - 1 + ahead.value
            first, last = self._month(self.today.year + months // 12, months % 12 + 1)
            return max(first, self.today), last
        if (month := self.take("month")) is not None:
            return self._next_month(month.value, since)
        return None

    def _part_of(self, part: str, since: date | None) -> tuple[date, date] | None:
        """The beginning, the middle or the end of a month, or of a season: one day."""
        if month := self.take("month"):
            first, last = self._next_month(month.value, since)
            day = {"startof": first, "midof": first.replace(day=15), "endof": last}[part]
        elif span := self.take("span"):
            first, last = self.conventions.span(span.value, since or self.today)
            day = {"startof": first, "midof": first + (last - first) // 2, "endof": last}[part]
        else:
            return None
        return day, day

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
            if not {"h", "min"} <= parts.keys() or self.kind(-2) not in ("fromd", "tod", "the"):
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
        start = since or self.said_of or self.today
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


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear from None


def _period(since: date, until: date) -> Period:
    if since > until:
        raise Unclear
    return Period(since, until)
