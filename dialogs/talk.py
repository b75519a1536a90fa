"""The words that a dialogue may use: ask, say, look, do, many, part. Pure: no clock, no network, no database.

A dialogue is `async def name(subject: str)`. It awaits nothing but what is here; `play` drives it with `send()`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import coroutine
from typing import Any, ClassVar, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from dialogs.words import Phrase, Verbatim, Words

T = TypeVar("T")
_NOTHING = ("no", "no grazie", "nessuno", "nessuna", "niente", "salta", "none", "skip")
SKIPPED = "skip"  # the id of the option that leaves a question unanswered
_ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True)
class Problem:
    """Why a reply could not be taken, and what would be right. A value, never an exception."""

    text: Words
    example: Words | None = None
    meant: str | None = None  # the option that a "sì" to "Intendeva …?" would choose


@dataclass(frozen=True)
class Option:
    """Something to tap. `label` ≤ 20 characters, `row` ≤ 24, `description` ≤ 72, in every language."""

    id: str
    label: Words
    row: Words | None = None
    description: Words | None = None
    also: tuple[str, ...] = ()  # other ways to say it
    told: Words | None = None  # a sentence about it, said above the page that shows it


@dataclass(frozen=True)
class Heard:
    """How a reply came: its own time, the person's language and zone."""

    at: datetime
    language: str = "it"
    zone: ZoneInfo = _ROME

    @property
    def here(self) -> datetime:
        """The time on the person's clock."""
        return self.at.astimezone(self.zone)


@dataclass(frozen=True)
class Edit(Generic[T]):
    """A list's answer that also makes those about one of its items, `forget`, forgotten."""

    value: T
    forget: str


@dataclass(frozen=True)
class Question(Generic[T]):
    """What is asked. `label` names the answer in "correggi"; `skip` labels leaving it out (the answer is then None)."""

    text: Words
    label: Words = field(default="", kw_only=True)
    skip: Words | None = field(default=None, kw_only=True)
    value_type: ClassVar[Any] = Any

    def choices(self) -> tuple[Option, ...]:
        """What can be tapped, without the skip."""
        return ()

    def options(self) -> tuple[Option, ...]:
        """All that can be tapped. Beside nothing else, a "no" leaves the question out."""
        choices = self.choices()
        return (*choices, Option(SKIPPED, self.skip, also=() if choices else _NOTHING)) if self.skip else choices

    def take(self, option: str) -> T | Edit[T] | Problem:
        """The answer that this option stands for."""
        return cast("T", option)

    def read(self, text: str, heard: Heard) -> T | Problem:
        """The answer in what was written."""
        raise NotImplementedError

    def accepts(self, value: T) -> bool:
        """Does a recorded answer still fit today's question? Sees no clock."""
        raise NotImplementedError

    def reopen(self, value: T) -> T | None:
        """What stays of a recorded answer when it is corrected; None: nothing."""
        del value
        return None

    def put(self, value: T) -> Words:
        """The answer in words, for the summary and for "correggi"."""
        return Phrase("{answer}", {"answer": value})

    @property
    def enough(self) -> str | None:
        """The option that "basta" means: that is all, nothing more, no; None where it answers nothing."""
        return SKIPPED if self.skip else None

    @property
    def strict(self) -> bool:
        """True when only an option is an answer, so that a misspelt label may be guessed."""
        return False

    @property
    def story(self) -> bool:
        """True when the answer is a story that people tell in several messages, one piece after another."""
        return False

    @property
    def dictated(self) -> bool:
        """True when what is written is for somebody else: neither a danger nor a command is looked for in it."""
        return False

    @property
    def numbered(self) -> bool:
        """True when a number in the reply is the number of an option; false where it may be the answer itself."""
        return bool(self.choices())


@dataclass(frozen=True)
class Ask(Generic[T]):
    """A step: the answer of this name."""

    key: str
    question: Question[T]
    default: tuple[T | None, ...] = ()  # what counts as answered when a deploy puts the question before a done `do`

    def __await__(self) -> Generator[Ask[T], T, T]:
        return (yield self)


@dataclass(frozen=True)
class Say:
    """A step: shown once, with the next question."""

    words: Words

    def __await__(self) -> Generator[Say, None, None]:
        yield self


@dataclass(frozen=True)
class Call(Generic[T]):
    """A step: read (`look`) or act (`do`). `undo` names the dialogue that changes or takes back what was done."""

    key: str
    function: Callable[..., T]
    args: tuple[Any, ...]
    acts: bool
    undo: str | None = None

    def __await__(self) -> Generator[Call[T], T, T]:
        return (yield self)


