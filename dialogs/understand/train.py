"""Training of the ranking: `python -m admin train`. It alone needs scikit-learn; nothing is random but a fixed split.

Two linear models (over sentence vectors, over character n-grams) and the nearest examples are joined by weights that
cross-validation finds; the thresholds of the three decisions are those of least expected cost on the same folds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand import ngrams
from dialogs.understand.encoder import ENCODERS, SentenceEncoder, Vectors
from dialogs.understand.model import OUTSIDE, Table, centred, log_softmax
from dialogs.understand.ranker import weights_of

DATA = Path(__file__).parent / "data"
FOLDS = 5
_MEANING_FREEDOM, _LETTERS_FREEDOM = (
    8.0,
    10.0,
)  # inverse regularisation; the figures hardly move between half and double
_TWINS = 0.8  # centred likeness from which two messages are told together, never one in training and one in the check
_WHOLE = 0.8  # the whole message's weight beside its clauses'
_LOST_AT_MOST = 0.03  # needs answered as "outside" in cross-validation


@dataclass(frozen=True)
class Messages:
    """The training messages: texts, the column each belongs to, all columns that are right, language, kind of text."""

    codes: list[str]
    texts: list[str]
    column: NDArray[np.int64]
    right: NDArray[np.bool_]
    language: list[str]
    source: list[str]


def read() -> Messages:
    """Every message of `data/*.jsonl`, sorted by column."""
    rows = [
        {**json.loads(line), "source": path.stem}
        for path in sorted(DATA.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    codes = sorted({row["code"] for row in rows if row["code"]})
    place: dict[str | None, int] = {code: i for i, code in enumerate(codes)} | {None: len(codes)}
    rows.sort(key=lambda row: place[row["code"]])
    right = np.zeros((len(rows), len(codes) + 1), bool)
    for row, marks in zip(rows, right, strict=True):
        marks[[place[code] for code in [row["code"], *row.get("also", [])]]] = True
    return Messages(
        codes,
        [row["text"] for row in rows],
        np.array([place[row["code"]] for row in rows]),
        right,
        [row["lang"] for row in rows],
        [row["source"] for row in rows],
    )


def train(out_folder: Path) -> dict[str, dict[str, Any]]:
    """Write one weight file per encoder of this machine into `out_folder`; the figures of the check, by encoder."""
    messages = read()
    counts = _counts(messages.texts)
    figures = {}
    for maker in ENCODERS:
        encoder: SentenceEncoder = maker()
        vectors = np.vstack([encoder.encode(messages.texts[i : i + 64]) for i in range(0, len(messages.texts), 64)])
        everything = np.arange(len(messages.texts))
        parts = _checked(messages, vectors, counts)
        mix = _mixed(parts, messages)
        chances = np.exp(log_softmax(_scores(parts, mix)))
        facts = {"codes": messages.codes, "encoder": encoder.name, "version": encoder.version, "whole": _WHOLE}
        facts |= _thresholds(chances, messages)
        facts["figures"] = figures[encoder.name] = _figures(chances, messages, facts)
        _save(weights_of(encoder, out_folder), _fitted(messages, vectors, counts, everything), mix, facts, messages)
    return figures


def _counts(texts: list[str]) -> Any:
    """The n-gram columns of every text, as one sparse table."""
    from scipy.sparse import csr_matrix

    found = [ngrams.columns(text) for text in texts]
    starts = np.cumsum([0, *(len(where) for where, _ in found)])
    where, how_often = (np.concatenate(side) for side in zip(*found, strict=True))
    return csr_matrix((how_often, where, starts), shape=(len(texts), ngrams.COLUMNS))


@dataclass(frozen=True)
class _Fitted:
    """What one set of messages teaches: both linear models and what they need to see a new message."""

    mean: Vectors
    points: Vectors  # every message, centred; not only those learnt from
    meaning: Any
    rarity: Table
    letters: Any


def _fitted(messages: Messages, vectors: Vectors, counts: Any, learn: NDArray[np.int64]) -> _Fitted:
    from sklearn.linear_model import LogisticRegression

    mean = vectors[learn].mean(axis=0)
    points = centred(vectors, mean)
    meaning = LogisticRegression(C=_MEANING_FREEDOM, max_iter=400).fit(points[learn], messages.column[learn])
    seen = np.bincount(counts[learn].indices, minlength=ngrams.COLUMNS)
    rarity = (np.log((1 + len(learn)) / (1 + seen)) + 1).astype(np.float32)
    letters = LogisticRegression(C=_LETTERS_FREEDOM, max_iter=200, tol=1e-3)
    letters.fit(_weighted(counts, rarity)[learn], messages.column[learn])
    return _Fitted(mean, points, meaning, rarity, letters)


def _weighted(counts: Any, rarity: Table) -> Any:
    """Counts times rarity, each row of length 1."""
    from sklearn.preprocessing import normalize

    return normalize(counts.multiply(rarity[None, :]).tocsr())


def _checked(messages: Messages, vectors: Vectors, counts: Any) -> tuple[Table, Table, Table]:
    """The three parts' opinions on each message from models that never saw it or its twins."""
    fold = _folds(messages, vectors)
    shape = (len(messages.texts), len(messages.codes) + 1)
    meaning, letters, nearest = (np.zeros(shape, np.float32) for _ in range(3))
    for k in range(FOLDS):
        learn, check = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = _fitted(messages, vectors, counts, learn)
        meaning[check] = fitted.meaning.predict_log_proba(fitted.points[check])
        letters[check] = fitted.letters.predict_log_proba(_weighted(counts, fitted.rarity)[check])
        likeness = fitted.points[check] @ fitted.points[learn].T
        nearest[check] = np.maximum.reduceat(likeness, _starts(messages.column[learn]), axis=1)
    return meaning, letters, nearest


