"""Training of the ranking: `python -m admin train`. Nothing is random but the fixed split of the check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.encoder import ENCODERS, SentenceEncoder, Vectors
from dialogs.understand.model import Table
from dialogs.understand.ranker import weights_of
from dialogs.understand.training import deciding, parts
from dialogs.understand.training.corpus import DATA, Messages, read, vectors
from dialogs.understand.training.folds import folds

_WHOLE = 0.8  # the whole message's weight beside its clauses'
_NOTHING = np.zeros((0, 0), np.float32)  # keeps the place of an opinion that is still to come


@dataclass(frozen=True)
class Check:
    """One cross-validation over one encoder: the messages, their vectors, each part's opinion from other folds."""

    messages: Messages
    vectors: Vectors
    counts: Any
    fold: NDArray[np.int64]
    opinions: dict[str, Table]


def check(
    name: str,
    data: Path = DATA,
    cache: Path | None = None,
    letters: tuple[NDArray[np.int64], Table] | None = None,
    *,
    by_group: bool = False,
) -> Check:
    """Cross-validate over the encoder of this name.

    `letters` are the folds of another encoder's check and what letters said in it; `by_group` adds group-then-need.
    """
    messages = read(data)
    encoder = _encoder(name)
    found = vectors(messages.texts, encoder, cache)
    counts = parts.counts(messages.texts)
    if letters:
        fold, opinions = letters[0], {"meaning": _NOTHING, "letters": letters[1]}
    else:
        points = parts.Means.of(found, messages.heard, messages.need).centre(found, messages.heard)
        fold, opinions = folds(messages, parts.weighted(counts, parts.rarity(counts)), points), {}
    opinions |= parts.checked(messages, fold, found, None if letters else counts, by_group=by_group)
    return Check(messages, found, counts, fold, opinions)


def _encoder(name: str) -> SentenceEncoder:
    return next(maker for maker in ENCODERS if maker.name == name)()


def train(
    out_folder: Path, data: Path = DATA, cache: Path | None = None, names: tuple[str, ...] | None = None
) -> dict[str, dict[str, Any]]:
    """Write one weight file per encoder of this machine into `out_folder`; the figures of the check, by encoder.

    `cache` is a folder in which sentence vectors are kept between runs.
    """
    figures: dict[str, dict[str, Any]] = {}
    letters: tuple[NDArray[np.int64], Table] | None = None
    for name in names or tuple(maker.name for maker in ENCODERS):
        checked = check(name, data, cache, letters)
        letters = checked.fold, checked.opinions["letters"]  # letters say the same beside every encoder
        figures[name] = deciding.figures(checked.opinions, checked.messages, checked.fold)
        _save(out_folder, name, checked, figures[name])
    return figures


def _save(folder: Path, name: str, checked: Check, figures: dict[str, Any]) -> None:
    messages = checked.messages
    mix = deciding.mix(checked.opinions, messages, np.ones(len(messages.texts), bool))
    chances = np.exp(deciding.mixed(checked.opinions, mix))
    encoder = _encoder(name)
    means = parts.Means.of(checked.vectors, messages.heard, messages.need)
    points = means.centre(checked.vectors, messages.heard)
    rare = parts.rarity(checked.counts)
    meaning, meaning_bias = parts.meaning(messages, points)
    letters, letters_bias = parts.letters(messages, parts.weighted(checked.counts, rare))
    unit = np.maximum(np.abs(letters).max(axis=0), 1e-9) / 127
    facts = {
        "codes": messages.codes,
        "languages": means.languages,
        "encoder": encoder.name,
        "version": encoder.version,
        "whole": _WHOLE,
        **deciding.thresholds(deciding.Places.of(chances, messages.right), messages.need),
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
