"""Clauses: which of the things said belong together, and whether they are said of being there or of being away.

"posso lunedì e giovedì, martedì no": a mark ("posso", "no", "tranne", …) governs what stands beside it, before or
after, up to the next break.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Final, Literal

from dialogs.understand.availability.result import Slot
from dialogs.understand.availability.values import Dates, Days, Expression, Hours, Period, Unclear
from dialogs.understand.availability.vocabulary import Token

Mark = Literal["can", "cannot", "away", "nomore", "except", "instead", "return", "stop", "busy"]
Content = Days | Dates | Hours | Period
_MARKS: Final[dict[str, Mark]] = {
    "can": "can", "cannot": "cannot", "no": "cannot", "away": "away", "nomore": "nomore", "except": "except",
    "instead": "instead", "return": "return", "stop": "stop", "busy": "busy",
}  # fmt: skip
AGAINST: Final = frozenset(("cannot", "away", "nomore", "except", "instead"))
_FLAGS = frozenset(("only", "nowon", "also", "fixed", "alternate", "open", "afterwards"))
_DAYS = (Days, Dates)


@dataclass
class Clause:
    """Things said together.

    Attributes:
        first: the mark stands before them.
        weak: only a comma stands before the clause.
        but: a "but" stands before the clause.
    """

    content: list[Content] = field(default_factory=list)
    mark: Mark | None = None
    first: bool = True
    weak: bool = False
    but: bool = False
    flags: set[str] = field(default_factory=set)

    @property
    def against(self) -> bool:
        """Said of being away."""
        return self.mark in AGAINST

    def has(self, *kinds: type) -> bool:
        """Whether something of these kinds is said in it."""
        return any(isinstance(one, kinds) for one in self.content)

    def only(self, *kinds: type) -> bool:
        """Whether nothing else is said in it."""
        return all(isinstance(one, kinds) for one in self.content)


def clauses(said: list[Expression]) -> list[Clause]:
    """The clauses of a message, in order, each with its mark."""
    return _freed(_framed(_hours_of_all(_joined(_marked(_merged(_split(said)))))))


def _split(said: list[Expression]) -> list[Clause]:  # noqa: C901, PLR0912  one branch for each kind of word
    found = [Clause()]

    def begin(*, weak: bool) -> Clause:
        if found[-1].content or found[-1].mark or found[-1].flags:
            found.append(Clause(weak=weak))
        else:
            found[-1].weak = found[-1].weak and weak
        return found[-1]

    for at, one in enumerate(said):  # one kind of word after the other
        now = found[-1]
        if not isinstance(one, Token):
            if _begins(now, one):
                now = begin(weak=True)
            now.content.append(one)
        elif one.kind == "but" and now.content and now.mark is None and _mark_follows(said, at):
            pass  # "il 27 però no"
        elif one.kind in ("end_of_sentence", "but", "so", "then"):
            now = begin(weak=False)
            now.but = one.kind == "but"
            now.flags |= {"afterwards"} if one.kind == "then" else set()
        elif one.kind in ("comma", "dash") or (one.kind == "and" and now.mark and not now.first):
            begin(weak=True)
        elif one.kind in _FLAGS:
            if one.kind == "only" and now.against and now.content:
                now = begin(weak=False)
                now.mark = "can"
            if not (one.kind == "only" and _narrows(now, said[at + 1 : at + 3])):
                now.flags.add(one.kind)
        elif one.kind == "add":
            now = begin(weak=False)
            now.mark, now.flags = "can", {"also"}
        elif one.kind == "more":
            now.mark = "nomore" if now.mark == "cannot" else now.mark
        elif one.kind == "except" and now.content and not _content_follows(said, at):
            last = now.content.pop()  # "tutti i giorni, domenica esclusa"
            now = begin(weak=True)
            now.content, now.mark, now.first = [last], "except", False
        elif (mark := _MARKS.get(one.kind)) is not None:
            _set_mark(now, mark, begin)
    return [clause for clause in found if clause.content or clause.mark or clause.flags]


def _mark_follows(said: list[Expression], at: int) -> bool:
    after = said[at + 1] if at + 1 < len(said) else None
    return isinstance(after, Token) and after.kind in _MARKS


def _narrows(now: Clause, after: list[Expression]) -> bool:
    """Whether an "only" says nothing of other days: "il mercoledì solo la mattina", "solo a novembre"."""
    content = next((one for one in after if not isinstance(one, Token)), None)
    return isinstance(content, Period) or (now.has(*_DAYS) and any(isinstance(one, Hours) for one in after))


def _content_follows(said: list[Expression], at: int) -> bool:
    """Whether days or hours come next, past an article."""
    return any(
        not isinstance(one, Token)
        for one in takewhile(lambda one: not isinstance(one, Token) or one.kind in _SMALL, said[at + 1 :])
    )


_SMALL = frozenset(("the", "in", "tod", "to", "for", "this", "next", "at"))


def _begins(now: Clause, one: Content) -> bool:
    """Whether something more cannot belong to the same clause."""
    if now.mark == "instead" and now.has(*_DAYS) and isinstance(one, _DAYS):
        return True
    if isinstance(one, Period) and _closed(now, one):
        return True
    if not now.mark or now.first or not now.content or (isinstance(one, Days) and one.soft):
        return False
    return isinstance(one, _DAYS) and now.has(*_DAYS)


def _closed(now: Clause, one: Period) -> bool:
    """Whether a clause and what comes next are whole periods both: not the beginning and the end of one."""
    periods = [other for other in (*now.content, one) if isinstance(other, Period)]
    whole = all(other.since and other.until and not other.lasts for other in periods)
    return len(periods) > 1 and whole and not _meet(periods[-2], periods[-1])


def _meet(one: Period, other: Period) -> bool:
    """Whether days lie in both: "questo mese, dal 10 al 15" is one period, "dal 3 al 5 e dal 10 al 15" are two."""
    ends = (one.since, one.until, other.since, other.until)
    return all(ends) and max(filter(None, ends[::2])) <= min(filter(None, ends[1::2]))


def _set_mark(now: Clause, mark: Mark, begin: object) -> None:
    assert callable(begin)  # noqa: S101
    if mark in ("except", "instead"):
        now = begin(weak=mark == "except" and now.against)
        now.mark, now.first = mark, True
    elif now.mark is None:
        now.mark, now.first = mark, not now.content
    elif not now.content or now.mark == mark or {now.mark, mark} <= {"cannot", "away", "nomore"}:
        now.mark = _stronger(now.mark, mark)
    elif now.mark == "can" and not now.first and mark in AGAINST:
        now = begin(weak=True)
        now.mark, now.first = mark, True
    else:
        now = begin(weak=True)
        now.mark, now.first = mark, True


def _stronger(before: Mark, after: Mark) -> Mark:
    strongest: tuple[Mark, ...] = ("nomore", "stop", "return", "away", "cannot")
    for mark in strongest:
        if mark in (before, after):
            return mark
    return after


def _merged(found: list[Clause]) -> list[Clause]:
    """What a comma has cut although it belongs together: "ogni martedì, dalle 9 alle 11"; "giovedì, non posso"."""
    merged: list[Clause] = []
    for clause in found:
        if merged and _contrasts(merged[-1], clause):
            last = merged[-1].content.pop()
            assert isinstance(last, Days)  # noqa: S101
            merged[-1].content.append(replace(last, days=last.days[:-1]))
            clause.content.append(replace(last, days=last.days[-1:]))
            merged.append(clause)
        elif merged and clause.weak and _of_what_is_left(merged, clause):
            merged[-2].content.extend(clause.content)
        elif merged and clause.weak and _continues(merged[-1], clause):
            before = merged[-1]
            if clause.mark and not before.mark:
                before.mark, before.first = clause.mark, False
            before.content.extend(clause.content)
            before.flags |= clause.flags
        else:
            merged.append(clause)
    return merged


def _contrasts(before: Clause, after: Clause) -> bool:
    """Such as "posso lunedì, martedì no": the no is of the last day only."""
    last = before.content[-1] if before.content else None
    listed = isinstance(last, Days) and len(last.days) > 1 and not last.whole
    return listed and before.mark == "can" and before.first and after.mark == "cannot" and not after.content


def _of_what_is_left(merged: list[Clause], clause: Clause) -> bool:
    """Hours after an exception: "tutti i giorni meno sabato e domenica, mattina"."""
    hours = bool(clause.content) and all(isinstance(one, Hours) for one in clause.content) and not clause.mark
    excepted = len(merged) > 1 and merged[-1].mark == "except" and not merged[-1].has(Hours)
    return hours and excepted and _whole(merged[-2]) and not merged[-2].has(Hours)


def _continues(before: Clause, after: Clause) -> bool:
    if not after.content:
        flags = bool(after.flags and before.content and not after.mark)  # "il sabato, a settimane alterne, 10-12"
        return flags or bool(
            after.mark and before.content and not before.mark and after.mark in ("can", "cannot", "away", "nomore")
        )
    if after.mark and (not before.content or before.mark or after.against):
        return False
    if not before.content:
        return before.mark in ("can", "cannot", None) and not after.mark
    only_periods = not after.has(Days, Dates, Hours)
    if before.mark and not before.first and before.against:
        return only_periods and not after.mark  # "ad agosto sono via, dal 3 al 20"
    if before.has(*_DAYS) and not before.has(Hours):
        return not after.has(*_DAYS) and (after.has(Hours) or (only_periods and _open(after)))
    if _refines(before, after):
        return True
    if not before.has(*_DAYS) and not after.against:  # "di mattina, il lunedì"; "da gennaio, il martedì"
        return after.has(*_DAYS) or (before.has(Period) and after.has(Hours))
    return only_periods and _open(after)


def _refines(before: Clause, after: Clause) -> bool:
    """Hours by the clock after a part of the day: "il sabato mattina, di solito, dalle 10"."""
    told = [one for one in before.content if isinstance(one, Hours)]
    more = [one for one in after.content if isinstance(one, Hours)]
    parts = len(told) == 1 and told[0].part and not told[0].clock
    return bool(parts and len(more) == len(after.content) == 1 and more[0].clock and not more[0].part)


def _open(clause: Clause) -> bool:
    """Only a beginning or an end: "fino a giugno"."""
    return all(one.since is None or one.until is None for one in clause.content if isinstance(one, Period))


def _marked(found: list[Clause]) -> list[Clause]:
    """A clause without a mark has that of the list it is in: "non posso lunedì, né martedì", "lunedì, martedì no"."""
    for at, clause in enumerate(found):
        before = found[at - 1] if at else None
        if (
            clause.mark is None
            and clause.content
            and clause.weak
            and before
            and before.first
            and before.mark not in ("return", "busy")
        ):
            contrary = before.against and (
                "only" in clause.flags or (clause.has(Days) and _whole(clause))
            )  # "non più di mattina, solo di pomeriggio"
            clause.mark, clause.first = "can" if contrary else before.mark, True
        if clause.mark is None and clause.but and before and _whole(before) and clause.has(*_DAYS):
            clause.mark = "except"  # "every day but Sunday"
    for at in range(len(found) - 2, -1, -1):
        clause, after = found[at], found[at + 1]
        listed = after.weak and after.against and not after.first and after.mark in ("cannot", "away")
        alike = clause.content and not clause.has(Hours) and not after.has(Hours)
        alike = alike and (after.has(Days) or not any(isinstance(one, Days) and one.habit for one in clause.content))
        if clause.mark is None and listed and alike:
            clause.mark, clause.first = after.mark, False
    return found


def _whole(clause: Clause) -> bool:
    """Said of every day, before exceptions."""
    return any(getattr(one, "whole", False) or getattr(one, "every", False) for one in clause.content)


def _hours_of_all(found: list[Clause]) -> list[Clause]:
    """Such as "every day except Sunday, 8 to 10": hours by the clock are those of the days that are left."""
    for before, clause in pairwise(found):
        clock = [one for one in clause.content if isinstance(one, Hours) and one.clock and not one.part]
        if clause.mark == "except" and _whole(before) and not before.has(Hours) and clause.has(Days):
            before.content.extend(clock)
            clause.content = [one for one in clause.content if one not in clock]
    return found


def _joined(found: Iterable[Clause]) -> list[Clause]:
    """Without the words that give way: "sempre" where days are named."""
    kept: list[Clause] = []
    for clause in found:
        soft = bool(clause.content) and all(isinstance(one, Days) and one.soft for one in clause.content)
        if soft and clause.mark is None and kept and kept[-1].has(*_DAYS):  # "sabato mattina, sempre"
            kept[-1].flags.add("fixed")
        else:
            kept.append(clause)
    for clause in kept:
        named = [one for one in clause.content if isinstance(one, Days) and not one.soft]
        if named or clause.has(Dates):
            if any(isinstance(one, Days) and one.soft for one in clause.content):
                clause.flags.add("fixed")
            clause.content = [one for one in clause.content if not (isinstance(one, Days) and one.soft)]
    return kept


def _framed(found: list[Clause]) -> list[Clause]:
    """A period that comes first is that of all that follows: "da settembre: lunedì no, martedì sì"."""
    frame = found[0] if found else Clause()
    if frame.mark or frame.flags or not frame.content or not all(isinstance(one, Period) for one in frame.content):
        return found
    if not any(clause.has(Days, Hours) for clause in found[1:]):
        return found
    for clause in found[1:]:
        if clause.has(Days, Hours) and not clause.has(Period, Dates):
            clause.content[:0] = frame.content
    return found[1:]


def _freed(found: list[Clause]) -> list[Clause]:
    """Without what takes the person's time: of "il lunedì lavoro fino alle 14, poi posso" Monday after 14.

    With nothing else said, the days that are taken are days of being away; hours alone tell nothing.
    """
    if all(clause.mark == "busy" for clause in found if clause.content):
        for clause in found:
            if clause.mark == "busy":
                if clause.has(Hours):
                    raise Unclear
                clause.mark = "cannot"
        return found
    for at, clause in enumerate(found):
        after = next((other for other in found[at + 1 :] if other.mark != "busy" and not other.against), None)
        if clause.mark != "busy" or after is None:
            continue
        if not after.has(*_DAYS):
            after.content[:0] = [one for one in clause.content if isinstance(one, _DAYS)]
        ends = [one.slot.end or one.slot.start for one in clause.content if isinstance(one, Hours) and one.clock]
        if ends and "afterwards" in after.flags and not after.has(Hours):
            after.content.append(Hours(Slot(ends[-1], None), clock=True))
    return [clause for clause in found if clause.mark != "busy"]
