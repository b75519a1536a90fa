"""What a message that no need covers is about: waste, taxes, a fine, a bus, ... or nothing that anybody would answer.

Words that give a topic away (`topics.toml`) are looked for in the message; how surely each of them does is counted in
the messages of `data/outside.jsonl`. So "acqua" alone decides nothing, and "loculo" does.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from dialogs.understand.plain import words

_WHOLE: Final = 5  # letters from which on the beginning of a word is enough
_LISTED: Final = 3.0  # messages that the list of a topic's words counts for, beside those written
_UNSEEN: Final = 1.0  # messages by which a word that was met seldom is drawn to what is usual
_SURE: Final = 0.6  # a topic less likely than this is not said: a wrong office costs a walk


def topic_of(text: str) -> str | None:
    """The topic that a message is likeliest about, one of `topics()`; None when no word of it says so surely."""
    known = _known()
    found = known.found(text)
    found = {mark for mark in found if not any(mark != other and mark in other for other in found)}
    if not found:
        return None
    score = {
        topic: math.log(usual) + sum(math.log(known.marks[mark][topic] / usual) for mark in found)
        for topic, usual in known.usual.items()
    }
    likeliest = max(score, key=lambda topic: score[topic])
    chance = 1 / sum(math.exp(other - score[likeliest]) for other in score.values())
    return likeliest if chance >= _SURE else None


def topics() -> frozenset[str]:
    """Every topic that a message of `outside.jsonl` has."""
    return frozenset(_known().usual)


class _Counts:
    """How usual each topic is, alone and among the messages in which a mark stands."""

    def __init__(self, lists: Mapping[str, set[str]], messages: list[tuple[str, str]]) -> None:
        codes = sorted({topic for topic, _ in messages})
        self.usual = {code: sum(topic == code for topic, _ in messages) / len(messages) for code in codes}
        self._beginning: dict[str, list[str]] = {}  # marks by how they begin, so that few are tried on a message
        for mark in lists:
            self._beginning.setdefault(mark[:2], []).append(mark)
        seen = {
            mark: {code: _LISTED / len(listed) if code in listed else 0.0 for code in codes}
            for mark, listed in lists.items()
        }
        for topic, text in messages:
            for mark in self.found(text):
                seen[mark][topic] += 1
        self.marks: dict[str, dict[str, float]] = {}
        for mark, of in seen.items():
            total = sum(of.values()) + _UNSEEN
            self.marks[mark] = {code: (n + _UNSEEN * self.usual[code]) / total for code, n in of.items()}

    def found(self, text: str) -> set[str]:
        """The marks that stand in a text. Where no letter is Latin words run together: there, anywhere in a word."""
        said = f" {' '.join(words(text))} "
        begun = {said[i : i + n] for n in (1, 2) for i in range(len(said))}
        return {mark for start in begun for mark in self._beginning.get(start, ()) if _stands(mark, said)}


@cache
def _known() -> _Counts:
    folder = files("dialogs.understand")
    lists: dict[str, set[str]] = {}
    for topic, marks in tomllib.loads((folder / "topics.toml").read_text("utf-8")).items():
        for mark in marks.split(","):
            lists.setdefault(" ".join(words(mark)), set()).add(topic)
    rows = map(json.loads, (folder / "data" / "outside.jsonl").read_text("utf-8").splitlines())
    return _Counts(lists, [(row["topic"], row["text"]) for row in rows])


def _stands(mark: str, said: str) -> bool:
    if not mark.isascii():
        return mark in said
    return f" {mark} " in said if len(mark) < _WHOLE else f" {mark}" in said
