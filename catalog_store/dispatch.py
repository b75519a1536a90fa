"""Rows on their way out of the outbox: claimed for a channel, handed over, put off, held, moved, refused later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Update, bindparam, case, literal, or_, select, type_coerce, update

from catalog_store import secrets
from catalog_store.connect import Transaction
from catalog_store.reach import CALLED, PATIENCE, Door, Message, Tried
from catalog_store.schema import addresses, new_uid, outbox, people
from catalog_store.secrets import Private


@dataclass(frozen=True, repr=False)
class Due:
    """An outbox row, the address it goes to as that is now, and what is known of its reader.

    `again`: a try of it was never answered, so that it may arrive twice. `since`: when it was claimed, or sent;
    `begun_at`: when this way was first tried.
    """

    id: int
    person_id: int
    conversation_id: int | None
    lane: int
    attempts: int  # this one among them
    address: str
    door: Door
    body: dict[str, Any]
    message: Message
    stopped: bool
    tried: Tried
    state: str
    since: datetime
    begun_at: datetime
    again: bool = False


def claim(
    tx: Transaction, account: str, *, but: Collection[int] = (), only: str | None = None, limit: int = 50
) -> list[Due]:
    """What this account may send now: of each address the first row, danger first. Call it under the account's lease.

    `but`: ids of addresses that are written to already; `only`: nothing but what goes to this one.
    """
    whom = "" if only is None else secrets.ring().hash(account, only)
    asked = {"account": account, "now": tx.now, "but": list(but), "whom": whom, "most": 3 * limit}
    first: dict[int, Any] = {}
    for row in tx.execute(_claimable(only=only is not None), asked):
        first.setdefault(row.address_id, row)
    claimed = list(first.values())[:limit]
    if claimed:
        until = {"now": tx.now, "until": tx.now + PATIENCE}
        tx.execute(_claimed(), [{"row": row.id, **until} for row in claimed])
    return [
        replace(
            _due(tx, row), attempts=row.attempts + 1, again=row.lease_until is not None,
            begun_at=row.begun_at if row.attempts and row.begun_at else tx.now,
        )
        for row in claimed
    ]  # fmt: skip


@cache
def _claimable(*, only: bool) -> Select[Any]:
    """Made once: to make it costs as much as to run it. Who takes a row back at this moment has it."""
    now, earlier = bindparam("now", type_=outbox.c.due_at.type), outbox.alias()
    not_first = select(literal(1)).where(
        earlier.c.address_id == outbox.c.address_id, earlier.c.lane == outbox.c.lane, earlier.c.state == "waiting",
        earlier.c.id < outbox.c.id, _unexpired(now, earlier),
    )  # fmt: skip
    query = (
        _rows()
        .where(outbox.c.account == bindparam("account"), outbox.c.state == "waiting", outbox.c.due_at <= now)
        .where(_unexpired(now, outbox), ~not_first.exists())
        .where(outbox.c.address_id.not_in(bindparam("but", expanding=True)))
        .order_by(outbox.c.lane, outbox.c.id)
        .limit(bindparam("most"))  # of one address there may be one in each lane
        .with_for_update(of=outbox, skip_locked=True)
    )
    return query.where(addresses.c.hash == bindparam("whom")) if only else query


@cache
def _claimed() -> Update:
    now = bindparam("now", type_=outbox.c.due_at.type)
    begun_at = case((outbox.c.attempts == 0, now), else_=outbox.c.begun_at)
    row = update(outbox).where(outbox.c.id == bindparam("row"))
    return row.values(lease_until=bindparam("until"), attempts=outbox.c.attempts + 1, begun_at=begun_at)


def next_due(tx: Transaction, account: str) -> datetime | None:
    """When this account has something to send next, after now."""
    return tx.execute(_later(), {"account": account, "now": tx.now}).scalar()


@cache
def _later() -> Select[Any]:
    row = (outbox.c.account == bindparam("account"), outbox.c.state == "waiting", outbox.c.due_at > bindparam("now"))
    return select(outbox.c.due_at).where(*row).order_by(outbox.c.due_at).limit(1)


def by_provider_id(tx: Transaction, account: str, provider_id: str) -> Due | None:
    """The row that the provider took under this id, while that is its last word."""
    query = _rows().where(outbox.c.account == account, outbox.c.provider_id == provider_id)
    query = query.where(outbox.c.state.in_(("sent", "held"))).with_for_update(of=outbox)
    row = tx.execute(query).first()
    return replace(_due(tx, row), since=row.sent_at or tx.now) if row else None


def sent(tx: Transaction, due: Due, provider_id: str | None) -> None:
    """It has reached its channel, even if it was taken back meanwhile; one that may have arrived before is marked."""
    reason = "again" if due.again else None
    tx.execute(_sent(), {"row": due.id, "now": tx.now, "number": provider_id, "again": reason})


@cache
def _sent() -> Update:
    taken = {"state": literal("sent"), "sent_at": bindparam("now"), "reason": bindparam("again")}
    still = outbox.c.state == "waiting"
    if_still = {
        name: case((still, type_coerce(value, outbox.c[name].type)), else_=outbox.c[name])
        for name, value in taken.items()
    }
    row = update(outbox).where(outbox.c.id == bindparam("row"))
    return row.values(lease_until=None, provider_id=bindparam("number"), delivery="", **if_still)


def put_off(
    tx: Transaction, due: Due, at: datetime, reason: str, *, forms: Iterable[str] = (), again: bool = False
) -> None:
    """To be tried again at `at`, but not in these forms at this address; `again`: it may have arrived by now."""
    tried = due.tried | {(due.door.id, form) for form in forms}
    back = {"state": "waiting", "due_at": at, "reason": reason, "tried": _written(tried)}
    back |= {"provider_id": None, "delivery": ""}
    if forms:  # what follows is another thing to try, and has its own count
        back["attempts"] = 0
    row = update(outbox).where(outbox.c.id == due.id, outbox.c.state.in_(("waiting", "held", "sent")))
    tx.execute(row.values(**back, lease_until=tx.now if again or due.again else None))


def is_knocked(tx: Transaction, address_id: int) -> bool:
    """Was this address told a short while ago that something waits for it?"""
    told = (outbox.c.address_id == address_id) & (outbox.c.state == "held") & (outbox.c.sent_at > tx.now - PATIENCE)
    return tx.execute(select(outbox.c.id).where(told).limit(1)).first() is not None


def hold(
    tx: Transaction, due: Due, *, until: datetime | None = None, knocked: str | None = None, reason: str | None = None
) -> bool:
    """It waits for its reader to write, until the next step is taken; False when they have just written.

    `until`: PATIENCE from now, if not given; `knocked`: the provider's id of the knock ('' if it has none).
    """
    tx.execute(update(people).where(people.c.id == due.person_id).values(held=True))  # a turn of theirs ends first
    wrote = select(addresses.c.id).where(addresses.c.person_id == due.person_id, addresses.c.inbound_at > due.since)
    if tx.execute(wrote.limit(1)).first() is not None:
        put_off(tx, due, tx.now, "wrote")
        return False
    tried = due.tried if knocked is None else due.tried | {(due.door.id, "knock")}
    kept: dict[str, Any] = {"state": "held", "due_at": until or tx.now + PATIENCE, "tried": _written(tried)}
    if knocked is not None:
        kept |= {"sent_at": tx.now, "provider_id": knocked or None, "delivery": ""}
    row = update(outbox).where(outbox.c.id == due.id, outbox.c.state.in_(("waiting", "held")))
    tx.execute(row.values(**kept, reason=reason or ("again" if due.again else None), lease_until=None))
    return True


def release(tx: Transaction, person_id: int, address_id: int, account: str) -> int:
    """Whoever has just written gets what was held for them, here and now; how many. Nothing where it is unsure who."""
    known = select(addresses.c.id).where(addresses.c.id == address_id, addresses.c.state == "reachable").exists()
    row = update(outbox).where(outbox.c.person_id == person_id, outbox.c.state == "held", known)
    freed = tx.execute(
        row.values(
            state="waiting", due_at=tx.now, address_id=address_id, account=account, attempts=0, tried="",
            provider_id=None, delivery="", sent_at=None,
        )
    ).rowcount  # fmt: skip
    left = select(outbox.c.id).where(outbox.c.person_id == person_id, outbox.c.state == "held").exists()
    tx.execute(update(people).where(people.c.id == person_id, ~left).values(held=False))
    return freed


def move(tx: Transaction, due: Due, door: Door, at: datetime) -> int:
    """The same bubble goes to another address of its reader, as a new row; its id."""
    row = update(outbox).where(outbox.c.id == due.id).values(state="moved", lease_until=None)
    old = tx.execute(row.returning(outbox.c.created_at)).one()
    uid = new_uid()
    values = {
        "uid": uid, "person_id": due.person_id, "address_id": door.id, "account": door.channel, "lane": due.lane,
        "purpose": due.message.purpose, "conversation_id": due.conversation_id, "body": Private(uid, due.body),
        "created_at": old.created_at, "due_at": at, "expires_at": due.message.expires_at, "state": "waiting",
        "tried": _written(due.tried),
    }  # fmt: skip
    id: int = tx.execute(outbox.insert().values(values).returning(outbox.c.id)).scalar_one()
    return id


def out_of_patience(tx: Transaction, sent_to: Collection[str], limit: int = 50) -> list[Due]:
    """Held rows that nobody came for, and rows that nobody fetched from a page or a channel that is not set up.

    `sent_to`: the channels that are delivered. Rows are locked; `wait_on` each that is not moved.
    """
    held = (outbox.c.state == "held") & (outbox.c.due_at <= tx.now)
    unread = (outbox.c.state == "waiting") & outbox.c.account.not_in([*sent_to, "terminal"])
    unread &= outbox.c.purpose.in_(CALLED) & (outbox.c.due_at <= tx.now - PATIENCE)
    unread &= outbox.c.reason.is_distinct_from("unread")
    query = _rows().where(or_(held, unread), _unexpired(tx.now, outbox)).order_by(outbox.c.id).limit(limit)
    return [_due(tx, row) for row in tx.execute(query.with_for_update(of=outbox, skip_locked=True))]


def wait_on(tx: Transaction, due: Due) -> None:
    """Nothing else can be tried: it stays where it is until its reader comes, or until it expires."""
    kept = {"due_at": due.message.expires_at} if due.state == "held" else {"reason": "unread"}
    tx.execute(update(outbox).where(outbox.c.id == due.id).values(kept))


def supersede(tx: Transaction, conversation_id: int) -> None:
    """What was held of this conversation is not said any more: something newer is."""
    row = update(outbox).where(outbox.c.conversation_id == conversation_id, outbox.c.state == "held")
    tx.execute(row.values(state="replaced"))


def _rows() -> Select[Any]:
    return (
        select(
            outbox, addresses.c.uid.label("owner"), addresses.c.address, addresses.c.channel,
            addresses.c.state.label("open"), addresses.c.inbound_at, addresses.c.plain, people.c.language,
            people.c.stopped_at,
        )
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .join(people, people.c.id == outbox.c.person_id)
    )  # fmt: skip


def _unexpired(now: Any, table: Any) -> Any:
    return or_(table.c.expires_at.is_(None), table.c.expires_at > now)


def _due(tx: Transaction, row: Row[Any]) -> Due:
    body = row.body.open(row.uid)
    message = Message(row.purpose, row.language, bool(body.get("buttons")), row.expires_at)
    door = Door(row.address_id, row.channel, row.open, row.inbound_at, row.plain)
    return Due(
        row.id, row.person_id, row.conversation_id, row.lane, row.attempts, row.address.open(row.owner), door, body,
        message, row.stopped_at is not None, _read(row.tried), row.state, tx.now,
        row.begun_at or tx.now,
    )  # fmt: skip


def _written(tried: Tried) -> str:
    return " ".join(sorted(f"{address}:{form}" for address, form in tried))


def _read(written: str) -> Tried:
    pairs = (one.split(":") for one in written.split())
    return frozenset((int(address), form) for address, form in pairs)
