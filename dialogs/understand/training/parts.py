"""The parts whose opinions are joined: linear over meaning, linear over letters, the nearest example."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand import ngrams
from dialogs.understand.encoder import Vectors
from dialogs.understand.model import AT_HOME, BITS, Table, centred, likeness, log_softmax
from dialogs.understand.training import softmax
from dialogs.understand.training.corpus import Messages
from dialogs.understand.training.folds import Folds

_PENALTIES = {"meaning": 1 / 3, "letters": 1 / 10}  # by cross-validation; half or double hardly moves a figure
_MET = 3  # messages in which an n-gram column must stand to count: what is rarer says little, and costs as much
Linear = tuple[Table, Table]


@dataclass(frozen=True)
class Means:
    """What all sentences share, and what those of one language share, as vectors."""

    languages: list[str]
    table: Vectors

    @classmethod
    def of(cls, vectors: Vectors, heard: list[str], need: NDArray[np.bool_]) -> Means:
        """One mean per language, over its messages about a need: these are spread evenly over the columns."""
        labels = np.array(heard)
        names = sorted(set(labels[need].tolist()))
        return cls(names, np.array([vectors[need & (labels == name)].mean(axis=0) for name in names], np.float32))

    def centre(self, vectors: Vectors, heard: list[str]) -> Vectors:
        """Vectors without what their language shares, each of length 1."""
        place = {name: i for i, name in enumerate(self.languages)}
        return centred(vectors, self.table[[place.get(name, place[AT_HOME]) for name in heard]])


def counts(texts: list[str]) -> Any:
    """The n-gram columns of every text, as one sparse table."""
    from scipy.sparse import csr_matrix

    found = [ngrams.columns(text, BITS) for text in texts]
    starts = np.cumsum([0, *(len(where) for where, _ in found)])
    where, how_often = (np.concatenate(side) for side in zip(*found, strict=True))
    return csr_matrix((how_often, where, starts), shape=(len(texts), 1 << BITS), dtype=np.float32)


def kept(table: Any) -> NDArray[np.int64]:
    """The columns of a table of counts that enough messages have, ascending."""
    return np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]) >= _MET)


def rarity(table: Any) -> Table:
    """How rare each column is in a table of counts: inverse document frequency."""
    seen = np.bincount(table.indices, minlength=table.shape[1])
    return np.asarray(np.log((1 + table.shape[0]) / (1 + seen)) + 1, dtype=np.float32)


def weighted(table: Any, rare: Table) -> Any:
    """Counts times rarity, each row of length 1 (0 when it has no column)."""
    from scipy.sparse import csr_matrix

    values, sizes = table.data * rare[table.indices], np.diff(table.indptr)
    row = np.repeat(np.arange(len(sizes)), sizes)
    lengths = np.sqrt(np.bincount(row, values**2, minlength=len(sizes)))
    values = (values / np.maximum(lengths, 1e-6)[row]).astype(np.float32)
    return csr_matrix((values, table.indices, table.indptr), shape=table.shape)


def meaning(messages: Messages, points: Vectors) -> Linear:
    """Linear over centred vectors."""
    return _fit(points, messages.wanted, messages.language, _PENALTIES["meaning"])


def letters(messages: Messages, table: Any) -> Linear:
    """Linear over weighted n-grams."""
    return _fit(table, messages.wanted, messages.language, _PENALTIES["letters"])


def _fit(points: Any, wanted: Table, language: NDArray[np.str_], penalty: float) -> Linear:
    return softmax.fit(points, wanted, softmax.silent(wanted, language), penalty)


def opinion(linear: Linear, points: Any) -> Table:
    """Log-probabilities, one column per need and one for outside."""
    return log_softmax(np.asarray(points @ linear[0]) + linear[1])


def nearest(learnt: Vectors, column: NDArray[np.int64], points: Vectors) -> Table:
    """How alike the learnt messages of each column are; `learnt` is sorted by column, none may be missing."""
    return likeness(points, learnt, starts(column))


def starts(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each column's messages begin, the messages being sorted by column."""
    return np.flatnonzero(np.diff(column, prepend=-1))


