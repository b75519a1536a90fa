"""What operators taught: messages with the need that they are about. A counter says when there is something new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from catalog_store import counters, secrets
from catalog_store.connect import Transaction
from catalog_store.schema import examples, new_uid
from catalog_store.secrets import Private

COUNTER = "examples"


@dataclass(frozen=True, repr=False)
class Example:
    """A message, and its need; None: outside the catalogue."""

    uid: str
    text: str
    need: str | None
    staff_id: int | None
    created_at: datetime


def add(tx: Transaction, text: str, need: str | None, staff_id: int | None) -> None:
    """Teach one; the same words again take their new need."""
    hashed = secrets.ring().hash("example", text.casefold())
    tx.execute(delete(examples).where(examples.c.hash == hashed))
    uid = new_uid()
    row = {"uid": uid, "hash": hashed, "text": Private(uid, text), "need": need or "", "staff_id": staff_id}
    tx.execute(examples.insert().values(**row, created_at=tx.now))
    counters.bump(tx, COUNTER)


def remove(tx: Transaction, uid: str) -> bool:
    """Teach one no more; False when there is none."""
    gone = bool(tx.execute(delete(examples).where(examples.c.uid == uid)).rowcount)
    if gone:
        counters.bump(tx, COUNTER)
    return gone


def listed(tx: Transaction) -> list[Example]:
    """All of them, the latest first."""
    return [
        Example(row.uid, row.text.open(row.uid), row.need or None, row.staff_id, row.created_at)
        for row in tx.execute(select(examples).order_by(examples.c.id.desc()))
    ]


def version(tx: Transaction) -> int:
    """How many times they have changed."""
    return counters.value(tx, COUNTER)
