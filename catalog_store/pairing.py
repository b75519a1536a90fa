"""Two addresses of one person, joined by a code that is shown on one and written on the other.

Never by a telephone number alone: one telephone may serve several people.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import choice
from typing import Any, Literal

from sqlalchemy import Row, func, select, update

from catalog_store import people
from catalog_store.connect import Transaction
from catalog_store.conversations import OPEN, PARKED
from catalog_store.invitations import ADDRESS, CODE, code_hash, use
from catalog_store.people import NotLocked
from catalog_store.schema import conversations, invitations, metadata, new_uid, roles
from catalog_store.schema import people as persons
from catalog_store.secrets import Private

Joined = Literal["joined", "same", "unknown", "expired", "used_up"]
HOLDS = timedelta(minutes=30)
_LENGTH = 8  # 40 bits, for half an hour


def offer(tx: Transaction) -> str:
    """A new code that joins an address to whoever's turn it is, once; the one given before is worth nothing now."""
    mine = (invitations.c.person_id == tx.me()) & (invitations.c.role == ADDRESS) & invitations.c.revoked_at.is_(None)
    tx.execute(update(invitations).where(mine).values(revoked_at=tx.now))
    code, uid = "".join(choice(CODE) for _ in range(_LENGTH - 1)) + choice("23456789"), new_uid()
    row = {"uid": uid, "hash": code_hash(code), "code": Private(uid, code), "role": ADDRESS}
    tx.execute(invitations.insert().values(**row, person_id=tx.me(), expires_at=tx.now + HOLDS))
    return code


def is_offered(tx: Transaction, code: str) -> bool:
    """Is it a code of this kind, whatever it is worth now?"""
    return _offered(tx, code) is not None


def join(tx: Transaction, code: str) -> Joined:
    """The person who was shown the code and whoever's turn it is are one from now on: the older of the two rows.

    The turn is then theirs. Raises NotLocked when the two are not held yet.
    """
    row = _offered(tx, code)
    if row is None or row.revoked_at is not None:
        return "unknown"
    if row.person_id == tx.me():
        return "same"
    if row.used >= row.uses:
        return "used_up"
    if row.expires_at <= tx.now:
        return "expired"
    if not {row.person_id, tx.me()} <= tx.locked:
        raise NotLocked((row.person_id, tx.me()))
    if not use(tx, row.id):
        return "used_up"
    writer = people.me(tx)
    first, other = sorted((row.person_id, writer.id))
    merge(tx, first, other, writer.language)
    people.become(tx, first, writer.address_id, writer.channel)
    return "joined"


def _offered(tx: Transaction, code: str) -> Row[Any] | None:
    kind = (invitations.c.hash == code_hash(code)) & (invitations.c.role == ADDRESS)
    return tx.execute(select(invitations).where(kind)).one_or_none()


def merge(tx: Transaction, first: int, other: int, language: str) -> None:
    """Everything of the other person's is the first's; no row is lost but the bare one of the other.

    One conversation is open at a time: all but that of the present turn are parked. What was told counts as the first
    told it; a stop of either holds.
    """
    rows = {row.id: row for row in tx.execute(select(persons).where(persons.c.id.in_((first, other))))}
    _park(tx, (first, other))
    tables = [table for table in metadata.sorted_tables if "person_id" in table.c]
    for table in sorted(tables, key=lambda table: table.name != "referrals"):  # first what makes others write to them
        tx.execute(update(table).where(table.c.person_id == other).values(person_id=first))
    _end_doubles(tx, first)
    tx.execute(update(persons).where(persons.c.id == first).values(_both(rows[first], rows[other], language)))
    tx.execute(persons.delete().where(persons.c.id == other))


def _park(tx: Transaction, ids: tuple[int, int]) -> None:
    opened = conversations.c.person_id.in_(ids) & (conversations.c.state == OPEN)
    others = opened & (conversations.c.id != (tx.conversation_id or 0))
    tx.execute(update(conversations).where(others).values(state=PARKED))


def _end_doubles(tx: Transaction, person_id: int) -> None:
    """Who had the same role twice has it once, or they would be asked twice."""
    held = (roles.c.person_id == person_id) & roles.c.until.is_(None)
    kept = select(func.min(roles.c.id)).where(held).group_by(roles.c.role, roles.c.organization_id)
    tx.execute(update(roles).where(held, roles.c.id.not_in(kept)).values(until=tx.now))


def _both(first: Row[Any], other: Row[Any], language: str) -> dict[str, Any]:
    told = {**_told(other), **_told(first)}
    earliest: datetime = min(first.created_at, other.created_at)
    return {
        "language": language,
        "profile": Private(first.uid, told) if told else None,
        "welcomed_at": first.welcomed_at or other.welcomed_at,
        "stopped_at": first.stopped_at or other.stopped_at,
        "held": first.held or other.held,
        "created_at": earliest,
    }


def _told(row: Row[Any]) -> dict[str, Any]:
    profile: dict[str, Any] = row.profile.open(row.uid) if row.profile else {}
    return profile
