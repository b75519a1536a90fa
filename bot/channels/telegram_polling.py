"""How Telegram's updates reach us: by a webhook, if the installation has a public address, or else by asking for them.

One process asks for an account's updates at a time: the one that holds the lease. They are confirmed once their turns
are committed, so that a crash loses none; what comes twice is taken once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
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
MOMENT = 0.1  # seconds for which one long turn may keep others from being heard
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
    """Asks for the updates of one account, while the turns of those that came before are still being taken.

    What is asked with confirms only what lies before the first update that is not taken: Telegram repeats the rest, and
    what is known of it is passed over. So a crash loses nothing, and one long turn holds up nobody else.
    """

    def __init__(self, hearing: Hearing) -> None:
        self.house, self.client, self.hearing = hearing.house, hearing.client, hearing
        self.holder = secrets.token_hex(8)
        self.ours = False  # has Telegram been told that nobody is to be called?
        self._came: list[int] = []  # what Telegram told of the last time: nothing of it is confirmed yet
        self._taken = set[int]()  # of these
        self._lanes = dict[object, deque[dict[str, Any]]]()  # under way: what each person did, in order
        self._draining = set[asyncio.Task[None]]()
        self._failure: BaseException | None = None  # of the first turn that could not be taken since the last question
        self._stirred = asyncio.Event()  # a turn is over

    async def run(self) -> None:
        """Until cancelled; what is under way then is waited for."""
        pauses = waits()
        try:
            while True:
                if await self._round():
                    pauses = waits()
                else:
                    await asyncio.sleep(next(pauses))
        finally:
            await self.finish()
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
        """Ask once and take what comes, until it is time to ask again; False when another process asks.

        Raises TelegramError, and what the first turn raised that could not be taken: its update comes again.
        """
        if not await self.house.store.write(self._lease):
            self.ours = False
            return False
        if not self.ours:
            await self.client.bot.delete_webhook(drop_pending_updates=False)
            self.ours = True
        self._failure = None
        found = await self.client.updates(self._confirmed(), LONG_POLL)
        self._begin(found)
        await self._settle()
        if self._failure is not None:
            raise self._failure
        return True

    async def finish(self) -> None:
        """Wait for the turns under way."""
        while self._draining:
            await asyncio.wait(self._draining)

    def _confirmed(self) -> int:
        """The offset: after all that is taken; 0 when there is nothing to confirm.

        After a quiet week Telegram may count from a lower number: so an offset is forgotten once nothing came after it.
        """
        after = self._came[-1] + 1 if self._came else 0
        return next((id for id in self._came if id not in self._taken), after)

    def _begin(self, found: list[dict[str, Any]]) -> None:
        """Take what is new: of different people together, of one person in order."""
        under_way = {update["update_id"] for lane in self._lanes.values() for update in lane}
        self._came = [update["update_id"] for update in found]
        self._taken &= set(self._came)
        for update in found:
            if update["update_id"] in self._taken | under_way:
                continue
            whose = _whose(update)
            if (lane := self._lanes.get(whose)) is not None:
                lane.append(update)
                continue
            self._lanes[whose] = deque([update])
            task = asyncio.create_task(self._drain(whose))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)

    async def _drain(self, whose: object) -> None:
        """What a person did; after a failure the rest of it comes again too."""
        lane = self._lanes[whose]
        try:
            while lane:
                await self.hearing.hear(lane[0])
                self._taken.add(lane.popleft()["update_id"])
                self._stirred.set()
        except Exception as error:  # noqa: BLE001  told by whoever asks
            self._failure = self._failure or error
        finally:
            del self._lanes[whose]
            self._stirred.set()

    async def _settle(self) -> None:
        """Until half of what is under way is over, or a moment has passed: the rest does not hold up who writes now.

        Once in a while all of it: only then is known that nothing is left from a time in which Telegram was not heard.
        """
        if self.hearing.forgotten():
            await self.finish()
            await self.hearing.note()
        half = len(self._lanes) // 2
        with suppress(TimeoutError):  # wait_for of Python 3.11 may lose a cancellation
            async with asyncio.timeout(MOMENT):
                while len(self._lanes) > half:
                    self._stirred.clear()
                    await self._stirred.wait()

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
