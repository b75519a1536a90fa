"""Starting: what each process runs, and what it refuses to start with."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import typer

from bot import clock as ticking
from bot.deliver import Channel, Delivery
from bot.house import House
from catalog_store import VERSION, contents, demonstration, invitations, notify
from catalog_store.settings import SettingsFault
from dialogs import REGISTER, safety
from dialogs.taught import catch_up
from dialogs.understand import needs, topics
from dialogs.understand.language import guess

LINK_DAYS = 30
TURNS_WAIT = 0.001  # seconds for which a thread that makes a page may hold up one that takes a turn (Python's: 0.005)
AT_THE_DOOR = 1.0  # seconds for who waits with a tap: what warms meanwhile would slow their answer


def fill_if_empty(house: House) -> None:
    """On an empty catalogue, load the demonstration: invented associations, marked as such wherever they are shown."""
    with suppress(demonstration.DemonstrationFault), house.store.begin() as tx:  # another town has its own associations
        if demonstration.is_catalogue_empty(tx):
            demonstration.load_demonstration(tx)


def refuse_demonstration_on_channels(house: House) -> None:
    """Invented associations never reach real people, unless the installation declares a public trial.

    Raises SettingsFault with one sentence.
    """
    settings = house.settings
    if not (settings.telegram_bot_token or settings.twilio_account_sid) or settings.demo:
        return
    with house.store.reading() as tx:
        if demonstration.is_demonstration_present(tx):
            raise SettingsFault(
                "TESSERE_DEMO: a real channel is configured while the catalogue holds the demonstration; set "
                "TESSERE_DEMO=1 for a public trial, or run `python -m admin demo remove`."
            )


def refuse_taken_port(house: House) -> None:
    """Two servers cannot share a port. Raises SettingsFault with one sentence."""
    host, port = house.settings.host, house.settings.port
    try:
        with socket.create_server((host, port), reuse_port=False):
            pass
    except OSError:
        raise SettingsFault(
            f"TESSERE_PORT: port {port} of {host} cannot be used, most likely because another program has it; "
            f"try TESSERE_PORT={port + 1}"
        ) from None


def refuse_polling(house: House) -> None:
    """Only `run` asks Telegram for messages; the processes apart have them brought. Raises SettingsFault."""
    if house.settings.telegram_bot_token and not house.settings.public_base_url:
        raise SettingsFault(
            "PUBLIC_BASE_URL: with Telegram, separate processes need it, so that Telegram can bring its messages to "
            "the web server; without it, start everything together with `python -m bot run`"
        )


def share() -> None:
    """Let turns in between the pages of operators: at each statement of a turn another thread may go first."""
    sys.setswitchinterval(TURNS_WAIT)


def warm(house: House) -> None:
    """Load what answers need in the background, so that no message waits for all of it."""

    def load() -> None:
        for dialogue in REGISTER.values():
            dialogue.function  # noqa: B018  imported now, not by whoever writes first
        with house.store.reading() as tx:
            house.store.catalogue.current(tx)
        safety.prepare()
        guess("buongiorno a tutti voi")
        needs.warm()
        catch_up(house.store)
        topics.topics()
        safety.weigh(["buongiorno"])

    threading.Thread(target=load, name="warm", daemon=True).start()


async def everything(house: House) -> None:
    """All in one process: the embedded default."""
    refuse_taken_port(house)
    announce(house)
    delivering = (Delivery(house, channel).run() for channel in senders(house))
    await _together(house, _serve(house), ticking.work(house), ticking.run(house), *delivering, *_listening(house))


async def web(house: House) -> None:
    """Web chat, webhooks, health."""
    refuse_polling(house)
    refuse_taken_port(house)
    await _together(house, _serve(house), *_listening(house))


async def clock(house: House) -> None:
    """Openings, chasing, expiry, forgetting."""
    refuse_polling(house)
    warm(house)
    await _together(house, ticking.work(house), ticking.run(house))


def senders(house: House) -> list[Channel]:
    """The channels that are set up and that are sent to. The web chat's pages read theirs themselves."""
    made: list[Channel] = []
    if house.settings.telegram_bot_token:
        from bot.channels.telegram import Telegram

        made.append(Telegram(house))
    if house.settings.twilio_account_sid:
        from bot.channels.whatsapp import WhatsApp

        made.append(WhatsApp(house))
    if house.settings.smtp_url:
        from bot.channels.email import Email

        made.append(Email(house.settings, house.store.territory.municipality))
    return made


def _listening(house: House) -> list[Coroutine[Any, Any, None]]:
    """What hears the channels that are asked, and tells the others where we are."""
    made: list[Coroutine[Any, Any, None]] = []
    if house.settings.telegram_bot_token:
        from bot.channels import telegram_polling

        made.append(telegram_polling.connect(house))
    return made


async def deliver(house: House) -> None:
    """Outbox to the channels that are sent to."""
    refuse_polling(house)
    channels = senders(house)
    if not channels:
        typer.echo("No channel to deliver to: neither Telegram nor WhatsApp nor mail is set up.")
        await asyncio.Event().wait()
    await _together(house, *(Delivery(house, channel).run() for channel in channels))


async def _serve(house: House) -> None:
    from bot.web import server

    serving = server(house)
    asyncio.get_running_loop().call_later(AT_THE_DOOR, warm, house)
    await serving.serve()


async def _together(house: House, *parts: Coroutine[Any, Any, None]) -> None:
    """Run them until the first ends; then all end."""
    tasks = [asyncio.create_task(part) for part in parts]
    stop = threading.Event()
    threading.Thread(
        target=notify.listen, args=(house.store, house.wake.wake, stop), name="listen", daemon=True
    ).start()
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    stop.set()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


def announce(house: House) -> None:
    """Say where everything is."""
    settings, say = house.settings, typer.echo
    base = settings.public_base_url or f"http://{settings.host}:{settings.port}"
    say(f"Tessere {VERSION}: {house.store.territory.municipality}")
    say(f"Web chat: {base}/")
    for path in house.beside:
        say(f"Back office: {base}{path}/ (`python -m admin setup --link` prints a way in)")
    if settings.telegram_bot_token:
        how = "by webhook" if settings.public_base_url else "by polling (for a webhook, set PUBLIC_BASE_URL)"
        say(f"Telegram: connected {how}")
    else:
        say("Telegram: not connected (TELEGRAM_BOT_TOKEN is not set)")
    say(f"WhatsApp: {_whatsapp(house)}")
    say(
        "Voice messages: "
        + ("heard on this machine" if house.hears else "not heard (`make voice` installs what hears)")
    )
    links = association_links(house)
    if links:
        say("To answer as a demonstration association's contact, open its link in another tab:")
        for name, code in links:
            say(f"  {name}: {base}/invito/{code}")


def _whatsapp(house: House) -> str:
    settings = house.settings
    if not settings.twilio_account_sid:
        return "not connected (TWILIO_ACCOUNT_SID is not set)"
    with house.store.reading() as tx:
        shapes = contents.known(tx, settings.twilio_account_sid)
    buttons = "" if shapes else "; without buttons until `python -m bot content sync` has been run"
    return f"{settings.twilio_whatsapp_from}, webhook {settings.public_base_url}/whatsapp/webhook{buttons}"


def association_links(house: House) -> list[tuple[str, str]]:
    """(name, invitation code) of each demonstration association; the same codes at every start."""
    with house.store.begin() as tx:
        return [
            (name, invitations.standing_invitation(tx, "association", id, days=LINK_DAYS))
            for id, name in demonstration.organizations(tx)
        ]
