"""A long message in the few pieces that are ranked beside the whole: people tell a story, the need is in one clause."""

from __future__ import annotations

import re

MOST = 8  # pieces, the whole included: what is encoded in one batch
_HEAD, _TAIL = 800, 400  # characters read of a very long message: a story ends with what it asks
_WHOLE = 500  # characters read as a whole
_CLAUSE = 180  # characters of one clause
_SHORT = 90  # a message up to here is one piece
_LEAST = 30  # a clause shorter than this goes with its neighbour
_ENDS = re.compile(r"(?<=[.!?;\n。！？؟])\s*")
_SPACES = re.compile(r"[^\S\n]+")


def pieces(text: str) -> list[str]:
    """The whole message first, then its clauses if it is long: from 1 to 8 texts, none of them long.

    >>> pieces("mi serve un pasto caldo")
    ['mi serve un pasto caldo']
    """
    tidy = _SPACES.sub(" ", text).strip()
    if len(tidy) > _HEAD + _TAIL:
        tidy = f"{tidy[:_HEAD]}\n{tidy[-_TAIL:]}"
    if len(tidy) <= _SHORT:
        return [tidy]
    clauses = _merged([clause.strip() for clause in _ENDS.split(tidy) if clause.strip()])
    return [tidy[:_WHOLE], *(clause[:_CLAUSE] for clause in clauses)] if len(clauses) > 1 else [tidy[:_WHOLE]]


def _merged(clauses: list[str]) -> list[str]:
    """Neighbours joined until no clause is very short and at most seven are left, of about equal length."""
    least = max(_LEAST, sum(map(len, clauses)) // (MOST - 1))
    least = least if len(clauses) >= MOST else _LEAST
    joined: list[str] = []
    for clause in clauses:
        if joined and len(joined[-1]) < least:
            joined[-1] = f"{joined[-1]} {clause}"
        else:
            joined.append(clause)
    return joined[: MOST - 1]
