"""The terminal as a channel: what a person types is a message, what is due to them is printed.

A line that ends with a backslash is a piece of a message: its reply waits for the rest.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

from bot import turn
from bot.deliver import Delivery
from bot.house import House
from bot.inbound import Inbound
from dialogs.replies import Reply
from dialogs.screens import Bubble, numbered

PIECE = "\\"


class Terminal:
    """One person at one keyboard. What is said and typed may be recorded as a transcript."""

    account = "terminal"
    pace = 0.0

    def __init__(
        self, house: House, who: str, write: Callable[[str], None] = print, record: Path | None = None
    ) -> None:
        self.house, self.who, self.write = house, who, write
        self.delivery = Delivery(house, self, only=who)
        self.record = record
        if record:
            record.write_text("", encoding="utf-8")

    async def send(self, address: str, bubble: Bubble) -> str | None:
        """Print the bubble."""
        del address
        text = numbered(bubble)
        self.write(text + "\n")
        self._note("".join(f"< {line}".rstrip() + "\n" for line in text.splitlines()))
        return None

    async def hear(self, line: str) -> None:
        """Take what was typed, and show what is due when no piece is to follow."""
        piece = line.endswith(PIECE)
        self._note(f"> {line}\n")
        text = line.removesuffix(PIECE).strip()
        inbound = Inbound("terminal", self.who, token_hex(8), Reply(text), self.house.store.clock(), self.account)
        try:
            await turn.take(self.house, inbound)
        except turn.Unavailable as error:
            self.write("\n\n".join(error.danger) or "Adesso non riesco a scrivere: riprovi fra poco.")
        if not piece:
            await self.show()

    async def show(self) -> None:
        """Take and print whatever is due, until nothing is."""
        while await turn.take_due(self.house) + await self.delivery.once():
            pass

    def _note(self, text: str) -> None:
        if self.record:
            with self.record.open("a", encoding="utf-8") as file:
                file.write(text)


async def chat(house: House, who: str, record: Path | None = None) -> None:
    """Talk until the input ends; everything due is printed first."""
    terminal = Terminal(house, who, record=record)
    if not sys.stdin.isatty():
        for line in _lines():
            await terminal.hear(line)
        await terminal.show()
        return
    watching = asyncio.create_task(_watch(terminal))
    try:
        while line := await asyncio.to_thread(_read):
            await terminal.hear(line)
    finally:
        watching.cancel()
    await terminal.show()


async def _watch(terminal: Terminal) -> None:
    """Later replies arrive by themselves while nobody types."""
    while True:
        await terminal.house.wake.wait()
        await terminal.show()


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        if line.strip():
            yield line.rstrip("\n")


def _read() -> str:
    """A line that is not empty, or '' at the end of the input."""
    try:
        while not (line := input("> ").strip()):
            pass
    except EOFError:
        return ""
    return line
