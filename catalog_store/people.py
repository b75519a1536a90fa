"""Who writes, and how they are reached.

An address is looked up by its keyed hash only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    LargeBinary,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from catalog_store import secrets
from catalog_store.columns import UTC
from catalog_store.connect import Transaction
from catalog_store.reach import MAIL, WINDOW, WINDOWED, Door
from catalog_store.schema import addresses, inbox, new_uid, people
from catalog_store.secrets import Private

_NUMBER = re.compile(r"\+\d{6,15}")
DISCREET = "discreet"  # in the profile of who wrote of violence: until when we may write first
SILENCE = timedelta(days=365)  # after it, whoever writes from an address may be somebody else
REASSIGNED = ("telegram", "whatsapp")  # channels whose addresses hang on telephone numbers, which change hands

# Built once: every turn uses them, and to build a statement costs five times what it costs to run it.
_HEARD = (
    update(addresses)
    .where(addresses.c.channel == bindparam("of_channel"), addresses.c.hash == bindparam("of_hash"))
    .values(
        inbound_at=case(
            (addresses.c.inbound_at > bindparam("at", type_=UTC), addresses.c.inbound_at),
            else_=bindparam("at", type_=UTC),
        ),
        state=case(
            (
                and_(
                    or_(*(addresses.c.channel == channel for channel in REASSIGNED)),  # in_ is slow to run
                    or_(
                        addresses.c.state == "unsure",
                        addresses.c.state == "unreachable",
                        addresses.c.inbound_at <= bindparam("long_ago", type_=UTC),
                        addresses.c.beside != bindparam("also", type_=LargeBinary),
                    ),
                ),
                "unsure",
            ),
            else_="reachable",
        ),
    )
    .returning(addresses.c.id, addresses.c.person_id, addresses.c.state, addresses.c.beside)
)
_SEEN = (
    update(people)
    .where(people.c.id == bindparam("of_id"))
    .where(people.c.erased_at.is_not_distinct_from(bindparam("was_erased_at", type_=UTC)))
    .values(
        language=bindparam("language"), recent=bindparam("recent"), welcomed_at=bindparam("welcomed_at"),
        seen_at=func.coalesce(bindparam("seen_at", type_=UTC), people.c.seen_at), erased_at=None,
    )
)  # fmt: skip
# NO KEY UPDATE: rows that refer to the person may still be added, or two turns opening towards each other deadlock.
_LOCKED = (
    select(*(
        people.c[name] for name in (
            "id", "uid", "language", "profile", "recent", "welcomed_at", "erased_at", "held", "stopped_at",
        )
    ))
    .where(people.c.id == bindparam("of_id"))
    .with_for_update(key_share=True)
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A person, and the address at which they are talked to now.

    `profile` is what they told us to keep; `recent` are hashes of what the last replies said; `erased_at` is set from
    "cancella tutto" until they are gone, or write again. `sure`: is it they who write from this address, or may it have
    passed to somebody else?
    """

    id: int
    uid: str
    language: str
    profile: dict[str, Any]
    recent: tuple[str, ...]
    welcomed_at: datetime | None
    erased_at: datetime | None
    address_id: int
    channel: str
    held: bool = False  # something waits in the outbox until they write
    stopped: bool = False  # they want no reminder, survey or broadcast
    sure: bool = True


def is_quiet(person: Person, now: datetime) -> bool:
    """Is somebody written to only when they write? Somebody else may hold their telephone."""
    until = person.profile.get(DISCREET)
    return until is not None and now >= datetime.fromisoformat(until)


class NotLocked(Exception):
    """These people must be locked together before anything else: the transaction is to begin anew with `lock`."""

    def __init__(self, ids: Collection[int]) -> None:
        super().__init__("several people are to be locked first")
        self.ids = tuple(sorted(ids))


@dataclass(frozen=True, repr=False)
class Address:
    """Where to write to somebody: the channel's own address, in the clear."""

    id: int
    channel: str
    address: str


