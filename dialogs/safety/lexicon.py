"""How the pattern files are read and found in a text: concepts are lists of words, rules are concepts close together.

A file has `[words]` (concept = "word, stem*, a phrase of words, …") and `[rules]` (kind = one rule a line):

    beats + victim          both, in any order, within `NEAR` words of each other
    adult > beats > child   the same, in this order
    weapon + him - kitchen  unless that is near as well
    !faints                 even where something calms

`idiom` is a concept whose words are taken out before anything is read; `calm` (courses, volunteering, the past) makes
the rules around it silent, unless `now` is near. The work grows with the number of words, whatever they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dialogs.understand.plain import squeeze, words

NEAR: Final = 9  # words
CALM_NEAR: Final = 16
_ARABIC_PREFIX = re.compile(r"^(?:[وف])?(?:ال|بال|لل|ب|ل)?(?=\w{3})")
Hits = Mapping[str, list[tuple[int, int]]]  # concept → where its words begin and end


@dataclass(frozen=True)
class Rule:
    """Concepts that mean danger when they are near each other."""

    kind: str
    concepts: tuple[str, ...]
    ordered: bool
    unless: tuple[str, ...]
    despite_calm: bool


@dataclass(frozen=True)
class _Phrase:
    concept: str
    words: tuple[str, ...]  # the last letter of a stem is followed by "*"


@dataclass(frozen=True)
class Lexicon:
    """The patterns of one language."""

    concepts: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    squeezed: bool = False  # compare words without their doubled letters

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, str]], *, squeezed: bool = False) -> Lexicon:
        """What a file says. Raises KeyError naming a concept that a rule uses and `[words]` lacks."""
        concepts = {name: tuple(w.strip() for w in text.split(",") if w.strip()) for name, text in data["words"].items()}
        rules = tuple(_rule(kind, line) for kind, text in data["rules"].items() for line in text.strip().splitlines())
        unknown = {c for rule in rules for c in (*rule.concepts, *rule.unless)} - concepts.keys()
        if unknown:
            raise KeyError(f"Rules use concepts without words: {sorted(unknown)}")
        return cls(concepts, rules, squeezed)

    def kinds(self, tokens: Sequence[str]) -> set[str]:
        """The kinds of danger whose rules are met by these words (as `plain.words` gives them)."""
        hits = self._hits(self._without_idioms([self._form(t) for t in tokens]))
        return {rule.kind for rule in self.rules if _met(rule, hits)} if hits else set()

    def _form(self, word: str) -> str:
        return squeeze(word) if self.squeezed else word

    @cached_property
    def _index(self) -> tuple[dict[str, list[_Phrase]], tuple[int, ...]]:
        index: dict[str, list[_Phrase]] = defaultdict(list)
        lengths = set()
        for concept, texts in self.concepts.items():
            for text in texts:
                phrase = tuple(self._pattern(text))
                index[phrase[0]].append(_Phrase(concept, phrase))
                if phrase[0].endswith("*"):
                    lengths.add(len(phrase[0]) - 1)
        return dict(index), tuple(sorted(lengths))

    def _pattern(self, text: str) -> Iterator[str]:
        for word in text.split():
            stem = "*" if word.endswith("*") else ""
            *first, last = (self._form(w) for w in words(word.rstrip("*")))
            yield from (*first, last + stem)

    def _hits(self, tokens: Sequence[str]) -> Hits:
        index, lengths = self._index
        hits: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, token in enumerate(tokens):
            for form in {token, _ARABIC_PREFIX.sub("", token)} if "\u0600" < token[0] < "\u06ff" else (token,):
                found = [*index.get(form, ())]
                for length in lengths:
                    found += index.get(form[:length] + "*", ()) if length <= len(form) else ()
                for phrase in found:
                    if _follows(phrase.words, tokens, at):
                        hits[phrase.concept].append((at, at + len(phrase.words)))
        return hits

    def _without_idioms(self, tokens: list[str]) -> list[str]:
        for start, end in self._hits(tokens).get("idiom", ()):
            tokens[start:end] = ["_"] * (end - start)
        return tokens


def _rule(kind: str, line: str) -> Rule:
    wanted, *unless = (part.strip() for part in line.split("#")[0].split(" - "))
    ordered = ">" in wanted
    concepts = tuple(c.strip() for c in wanted.lstrip("!").split(">" if ordered else "+"))
    return Rule(kind, concepts, ordered, tuple(unless), wanted.startswith("!"))


def _follows(phrase: tuple[str, ...], tokens: Sequence[str], at: int) -> bool:
    if len(phrase) == 1:
        return True
    rest = tokens[at + 1 : at + len(phrase)]
    return len(rest) == len(phrase) - 1 and all(map(_same, phrase[1:], rest))


def _same(pattern: str, token: str) -> bool:
    return token.startswith(pattern[:-1]) if pattern.endswith("*") else token == pattern


def _near(hits: Hits, concept: str, start: int, end: int) -> tuple[int, int] | None:
    """The first place of the concept that begins between two words."""
    places = hits.get(concept, [])
    at = bisect_left(places, (start, 0))
    return places[at] if at < len(places) and places[at][0] <= end else None


def _met(rule: Rule, hits: Hits) -> bool:
    if not all(c in hits for c in rule.concepts):
        return False
    return any(_met_at(rule, hits, place) and not _calmed(rule, hits, place) for place in hits[rule.concepts[0]])


def _met_at(rule: Rule, hits: Hits, place: tuple[int, int]) -> bool:
    start, end = place
    for concept in rule.concepts[1:]:
        found = _near(hits, concept, end if rule.ordered else start - NEAR, end + NEAR)
        if found is None:
            return False
        if rule.ordered:
            end = found[1]
    return not any(_near(hits, concept, start - NEAR, end + NEAR) for concept in rule.unless)


def _calmed(rule: Rule, hits: Hits, place: tuple[int, int]) -> bool:
    around = (place[0] - CALM_NEAR, place[1] + CALM_NEAR)
    return not rule.despite_calm and _near(hits, "calm", *around) is not None and _near(hits, "now", *around) is None
