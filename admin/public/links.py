"""The ways into the chat, at one offer or organization: on the web, on Telegram, on WhatsApp."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from catalog_store.settings import Settings
from dialogs import commands


@dataclass(frozen=True)
class Ways:
    """Addresses; '' for a channel that is not there."""

    chat: str
    telegram: str = ""
    whatsapp: str = ""


def to_offer(settings: Settings, base: str, uid: str) -> Ways:
    """The chat at this offer. `base`: how the installation is reached, '' from a page of its own."""
    return _to(settings, base, "offerta", uid)


def to_organization(settings: Settings, base: str, uid: str) -> Ways:
    """The chat at what this organization offers."""
    return _to(settings, base, "associazione", uid)


def _to(settings: Settings, base: str, kind: str, uid: str) -> Ways:
    start = f"/start {kind}-{uid}"
    if not (commands.offer(start) or commands.organization(start)):  # no link can carry such a name
        return Ways(f"{base}/")
    number = settings.twilio_whatsapp_from.removeprefix("whatsapp:+")
    bot = settings.telegram_bot_name
    return Ways(
        f"{base}/?{kind}={uid}",
        f"https://t.me/{bot}?start={kind}-{uid}" if bot else "",
        f"https://wa.me/{number}?text={quote(start)}" if number else "",
    )