def recognise(tx: Transaction, channel: str, address: str, *, also: str = "", at: datetime | None = None) -> Person:
    """Who writes from this address, locked until the transaction ends; somebody new if nobody did before.

    `also`: another address that the channel says is theirs too; it becomes theirs if it is nobody's yet and it is sure
    that it is they. Two addresses that were known before stay whose they are. `at`: when it was written, if not now.
    After a long silence or a block, or beside another `also` than before, it is not sure that it is they: the address
    stays unsure until `identity` says so.
    """
    ring = secrets.ring()
    known = {
        "at": min(at or tx.now, tx.now), "long_ago": tx.now - SILENCE, "of_channel": channel,
        "of_hash": ring.hash(channel, address), "also": ring.hash(channel, also) if also else None,
    }  # fmt: skip
    row = tx.execute(_HEARD, known).one_or_none()
    if row is None:
        _meet(tx, channel, address, also)
        row = tx.execute(_HEARD, known).one()
    if also and row.state == "reachable" and row.beside is None:
        tx.execute(update(addresses).where(addresses.c.id == row.id).values(beside=known["also"]))
        _reached_at(tx, row.person_id, channel, also)
    person = tx.execute(_LOCKED, {"of_id": row.person_id}).one()
    return _person(person, row.id, channel, sure=row.state != "unsure")


def known_at(tx: Transaction, channel: str, address: str) -> int | None:
    """Whoever has written from this address; None if nobody did."""
    at = (addresses.c.channel == channel) & (addresses.c.hash == secrets.ring().hash(channel, address))
    found: int | None = tx.execute(select(addresses.c.person_id).where(at)).scalar()
    return found


def lock(tx: Transaction, ids: Collection[int]) -> None:
    """Hold several people, with what arrives for them, until the transaction ends; before anything else is held.

    In the order in which turns take theirs (inbox row, address, person) and by id: so no two wait for each other.
    """
    if not tx.store.embedded:
        due = (inbox.c.person_id.in_(ids), inbox.c.state == "due")
        for rows in (
            select(inbox.c.id).where(*due).order_by(inbox.c.id),
            select(addresses.c.id).where(addresses.c.person_id.in_(ids)).order_by(addresses.c.id),
            select(people.c.id).where(people.c.id.in_(ids)).order_by(people.c.id),
        ):
            tx.execute(rows.with_for_update(key_share=True))
    tx.locked = frozenset(ids)


def _meet(tx: Transaction, channel: str, address: str, also: str) -> None:
    """Add a person and their address, unless a message that arrived at the same instant has just added it."""
    if (known := _known(tx, channel, also)) is not None:
        _reached_at(tx, known.person_id, channel, address, sure=_sure(tx, known))
        return
    person_id = tx.execute(
        people.insert().values(uid=new_uid(), created_at=tx.now, seen_at=tx.now).returning(people.c.id)
    ).scalar_one()
    if _reached_at(tx, person_id, channel, address) is None:
        tx.execute(delete(people).where(people.c.id == person_id))
    else:
        tx.locked |= {person_id}  # nobody else sees them yet; and when the turn begins anew, they have another id


def _known(tx: Transaction, channel: str, address: str) -> Row[Any] | None:
    """The row of this address, if it is anybody's."""
    of_hash = addresses.c.hash == secrets.ring().hash(channel, address)
    query = select(addresses).where(addresses.c.channel == channel, of_hash)
    return tx.execute(query).one_or_none() if address else None


def _sure(tx: Transaction, row: Row[Any]) -> bool:
    """Would whoever wrote from this address be taken for its person?"""
    return row.state == "reachable" and (row.inbound_at is None or row.inbound_at > tx.now - SILENCE)


