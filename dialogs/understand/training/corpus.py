"""The labelled messages that the ranking is trained on and checked with, and their sentence vectors."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.clauses import asked
from dialogs.understand.encoder import SentenceEncoder, Vectors
from dialogs.understand.language import written_in

DATA = Path(__file__).parent.parent / "data"
_TOGETHER = 64  # texts encoded in one batch


@dataclass(frozen=True)
class Messages:
    """Messages sorted by column: one for every need's code, in order, then one for what no need covers.

    Attributes:
        texts: without what they say is not needed, as they are ranked.
        column: the first label of each message, [messages].
        right: every label that is right, [messages, codes + 1].
        topic: of a message that no need covers; "" for the others.
        language: as labelled; `heard` is as the program hears it, Italian where it cannot tell.
        source: the name of the file each came from.
    """

    codes: list[str]
    texts: list[str]
    column: NDArray[np.int64]
    right: NDArray[np.bool_]
    language: NDArray[np.str_]
    heard: list[str]
    topic: NDArray[np.str_]
    source: NDArray[np.str_]

    @property
    def need(self) -> NDArray[np.bool_]:
        """Which messages are about a need."""
        return self.column < len(self.codes)

    @property
    def wanted(self) -> NDArray[np.float32]:
        """What training aims at: half on the first label, half shared by all that are right."""
        first = np.zeros(self.right.shape, np.float32)
        first[np.arange(len(self.texts)), self.column] = 1
        return np.asarray((first + self.right / self.right.sum(axis=1, keepdims=True)) / 2, dtype=np.float32)

    def some(self, which: NDArray[np.bool_]) -> Messages:
        """Only these messages; the columns stay."""
        return Messages(
            self.codes,
            [text for text, take in zip(self.texts, which, strict=True) if take],
            self.column[which],
            self.right[which],
            self.language[which],
            [heard for heard, take in zip(self.heard, which, strict=True) if take],
            self.topic[which],
            self.source[which],
        )


@cache
def read(folder: Path = DATA) -> Messages:
    """Every message of `*.jsonl`, with the further right needs that `also.json` gives to some.

    Raises ValueError when `also.json` speaks of a message that is not there.
    """
    rows = [
        {**json.loads(line), "source": path.stem}
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    _correct(rows, folder / "also.json")
    codes = sorted({row["code"] for row in rows if row["code"]})
    place: dict[str | None, int] = {code: i for i, code in enumerate(codes)} | {None: len(codes)}
    rows.sort(key=lambda row: place[row["code"]])
    right = np.zeros((len(rows), len(place)), bool)
    for row, marks in zip(rows, right, strict=True):
        marks[[place[code] for code in [row["code"], *row.get("also", [])]]] = True
    return Messages(
        codes,
        [asked(row["text"]) for row in rows],
        np.array([place[row["code"]] for row in rows]),
        right,
        np.array([row["lang"] for row in rows]),
        [written_in(row["text"]) for row in rows],
        np.array([row.get("topic", "") for row in rows]),
        np.array([row["source"] for row in rows]),
    )


def _correct(rows: list[dict[str, Any]], path: Path) -> None:
    if not path.exists():
        return
    known: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        known.setdefault((row["code"], row["text"]), []).append(row)
    for entry in json.loads(path.read_text("utf-8")):
        for text in entry["texts"]:
            if (entry["code"], text) not in known:
                raise ValueError(f"{path}: no message of {entry['code']} reads {text!r}.")
            for row in known[entry["code"], text]:
                row["also"] = [*row.get("also", []), entry["also"]]


def vectors(texts: list[str], encoder: SentenceEncoder, folder: Path | None = None) -> Vectors:
    """One vector per text, in order; encoded once and kept in `folder`, encoding being by far the longest part."""
    known: dict[str, Vectors] = {}
    path = folder / f"vectors {encoder.version}.npz" if folder else None
    if path and path.exists():
        with np.load(path) as file:
            known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
    keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
    # Texts of about one length together: a batch is as slow as its longest.
    missing = sorted({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(), key=_size)
    for start in range(0, len(missing), _TOGETHER):
        batch = missing[start : start + _TOGETHER]
        known.update(zip([key for key, _ in batch], encoder.encode([text for _, text in batch]), strict=True))
    if path and missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, keys=np.array(list(known)), vectors=np.array(list(known.values())))
    return np.array([known[key] for key in keys], dtype=np.float32)


def _size(item: tuple[str, str]) -> tuple[int, str]:
    return len(item[1]), item[0]
