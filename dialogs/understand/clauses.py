"""A message that asks for several things, in the parts that may each be a need of its own."""

from __future__ import annotations

import re

MOST, LEAST_WORDS = 4, 3  # parts, and words in one: a longer message is a story, told about one need
_APART = re.compile(r"[.;!?\n]+|, | (?:e|ed|poi|inoltre|and|also) ")


def clauses(text: str) -> tuple[str, ...]:
    """The parts, in order; () when there is only one, or too many to be a list of needs.

    >>> clauses("cerco un doposcuola per mio figlio e qualcuno che porti la spesa a mia nonna")
    ('cerco un doposcuola per mio figlio', 'qualcuno che porti la spesa a mia nonna')
    >>> clauses("pane e latte")
    ()
    """
    parts = tuple(part.strip() for part in _APART.split(text) if len(part.split()) >= LEAST_WORDS)
    return parts if 1 < len(parts) <= MOST else ()
