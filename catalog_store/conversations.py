"""A person × a dialogue × its subject. One is open at a time; others are parked, with a human, or over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from catalog_store.connect import Transaction
from catalog_store.referrals import OPEN as UNDER_WAY
from catalog_store.schema import addresses, conversations, new_uid, referrals
from catalog_store.secrets import Private

OPEN, PARKED, HUMAN, OVER = "open", "parked", "human", "over"

# Built once: every turn uses them.
_UNDER_WAY = (
    select(conversations)
    .where(conversations.c.person_id == bindparam("of_person"), conversations.c.state != OVER)
    .order_by(conversations.c.changed_at.desc(), conversations.c.id.desc())
)
_SAVE = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name) for name in ("state", "shown_at", "misses", "changed_at", "journal", "shown", "piece")}
    )
)


@dataclass
class Conversation:
    """What a turn reads and writes. `shown` and `piece` are JSON of the engine's own types."""

    id: int
    uid: str
    person_id: int
    dialogue: str
    subject: str
    state: str
    journal: dict[str, Any]
    shown: dict[str, Any] | None
    shown_at: datetime | None
    piece: dict[str, Any] | None
    misses: int
    changed_at: datetime


def of(tx: Transaction, person_id: int) -> list[Conversation]:
    """What this person has under way, the latest first."""
    return [_made(row) for row in tx.execute(_UNDER_WAY, {"of_person": person_id})]


def get(tx: Transaction, id: int) -> Conversation | None:
    """One, over or not, of whoever's turn it is."""
    mine = (conversations.c.id == id) & (conversations.c.person_id == tx.me())
    row = tx.execute(select(conversations).where(mine)).one_or_none()
    return _made(row) if row else None


def start(tx: Transaction, dialogue: str, subject: str, journal: dict[str, Any]) -> Conversation:
    """A new one, open."""
    uid = new_uid()
    row = conversations.insert().values(
        uid=uid, person_id=tx.me(), dialogue=dialogue, subject=subject, state=OPEN, journal=Private(uid, journal),
        opened_at=tx.now, changed_at=tx.now,
    )  # fmt: skip
    id = tx.execute(row.returning(conversations.c.id)).scalar_one()
    return Conversation(id, uid, tx.me(), dialogue, subject, OPEN, journal, None, None, None, 0, tx.now)


def save(tx: Transaction, talk: Conversation) -> None:
    """Write it back. What is over forgets the last screen's pieces, not the journal: that has its own time."""
    sealed = {
        name: None if value is None else Private(talk.uid, value)
        for name, value in (("journal", talk.journal), ("shown", talk.shown), ("piece", talk.piece))
    }
    plain = {"state": talk.state, "shown_at": talk.shown_at, "misses": talk.misses, "changed_at": tx.now}
    tx.execute(_SAVE, {"of_id": talk.id, **plain, **sealed})


def park(tx: Transaction) -> None:
    """Leave what this person has open for later."""
    mine = (conversations.c.person_id == tx.me()) & (conversations.c.state == OPEN)
    tx.execute(update(conversations).where(mine).values(state=PARKED))


def is_with_human(tx: Transaction, person_id: int) -> bool:
    """Is somebody talking with a person, not with the program?"""
    return tx.execute(select(conversations.c.id).where(_with_human(person_id)).limit(1)).first() is not None


def give_back(tx: Transaction) -> bool:
    """The chat of whoever's turn it is goes back to the program; False when it was not with a person."""
    row = update(conversations).where(_with_human(tx.me()))
    return bool(tx.execute(row.values(state=OVER, changed_at=tx.now)).rowcount)


def _with_human(person_id: int) -> ColumnElement[bool]:
    return (conversations.c.person_id == person_id) & (conversations.c.state == HUMAN)


def asked_on(tx: Transaction, channel: str) -> list[Conversation]:
    """What is open, with something shown, of everybody who last wrote on this channel."""
    query = select(conversations).where(conversations.c.state == OPEN, conversations.c.shown_at.is_not(None))
    return [_made(row) for row in tx.execute(query.where(conversations.c.person_id.in_(_last_on(channel))))]


def expecting_on(tx: Transaction, channel: str) -> list[int]:
    """Ids of the people who last wrote on this channel and have a request under way."""
    open_ones = referrals.c.state.in_(UNDER_WAY) & referrals.c.person_id.in_(_last_on(channel))
    return list(tx.execute(select(referrals.c.person_id).where(open_ones).distinct()).scalars())


def _last_on(channel: str) -> Select[Any]:
    later = addresses.alias()
    elsewhere = select(later.c.id).where(
        later.c.person_id == addresses.c.person_id, later.c.inbound_at > addresses.c.inbound_at
    )
    here = (addresses.c.channel == channel) & (addresses.c.state == "reachable")
    return select(addresses.c.person_id).where(here, ~elsewhere.exists())


def pending(tx: Transaction) -> list[tuple[int, str, str]]:
    """(id, dialogue, subject) of what this person has parked, the latest first."""
    mine = (conversations.c.person_id == tx.me()) & (conversations.c.state == PARKED)
    columns = (conversations.c.id, conversations.c.dialogue, conversations.c.subject)
    return [tuple(row) for row in tx.execute(select(*columns).where(mine).order_by(conversations.c.changed_at.desc()))]


def subject_of(tx: Transaction, id: int) -> str:
    """What a conversation, whoever's, is about; '' when it is about nothing, or gone."""
    return tx.execute(select(conversations.c.subject).where(conversations.c.id == id)).scalar() or ""


def _made(row: Any) -> Conversation:
    opened: dict[str, Any] = {
        name: getattr(row, name).open(row.uid) if getattr(row, name) else None for name in ("journal", "shown", "piece")
    }
    return Conversation(
        row.id, row.uid, row.person_id, row.dialogue, row.subject, row.state, opened["journal"], opened["shown"],
        row.shown_at, opened["piece"], row.misses, row.changed_at,
    )  # fmt: skip
