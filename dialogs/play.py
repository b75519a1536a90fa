"""Play a dialogue over its journal: the same journal always gives the same screen.

The journal is JSON: {"answers": {key: value}, "looks": {key: [fingerprint, value]}, "done": {key: value}}. A dialogue
receives decoded values, at the first play too, so that a restart changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import cache
from inspect import signature
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from dialogs.talk import Ask, Call, Edit, Go, Items, Question, Say
from dialogs.words import Words

Journal = dict[str, dict[str, Any]]
Dialogue = Callable[[str], Coroutine[Any, Any, Any]]
Perform = Callable[[Call[Any]], Any]


class AuthorError(Exception):
    """The dialogue breaks the contract. Names keys, never answers."""


def empty() -> Journal:
    """The journal of a conversation that has not begun."""
    return {"answers": {}, "looks": {}, "done": {}}


@dataclass(frozen=True)
class Passed:
    """An answer on the way to the screen."""

    key: str
    question: Question[Any]
    value: Any


@dataclass(frozen=True)
class Screen:
    """Where a journal leads: what is said, and the question that waits. `key` None: the dialogue is over."""

    said: tuple[Words, ...]
    key: str | None
    question: Question[Any] | None
    path: tuple[Passed, ...]  # answers passed on the way here, oldest first
    sealed: int  # how many of them lie before the last do
    undo: str | None  # the dialogue that changes or takes back the last do
    acted: bool  # did this play do something for the first time?
    recent: tuple[str, ...]  # looks since the last answer
    go: Go | None  # the dialogue that comes next, when this one is over
    name: str  # what a reply must have been shown, to be read against this
    journal: Journal = field(compare=False)


def play(
    dialogue: Dialogue,
    subject: str,
    journal: Journal,
    perform: Perform,
    *,
    retired: frozenset[str] = frozenset(),
    refresh: bool = False,
) -> Screen:
    """Play from the top. `refresh`: what was looked at since the last answer is looked at again.

    Raises AuthorError when the dialogue breaks the contract, and whatever `perform` raises.
    """
    screen = _Play(dialogue, journal, perform, retired).run(subject)
    if refresh and screen.recent:
        looks = {key: value for key, value in screen.journal["looks"].items() if key not in screen.recent}
        fresh = _Play(dialogue, {**screen.journal, "looks": looks}, perform, retired).run(subject)
        screen = replace(fresh, acted=screen.acted or fresh.acted)
    return screen


class _Play:
    """One run over one journal. `now`: what lies on the path so far; `ahead`: what was done and is not yet reached."""

    def __init__(self, dialogue: Dialogue, journal: Journal, perform: Perform, retired: frozenset[str]) -> None:
        self.dialogue, self.journal, self.perform = dialogue, journal, perform
        self.ahead = set(journal["done"]) - retired
        self.now = empty()
        self.said: list[Words] = []
        self.path: list[Passed] = []
        self.recent: list[str] = []
        self.seen: set[str] = set()
        self.lists: set[str] = set()  # keys of the lists whose items are being passed
        self.sealed, self.acted = 0, False
        self.undo: str | None = None

    def run(self, subject: str) -> Screen:
        coroutine, value = self.dialogue(subject), None
        try:
            while True:
                try:
                    step, value = coroutine.send(value), None
                except StopIteration as end:
                    return self._over(end.value)
                match step:
                    case Say(words):
                        self.said.append(words)
                    case Ask():
                        self._once(step.key)
                        value = self._answer(step)
                        if value is _MISSING:
                            return self._screen(step.key, step.question)
                    case Call():
                        self._once(step.key)
                        value = self._act(step) if step.acts else self._look(step)
                    case Items():
                        value = self._items(step)
                    case _:
                        raise AuthorError(f"{self._title} awaited something other than ask, say, look, do, many, part")
        finally:
            coroutine.close()

    def _answer(self, step: Ask[Any]) -> Any:
        key, question = step.key, step.question
        value, kept = self._recorded(question.value_type, key), self.journal["answers"].get(key)
        if self.ahead:  # before an effect already done nothing is asked and nothing is checked again
            if value is _MISSING:
                value = self._default(step, question.value_type)
                kept = encoded(question.value_type, value, key)
        elif value is _MISSING or not (question.skip is not None if value is None else question.accepts(value)):
            return _MISSING
        self.now["answers"][key] = kept
        self.path.append(Passed(key, question, value))
        self.lists.discard(key)
        self.said.clear()
        self.recent.clear()
        return value

    def _items(self, step: Items) -> Any:
        self.lists.add(step.key)
        kind = type(step.start)
        value = self._recorded(kind, step.key)
        if value is not _MISSING:
            return value
        return self._default(step, kind) if self.ahead else step.start

    def _recorded(self, kind: Any, key: str) -> Any:
        """The recorded answer; _MISSING when there is none, or none that today's question can hold."""
        try:
            return decoded(kind, self.journal["answers"][key], key)
        except (KeyError, AuthorError):
            return _MISSING

    def _default(self, step: Ask[Any] | Items, kind: Any) -> Any:
        if not step.default:
            raise AuthorError(f"{step.key!r} of {self._title} stands before an effect already done and has no default")
        return decoded(kind, encoded(kind, step.default[0], step.key), step.key)

    def _look(self, step: Call[Any]) -> Any:
        kind, key, old = _returns(step.function), step.key, self.journal["looks"].get(step.key)
        mark = old[0] if old and self.ahead else _mark(_arguments(step))
        value = _MISSING
        if old and old[0] == mark:
            try:
                value = decoded(kind, old[1], key)
            except AuthorError:  # a deploy changed its type
                if self.ahead:
                    raise
        if value is _MISSING:
            old = [mark, encoded(kind, self.perform(step), key)]
            value = decoded(kind, old[1], key)
        self.now["looks"][key] = old
        if not self.ahead:
            self.recent.append(key)
        return value

    def _act(self, step: Call[Any]) -> Any:
        kind, key = _returns(step.function), step.key
        if any(key.startswith(f"{listed}.") for listed in self.lists):
            raise AuthorError(f"{key!r} of {self._title} would act inside a list that can still change")
        if key not in self.journal["done"]:
            if self.ahead:
                raise AuthorError(f"{key!r} of {self._title} would act before an effect already done")
            done = {**self.journal["done"], key: encoded(kind, self.perform(step), key)}
            self.journal = {"answers": dict(self.now["answers"]), "looks": {}, "done": done}  # the rest is forgotten
            self.acted = True
        self.now["done"][key] = self.journal["done"][key]
        self.ahead.discard(key)
        self.sealed, self.undo = len(self.path), step.undo
        self.recent.clear()
        return decoded(kind, self.now["done"][key], key)

    def _once(self, key: str) -> None:
        if key in self.seen:
            raise AuthorError(f"{self._title} uses the key {key!r} twice")
        self.seen.add(key)

    def _over(self, returned: Any) -> Screen:
        if self.ahead:
            raise AuthorError(f"{self._title} ended before {sorted(self.ahead)}, already done and not declared retired")
        return self._screen(None, None, returned if isinstance(returned, Go) else None)

    def _screen(self, key: str | None, question: Question[Any] | None, go: Go | None = None) -> Screen:
        answers = self.now["answers"] if key is None else {**self.journal["answers"], **self.now["answers"]}
        options = [option.id for option in question.options()] if question else []
        return Screen(
            tuple(self.said), key, question, tuple(self.path), self.sealed, self.undo, self.acted, tuple(self.recent),
            go, _mark([key, options]), {**self.now, "answers": answers, "done": self.journal["done"]},
        )  # fmt: skip

    @property
    def _title(self) -> str:
        return getattr(self.dialogue, "__name__", "the dialogue")


