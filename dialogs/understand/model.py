"""The shipped weights and the arithmetic over them: vectors and n-grams in, probabilities out. Numpy only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand import ngrams
from dialogs.understand.encoder import Vectors

Table = NDArray[np.float32]
AT_HOME = "it"  # a message whose language cannot be told is taken as written in this one
OUTSIDE = -1  # the last column of most tables: what no need covers
_NEARNESS = 30.0  # how much more a nearer example counts: with more only the nearest does, with less all do
BITS = 18  # of n-gram columns: so many that hardly two n-grams share one; those that training met often are kept
_TAUGHT_FROM, _TAUGHT_GAIN = 0.65, 20.0  # an added example counts from this likeness on, up to this many nats


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors without what all such sentences share, each of length 1 again. `mean` is one row, or one per vector."""
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def likeness(points: Vectors, examples: Vectors, starts: NDArray[np.int64]) -> Table:
    """How alike the examples of each column are to each point, the nearest ones counting by far the most.

    `examples` are sorted by column, and `starts` says where each column begins.
    """
    near = np.exp(_NEARNESS * (points @ examples.T - 1))
    counts = np.diff(np.append(starts, len(examples)))
    return np.asarray(np.log(np.add.reduceat(near, starts, axis=1) / counts + 1e-12) / _NEARNESS, dtype=np.float32)


def log_softmax(scores: Table) -> Table:
    """Row by row, natural logarithms of probabilities."""
    moved = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(moved - np.log(np.exp(moved).sum(axis=1, keepdims=True)), dtype=np.float32)


@dataclass(frozen=True)
class Model:
    """A trained ranking over one encoder. Tables have one column per code, in order, then one for outside."""

    codes: tuple[str, ...]
    means: dict[str, Vectors]  # of the training vectors in each language, [dimension]
    meaning: Table  # linear over centred vectors, [dimension, codes + 1]
    meaning_bias: Table
    kept: NDArray[np.int64]  # the n-gram columns that count, ascending
    letters: NDArray[np.int8]  # linear over them, [kept, codes + 1], in units of letters_unit
    letters_unit: Table
    letters_bias: Table
    rarity: Table  # inverse document frequency of each of them
    examples: Vectors  # centred vectors of the training messages, sorted by code
    starts: NDArray[np.int64]  # where each code's examples begin
    mix: Table  # how much meaning, letters and nearest examples count, and what speaks for outside beforehand
    facts: dict[str, Any]  # encoder and its version, thresholds, figures of the cross-validation

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read a weight file. Raises FileNotFoundError."""
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            vectors = file["examples"].astype(np.float32)
            vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]  # in place: it is the largest table
            return cls(
                codes=tuple(facts.pop("codes")),
                means=dict(zip(facts.pop("languages"), file["means"], strict=True)),
                meaning=file["meaning"].astype(np.float32),
                meaning_bias=file["meaning_bias"],
                kept=file["kept"].astype(np.int64),
                letters=file["letters"],
                letters_unit=file["letters_unit"],
                letters_bias=file["letters_bias"],
                rarity=file["rarity"].astype(np.float32),
                examples=vectors,
                starts=file["starts"],
                mix=file["mix"],
                facts=facts,
            )

    def points(self, vectors: Vectors, languages: list[str]) -> Vectors:
        """Sentence vectors without what their language shares; a language that was not learnt is taken as Italian."""
        return centred(vectors, np.array([self.means.get(name, self.means[AT_HOME]) for name in languages]))

    def probabilities(self, texts: list[str], points: Vectors, taught: list[tuple[Vectors, int]]) -> Table:
        """One row per text: the codes in order, then outside; each row sums to 1.

        `points` are of the same texts; `taught` are examples added later: point and column.
        """
        scores = self.mix[0] * log_softmax(points @ self.meaning + self.meaning_bias)
        scores += self.mix[1] * log_softmax(self._letters(texts))
        scores += self.mix[2] * likeness(points, self.examples, self.starts)
        scores[:, OUTSIDE] += self.mix[3]
        for vector, column in taught:
            near = np.maximum(points @ vector - _TAUGHT_FROM, 0) / (1 - _TAUGHT_FROM)
            scores[:, column] += _TAUGHT_GAIN * near
        return np.exp(log_softmax(scores))

    def _letters(self, texts: list[str]) -> Table:
        rows = np.empty((len(texts), len(self.codes) + 1), np.float32)
        for row, text in zip(rows, texts, strict=True):
            columns, counts = ngrams.columns(text, BITS)
            where = np.minimum(np.searchsorted(self.kept, columns), len(self.kept) - 1)
            known = self.kept[where] == columns
            where, weights = where[known], counts[known]
            weights *= self.rarity[where]
            weights /= max(np.linalg.norm(weights), 1e-6)
            row[:] = (weights @ self.letters[where].astype(np.float32)) * self.letters_unit + self.letters_bias
        return rows
