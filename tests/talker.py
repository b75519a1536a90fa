"""A person in a test: what they write and tap goes through real turns, and what is due comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot import turn
from bot.house import House
from bot.inbound import Inbound
from bot.voice import Fetch
from catalog_store import messages
from dialogs.replies import Reply
from dialogs.screens import Bubble, Button
from tests.clock import Clock


@dataclass
class Talker:
    """One person on one channel."""

    house: House
    name: str
    channel: str = "webchat"
    seen: list[Bubble] = field(default_factory=list)
    last_id: int = 0
    numbers: Any = field(default_factory=count)

    def write(self, text: str, *, read: bool = True) -> list[Bubble]:
        """Write a message; what comes back (and whatever else is due), unless `read` is false."""
        return self._send(Reply(text), read=read)

    def tap(self, label: str, *, bubble: Bubble | None = None) -> list[Bubble]:
        """Tap a button of the last bubble (or of `bubble`) by its label."""
        return self._send(Reply(tap=self.button(label, bubble).tap))

    def sends(self, media: str) -> list[Bubble]:
        """Send what has no words: voice, image, document, sticker."""
        return self._send(Reply(media=media))

    def speaks(self, sound: bytes) -> list[Bubble]:
        """Send a voice message, which the house hears as it can."""

        async def fetch(file: str) -> bytes:
            del file
            return sound

        return self._send(Reply(media="voice"), file="1", fetch=fetch)

    def button(self, label: str, bubble: Bubble | None = None) -> Button:
        """The button that says this."""
        shown = bubble or next(b for b in reversed(self.seen) if b.buttons)
        found = [b for b in shown.buttons if label.casefold() in (b.row.casefold(), b.label.casefold())]
        found = found or [b for b in shown.buttons if label.casefold() in b.row.casefold()]
        assert found, f"no button {label!r} among {[b.row for b in shown.buttons]}"
        return found[0]

    def _send(self, reply: Reply, *, read: bool = True, file: str = "", fetch: Fetch | None = None) -> list[Bubble]:
        house, id = self.house, f"{self.name}-{next(self.numbers)}"
        inbound = Inbound(self.channel, self.name, id, reply, house.store.clock(), file=file)
        asyncio.run(turn.take(house, inbound, fetch))
        return self.read() if read else []

    def read(self) -> list[Bubble]:
        """Take what is due for anybody, and read what came for this person."""
        while asyncio.run(turn.take_due(self.house)):
            pass
        self._wait(1)  # replies to free text are held for a moment
        with self.house.store.begin() as tx:
            rows = messages.after(tx, self.channel, self.name, self.last_id)
            messages.handed(tx, [row.id for row in rows])
        self._wait(3)  # what is written from now on is no piece of the message before
        new = [Bubble.from_json(row.body) for row in rows]
        self.last_id = max([self.last_id, *(row.id for row in rows)])
        self.seen.extend(new)
        return new

    def _wait(self, seconds: float) -> None:
        clock = self.house.store.clock
        if isinstance(clock, Clock):
            clock.advance(seconds=seconds)

    @property
    def text(self) -> str:
        """The last bubble's words."""
        return self.seen[-1].text if self.seen else ""
