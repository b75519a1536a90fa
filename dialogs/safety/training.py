"""Training of `learnt.py`: `python -m admin train`. Only a fixed split is random; scipy is needed here alone.

Learnt from: messages of danger and of what only sounds like it (`messages.jsonl`), and every message of the needs and
of what is outside them as harmless, but for the needs of violence and those that a first model, of `messages.jsonl`
alone, takes for danger: who asks for a bed may well have none tonight. Messages of the source "measure" are never
learnt from: the thresholds are set on those of them that are harmless.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialogs import safety
from dialogs.safety.learnt import NONE, Said, joined, marks, path_of
from dialogs.understand.encoder import ENCODERS, SentenceEncoder, Vectors
from dialogs.understand.model import Table, centred, log_softmax
from dialogs.understand.training import parts, softmax
from dialogs.understand.training.corpus import DATA, vectors

MESSAGES: Final = Path(__file__).parent / "messages.jsonl"
FOLDS: Final = 5
_PENALTIES: Final = {"meaning": 1 / 16, "letters": 1 / 30, "first": 1 / 4}  # by cross-validation
_STEPS: Final = 100  # with fewer, levels are not told apart as well
_TWINS: Final = 0.8  # centred likeness from which two messages are in the same fold
_SUSPECT: Final = 0.9  # chance of danger from which a need is not learnt as harmless
_PLAIN_WEIGHT: Final = 0.5  # of a message of the needs beside one that was written to sound alarming
_FALSE_ALARMS: Final = {"ask_from": 0.02, "sure_from": 0.01}  # at most, of the harmless messages of the measure
Opinions = tuple[Table, Table, Table]  # meaning, nearest example: by class; letters: danger rather than none


@dataclass(frozen=True)
class Rows:
    """Messages sorted by class, the last of which is no danger.

    Attributes:
        plain: messages of the needs, not written to sound alarming.
        patterned: those that the rules have learnt from, of which the rules therefore know too much.
        ruled: what the rules speak for.
    """

    classes: tuple[Said, ...]
    texts: list[str]
    vectors: Vectors
    counts: Any
    column: NDArray[np.int64]
    language: NDArray[np.str_]
    plain: NDArray[np.bool_]
    patterned: NDArray[np.bool_]
    ruled: Table

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]], classes: tuple[Said, ...], encoded: Vectors) -> Rows:
        """From rows as they are written: "text", "lang", "kind", "level", "source"."""
        column = _columns(rows, classes)
        order = np.argsort(column, kind="stable")
        rows = [rows[i] for i in order]
        texts = [row["text"] for row in rows]
        return cls(
            classes,
            texts,
            encoded[order],
            parts.counts(texts),
            column[order],
            np.array([row["lang"] for row in rows]),
            np.array(["code" in row for row in rows]),
            np.array([row.get("source") == "patterns" for row in rows]),
            np.array([marks(classes, safety.ruled(text)) for text in texts], np.float32),
        )

    @property
    def real(self) -> NDArray[np.bool_]:
        """Which messages say danger."""
        return self.column < len(self.classes)


@dataclass(frozen=True)
class Fitted:
    """What was learnt from some rows; `points` are their centred vectors, `starts` where each class begins."""

    mean: Vectors
    points: Vectors
    starts: NDArray[np.int64]
    rarity: Table
    meaning: parts.Linear
    letters: Table

    @classmethod
    def of(cls, rows: Rows, learn: NDArray[np.bool_]) -> Fitted:
        """Learn from the marked rows."""
        mean = rows.vectors[learn].mean(axis=0)
        points = centred(rows.vectors[learn], mean)
        rarity = parts.rarity(rows.counts[learn])
        wanted = np.eye(len(rows.classes) + 1, dtype=np.float32)[rows.column[learn]]
        mute = softmax.silent(wanted, rows.language[learn])
        meaning = softmax.fit(points, wanted, mute, _PENALTIES["meaning"], _STEPS)
        two = np.stack([1 - wanted[:, NONE], wanted[:, NONE]], axis=1)
        alike = parts.weighted(rows.counts[learn], rarity)
        letters, _ = softmax.fit(alike, two, np.zeros(two.shape, bool), _PENALTIES["letters"])
        return cls(mean, points, parts.starts(rows.column[learn]), rarity, meaning, letters[:, 0] - letters[:, 1])

    def opinions(self, rows: Rows, check: NDArray[np.bool_]) -> Opinions:
        """On the marked rows."""
        points = centred(rows.vectors[check], self.mean)
        return (
            parts.opinion(self.meaning, points),
            np.maximum.reduceat(points @ self.points.T, self.starts, axis=1),
            np.asarray(parts.weighted(rows.counts[check], self.rarity) @ self.letters),
        )


def train(
    folder: Path,
    cache: Path | None = None,
    names: tuple[str, ...] | None = None,
    messages: Path = MESSAGES,
    needs: Path = DATA,
) -> dict[str, dict[str, float]]:
    """Write one weight file per encoder, or per named one, into `folder`; the figures, by encoder.

    `cache` is a folder in which vectors are kept between runs. Figures of the measure are of messages that were not
    learnt from, those of the check are by cross-validation on the others.
    """
    figures = {}
    for maker in ENCODERS:
        if names and maker.name not in names:
            continue
        encoder: SentenceEncoder = maker()
        rows, measure = read(encoder, cache, messages, needs)
        opinions = checked(rows)
        mix = _mixed(rows, opinions)
        fitted = Fitted.of(rows, np.ones(len(rows.texts), bool))
        apart = _chances(mix, fitted.opinions(measure, np.ones(len(measure.texts), bool)), measure)
        limits = _limits(measure, apart)
        figures[encoder.name] = _figures("measure", measure, apart, limits) | _figures(
            "check", rows, _chances(mix, opinions, rows), limits
        )
        facts = {"classes": rows.classes, "version": encoder.version, **limits, "figures": figures[encoder.name]}
        _save(path_of(encoder, folder), fitted, mix, facts)
    return figures


def read(
    encoder: SentenceEncoder, cache: Path | None = None, messages: Path = MESSAGES, needs: Path = DATA
) -> tuple[Rows, Rows]:
    """What is learnt from, and the measure."""
    written = _lines(messages)
    classes = tuple(
        sorted({(row["kind"], row["level"]) for row in written if row["level"]}, key=lambda one: (str(one[0]), one[1]))
    )
    others = [row for path in sorted(needs.glob("*.jsonl")) for row in _lines(path)]
    others = [row for row in others if not (row["code"] or "").startswith("violenza_genere")]
    encoded = vectors([row["text"] for row in (*written, *others)], encoder, cache)
    mine, plain = encoded[: len(written)], encoded[len(written) :]
    measured = np.array([row.get("source") == "measure" for row in written])
    learnt = [row for row, apart in zip(written, measured, strict=True) if not apart]
    kept = _harmless(learnt, classes, mine[~measured], plain) | np.array([row["code"] is None for row in others])
    rows = Rows.of(
        [*learnt, *(row for row, keep in zip(others, kept, strict=True) if keep)],
        classes,
        np.vstack([mine[~measured], plain[kept]]),
    )
    measure = [row for row, apart in zip(written, measured, strict=True) if apart]
    return rows, Rows.of(measure, classes, mine[measured])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _columns(rows: Sequence[dict[str, Any]], classes: tuple[Said, ...]) -> NDArray[np.int64]:
    place = {said: n for n, said in enumerate(classes)}
    return np.array([place.get((row.get("kind"), row.get("level") or ""), len(classes)) for row in rows])


def _harmless(
    written: Sequence[dict[str, Any]], classes: tuple[Said, ...], mine: Vectors, plain: Vectors
) -> NDArray[np.bool_]:
    """Which messages of the needs a model of the written ones does not take for danger."""
    mean = mine.mean(axis=0)
    wanted = np.eye(len(classes) + 1, dtype=np.float32)[_columns(written, classes)]
    linear = softmax.fit(centred(mine, mean), wanted, np.zeros(wanted.shape, bool), _PENALTIES["first"])
    return np.asarray(1 - np.exp(parts.opinion(linear, centred(plain, mean)))[:, NONE] < _SUSPECT)


def checked(rows: Rows) -> Opinions:
    """The parts' opinions on each message from models that never saw it or its near-twins."""
    fold = _folds(rows.vectors)
    shape = (len(rows.texts), len(rows.classes) + 1)
    meaning, nearest = (np.zeros(shape, np.float32) for _ in range(2))
    letters = np.zeros(len(rows.texts), np.float32)
    for k in range(FOLDS):
        check = fold == k
        meaning[check], nearest[check], letters[check] = Fitted.of(rows, ~check).opinions(rows, check)
    return meaning, nearest, letters


