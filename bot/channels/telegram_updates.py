"""What Telegram tells us, read: a message, a tap, an edit, somebody who blocks the bot or comes back. Pure.

Only private chats are read. An edited message is no new one: it is marked as edited, and the turn hears danger in it,
reads the last piece of a story anew, and otherwise says that the first version counts. A place that moves is not
followed. Fields: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import CallbackQuery, ChatMember, Contact, Location, Message, Update

from bot import voice
from bot.inbound import Inbound
from bot.logs import log
from dialogs import screens
from dialogs.replies import Reply

ACCOUNT = "telegram"
KINDS = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]  # all that we ask for
PRIVATE = "private"
CHOSEN = "✓"  # before the label that was tapped, in every language
_MEDIA = {
    "voice": "voice", "audio": "voice", "photo": "image", "video": "video", "video_note": "video",
    "animation": "video", "sticker": "sticker", "dice": "sticker",
}  # fmt: skip
OLDEST = timedelta(hours=25)  # Telegram keeps what it could not hand over for a day: what is older was heard long ago
_MORE = ":more"  # the end of the tap that turns the page: the options on this one stay good


@dataclass(frozen=True)
class Tap:
    """A tap to acknowledge, and the message that it was on; `text` and `label` are empty when they are not known."""

    query: str
    message_id: int
    text: str = ""
    label: str = ""
    turns_page: bool = False


@dataclass(frozen=True)
class Membership:
    """The bot was let in or thrown out of a chat at this time."""

    chat: int
    private: bool
    inside: bool
    at: datetime


@dataclass(frozen=True)
class Told:
    """What an update says: at most a message and the tap it came by, or a membership."""

    inbound: Inbound | None = None
    tap: Tap | None = None
    membership: Membership | None = None


def understood(raw: dict[str, Any], now: datetime) -> Told:
    """The update, read; nothing in it, which is logged, when its form is not known: that stops nobody."""
    try:
        update = Update.de_json(raw, None)
        inbound = parse(update, now)
        stale = inbound is not None and now - inbound.at > OLDEST
        return Told(None if stale else inbound, tapped(update), membership(update))
    except Exception as error:  # noqa: BLE001  the library checks no types, so anything may come of a wrong one
        log().warning("telegram.unreadable", kind=type(error).__name__, fields=sorted(raw))
        return Told()


def parse(update: Update, now: datetime) -> Inbound | None:
    """The message in an update; None when nothing in it is for us. A tap has no time of its own: it is `now`."""
    if (query := update.callback_query) is not None:
        return _tap(update, query, now)
    message = update.message or update.edited_message
    if message is None or message.chat.type != PRIVATE:
        return None
    reply = _reply(message, edited=message is update.edited_message)
    if reply is None:
        return None
    own_id = str(update.update_id)
    if message.media_group_id and not reply.text:  # an album is one message, whatever it holds
        own_id = f"album {message.media_group_id}"
    language = message.from_user.language_code if message.from_user else None
    at = message.edit_date if reply.edited and message.edit_date else message.date
    return _inbound(message.chat.id, own_id, reply, at, language, file=_sound(message))


def tapped(update: Update) -> Tap | None:
    """The tap in an update, wherever it was made: each is to be acknowledged."""
    query = update.callback_query
    if query is None:
        return None
    message = query.message
    if not isinstance(message, Message):  # too old to be seen, or not ours
        return Tap(query.id, message.message_id if message else 0)
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    label = next((b.text for row in rows for b in row if b.callback_data == query.data), "")
    return Tap(query.id, message.message_id, message.text or "", label, (query.data or "").endswith(_MORE))


def chosen(tap: Tap) -> str | None:
    """The question with what was chosen under it; None when it does not fit, or is not known."""
    text = f"{tap.text}\n\n{CHOSEN} {tap.label}"
    return text if tap.text and tap.label and screens.fitted([text], screens.LIMITS[ACCOUNT].text) == text else None


def membership(update: Update) -> Membership | None:
    """Who let the bot in, or threw it out."""
    changed = update.my_chat_member
    if changed is None:
        return None
    inside = changed.new_chat_member.status not in (ChatMember.BANNED, ChatMember.LEFT)
    return Membership(changed.chat.id, changed.chat.type == PRIVATE, inside, changed.date)


def _tap(update: Update, query: CallbackQuery, now: datetime) -> Inbound | None:
    if query.message is None or query.message.chat.type != PRIVATE or not isinstance(query.data, str):
        return None
    reply = Reply(tap=query.data)
    return _inbound(query.message.chat.id, str(update.update_id), reply, now, query.from_user.language_code)


def _inbound(chat: int, own_id: str, reply: Reply, at: datetime, language: str | None, *, file: str = "") -> Inbound:
    spoken = (language or "").partition("-")[0].lower()
    return Inbound(ACCOUNT, str(int(chat)), own_id, reply, at, ACCOUNT, spoken, file=file)


def _sound(message: Message) -> str:
    """The id of a voice message that can be heard; '' of one that is too long."""
    sent = message.voice or message.audio
    if sent is None or (sent.file_size or 0) > voice.SIZE:
        return ""
    seconds = sent.to_dict()["duration"]  # the attribute is a number or a timedelta, by an environment variable
    return sent.file_id if seconds <= voice.SECONDS else ""


def _reply(message: Message, *, edited: bool) -> Reply | None:
    if message.text is not None:
        return Reply(message.text, edited=edited)
    sent = message.effective_attachment
    match sent:
        case None:  # a pinned message, a new title: nobody said anything
            return None
        case Contact():
            return Reply(_number(sent), edited=edited)
        case _ if message.location is not None:  # of a venue too
            return None if edited else Reply(place=_place(message.location))
    media = next((ours for theirs, ours in _MEDIA.items() if getattr(message, theirs)), "document")
    return Reply(message.caption or "", media=media, edited=edited)


def _number(contact: Contact) -> str:
    """The telephone number; one that Telegram knows as somebody's is international, with or without its plus."""
    number = contact.phone_number
    return f"+{number}" if contact.user_id and not number.startswith("+") else number


def _place(location: Location) -> tuple[float, float]:
    return float(location.latitude), float(location.longitude)
