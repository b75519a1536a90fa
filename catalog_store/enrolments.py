"""The call to organizations (manifestazione di interesse): when they may ask to join, and who was invited to.

Its days are the territory's own: it opens at the beginning of `opens_on` and closes at the end of `closes_on`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from catalog_store.connect import Transaction
from catalog_store.schema import conversations, enrolments, invitations, new_uid, organizations

FORM = "association"  # the dialogue in which an organization fills in its form
PAUSE = timedelta(days=7)  # without an answer, before somebody is asked whether they go on
_STANDING = timedelta(days=365)  # how long codes last where a call does not close


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


def closing(tx: Transaction, enrolment: Enrolment) -> datetime:
    """When a call ends, and with it the codes that were given for it: at the end of its last day."""
    if enrolment.closes_on is None:
        return tx.now + _STANDING
    return datetime.combine(enrolment.closes_on + timedelta(days=1), time(), tx.store.territory.zone)


def put(tx: Transaction, enrolment: Enrolment) -> None:
    """Add a call, or change the one with its `uid`: the codes that were given for it end with it."""
    values = {name: value for name, value in asdict(enrolment).items() if name != "id"}
    before = find(tx, enrolment.uid)
    if before is None:
        tx.execute(insert(enrolments).values(created_at=tx.now, **values))
        return
    tx.execute(update(enrolments).where(enrolments.c.uid == enrolment.uid).values(values))
    on_their_way = select(organizations.c.id).where(organizations.c.state != "approved")
    given = (invitations.c.role == "association") & invitations.c.organization_id.in_(on_their_way)
    given &= invitations.c.expires_at >= min(closing(tx, before), tx.now)
    tx.execute(update(invitations).where(given).values(expires_at=closing(tx, enrolment)))


def begun(tx: Transaction, organization_id: int) -> None:
    """A body that was invited, or had let it be, has begun its form."""
    idle = (organizations.c.id == organization_id) & organizations.c.state.in_(("invited", "withdrawn"))
    tx.execute(update(organizations).where(idle).values(state="started", changed_at=tx.now))


def let_be(tx: Transaction, subject: str) -> None:
    """Whoever's turn it is does not go on with the form of this organization ('': of none yet): it is over."""
    theirs = (conversations.c.person_id == tx.me()) & (conversations.c.dialogue == FORM)
    theirs &= (conversations.c.subject == subject) & (conversations.c.state == "parked")
    tx.execute(update(conversations).where(theirs).values(state="over", changed_at=tx.now))
    begun_by_them = (organizations.c.uid == subject) & organizations.c.state.in_(("invited", "started"))
    tx.execute(update(organizations).where(begun_by_them).values(state="withdrawn", changed_at=tx.now))


def stopped_midway(tx: Transaction) -> list[tuple[int, str]]:
    """(person, subject) of the forms that were left so long, while a call is open: each is given once, for ever."""
    if current(tx) is None:
        return []
    left = (conversations.c.dialogue == FORM) & conversations.c.state.in_(("open", "parked"))
    left &= (conversations.c.changed_at <= tx.now - PAUSE) & conversations.c.asked_at.is_(None)
    settled = (organizations.c.uid == conversations.c.subject) & organizations.c.state.not_in(("invited", "started"))
    asked = update(conversations).where(left, ~exists().where(settled)).values(asked_at=tx.now)
    rows = tx.execute(asked.returning(conversations.c.person_id, conversations.c.subject))
    return [(row.person_id, row.subject) for row in rows]


def _first(tx: Transaction, query: Any) -> Enrolment | None:
    row = tx.execute(query.order_by(enrolments.c.id.desc()).limit(1)).first()
    return _made(row) if row else None


def _made(row: Any) -> Enrolment:
    return Enrolment(row.title, row.text, row.opens_on, row.closes_on, row.uid, row.id)
