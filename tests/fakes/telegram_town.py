"""Tessere on the fake Bot API: one installation, delivering and hearing, by polling or by webhook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import clock as ticking
from bot import web
from bot.channels.telegram import Telegram
from bot.channels.telegram_polling import connect
from bot.deliver import Delivery
from bot.house import House
from tests.clock import Clock
from tests.fakes.serving import free_port, serving
from tests.fakes.telegram import TOKEN, BotApi, bot_api
from tests.fakes.telegram_person import Person
from tests.houses import opened, warm
from tests.running import running


@dataclass
class Town:
    """What a test holds: the world outside, and the installation."""

    api: BotApi
    house: House
    base: str = ""  # of the web server; '' when polling

    def person(self, name: str = "Anna", language: str = "it") -> Person:
        """Somebody new."""
        return Person(self.api, name, language)

    @property
    def clock(self) -> Clock:
        """The clock of both."""
        clock = self.house.store.clock
        assert isinstance(clock, Clock)
        return clock


@contextmanager
def town(folder: Path, *, webhook: bool = False, parts: bool = True, **variables: str) -> Iterator[Town]:
    """A house whose clock stands still and that answers at once; with `parts`, everything of it runs."""
    warm()
    clock = Clock()
    with ExitStack() as stack:
        api, address = stack.enter_context(bot_api(clock))
        port = free_port()
        base = f"http://127.0.0.1:{port}" if webhook else ""
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": address, "PUBLIC_BASE_URL": base,
            "TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0", **variables,
        }  # fmt: skip
        house = stack.enter_context(opened(f"sqlite:///{folder / 'tessere.db'}", folder, **settings))
        house.store.clock = clock
        if webhook:
            stack.enter_context(serving(web.application(house), port=port))
        if parts:
            stack.enter_context(running(lambda: _deliver(house), lambda: connect(house), lambda: ticking.work(house)))
        yield Town(api, house, base)


async def _deliver(house: House) -> None:
    channel = Telegram(house)
    channel.pace = 0.0  # the clock stands still
    try:
        await Delivery(house, channel).run()
    finally:
        await channel.client.close()
