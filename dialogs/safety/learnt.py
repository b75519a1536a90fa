"""What the rules cannot list: danger that is said sideways, judged from what a message means and what it looks like.

Linear over sentence vectors, the nearest example, linear over character n-grams, and what the rules say, joined by
weights that cross-validation found (`training.py`). It needs the encoder, so a message is judged before the turn;
where that was not done, the rules alone decide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialogs.understand import ngrams
from dialogs.understand.encoder import SentenceEncoder, Vectors
from dialogs.understand.model import Table, centred, log_softmax

WEIGHTS: Final = Path(__file__).parent / "weights"
NONE: Final = -1  # the last column: no danger
Said = tuple[str | None, str]  # kind, level


@dataclass(frozen=True)
class Judgement:
    """How likely a message says danger, and which: `kind` None is a need that cannot wait until tomorrow."""

    chance: float
    kind: str | None
    level: str
    sure: bool
    asked: bool


@dataclass(frozen=True)
class Learnt:
    """The weights for one encoder. Tables have a column for each class, kind and level, and one for no danger."""

    classes: tuple[Said, ...]
    mean: Vectors
    meaning: Table  # [dimension, classes + 1]
    meaning_bias: Table
    letters: Table  # [ngrams.COLUMNS]: danger rather than none
    rarity: Table
    examples: Vectors  # centred vectors of the training messages, sorted by class
    starts: NDArray[np.int64]
    mix: Table  # meaning, nearest example, letters, rule; and what speaks for none beforehand
    facts: dict[str, Any]  # the encoder's version, thresholds, figures of the cross-validation

    @classmethod
    def load(cls, encoder: SentenceEncoder, folder: Path = WEIGHTS) -> Learnt:
        """Read the weights for an encoder. Raises FileNotFoundError, or RuntimeError when its version is another."""
        with np.load(path_of(encoder, folder), allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            if facts["version"] != encoder.version:
                raise RuntimeError(f"The weights were trained for {facts['version']}: run `python -m admin train`.")
            examples = file["examples"].astype(np.float32)
            return cls(
                classes=tuple((kind, level) for kind, level in facts.pop("classes")),
                mean=file["mean"],
                meaning=file["meaning"].astype(np.float32),
                meaning_bias=file["meaning_bias"],
                letters=file["letters"].astype(np.float32),
                rarity=file["rarity"].astype(np.float32),
                examples=examples / np.linalg.norm(examples, axis=1, keepdims=True),
                starts=file["starts"],
                mix=file["mix"],
                facts=facts,
            )

    def judge(self, texts: list[str], vectors: Vectors, rules: list[Said | None]) -> list[Judgement]:
        """One judgement per text: its sentence vector, and what the rules found in it."""
        points = centred(vectors, self.mean)
        meaning = log_softmax(points @ self.meaning + self.meaning_bias)
        nearest = np.maximum.reduceat(points @ self.examples.T, self.starts, axis=1)
        letters = np.array([self._letters(text) for text in texts], np.float32)
        ruled = np.array([marks(self.classes, found) for found in rules], np.float32)
        chances = np.exp(log_softmax(joined(self.mix, meaning, nearest, letters, ruled)))
        return [self._judged(row) for row in chances]

    def _judged(self, row: Table) -> Judgement:
        chance = 1 - float(row[NONE])
        kinds: dict[str | None, float] = {}
        for (kind, _), share in zip(self.classes, row, strict=False):
            kinds[kind] = kinds.get(kind, 0) + float(share)
        kind = max(kinds, key=lambda one: kinds[one])
        of_kind = {level: float(p) for (one, level), p in zip(self.classes, row, strict=False) if one == kind}
        level = max(of_kind, key=lambda one: of_kind[one])
        return Judgement(chance, kind, level, chance >= self.facts["sure_from"], chance >= self.facts["ask_from"])

    def _letters(self, text: str) -> float:
        where, counts = ngrams.columns(text)
        weights = counts * self.rarity[where]
        return float(weights @ self.letters[where] / np.linalg.norm(weights))


def joined(mix: Any, meaning: Any, nearest: Any, letters: Any, ruled: Any) -> Table:
    """The parts' opinions as one score per class."""
    scores = mix[0] * meaning + mix[1] * nearest + mix[3] * ruled
    scores[:, NONE] += mix[4] - mix[2] * letters
    return np.asarray(scores, np.float32)


def marks(classes: tuple[Said, ...], found: Said | None) -> list[float]:
    """What a rule speaks for: its kind. Of the level it knows less than the rest of the message."""
    return [*(float(found is not None and kind == found[0]) for kind, _ in classes), 0.0]


def path_of(encoder: SentenceEncoder, folder: Path = WEIGHTS) -> Path:
    """Where the weights trained for this encoder lie."""
    return folder / f"{encoder.name}.npz"
