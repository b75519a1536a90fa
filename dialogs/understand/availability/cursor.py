"""A place among the tokens of a message, and how to go on from it."""

from __future__ import annotations

from datetime import date, timedelta

from dialogs.understand.availability.conventions import Conventions
from dialogs.understand.availability.vocabulary import Token


class Cursor:
    """Goes through the tokens once; `at` is the next one."""

    def __init__(self, tokens: list[Token], today: date, conventions: Conventions) -> None:
        self.tokens, self.today, self.conventions = tokens, today, conventions
        self.at = 0
        self.said_of: date | None = None  # from when a bare day is counted: "ad agosto no, dal 3 al 20"

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

    def coming(self, weekday: int) -> date:
        return self.today + timedelta((weekday - self.today.weekday()) % 7 or 7)

    def moving(self) -> bool:
        """Whether the sentence moves something: "sposto dal lunedì al mercoledì" names two days, and no run of days."""
        for token in reversed(self.tokens[: self.at]):
            if token.kind in ("move", "end_of_sentence"):
                return token.kind == "move"
        return False
