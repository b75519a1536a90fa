"""From the outbox to a channel: in order for each address and lane, paced, backing off, giving up visibly.

A channel account is delivered by the one process that holds its lease; another stands by. A send that was under way
when its process died is sent again: for what we say, twice is better than never.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import structlog

from bot.house import House
from catalog_store import deliveries, messages
from catalog_store.messages import Outgoing
from dialogs.screens import Bubble

LEASE = 30.0  # seconds
FIRST_WAIT, LONGEST_WAIT = 2.0, 900.0  # seconds between the tries of one row
log = structlog.get_logger()


Fault = Literal["busy", "blocked", "window", "shape", "content"]


class ChannelError(Exception):
    """The channel could not take it. `reason` is a code of ours or the provider's, never words of people.

    busy: later, at `retry_at` if the provider says when; blocked: this address takes nothing from us any more; window:
    only a template may be sent now; shape: nothing to tap is taken here, words are; content: it will never be taken.
    """

    def __init__(self, reason: str, fault: Fault = "busy", *, retry_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason, self.fault, self.retry_at = reason, fault, retry_at


@dataclass(frozen=True)
class Letter:
    """What a channel is handed: to whom, what, in which language it is written, and in which form it may go.

    tapped: with what can be tapped; numbered: as text alone; knock: only the approved template, which says that a
    message waits.
    """

    address: str
    bubble: Bubble
    language: str = "it"
    form: Literal["tapped", "numbered", "knock"] = "tapped"
    expires_at: datetime | None = None  # past this it is better not to arrive


class Channel(Protocol):
    """What delivery needs of a channel: nothing but to send. `account` is the channel's name."""

    account: str
    pace: float  # seconds between two bubbles to one address

    async def send(self, letter: Letter) -> str | None:
        """Send; the provider's id of the message, if it has one. Raises ChannelError."""


class Delivery:
    """Delivers one account. `only`: one address of it, for a channel that a single person holds (the terminal)."""

    def __init__(self, house: House, channel: Channel, *, only: str | None = None) -> None:
        self.house, self.channel, self.only = house, channel, only
        self.holder = secrets.token_hex(8)
        self.lease = channel.account if only is None else f"{channel.account}/{only}"[:60]

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            if not await self.once():
                await self.house.wake.wait()

    async def once(self) -> int:
        """Send what is due now; how many rows were dealt with."""
        due = await self.house.store.write(self._due)
        by_address: dict[str, list[Outgoing]] = defaultdict(list)
        for row in due:
            by_address[row.address].append(row)
        await asyncio.gather(*(self._to_one(rows) for rows in by_address.values()))
        return len(due)

    async def _to_one(self, rows: list[Outgoing]) -> None:
        for number, row in enumerate(rows):
            if number and self.channel.pace:
                await asyncio.sleep(self.channel.pace)
            await self._send(row)

    async def _send(self, row: Outgoing) -> None:
        try:
            provider_id = await self.channel.send(
                Letter(row.address, Bubble.from_json(row.body), expires_at=row.expires_at)
            )
        except ChannelError as error:
            await self.house.store.write(self._put_off, row, error)
        except Exception as error:  # noqa: BLE001  one bubble never stops the others
            log.error(  # noqa: TRY400  a traceback may hold people's words
                "deliver.fault", outbox=row.id, kind=type(error).__name__
            )
            await self.house.store.write(self._put_off, row, ChannelError(type(error).__name__))
        else:
            await self.house.store.write(self._sent, row, provider_id)

    def _due(self) -> list[Outgoing]:
        with self.house.store.begin() as tx:
            messages.expire(tx)
            if not messages.lease(tx, self.lease, self.holder, LEASE):
                return []
            return messages.outgoing(tx, self.channel.account, only=self.only)

    def _sent(self, row: Outgoing, provider_id: str | None) -> None:
        with self.house.store.begin() as tx:
            messages.handed(tx, [row.id], provider_id)

    def _put_off(self, row: Outgoing, error: ChannelError) -> None:
        wait = 0.0 if error.fault == "shape" else min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
        with self.house.store.begin() as tx:
            if error.fault == "content":
                messages.give_up(tx, row.id, error.reason)
            else:
                messages.retry(tx, row.id, error.retry_at or tx.now + timedelta(seconds=wait), error.reason)


async def refused(house: House, account: str, provider_id: str, error: ChannelError) -> None:
    """The provider says afterwards that it could not deliver what it had taken."""
    await house.store.write(_refused, house, account, provider_id, error)
    house.wake.wake()


def _refused(house: House, account: str, provider_id: str, error: ChannelError) -> None:
    with house.store.begin() as tx:
        row = deliveries.get(tx, account, provider_id)
        if row is not None and error.fault == "shape":  # its shape is known to be refused: it goes as text
            messages.resend(tx, row.id)
        elif row is not None:
            messages.give_up(tx, row.id, error.reason)
