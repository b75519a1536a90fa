"""When somebody can help, said in their own words, Italian or English: «giovedì 14-18, dal 3 al 10 no».

vocabulary (words → tokens) → expressions (tokens → days, hours, periods) → clauses (what is said of what) → meaning.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from dialogs.understand.availability.clauses import clauses
from dialogs.understand.availability.conventions import ITALIAN, Conventions
from dialogs.understand.availability.expressions import expressions
from dialogs.understand.availability.meaning import meaning
from dialogs.understand.availability.result import UNCLEAR, Availability, Slot, Weekly
from dialogs.understand.availability.values import Dates, Days, Unclear
from dialogs.understand.availability.vocabulary import Token, tokens

__all__ = ["ITALIAN", "Availability", "Conventions", "Slot", "Weekly", "read"]

_UNREAD = frozenset(("doubt", "num", "ordinal", "hour", "slash", "date"))  # told, and not understood
_UNREAD_PAIRS = frozenset((("nth", "ofmonth"), ("nth", "unit")))  # "il primo del mese", "la seconda settimana"


def read(text: str, today: date, conventions: Conventions = ITALIAN) -> Availability:
    """What a message says of availability; `ask` when it cannot be told. Never raises.

    >>> read("il giovedì dalle 15 alle 18", date(2026, 3, 4)).weekly
    (Weekly(days=('thu',), slot=Slot(start=datetime.time(15, 0), end=datetime.time(18, 0)), nth=None, every=None,\
 since=None, until=None),)
    """
    try:
        said = expressions(tokens(text), today, conventions)
        kinds = [one.kind if isinstance(one, Token) else "" for one in said]
        left = set(kinds)
        if left & _UNREAD or any(pair in _UNREAD_PAIRS for pair in pairwise(kinds)):
            return UNCLEAR
        if "often" in left and not any(isinstance(one, Days | Dates) for one in said):  # "una volta al mese"
            return UNCLEAR
        found = clauses(said)
        if "later" in left and not any(clause.content or clause.mark == "stop" for clause in found):
            return UNCLEAR
        return meaning(found, today)
    except Unclear:
        return UNCLEAR
