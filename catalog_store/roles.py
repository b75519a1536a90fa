"""What people are for organizations and offices, and the invitation codes that make them so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import choice
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update

from catalog_store import secrets
from catalog_store.connect import Transaction
from catalog_store.schema import invitations, new_uid, roles
from catalog_store.secrets import Private

CODE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1: they are read wrong
_LENGTH = 10  # 49 bits
_STANDING_USES = 1000
ADDRESS = "address"  # what is in the place of a role in a code that joins an address to a person: see pairing.py
_HELD = roles.c.until.is_(None)


@dataclass(frozen=True)
class Role:
    """operator | social_worker | association | volunteer; for an association, which one."""

    id: int
    role: str
    organization_id: int | None


@dataclass(frozen=True)
class Refusal:
    """Why a code gives nothing."""

    reason: Literal["unknown", "revoked", "expired", "used_up"]


def of(tx: Transaction, person_id: int) -> list[Role]:
    """What somebody may do today."""
    query = select(roles.c.id, roles.c.role, roles.c.organization_id).where(roles.c.person_id == person_id, _HELD)
    return [Role(row.id, row.role, row.organization_id) for row in tx.execute(query.order_by(roles.c.id))]


def answers_for(person_id: int, organization: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL: is this person a contact of the organization that a column names?"""
    mine = (roles.c.person_id == person_id) & (roles.c.organization_id == organization)
    return select(roles.c.id).where(mine, roles.c.role == "association", _HELD).exists()


def contacts_of(tx: Transaction, organization_id: int) -> list[int]:
    """Ids of the people who answer for an organization."""
    held = (roles.c.organization_id == organization_id) & (roles.c.role == "association") & _HELD
    return list(tx.execute(select(roles.c.person_id).where(held).order_by(roles.c.id)).scalars())


def invite(tx: Transaction, role: str, organization_id: int | None, days: int, uses: int = 1) -> str:
    """A new code that gives `role` to `uses` people within `days`."""
    code, uid = "".join(choice(CODE) for _ in range(_LENGTH)), new_uid()
    tx.execute(
        invitations.insert().values(
            uid=uid, hash=code_hash(code), code=Private(uid, code), role=role, organization_id=organization_id,
            uses=uses, expires_at=tx.now + timedelta(days=days),
        )
    )  # fmt: skip
    return code


def standing_invitation(tx: Transaction, role: str, organization_id: int, days: int) -> str:
    """The code that is shown at every start: the same one while it holds, for another `days`."""
    mine = (invitations.c.role == role) & (invitations.c.organization_id == organization_id)
    mine &= (invitations.c.uses == _STANDING_USES) & (invitations.c.used < invitations.c.uses)
    usable = mine & invitations.c.revoked_at.is_(None) & (invitations.c.expires_at > tx.now)
    row = tx.execute(
        update(invitations)
        .where(usable)
        .values(expires_at=tx.now + timedelta(days=days))
        .returning(invitations.c.uid, invitations.c.code)
    ).first()
    return row.code.open(row.uid) if row else invite(tx, role, organization_id, days, _STANDING_USES)


def redeem(tx: Transaction, person_id: int, code: str) -> Role | Refusal:
    """Take the role that a code gives; again by the same person, the role they have. Case, spaces, hyphens are free."""
    row = tx.execute(select(invitations).where(invitations.c.hash == code_hash(code))).one_or_none()
    if row is None or row.role == ADDRESS:
        return Refusal("unknown")
    for role in of(tx, person_id):
        if (role.role, role.organization_id) == (row.role, row.organization_id):
            return role
    if row.revoked_at is not None:
        return Refusal("revoked")
    if row.expires_at <= tx.now:
        return Refusal("expired")
    if not use(tx, row.id):
        return Refusal("used_up")
    given = roles.insert().values(person_id=person_id, role=row.role, organization_id=row.organization_id, since=tx.now)
    return Role(tx.execute(given.returning(roles.c.id)).scalar_one(), row.role, row.organization_id)


def use(tx: Transaction, invitation_id: int) -> bool:
    """Use a code once; false when it was used as often as it may be."""
    left = (invitations.c.id == invitation_id) & (invitations.c.used < invitations.c.uses)
    return bool(tx.execute(update(invitations).where(left).values(used=invitations.c.used + 1)).rowcount)


def revoke(tx: Transaction, code: str) -> bool:
    """Nobody may use this code any more; the roles that it gave stay. False when there is no such code."""
    row = update(invitations).where(invitations.c.hash == code_hash(code), invitations.c.revoked_at.is_(None))
    return bool(tx.execute(row.values(revoked_at=tx.now)).rowcount)


def end(tx: Transaction, role_id: int) -> None:
    """Somebody does not have this role any more."""
    tx.execute(update(roles).where(roles.c.id == role_id, _HELD).values(until=tx.now))


def code_hash(code: str) -> bytes:
    """What a code is looked up by. Case, spaces, hyphens are free."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return secrets.ring().hash("invitation", plain)
