"""How much there is of what: numbers, never who."""

from __future__ import annotations

from sqlalchemy import func, select

from catalog_store.connect import Transaction
from catalog_store.schema import offers, organizations, people, referrals


def sizes(tx: Transaction) -> dict[str, int]:
    """Rows by table, of those that tell how large an installation is."""
    counted = (people, organizations, offers, referrals)
    query = select(*(select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in counted))
    return dict(tx.execute(query).mappings().one())
