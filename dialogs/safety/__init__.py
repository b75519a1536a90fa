"""Danger first: what is recognised before anything else is read.

Two judges. The rules, one readable file per language beside this one, see what is said plainly, at once and on any
machine. What was learnt (`learnt.py`) sees what is said sideways; it needs sentence vectors, so a message is weighed
before its turn (`weigh`), and where that was not done the rules alone decide. What is answered is in `answers.py`.
"""

from __future__ import annotations

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from dialogs.safety.helplines import Kind
from dialogs.safety.lexicon import Lexicon, Reader, Said
from dialogs.understand.plain import LONGEST, words

if TYPE_CHECKING:
    from dialogs.safety.learnt import Judgement, Learnt
    from dialogs.understand.encoder import SentenceEncoder

Level = Literal["now", "worrying", "today"]
LANGUAGES: Final = ("it", "en", "es", "fr", "ro", "sq", "zh", "ar", "uk")
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What is answered when a message says several: the first of these, whose numbers are the most particular."""
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_CHILD: Final = ("i_am_small", "small", "childlike")  # concepts that only a child says of themselves
OVERRULED: Final = 0.3  # chance below which what was learnt overrules a rule
_REMEMBERED: Final = 2048  # messages whose weighing is kept


@dataclass(frozen=True)
class Danger:
    """What a message says.

    Attributes:
        kind: one of `KINDS`; None for what cannot wait until tomorrow (no food, roof, heating or medicine).
        level: now (happening, or about to), worrying (serious, not at this moment), today.
        sure: false where it must be asked.
        child: does whoever writes seem to be a child?
    """

    kind: Kind | None
    level: Level = "now"
    sure: bool = True
    child: bool = False


def check(text: str) -> Danger | None:
    """The danger that a message states, in any of the nine languages; None for all other messages."""
    said = ruled(text)
    with _lock:
        weighed = _weighed.get(text)
    if weighed is None:
        return _danger(said, text) if said else None
    if said and weighed.chance >= OVERRULED:
        return _danger(said if weighed.kind != said[0] and not weighed.asked else (weighed.kind, weighed.level), text)
    return _danger((weighed.kind, weighed.level), text, sure=weighed.sure) if weighed.asked else None


def ruled(text: str) -> Said | None:
    """What the rules alone find: kind and level."""
    tokens = words(text)
    found = _reader().said(tokens)
    ranks = {(kind, level): (LEVELS.index(cast("Level", level)), _rank(kind)) for kind, level in found}
    return min(found, key=lambda said: ranks[said], default=None)


def weigh(texts: Sequence[str]) -> None:
    """Judge messages with what was learnt, for `check`. Raises RuntimeError inside a write transaction."""
    with _lock:
        new = [text for text in texts if text not in _weighed]
    if not new:
        return
    encoder, learnt = _learnt()
    for text, judgement in zip(new, _judged(encoder, learnt, new), strict=True):
        with _lock:
            _weighed[text] = judgement
            while len(_weighed) > _REMEMBERED:
                _weighed.popitem(last=False)


def check_many(texts: Sequence[str]) -> list[Danger | None]:
    """`weigh` and `check`, in order."""
    weigh(texts)
    return [check(text) for text in texts]


def prepare() -> None:
    """Read every pattern now, so that the first message does not wait for it."""
    _reader()


_lock = threading.Lock()
_weighed: OrderedDict[str, Judgement] = OrderedDict()


def _judged(encoder: SentenceEncoder, learnt: Learnt, texts: Sequence[str]) -> list[Judgement]:
    """The whole of each message, or the clause of a long one that says danger for sure."""
    from dialogs.understand.pieces import pieces

    cut = [pieces(text[:LONGEST]) for text in texts]
    flat = [piece for some in cut for piece in some]
    every = iter(learnt.judge(flat, encoder.encode(flat), [ruled(piece) for piece in flat]))
    judged = []
    for some in cut:
        whole, *clauses = (next(every) for _ in some)
        worst = max(clauses, key=lambda one: one.chance, default=whole)
        judged.append(worst if worst.sure and worst.chance > whole.chance else whole)
    return judged


@cache
def _learnt() -> tuple[SentenceEncoder, Learnt]:
    from dialogs.safety.learnt import Learnt
    from dialogs.understand.encoder import shared

    encoder = shared()
    return encoder, Learnt.load(encoder)


def _danger(said: Said, text: str, *, sure: bool = True) -> Danger:
    kind, level = said
    return Danger(cast("Kind | None", kind), cast("Level", level), sure, _is_child(text))


def _is_child(text: str) -> bool:
    return any(concept in hits for hits in _reader().hits(words(text)).values() for concept in _CHILD)


def _rank(kind: str | None) -> int:
    return KINDS.index(cast("Kind", kind)) if kind else len(KINDS)


@cache
def _reader() -> Reader:
    folder = files(__name__)
    return Reader(
        [
            Lexicon.read(tomllib.loads((folder / f"{language}.toml").read_text("utf-8")), squeezed=language == "it")
            for language in LANGUAGES
        ]
    )
