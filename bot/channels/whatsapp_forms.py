"""What Twilio posts about WhatsApp: a message that somebody sent, or what became of one of ours.

The fields are those of twilio.com/docs/messaging/guides/webhook-request; there may be others, at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.inbound import Inbound
from dialogs.replies import Reply

CHANNEL, PREFIX = "whatsapp", "whatsapp:"
_TAP = re.compile(r"\d{1,19}:[\w.]+:\w+|command:\w+")  # what our own buttons carry
_MEDIA = {"audio": "voice", "image": "image", "video": "video"}
_STICKER = "image/webp"
_LATITUDE, _LONGITUDE = 90, 180
NOT_SAID = ("reaction", "system")  # kinds of message to which there is nothing to answer

# What Twilio says of a message on its way → the outbox's delivery; nothing is said of one that has not left.
STATES = {
    "sent": "sent", "delivered": "delivered", "read": "read",
    "failed": "failed", "undelivered": "failed", "canceled": "failed",
}  # fmt: skip


def parse(form: Mapping[str, str], sender: str, at: datetime) -> Inbound | None:
    """The message in this form; None when there is nothing in it for us. `sender`: our own address.

    The address is `From`, as Twilio writes and takes it: a telephone number or an id that hides it (`whatsapp:IT.…`).
    """
    id, address = form.get("MessageSid", ""), form.get("From", "")
    if not id or not address.startswith(PREFIX) or address == sender or form.get("To", sender) != sender:
        return None
    if form.get("SmsStatus", "received") not in ("received", "receiving") or form.get("MessageType") in NOT_SAID:
        return None
    reply = _reply(form)
    file = form.get("MediaUrl0", "") if reply.media == "voice" else ""
    return Inbound(CHANNEL, address, id, reply, at, CHANNEL, also=_also(form, address), file=file)


def _reply(form: Mapping[str, str]) -> Reply:
    """What was done: a button or a row of ours was tapped, a place or a file was sent, or something was written."""
    for name in ("ButtonPayload", "ListId"):
        if _TAP.fullmatch(form.get(name, "")):
            return Reply(tap=form[name])
    text = form.get("Body") or form.get("ButtonText") or form.get("ListTitle") or ""
    if place := _place(form):
        return Reply(text, place=place)
    return Reply(text, media="" if text.strip() and not _files(form) else kind_of(form.get("MediaContentType0", "")))


def _files(form: Mapping[str, str]) -> bool:
    return form.get("NumMedia", "0") not in ("", "0")


def kind_of(content_type: str) -> str:
    """How we speak of a file: voice | image | video | sticker, and whatever else there is is a document."""
    kind = content_type.partition(";")[0].strip().lower()
    return "sticker" if kind == _STICKER else _MEDIA.get(kind.partition("/")[0], "document")


def _place(form: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return None
    fits = abs(latitude) <= _LATITUDE and abs(longitude) <= _LONGITUDE  # and is a number
    return (latitude, longitude) if fits else None


def _also(form: Mapping[str, str], address: str) -> str:
    """The other address of the same person: the id that stays when their number is hidden."""
    id = form.get("ExternalUserId", "").removeprefix(PREFIX)
    return f"{PREFIX}{id}" if id and f"{PREFIX}{id}" != address else ""


def status(form: Mapping[str, str]) -> tuple[str, str, int | None] | None:
    """(SID, delivery state, error number) of a status callback; None when it says nothing new to us."""
    id = form.get("MessageSid") or form.get("SmsSid", "")
    state = STATES.get(form.get("MessageStatus") or form.get("SmsStatus", ""), "")
    number = form.get("ErrorCode", "")
    return (id, state, int(number) if number.isascii() and number.isdigit() else None) if id and state else None
