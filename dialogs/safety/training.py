"""Training of `learnt.py`: `python -m admin train`. Only a fixed split is random; scikit-learn is needed here alone.

Learnt from: messages of danger and of what only sounds like it (`messages.jsonl`), and every message of the needs and
of what is outside them as harmless, but for the needs of violence and those that a first model, of `messages.jsonl`
alone, takes for danger: who asks for a bed may well have none tonight.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialogs import safety
from dialogs.safety.learnt import Said, joined, marks, path_of
from dialogs.understand import ngrams
from dialogs.understand.encoder import ENCODERS, SentenceEncoder, Vectors
from dialogs.understand.model import Table, centred, log_softmax

MESSAGES: Final = Path(__file__).parent / "messages.jsonl"
NEEDS: Final = Path(__file__).parent.parent / "understand" / "data"
FOLDS: Final = 5
_FREEDOM, _LETTERS_FREEDOM = 8.0, 30.0  # inverse regularisation
_TWINS: Final = 0.85  # centred likeness from which two messages are in the same fold
_SUSPECT: Final = 0.9  # chance of danger from which a need is not learnt as harmless
_PLAIN_WEIGHT: Final = 0.5  # of a message of the needs beside one that was written to sound alarming
_FALSE_ALARMS: Final = {"ask_from": 0.025, "sure_from": 0.01}  # at most, of the harmless messages of the measure
Encode = Callable[[SentenceEncoder, list[str]], Vectors]


@dataclass(frozen=True)
class Rows:
    """The training messages, sorted by class; the last class is no danger. `judged`: the thresholds are set on them."""

    classes: tuple[Said, ...]
    texts: list[str]
    column: NDArray[np.int64]
    weight: NDArray[np.float64]
    judged: NDArray[np.bool_]
    ruled: Table


def train(folder: Path, encode: Encode | None = None) -> dict[str, dict[str, float]]:
    """Write one weight file per encoder into `folder`; the figures of the check, by encoder."""
    figures = {}
    for maker in ENCODERS:
        encoder: SentenceEncoder = maker()
        rows, vectors = _rows(encoder, encode or _encoded)
        counts = _counts(rows.texts)
        opinions = _checked(rows, vectors, counts)
        mix = _mixed(rows, opinions)
        chances = np.exp(log_softmax(joined(mix, *opinions, rows.ruled)))
        limits = _limits(rows, 1 - chances[:, -1])
        figures[encoder.name] = _figures(rows, chances, limits)
        facts = {"classes": rows.classes, "version": encoder.version, **limits, "figures": figures[encoder.name]}
        _save(path_of(encoder, folder), rows, _fitted(rows, vectors, counts, np.arange(len(rows.texts))), mix, facts)
    return figures


def _encoded(encoder: SentenceEncoder, texts: list[str]) -> Vectors:
    return np.vstack([encoder.encode(texts[i : i + 64]) for i in range(0, len(texts), 64)])


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _rows(encoder: SentenceEncoder, encode: Encode) -> tuple[Rows, Vectors]:
    from sklearn.linear_model import LogisticRegression

    written = _read(MESSAGES)
    classes = tuple(
        sorted({(row["kind"], row["level"]) for row in written if row["level"]}, key=lambda one: (str(one[0]), one[1]))
    )
    place = {said: n for n, said in enumerate(classes)}
    column = np.array([place.get((row["kind"], row["level"]), len(classes)) for row in written])
    mine = encode(encoder, [row["text"] for row in written])
    needs = [row for path in sorted(NEEDS.glob("*.jsonl")) for row in _read(path)]
    needs = [row for row in needs if not (row["code"] or "").startswith("violenza_genere")]
    plain = encode(encoder, [row["text"] for row in needs])
    first = LogisticRegression(C=4.0, max_iter=500).fit(centred(mine, mine.mean(axis=0)), column)
    none = first.predict_proba(centred(plain, mine.mean(axis=0)))[:, -1]
    kept = np.array([row["code"] is None for row in needs]) | (1 - none < _SUSPECT)
    texts = [row["text"] for row in written] + [row["text"] for row, keep in zip(needs, kept, strict=True) if keep]
    column = np.concatenate([column, np.full(kept.sum(), len(classes))])
    order = np.argsort(column, kind="stable")
    weight = np.concatenate([np.ones(len(written)), np.full(kept.sum(), _PLAIN_WEIGHT)])
    judged = np.array([row.get("source") == "measure" for row in written] + [False] * int(kept.sum()))
    found = [safety.ruled(text) for text in texts]
    ruled = np.array([marks(classes, one) for one in found], np.float32)
    rows = Rows(classes, [texts[i] for i in order], column[order], weight[order], judged[order], ruled[order])
    return rows, np.vstack([mine, plain[kept]])[order]


def _counts(texts: list[str]) -> Any:
    from scipy.sparse import csr_matrix

    found = [ngrams.columns(text) for text in texts]
    starts = np.cumsum([0, *(len(where) for where, _ in found)])
    where, how_often = (np.concatenate(side) for side in zip(*found, strict=True))
    return csr_matrix((how_often, where, starts), shape=(len(texts), ngrams.COLUMNS))


@dataclass(frozen=True)
class _Fitted:
    mean: Vectors
    points: Vectors  # of every message, not only of those learnt from
    meaning: Any
    rarity: Table
    letters: Any


def _fitted(rows: Rows, vectors: Vectors, counts: Any, learn: NDArray[np.int64]) -> _Fitted:
    from sklearn.linear_model import LogisticRegression

    mean = vectors[learn].mean(axis=0)
    points = centred(vectors, mean)
    weight = rows.weight[learn]
    meaning = LogisticRegression(C=_FREEDOM, max_iter=500).fit(points[learn], rows.column[learn], sample_weight=weight)
    seen = np.bincount(counts[learn].indices, minlength=ngrams.COLUMNS)
    rarity = (np.log((1 + len(learn)) / (1 + seen)) + 1).astype(np.float32)
    letters = LogisticRegression(C=_LETTERS_FREEDOM, max_iter=300, solver="liblinear", fit_intercept=False)
    letters.fit(_weighted(counts, rarity)[learn], rows.column[learn] != len(rows.classes), sample_weight=weight)
    return _Fitted(mean, points, meaning, rarity, letters)


def _weighted(counts: Any, rarity: Table) -> Any:
    from sklearn.preprocessing import normalize

    return normalize(counts.multiply(rarity[None, :]).tocsr())


def _checked(rows: Rows, vectors: Vectors, counts: Any) -> tuple[Table, Table, Table]:
    """The parts' opinions on each message from models that never saw it or its near-twins."""
    fold = _folds(vectors)
    shape = (len(rows.texts), len(rows.classes) + 1)
    meaning, nearest = (np.zeros(shape, np.float32) for _ in range(2))
    letters = np.zeros(len(rows.texts), np.float32)
    for k in range(FOLDS):
        learn, check = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = _fitted(rows, vectors, counts, learn)
        meaning[check] = fitted.meaning.predict_log_proba(fitted.points[check])
        starts = np.flatnonzero(np.diff(rows.column[learn], prepend=-1))
        nearest[check] = np.maximum.reduceat(fitted.points[check] @ fitted.points[learn].T, starts, axis=1)
        letters[check] = fitted.letters.decision_function(_weighted(counts[check], fitted.rarity))
    return meaning, nearest, letters


