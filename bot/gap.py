"""When a channel could not reach us for longer than it keeps messages, some are lost: who was waiting is told, once.

Telegram keeps what it could not hand over for 24 hours (Bot API, "Getting updates").
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.house import House
from bot.talking import on_doorstep
from catalog_store import accounts, conversations, messages

KEPT = timedelta(hours=24)
EVERY = timedelta(minutes=1)  # between two records of the same channel's being heard


def forgotten(house: House, account: str) -> bool:
    """Is it a while since this process recorded that it was heard?"""
    last = house.heard.get(account)
    return last is None or house.store.clock() - last >= EVERY


async def noticed(house: House, account: str) -> None:
    """The channel has certainly reached us: call it at each contact, also one that brings no message."""
    if not forgotten(house, account):
        return
    now = house.store.clock()
    house.heard[account] = now  # at once: contacts that come meanwhile need not record it too
    try:
        told = await house.store.write(recover, house, account, now)
    except BaseException:
        house.heard.pop(account, None)  # the next contact records it
        raise
    if told:
        house.wake.wake()


def recover(house: House, account: str, now: datetime) -> int:
    """Record that it was heard; after a gap, open the apology with whoever was in the middle of something. How many.

    Both in one transaction, in which another process waits: each gap is told once.
    """
    with house.store.begin(now) as tx:
        before = accounts.heard(tx, account, now)
        if before is None or now - before <= KEPT:
            return 0
        asked = {talk.person_id for talk in conversations.asked_on(tx, account) if not on_doorstep(talk)}
        told = sorted(asked | set(conversations.expecting_on(tx, account)))
        for person_id in told:
            messages.opening(tx, person_id, "gap", before.isoformat())
        return len(told)