def _starts(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each column's messages begin, the messages being sorted by column."""
    return np.flatnonzero(np.diff(columns, prepend=-1))


def _folds(messages: Messages, vectors: Vectors) -> NDArray[np.int64]:
    """A fold for each message; near-twins share one, and so do a code's messages in other languages."""
    points = centred(vectors, vectors.mean(axis=0))
    group = np.arange(len(points))
    abroad: dict[int, int] = {}
    for i, (column, language) in enumerate(zip(messages.column, messages.language, strict=True)):
        if language != "it" and column != len(messages.codes):
            group[i] = abroad.setdefault(int(column), i)
    for i in range(len(points)):
        twins = np.flatnonzero(points[:i] @ points[i] > _TWINS)
        for other in {int(group[j]) for j in twins}:
            group[group == group[i]] = other
    names, index = np.unique(group, return_inverse=True)
    return np.random.default_rng(7).permutation(len(names))[index] % FOLDS


def _scores(parts: tuple[Table, Table, Table], mix: NDArray[np.float64]) -> Table:
    scores = mix[0] * parts[0] + mix[1] * parts[1] + mix[2] * parts[2]
    scores[:, OUTSIDE] += mix[3]
    return np.asarray(scores, dtype=np.float32)


def _mixed(parts: tuple[Table, Table, Table], messages: Messages) -> NDArray[np.float64]:
    """The weights of the parts, and the constant of outside, that give right answers the highest probability.

    Maximum likelihood calibrates as well: no separate temperature is needed. Italian only: for the other languages
    the check holds back all that the n-grams could have learnt, and would undo them.
    """
    from scipy.optimize import minimize

    judged = np.array([language == "it" for language in messages.language])

    def loss(mix: NDArray[np.float64]) -> float:
        logs = log_softmax(_scores(parts, mix)[judged])
        return float(-np.log((np.exp(logs) * messages.right[judged]).sum(axis=1) + 1e-9).mean())

    return np.asarray(minimize(loss, np.array([0.7, 0.5, 2.0, 0.0]), method="Nelder-Mead").x)


# What an answer costs: one tap more; three choices without the right one; offers for the wrong need, named as if
# certain; a need turned away; "do you mean ...?" answered to small talk or to what another office does.
_TAP, _NOT_AMONG_THREE, _WRONG, _LOST, _TAKEN_FOR_NEED = 1.0, 3.0, 6.0, 8.0, 3.0
_OUTSIDE_SHARE = 0.25  # of the messages that arrive, while it is far less of those we train on


def _thresholds(chances: Table, messages: Messages) -> dict[str, float]:
    """From which probability on a message is outside, and a need sure: the pair of least cost that loses few needs."""
    judged = np.array([language == "it" for language in messages.language])
    chances, right = chances[judged], messages.right[judged]
    need = ~right[:, OUTSIDE]
    order = np.argsort(-chances[:, :OUTSIDE], axis=1)
    first = np.take_along_axis(right, order[:, :1], axis=1)[:, 0]
    among = np.take_along_axis(right, order[:, :3], axis=1).any(axis=1)
    best, outside = chances[:, :OUTSIDE].max(axis=1), chances[:, OUTSIDE]
    ask = np.where(need, np.where(among, _TAP, _NOT_AMONG_THREE), _TAKEN_FOR_NEED)
    act = np.where(need, np.where(first, 0, _WRONG), _WRONG)
    turn_away = np.where(need, _LOST, 0)
    weight = np.where(need, (1 - _OUTSIDE_SHARE) / need.sum(), _OUTSIDE_SHARE / (~need).sum())
    costs = {}
    for outside_from in np.linspace(0.2, 0.95, 76):
        if (outside[need] >= outside_from).mean() > _LOST_AT_MOST:
            continue
        for sure_from in np.linspace(0.2, 0.95, 76):
            answer = np.where(outside >= outside_from, turn_away, np.where(best >= sure_from, act, ask))
            costs[round(outside_from, 2), round(sure_from, 2)] = float(weight @ answer)
    outside_from, sure_from = min(costs, key=lambda pair: costs[pair])
    return {"outside_from": float(outside_from), "sure_from": float(sure_from)}


def _figures(chances: Table, messages: Messages, facts: dict[str, Any]) -> dict[str, float]:
    """How well messages never seen were understood, Italian only: shares, rounded to three digits."""
    italian = np.array([language == "it" for language in messages.language])
    need = italian & (messages.column != len(messages.codes))
    order = np.argsort(-chances[:, :OUTSIDE], axis=1)
    hits = np.take_along_axis(messages.right, order, axis=1)
    stories = need & np.array([source == "stories" for source in messages.source])
    outside = chances[:, OUTSIDE] >= facts["outside_from"]
    sure = ~outside & (chances[:, :OUTSIDE].max(axis=1) >= facts["sure_from"])
    return {
        "top1": round(float(hits[need, 0].mean()), 3),
        "top3": round(float(hits[need, :3].any(axis=1).mean()), 3),
        "stories_top1": round(float(hits[stories, 0].mean()), 3),
        "stories_top3": round(float(hits[stories, :3].any(axis=1).mean()), 3),
        "outside_found": round(float(outside[italian & ~need].mean()), 3),
        "needs_lost": round(float(outside[need].mean()), 3),
        "sure": round(float(sure[need].mean()), 3),
        "sure_and_right": round(float(hits[need & sure, 0].mean()), 3),
    }


def _save(path: Path, fitted: _Fitted, mix: NDArray[np.float64], facts: dict[str, Any], messages: Messages) -> None:
    letters = fitted.letters.coef_.T
    unit = np.abs(letters).max(axis=0) / 127
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".new.npz")
    np.savez_compressed(
        half_made,
        mean=fitted.mean,
        meaning=fitted.meaning.coef_.T.astype(np.float16),
        meaning_bias=fitted.meaning.intercept_.astype(np.float32),
        letters=np.round(letters / unit).astype(np.int8),
        letters_unit=unit.astype(np.float32),
        letters_bias=fitted.letters.intercept_.astype(np.float32),
        rarity=fitted.rarity.astype(np.float16),
        examples=np.round(fitted.points * 127 / np.abs(fitted.points).max(axis=1, keepdims=True)).astype(np.int8),
        starts=_starts(messages.column),
        mix=mix.astype(np.float32),
        facts=json.dumps(facts),
    )
    half_made.replace(path)
