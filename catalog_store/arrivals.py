"""Who has something new to read: asked once for all open pages, however many they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from catalog_store import secrets
from catalog_store.connect import Transaction
from catalog_store.schema import addresses, outbox


def key(channel: str, address: str) -> bytes:
    """What an address is known by here."""
    return secrets.ring().hash(channel, address)


def fresh(tx: Transaction, account: str, since: datetime) -> set[bytes]:
    """The keys of the addresses for which something became due after `since` and has not been handed over."""
    query = (
        select(addresses.c.hash)
        .join(outbox, outbox.c.address_id == addresses.c.id)
        .where(outbox.c.account == account, outbox.c.state == "waiting")
        .where(outbox.c.due_at > since, outbox.c.due_at <= tx.now)
    )
    return set(tx.execute(query).scalars())