def grouped(messages: Messages, points: Vectors) -> tuple[Linear, list[Linear]]:
    """First which group of needs (or outside), then which need within it: for comparison only."""
    groups, member = _groups(messages)
    column = np.array([*member, len(groups)])[messages.column]
    wanted = np.eye(len(groups) + 1, dtype=np.float32)[column]
    within = []
    for i in range(len(groups)):
        some = messages.some(column == i)
        own = some.wanted[:, : len(member)][:, np.array(member) == i]
        within.append(_fit(points[column == i], own, some.language, _PENALTIES["meaning"]))
    return _fit(points, wanted, messages.language, _PENALTIES["meaning"]), within


def grouped_opinion(linear: tuple[Linear, list[Linear]], messages: Messages, points: Vectors) -> Table:
    """Log-probabilities of `grouped`, one column per need and one for outside."""
    _, member = _groups(messages)
    first = log_softmax(points @ linear[0][0] + linear[0][1])
    logs = np.empty((len(points), len(member) + 1), np.float32)
    logs[:, -1] = first[:, -1]
    for i, (weights, bias) in enumerate(linear[1]):
        own = np.flatnonzero(np.array(member) == i)
        logs[:, own] = first[:, [i]] + log_softmax(points @ weights + bias)
    return logs


def _groups(messages: Messages) -> tuple[list[str], list[int]]:
    groups = sorted({code.partition(".")[0] for code in messages.codes})
    return groups, [groups.index(code.partition(".")[0]) for code in messages.codes]


def checked(
    messages: Messages, folds: Folds, vectors: Vectors, table: Any, names: tuple[str, ...], cache: Path | None
) -> dict[str, Table]:
    """The opinion of each named part on every message, from what was learnt without its fold.

    `table` counts n-grams, which only the part "letters" reads. Opinions are kept in the folder `cache`, by what they
    were learnt from: of all the steps of a check only these take minutes.
    """
    return {name: _kept(name, messages, folds, vectors, table, cache) for name in names}


def _kept(name: str, messages: Messages, folds: Folds, vectors: Vectors, table: Any, cache: Path | None) -> Table:
    mark = hashlib.sha256(repr((name, messages.texts, _PENALTIES, _MET, softmax.STEPS)).encode("utf-8", "replace"))
    used = (messages.right, messages.column, folds.of, folds.twins)
    for array in (*used, *([] if name == "letters" else [vectors])):
        mark.update(np.ascontiguousarray(array).tobytes())
    path = cache / f"opinion {name} {mark.hexdigest()[:16]}.npy" if cache and name != "nearest" else None
    if path and path.exists():
        return np.asarray(np.load(path), dtype=np.float32)
    found = np.zeros((len(messages.texts), len(messages.codes) + 1), np.float32)
    for k in np.unique(folds.of):
        judged = folds.of == k
        found[judged] = said_of(name, messages, folds.taught(k), judged, vectors, table)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, found)
    return found


def said_of(
    name: str,
    messages: Messages,
    taught: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    vectors: Vectors,
    table: Any,
) -> Table:
    """What a part that learnt from some messages says of others."""
    some = messages.some(taught)
    if name == "letters":
        some_columns = table[:, kept(table[taught])]
        rows = weighted(some_columns, rarity(some_columns[taught]))
        return opinion(letters(some, rows[taught]), rows[judged])
    points = Means.of(vectors[taught], some.heard, some.need).centre(vectors, messages.heard)
    if name == "nearest":
        return nearest(points[taught], some.column, points[judged])
    if name == "grouped":
        return grouped_opinion(grouped(some, points[taught]), messages, points[judged])
    return opinion(meaning(some, points[taught]), points[judged])