@dataclass(frozen=True)
class Items:
    """A step: the list recorded under this key, before it is asked about; of the type of `start`."""

    key: str
    start: Any
    default: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Go:
    """What a dialogue returns to say which one comes next, in the same turn."""

    dialogue: str
    subject: str = ""


def ask(key: str, question: Question[T], *default: T | None) -> Ask[T]:
    """The answer named `key`; asked if it is not there. The key never changes its meaning."""
    return Ask(key, question, default)


def say(text: Words, **named: Any) -> Say:
    """Say something with the next question, once."""
    return Say(Phrase(text, named) if named and isinstance(text, str) else text)


def look(key: str, function: Callable[..., T], *args: Any) -> Call[T]:
    """Read something. Redone when the arguments differ, or when the screen comes back after a pause."""
    return Call(key, function, args, acts=False)


def do(key: str, function: Callable[..., T], *args: Any, undo: str | None = None) -> Call[T]:
    """Act, once for ever, inside the transaction of the turn. It seals what lies before it."""
    return Call(key, function, args, acts=True, undo=undo)


@coroutine
def part(prefix: str, dialogue: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Await a dialogue inside another: its keys become `prefix.key`."""
    value: Any = None
    try:
        while True:
            step = dialogue.send(value)
            value = yield replace(step, key=f"{prefix}.{step.key}") if isinstance(step, Ask | Call | Items) else step
    except StopIteration as end:
        return cast("T", end.value)
    finally:
        dialogue.close()


@coroutine
def many(
    key: str, one: Callable[[], Coroutine[Any, Any, T]], question: More, *default: Listed
) -> Generator[Any, Any, list[T]]:
    """A list of items, each made by the dialogue `one`.

    Example: `seats = await many("sedi", seat, More("Altre sedi?"))`. The items' ids are one answer under `key`; each
    item's keys begin with `key.id`. An item asks and looks: what is done with it is done after the list, which can
    change until then.
    """
    listed: Listed = yield Items(key, Listed(tuple(range(1, question.least + 1)), question.least + 1), default)
    items = {}
    for id in listed.ids:
        items[id] = yield from part(f"{key}.{id}", one())
    known = replace(question, listed=listed, names=tuple(question.name(item) for item in items.values()))
    final: Listed = yield Ask(key, known, default)
    return [items[id] for id in final.ids if id in items]


@dataclass(frozen=True)
class Listed:
    """The answer of `many`: the ids in order, the next new id, and whether the person said that is all."""

    ids: tuple[int, ...] = ()
    next: int = 1
    closed: bool = False


@dataclass(frozen=True)
class More(Question[Listed]):
    """After the items of a list: another, change one, take one away, or that is all."""

    least: int = 1
    most: int = 20
    another: Words = "Aggiungi"
    close: Words = "Basta così"
    name: Callable[[Any], str] = str
    listed: Listed = Listed()
    names: tuple[str, ...] = ()
    value_type: ClassVar[Any] = Listed

    def choices(self) -> tuple[Option, ...]:
        made = [Option("enough", self.close)] if len(self.listed.ids) >= self.least else []
        if len(self.listed.ids) < self.most:
            made.insert(0, Option("add", self.another))
        for id, name in zip(self.listed.ids, self.names, strict=False):
            short, whole = {"name": name[:12]}, Verbatim(name[:72])
            made.append(Option(f"change {id}", Phrase("Cambia {name}", short), description=whole))
            made.append(Option(f"remove {id}", Phrase("Togli {name}", short), description=whole))
        return tuple(made)

    def take(self, option: str) -> Listed | Edit[Listed] | Problem:
        what, _, which = option.partition(" ")
        now = self.listed
        if what == "enough":
            return replace(now, closed=True)
        if what == "add":
            return Listed((*now.ids, now.next), now.next + 1)
        if what == "remove":
            return Edit(replace(now, ids=tuple(id for id in now.ids if id != int(which))), which)
        return Edit(now, which)

    def read(self, text: str, heard: Heard) -> Listed | Problem:
        del text, heard
        return Problem("Non ho capito che cosa vuole fare con l'elenco.", "Aggiungi")

    def accepts(self, value: Listed) -> bool:
        return value.closed and len(value.ids) >= self.least

    def reopen(self, value: Listed) -> Listed | None:
        return replace(value, closed=False)

    @property
    def enough(self) -> str | None:
        return "enough" if len(self.listed.ids) >= self.least else None

    def put(self, value: Listed) -> Words:
        del value
        return Phrase("{answer}", {"answer": ", ".join(self.names)})

    @property
    def strict(self) -> bool:
        return True
