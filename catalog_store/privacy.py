"""What we keep about somebody, erased when they ask and when its time is over.

Erasing goes in two steps: everything but the address that the last reply goes to, at once; that address and the bare
row behind it, by `forget`, when the reply has left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, delete, func, literal, or_, select, update

from catalog_store import audit, people, referrals
from catalog_store.columns import UTC
from catalog_store.connect import Transaction
from catalog_store.referrals import OPEN, Referral
from catalog_store.roles import of as roles_of
from catalog_store.schema import (
    addresses,
    applications,
    consents,
    conversations,
    inbox,
    invitations,
    outbox,
    pact_parties,
    pacts,
    roles,
    sessions,
    staff,
    waiting,
)
from catalog_store.schema import audit as audited
from catalog_store.schema import people as persons
from catalog_store.schema import referrals as requests

RETENTION: Mapping[str, timedelta] = {  # the municipality's choice, to be stated in its privacy notice
    "people": people.SILENCE,  # since they last wrote, without a request under way or a role
    "erased": timedelta(days=1),  # the address of who asked to be forgotten, if the last reply cannot leave sooner
    "referrals": timedelta(days=180),  # since it was over; then it only counts in the figures, as nobody's
    "conversations": timedelta(days=30),  # since it was over, where the dialogue has no time of its own
    "abandoned": timedelta(days=90),  # conversations, since their last message
    "inbox": timedelta(days=30),  # since it was received
    "repeats": timedelta(days=365),  # the provider's id of a message, which refuses a second delivery of it
    "outbox": timedelta(days=30),
    "waiting": timedelta(days=90),  # since it was done
    "invitations": timedelta(days=30),  # since they expired, if nobody holds what they gave
    "applications": timedelta(days=365),  # forms that were refused, replaced or never completed, since then
    "sessions": timedelta(0),  # since they expired
    "pact_parties": timedelta(days=3650),  # with who bound the organization: since it left, or since the pact was over
    "audit": timedelta(days=730),  # the triggers of its table refuse less
}
_BATCH = 500  # people at a time


@dataclass(frozen=True, repr=False)
class Erased:
    """What was withdrawn on somebody's behalf; the `contacts` of each are to be told."""

    withdrawn: tuple[Referral, ...]


def what_we_keep(tx: Transaction, person_id: int) -> dict[str, Any]:
    """Everything that is about somebody, as JSON, for them to read; instants are ISO 8601, UTC."""
    mine = select(persons).where(persons.c.id == person_id)
    person = tx.execute(mine).one()
    mine_now = (addresses.c.person_id == person_id) & (addresses.c.state != "gone")
    where = tx.execute(select(addresses.c.channel).where(mine_now).order_by(addresses.c.id))
    agreed = tx.execute(select(consents).where(consents.c.person_id == person_id).order_by(consents.c.id))
    return {
        "since": person.created_at.isoformat(),
        "language": person.language,
        "profile": person.profile.open(person.uid) if person.profile else {},
        "channels": list(dict.fromkeys(where.scalars())),
        "roles": [role.role for role in roles_of(tx, person_id)],
        "requests": [
            {"code": one.code, "need": one.need, "state": one.state, "since": one.created_at.isoformat()}
            for one in referrals.for_person(tx, person_id)
        ],
        "consents": [
            {
                "purpose": one.purpose, "version": one.text_version, "given": one.given_at.isoformat(),
                "withdrawn": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
            }
            for one in agreed
        ],
        "messages": tx.execute(select(func.count()).where(inbox.c.person_id == person_id)).scalar_one(),
    }  # fmt: skip


def erase(tx: Transaction, person_id: int) -> Erased:
    """Withdraw what somebody has under way and erase them; `tx.erased` asks for `store.truncate_log()` afterwards.

    The conversation of the present turn and the address they last wrote from stay for the last reply.
    """
    tx.lock(persons, person_id)
    under_way = (one for one in referrals.for_person(tx, person_id) if one.is_open)
    withdrawn = [referrals.withdraw(tx, one.uid) for one in under_way]
    last = select(addresses.c.id).where(addresses.c.person_id == person_id)
    last = last.order_by(addresses.c.inbound_at.desc().nulls_last(), addresses.c.id.desc()).limit(1)
    _erase(tx, [person_id], but_conversation=tx.conversation_id, but_address=tx.execute(last).scalar())
    emptied = {"profile": None, "recent": "[]", "welcomed_at": None, "erased_at": tx.now}
    tx.execute(update(persons).where(persons.c.id == person_id).values(emptied))
    tx.execute(delete(outbox).where(_said_about_nobody()))
    tx.execute(delete(conversations).where(_about_nobody()))
    tx.erased = True
    return Erased(tuple(one for one in withdrawn if isinstance(one, Referral)))


