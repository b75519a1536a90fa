"""Who may be checked by what was learnt from whom: the one grouping that every figure rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.encoder import Vectors
from dialogs.understand.model import AT_HOME
from dialogs.understand.training.corpus import Messages

FOLDS = 5
_LETTERS_ALIKE = 0.5  # likeness of weighted n-grams from which two messages are near-twins
_MEANING_ALIKE = 0.8  # the same for centred sentence vectors


def folds(messages: Messages, letters: Any, points: Vectors) -> NDArray[np.int64]:
    """A fold for each message; those of one group share one.

    A group are near-twins, by letters or by meaning; a need's messages in all languages but Italian, which describe
    much the same situations; a topic's messages in every language, each checked by a model that never met its topic.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = [*_tied(messages), *_twins(messages, letters, points)]
    one, other = np.array(pairs).T
    size = len(messages.texts)
    _, group = connected_components(coo_matrix((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False)
    return np.asarray(np.random.default_rng(7).permutation(group.max() + 1)[group] % FOLDS)


def _tied(messages: Messages) -> list[tuple[int, int]]:
    first: dict[tuple[int, str], int] = {}
    tied = []
    about = zip(messages.column.tolist(), messages.topic.tolist(), messages.need, messages.language, strict=True)
    for i, (column, topic, need, language) in enumerate(about):
        if not need or language != AT_HOME:
            tied.append((i, first.setdefault((column, topic), i)))
    return tied


def _twins(messages: Messages, letters: Any, points: Vectors) -> list[tuple[int, int]]:
    likeness = (letters @ letters.T).tocoo()
    near = likeness.data > _LETTERS_ALIKE
    pairs = list(zip(likeness.row[near].tolist(), likeness.col[near].tolist(), strict=True))
    here = np.flatnonzero(messages.need & (messages.language == AT_HOME))  # the others are tied as it is
    for start in range(0, len(here), 1000):  # a table of all pairs would take hundreds of megabytes
        rows, columns = np.nonzero(points[here[start : start + 1000]] @ points[here].T > _MEANING_ALIKE)
        pairs.extend(zip(here[start + rows].tolist(), here[columns].tolist(), strict=True))
    return pairs