def _reached_at(tx: Transaction, person_id: int, channel: str, address: str, *, sure: bool = True) -> int | None:
    """Add an address to a person; None when it is somebody's already."""
    uid, hashed = new_uid(), secrets.ring().hash(channel, address)
    sealed, state = Private(uid, address), "reachable" if sure else "unsure"
    return tx.insert_once(
        addresses, uid=uid, person_id=person_id, channel=channel, hash=hashed, address=sealed, state=state
    )


def get(tx: Transaction, person_id: int) -> Person | None:
    """A person at the address they last wrote from; None when they are gone."""
    row = tx.execute(select(people).where(people.c.id == person_id)).one_or_none()
    address = tx.execute(_latest(person_id)).first()
    return _person(row, address.id, address.channel, sure=address.state != "unsure") if row and address else None


def me(tx: Transaction) -> Person:
    """The person whose turn it is, read once."""
    if tx.person is None:
        tx.person = get(tx, tx.me())
    if tx.person is None:
        raise LookupError("nobody's turn: the person is gone")
    return tx.person


def speak(tx: Transaction, language: str) -> None:
    """Answer whoever's turn it is in this language from now on."""
    tx.person = replace(me(tx), language=language)
    save(tx, tx.person)


def become(tx: Transaction, person_id: int, address_id: int, channel: str) -> Person:
    """From now on it is this person's turn, at this address of theirs."""
    tx.person = _person(tx.execute(_LOCKED, {"of_id": person_id}).one(), address_id, channel)
    tx.person_id = person_id
    return tx.person


def writable(tx: Transaction, person_id: int | None, *, anyhow: bool = False) -> Person | None:
    """A person to begin a conversation with, locked; None when they cannot be reached or asked to be forgotten.

    `anyhow`: also at an address that takes nothing any more; what is said there goes another way.
    """
    row = tx.execute(_LOCKED, {"of_id": person_id}).one_or_none() if person_id is not None else None
    address = tx.execute(_latest(row.id).where(addresses.c.state == "reachable")).first() if row else None
    if row and anyhow and address is None:
        address = tx.execute(_latest(row.id)).first()
    return _person(row, address.id, address.channel) if row and address and row.erased_at is None else None


def address_of(tx: Transaction, person_id: int) -> Address | None:
    """Where to write to somebody: the reachable address that they last wrote from."""
    row = tx.execute(_latest(person_id).where(addresses.c.state == "reachable")).first()
    return Address(row.id, row.channel, row.address.open(row.uid)) if row else None


def unreachable(tx: Transaction, address_id: int, since: datetime | None = None) -> bool:
    """The channel refuses this address for good, until they write again; False if they have written since `since`."""
    before = or_(addresses.c.inbound_at.is_(None), addresses.c.inbound_at <= (since or tx.now))
    row = update(addresses).where(addresses.c.id == address_id, before)
    return bool(tx.execute(row.values(state="unreachable")).rowcount)


def plain(tx: Transaction, address_id: int) -> None:
    """The channel takes nothing to tap at this address: numbered text from now on."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(plain=True))


def close_window(tx: Transaction, address_id: int, since: datetime) -> None:
    """The channel says that the window of this address is closed; not if they have written since `since`."""
    row = update(addresses).where(addresses.c.id == address_id, addresses.c.inbound_at <= since)
    tx.execute(row.values(inbound_at=tx.now - WINDOW))


def doors(tx: Transaction, person_id: int) -> list[Door]:
    """The addresses of somebody as they are now, the one they last wrote from first."""
    return [
        Door(row.id, row.channel, row.state, row.inbound_at, row.plain)
        for row in tx.execute(_latest(person_id).limit(None))
    ]


def number_of(tx: Transaction, person_id: int) -> str:
    """Where somebody can be called: the number they told us, or the one that they write from; '' if none is known."""
    person = get(tx, person_id)
    if person is None or person.profile.get("phone"):
        return str(person.profile["phone"]) if person else ""
    for row in tx.execute(_latest(person_id).limit(None).where(addresses.c.channel == WINDOWED)):
        number: str = row.address.open(row.uid).removeprefix("whatsapp:")
        if _NUMBER.fullmatch(number):  # it may also be a name of WhatsApp's own
            return number
    return ""


def mailbox(tx: Transaction, address: str) -> Person:
    """Whoever reads an organization's mail, as somebody to write to."""
    hashed = secrets.ring().hash(MAIL, address)
    known = select(addresses.c.id, addresses.c.person_id).where(addresses.c.channel == MAIL, addresses.c.hash == hashed)
    row = tx.execute(known).one_or_none()
    if row is None:
        _meet(tx, MAIL, address, "")
        row = tx.execute(known).one()
    return _person(tx.execute(_LOCKED, {"of_id": row.person_id}).one(), row.id, MAIL)