def forget(tx: Transaction, *, dry_run: bool, journals: Mapping[str, timedelta] | None = None) -> dict[str, int]:
    """Erase what is past its time (RETENTION; `journals`: by dialogue, since it was over); how much of each kind.

    `dry_run`: only count. The caller then runs `store.truncate_log()`.
    """
    ids = list(tx.execute(_past_people(tx)).scalars())
    old = _past_referrals(tx)
    counts = {"people": len(ids), "referrals": _count(tx, requests, old)}
    if not dry_run:
        _make_nobodys(tx, old)
        _erase(tx, ids)
        tx.execute(delete(persons).where(persons.c.id.in_(ids)))
    received = func.coalesce(inbox.c.received_at, inbox.c.at)
    said = (inbox.c.kind == "message") & inbox.c.body.is_not(None) & (inbox.c.state != "due")
    said &= received <= tx.now - RETENTION["inbox"]
    stripped = _count(tx, inbox, said)
    if not dry_run:
        _bare(tx, said)
        if _count(tx, audited, audited.c.at <= tx.now - RETENTION["audit"]):
            audit.note(tx, None, "forgot", "audit")
    for kind, table, past in _past_rows(tx, journals or {}):
        counts[kind] = _count(tx, table, past) if dry_run else tx.execute(delete(table).where(past)).rowcount
    counts["inbox"] += stripped
    return counts


def _erase(
    tx: Transaction, ids: Sequence[int], *, but_conversation: int | None = None, but_address: int | None = None
) -> None:
    """All rows of these people but their own, one conversation and one address."""
    _make_nobodys(tx, requests.c.person_id.in_(ids))
    _forget_at_desks(tx, ids)
    for table in (waiting, outbox, roles, consents, invitations):
        tx.execute(delete(table).where(table.c.person_id.in_(ids)))
    tx.execute(update(applications).where(applications.c.person_id.in_(ids)).values(person_id=None))
    tx.execute(delete(inbox).where(inbox.c.person_id.in_(ids), inbox.c.kind != "message"))
    _bare(tx, inbox.c.person_id.in_(ids))
    for table, kept in ((conversations, but_conversation), (addresses, but_address)):
        tx.execute(delete(table).where(table.c.person_id.in_(ids), table.c.id != (kept or 0)))


def _forget_at_desks(tx: Transaction, ids: Sequence[int]) -> None:
    """What was told of these people to whoever answered them from a telephone of their own."""
    about = conversations.c.subject.in_(select(waiting.c.uid).where(waiting.c.person_id.in_(ids)))
    tx.execute(delete(outbox).where(outbox.c.conversation_id.in_(select(conversations.c.id).where(about))))
    tx.execute(delete(conversations).where(about, conversations.c.state == "over"))


def _bare(tx: Transaction, which: ColumnElement[bool]) -> None:
    """What is left of a message only refuses a second delivery of it."""
    bare = {"person_id": None, "address_id": None, "body": None, "state": "taken", "due_at": None, "lease_until": None}
    tx.execute(update(inbox).where(which).values(bare))


