"""The clock: it calls "do what is due", and nothing else. No state lives in it: everything due is a row."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import alarms, chase, ladder, mailing, turn
from bot.house import House
from bot.logs import log, report
from catalog_store import closures, freshness, messages, privacy, queue
from dialogs import journals_kept, pacting

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from bot.channels.whatsapp import WhatsApp

MINUTE, HOUR = 60, 3600  # seconds


async def work(house: House) -> None:
    """Take openings and messages that are due, as soon as they are, until cancelled."""
    while True:
        try:
            taken = await turn.take_due(house)
        except Exception as error:  # noqa: BLE001  the next round tries again
            report(error)
            taken = 0
        if not taken:
            await house.wake.wait()


def scheduler(house: House) -> AsyncIOScheduler:
    """The clock, not yet started."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    clock = AsyncIOScheduler(
        timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": HOUR}
    )
    clock.add_job(_call, "interval", seconds=MINUTE, args=[house, _chase])
    clock.add_job(_call, "interval", seconds=MINUTE, args=[house, _expire])
    clock.add_job(_call, "interval", seconds=HOUR, args=[house, _agree])
    clock.add_job(_call, "interval", seconds=HOUR, args=[house, _forget])
    clock.add_job(_call, "interval", seconds=HOUR, args=[house, _keep_true])
    if house.settings.twilio_account_sid:
        from bot.channels.whatsapp import WhatsApp

        again = {"seconds": 5 * MINUTE, "next_run_time": datetime.now(UTC)}  # at once, and then every five minutes
        clock.add_job(_reconcile, "interval", args=[house, WhatsApp(house)], **again)
    return clock


async def run(house: House) -> None:
    """Tick until cancelled. What failed under another version is taken again at start."""
    await house.store.write(turn.replay_failures, house, every=False)
    clock = scheduler(house)
    clock.start()
    try:
        await asyncio.Event().wait()
    finally:
        clock.shutdown(wait=False)


async def _call(house: House, act: object) -> None:
    await house.store.write(act, house)  # type: ignore[arg-type]  # one of those below
    house.wake.wake()


async def _reconcile(house: House, channel: WhatsApp) -> None:
    from bot.reconcile import reconcile

    try:
        await reconcile(house, channel)
    except Exception as error:  # noqa: BLE001  the next round begins where this one did
        report(error)


def _chase(house: House) -> None:
    ways = house.settings.ways()
    with house.store.begin() as tx:
        alarms.tell_again(tx)
        chase.overdue(tx, ways)
        chase.left_midway(tx)
        mailing.announce_new(tx, ways)
    with house.store.begin() as tx:  # apart: it locks offers, and what meets a fault here is done by the next tick
        queue.advance(tx)


def _expire(house: House) -> None:
    with house.store.begin() as tx:
        messages.expire(tx)
        ladder.out_of_patience(tx, house.settings.ways())


def _agree(house: House) -> None:
    with house.store.begin() as tx:
        pacting.tick(tx)


def _keep_true(house: House) -> None:
    with house.store.begin() as tx:
        if messages.lease(tx, "keep_true", secrets.token_hex(8), HOUR / 2):
            closures.forget(tx)
            freshness.ask(tx)
            freshness.hide(tx)


def _forget(house: House) -> None:
    with house.store.begin() as tx:
        if not messages.lease(tx, "forget", secrets.token_hex(8), HOUR / 2):
            return
        counts = privacy.forget(tx, dry_run=False, journals=journals_kept())
    if any(counts.values()):
        house.store.truncate_log()
        log().info("clock.forgot", **counts)
