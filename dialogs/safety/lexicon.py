"""How the pattern files are read and found in a text: concepts are lists of words, rules are concepts close together.

A file has `[words]` (concept = "word, stem*, a phrase of words, …") and `[rules]` (kind = one rule a line; a kind's
level is "now", or stands after it: "autolesionismo worrying"; `today` is a level without a kind):

    beats + victim          both, in any order, within `NEAR` words of each other
    adult > beats > child   the same, in this order
    weapon + him - kitchen  unless that is near as well

`idiom` is a concept whose words are taken out before anything is read; `calm` (courses, volunteering, the past) makes
the rules around it silent, unless `now` is near. The work grows with the number of words, whatever they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dialogs.understand.plain import squeeze, words

NEAR: Final = 9  # words
CALM_NEAR: Final = 16  # words
_HEAD: Final = 3  # letters by which stems are looked up
_ARABIC_PREFIX: Final = re.compile(r"^(?:[وف])?(?:ال|بال|لل|ب|ل)?(?=\w{3})")
Said = tuple[str | None, str]  # kind and level
Place = tuple[int, int]  # where the words of a concept begin and end
Hits = Mapping[str, Sequence[Place]]  # by concept, in the order of the text


@dataclass(frozen=True)
class Rule:
    """Concepts that mean danger when they are near each other."""

    said: Said
    concepts: tuple[str, ...]
    ordered: bool
    unless: tuple[str, ...]

    @classmethod
    def read(cls, heading: str, line: str) -> Rule:
        """One line of a file, under its kind and level."""
        kind, _, level = heading.partition(" ")
        said = (None, kind) if kind == "today" else (kind, level or "now")
        wanted, *unless = (part.strip() for part in line.split(" - "))
        ordered = ">" in wanted
        concepts = tuple(concept.strip() for concept in wanted.split(">" if ordered else "+"))
        return cls(said, concepts, ordered, tuple(unless))

    def met(self, hits: Hits) -> bool:
        """Whether the concepts are together somewhere, with nothing near that excludes or calms."""
        if not all(concept in hits for concept in self.concepts):
            return False
        return any(self._met_at(hits, place) and not _calmed(hits, place) for place in hits[self.concepts[0]])

    def _met_at(self, hits: Hits, place: Place) -> bool:
        start, end = place
        for concept in self.concepts[1:]:
            found = _near(hits, concept, end if self.ordered else start - NEAR, end + NEAR)
            if found is None:
                return False
            if self.ordered:
                end = found[1]
        return not any(_near(hits, concept, start - NEAR, end + NEAR) for concept in self.unless)


@dataclass(frozen=True)
class Lexicon:
    """The patterns of one language."""

    concepts: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, Sequence[Rule]]  # by their first concept
    squeezed: bool  # words are compared without their doubled letters

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, str]], *, squeezed: bool) -> Lexicon:
        """What a file says. Raises KeyError naming the concepts that a rule uses and `[words]` lacks."""
        concepts = {
            name: tuple(w.strip() for w in text.split(",") if w.strip()) for name, text in data["words"].items()
        }
        rules: dict[str, list[Rule]] = defaultdict(list)
        for heading, lines in data["rules"].items():
            for line in lines.strip().splitlines():
                rule = Rule.read(heading, line)
                rules[rule.concepts[0]].append(rule)
                if unknown := {*rule.concepts, *rule.unless} - concepts.keys():
                    raise KeyError(f"Rule {line!r} uses concepts without words: {sorted(unknown)}")
        return cls(concepts, rules, squeezed)

    def phrases(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each concept with each of its phrases as plain words; a stem ends with "*"."""
        for concept, texts in self.concepts.items():
            for text in texts:
                yield concept, tuple(self._pattern(text))

    def said(self, hits: Hits) -> set[Said]:
        """The kinds of danger, and their levels, whose rules are met."""
        hits = _without_idioms(hits)
        met: set[Said] = set()
        for concept in hits:
            met.update(rule.said for rule in self.rules.get(concept, ()) if rule.said not in met and rule.met(hits))
        return met

    def _pattern(self, text: str) -> Iterator[str]:
        for word in text.split():
            *first, last = (squeeze(w) if self.squeezed else w for w in words(word.rstrip("*")))
            yield from (*first, last + ("*" if word.endswith("*") else ""))