def _folds(encoded: Vectors) -> NDArray[np.int64]:
    """A fold for each message; near-twins share one."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    points = centred(encoded, encoded.mean(axis=0))
    pairs = [np.empty((2, 0), np.int64)]
    for start in range(0, len(points), 1000):  # a table of all pairs would take a gigabyte
        one, other = np.nonzero(points[start : start + 1000] @ points[: start + 1000].T > _TWINS)
        pairs.append(np.array([one + start, other]))
    one, other = np.hstack(pairs)
    tied = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(points), len(points)))
    _, group = connected_components(tied, directed=False)
    return np.asarray(np.random.default_rng(7).permutation(group.max() + 1)[group] % FOLDS)


def _chances(mix: Any, opinions: Opinions, rows: Rows) -> Table:
    return np.exp(log_softmax(joined(mix, *opinions, rows.ruled)))


def _mixed(rows: Rows, opinions: Opinions) -> NDArray[np.float64]:
    """The weights that give the right classes the highest probability."""
    from scipy.optimize import minimize

    at = np.arange(len(rows.texts))
    weight = np.where(rows.patterned, 0, np.where(rows.plain, _PLAIN_WEIGHT, 1))

    def loss(mix: NDArray[np.float64]) -> float:
        logs = log_softmax(joined(mix, *opinions, rows.ruled))[at, rows.column]
        return float(-(weight * logs).sum() / weight.sum())

    start = np.array([0.5, 10.0, 0.3, 2.0, 0.0])
    return np.asarray(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 600}).x)


def _limits(measure: Rows, chances: Table) -> dict[str, float]:
    """From which chance it is asked, or taken for sure: as low as the false alarms of the measure allow."""
    harmless = (1 - chances[:, NONE])[~measure.real]
    return {name: round(float(np.quantile(harmless, 1 - share)), 4) for name, share in _FALSE_ALARMS.items()}


def _figures(of: str, rows: Rows, chances: Table, limits: dict[str, float]) -> dict[str, float]:
    """Shares of dangers found, and with the right kind and level; of harmless messages taken for danger."""
    chance, ruled = 1 - chances[:, NONE], rows.ruled.any(axis=1)
    found = (chance >= limits["ask_from"]) | (ruled & (chance >= safety.OVERRULED))
    kinds, levels = (np.array([str(said[part]) for said in rows.classes]) for part in (0, 1))
    best, right = chances[:, :NONE].argmax(axis=1), np.minimum(rows.column, len(rows.classes) - 1)
    shares = {
        "found": found[rows.real],
        "found in Italian": found[rows.real & (rows.language == "it")],
        "kind": (kinds[best] == kinds[right])[rows.real & found],
        "level": (levels[best] == levels[right])[rows.real & found],
        "sure": (chance >= limits["sure_from"])[rows.real],
        "false_of_alarming": found[~rows.real & ~rows.plain],
        "false_of_needs": found[rows.plain],
    }
    return {f"{of}, {name}": round(float(marked.mean()), 3) for name, marked in shares.items() if len(marked)}


def _save(path: Path, fitted: Fitted, mix: NDArray[np.float64], facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".new.npz")
    points = fitted.points
    np.savez_compressed(
        half_made,
        mean=fitted.mean,
        meaning=fitted.meaning[0].astype(np.float16),
        meaning_bias=fitted.meaning[1],
        letters=fitted.letters.astype(np.float16),
        rarity=fitted.rarity.astype(np.float16),
        examples=np.round(points * 127 / np.abs(points).max(axis=1, keepdims=True)).astype(np.int8),
        starts=fitted.starts,
        mix=mix.astype(np.float32),
        facts=json.dumps(facts),
    )
    half_made.replace(path)
