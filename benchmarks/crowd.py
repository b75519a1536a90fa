"""Many people on the Telegram fake, who say what the citizens of the transcripts typed, in the same order.

A line that is the number or the label of a button of the last message is tapped, anything else is written. A sentence
has its writer's name in it, so that none is understood from memory. When all is said, somebody new begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests.fakes.serving import serving
from tests.fakes.telegram import BotApi
from tests.fakes.telegram_person import Person, buttons

TRANSCRIPTS = Path(__file__).parents[1] / "tests" / "transcripts"
WORDS = 5  # a sentence has so many, or more; names and answers have fewer
_SYLLABLES = ("ba", "ce", "di", "fo", "lu", "ma", "ne", "pi", "ro", "tu")


class World(BotApi):
    """The fake; `heard` is told of each message of the bot while it is held: keep it short."""

    def heard(self, message: dict[str, Any]) -> None:
        """A message of the bot."""

    def do_sendMessage(self, asked: dict[str, Any]) -> Any:  # noqa: N802  as the Bot API calls it
        """Send, and tell."""
        message = super().do_sendMessage(asked)
        self.heard(message)
        return message


@contextmanager
def world(api: World) -> Iterator[str]:
    """Its base address."""
    with serving(api.application(), closing=api.close) as base:
        yield base


def scripts(*, erasing: bool = True) -> list[list[str]]:
    """What each citizen of the transcripts types; without `erasing`, up to where they have everything erased."""
    found = []
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        typed: dict[str, list[str]] = {}
        who = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                who = line
            elif line.startswith("> "):
                typed.setdefault(who, []).append(line[2:].rstrip("\\"))
        found += [lines for lines in typed.values() if not lines[0].startswith("/start")]  # associations' contacts
    if not erasing:
        found = [lines[: lines.index("cancella tutto")] if "cancella tutto" in lines else lines for lines in found]
    return found


class Crowd:
    """Places, each taken by one person after another."""

    def __init__(self, api: BotApi, places: int, told: list[list[str]]) -> None:
        self.api, self.told = api, told
        self.newcomers = count()
        self.places: list[tuple[Person, list[str]]] = [self._newcomer() for _ in range(places)]
        self.by_chat = {person.id: place for place, (person, _) in enumerate(self.places)}
        self.tapped = self.written = 0

    def acts(self, place: int) -> int:
        """Whoever has this place says the next thing; their chat's id."""
        person, left = self.places[place]
        if not left:
            person, left = self.places[place] = self._newcomer()
            self.by_chat[person.id] = place
        line = left.pop(0)
        last = next((m for m in reversed(person.chat.messages) if m["from"]["is_bot"]), None)
        data = _button(line, buttons(last)) if last else None
        if last and data:
            self.tapped += 1
            person.taps_data(data, last)
        else:
            self.written += 1
            person.writes(_with_name(line, person.chat.user["first_name"]))
        return person.id

    def _newcomer(self) -> tuple[Person, list[str]]:
        number = next(self.newcomers)
        return Person(self.api, name(number)), list(self.told[number % len(self.told)])


def name(number: int) -> str:
    """A name that nobody else has."""
    return "".join(_SYLLABLES[int(digit)] for digit in f"{number:03}").capitalize()


def _button(line: str, shown: list[tuple[str, str]]) -> str | None:
    if line.isdigit():
        return shown[int(line) - 1][1] if 0 < int(line) <= len(shown) else None
    return next((data for label, data in shown if label.casefold() == line.casefold()), None)


def _with_name(line: str, who: str) -> str:
    return re.sub(r"(?=[?.!]?$)", f" {who}", line, count=1) if len(line.split()) >= WORDS else line
