"""What organizations offer (Open Referral: service): for which needs, for whom, where, when, at what cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, or_, select, update

from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.organizations import put_row
from catalog_store.schema import agreements, new_uid, offer_areas, offer_needs, offers, organizations, queue, referrals

EVERYWHERE = "*"
STALE = 90  # days since an offer was confirmed after which it sinks
ACCESS = ("anyone", "social_service", "listening_point", "documents")
DESKS = ACCESS[1:3]  # ways in that go through an office
# States in which a referral keeps one of the offer's places: as long as its organization may still say yes.
HOLDING = ("new", "sent", "unanswered", "accepted", "under_way")
_TAKEN = (
    select(referrals.c.offer_id, func.count().label("held"))
    .join(offers, offers.c.id == referrals.c.offer_id)
    .where(offers.c.places.is_not(None), or_(*(referrals.c.state == state for state in HOLDING)))  # in_ is slow to run
    .group_by(referrals.c.offer_id)
)
QUEUED = "queued"  # the state of a request whose person waits for a place
IN_LINE = ("waiting", "proposed")  # of the queue: who has a place before whoever comes now
_WAITS = (referrals.c.id == queue.c.referral_id) & (referrals.c.state == QUEUED)
_QUEUED = (
    select(queue.c.offer_id, func.count().label("held"))
    .join(referrals, _WAITS)
    .where(or_(*(queue.c.state == state for state in IN_LINE)))
    .group_by(queue.c.offer_id)
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer. `areas` are locality ids, or EVERYWHERE; `group` '' is for anybody; `cost` '' is free.

    `schedule` is RFC 5545 (schedules.py), '' by arrangement; ages are years, both ends included; `places` None is
    without limit, in each `period` (day, week, month, year; '' in all); `access` is one of ACCESS, `access_words` says
    it to the person; `at_home`: it comes to the person. `state` is active, paused by its organization, hidden
    because nobody confirmed it, or over: its organization closed it for good.
    """

    organization_id: int
    name: str
    label: str
    row: str
    needs: tuple[str, ...]
    areas: tuple[str, ...] = (EVERYWHERE,)
    uid: str = field(default_factory=new_uid)
    location_id: int | None = None
    description: str = ""
    group: str = ""
    age_from: int | None = None
    age_to: int | None = None
    places: int | None = None
    schedule: str = ""
    cost: str = ""
    languages: tuple[str, ...] = ("it",)
    access: str = "anyone"
    access_words: str = ""
    bring: str = ""
    contact_role: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    at_home: bool = False
    state: str = "active"
    period: str = ""
    confirmed_on: date | None = None
    asked_on: date | None = None
    changed_at: datetime | None = field(default=None, compare=False)
    demonstration: bool = False
    id: int = field(default=0, compare=False)


def put(tx: Transaction, offer: Offer) -> int:
    """Add an offer, or change the one with its `uid`. Gives its id."""
    values = asdict(offer)
    needs, areas = values.pop("needs"), values.pop("areas")
    offer_id = put_row(tx, offers, {**values, "languages": ",".join(offer.languages)})
    for table, column, wanted in ((offer_needs, "need", needs), (offer_areas, "locality", areas)):
        tx.execute(delete(table).where(table.c.offer_id == offer_id))
        tx.execute(insert(table), [{"offer_id": offer_id, column: value} for value in dict.fromkeys(wanted)])
    return offer_id


def get(tx: Transaction, offer_id: int) -> Offer:
    """The offer. Raises NoResultFound."""
    (offer,) = _read(tx, select(offers).where(offers.c.id == offer_id), only=[offer_id])
    return offer


def listed(tx: Transaction, *, active: bool = False) -> list[Offer]:
    """All offers, or only the active ones of approved organizations, in the order in which they were put."""
    query = select(offers).order_by(offers.c.id)
    if active:
        query = query.where(offers.c.state == "active", of_the_network(), agreed(tx))
    return _read(tx, query)


def of_the_network() -> ColumnElement[bool]:
    """SQL: is this offer of an organization that is in the network?"""
    return offers.c.organization_id.in_(select(organizations.c.id).where(organizations.c.state == "approved"))


def agreed(tx: Transaction) -> ColumnElement[bool]:
    """SQL: no agreement carries this offer, or one that is in force today (agreements.py)."""
    today = tx.store.calendar.day(tx.now)
    lapsed = or_(agreements.c.from_on > today, agreements.c.to_on < today)
    return offers.c.uid.not_in(select(agreements.c.uid).where(lapsed))


def change(tx: Transaction, offer_id: int, **values: Any) -> None:
    """Change some columns of an offer: what somebody else changes at the same time is not undone."""
    tx.execute(update(offers).where(offers.c.id == offer_id).values(**values, changed_at=tx.now))
    bump(tx)


def set_left(tx: Transaction, offer_id: int, left: int | None) -> None:
    """So many places are free now, beside those that requests hold; None: without limit.

    Who waits in the line has them first.
    """
    tx.lock(offers, offer_id)
    change(tx, offer_id, places=None if left is None else held(tx, offer_id, ()) + left)


def left(tx: Transaction, offer_id: int) -> int | None:
    """How many places are free for whoever comes now, never less than none; None without a limit."""
    places = get(tx, offer_id).places
    return None if places is None else max(0, places - held(tx, offer_id))


def of_organization(tx: Transaction, organization_id: int) -> list[Offer]:
    """What an organization offers, in the order in which it was put, whatever its state."""
    theirs = offers.c.organization_id == organization_id
    return _read(tx, select(offers).where(theirs).order_by(offers.c.id), only=select(offers.c.id).where(theirs))


def taken(tx: Transaction) -> Mapping[int, int]:
    """Of the offers with a limit: how many places are held by requests under way, or waited for by who came before."""
    held = {row.offer_id: row.held for row in tx.execute(_TAKEN)}
    for row in tx.execute(_QUEUED):
        held[row.offer_id] = held.get(row.offer_id, 0) + row.held
    return held


def held(tx: Transaction, offer_id: int, in_line: Sequence[str] = IN_LINE) -> int:
    """How many places of an offer are held by requests, and by those in the queue in one of these states."""
    asked = select(func.count()).where(referrals.c.offer_id == offer_id, referrals.c.state.in_(HOLDING))
    waits = select(func.count()).select_from(queue).join(referrals, _WAITS)
    waits = waits.where(queue.c.offer_id == offer_id, queue.c.state.in_(in_line))
    return int(tx.execute(select(asked.scalar_subquery() + waits.scalar_subquery())).scalar_one())


def _read(tx: Transaction, query: Any, only: Any = None) -> list[Offer]:
    needs, areas = _lists(tx, offer_needs, "need", only), _lists(tx, offer_areas, "locality", only)
    return [
        Offer(**{**row, "languages": tuple(filter(None, row["languages"].split(",")))}, needs=needs[row["id"]],
              areas=areas[row["id"]])
        for row in tx.execute(query).mappings()
    ]  # fmt: skip


def _lists(tx: Transaction, table: Table, column: str, only: Any) -> Mapping[int, tuple[str, ...]]:
    """The values of each offer; `only`: of these offers (ids, or a query that gives them)."""
    query = select(table.c.offer_id, table.c[column]).order_by(table.c.offer_id, table.c[column])
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    query = query.where(table.c.offer_id.in_(only)) if only is not None else query
    for row in tx.execute(query).mappings():
        found[row["offer_id"]] += (row[column],)
    return found
