"""A channel in a test: it remembers what it was given, and misbehaves as it is told to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.deliver import Channel, Delivery, Letter
from bot.house import House
from catalog_store import messages, people
from catalog_store.schema import addresses, outbox
from dialogs.screens import Bubble, Button

TAP = (Button("Sì", "Sì", "", "1:x:0"),)
WHATSAPP = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret", "TWILIO_WHATSAPP_FROM": "whatsapp:+390550000",
    "PUBLIC_BASE_URL": "https://chat.example.org",
}  # fmt: skip
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1:secret"}
TEMPLATES = {"TWILIO_TEMPLATES": "it=HX" + "0" * 32}


@dataclass
class Provider(Channel):
    """`refuses`: by address, what it raises, once for each entry; `stuck`: addresses whose sends do not end."""

    account: str = "telegram"
    pace: float = 0.0
    rate: float = 0.0
    refuses: defaultdict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    stuck: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 0  # letters after which `arrived` is set
    ids: Any = field(default_factory=count)

    async def send(self, letter: Letter) -> str | None:
        if letter.address in self.stuck:
            await asyncio.Event().wait()
        if self.refuses[letter.address]:
            raise self.refuses[letter.address].pop(0)
        self.letters.append(letter)
        if len(self.letters) >= self.expected:
            self.arrived.set()
        return f"{self.account}-{next(self.ids)}"

    @property
    def sent(self) -> list[tuple[str, str, str]]:
        """(address, form, text) of each letter."""
        return [(one.address, one.form, one.bubble.text) for one in self.letters]


def post(house: House, address: str, text: str, *, channel: str = "telegram", **more: Any) -> int:
    """Somebody at this address has written, and is to read this."""
    with house.store.begin() as tx:
        person = people.recognise(tx, channel, address)
        body = Bubble((text,), more.pop("buttons", ())).to_json()
        return messages.post(tx, person.id, person.address_id, channel, body, **more)


def delivered(house: House, *providers: Provider, rounds: int = 6) -> None:
    """Deliver what may go now, until nothing more may."""

    async def deliver() -> None:
        for _ in range(rounds):
            for delivery in deliveries:
                await delivery.once()

    deliveries = [house_delivery(house, provider) for provider in providers]
    asyncio.run(deliver())


def house_delivery(house: House, provider: Provider) -> Delivery:
    """The one delivery of this provider: it keeps pace from one call to the next, and holds the lease."""
    known: dict[int, Delivery] = house.__dict__.setdefault("deliveries", {})
    return known.setdefault(id(provider), Delivery(house, provider))


async def running(house: House, provider: Provider, letters: int) -> None:
    """Deliver without a pause until this many letters have arrived."""
    provider.expected = letters
    task = asyncio.create_task(Delivery(house, provider).run())
    try:
        await asyncio.wait_for(provider.arrived.wait(), 20)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def row(house: House, id: int) -> Any:
    """The outbox row, with the channel and state of its address."""
    with house.store.reading() as tx:
        query = select(outbox, addresses.c.channel, addresses.c.state.label("open"), addresses.c.plain)
        return tx.execute(query.join(addresses).where(outbox.c.id == id)).one()


def rows(house: House, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every outbox row, in order."""
    with house.store.reading() as tx:
        found = select(*(outbox.c[name] for name in columns)).order_by(outbox.c.id)
        return [tuple(one) for one in tx.execute(found)]
