"""The ranking of messages: one encoder, the weights trained for it, and what was added and remembered since."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dialogs.understand.clauses import asked
from dialogs.understand.encoder import SentenceEncoder, Vectors
from dialogs.understand.language import written_in
from dialogs.understand.model import OUTSIDE, Model, Table
from dialogs.understand.needs import WEIGHTS, Decision, NotPrepared, Ranked
from dialogs.understand.pieces import pieces
from dialogs.understand.plain import LONGEST

_REMEMBERED = 2048  # messages whose ranking is kept in memory


class Ranker:
    """One encoder with the weights trained for it, the examples added since, and the rankings made lately."""

    def __init__(self, encoder: SentenceEncoder, model: Model) -> None:
        if model.facts["version"] != encoder.version:
            raise RuntimeError(
                f"The weights were trained for {model.facts['version']} but {encoder.version} is installed: "
                "install that version, or run `python -m admin train`."
            )
        self._encoder = encoder
        self._model = model
        self._taught: list[tuple[Vectors, int]] = []
        self._learnt: dict[str, Vectors] = {}  # the points of operators' examples
        self._lately: OrderedDict[str, Ranked] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, text: str) -> Ranked:
        """The ranking in memory. Raises NotPrepared."""
        with self._lock:
            if text not in self._lately:
                raise NotPrepared(text)
            self._lately.move_to_end(text)
            return self._lately[text]

    def prepare(self, text: str) -> Ranked:
        """The ranking, encoding the text if it is not in memory."""
        try:
            return self.recall(text)
        except NotPrepared:
            taught = self._taught
            ranked = self.rank([text])[0]
        with self._lock:
            if taught is self._taught:  # else it was ranked without an example that was added meanwhile
                self._lately[text] = ranked
                while len(self._lately) > _REMEMBERED:
                    self._lately.popitem(last=False)
                return ranked
        return self.prepare(text)

    def learn(self, examples: Sequence[tuple[str, str | None]]) -> None:
        """From now on what is said like each text is its code, or outside (None). Raises ValueError for no code."""
        wrong = next((code for _, code in examples if code is not None and code not in self._model.codes), None)
        if wrong is not None:
            raise ValueError(f"There is no need with the code {wrong!r}.")
        new = [text for text, _ in examples if text not in self._learnt]
        points = self._points(new, [[pieces(text)[0]] for text in new]) if new else ()
        with self._lock:
            self._learnt |= zip(new, points, strict=True)
            self._learnt = {text: self._learnt[text] for text, _ in examples}
            self._taught = [
                (self._learnt[text], OUTSIDE if code is None else self._model.codes.index(code))
                for text, code in examples
            ]
            self._lately.clear()

    def rank(self, texts: Sequence[str]) -> list[Ranked]:
        """Rankings in order, all pieces of all texts encoded in one batch."""
        cut = [pieces(asked(text[:LONGEST])) for text in texts]
        flat = [piece for some in cut for piece in some]
        table = self._model.probabilities(flat, self._points(texts, cut), self._taught)
        ends = np.cumsum([len(some) for some in cut])
        return [self._decided(_joined(rows, self._model.facts["whole"])) for rows in np.split(table, ends[:-1])]

    def _points(self, texts: Sequence[str], cut: list[list[str]]) -> Vectors:
        """A point for every piece; the pieces of a text are in its language."""
        languages = [written_in(text) for text in texts]
        vectors = self._encoder.encode([piece for some in cut for piece in some])
        return self._model.points(vectors, [name for name, some in zip(languages, cut, strict=True) for _ in some])

    def _decided(self, row: Table) -> Ranked:
        outside = float(row[OUTSIDE])
        best = np.argsort(-row[:OUTSIDE], kind="stable")
        share = row[:OUTSIDE] / max(1 - outside, 1e-9)
        decision: Decision = "unsure"
        if outside >= self._model.facts["outside_from"]:
            decision = "outside"
        elif row[best[0]] >= self._model.facts["sure_from"]:
            decision = "sure"
        return Ranked(tuple((self._model.codes[i], float(share[i])) for i in best), decision, outside)


def _joined(rows: Table, whole: float) -> Table:
    """One row from the whole message's and its clauses': a clause counts as much as it is about a need."""
    if len(rows) == 1:
        return np.asarray(rows[0], dtype=np.float32)
    weights = 1.001 - rows[1:, OUTSIDE]
    clauses = weights @ rows[1:] / weights.sum()
    return np.asarray(whole * rows[0] + (1 - whole) * clauses, dtype=np.float32)


def weights_of(encoder: SentenceEncoder, folder: Path = WEIGHTS) -> Path:
    """Where the weights trained for this encoder lie."""
    return folder / f"v3-{encoder.name}.npz"
