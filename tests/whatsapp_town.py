"""A town on WhatsApp: the program behind its web server, a Twilio of our own, people with telephones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import content, reconcile, turn
from bot.channels import whatsapp_hooks
from bot.channels.whatsapp import WhatsApp
from bot.deliver import Delivery
from bot.house import House
from tests.clock import Clock
from tests.fakes.twilio import ACCOUNT, SENDER, TOKEN, Twilio
from tests.fakes.twilio_http import answering
from tests.fakes.whatsapp import Phone
from tests.houses import fill, opened, warm
from tests.test_web import serving

PATIENCE = 60.0  # seconds for a turn: how busy the machine of the tests is should not show


class Town:
    """What a test needs of it. Nothing happens by itself: `settle` does whatever is due."""

    def __init__(self, house: House, twilio: Twilio) -> None:
        self.house, self.twilio = house, twilio
        self.channel = WhatsApp(house)
        self.channel.pace = 0.0
        self.delivery = Delivery(house, self.channel)

    @property
    def clock(self) -> Clock:
        clock = self.house.store.clock
        assert isinstance(clock, Clock)
        return clock

    def phone(self, address: str = "whatsapp:+393330000001", **more: Any) -> Phone:
        return Phone(self.twilio, address, **more)

    def settle(self) -> None:
        """Take and deliver what is due, and let Twilio say what became of it, until nothing is left."""
        for _ in range(30):
            done = asyncio.run(self._round())
            self.twilio.flush()
            if not done and not self.twilio.callbacks:
                break
        else:
            raise AssertionError("it never ends")
        self.clock.advance(seconds=5)

    async def _round(self) -> int:
        return await turn.take_due(self.house) + await self.delivery.once()

    def say(self, phone: Phone, text: str) -> str:
        """They write, and what comes back is on their screen."""
        phone.write(text)
        self.settle()
        return phone.screen

    def choose(self, phone: Phone, label: str) -> str:
        phone.choose(label)
        self.settle()
        return phone.screen

    def sync(self) -> list[tuple[str, str, bool]]:
        return list(content.sync(self.house, waits=(0.0,) * 4))

    def reconcile(self) -> int:
        self.clock.advance(seconds=reconcile.LEASE + 1)
        return asyncio.run(reconcile.reconcile(self.house, self.channel))


@contextmanager
def town(url: str, folder: Path, *, synced: bool = True, **settings: str) -> Iterator[Town]:
    """One with the demonstration catalogue."""
    warm()
    twilio = Twilio()
    with answering(twilio) as base, pytest.MonkeyPatch.context() as patch:
        patch.setattr(whatsapp_hooks, "PATIENCE", PATIENCE)
        twilio.base = base
        variables = {
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_BASE": base, "PUBLIC_BASE_URL": twilio.public, "TESSERE_DEMO": "0",
            "TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0", **settings,
        }  # fmt: skip
        with opened(url, folder, **variables) as house:
            twilio.clock = house.store.clock
            fill(house.store)
            made = Town(house, twilio)
            if synced:
                made.sync()
            with serving(house) as twilio.app:
                yield made