def _make_nobodys(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Requests that only count in the figures from now on. One still open (there is none) would be refused."""
    tx.execute(update(requests).where(which).values(person_id=None, details=None, proposal=None))


def _about_nobody() -> ColumnElement[bool]:
    """Conversations, whoever's, about a request that is nobody's any more: they may hold words of its details."""
    nobodys = select(requests.c.uid).where(requests.c.person_id.is_(None))
    return (conversations.c.state == "over") & conversations.c.subject.in_(nobodys)


def _said_about_nobody() -> ColumnElement[bool]:
    about = outbox.c.conversation_id.in_(select(conversations.c.id).where(_about_nobody()))
    return about & (outbox.c.state != "waiting")


def _past_people(tx: Transaction) -> Select[Any]:
    """Ids of who asked to be forgotten and was answered, and of who has not been here for long."""
    leaving = select(outbox.c.id).where(outbox.c.person_id == persons.c.id, outbox.c.state == "waiting").exists()
    asked = persons.c.erased_at.is_not(None)
    answered = or_(~leaving, persons.c.erased_at <= tx.now - RETENTION["erased"])
    expected = select(requests.c.id).where(requests.c.person_id == persons.c.id, requests.c.state.in_(OPEN)).exists()
    needed = select(roles.c.id).where(roles.c.person_id == persons.c.id, roles.c.until.is_(None)).exists()
    away = persons.c.seen_at <= tx.now - RETENTION["people"]
    past = or_(and_(asked, answered), and_(away, ~expected, ~needed))
    return select(persons.c.id).where(past).order_by(persons.c.id).limit(_BATCH)


def _past_referrals(tx: Transaction) -> ColumnElement[bool]:
    over = requests.c.state.not_in(OPEN) & (requests.c.changed_at <= tx.now - RETENTION["referrals"])
    return over & requests.c.person_id.is_not(None)


def _past_rows(tx: Transaction, journals: Mapping[str, timedelta]) -> list[tuple[str, Table, ColumnElement[bool]]]:
    """(kind, table, which rows) of what is simply deleted."""
    before = {kind: tx.now - time for kind, time in RETENTION.items()}
    own = {name: literal(tx.now - time, UTC) for name, time in journals.items()}
    limit = case(own, value=conversations.c.dialogue, else_=before["conversations"]) if own else before["conversations"]
    over = conversations.c.state == "over"
    message, received = inbox.c.kind == "message", func.coalesce(inbox.c.received_at, inbox.c.at)
    past_outbox = (outbox.c.created_at <= before["outbox"]) & (outbox.c.state != "waiting")
    return [
        ("outbox", outbox, or_(past_outbox, _said_about_nobody())),  # before the conversations that it looks up
        ("conversations", conversations, or_(over & (conversations.c.changed_at <= limit), _about_nobody())),
        ("abandoned", conversations, ~over & (conversations.c.changed_at <= before["abandoned"])),
        ("inbox", inbox, ~message & (received <= before["inbox"]) & (inbox.c.state != "due")),
        ("repeats", inbox, message & (received <= before["repeats"]) & (inbox.c.state != "due")),
        ("waiting", waiting, waiting.c.done_at <= before["waiting"]),
        ("invitations", invitations, (invitations.c.expires_at <= before["invitations"]) & ~_held()),
        ("applications", applications, _of_no_use() & (applications.c.decided_at <= before["applications"])),
        ("sessions", sessions, sessions.c.expires_at <= before["sessions"]),
        ("pact_parties", pact_parties, _released(before["pact_parties"].date())),
        ("audit", audited, audited.c.at <= before["audit"]),
        ("addresses", addresses, (addresses.c.state == "gone") & ~_said_there()),
    ]


def _of_no_use() -> ColumnElement[bool]:
    """Forms that no organization is known by: one that was approved stays as long as the organization."""
    return applications.c.state.in_(("refused", "replaced", "asked"))


def _held() -> ColumnElement[bool]:
    """Does anybody have what a code gave? Whoever revokes it later takes that away."""
    by_chat = select(roles.c.id).where(roles.c.invitation_id == invitations.c.id).exists()
    by_web = or_(staff.c.invitation_id == invitations.c.id, staff.c.chat_invitation_id == invitations.c.id)
    return by_chat | select(staff.c.id).where(by_web).exists()


def _released(day: date) -> ColumnElement[bool]:
    """Parties that the pact had bound until a day, or an earlier one."""
    ended = func.coalesce(pact_parties.c.withdrawn_on, pacts.c.ends_on) <= day
    past = select(pact_parties.c.id).join(pacts).where(pact_parties.c.state.in_(("withdrawn", "over")), ended)
    return pact_parties.c.id.in_(past)


def _said_there() -> ColumnElement[bool]:
    """Is anything left of what was said at this address?"""
    came = select(inbox.c.id).where(inbox.c.address_id == addresses.c.id).exists()
    return came | select(outbox.c.id).where(outbox.c.address_id == addresses.c.id).exists()


def _count(tx: Transaction, table: Table, which: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(which)).scalar_one())
