"""Which of the 44 needs a message is about, how surely, or that it is about none of them.

A message is *prepared* outside any transaction (its sentence vectors take milliseconds) and then *ranked* from memory
inside the turn, so no database lock ever waits for the encoder. What ranks is imported with the first message: a tap
needs none of it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dialogs.understand.ranker import Ranker

Decision = Literal["sure", "unsure", "outside"]
WEIGHTS = Path(__file__).parent / "weights"
_TOGETHER = 64  # texts encoded in one batch when many are ranked


@dataclass(frozen=True)
class Ranked:
    """What a message is about.

    Attributes:
        ranking: every need's code with its probability if it is a need at all, likeliest first.
        decision: sure (offer at once), unsure (ask which of the first two or three), outside (no need covers it).
        outside: the probability that no need covers it.
    """

    ranking: tuple[tuple[str, float], ...]
    decision: Decision
    outside: float


class NotPrepared(LookupError):
    """This text has no ranking in memory: leave the transaction, `prepare` it, take the turn again."""

    def __init__(self, text: str) -> None:
        super().__init__("a text was ranked before it was prepared")
        self.text = text


_loading = threading.Lock()
_version = 0


@cache
def _load() -> Ranker:
    from dialogs.understand.encoder import shared
    from dialogs.understand.model import Model
    from dialogs.understand.ranker import Ranker, weights_of

    encoder = shared()
    return Ranker(encoder, Model.load(weights_of(encoder)))


def _ranker() -> Ranker:
    with _loading:
        return _load()


def warm() -> None:
    """Load weights and encoder; at start, from a thread in the background. Safe to call twice and at once."""
    _ranker().rank(["buongiorno"])


def prepare(text: str) -> Ranked:
    """Rank a message and keep the ranking for `ranked`. Raises RuntimeError inside a write transaction."""
    return _ranker().prepare(text)


def ranked(text: str) -> Ranked:
    """The ranking of a message that was prepared, from memory only. Raises NotPrepared."""
    return _ranker().recall(text)


def rank_many(texts: list[str]) -> list[Ranked]:
    """Rankings of many messages, in order, for evaluation; nothing is kept."""
    groups = [texts[i : i + _TOGETHER] for i in range(0, len(texts), _TOGETHER)]
    return [one for group in groups for one in _ranker().rank(group)]


def learn(examples: Sequence[tuple[str, str | None]], version: int) -> None:
    """Take operators' examples: what is said like each text is its need, or outside every need (None).

    `version` is what `version()` says from then on. Raises RuntimeError inside a write transaction.
    """
    global _version  # noqa: PLW0603  one process has one ranking
    _ranker().learn(examples)
    _version = version


def version() -> int:
    """Which examples were learnt last; 0: none were ever added."""
    return _version
