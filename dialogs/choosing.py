"""Several of these: chosen one at a time with a tap, or together in one message; then that is all."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from types import coroutine
from typing import Any, ClassVar

from rapidfuzz import fuzz

from dialogs.locale import spoken
from dialogs.naming import shortened
from dialogs.replies import bare
from dialogs.talk import Ask, Heard, Items, Option, Problem, Question
from dialogs.words import Joined, Words, lines, phrase

ENOUGH, AGAIN = "enough", "again"
_LIKE, _MARGIN = 80, 4  # likeness (0–100) from which a misspelt name is taken, ahead of the next
_WHOLE, _PART = 8, 5  # what is taken off for not being the same: "persone" and "donne in difficoltà" are much alike
_WORD = 5  # letters of a word that is enough to name an option
_LONGEST = 300  # characters of what was chosen, as it is said back
_PAGE = 7  # options that every channel shows on one page beside the way to the next: beyond it numbers begin again
_APART = re.compile(r"[,;\n/+]|\b(?:e|ed|and|poi|anche)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Chosen:
    """The ids that were chosen, in order, and whether the person said that is all."""

    ids: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Several(Question[Chosen]):
    """One or more of `among`. `alone`: ids that stand for all there is, and end the choice at once."""

    among: tuple[Option, ...] = ()
    alone: tuple[str, ...] = ()
    chosen: Chosen = Chosen()
    value_type: ClassVar[Any] = Chosen

    def choices(self) -> tuple[Option, ...]:
        left = [one for one in self.among if one.id not in self.chosen.ids]
        if not self.chosen.ids:
            return tuple(left)
        left = [replace(one, description=None) for one in left if one.id not in self.alone]  # it was read before
        enough = Option(ENOUGH, "Basta così", also=("sì", "ok", "va bene", "giusto", "no", "fine", "enough"))
        return (enough, *left, Option(AGAIN, "Scelgo da capo", also=("da capo", "start again")))

    def take(self, option: str) -> Chosen:
        if option == ENOUGH:
            return replace(self.chosen, closed=True)
        if option == AGAIN:
            return Chosen()
        return self._with([option])

    def read(self, text: str, heard: Heard) -> Chosen | Problem:
        example = phrase("Per esempio: «{one}».", one=self.among[0].row or self.among[0].label)
        options, found = self.choices(), list[str]()
        for part in filter(str.strip, _APART.split(text[:1000])):
            numbers = [int(number) for number in re.findall(r"\b\d{1,3}\b", part)]
            if numbers and (len(options) > _PAGE or not all(1 <= number <= len(options) for number in numbers)):
                return Problem("Mi scriva i nomi, per favore, non i numeri.", example)
            ids = [options[number - 1].id for number in numbers] or list(filter(None, [self._named(part, heard)]))
            if not ids:
                return Problem(phrase("Non trovo «{part}» nell'elenco.", part=part.strip()[:40]), example)
            found += [id for id in ids if id not in (ENOUGH, AGAIN)]
        return self._with(found) if found else Problem("Non ho capito che cosa sceglie.", example)

    def accepts(self, value: Chosen) -> bool:
        known = {one.id for one in self.among}
        return value.closed and bool(value.ids) and known.issuperset(value.ids)

    def reopen(self, value: Chosen) -> Chosen:
        return replace(value, closed=False)

    def put(self, value: Chosen) -> Words:
        return names(self.among, value.ids)

    @property
    def enough(self) -> str | None:
        return ENOUGH if self.chosen.ids else None

    def _with(self, ids: list[str]) -> Chosen:
        """What is chosen with these; one that stands for all there is puts out the others."""
        if alone := [id for id in ids if id in self.alone]:
            return Chosen((alone[0],), closed=True)
        return Chosen(tuple(dict.fromkeys((*self.chosen.ids, *ids))))

    def _named(self, part: str, heard: Heard) -> str | None:
        """The option that this part of the message names."""
        said, likeness = bare(part), dict[str, float]()
        for one in self.among:
            called = (one.label, one.row or one.label, one.id.replace("_", " "), *one.also)
            spelt = [bare(spoken(name, heard.language)) for name in called]
            likeness[one.id] = max(_likeness(name, said) for name in spelt if name)
        first, second, *_ = (*sorted(likeness, key=lambda id: -likeness[id]), "", "")
        sure = likeness[first] >= _LIKE and likeness[first] - likeness.get(second, 0) >= _MARGIN
        return first if sure else None


def _likeness(name: str, said: str) -> float:
    """Of a name and what was said: the whole of it, or a word of it, which is less (0–100)."""
    if name == said:
        return 100
    whole = fuzz.ratio(name, said) - _WHOLE
    return max(whole, fuzz.partial_ratio(name, said) - _PART) if _WORD <= len(said) <= len(name) else whole


@coroutine
def several(key: str, question: Several, *default: Chosen) -> Generator[Any, Any, list[str]]:
    """The ids chosen. What is recorded under `key` grows until the person says that is all."""
    chosen: Chosen = yield Items(key, question.chosen, default)
    text = question.text
    if chosen.ids:
        text = lines(text, phrase("Finora: {names}.", names=shortened(names(question.among, chosen.ids), _LONGEST)))
    known = Several(text, question.among, question.alone, chosen, label=question.label)
    final: Chosen = yield Ask(key, known, default)
    return list(final.ids)


def names(among: tuple[Option, ...], ids: tuple[str, ...]) -> Words:
    """What was chosen, in words, apart by commas."""
    worded = {one.id: one.row or one.label for one in among}
    return Joined(tuple(worded[id] for id in ids if id in worded), ", ")
