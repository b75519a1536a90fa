"""The ways into the chat at one offer: on the web, on Telegram, on WhatsApp."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from catalog_store.settings import Settings

_LINKED = re.compile(
    r"[A-Za-z0-9_-]{1,56}"
)  # the names of offers that a link can carry, as dialogs.commands reads them


@dataclass(frozen=True)
class Ways:
    """Addresses; '' for a channel that is not there."""

    chat: str
    telegram: str = ""
    whatsapp: str = ""


def to_offer(settings: Settings, base: str, uid: str) -> Ways:
    """The chat at this offer. `base`: how the installation is reached, '' from a page of its own."""
    if not _LINKED.fullmatch(uid):
        return Ways(f"{base}/")
    number = settings.twilio_whatsapp_from.removeprefix("whatsapp:+")
    bot = settings.telegram_bot_name
    return Ways(
        f"{base}/?offerta={uid}",
        f"https://t.me/{bot}?start=offerta-{uid}" if bot else "",
        f"https://wa.me/{number}?text={quote(f'/start offerta-{uid}')}" if number else "",
    )