def _folds(vectors: Vectors) -> NDArray[np.int64]:
    """A fold for each message; near-twins share one."""
    points = centred(vectors, vectors.mean(axis=0))
    group = np.arange(len(points))
    for i in range(len(points)):
        for other in {int(group[j]) for j in np.flatnonzero(points[:i] @ points[i] > _TWINS)}:
            group[group == group[i]] = other
    names, index = np.unique(group, return_inverse=True)
    return np.random.default_rng(7).permutation(len(names))[index] % FOLDS


def _mixed(rows: Rows, opinions: tuple[Table, Table, Table]) -> NDArray[np.float64]:
    """The weights that give the right classes the highest probability."""
    from scipy.optimize import minimize

    at = np.arange(len(rows.texts))

    def loss(mix: NDArray[np.float64]) -> float:
        logs = log_softmax(joined(mix, *opinions, rows.ruled))[at, rows.column]
        return float(-(rows.weight * logs).sum() / rows.weight.sum())

    start = np.array([0.8, 5.0, 0.3, 2.0, 0.0])
    return np.asarray(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 600}).x)


def _limits(rows: Rows, chance: NDArray[Any]) -> dict[str, float]:
    """From which chance it is asked, or taken for sure: as low as the false alarms of the measure allow."""
    harmless = chance[rows.judged & (rows.column == len(rows.classes))]
    return {name: round(float(np.quantile(harmless, 1 - share)), 4) for name, share in _FALSE_ALARMS.items()}


def _figures(rows: Rows, chances: Table, limits: dict[str, float]) -> dict[str, float]:
    """By cross-validation: dangers found, false alarms, of the measure's messages and of all; shares."""
    chance, none = 1 - chances[:, -1], len(rows.classes)
    real, plain = rows.column != none, rows.weight < 1
    found = chance >= limits["ask_from"]
    levels = np.array([level for _, level in rows.classes])
    best = chances[:, :-1].argmax(axis=1)
    right = levels[best] == levels[np.minimum(rows.column, none - 1)]
    shares = {
        "found": found[real], "found_of_measure": found[real & rows.judged],
        "false_of_measure": found[~real & rows.judged], "false_of_alarming": found[~real & ~plain],
        "false_of_needs": found[~real & plain], "level": right[real & found],
        "sure": (chance >= limits["sure_from"])[real],
    }  # fmt: skip
    return {name: round(float(marked.mean()), 3) for name, marked in shares.items()}


def _save(path: Path, rows: Rows, fitted: _Fitted, mix: NDArray[np.float64], facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".new.npz")
    np.savez_compressed(
        half_made,
        mean=fitted.mean,
        meaning=fitted.meaning.coef_.T.astype(np.float16),
        meaning_bias=fitted.meaning.intercept_.astype(np.float32),
        letters=fitted.letters.coef_[0].astype(np.float16),
        rarity=fitted.rarity.astype(np.float16),
        examples=np.round(fitted.points * 127 / np.abs(fitted.points).max(axis=1, keepdims=True)).astype(np.int8),
        starts=np.flatnonzero(np.diff(rows.column, prepend=-1)),
        mix=mix.astype(np.float32),
        facts=json.dumps(facts),
    )
    half_made.replace(path)
