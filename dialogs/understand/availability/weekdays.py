"""Days of the week: "il lunedì e il giovedì", "da lunedì a venerdì", "ogni primo sabato", "giovedì prossimo"."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs.understand.availability.clock import HourReader
from dialogs.understand.availability.values import ALL, Dates, Days, Unclear

_WEEKEND = (5, 6)


class WeekdayReader(HourReader):
    """Reads days of the week. Raises Unclear where a weekday and a date do not agree."""

    def weekdays(self) -> Days | Dates | None:
        """Weekdays, as a habit or as single days; "tutti i giorni", "nel weekend" too."""
        start = self.at
        for rule in (self._set, self._run, self._list):
            self.at = start
            if (found := rule()) is not None:
                return found
        return None

    def _set(self) -> Days | Dates | None:
        """Days that have one name: "tutti i giorni", "gli altri giorni", "nel weekend"."""
        if self.take("alldays"):
            return Days(ALL, habit=True, whole=True)
        if self.take("always"):
            return Days(ALL, habit=True, whole=True, soft=True)
        if self.take("anydays"):
            return Days((), habit=True)
        if self.take("others"):
            return self._others()
        before = [token for token in iter(lambda: self.take("every", "the", "in", "nth"), None) if token.kind == "nth"]
        if (named := self.take("days")) is None:
            return None
        if named.value == _WEEKEND and (dated := self._weekend_of()):
            return dated
        self.skip("ofmonth")
        return Days(named.value, habit=True, whole=True, nth=tuple(token.value for token in before))

    def _list(self) -> Days | Dates | None:
        """Such as "il lunedì e il giovedì", "lun-mer-ven"."""
        found = self._one_day()
        while isinstance(found, Days):
            before = self.at
            named = self.kind() in ("day", "habitual")
            dashed = self.kind() == "dash" and self.kind(1) in ("day", "habitual")
            if not (named or self.take("and", "comma", "slashed", *(["dash"] if dashed else []))):
                break
            self.skip("comma", "and")
            more = self._one_day()
            if not isinstance(more, Days) or more.nth != found.nth:
                self.at = before
                break
            found = Days(
                (*found.days, *(day for day in more.days if day not in found.days)),
                habit=found.habit or more.habit,
                nth=found.nth or more.nth,
            )
        return self._which_of_month(found)

    def _which_of_month(self, found: Days | Dates | None) -> Days | Dates | None:
        """Such as "di sabato, la prima volta nel mese"."""
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

    def _weekend_of(self) -> Dates | None:
        """Such as "il weekend del 19", "il fine settimana di Pasqua"."""
        before = self.at
        day = self._day(None) if self.take("the") and self.kind() in ("num", "holiday", "date", "slash") else None
        if day is None:
            self.at = before
            return None
        saturday = day + timedelta(5 - day.weekday())
        return Dates((saturday, saturday + timedelta(1)))

    def _others(self) -> Days:
        """The days that were not named: "la domenica no, gli altri giorni sì"."""
        named = [token.value for token in self.tokens[: self.at] if token.kind in ("day", "habitual")]
        named += [day for token in self.tokens[: self.at] if token.kind == "days" for day in token.value]
        return Days(tuple(day for day in ALL if day not in named), habit=True, whole=True)

    def _run(self) -> Days | None:
        """From a weekday to another."""
        self.skip("the", "every")
        since = self.take("from", "fromd")
        self.skip("the")
        first = self.take("day", "habitual") if not self.moving() else None
        if first is None or not self.take("to", "tod", "dash", *(["until"] if since else [])):
            return None
        self.skip("the")
        last = self.take("day", "habitual")
        if last and self.kind(-2) == self.kind() == "dash" and self.kind(1) in ("day", "habitual"):
            return None
        if last is None or (self.kind() in ("num", "slash", "ordinal") and not self._hours_follow()):
            return None
        size = (last.value - first.value) % 7 + 1
        days = tuple((first.value + n) % 7 for n in range(size))
        return Days(days, habit=since is None or since.kind == "fromd", whole=True)

    def _one_day(self) -> Days | Dates | None:
        """One weekday with what belongs to it; a date when it is told which."""
        habit = False
        nth: list[int] = []
        if self.kind() == "fromd" and self.kind(-1) in ("stop", "nomore"):  # "toglietemi dal giovedì"
            self.at += 1
            habit = True
        while token := self.take(
            "every", "the", "nth", "ofmonth", "firsts", "this", "next", "in", "tod", "and", "for", "ordinal"
        ):
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
            return Dates((self.coming(day.value),))
        self.at = before if not nth else self.at
        if not nth and (dated := self._number_of(day.value)):
            return dated
        return Days((day.value,), habit=habit or day.kind == "habitual", nth=tuple(nth))

    def _next_day(self) -> Dates | None:
        self.skip("the", "next", "this")
        day = self.take("day")
        return Dates((self.coming(day.value),)) if day else None

    def _number_of(self, weekday: int) -> Dates | None:
        """Such as "giovedì 12", "sabato 14 novembre": the day must be that weekday."""
        before = self.at
        found = None
        self.skip("the", "comma")
        if (
            self.kind() in ("rel", "day")
            or self.kind(1) == "unit"
            or (self._hours_follow() and not self._agrees(weekday))
        ):
            found = None
        else:
            found = self._point()
        if found is None or found[0] != found[1] or self.kind() == "dash":
            self.at = before
            return None
        if found[0].weekday() != weekday:
            raise Unclear
        return Dates((found[0],))

    def _agrees(self, weekday: int) -> bool:
        """Whether a number before an hour is the day's own: "lunedì 14 alle 16", if the 14th is a Monday."""
        if self.kind() != "num" or self.kind(1) != "toh":
            return False
        return self._with_day(int(self.tokens[self.at].value["n"])).weekday() == weekday

    def _hours_follow(self) -> bool:
        """Whether the number that comes is an hour: "martedì 9-12", "ven 9/11"."""
        if self.kind() not in ("num", "slash"):
            return False
        before = self.at
        try:
            span = self._span("")
        except Unclear:  # "martedì 23 alle 10"
            span = None
        finally:
            self.at = before
        return span is not None
