"""What waits for a human: somebody who asked for one, a call to make, a danger, a request that nobody took, a fault."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from catalog_store.connect import Transaction
from catalog_store.schema import new_uid, waiting
from catalog_store.secrets import Private

NOW = "now"  # the level of a danger that somebody on call is told of
AGAIN_AFTER = timedelta(minutes=5)  # they are told once more
LONGEST = 3000  # characters kept of what was written of a danger
KEPT = ("danger", "human")  # calls of which each says something that no other does
OF_CHAT = ("chat", "desk", "heard")  # since when a person answers; on whose own phone; the last that was read there
CHATS = ("danger", "operator", "mediator", "fault")  # what is seen to in the person's chat, by one of us at a time


@dataclass(frozen=True, repr=False)
class Waiting:
    """One entry of the operators' queue. `note` is what they need to know; `due_at` is what the person was promised.

    `staff_id`: who sees to it; `tries`: calls that nobody answered.
    """

    id: int
    uid: str
    kind: str
    person_id: int
    conversation_id: int | None
    referral_id: int | None
    note: dict[str, Any]
    created_at: datetime
    due_at: datetime
    staff_id: int | None
    tries: int
    done_at: datetime | None

    @property
    def in_chat(self) -> bool:
        """Has one of us come into the chat to answer?"""
        return "chat" in self.note


def add(
    tx: Transaction,
    kind: str,
    person_id: int,
    note: dict[str, Any],
    due_at: datetime,
    conversation_id: int | None = None,
    referral_id: int | None = None,
) -> int:
    """Put an entry into the queue; `kind` is operator | mediator | call | danger | referral | fault. Its id."""
    uid = new_uid()
    row = waiting.insert().values(
        uid=uid, kind=kind, person_id=person_id, note=Private(uid, note), created_at=tx.now, due_at=due_at,
        conversation_id=conversation_id, referral_id=referral_id,
    )  # fmt: skip
    id: int = tx.execute(row.returning(waiting.c.id)).scalar_one()
    return id


def alarm(tx: Transaction, note: dict[str, Any], conversation_id: int | None) -> int:
    """A danger of whoever's turn it is: one entry, however often they write of it. Its id, 0 if it was known already.

    `note`: kind, level and text. What is worse, or new, is added to the entry that is not done; a *now* after less than
    that counts as not known.
    """
    mine = (waiting.c.person_id == tx.me()) & (waiting.c.kind == "danger") & waiting.c.done_at.is_(None)
    row = tx.execute(select(waiting).where(mine).order_by(waiting.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return add(tx, "danger", tx.me(), note, tx.now, conversation_id)
    known = row.note.open(row.uid)
    worse = note["level"] == NOW != known["level"]
    texts = "\n".join(dict.fromkeys([*known["text"].split("\n"), note["text"]]))[-LONGEST:]
    chat = {name: known[name] for name in OF_CHAT if name in known}
    kept = {**(chat | note if worse else known), "text": texts}
    tx.execute(update(waiting).where(waiting.c.id == row.id).values(note=Private(row.uid, kept)))
    return row.id if worse else 0


def acknowledge(tx: Transaction, id: int) -> bool:
    """Somebody on call sees to a danger; False when somebody does already, it is done, or there is no such entry."""
    row = get(tx, id)
    known = row is None or "acknowledged" in row.note
    return not known and remember(tx, id, acknowledged=tx.now.isoformat())


def unacknowledged(tx: Transaction) -> list[Waiting]:
    """Dangers of which an operator was told long enough ago, once, and that nobody has acknowledged."""
    late = (waiting.c.kind == "danger") & waiting.c.done_at.is_(None) & (waiting.c.created_at <= tx.now - AGAIN_AFTER)
    rows = [_made(row) for row in tx.execute(select(waiting).where(late))]
    told = [row for row in rows if row.note.get("alerted") and not {"acknowledged", "again"} & row.note.keys()]
    return [row for row in told if datetime.fromisoformat(row.note["alerted"]) <= tx.now - AGAIN_AFTER]


def alerted(tx: Transaction, row: Waiting, person_id: int) -> None:
    """An operator is being told, on their own chat: for the first time, or once more."""
    told = [*row.note.get("told", ()), person_id]
    remember(tx, row.id, told=told, **{"again" if "alerted" in row.note else "alerted": tx.now.isoformat()})


def remember(tx: Transaction, id: int, **more: Any) -> bool:
    """Add to what is noted with an entry; False when it is done, or there is no such entry."""
    row = tx.execute(select(waiting).where(waiting.c.id == id, waiting.c.done_at.is_(None))).one_or_none()
    if row is None:
        return False
    known = Private(row.uid, {**row.note.open(row.uid), **more})
    tx.execute(update(waiting).where(waiting.c.id == id).values(note=known))
    return True


def call(
    tx: Transaction, person_id: int, note: dict[str, Any], due_at: datetime, conversation_id: int | None,
    referral_id: int | None,
) -> None:  # fmt: skip
    """Somebody is to be called about a request, or a reply: one call for each "purpose", and `note` is the latest.

    What was said of a danger, or by a person, is never replaced.
    """
    mine = (waiting.c.person_id == person_id) & (waiting.c.kind == "call") & waiting.c.done_at.is_(None)
    about = waiting.c.referral_id == referral_id if referral_id else waiting.c.referral_id.is_(None)
    for row in tx.execute(select(waiting).where(mine, about)):
        known = row.note.open(row.uid)
        if known == note:
            return
        if known.get("purpose") == note["purpose"] and note["purpose"] not in KEPT:  # they asked for one without
            tx.execute(update(waiting).where(waiting.c.id == row.id).values(note=Private(row.uid, note)))
            return
    add(tx, "call", person_id, note, due_at, conversation_id, referral_id)


def open_rows(tx: Transaction) -> list[Waiting]:
    """What is not done: dangers that are happening now, then the soonest due."""
    query = select(waiting).where(waiting.c.done_at.is_(None)).order_by(waiting.c.due_at, waiting.c.id)
    rows = [_made(row) for row in tx.execute(query)]
    return sorted(rows, key=lambda row: (row.kind, row.note.get("level")) != ("danger", NOW))


def get(tx: Transaction, id: int) -> Waiting | None:
    """One entry, done or not."""
    row = tx.execute(select(waiting).where(waiting.c.id == id)).one_or_none()
    return _made(row) if row else None


def by_uid(tx: Transaction, uid: str) -> Waiting | None:
    """The same, by the name that stands in addresses of pages."""
    row = tx.execute(select(waiting).where(waiting.c.uid == uid)).one_or_none()
    return _made(row) if row else None


def of_kinds(tx: Transaction, kinds: Collection[str], limit: int) -> list[Waiting]:
    """What is not done of these kinds, the soonest due first."""
    open_ones = waiting.c.done_at.is_(None) & waiting.c.kind.in_(kinds)
    query = select(waiting).where(open_ones).order_by(waiting.c.due_at, waiting.c.id).limit(limit)
    return [_made(row) for row in tx.execute(query)]


def count(tx: Transaction, kinds: Collection[str]) -> int:
    """How much is not done of these kinds."""
    open_ones = waiting.c.done_at.is_(None) & waiting.c.kind.in_(kinds)
    return int(tx.execute(select(func.count()).where(open_ones)).scalar_one())


def chat_of(tx: Transaction, person_id: int, *, held: bool = False) -> list[Waiting]:
    """What is not done of somebody's chat. `held` until the transaction ends: two operators never answer at once."""
    theirs = (waiting.c.person_id == person_id) & waiting.c.kind.in_(CHATS) & waiting.c.done_at.is_(None)
    query = select(waiting).where(theirs).order_by(waiting.c.id)
    return [_made(row) for row in tx.execute(query.with_for_update() if held else query)]


