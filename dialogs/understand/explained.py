"""Why a message was understood as it was: the words without which it would have been understood otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.understand import needs
from dialogs.understand.needs import Ranked

LONGEST = 40  # words that are tried
SHOWN = 4
_LITTLE = 0.03  # a change of probability that says nothing


@dataclass(frozen=True)
class Explained:
    """A ranking; `why`: the words that speak most for its first need (or for outside), and by how much each does."""

    ranked: Ranked
    why: tuple[tuple[str, float], ...]


def explained(text: str) -> Explained:
    """Rank a message whole, and again without each of its words. Raises RuntimeError inside a write transaction."""
    words = text.split()[:LONGEST]
    without = [" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))] if len(words) > 1 else []
    whole, *rest = needs.rank_many([text, *without])
    best = whole.ranking[0][0]

    def support(ranked: Ranked) -> float:
        if whole.decision == "outside":
            return ranked.outside
        return dict(ranked.ranking)[best] * (1 - ranked.outside)

    weights = [(word, support(whole) - support(one)) for word, one in zip(words, rest, strict=False)]
    telling = sorted((one for one in weights if one[1] > _LITTLE), key=lambda one: -one[1])
    return Explained(whole, tuple(telling[:SHOWN]))
