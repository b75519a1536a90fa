"""How much there is of what: numbers, never who."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from catalog_store.connect import Transaction
from catalog_store.schema import accounts, inbox, offers, organizations, people, referrals


def sizes(tx: Transaction) -> dict[str, int]:
    """Rows by table, of those that tell how large an installation is."""
    counted = (people, organizations, offers, referrals)
    query = select(*(select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in counted))
    return dict(tx.execute(query).mappings().one())


def heard(tx: Transaction, channel: str) -> datetime | None:
    """When this channel last certainly reached us, with a message or by itself; None: not in the time that is kept."""
    message = select(func.max(inbox.c.at)).where(inbox.c.channel == channel)
    itself = select(accounts.c.heard_at).where(accounts.c.name == channel)
    times = (tx.execute(query).scalar() for query in (message, itself))
    return max((time for time in times if time is not None), default=None)
