"""Who may be checked by what was learnt from whom: the one grouping that every figure rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.encoder import Vectors
from dialogs.understand.model import AT_HOME
from dialogs.understand.training.corpus import Messages

FOLDS = 5
_LETTERS_ALIKE = 0.5  # likeness of weighted n-grams from which two messages are near-twins
_MEANING_ALIKE = 0.8  # the same for centred sentence vectors


@dataclass(frozen=True)
class Folds:
    """The fold of each message, and the pairs of near-twins, [pairs, 2]."""

    of: NDArray[np.int64]
    twins: NDArray[np.int64]

    def taught(self, fold: int) -> NDArray[np.bool_]:
        """The messages that may teach who judges this fold: all of the others, less near-twins of what is judged."""
        judged = self.of == fold
        one, other = self.twins.T
        near = np.zeros(len(judged), bool)
        near[other[judged[one]]] = True
        near[one[judged[other]]] = True
        return np.asarray(~(judged | near))


def folds(messages: Messages, letters: Any, points: Vectors) -> Folds:
    """A fold for each message; those of one group share one.

    A group are Italian near-twins, by letters or by meaning; a need's messages in all languages but Italian, which
    describe much the same situations; a topic's messages in every language, each checked by a model that never met its
    topic. Twins of two different groups do not join them: one pair would hold back two needs, or all topics one after
    the other. They do not teach each other's judge.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    twins, tied = _twins(messages, letters, points), _tied(messages)
    home = messages.need & (messages.language == AT_HOME)
    one, other = np.vstack([twins[home[twins].all(axis=1)], tied]).T
    size = len(messages.texts)
    _, group = connected_components(coo_matrix((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False)
    return Folds(np.asarray(np.random.default_rng(7).permutation(group.max() + 1)[group] % FOLDS), twins)


def _tied(messages: Messages) -> NDArray[np.int64]:
    first: dict[tuple[int, str], int] = {}
    tied = []
    about = zip(messages.column.tolist(), messages.topic.tolist(), messages.need, messages.language, strict=True)
    for i, (column, topic, need, language) in enumerate(about):
        if not need or language != AT_HOME:
            tied.append((i, first.setdefault((column, topic), i)))
    return np.array(tied)


def _twins(messages: Messages, letters: Any, points: Vectors) -> NDArray[np.int64]:
    likeness = (letters @ letters.T).tocoo()
    near = (likeness.data > _LETTERS_ALIKE) & (likeness.row < likeness.col)
    pairs = [np.stack([likeness.row[near], likeness.col[near]], axis=1)]
    here = np.flatnonzero(messages.need & (messages.language == AT_HOME))  # the others are tied as it is
    for start in range(0, len(here), 1000):  # a table of all pairs would take hundreds of megabytes
        rows, columns = np.nonzero(points[here[start : start + 1000]] @ points[here].T > _MEANING_ALIKE)
        pairs.append(np.stack([here[start + rows], here[columns]], axis=1))
    return np.asarray(np.vstack(pairs), dtype=np.int64)
