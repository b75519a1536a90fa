"""Tokens become what they speak of: days of the week, dates, hours, periods; whatever else stays a mark.

A small grammar, read from left to right: each rule looks at the tokens that follow and takes what it understands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from dialogs.understand.availability.conventions import Conventions
from dialogs.understand.availability.values import Dates, Days, Expression, Period, Unclear
from dialogs.understand.availability.vocabulary import Token
from dialogs.understand.availability.weekdays import WeekdayReader


def expressions(tokens: list[Token], today: date, conventions: Conventions) -> list[Expression]:
    """What the tokens of a message speak of, in order. Raises Unclear."""
    try:
        return _moved(_Reader(tokens, today, conventions).read())
    except (OverflowError, ValueError):  # a day after the last of the calendar
        raise Unclear from None


class _Reader(WeekdayReader):
    """Reads a whole message."""

    def read(self) -> list[Expression]:
        found: list[Expression] = []
        rules: tuple[Callable[[], Expression | None], ...] = (
            self.hours, self.part_of_month, self.duration, self.range, self.weekdays, self.dates, self.period,
        )  # fmt: skip
        while self.at < len(self.tokens):
            for rule in rules:
                start = self.at
                one = rule()
                if one is not None:
                    found.append(one)
                    self._keep_month(one, start)
                    break
                self.at = start
            else:
                found.append(self.tokens[self.at])
                self.at += 1
        return found

    def _keep_month(self, one: Expression, start: int) -> None:
        if any(token.kind in ("month", "holiday", "date", "slash") for token in self.tokens[start : self.at]):
            days = one.days if isinstance(one, Dates) else (one.since, one.until) if isinstance(one, Period) else ()
            told = max(filter(None, days), default=None)
            self.said_of = told and max(told.replace(day=1), self.today)
        elif isinstance(one, Period) and one.since and one.until and not one.lasts:
            self.said_of = one.since  # "non posso dal 10 al 15, torno il 16"


def _moved(said: list[Expression]) -> list[Expression]:
    """Of two days that a sentence moves, such as "sposto dal lunedì al mercoledì", the first is left for the second."""
    found: list[Expression] = []
    days = [at for at, one in enumerate(said) if isinstance(one, Days | Dates)]
    for at, one in enumerate(said):
        sentence = _sentence(said, at)
        if at in days and _moves(said, sentence) and (named := [day for day in days if day in sentence])[1:]:
            found.append(Token("instead" if at == named[0] else "can"))
            habit = isinstance(one, Days) and isinstance(said[named[0]], Days)
            found.append(replace(one, habit=True) if isinstance(one, Days) and habit else one)
        else:
            found.append(one)
    return found


def _sentence(said: list[Expression], at: int) -> range:
    ends = [n for n, one in enumerate(said) if isinstance(one, Token) and one.kind == "end_of_sentence"]
    return range(max((n + 1 for n in ends if n < at), default=0), min((n for n in ends if n > at), default=len(said)))


def _moves(said: list[Expression], sentence: range) -> bool:
    kinds = {one.kind for n in sentence if isinstance(one := said[n], Token)}
    return "move" in kinds and "instead" not in kinds
