"""The terminal as a channel: what a person types is a message, what is due to them is printed.

A line that ends with a backslash is a piece of a message: its reply waits for the rest.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

from bot import turn
from bot.deliver import Channel, Delivery, Letter
from bot.house import House
from bot.inbound import Inbound
from dialogs.replies import Reply
from dialogs.screens import numbered

PIECE = "\\"


class Terminal(Channel):
    """One person at one keyboard. What is said and typed may be recorded as a transcript."""

    pace = rate = 0.0

    def __init__(
        self,
        house: House,
        who: str,
        write: Callable[[str], None] = print,
        record: Path | None = None,
        account: str = "terminal",
    ) -> None:
        """`account`: the channel that a rehearsal plays at this keyboard."""
        self.house, self.who, self.write, self.account = house, who, write, account
        self.delivery = Delivery(house, self, only=who)
        self.busy = asyncio.Lock()  # one thing at a time: a message being taken, or what is due being printed
        self.holding = False  # a piece was typed: what is due waits for the rest
        self.record = record
        if record:
            record.write_text("", encoding="utf-8")

    async def send(self, letter: Letter) -> str | None:
        """Print the bubble."""
        text = numbered(letter.bubble)
        self.write(text + "\n")
        self._note("".join(f"< {line}".rstrip() + "\n" for line in text.splitlines()))
        return None

    async def hear(self, line: str) -> None:
        """Take what was typed, and show what is due when no piece is to follow."""
        self._note(f"> {line}\n")
        async with self.busy:
            self.holding = line.endswith(PIECE)
            text = line.removesuffix(PIECE).strip()
            now, house = self.house.store.clock(), self.house
            inbound = Inbound(self.account, self.who, token_hex(8), Reply(text), now, self.account)
            try:
                await turn.take(house, inbound)
            except turn.Unavailable as error:
                self.write("\n\n".join(error.danger) or "Adesso non riesco a scrivere: riprovi fra poco.")
        await self.show()

    async def show(self, *, last: bool = False) -> None:
        """Take and print whatever is due, until nothing is. `last`: also what was held for a piece that never came."""
        async with self.busy:
            if self.holding and not last:
                return
            while await turn.take_due(self.house) + await self.delivery.once():
                pass

    def _note(self, text: str) -> None:
        if self.record:
            with self.record.open("a", encoding="utf-8") as file:
                file.write(text)


async def chat(house: House, who: str, record: Path | None = None) -> None:
    """Talk until the input ends; everything due is printed first."""
    terminal = Terminal(house, who, record=record)
    if sys.stdin.isatty():
        await _at_keyboard(terminal)
    else:
        for line in _lines():
            await terminal.hear(line)
    await terminal.show(last=True)


async def _at_keyboard(terminal: Terminal) -> None:
    """Lines as they are typed, and later replies by themselves while nobody types."""
    typed: asyncio.Queue[str] = asyncio.Queue()
    # A daemon: Ctrl-C ends the program at once, not at the next Enter.
    threading.Thread(target=_read_into, args=(asyncio.get_running_loop(), typed), daemon=True).start()
    watching = asyncio.create_task(_watch(terminal))
    try:
        while line := await typed.get():
            await terminal.hear(line)
    finally:
        watching.cancel()


async def _watch(terminal: Terminal) -> None:
    while True:
        await terminal.house.wake.wait()
        await terminal.show()


def _read_into(loop: asyncio.AbstractEventLoop, typed: asyncio.Queue[str]) -> None:
    """Every line that is not empty, then '' at the end of the input."""
    line = " "
    while line:
        line = _read()
        loop.call_soon_threadsafe(typed.put_nowait, line)


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
