"""Who works in the back office: their accounts, how they enter, and what is taken away from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, case, delete, or_, select, update

from catalog_store import audit, invitations, roles, secrets
from catalog_store.connect import Transaction
from catalog_store.invitations import Invitation, Refusal
from catalog_store.schema import new_uid, sessions, staff, waiting
from catalog_store.schema import referrals as requests
from catalog_store.schema import roles as chat_roles
from catalog_store.secrets import Private

ROLES: Mapping[str, str] = {  # and what they are called
    "administrator": "Amministratore",
    "operator": "Operatore",
    "social_worker": "Assistente sociale",
    "association": "Delegato di un'associazione",
    "reader": "Lettore",
}
FOLLOWERS = ("administrator", "operator", "social_worker")  # who may see to a request
IN_CHAT_AS = {"administrator": "operator"}  # what an account's role is called there, where it has another name
FAILURES = 5  # wrong passwords or codes in a row that lock an account
LOCKED = timedelta(minutes=15)


@dataclass(frozen=True, repr=False)
class Member:
    """Somebody who works here. `ended_at`: since when they do not any more."""

    id: int
    uid: str
    name: str
    email: str
    role: str
    organization_id: int | None
    office: str
    created_at: datetime
    seen_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, repr=False)
class Colleague:
    """Somebody who works here, as others know them."""

    id: int
    uid: str
    name: str
    role: str


@dataclass(frozen=True, repr=False)
class Credentials:
    """What somebody enters with: the hash of their password and the secret of their codes."""

    member: Member
    password: str | None
    totp: str | None
    locked_until: datetime | None


@dataclass(frozen=True)
class Taken:
    """Somebody works here with this e-mail address already."""

    reason: Literal["taken"] = "taken"


def join(
    tx: Transaction, code: str, *, email: str, name: str, password: str | None, totp: str | None,
    subject: bytes | None = None,
) -> Member | Refusal | Taken:  # fmt: skip
    """Make the account that a code gives. `password` is a hash. An account that was ended begins anew.

    `subject` is who they are for the broker, which may know neither name nor e-mail: then whom the code was made for.
    """
    given = invitations.find(tx, code)
    if given is None or given.role not in ROLES or is_for_a_phone(tx, given.id):
        return Refusal("unknown")
    hashed = _hash(email) if email or subject is None else subject
    row = tx.execute(select(staff).where(staff.c.hash == hashed)).one_or_none()
    if row is not None and row.ended_at is None:
        return Taken()
    if row is not None and row.invitation_id == given.id:  # let out, and back by the same link
        return Refusal("used_up")
    if (refused := invitations.take(tx, given)) is not None:
        return refused
    if subject is not None:
        _leave_behind(tx, subject)
    uid = row.uid if row else new_uid()
    called = name.strip() or given.note or ROLES[given.role]
    values = {
        "email": Private(uid, email.strip()), "name": Private(uid, called), "role": given.role,
        "organization_id": given.organization_id, "office": given.office, "invitation_id": given.id,
        "password": password, "totp": Private(uid, totp) if totp else None, "totp_step": 0, "failures": 0,
        "locked_until": None, "ended_at": None, "subject": subject,
    }  # fmt: skip
    if row is None:
        tx.execute(staff.insert().values(uid=uid, hash=hashed, created_at=tx.now, **values))
    else:
        tx.execute(update(staff).where(staff.c.id == row.id).values(values))
    member = _member(tx.execute(select(staff).where(staff.c.uid == uid)).one())
    audit.note(tx, member.id, "joined", "account", uid=uid, why=given.role)
    return member


def get(tx: Transaction, uid: str) -> Member | None:
    """One account, ended or not."""
    row = tx.execute(select(staff).where(staff.c.uid == uid)).one_or_none()
    return _member(row) if row else None


def listed(tx: Transaction) -> list[Member]:
    """Every account, the oldest first."""
    return [_member(row) for row in tx.execute(select(staff).order_by(staff.c.id))]


def colleagues(tx: Transaction) -> list[Colleague]:
    """Who works here and may follow a request, the oldest account first."""
    query = select(staff.c.id, staff.c.uid, staff.c.name, staff.c.role)
    query = query.where(staff.c.role.in_(FOLLOWERS), staff.c.ended_at.is_(None)).order_by(staff.c.id)
    return [Colleague(row.id, row.uid, row.name.open(row.uid), row.role) for row in tx.execute(query)]


def names(tx: Transaction, among: Collection[int] | None = None) -> dict[int, str]:
    """Who is who, by id: everybody, or those `among` these."""
    if among is not None and not among:
        return {}
    query = select(staff.c.id, staff.c.uid, staff.c.name)
    query = query if among is None else query.where(staff.c.id.in_(list(among)))
    return {row.id: row.name.open(row.uid) for row in tx.execute(query)}


def by_email(tx: Transaction, email: str) -> Credentials | None:
    """What is needed to let somebody in; None for who does not work here any more."""
    row = tx.execute(select(staff).where(staff.c.hash == _hash(email), staff.c.ended_at.is_(None))).one_or_none()
    return _credentials(row) if row else None


def by_subject(tx: Transaction, subject: bytes) -> Member | None:
    """Who somebody is that the broker knows; None for who does not work here, or not any more."""
    row = tx.execute(select(staff).where(staff.c.subject == subject, staff.c.ended_at.is_(None))).one_or_none()
    return _member(row) if row else None


def link(tx: Transaction, member_id: int, subject: bytes) -> bool:
    """From now on they may enter by the broker; False when that identity is somebody else's who works here."""
    other = by_subject(tx, subject)
    if other is not None and other.id != member_id:
        return False
    _leave_behind(tx, subject)
    tx.execute(update(staff).where(staff.c.id == member_id).values(subject=subject))
    return True


