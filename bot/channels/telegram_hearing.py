"""One update from Telegram, however it came: the tap is acknowledged, the turn taken, the tapped question redrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from telegram.constants import ChatAction

from bot import gap, turn
from bot.channels import telegram_updates as updates
from bot.channels.telegram import NO_PREVIEW, Client, quietly
from bot.channels.telegram_updates import ACCOUNT, Membership, Tap
from bot.house import House
from bot.inbound import Inbound
from bot.metrics import MESSAGES
from catalog_store import people

SLOW, TYPING = 1.0, 4.5  # seconds: after which a turn is long, and for which Telegram shows that somebody types


class Hearing:
    """What this process does with updates. Gestures (acknowledging, redrawing, typing) never disturb a turn."""

    def __init__(self, house: House, client: Client) -> None:
        self.house, self.client = house, client
        self._gestures = set[asyncio.Task[None]]()
        self._alarmed = set[str]()  # messages whose danger was answered although no turn could be taken

    async def hear(self, raw: dict[str, Any]) -> None:
        """Take one update, committed when this returns. Raises turn.Unavailable when nothing was seen."""
        told = updates.understood(raw, self.house.store.clock())
        if told.tap is not None:
            self._gesture(self.client.ask("answerCallbackQuery", callback_query_id=told.tap.query))
        if told.inbound is not None:
            taken = await self._turn(told.inbound)
            if told.tap is not None and taken is not None:
                self._redraw(told.inbound.address, told.tap, taken=taken)
        if told.membership is not None:
            await self._changed(told.membership)

    def forgotten(self) -> bool:
        """Is it time to note again that Telegram reaches us?"""
        return gap.forgotten(self.house, ACCOUNT)

    async def note(self) -> None:
        """Telegram reaches us; after a long gap, whoever may have lost a message is told."""
        await gap.noticed(self.house, ACCOUNT)

    async def close(self) -> None:
        """Let the gestures under way end, and the connections with them."""
        await asyncio.gather(*self._gestures, return_exceptions=True)
        await self.client.close()

    async def _turn(self, inbound: Inbound) -> bool | None:
        typing = asyncio.create_task(self._typing(int(inbound.address)))
        try:
            with MESSAGES.labels(ACCOUNT).time():
                return await turn.take(self.house, inbound, self.client.sound)
        except turn.Unavailable as error:
            if error.danger and inbound.provider_id not in self._alarmed:  # it will come again, and again
                self._alarmed.add(inbound.provider_id)
                text = "\n\n".join(error.danger)
                self._gesture(self.client.ask("sendMessage", chat_id=int(inbound.address), text=text))
            raise
        finally:
            typing.cancel()

    async def _typing(self, chat: int) -> None:
        await asyncio.sleep(SLOW)
        while True:
            await quietly(self.client.ask("sendChatAction", chat_id=chat, action=ChatAction.TYPING))
            await asyncio.sleep(TYPING)

    def _redraw(self, address: str, tap: Tap, *, taken: bool) -> None:
        """Under the question what was chosen, and nothing to tap any more; only that, when the question had passed."""
        ask, tapped = self.client.ask, {"chat_id": int(address), "message_id": tap.message_id}
        text = updates.chosen(tap) if taken else None
        if tap.turns_page and taken:
            return
        if text is not None:
            self._gesture(ask("editMessageText", text=text, link_preview_options=NO_PREVIEW, **tapped))
        elif tap.message_id:
            self._gesture(ask("editMessageReplyMarkup", **tapped))

    async def _changed(self, changed: Membership) -> None:
        """Somebody blocked the bot or let it in again; a group that it was put into is left."""
        if changed.private:
            await self.house.store.write(self._reported, changed)
        elif changed.inside:
            self._gesture(self.client.ask("leaveChat", chat_id=changed.chat))

    def _reported(self, changed: Membership) -> None:
        with self.house.store.begin() as tx:
            people.reported(tx, ACCOUNT, str(changed.chat), reachable=changed.inside, at=changed.at)

    def _gesture(self, asked: Awaitable[Any]) -> None:
        """Ask without waiting; a reference is kept, or the task might be collected."""
        task = asyncio.create_task(quietly(asked))
        self._gestures.add(task)
        task.add_done_callback(self._gestures.discard)