_MISSING: Any = object()
_ORDERED = json.JSONEncoder(sort_keys=True)


def recorded(screen: Screen, value: Any) -> Journal:
    """The journal with this answer to the screen's question."""
    assert screen.key is not None and screen.question is not None  # noqa: S101, PT018  the caller saw a question
    answers = screen.journal["answers"]
    if isinstance(value, Edit):
        answers = {key: kept for key, kept in answers.items() if not key.startswith(f"{screen.key}.{value.forget}.")}
        value = value.value
    kept = encoded(screen.question.value_type, value, screen.key)
    return {**screen.journal, "answers": {**answers, screen.key: kept}}


def reopened(screen: Screen, key: str) -> Journal | None:
    """The journal with this answer asked again and every other kept; None when it is sealed or not on the path."""
    keys = [passed.key for passed in screen.path]
    if key not in keys[screen.sealed :]:
        return None
    passed = screen.path[keys.index(key)]
    answers = {name: value for name, value in screen.journal["answers"].items() if name != key}
    stays = None if passed.value is None else passed.question.reopen(passed.value)
    if stays is not None:
        answers[key] = encoded(passed.question.value_type, stays, key)
    return {**screen.journal, "answers": answers}


def encoded(kind: Any, value: Any, key: str) -> Any:
    """The value as JSON. Raises AuthorError, naming the key, when its type does not allow it."""
    if value is None:
        return None
    try:
        return _codec(kind).dump_python(value, mode="json", warnings="error")
    except Exception:  # noqa: BLE001  whatever the value's own serializer raises; it would name the value
        raise AuthorError(f"the value of {key!r} is not JSON as its declared type") from None


def decoded(kind: Any, value: Any, key: str) -> Any:
    """The typed value of recorded JSON. Raises AuthorError, naming the key, when the type has changed."""
    if value is None:
        return None
    try:
        return _codec(kind).validate_python(value)
    except ValidationError:
        raise AuthorError(f"what was recorded under {key!r} does not fit its declared type") from None


@cache
def _codec(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _hints(function: Callable[..., Any]) -> tuple[Any, tuple[Any, ...]]:
    """The type of what it returns, and of its arguments after the transaction."""
    hints = get_type_hints(function)
    names = list(signature(function).parameters)[1:]
    return hints.get("return", Any), tuple(hints.get(name, Any) for name in names)


def _returns(function: Callable[..., Any]) -> Any:
    return _hints(function)[0]


def _arguments(step: Call[Any]) -> list[Any]:
    kinds = _hints(step.function)[1]
    return [
        encoded(kinds[i] if i < len(kinds) else Any, argument, f"{step.key} argument {i + 1}")
        for i, argument in enumerate(step.args)
    ]


def _mark(value: Any) -> str:
    return hashlib.sha256(_ORDERED.encode(value).encode()).hexdigest()[:12]
