"""One update from Telegram, however it came: the tap is acknowledged, the turn taken, the tapped question redrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

import structlog
from telegram.constants import ChatAction

from bot import turn
from bot.channels import telegram_updates as updates
from bot.channels.telegram import NO_PREVIEW, Client, quietly
from bot.channels.telegram_updates import ACCOUNT, Membership, Tap
from bot.house import House
from bot.inbound import Inbound
from bot.metrics import MESSAGES
from catalog_store import accounts, people

SLOW, TYPING = 1.0, 4.5  # seconds: after which a turn is long, and for which Telegram shows that somebody types
NOTED = timedelta(minutes=1)  # how often it is written down that Telegram reaches us
log = structlog.get_logger()


class Hearing:
    """What this process does with updates. Gestures (acknowledging, redrawing, typing) never disturb a turn."""

    def __init__(self, house: House, client: Client) -> None:
        self.house, self.client = house, client
        self._gestures = set[asyncio.Task[None]]()
        self._alarmed = set[str]()  # messages whose danger was answered although no turn could be taken
        self._noted: datetime | None = None

    async def hear(self, raw: dict[str, Any]) -> None:
        """Take one update, committed when this returns. Raises turn.Unavailable when nothing was seen."""
        update = updates.read(raw)
        if update is None:
            return
        tap, inbound = updates.tapped(update), updates.parse(update, self.house.store.clock())
        if tap is not None:
            self._gesture(self.client.bot.answer_callback_query(tap.query))
        if inbound is not None:
            taken = await self._turn(inbound)
            if tap is not None and taken is not None:
                self._redraw(inbound.address, tap, taken=taken)
        elif (changed := updates.membership(update)) is not None:
            await self._changed(changed)

    async def note(self) -> None:
        """Write down, now and then, that Telegram reaches us."""
        now = self.house.store.clock()
        if self._noted is None or now - self._noted >= NOTED:
            await self.house.store.write(self._note)
            self._noted = now

    async def close(self) -> None:
        """Let the gestures under way end, and the connections with them."""
        await asyncio.gather(*self._gestures, return_exceptions=True)
        await self.client.close()

    async def _turn(self, inbound: Inbound) -> bool | None:
        typing = asyncio.create_task(self._typing(int(inbound.address)))
        try:
            with MESSAGES.labels(ACCOUNT).time():
                return await turn.take(self.house, inbound)
        except turn.Unavailable as error:
            if error.danger and inbound.provider_id not in self._alarmed:  # it will come again, and again
                self._alarmed.add(inbound.provider_id)
                self._gesture(self.client.bot.send_message(int(inbound.address), "\n\n".join(error.danger)))
            raise
        finally:
            typing.cancel()

    async def _typing(self, chat: int) -> None:
        await asyncio.sleep(SLOW)
        while True:
            await quietly(self.client.bot.send_chat_action(chat, ChatAction.TYPING))
            await asyncio.sleep(TYPING)

    def _redraw(self, address: str, tap: Tap, *, taken: bool) -> None:
        """Under the question what was chosen, and nothing to tap any more; only that, when the question had passed."""
        bot, chat = self.client.bot, int(address)
        text = updates.chosen(tap) if taken else None
        if tap.turns_page and taken:
            return
        if text is not None:
            self._gesture(bot.edit_message_text(text, chat, tap.message_id, link_preview_options=NO_PREVIEW))
        elif tap.message_id:
            self._gesture(bot.edit_message_reply_markup(chat, tap.message_id))

    async def _changed(self, changed: Membership) -> None:
        """Somebody blocked the bot or let it in again; a group that it was put into is left."""
        if changed.private:
            await self.house.store.write(self._reported, changed)
        elif changed.inside:
            self._gesture(self.client.bot.leave_chat(changed.chat))

    def _reported(self, changed: Membership) -> None:
        with self.house.store.begin() as tx:
            people.reported(tx, ACCOUNT, str(changed.chat), reachable=changed.inside, at=changed.at)

    def _note(self) -> None:
        with self.house.store.begin() as tx:
            accounts.heard(tx, ACCOUNT)

    def _gesture(self, asked: Awaitable[Any]) -> None:
        """Ask without waiting; a reference is kept, or the task might be collected."""
        task = asyncio.create_task(quietly(asked))
        self._gestures.add(task)
        task.add_done_callback(self._gestures.discard)