@dataclass(frozen=True)
class _Phrase:
    lexicon: int
    concept: str
    words: tuple[str, ...]  # a stem ends with "*"


class Reader:
    """Several lexicons, looked up together in one pass over the words."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._lexicons = lexicons
        self._plain = _Index()
        self._squeezed = _Index()
        for number, lexicon in enumerate(lexicons):
            index = self._squeezed if lexicon.squeezed else self._plain
            for concept, phrase in lexicon.phrases():
                index.add(_Phrase(number, concept, phrase))

    def said(self, tokens: Sequence[str]) -> set[Said]:
        """The kinds of danger, and their levels, in words as `plain.words` gives them."""
        return {said for number, hits in self.hits(tokens).items() for said in self._lexicons[number].said(hits)}

    def hits(self, tokens: Sequence[str]) -> Mapping[int, Hits]:
        """Where the concepts of each lexicon are, by the lexicon's number."""
        hits: dict[int, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        self._plain.find(tokens, hits)
        self._squeezed.find(squeeze(" ".join(tokens)).split(" "), hits)
        if any("\u0600" < token < "\u0700" for token in tokens):
            self._plain.find([_ARABIC_PREFIX.sub("", token) for token in tokens], hits)
            hits = {n: {c: sorted(set(places)) for c, places in found.items()} for n, found in hits.items()}
        return hits


class _Index:
    """Phrases by their first letters, first word or first two words: whichever says most."""

    def __init__(self) -> None:
        self._words: dict[str, list[_Phrase]] = defaultdict(list)
        self._pairs: dict[tuple[str, str], list[_Phrase]] = defaultdict(list)
        self._stems: dict[str, list[_Phrase]] = defaultdict(list)
        self._short_stems: dict[str, list[_Phrase]] = defaultdict(list)  # of two letters

    def add(self, phrase: _Phrase) -> None:
        first, *rest = phrase.words
        if first.endswith("*"):
            stems = self._stems if len(first) > _HEAD else self._short_stems
            stems[first[:-1][:_HEAD]].append(phrase)
        elif not rest or rest[0].endswith("*"):
            self._words[first].append(phrase)
        else:
            self._pairs[first, rest[0]].append(phrase)

    def find(self, said: Sequence[str], hits: dict[int, dict[str, list[Place]]]) -> None:
        """Add where each phrase is to `hits`, in the order of the text."""
        for at, (word, following) in enumerate(zip(said, (*said[1:], ""), strict=False)):
            for phrases in (
                self._words.get(word),
                self._pairs.get((word, following)),
                self._stems.get(word[:_HEAD]),
                self._short_stems.get(word[: _HEAD - 1]),
            ):
                for phrase in phrases or ():
                    if _follows(phrase.words, said, at):
                        hits[phrase.lexicon][phrase.concept].append((at, at + len(phrase.words)))


def _follows(phrase: tuple[str, ...], said: Sequence[str], at: int) -> bool:
    if at + len(phrase) > len(said):
        return False
    return all(
        said[at + n].startswith(word[:-1]) if word[-1] == "*" else said[at + n] == word for n, word in enumerate(phrase)
    )


def _without_idioms(hits: Hits) -> Hits:
    taken = {at for start, end in hits.get("idiom", ()) for at in range(start, end)}
    if not taken:
        return hits
    left = {concept: [p for p in places if taken.isdisjoint(range(*p))] for concept, places in hits.items()}
    return {concept: places for concept, places in left.items() if places}


def _near(hits: Hits, concept: str, start: int, end: int) -> Place | None:
    """The first place of the concept that begins between two words."""
    places = hits.get(concept, ())
    at = bisect_left(places, (start, 0))
    return places[at] if at < len(places) and places[at][0] <= end else None


def _calmed(hits: Hits, place: Place) -> bool:
    around = (place[0] - CALM_NEAR, place[1] + CALM_NEAR)
    return _near(hits, "calm", *around) is not None and _near(hits, "now", *around) is None