def failed(tx: Transaction, member_id: int) -> None:
    """A wrong password or code: after FAILURES in a row nobody enters for LOCKED."""
    again = (staff.c.failures + 1) % FAILURES
    tx.execute(
        update(staff)
        .where(staff.c.id == member_id)
        .values(failures=again, locked_until=case((again == 0, tx.now + LOCKED), else_=staff.c.locked_until))
    )


def entered(tx: Transaction, member_id: int, step: int | None) -> bool:
    """They have entered, with the code of this time `step`; False when it was used before, or they are locked out."""
    open_to_them = or_(staff.c.locked_until.is_(None), staff.c.locked_until <= tx.now)
    mine = update(staff).where(staff.c.id == member_id, open_to_them)
    if step is not None:
        mine = mine.where(staff.c.totp_step < step).values(totp_step=step)
    return bool(tx.execute(mine.values(failures=0, locked_until=None, seen_at=tx.now)).rowcount)


def end(tx: Transaction, member_id: int) -> None:
    """They do not work here any more: out everywhere, at once, in the chat too; what they saw to is anybody's."""
    row = tx.execute(update(staff).where(staff.c.id == member_id).values(ended_at=tx.now).returning(staff)).one()
    tx.execute(delete(sessions).where(sessions.c.staff_id == member_id))
    _end_phone(tx, row.chat_invitation_id)
    tx.execute(update(requests).where(requests.c.staff_id == member_id).values(staff_id=None))
    theirs = (waiting.c.staff_id == member_id) & waiting.c.done_at.is_(None)
    tx.execute(update(waiting).where(theirs).values(staff_id=None, taken_at=None))


def revoke(tx: Transaction, invitation: Invitation) -> bool:
    """Nobody may use a code any more, and who entered with it is out, on the web and in the chat.

    False when it was revoked before.
    """
    if not invitations.revoke(tx, invitation):
        return False
    roles.end_given(tx, invitation.id)
    given = select(staff.c.id).where(staff.c.invitation_id == invitation.id, staff.c.ended_at.is_(None))
    for id in tx.execute(given).scalars().all():
        end(tx, id)
    return True


def own_phone(tx: Transaction, member: Member, days: int) -> str:
    """A code that makes whoever writes it in the chat this member, on their own phone; the one before is revoked."""
    row = tx.execute(select(staff.c.chat_invitation_id).where(staff.c.id == member.id)).one()
    _end_phone(tx, row.chat_invitation_id)
    role = IN_CHAT_AS.get(member.role, member.role)
    code = invitations.invite(tx, role, member.organization_id, days, office=member.office, note=member.name)
    made = invitations.find(tx, code)
    tx.execute(update(staff).where(staff.c.id == member.id).values(chat_invitation_id=made.id if made else None))
    return code


def is_for_a_phone(tx: Transaction, invitation_id: int) -> bool:
    """Is a code for somebody's own telephone? It makes no account."""
    query = select(staff.c.id).where(staff.c.chat_invitation_id == invitation_id).limit(1)
    return tx.execute(query).first() is not None


def came_by(tx: Transaction, member_id: int) -> int | None:
    """The code that gave an account."""
    return tx.execute(select(staff.c.invitation_id).where(staff.c.id == member_id)).scalar()


def in_chat(tx: Transaction, person_id: int) -> Member | None:
    """Which account somebody in the chat belongs to, by the code for their own phone."""
    mine = (chat_roles.c.person_id == person_id) & chat_roles.c.until.is_(None)
    query = select(staff).join(chat_roles, chat_roles.c.invitation_id == staff.c.chat_invitation_id).where(mine)
    row = tx.execute(query.where(staff.c.ended_at.is_(None)).limit(1)).one_or_none()
    return _member(row) if row else None


def _end_phone(tx: Transaction, invitation_id: int | None) -> None:
    """The code for a telephone is worth nothing any more, and what it gave is over."""
    code = invitations.of_id(tx, invitation_id) if invitation_id is not None else None
    if code is not None:
        invitations.revoke(tx, code)
        roles.end_given(tx, code.id)


def _leave_behind(tx: Transaction, subject: bytes) -> None:
    """An account that was ended lets go of who it was, who now has another."""
    theirs = (staff.c.subject == subject) & staff.c.ended_at.is_not(None)
    tx.execute(update(staff).where(theirs).values(subject=None))


def _hash(email: str) -> bytes:
    return secrets.ring().hash("staff", email.strip().casefold())


def _credentials(row: Row[Any]) -> Credentials:
    return Credentials(_member(row), row.password, row.totp.open(row.uid) if row.totp else None, row.locked_until)


def _member(row: Row[Any]) -> Member:
    return Member(
        row.id, row.uid, row.name.open(row.uid), row.email.open(row.uid), row.role, row.organization_id, row.office,
        row.created_at, row.seen_at, row.ended_at,
    )  # fmt: skip
