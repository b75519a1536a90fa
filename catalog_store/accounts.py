"""What we know of the channels' side of things: when they were heard, and until when they were compared with us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from catalog_store.connect import Transaction
from catalog_store.schema import accounts


@dataclass(frozen=True)
class Account:
    """`heard_at`: it certainly reached us then; `reconciled_at`: until then nothing that it holds is missing here."""

    heard_at: datetime | None = None
    reconciled_at: datetime | None = None


def get(tx: Transaction, name: str) -> Account:
    """What is known of this channel account."""
    row = tx.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
    return Account(row.heard_at, row.reconciled_at) if row else Account()


def heard(tx: Transaction, name: str, at: datetime) -> datetime | None:
    """It has reached us: the time before, None when this is the first. Another process waits, and sees this one."""
    row = select(accounts.c.heard_at).where(accounts.c.name == name).with_for_update()
    before: datetime | None = tx.execute(row).scalar()
    _put(tx, name, heard_at=at)
    return before


def reconciled(tx: Transaction, name: str, at: datetime) -> None:
    """Until `at`, what the provider holds was compared with what is here."""
    _put(tx, name, reconciled_at=at)


def _put(tx: Transaction, name: str, **columns: datetime) -> None:
    insert = (sqlite if tx.store.embedded else postgresql).insert
    statement = insert(accounts).values(name=name, **columns)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=columns))