def stop(tx: Transaction) -> bool:
    """Whoever's turn it is wants no reminder, survey or broadcast any more; False when they had said so before."""
    return bool(tx.execute(_asked(tx).where(people.c.stopped_at.is_(None)).values(stopped_at=tx.now)).rowcount)


def start(tx: Transaction) -> bool:
    """They want them again; False when they had not stopped them."""
    return bool(tx.execute(_asked(tx).where(people.c.stopped_at.is_not(None)).values(stopped_at=None)).rowcount)


def _asked(tx: Transaction) -> Update:
    return update(people).where(people.c.id == tx.me())


def reported(tx: Transaction, channel: str, address: str, *, reachable: bool, at: datetime) -> None:
    """The channel says that somebody blocked us at this time, or let us in again; nobody new is made of it.

    Who comes back may be somebody else: they are `unsure`. A message after a block counts more than the block.
    """
    one = update(addresses).where(
        addresses.c.channel == channel, addresses.c.hash == secrets.ring().hash(channel, address)
    )
    if reachable:
        tx.execute(one.where(addresses.c.state == "unreachable").values(state="unsure"))
    else:
        before = or_(addresses.c.inbound_at.is_(None), addresses.c.inbound_at <= at)
        tx.execute(one.where(before).values(state="unreachable"))


def save(tx: Transaction, person: Person) -> None:
    """Write what a turn changes: language, welcome, recent replies, last seen; nothing if it has erased the person."""
    kept = {"language": person.language, "recent": json.dumps(person.recent), "welcomed_at": person.welcomed_at}
    seen = tx.now if person.sure else None  # who may be somebody else has not been seen
    tx.execute(_SEEN, {**kept, "of_id": person.id, "was_erased_at": person.erased_at, "seen_at": seen})


def keep(tx: Transaction, person_id: int, **told: Any) -> None:
    """Add to the profile what somebody told us to keep; None forgets an entry."""
    row = tx.execute(_LOCKED, {"of_id": person_id}).one()
    profile = {**(row.profile.open(row.uid) if row.profile else {}), **told}
    kept = {name: value for name, value in profile.items() if value is not None}
    if tx.person is not None and tx.person.id == person_id:
        tx.person = replace(tx.person, profile=kept)
    tx.execute(update(people).where(people.c.id == person_id).values(profile=Private(row.uid, kept) if kept else None))


def _latest(person_id: int) -> Select[Any]:
    by_time = (addresses.c.inbound_at.desc().nulls_last(), addresses.c.id.desc())
    theirs = (addresses.c.person_id == person_id) & (addresses.c.state != "gone")
    return select(addresses).where(theirs).order_by(*by_time).limit(1)


def _person(row: Row[Any], address_id: int, channel: str, *, sure: bool = True) -> Person:
    profile = row.profile.open(row.uid) if row.profile else {}
    recent = tuple(json.loads(row.recent))
    return Person(
        row.id, row.uid, row.language, profile, recent, row.welcomed_at, row.erased_at, address_id, channel, row.held,
        row.stopped_at is not None, sure,
    )  # fmt: skip
