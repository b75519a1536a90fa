"""What came in and what must go out: rows that are due, claimed by whoever is free.

An inbound message is recorded by the turn that takes it. An opening (a question of ours) is an inbox row of the person
it addresses. A reply is an outbox row of the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from catalog_store import reach, secrets
from catalog_store.columns import UTC
from catalog_store.connect import Transaction
from catalog_store.schema import addresses, inbox, leases, new_uid, outbox, people
from catalog_store.secrets import Private

DANGER, REPLY, NOTICE = 0, 1, 2  # lanes: each keeps its own order, the lower goes first
LEASE = timedelta(seconds=60)  # how long a claimed row waits for a process that died
_POST = outbox.insert().returning(outbox.c.id)  # built once: every turn runs it
_TAKE_BACK = (
    update(outbox)
    .where(outbox.c.id == bindparam("of_id"))
    .where(
        or_(
            outbox.c.state == "waiting",
            and_(outbox.c.state == "sent", outbox.c.sent_at >= bindparam("since", type_=UTC)),
        )
    )
    .values(state="replaced")
    .returning(outbox.c.sent_at, outbox.c.lease_until)
)
# Written into the statement: SQLite looks into an index of some rows only where it reads that these are wanted.
_DEAD = outbox.c.state == bindparam("dead", "dead", literal_execute=True)
EXPIRY = timedelta(days=30)  # of what goes out, where nothing makes it useless sooner


@dataclass(frozen=True)
class Incoming:
    """An inbox row: a message to take again, or an opening."""

    id: int
    kind: str
    person_id: int | None
    address_id: int | None
    channel: str | None
    provider_id: str | None
    at: datetime
    urgent: bool
    attempts: int
    body: dict[str, Any]


@dataclass(frozen=True, repr=False)
class Said:
    """One message of a conversation, theirs or ours. `purpose`: of ours, '' for theirs; `state`: as its row has it."""

    id: int
    at: datetime
    channel: str
    body: dict[str, Any]
    purpose: str
    state: str

    @property
    def ours(self) -> bool:
        """Did we say it?"""
        return bool(self.purpose)


@dataclass(frozen=True)
class Outgoing:
    """An outbox row on its way. `body` is a Bubble's JSON, `address` the channel's own."""

    id: int
    lane: int
    attempts: int
    address: str
    body: dict[str, Any]
    address_id: int = 0
    expires_at: datetime | None = None


def receive(
    tx: Transaction, channel: str, provider_id: str, address_id: int, body: dict[str, Any], at: datetime
) -> int | None:
    """Record a message as seen; None when it was seen before. `body` is what is needed to take it again."""
    return _put(
        tx, kind="message", channel=channel, provider_id=provider_id, address_id=address_id, person_id=tx.me(),
        body=body, at=at, state="taken",
    )  # fmt: skip


def keep(  # noqa: PLR0913  each is a column
    tx: Transaction, channel: str, provider_id: str, address_id: int | None, body: dict[str, Any], at: datetime,
    *, state: str, fault: str | None = None, version: str | None = None, due_at: datetime | None = None,
) -> int | None:  # fmt: skip
    """Record a message that could not be taken: 'failed' on a fault, 'due' for a newer program."""
    return _put(
        tx, kind="message", channel=channel, provider_id=provider_id, address_id=address_id, person_id=tx.person_id,
        body=body, at=at, state=state, fault=fault, version=version, due_at=due_at,
    )  # fmt: skip


def _put(tx: Transaction, *, body: dict[str, Any], **columns: Any) -> int | None:
    uid = new_uid()
    return tx.insert_once(inbox, uid=uid, body=Private(uid, body), received_at=tx.now, **columns)


def opening(
    tx: Transaction,
    person_id: int,
    dialogue: str,
    subject: str,
    *,
    urgent: bool = False,
    due_at: datetime | None = None,
) -> int:
    """Open a dialogue with somebody: a turn of theirs takes it when it is due and nothing else is being asked.

    Unless it is `urgent`, it waits for the end of the quiet hours, except for who has just written.
    """
    uid, at = new_uid(), due_at or tx.now
    by_day = at if urgent else reach.undisturbed(at, tx.store.territory.zone)
    if by_day > at and not wrote_since(tx, person_id, tx.now - reach.AWAKE):
        at = by_day
    body = Private(uid, {"dialogue": dialogue, "subject": subject})
    row = inbox.insert().values(
        uid=uid, kind="opening", person_id=person_id, body=body, at=tx.now, due_at=at, urgent=urgent,
        state="due",
    )  # fmt: skip
    id: int = tx.execute(row.returning(inbox.c.id)).scalar_one()
    return id


def wrote_since(tx: Transaction, person_id: int, since: datetime) -> bool:
    """Has this person written, from any of their addresses?"""
    query = select(addresses.c.id).where(addresses.c.person_id == person_id, addresses.c.inbound_at >= since)
    return tx.execute(query.limit(1)).first() is not None


def due(tx: Transaction, limit: int = 20) -> list[int]:
    """Claim inbox rows whose time has come, under a lease; their ids, oldest first."""
    free = (inbox.c.state == "due") & (inbox.c.due_at <= tx.now)
    free &= or_(inbox.c.lease_until.is_(None), inbox.c.lease_until < tx.now)
    some = select(inbox.c.id).where(free).order_by(inbox.c.due_at, inbox.c.id).limit(limit)
    claimed = (
        update(inbox)
        .where(inbox.c.id.in_(some.with_for_update(skip_locked=True)))
        .values(lease_until=tx.now + LEASE, attempts=inbox.c.attempts + 1)
        .returning(inbox.c.id)
    )
    return sorted(tx.execute(claimed).scalars())


def pending(tx: Transaction, id: int) -> Incoming | None:
    """The claimed row, locked, if nobody took it meanwhile."""
    row = tx.execute(
        select(inbox).where(inbox.c.id == id, inbox.c.state.in_(("due", "failed"))).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return Incoming(
        row.id, row.kind, row.person_id, row.address_id, row.channel, row.provider_id, row.at, row.urgent,
        row.attempts, row.body.open(row.uid) if row.body else {},
    )  # fmt: skip


def taken(tx: Transaction, id: int) -> None:
    """The row has been dealt with."""
    tx.execute(update(inbox).where(inbox.c.id == id).values(state="taken", due_at=None, lease_until=None))


def postpone(tx: Transaction, id: int, until: datetime) -> None:
    """The row waits: something else is being asked."""
    tx.execute(update(inbox).where(inbox.c.id == id).values(due_at=until, lease_until=None))


def opened(tx: Transaction, person_id: int, dialogue: str, subject: str) -> None:
    """This dialogue has just been begun with the person: what waited to open it has nothing left to do."""
    due = (inbox.c.person_id == person_id) & (inbox.c.kind == "opening") & (inbox.c.state == "due")
    query = select(inbox.c.id, inbox.c.uid, inbox.c.body).where(due).with_for_update(skip_locked=True)
    for row in tx.execute(query).all():
        if row.body.open(row.uid) == {"dialogue": dialogue, "subject": subject}:
            taken(tx, row.id)


def failed(tx: Transaction, id: int, fault: str, version: str) -> None:
    """The row met a fault; it stays to be taken again."""
    tx.execute(
        update(inbox).where(inbox.c.id == id).values(state="failed", fault=fault, version=version, lease_until=None)
    )


def due_again(tx: Transaction, id: int) -> None:
    """A failed row is taken again."""
    tx.execute(update(inbox).where(inbox.c.id == id).values(state="due", due_at=tx.now, lease_until=None))


def hasten(tx: Transaction, person_id: int) -> None:
    """Nothing is being asked any more: what waits to be opened with this person is due now."""
    waits = (inbox.c.person_id == person_id) & (inbox.c.state == "due") & (inbox.c.due_at > tx.now)
    tx.execute(update(inbox).where(waits, inbox.c.kind == "opening", inbox.c.attempts > 0).values(due_at=tx.now))


def failures(tx: Transaction, *, other_than: str | None = None) -> list[int]:
    """Failed messages after which nothing came from the same person; `other_than`: not those of this version."""
    later = inbox.alias()
    nothing_after = (
        ~select(literal(1))
        .where(later.c.person_id == inbox.c.person_id, later.c.id > inbox.c.id, later.c.kind == "message")
        .exists()
    )
    query = select(inbox.c.id).where(inbox.c.state == "failed", nothing_after).order_by(inbox.c.id)
    return list(tx.execute(query.where(inbox.c.version != other_than) if other_than else query).scalars())


def post(  # noqa: PLR0913  each is a column
    tx: Transaction,
    person_id: int,
    address_id: int,
    account: str,
    body: dict[str, Any],
    *,
    lane: int = REPLY,
    purpose: str = "reply",
    conversation_id: int | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Put a bubble into the outbox; its id. Past `expires_at` (EXPIRY, if not given) it is not sent any more.

    `purpose`: one of reach.PURPOSES, how far we go to deliver it.
    """
    uid = new_uid()
    row = {
        "uid": uid, "person_id": person_id, "address_id": address_id, "account": account, "lane": lane,
        "purpose": purpose,
        "conversation_id": conversation_id, "body": Private(uid, body), "created_at": tx.now,
        "due_at": due_at or tx.now, "expires_at": expires_at or tx.now + EXPIRY, "state": "waiting",
    }  # fmt: skip
    id: int = tx.execute(_POST, row).scalar_one()
    if not tx.store.embedded:
        tx.execute(select(func.pg_notify("tessere", "")))
    return id


