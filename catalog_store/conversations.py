"""A person × a dialogue × its subject. One is open at a time; others are parked, with a human, or over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from catalog_store.connect import Transaction
from catalog_store.schema import conversations, new_uid
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


def give_back(tx: Transaction, id: int) -> bool:
    """A chat that a person answered goes back to the program; False when it was not with a person."""
    mine = (conversations.c.id == id) & (conversations.c.state == HUMAN)
    return bool(tx.execute(update(conversations).where(mine).values(state=OVER, changed_at=tx.now)).rowcount)


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
