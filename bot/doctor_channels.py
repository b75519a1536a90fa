"""Do Telegram and Twilio know us, and do they reach us? They are asked; nobody is written to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from bot.house import House
from catalog_store import contents as known_contents
from catalog_store import figures
from dialogs.locale import LANGUAGES

Finding = tuple[bool, str]
QUIET = timedelta(days=7)  # without a single message: somebody should write one, and see that it arrives
LATELY = timedelta(hours=1)  # what failed earlier and not since was mended


async def address(house: House) -> AsyncIterator[Finding]:
    """Telegram and Twilio call by https only; so should people."""
    url = house.settings.public_base_url
    if url:
        secure = url.startswith("https:")
        yield secure, f"address: {url}" + ("" if secure else " should begin with https (PUBLIC_BASE_URL)")
    else:
        yield True, "address: this machine's own (PUBLIC_BASE_URL is not set)"


async def telegram(house: House) -> AsyncIterator[Finding]:
    """The token is known, and updates come in the way that they are set up to come."""
    if not house.settings.telegram_bot_token:
        yield True, "Telegram: not set up"
        return
    from telegram.error import InvalidToken, TelegramError

    from bot.channels import telegram_webhook
    from bot.channels.telegram import Client

    base, client = house.settings.public_base_url, Client(house.settings)
    try:
        me, hook = await client.bot.get_me(), await client.bot.get_webhook_info()
    except InvalidToken:
        yield False, "Telegram: it does not know TELEGRAM_BOT_TOKEN"
        return
    except TelegramError as error:
        yield False, f"Telegram: it does not answer ({type(error).__name__})"
        return
    finally:
        await client.close()
    wrong = []
    if hook.url != (base + telegram_webhook.PATH if base else ""):
        wrong.append(f"it calls {hook.url or 'nobody'}, which the program changes when it starts")
    if hook.last_error_date and house.store.clock() - hook.last_error_date < LATELY:
        wrong.append(f"a call failed at {hook.last_error_date:%H:%M} UTC: {hook.last_error_message}")
    way = "by webhook" if base else "by polling"
    told = f"Telegram: @{me.username} {way}, {hook.pending_update_count} messages on their way"
    yield _channel(house, "telegram", told, wrong)


async def whatsapp(house: House) -> AsyncIterator[Finding]:
    """The account is known, has the shapes of what can be tapped, and an approved text for outside the 24 hours."""
    settings = house.settings
    if not settings.twilio_account_sid:
        yield True, "WhatsApp: not set up"
        return
    from requests.exceptions import RequestException
    from twilio.base.exceptions import TwilioException

    from bot.channels.contents import SHAPES

    try:
        there = await asyncio.to_thread(_templates, house)
    except (TwilioException, RequestException) as error:
        why = f"it refuses TWILIO_AUTH_TOKEN ({status})" if (status := getattr(error, "status", 0)) else "no answer"
        yield False, f"WhatsApp: Twilio: {why}"
        return
    with house.store.reading() as tx:
        known = known_contents.known(tx, settings.twilio_account_sid)
    missing = sum(known.get(shape.name) not in there for shape in SHAPES)
    wrong = [f"{missing} of {len(SHAPES)} shapes are missing: `python -m bot content sync`"] if missing else []
    yield _channel(house, "whatsapp", f"WhatsApp: {settings.twilio_whatsapp_from}", wrong)

    templates = settings.templates()
    lacking = ", ".join(language for language in LANGUAGES if templates.get(language) not in there)
    told = f"for {', '.join(templates)}"
    if lacking:
        told = f"none for {lacking} in TWILIO_TEMPLATES: news for who has not written for a day becomes a call to make"
    yield not lacking, f"WhatsApp's approved template: {told}"


def _channel(house: House, account: str, told: str, wrong: list[str]) -> Finding:
    """What is told and what is wrong, the time since anybody was last heard among them."""
    with house.store.reading() as tx:
        heard, now = figures.heard(tx, account), tx.now
    when = f"last heard {heard:%Y-%m-%d %H:%M} UTC" if heard else "never heard"
    if heard is None or now - heard > QUIET:
        wrong = [*wrong, "write to it, and see that it answers"]
    return not wrong, "; ".join([told, when, *wrong])


def _templates(house: House) -> set[str]:
    """The SID of every template in the account."""
    from bot.channels.twilio_client import connect

    return {str(one.sid) for one in connect(house.settings).content.v1.contents.list(page_size=500)}
