"""Telegram as a channel: a bubble becomes a message with buttons, and what Telegram refuses becomes a ChannelError.

The library is codec and client only. Nothing is sent as HTML or Markdown: what people wrote is never markup.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from typing import Any

# A wait is then a timedelta; without it the library warns at each 429. Read when it makes the error.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot import reading
from bot.channels.telegram_request import Request, Unanswered, fields
from bot.channels.telegram_updates import ACCOUNT, KINDS
from bot.deliver import Channel, ChannelError, Fault, Letter
from bot.house import House
from bot.logs import log
from catalog_store import messages
from catalog_store.settings import Settings
from dialogs import screens

CONNECTIONS, PATIENCE = 40, 15.0  # at once; seconds for one request
NO_PREVIEW = {"is_disabled": True}  # LinkPreviewOptions of the Bot API
# What Telegram says in a 400 (https://github.com/tdlib/telegram-bot-api, Client.cpp), in lower case → what it is.
_REFUSALS: tuple[tuple[str, Fault], ...] = (
    ("chat not found", "blocked"),
    ("user not found", "blocked"),
    ("peer_id_invalid", "blocked"),
    ("user_is_blocked", "blocked"),
    ("user is deactivated", "blocked"),
    ("button", "shape"),
    ("keyboard", "shape"),
    ("reply markup", "shape"),
    ("reply_markup", "shape"),
)


class Client:
    """The Bot API of one token. `close` it where its loop ends before the process does."""

    def __init__(self, settings: Settings) -> None:
        base = settings.telegram_api_base
        self.request = Request(CONNECTIONS, PATIENCE)
        self.bot = Bot(
            settings.telegram_bot_token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot",
            request=self.request, get_updates_request=self.request,
        )  # fmt: skip

    async def ask(self, method: str, *, wait: float = 0.0, **said: Any) -> Any:
        """Call a method of the Bot API, which may take so many seconds more; its result as it comes.

        The library makes objects of what is said and answered, at the cost of the call itself: so it is asked for what
        happens seldom, and this for what happens at each message. Raises TelegramError.
        """
        url = f"{self.bot.base_url}/{method}"
        return await self.request.post(url, fields(said), read_timeout=wait + PATIENCE)

    async def updates(self, offset: int, seconds: int) -> list[dict[str, Any]]:
        """Wait so many seconds for updates, as they come: the library's own call would log one that it cannot read.

        An `offset` confirms all before it; 0 confirms nothing. Raises TelegramError.
        """
        after = {"offset": offset} if offset else {}
        return list(await self.ask("getUpdates", wait=seconds, timeout=seconds, allowed_updates=KINDS, **after))

    async def sound(self, file_id: str) -> bytes:
        """What is in a file that somebody sent: Telegram keeps it within 20 MB. Raises TelegramError."""
        told = await self.ask("getFile", file_id=file_id)
        return await self.request.retrieve(f"{self.bot.base_file_url}/{told['file_path']}")

    async def close(self) -> None:
        """Close the connections."""
        await self.request.shutdown()


async def quietly(asked: Awaitable[Any]) -> None:
    """Ask for something that only looks nicer: when it is refused nothing else changes."""
    try:
        await asked
    except TelegramError as error:
        log().debug("telegram.gesture", kind=type(error).__name__)


class Telegram(Channel):
    """The channel that delivery sends to."""

    account = ACCOUNT
    pace = 1.0  # seconds; Telegram: about one message a second to one chat
    rate = 30.0  # messages a second to all chats together

    def __init__(self, house: House) -> None:
        self.house, self.client = house, Client(house.settings)

    async def send(self, letter: Letter) -> str | None:
        """Send the bubble, after taking away the one that it stands for. Raises ChannelError."""
        chat, bubble = int(letter.address), letter.bubble
        ask = self.client.ask
        if bubble.replaces and (earlier := await asyncio.to_thread(self._sent_as, bubble.replaces)):
            await quietly(ask("deleteMessage", chat_id=chat, message_id=int(earlier)))
        if letter.form == "numbered":
            shown: dict[str, Any] = {"text": screens.written(bubble, screens.LIMITS[ACCOUNT].text)}
        else:
            shown = screens.telegram(bubble)
        if bubble.aloud and (read := await reading.voice(self.house, bubble, letter.language)):
            return await self._read(chat, read, shown.get("reply_markup"))
        try:
            sent = await ask("sendMessage", chat_id=chat, link_preview_options=NO_PREVIEW, **shown)
        except TelegramError as error:
            raise self._fault(error) from None
        return str(sent["message_id"])

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _read(self, chat: int, sound: bytes, keyboard: Any) -> str:
        try:
            sent = await self.client.bot.send_voice(chat, InputFile(sound, "leggimi.ogg"), reply_markup=keyboard)
        except TelegramError as error:
            raise self._fault(error) from None
        return str(sent.message_id)

    def _sent_as(self, outbox_id: int) -> str | None:
        with self.house.store.reading() as tx:
            return messages.provider_id(tx, outbox_id)

    def _fault(self, error: TelegramError) -> ChannelError:
        """What to do about a refusal. Telegram's sentence is not kept: it may quote ours."""
        match error:
            case RetryAfter():
                wait: Any = error.retry_after
                return ChannelError("429", retry_at=self.house.store.clock() + wait)
            case Forbidden():
                return ChannelError("403", "blocked")
            case ChatMigrated():
                return ChannelError("migrated", "blocked")
            case BadRequest():
                said = error.message.lower()
                about, fault = next(((about, fault) for about, fault in _REFUSALS if about in said), ("", "content"))
                return ChannelError(f"400 {about}".strip(), fault)
            case InvalidToken() | Conflict():
                complain(error)
                return ChannelError(type(error).__name__)
            case NetworkError():
                return ChannelError(type(error).__name__, doubtful=isinstance(error, TimedOut | Unanswered))
        return ChannelError(type(error).__name__)


def complain(error: TelegramError) -> None:
    """Say what whoever runs this must look at, by the name of the variable."""
    if isinstance(error, InvalidToken):
        log().error("telegram.refused", variable="TELEGRAM_BOT_TOKEN", why="Telegram does not know this token")
    elif isinstance(error, Conflict):
        log().error(
            "telegram.conflict", variable="TELEGRAM_BOT_TOKEN",
            why="another program polls this bot, or has given it a webhook; only one may",
        )  # fmt: skip
    else:
        log().warning("telegram.unreachable", kind=type(error).__name__)
