"""What people are, in the chat, for organizations and offices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from catalog_store import invitations
from catalog_store.connect import Transaction
from catalog_store.invitations import Invitation, Refusal
from catalog_store.schema import roles, staff

IN_CHAT = ("operator", "social_worker", "association", "volunteer")
_HELD = roles.c.until.is_(None)


@dataclass(frozen=True)
class Role:
    """One of IN_CHAT; for an association, which one; `office`: id in the territory file, or ''."""

    id: int
    role: str
    organization_id: int | None
    office: str = ""


def of(tx: Transaction, person_id: int) -> list[Role]:
    """What somebody may do today."""
    query = select(roles).where(roles.c.person_id == person_id, _HELD).order_by(roles.c.id)
    return [Role(row.id, row.role, row.organization_id, row.office) for row in tx.execute(query)]


def answers_for(person_id: int, organization: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL: is this person a contact of the organization that a column names?"""
    mine = (roles.c.person_id == person_id) & (roles.c.organization_id == organization)
    return select(roles.c.id).where(mine, roles.c.role == "association", _HELD).exists()


def contacts_of(tx: Transaction, organization_id: int) -> list[int]:
    """Ids of the people who answer for an organization."""
    held = (roles.c.organization_id == organization_id) & (roles.c.role == "association") & _HELD
    return list(tx.execute(select(roles.c.person_id).where(held).order_by(roles.c.id)).scalars())


def holding(tx: Transaction, role: str) -> list[int]:
    """Ids of the people who have a role today, the first who had it first."""
    return list(tx.execute(select(roles.c.person_id).where(roles.c.role == role, _HELD).order_by(roles.c.id)).scalars())


def held(tx: Transaction, invitation_ids: list[int]) -> dict[int, int]:
    """How many people hold what each of these codes gave."""
    given = roles.c.invitation_id.in_(invitation_ids) & _HELD
    query = select(roles.c.invitation_id, func.count().label("held")).where(given).group_by(roles.c.invitation_id)
    return {row.invitation_id: row.held for row in tx.execute(query)}


def redeem(tx: Transaction, person_id: int, code: str) -> Role | Refusal:
    """Take the role that a code gives; again by the same person, the role they have. Case, spaces, hyphens are free."""
    given = invitations.find(tx, code)
    if given is None or given.role not in IN_CHAT:
        return Refusal("unknown")
    for role in of(tx, person_id):
        if (role.role, role.organization_id, role.office) == (given.role, given.organization_id, given.office):
            _link_phone(tx, role, given)
            return role
    if (refused := invitations.take(tx, given)) is not None:
        return refused
    row = roles.insert().values(
        person_id=person_id, role=given.role, organization_id=given.organization_id, office=given.office,
        invitation_id=given.id, since=tx.now,
    )  # fmt: skip
    id = tx.execute(row.returning(roles.c.id)).scalar_one()
    return Role(id, given.role, given.organization_id, given.office)


def give(tx: Transaction, person_id: int, role: str, organization_id: int) -> None:
    """Somebody has this role from now on, without a code: who enrols an organization answers for it."""
    tx.execute(roles.insert().values(person_id=person_id, role=role, organization_id=organization_id, since=tx.now))


def _link_phone(tx: Transaction, role: Role, given: Invitation) -> None:
    """Who has a role already, and writes the code for their own telephone, has it by that from now on."""
    theirs = select(staff.c.id).where(staff.c.chat_invitation_id == given.id)
    if tx.execute(theirs).first() is not None and invitations.take(tx, given) is None:
        tx.execute(update(roles).where(roles.c.id == role.id).values(invitation_id=given.id))


def end(tx: Transaction, role_id: int) -> None:
    """Somebody does not have this role any more."""
    tx.execute(update(roles).where(roles.c.id == role_id, _HELD).values(until=tx.now))


def end_given(tx: Transaction, invitation_id: int) -> int:
    """A code was revoked: what it gave in the chat is over. How many had it."""
    held = (roles.c.invitation_id == invitation_id) & _HELD
    return tx.execute(update(roles).where(held).values(until=tx.now)).rowcount
