"""From the outbox to a channel: in order for each address and lane, paced, backing off, another way when refused.

A channel account is delivered by the one process that holds its lease; another stands by. What is being sent is marked
before: a send that was under way when its process died is sent again, and marked as such. For what we say, twice is
better than never.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from bot import ladder
from bot.channel import Channel, ChannelError, Fault, Letter
from bot.house import POLL, House
from bot.ladder import Sent
from bot.logs import log, report
from bot.pace import Pace
from catalog_store import dispatch, messages, reach
from catalog_store.connect import TRANSIENT, Transaction
from catalog_store.dispatch import Due
from catalog_store.reach import Form
from dialogs.screens import Bubble

__all__ = ["Channel", "ChannelError", "Delivery", "Fault", "Letter", "refused"]

T = TypeVar("T")
Over = tuple[Due, Form, Sent | ChannelError]  # a send that is over, and how
Guard = Callable[[Transaction, Due, Callable[[], T]], T | None]
LEASE = 10.0  # seconds: for which nothing goes out after a process was killed
ABREAST = 64  # sends under way at the same time, each to another address
PATIENCE = 60.0  # seconds for one send
LAST = 5.0  # seconds that what is under way has, when the process is told to stop


class Delivery:
    """Delivers one account. `only`: one address of it, for a channel that a single person holds (the terminal)."""

    def __init__(self, house: House, channel: Channel, *, only: str | None = None) -> None:
        self.house, self.channel, self.only = house, channel, only
        self.holder = secrets.token_hex(8)
        self.lease = channel.account if only is None else f"{channel.account}/{only}"[:60]
        ways = house.settings.ways()
        self.ways = reach.Ways(ways.channels | {channel.account}, ways.templates)
        self.pace = Pace(channel.pace, channel.rate)
        self._held_until: datetime | None = None  # the lease
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by address
        self._over: list[Over] = []  # sends that the database does not know of yet
        self._stirred = asyncio.Event()  # a send is over, or something was posted
        self._next: datetime | None = None  # when there is something to do without being woken

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is waited for, and the lease given back."""
        with self.house.wake.heard() as self._stirred:
            try:
                while True:
                    self._stirred.clear()
                    try:
                        await self._round()
                    except Exception as error:  # noqa: BLE001  the next round tries again
                        report(error)
                        self._next = None
                    await self._pause()
            finally:
                await asyncio.shield(self._stop())

    async def once(self) -> int:
        """Send what may go now, and wait for it; how many rows were dealt with."""
        dealt = await self._round()
        await asyncio.gather(*self._under_way.values())
        over = self._taken()
        await self.house.store.write(self._settle_all, over)
        self._forget(over)
        return dealt

    async def _round(self) -> int:
        """Write down what is over, claim what may go now and begin to send it; how many rows were dealt with."""
        over = self._taken()
        try:
            letters, dealt = await self._written_down(over)
        except BaseException:
            self._over += over
            raise
        self._forget(over)
        for due, form, letter in letters:
            self._under_way[due.door.id] = asyncio.create_task(self._send(due, form, letter))
        return dealt

    async def _written_down(self, over: list[Over]) -> tuple[list[tuple[Due, Form, Letter]], int]:
        """Savepoints cost as much as what they guard: they are made once something has broken."""
        try:
            return await self.house.store.write(self._turn, over, _plainly)
        except TRANSIENT:
            raise
        except Exception:  # noqa: BLE001  reported by the row that it was
            return await self.house.store.write(self._turn, over, _guarded)

    def _taken(self) -> list[Over]:
        over, self._over = self._over, []
        return over

    def _forget(self, over: list[Over]) -> None:
        for due, _, _ in over:
            del self._under_way[due.door.id]

    async def _pause(self) -> None:
        """Until something is posted, a send is over, or somebody may be written to again."""
        now = self.house.store.clock()
        wait = POLL if self._next is None else min(POLL, max(0.0, (self._next - now).total_seconds()))
        with suppress(TimeoutError):  # wait_for of Python 3.11 may lose a cancellation
            async with asyncio.timeout(wait):
                await self._stirred.wait()

    async def _send(self, due: Due, form: Form, letter: Letter) -> None:
        outcome: Sent | ChannelError
        try:
            async with asyncio.timeout(PATIENCE):
                outcome = Sent(await self.channel.send(letter))
        except ChannelError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001  one bubble never stops the others
            log().error("deliver.fault", outbox=due.id, kind=type(error).__name__)
            outcome = ChannelError(type(error).__name__, doubtful=isinstance(error, TimeoutError))
        self._over.append((due, form, outcome))  # and still under way, until the database knows of it
        if isinstance(outcome, Sent):
            self.pace.went(due.door.id, self.house.store.clock())
        self._stirred.set()

    def _turn(self, over: list[Over], guard: Guard[Any]) -> tuple[list[tuple[Due, Form, Letter]], int]:
        """One transaction: what is over is written down, what may go now is claimed, each in the form of today."""
        with self.house.store.begin() as tx:
            self._settle(tx, over, guard)
            letters: list[tuple[Due, Form, Letter]] = []
            self._next = None
            if not self._has_lease(tx):
                return letters, 0
            under_way = self._under_way.keys() - {due.door.id for due, _, _ in over}
            room = self.pace.left(tx.now, len(under_way), ABREAST)
            busy = self.pace.resting(tx.now) | under_way
            claimed = self._claim(tx, busy, room)
            for due in claimed:
                form = guard(tx, due, partial(ladder.form_of, tx, due, self.ways))
                if form is not None:
                    letters.append((due, form, self._letter(due, form)))
            self.pace.count(len(letters), tx.now)
            going = len(under_way) + len(letters)
            times = (self.pace.next(tx.now, going), dispatch.next_due(tx, self.channel.account))
            self._next = tx.now if len(letters) < len(claimed) else min(filter(None, times), default=None)
            return letters, len(claimed)

    def _claim(self, tx: Transaction, busy: set[int], room: int) -> list[Due]:
        if room < 1:
            return []
        return dispatch.claim(tx, self.channel.account, but=busy, only=self.only, limit=room)

    def _letter(self, due: Due, form: Form) -> Letter:
        language = due.message.language
        if form == "knock":
            language = reach.knock_language(language, self.ways.templates) or language
        doubt = due.begun_at if due.again else None
        return Letter(due.address, Bubble.from_json(due.body), language, form, due.message.expires_at, doubt)

    def _settle_all(self, over: list[Over]) -> None:
        with self.house.store.begin() as tx:
            self._settle(tx, over, _guarded)

    def _settle(self, tx: Transaction, over: list[Over], guard: Guard[None]) -> None:
        for due, form, outcome in over:
            guard(tx, due, partial(ladder.settle, tx, due, form, outcome))

    def _has_lease(self, tx: Transaction) -> bool:
        """Hold the account; the lease is written again when half of it is over."""
        if self._held_until is None or tx.now + timedelta(seconds=LEASE / 2) >= self._held_until:
            mine = messages.lease(tx, self.lease, self.holder, LEASE)
            self._held_until = tx.now + timedelta(seconds=LEASE) if mine else None
        return self._held_until is not None

    async def _stop(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=LAST)
        await self.house.store.write(self._let_go, self._taken())
        await self.channel.close()

    def _let_go(self, over: list[Over]) -> None:
        with self.house.store.begin() as tx:
            self._settle(tx, over, _guarded)
            messages.let_go(tx, self.lease, self.holder)


def _plainly(tx: Transaction, due: Due, act: Callable[[], T]) -> T:
    del tx, due
    return act()


def _guarded(tx: Transaction, due: Due, act: Callable[[], T]) -> T | None:
    """A row at which the ladder breaks is a dead letter, and stops no other."""
    try:
        with tx.connection.begin_nested():
            return act()
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001
        messages.give_up(tx, due.id, report(error))
        return None


async def refused(house: House, account: str, provider_id: str, error: ChannelError) -> None:
    """The provider says afterwards that a message was not delivered: what a refusal at once would have done."""
    if await house.store.write(_refused, house, account, provider_id, error):
        house.wake.wake()


def _refused(house: House, account: str, provider_id: str, error: ChannelError) -> bool:
    with house.store.begin() as tx:
        return ladder.refused_later(tx, account, provider_id, error)
