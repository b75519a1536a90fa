"""A database as it is after years: many people and requests, with all that they leave behind, written in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, insert, select, text

from catalog_store.connect import Store, Transaction
from catalog_store.referrals import NEXT_ACTOR, OPEN
from catalog_store.schema import addresses as places
from catalog_store.schema import (
    audit,
    new_uid,
    offers,
    outbox,
    people,
    referral_steps,
    referrals,
    waiting,
)
from catalog_store.secrets import Private, ring
from catalog_store.taxonomy import NEEDS
from dialogs.screens import Bubble

BATCH = 5_000
STATES = (  # and how many of a thousand requests are in each
    ("closed", 650), ("withdrawn", 100), ("under_way", 80), ("accepted", 50), ("sent", 60), ("unanswered", 30),
    ("declined", 20), ("new", 10),
)  # fmt: skip
_BY_US = ("new", "unanswered", "declined")  # some of these are with an operator
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def fill(store: Store, requests: int, persons: int, staff: Sequence[int], seed: int = 7) -> None:
    """Add to a catalogue people with an address, requests with their histories, messages, and what waits.

    `staff`: ids of the accounts among which some of the requests are shared out.
    """
    draw = Random(seed)
    with store.begin() as tx:
        owners = {row.id: row.organization_id for row in tx.execute(select(offers.c.id, offers.c.organization_id))}
        _put(tx, people, _people(tx, persons, draw))
        ids = list(tx.execute(select(people.c.id)).scalars())
        _put(tx, places, _addresses(ids))
        _put(tx, referrals, _referrals(tx, requests, ids, owners, staff, draw))
        made = tx.execute(select(referrals.c.id, referrals.c.state, referrals.c.created_at, referrals.c.offer_id)).all()
        _put(tx, referral_steps, _steps(made))
        stuck = select(referrals.c.id, referrals.c.person_id).where(referrals.c.next_actor == "operator").limit(200)
        _put(tx, waiting, _waiting(tx, tx.execute(stuck).all(), ids, requests // 10, draw))
        door = {row.person_id: row.id for row in tx.execute(select(places.c.person_id, places.c.id))}
        _put(tx, outbox, _outbox(tx, requests, door, draw))
        _put(tx, audit, _audit(tx, requests // 2, ids, staff, draw))
    if not store.embedded:  # what PostgreSQL does by itself a minute later
        with store._writer.connect() as connection:  # noqa: SLF001
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _put(tx: Transaction, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            tx.execute(insert(table), batch)
            batch = []
    if batch:
        tx.execute(insert(table), batch)


def _ago(tx: Transaction, draw: Random, days: float = 900) -> datetime:
    return tx.now - timedelta(days=draw.random() * days)


def _people(tx: Transaction, persons: int, draw: Random) -> Iterator[dict[str, Any]]:
    for number in range(persons):
        uid, at = new_uid(), _ago(tx, draw)
        yield {"uid": uid, "profile": Private(uid, {"name": f"Persona {number}"}), "created_at": at, "seen_at": at}


def _addresses(ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    for id in ids:
        uid, name = new_uid(), f"crowd-{id}"
        hashed = ring().hash("webchat", name)
        yield {"uid": uid, "person_id": id, "channel": "webchat", "hash": hashed, "address": Private(uid, name)}


def _referrals(
    tx: Transaction, requests: int, ids: Sequence[int], owners: dict[int, int], staff: Sequence[int], draw: Random
) -> Iterator[dict[str, Any]]:  # fmt: skip
    names, weights = zip(*STATES, strict=True)
    needs, areas, offered = list(NEEDS), list(tx.store.territory.localities), list(owners)
    for number in range(requests):
        uid, state, offer = new_uid(), draw.choices(names, weights)[0], draw.choice(offered)
        is_open = state in OPEN
        at = _ago(tx, draw, 60 if is_open else 900)
        actor = NEXT_ACTOR.get(state) if not (state in _BY_US and draw.random() < 0.5) else "operator"  # noqa: PLR2004
        details = {"told": f"cerco aiuto, è la richiesta numero {number}", "whom": "me", "age": draw.randint(18, 95),
                   "name": f"Persona {number}", "phone": "+39055000000", "home": False}  # fmt: skip
        proposal = {"day": "2026-03-19", "hour": "10:00", "place": "Via di Prova 3"}
        need, forgotten = draw.choice(needs), not is_open and at < tx.now - timedelta(days=300)
        yield {
            "uid": uid, "code": _code(number), "need": need, "area": draw.choice(areas), "group": need.split(".")[0],
            "person_id": None if forgotten else draw.choice(ids),
            "urgency": draw.choices(("normal", "urgent", "low"), (90, 8, 2))[0], "state": state, "offer_id": offer,
            "organization_id": owners[offer], "next_actor": actor if is_open else None,
            "due_at": tx.now + timedelta(days=draw.uniform(-1, 14)) if is_open else None,
            "details": None if forgotten else Private(uid, details),
            "proposal": Private(uid, proposal) if state in ("accepted", "under_way") else None,
            "outcome": draw.choice(("helped", "partly", "unknown")) if state == "closed" else None,
            "staff_id": draw.choice(staff) if draw.random() < 0.3 else None,  # noqa: PLR2004
            "created_at": at, "changed_at": at, "month": f"{at:%Y-%m}",
        }  # fmt: skip


def _code(number: int) -> str:
    """All different: four letters, then five."""
    letters, base = "", len(LETTERS)
    for _ in range(4):
        number, rest = divmod(number, base)
        letters += LETTERS[rest]
    return f"R-{letters}" + (LETTERS[number - 1] if number else "")


def _steps(made: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for row in made:
        ways = ("sent",) if row.state == "sent" else ("sent", row.state)
        for hours, state in enumerate(ways):
            at = row.created_at + timedelta(hours=hours)
            yield {"uid": new_uid(), "referral_id": row.id, "at": at, "state": state, "actor": "citizen",
                   "offer_id": row.offer_id}  # fmt: skip


def _waiting(
    tx: Transaction, stuck: Sequence[Any], ids: Sequence[int], done: int, draw: Random
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for row in stuck:
        yield _waits(tx, "referral", row.person_id, row.id)
    for number in range(200):
        yield _waits(tx, ("operator", "call", "danger", "fault")[number % 4], draw.choice(ids))
    for _ in range(done):
        yield {**_waits(tx, "operator", draw.choice(ids)), "done_at": _ago(tx, draw, 90)}


def _waits(tx: Transaction, kind: str, person: int, referral: int | None = None) -> dict[str, Any]:
    uid = new_uid()
    note = Private(uid, {"kind": "suicidio", "level": "worrying", "phone": "+39055000000", "text": "…"})
    return {"uid": uid, "kind": kind, "person_id": person, "referral_id": referral, "note": note, "created_at": tx.now,
            "due_at": tx.now, "done_at": None}  # fmt: skip


def _outbox(tx: Transaction, many: int, door: dict[int, int], draw: Random) -> Iterator[dict[str, Any]]:
    ids = list(door)
    for number in range(many):
        uid, person, at = new_uid(), draw.choice(ids), _ago(tx, draw, 30)
        body = Private(uid, Bubble(("Ho capito: la spesa a casa. In quale zona serve?",) * 3).to_json())
        yield {"uid": uid, "person_id": person, "address_id": door[person], "account": "webchat", "lane": 1,
               "body": body, "created_at": at, "due_at": at, "state": "sent" if number % 500 else "dead"}  # fmt: skip


def _audit(
    tx: Transaction, many: int, ids: Sequence[int], staff: Sequence[int], draw: Random
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for _ in range(many):
        yield {"at": _ago(tx, draw, 700), "staff_id": draw.choice(staff), "action": "read", "what": "referral",
               "uid": new_uid(), "whose": draw.choice(ids), "why": "looked up"}  # fmt: skip