def take_back(tx: Transaction, id: int, since: datetime) -> str | None:
    """Call back a reply. 'unsent', or 'recent' when it went out after `since` or is just going; None: too late."""
    gone = tx.execute(_TAKE_BACK, {"of_id": id, "since": since}).one_or_none()
    return None if gone is None else "recent" if gone.sent_at or gone.lease_until else "unsent"


def after(tx: Transaction, channel: str, address: str, after_id: int) -> list[Outgoing]:
    """Bubbles of one address that are due and not handed over yet, or newer than the last one its reader has."""
    fresh = or_(outbox.c.state == "waiting", and_(outbox.c.state == "sent", outbox.c.id > after_id))
    query = (
        select(outbox)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(addresses.c.channel == channel, addresses.c.hash == secrets.ring().hash(channel, address))
        .where(outbox.c.due_at <= tx.now, fresh, or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > tx.now))
        .order_by(outbox.c.lane, outbox.c.id)
    )
    return [Outgoing(r.id, r.lane, r.attempts, address, r.body.open(r.uid), r.address_id) for r in tx.execute(query)]


def handed_to(tx: Transaction, channel: str, address: str, id: int) -> tuple[dict[str, Any], str] | None:
    """A bubble that this address was given, and its reader's language; None when they were given no such one."""
    theirs = (addresses.c.hash == secrets.ring().hash(channel, address)) & (outbox.c.state == "sent")
    query = select(outbox.c.uid, outbox.c.body, people.c.language).where(outbox.c.id == id, theirs)
    query = query.join(addresses, addresses.c.id == outbox.c.address_id).join(people, people.c.id == outbox.c.person_id)
    row = tx.execute(query).one_or_none()
    return None if row is None else (row.body.open(row.uid), row.language)


