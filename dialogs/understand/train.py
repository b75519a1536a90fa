"""Training of the ranking: `python -m admin train`. Nothing is random but the fixed split of the check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.encoder import ENCODERS, SentenceEncoder, UniversalEncoder, Vectors
from dialogs.understand.model import AT_HOME, Table
from dialogs.understand.ranker import weights_of
from dialogs.understand.training import deciding, parts
from dialogs.understand.training.corpus import DATA, Messages, read, vectors
from dialogs.understand.training.folds import Folds, folds

_WHOLE = 0.8  # the whole message's weight beside its clauses'
Letters = tuple[NDArray[np.int64], Table, parts.Linear]  # the columns kept, how rare they are, what is learnt from them
PARTS = ("meaning", "letters", "nearest")  # what is joined, in the order of the mix


@dataclass(frozen=True)
class Check:
    """One cross-validation over one encoder: the messages, their vectors, each part's opinion from other folds."""

    messages: Messages
    vectors: Vectors
    counts: Any
    folds: Folds
    opinions: dict[str, Table]


def check(name: str, data: Path = DATA, cache: Path | None = None, names: tuple[str, ...] = PARTS) -> Check:
    """Cross-validate the named parts over the encoder of this name.

    `cache` is a folder in which vectors and opinions are kept between runs.
    """
    messages = read(data)
    found = vectors(messages.texts, _encoder(name), cache)
    alike = found if name == UniversalEncoder.name else vectors(messages.texts, UniversalEncoder(), cache)
    counts = parts.counts(messages.texts)
    points = parts.Means.of(alike, messages.heard, messages.need).centre(alike, messages.heard)
    split = folds(messages, parts.weighted(counts, parts.rarity(counts)), points)
    return Check(messages, found, counts, split, parts.checked(messages, split, found, counts, names, cache))


def _encoder(name: str) -> SentenceEncoder:
    return next(maker for maker in ENCODERS if maker.name == name)()


def train(
    out_folder: Path, data: Path = DATA, cache: Path | None = None, names: tuple[str, ...] | None = None
) -> dict[str, dict[str, Any]]:
    """Write one weight file per encoder of this machine into `out_folder`; the figures of the check, by encoder.

    `cache` is a folder in which vectors and opinions are kept between runs.
    """
    figures: dict[str, dict[str, Any]] = {}
    letters: Letters | None = None  # the same for every encoder
    for name in names or tuple(maker.name for maker in ENCODERS):
        checked = check(name, data, cache)
        decided = deciding.cross_decided(checked.opinions, checked.messages, checked.folds.of)
        figures[name] = deciding.figures(*decided, checked.messages)
        letters = letters or _letters(checked)
        _save(out_folder, name, checked, letters, figures[name])
    return figures


def _letters(checked: Check) -> Letters:
    """Over all messages."""
    columns = parts.kept(checked.counts)
    table = checked.counts[:, columns]
    rare = parts.rarity(table)
    return columns, rare, parts.letters(checked.messages, parts.weighted(table, rare))


def _save(folder: Path, name: str, checked: Check, spelt: Letters, figures: dict[str, Any]) -> None:
    messages = checked.messages
    mix = deciding.mix(checked.opinions, messages, np.ones(len(messages.texts), bool))
    here = messages.language == AT_HOME
    chances = np.exp(deciding.mixed(checked.opinions, mix))[here]
    encoder = _encoder(name)
    means = parts.Means.of(checked.vectors, messages.heard, messages.need)
    points = means.centre(checked.vectors, messages.heard)
    meaning, meaning_bias = parts.meaning(messages, points)
    columns, rare, (letters, letters_bias) = spelt
    unit = np.maximum(np.abs(letters).max(axis=0), 1e-9) / 127
    facts = {
        "codes": messages.codes,
        "languages": means.languages,
        "encoder": encoder.name,
        "version": encoder.version,
        "whole": _WHOLE,
        **deciding.thresholds(deciding.Places.of(chances, messages.right[here]), messages.need[here]),
        "figures": figures,
    }
    path = weights_of(encoder, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".new.npz")
    np.savez_compressed(
        half_made,
        means=means.table,
        meaning=meaning.astype(np.float16),
        meaning_bias=meaning_bias.astype(np.float32),
        kept=columns.astype(np.int32),
        letters=np.round(letters / unit).astype(np.int8),
        letters_unit=unit.astype(np.float32),
        letters_bias=letters_bias.astype(np.float32),
        rarity=rare.astype(np.float16),
        examples=np.round(points * 127 / np.abs(points).max(axis=1, keepdims=True)).astype(np.int8),
        starts=parts.starts(messages.column),
        mix=mix.astype(np.float32),
        facts=json.dumps(facts),
    )
    half_made.replace(path)
