"""What we know of the channels' side of things: when each last reached us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from catalog_store.connect import Transaction
from catalog_store.schema import accounts


def heard(tx: Transaction, name: str) -> datetime | None:
    """This account has just reached us; the time before, None when it is the first."""
    before: datetime | None = tx.execute(select(accounts.c.heard_at).where(accounts.c.name == name)).scalar()
    insert = (sqlite if tx.store.embedded else postgresql).insert
    now = {"heard_at": tx.now}
    tx.execute(insert(accounts).values(name=name, **now).on_conflict_do_update(index_elements=["name"], set_=now))
    return before
