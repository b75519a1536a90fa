"""How Telegram's updates reach us: by a webhook, if the installation has a public address, or else by asking for them.

One process asks for an account's updates at a time: the one that holds the lease. They are confirmed once their turns
are committed, so that a crash loses none; what comes twice is taken once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from telegram import BotCommand
from telegram.error import TelegramError

from bot import turn
from bot.channels import telegram_webhook as webhook
from bot.channels.telegram import Client, complain
from bot.channels.telegram_hearing import Hearing
from bot.channels.telegram_updates import ACCOUNT, KINDS
from bot.house import House
from bot.logs import log, report
from catalog_store import messages
from catalog_store.connect import TRANSIENT
from dialogs.command_menu import MENU
from dialogs.locale import ITALIAN, LANGUAGES, spoken

LONG_POLL = 10  # seconds that Telegram holds a question for updates
LEASE = 25.0  # seconds: longer than a poll; after a kill nobody asks until it ends
POLL = f"{ACCOUNT} poll"  # the lease of whoever asks
AT_ONCE = 40  # webhook calls that Telegram may have open
LOOK = 1800.0  # seconds between two looks whether Telegram reaches the webhook
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds before asking again after something went wrong


async def connect(house: House) -> None:
    """Hear Telegram until cancelled, and give it the menu of commands."""
    hearing = Hearing(house, Client(house.settings))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(persist(lambda: set_commands(hearing.client)))
            if house.settings.public_base_url:
                await persist(lambda: set_webhook(house, hearing.client))
                while True:  # the web server takes them
                    await persist(lambda: watch(hearing))
                    await asyncio.sleep(LOOK)
            await Polling(hearing).run()
    finally:
        await hearing.close()


async def set_webhook(house: House, client: Client) -> None:
    """Tell Telegram where to call. Raises TelegramError."""
    await client.bot.set_webhook(
        house.settings.public_base_url + webhook.PATH, secret_token=webhook.secret(house), allowed_updates=KINDS,
        max_connections=AT_ONCE, drop_pending_updates=False,
    )  # fmt: skip


async def watch(hearing: Hearing) -> None:
    """When Telegram has nothing left for us, it reaches us, though nobody may write for days. Raises TelegramError."""
    told = await hearing.client.bot.get_webhook_info()
    if not told.pending_update_count:
        await hearing.note()


async def set_commands(client: Client) -> None:
    """The menu beside the keyboard, in each language that is spoken; Italian for all others. Raises TelegramError."""
    for language in LANGUAGES:
        commands = [BotCommand(spoken(name, language), spoken(about, language)) for name, about in MENU]
        await client.bot.set_my_commands(commands, language_code=None if language == ITALIAN else language)


async def persist(act: Callable[[], Awaitable[None]]) -> None:
    """Until Telegram has taken it; nobody waits for this."""
    for wait in waits():
        try:
            await act()
            return
        except TelegramError as error:
            complain(error)
            await asyncio.sleep(wait)


def waits() -> Iterator[float]:
    """Seconds, longer each time."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * 2, LONGEST_WAIT)


class Polling:
    """Asks for the updates of one account."""

    def __init__(self, hearing: Hearing) -> None:
        self.house, self.client, self.hearing = hearing.house, hearing.client, hearing
        self.holder = secrets.token_hex(8)
        self.offset = 0  # confirms what was taken; 0 when there is nothing to confirm
        self.ours = False  # has Telegram been told that nobody is to be called?

    async def run(self) -> None:
        """Until cancelled; another process may then ask at once."""
        pauses = waits()
        try:
            while True:
                if await self._round():
                    pauses = waits()
                else:
                    await asyncio.sleep(next(pauses))
        finally:
            await self.house.store.write(self._release)

    async def _round(self) -> bool:
        """Ask once, whatever happens; False when the next question should wait."""
        try:
            return await self.once()
        except TelegramError as error:
            complain(error)
        except (turn.Unavailable, *TRANSIENT) as error:
            log().warning("telegram.not_taken", kind=type(error).__name__)  # not confirmed: it comes again
        except Exception as error:  # noqa: BLE001  the next question is asked all the same
            report(error)
        return False

    async def once(self) -> bool:
        """Ask once and take what comes; False when another process asks."""
        if not await self.house.store.write(self._lease):
            self.ours = False
            return False
        if not self.ours:
            await self.client.bot.delete_webhook(drop_pending_updates=False)
            self.ours = True
        # The offset is given once only: after a quiet week Telegram may count from a lower number.
        found = await self.client.updates(self.offset, LONG_POLL)
        self.offset = 0
        await self._take(found)
        self.offset = max((update["update_id"] for update in found), default=-1) + 1
        await self.hearing.note()
        return True

    async def _take(self, found: list[dict[str, Any]]) -> None:
        """Of different people together, of one person in order. Raises what the first that failed raised."""
        by_person = defaultdict[object, list[dict[str, Any]]](list)
        for update in found:
            by_person[_whose(update)].append(update)
        results = await asyncio.gather(*map(self._in_order, by_person.values()), return_exceptions=True)
        for result in results:
            if result is not None:
                raise result

    async def _in_order(self, found: list[dict[str, Any]]) -> None:
        for update in found:
            await self.hearing.hear(update)

    def _lease(self) -> bool:
        with self.house.store.begin() as tx:
            return messages.lease(tx, POLL, self.holder, LEASE)

    def _release(self) -> None:
        with self.house.store.begin() as tx:
            messages.let_go(tx, POLL, self.holder)


def _whose(update: dict[str, Any]) -> object:
    """Who did what an update tells: the id of its sender."""
    senders = (told["from"] for told in update.values() if isinstance(told, dict) and "from" in told)
    return next((str(sender.get("id")) for sender in senders if isinstance(sender, dict)), None)
