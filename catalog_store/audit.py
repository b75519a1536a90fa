"""Who looked at what of whom, and why: rows are only ever added. Triggers of the table refuse everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from catalog_store.connect import Transaction
from catalog_store.schema import audit


@dataclass(frozen=True)
class Look:
    """One row. `whose`: the id of the person whose data it was; `staff_id`: None for the command line and the clock."""

    id: int
    at: datetime
    staff_id: int | None
    action: str
    what: str
    uid: str
    whose: int | None
    why: str


def note(
    tx: Transaction, staff_id: int | None, action: str, what: str, *, uid: str = "", whose: int | None = None,
    why: str = "",
) -> None:  # fmt: skip
    """Write down that somebody did `action` (read, answered, called, closed, made, …) to a `what`, and why."""
    tx.execute(
        audit.insert().values(at=tx.now, staff_id=staff_id, action=action, what=what, uid=uid, whose=whose, why=why)
    )


def listed(tx: Transaction, *, before: int | None = None, staff_id: int | None = None, limit: int = 50) -> list[Look]:
    """What was looked at, the latest first; `before`: only rows older than this id; `staff_id`: only by this one."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    query = query.where(audit.c.id < before) if before else query
    query = query.where(audit.c.staff_id == staff_id) if staff_id else query
    return [_made(row) for row in tx.execute(query)]


def has_read(tx: Transaction, staff_id: int, uid: str) -> bool:
    """Is it written down that somebody looked at this?"""
    looked = (audit.c.staff_id == staff_id) & (audit.c.uid == uid) & (audit.c.action == "read")
    return tx.execute(select(audit.c.id).where(looked).limit(1)).first() is not None


def _made(row: object) -> Look:
    return Look(*(getattr(row, name) for name in Look.__dataclass_fields__))