def holder(chat: Collection[Waiting]) -> int | None:
    """Which of the operators sees to a chat, if any does."""
    return next((row.staff_id for row in chat if row.staff_id is not None), None)


def take(tx: Transaction, id: int, staff_id: int, *, over: bool = False) -> bool:
    """One of the operators sees to it, and to all else of the same chat; False when somebody else does, or it is done.

    `over`: from whoever does.
    """
    row = get(tx, id)
    together = chat_of(tx, row.person_id, held=True) if row and row.kind in CHATS else []
    if together and not over and holder(together) not in (None, staff_id):
        return False
    free = (waiting.c.id == id) & waiting.c.done_at.is_(None)
    if not over:
        free &= or_(waiting.c.staff_id.is_(None), waiting.c.staff_id == staff_id)
    taken = {"staff_id": staff_id, "taken_at": tx.now}
    if not tx.execute(update(waiting).where(free).values(taken)).rowcount:
        return False
    tx.execute(update(waiting).where(waiting.c.id.in_([one.id for one in together])).values(taken))
    return True


def tried(tx: Transaction, id: int, due_at: datetime) -> bool:
    """Nobody answered the telephone: to be tried again by then, by whoever is free. False when it is done."""
    row = update(waiting).where(waiting.c.id == id, waiting.c.done_at.is_(None))
    again = {"tries": waiting.c.tries + 1, "due_at": due_at, "staff_id": None, "taken_at": None}
    return bool(tx.execute(row.values(again)).rowcount)


def done(tx: Transaction, id: int) -> bool:
    """Somebody has seen to it; False when somebody had before, or there is no such entry."""
    row = update(waiting).where(waiting.c.id == id, waiting.c.done_at.is_(None))
    return bool(tx.execute(row.values(done_at=tx.now)).rowcount)


def is_with_human(tx: Transaction, referral_id: int) -> bool:
    """Is a request in the queue, not done? A call about it is another matter."""
    about = (waiting.c.referral_id == referral_id) & waiting.c.done_at.is_(None) & (waiting.c.kind != "call")
    return tx.execute(select(waiting.c.id).where(about).limit(1)).first() is not None


def _made(row: Row[Any]) -> Waiting:
    note = row.note.open(row.uid) if row.note else {}
    return Waiting(
        row.id, row.uid, row.kind, row.person_id, row.conversation_id, row.referral_id, note, row.created_at,
        row.due_at, row.staff_id, row.tries, row.done_at,
    )  # fmt: skip


def settle(tx: Transaction, referral_id: int) -> None:
    """A request waits for no human any more: somebody answers for it now, or it is over. Calls about it stay."""
    about = (waiting.c.referral_id == referral_id) & (waiting.c.kind == "referral") & waiting.c.done_at.is_(None)
    tx.execute(update(waiting).where(about).values(done_at=tx.now))
