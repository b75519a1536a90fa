"""The call to organizations (manifestazione di interesse): when they may ask to join, and who was invited to.

Its days are the territory's own: it opens at the beginning of `opens_on` and closes at the end of `closes_on`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select, update

from catalog_store.connect import Transaction
from catalog_store.schema import enrolments, new_uid, organizations


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One call. `closes_on` None: it stays open."""

    title: str
    text: str
    opens_on: date
    closes_on: date | None = None
    uid: str = field(default_factory=new_uid)
    id: int = field(default=0, compare=False)


def today(tx: Transaction) -> date:
    """The day it is in the territory."""
    return tx.now.astimezone(tx.store.territory.zone).date()


def current(tx: Transaction) -> Enrolment | None:
    """The call that is open today; of several, the one that was opened last."""
    day = today(tx)
    open_today = (enrolments.c.opens_on <= day) & or_(enrolments.c.closes_on.is_(None), enrolments.c.closes_on >= day)
    return _first(tx, select(enrolments).where(open_today).order_by(enrolments.c.opens_on.desc()))


def next_one(tx: Transaction) -> Enrolment | None:
    """The next call that will open."""
    return _first(tx, select(enrolments).where(enrolments.c.opens_on > today(tx)).order_by(enrolments.c.opens_on))


def listed(tx: Transaction) -> list[Enrolment]:
    """All calls, the latest first."""
    query = select(enrolments).order_by(enrolments.c.opens_on.desc(), enrolments.c.id.desc())
    return [_made(row) for row in tx.execute(query)]


def find(tx: Transaction, uid: str) -> Enrolment | None:
    """The call of this uid, if there is one."""
    return _first(tx, select(enrolments).where(enrolments.c.uid == uid))


def put(tx: Transaction, enrolment: Enrolment) -> None:
    """Add a call, or change the one with its `uid`."""
    values = {name: value for name, value in asdict(enrolment).items() if name != "id"}
    if not tx.execute(update(enrolments).where(enrolments.c.uid == enrolment.uid).values(values)).rowcount:
        tx.execute(insert(enrolments).values(created_at=tx.now, **values))


def begun(tx: Transaction, organization_id: int) -> None:
    """A body that was invited has begun its form."""
    invited = (organizations.c.id == organization_id) & (organizations.c.state == "invited")
    tx.execute(update(organizations).where(invited).values(state="started", changed_at=tx.now))


def _first(tx: Transaction, query: Any) -> Enrolment | None:
    row = tx.execute(query.order_by(enrolments.c.id.desc()).limit(1)).first()
    return _made(row) if row else None


def _made(row: Any) -> Enrolment:
    return Enrolment(row.title, row.text, row.opens_on, row.closes_on, row.uid, row.id)