def last_to(tx: Transaction, address_id: int) -> dict[str, Any] | None:
    """The newest bubble that an address was sent, or is about to be; None when there is none."""
    there = outbox.c.address_id == address_id, outbox.c.state.in_(("waiting", "sent"))
    row = tx.execute(select(outbox.c.uid, outbox.c.body).where(*there).order_by(outbox.c.id.desc()).limit(1)).first()
    return None if row is None else row.body.open(row.uid)


def provider_id(tx: Transaction, id: int) -> str | None:
    """What the channel calls the message that this outbox row became; None when it never went out."""
    return tx.execute(select(outbox.c.provider_id).where(outbox.c.id == id)).scalar()


def handed(tx: Transaction, ids: Iterable[int], provider_id: str | None = None) -> None:
    """These have reached their channel."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(list(ids)), outbox.c.state == "waiting")
        .values(state="sent", sent_at=tx.now, provider_id=provider_id, delivery="", reason=None)
    )


def known(tx: Transaction, channel: str, provider_ids: Sequence[str]) -> set[str]:
    """Which of these messages have been received."""
    query = select(inbox.c.provider_id).where(inbox.c.channel == channel, inbox.c.provider_id.in_(provider_ids))
    return {id for id in tx.execute(query).scalars() if id}


def give_up(tx: Transaction, id: int, reason: str) -> None:
    """A dead letter: it can be seen and sent again. What nobody wants any more (`expired`, `stopped`) is none."""
    state = "expired" if reason in ("expired", "stopped") else "dead"
    tx.execute(update(outbox).where(outbox.c.id == id).values(state=state, reason=reason, lease_until=None))


def expire(tx: Transaction) -> int:
    """What is too late to arrive is not sent; how many."""
    late = outbox.c.state.in_(("waiting", "held")) & (outbox.c.expires_at <= tx.now)
    return tx.execute(update(outbox).where(late).values(state="expired", reason="expired")).rowcount


def dead_letters(tx: Transaction, limit: int | None = None) -> Sequence[Any]:
    """(id, account, created_at, attempts, reason) of what could not be sent, the oldest first."""
    columns = (outbox.c.id, outbox.c.account, outbox.c.created_at, outbox.c.attempts, outbox.c.reason)
    return tx.execute(select(*columns).where(_DEAD).order_by(outbox.c.id).limit(limit)).all()


def failed_messages(tx: Transaction, limit: int | None = None) -> Sequence[Any]:
    """(id, at, attempts, fault) of what was received and met a fault, the oldest first."""
    columns = (inbox.c.id, inbox.c.at, inbox.c.attempts, inbox.c.fault)
    return tx.execute(select(*columns).where(inbox.c.state == "failed").order_by(inbox.c.id).limit(limit)).all()


def count_stuck(tx: Transaction) -> int:
    """How much could not be sent, or met a fault when it was received."""
    dead = select(func.count()).select_from(outbox).where(_DEAD).scalar_subquery()
    failed = select(func.count()).select_from(inbox).where(inbox.c.state == "failed").scalar_subquery()
    return int(tx.execute(select(dead + failed)).scalar_one())


def send_again(tx: Transaction, id: int) -> bool:
    """Put a dead letter back; False when there is none of this id."""
    again = update(outbox).where(outbox.c.id == id, outbox.c.state == "dead")
    anew = {"state": "waiting", "attempts": 0, "tried": "", "due_at": tx.now, "expires_at": tx.now + EXPIRY}
    return bool(tx.execute(again.values(anew)).rowcount)


def lease(tx: Transaction, name: str, holder: str, seconds: float) -> bool:
    """Take or keep a lease: one process at a time delivers (and polls) an account."""
    insert = (sqlite if tx.store.embedded else postgresql).insert
    until = tx.now + timedelta(seconds=seconds)
    statement = insert(leases).values(name=name, holder=holder, until=until)
    held = statement.on_conflict_do_update(
        index_elements=["name"], set_={"holder": holder, "until": until},
        where=or_(leases.c.holder == holder, leases.c.until < tx.now),
    )  # fmt: skip
    return tx.execute(held.returning(leases.c.name)).scalar() is not None


def let_go(tx: Transaction, name: str, holder: str) -> None:
    """Give a lease back, so that the next process need not wait for its end."""
    tx.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def history(tx: Transaction, channel: str, address: str, limit: int = 100) -> list[dict[str, Any]]:
    """Both sides of what was said on one address, oldest first: {"id", "from": "me"|"tessere", "at", "body"}."""
    said = _said(tx, addresses.c.hash == secrets.ring().hash(channel, address), ("sent",), limit)
    whose = {False: "me", True: "tessere"}
    return [{"id": one.id, "from": whose[one.ours], "at": one.at.isoformat(), "body": one.body} for one in said]


def with_person(tx: Transaction, person_id: int, limit: int = 40) -> list[Said]:
    """The same, of a person on whatever address; with what has not arrived."""
    return _said(tx, addresses.c.person_id == person_id, ("sent", "waiting", "held", "dead", "expired"), limit)


def _said(tx: Transaction, whose: ColumnElement[bool], states: Sequence[str], limit: int) -> list[Said]:
    same = addresses.c.channel
    theirs = select(
        inbox.c.id, inbox.c.uid, inbox.c.body, same, inbox.c.at, literal("").label("purpose"), inbox.c.state
    )
    at = func.coalesce(outbox.c.sent_at, outbox.c.created_at).label("at")
    ours = select(outbox.c.id, outbox.c.uid, outbox.c.body, same, at, outbox.c.purpose, outbox.c.state)
    said = [
        Said(row.id, row.at, row.channel, row.body.open(row.uid), row.purpose, row.state)
        for table, query in (
            (inbox, theirs.where(inbox.c.kind == "message")),
            (outbox, ours.where(outbox.c.state.in_(states))),
        )
        for row in tx.execute(
            query.join(addresses, addresses.c.id == table.c.address_id)
            .where(whose)
            .order_by(table.c.id.desc())
            .limit(limit)
        )
        if row.body is not None
    ]
    return sorted(said, key=lambda one: (one.at, one.ours, one.id))[-limit:]
