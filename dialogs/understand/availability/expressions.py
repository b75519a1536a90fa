"""Tokens become what they speak of: days of the week, dates, hours, periods; whatever else stays a mark.

A small grammar, read from left to right: each rule looks at the tokens that follow and takes what it understands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from dialogs.understand.availability.conventions import Conventions
from dialogs.understand.availability.values import Days, Expression, Unclear
from dialogs.understand.availability.vocabulary import Token
from dialogs.understand.availability.weekdays import WeekdayReader


def expressions(tokens: list[Token], today: date, conventions: Conventions) -> list[Expression]:
    """What the tokens of a message speak of, in order. Raises Unclear."""
    try:
        return list(_Reader(tokens, today, conventions).read())
    except OverflowError:  # a day after the last of the calendar
        raise Unclear from None


class _Reader(WeekdayReader):
    """Reads a whole message."""

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
        """Such as "sposto dal lunedì al mercoledì" names two days, and no run of days."""
        run = isinstance(one, Days) and any(token.kind in ("to", "tod") for token in self.tokens[start : self.at])
        if not isinstance(one, Days) or not run or all(token.kind != "move" for token in self.tokens[:start]):
            return [one]
        before, after = replace(one, days=one.days[:1]), replace(one, days=one.days[-1:])
        return [Token("instead"), before, Token("can"), after]
