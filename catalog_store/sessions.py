"""Who is inside the back office now: sessions are rows, so that they can be ended everywhere at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, select, update

from catalog_store import secrets
from catalog_store.connect import Transaction
from catalog_store.schema import sessions, staff

LONGEST = timedelta(hours=12)  # a working day, then they enter again
IDLE = timedelta(hours=2)  # without doing anything
NOTED = timedelta(minutes=1)  # how exactly it is known when they last did something


@dataclass(frozen=True, repr=False)
class Visitor:
    """Somebody inside: who they are, what they may, and by which session."""

    id: int
    uid: str
    name: str
    role: str
    organization_id: int | None
    office: str
    session: int
    stale: bool = False  # it is to be written down that they are still here


@dataclass(frozen=True)
class Session:
    """One place where somebody is inside."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


def begin(tx: Transaction, member_id: int, device: str) -> str:
    """Let somebody in: the secret that their browser keeps, which is not kept here."""
    token = token_urlsafe(32)
    row = {"staff_id": member_id, "hash": _hash(token), "device": device, "created_at": tx.now, "seen_at": tx.now}
    tx.execute(sessions.insert().values(**row, expires_at=tx.now + LONGEST))
    return token


def visitor(tx: Transaction, token: str) -> Visitor | None:
    """Who has this secret, if they are still inside."""
    query = (
        select(sessions.c.id.label("session"), sessions.c.seen_at.label("here_at"), staff)
        .join(staff, staff.c.id == sessions.c.staff_id)
        .where(sessions.c.hash == _hash(token), sessions.c.expires_at > tx.now, sessions.c.seen_at > tx.now - IDLE)
        .where(staff.c.ended_at.is_(None))
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return Visitor(
        row.id, row.uid, row.name.open(row.uid), row.role, row.organization_id, row.office, row.session,
        stale=row.here_at <= tx.now - NOTED,
    )  # fmt: skip


def seen(tx: Transaction, session: int) -> None:
    """They have just done something."""
    tx.execute(update(sessions).where(sessions.c.id == session).values(seen_at=tx.now))


def of(tx: Transaction, member_id: int) -> list[Session]:
    """Where somebody is inside, the latest first."""
    query = select(sessions).where(sessions.c.staff_id == member_id, sessions.c.expires_at > tx.now)
    rows = tx.execute(query.order_by(sessions.c.seen_at.desc()))
    return [Session(row.id, row.device, row.created_at, row.seen_at) for row in rows]


def end(tx: Transaction, session: int) -> None:
    """They have left."""
    tx.execute(delete(sessions).where(sessions.c.id == session))


def end_others(tx: Transaction, visitor: Visitor) -> int:
    """They leave everywhere but here; how many places that were."""
    theirs = (sessions.c.staff_id == visitor.id) & (sessions.c.id != visitor.session)
    return tx.execute(delete(sessions).where(theirs)).rowcount


def _hash(token: str) -> bytes:
    return secrets.ring().hash("session", token)
