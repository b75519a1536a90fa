"""The one registry of invitation codes, for the chat and for the back office: they expire, and can be revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice
from typing import Any, Literal

from sqlalchemy import Row, select, update

from catalog_store import secrets
from catalog_store.connect import Transaction
from catalog_store.schema import invitations, new_uid
from catalog_store.secrets import Private

CODE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1: they are read wrong
_LENGTH = 10  # 49 bits
_STANDING_USES = 1000
ADDRESS = "address"  # what is in the place of a role in a code that joins an address to a person: see pairing.py


@dataclass(frozen=True, repr=False)
class Invitation:
    """A code and what it gives. `note` is whom it was made for; `standing`: the same one is shown at every start."""

    id: int
    uid: str
    code: str
    role: str
    organization_id: int | None
    office: str
    note: str
    expires_at: datetime
    revoked_at: datetime | None
    used: int
    uses: int

    @property
    def standing(self) -> bool:
        """Is it shown at every start, to whoever tries the demonstration?"""
        return self.uses == _STANDING_USES


@dataclass(frozen=True)
class Refusal:
    """Why a code gives nothing."""

    reason: Literal["unknown", "revoked", "expired", "used_up"]


def invite(
    tx: Transaction, role: str, organization_id: int | None, days: float, uses: int = 1, *, office: str = "",
    note: str = "",
) -> str:  # fmt: skip
    """A new code that gives `role` to `uses` people within `days`."""
    code, uid = "".join(choice(CODE) for _ in range(_LENGTH)), new_uid()
    tx.execute(
        invitations.insert().values(
            uid=uid, hash=code_hash(code), code=Private(uid, code), role=role, organization_id=organization_id,
            uses=uses, expires_at=tx.now + timedelta(days=days), office=office,
            note=Private(uid, note) if note else None,
        )
    )  # fmt: skip
    return code


def standing_invitation(
    tx: Transaction, role: str, organization_id: int, days: float, uses: int = _STANDING_USES
) -> str:
    """The code that is shown again and again: the same one while it holds, for another `days`."""
    mine = (invitations.c.role == role) & (invitations.c.organization_id == organization_id)
    mine &= (invitations.c.uses == uses) & (invitations.c.used < invitations.c.uses)
    usable = mine & invitations.c.revoked_at.is_(None) & (invitations.c.expires_at > tx.now)
    row = tx.execute(
        update(invitations)
        .where(usable)
        .values(expires_at=tx.now + timedelta(days=days))
        .returning(invitations.c.uid, invitations.c.code)
    ).first()
    return row.code.open(row.uid) if row else invite(tx, role, organization_id, days, uses)


def find(tx: Transaction, code: str) -> Invitation | None:
    """The invitation of this code, whatever it is worth now. Case, spaces, hyphens are free."""
    return _one(tx, invitations.c.hash == code_hash(code))


def get(tx: Transaction, uid: str) -> Invitation | None:
    """One invitation."""
    return _one(tx, invitations.c.uid == uid)


def of_id(tx: Transaction, id: int) -> Invitation | None:
    """The same, by the number that rows refer to."""
    return _one(tx, invitations.c.id == id)


def listed(tx: Transaction, limit: int) -> list[Invitation]:
    """The latest of them first, without those that join two addresses."""
    query = select(invitations).where(invitations.c.role != ADDRESS).order_by(invitations.c.id.desc()).limit(limit)
    return [_made(row) for row in tx.execute(query)]


def take(tx: Transaction, invitation: Invitation) -> Refusal | None:
    """Use a code once; why not, when it gives nothing."""
    if invitation.revoked_at is not None:
        return Refusal("revoked")
    if invitation.expires_at <= tx.now:
        return Refusal("expired")
    return None if use(tx, invitation.id) else Refusal("used_up")


def use(tx: Transaction, invitation_id: int) -> bool:
    """Use a code once; false when it was used as often as it may be."""
    left = (invitations.c.id == invitation_id) & (invitations.c.used < invitations.c.uses)
    return bool(tx.execute(update(invitations).where(left).values(used=invitations.c.used + 1)).rowcount)


def revoke(tx: Transaction, invitation: Invitation) -> bool:
    """Nobody may use this code any more. False when it was revoked before. `staff.revoke` takes away what it gave."""
    row = update(invitations).where(invitations.c.id == invitation.id, invitations.c.revoked_at.is_(None))
    return bool(tx.execute(row.values(revoked_at=tx.now)).rowcount)


def code_hash(code: str) -> bytes:
    """What a code is looked up by. Case, spaces, hyphens are free."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return secrets.ring().hash("invitation", plain)


def _one(tx: Transaction, which: Any) -> Invitation | None:
    row = tx.execute(select(invitations).where(which, invitations.c.role != ADDRESS)).one_or_none()
    return _made(row) if row else None


def _made(row: Row[Any]) -> Invitation:
    note = row.note.open(row.uid) if row.note else ""
    return Invitation(
        row.id, row.uid, row.code.open(row.uid), row.role, row.organization_id, row.office, note, row.expires_at,
        row.revoked_at, row.used, row.uses,
    )  # fmt: skip
