"""The requests as who works here sees them: filtered, sorted, a page at a time, and only those that they may see.

Whose things somebody sees is decided here, once: `visible` (which requests) and `opened` (what they say of a person).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, select, true, tuple_

from catalog_store import referrals as machine
from catalog_store.columns import UTC
from catalog_store.connect import Transaction
from catalog_store.referrals import MOVES, OPEN, Referral
from catalog_store.schema import offers, organizations, referrals
from catalog_store.sessions import Visitor
from catalog_store.taxonomy import GROUPS

PAGE = 50  # rows
OVER = ("closed", "withdrawn")
STATES: Mapping[str, Sequence[str]] = {  # what can be chosen, and the states that it stands for
    "open": OPEN, **{state: (state,) for state in MOVES}, "over": OVER, "all": tuple(MOVES),
}  # fmt: skip
ORDERS = ("due", "newest", "oldest")
HOLDERS = ("me", "colleague", "nobody")
FOR_CONTACTS = ("whom", "age", "name", "phone")  # what an organization that accepted needs to know
_ACCEPTED = ("accepted", "under_way")
_COLUMNS = tuple(
    referrals.c[name]
    for name in ("uid", "code", "need", "area", "state", "urgency", "due_at", "created_at", "staff_id", "next_actor")
)
_KNOWN = referrals.c.person_id.is_not(None)


@dataclass(frozen=True)
class Filters:
    """What is looked for. '' and None are anything; `need` is one, or a group; `organization` is a uid.

    `since` and `until` are days on which a request was made, both included. `after`: (instant, uid) of the row, in this
    order, below which the page begins.
    """

    state: str = "open"
    need: str = ""
    area: str = ""
    organization: str = ""
    urgency: str = ""
    holder: str = ""
    late: bool = False
    since: date | None = None
    until: date | None = None
    code: str = ""
    order: str = "due"
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True)
class Line:
    """One request in the list: nothing of whose it is. `at` is what the list is sorted by."""

    uid: str
    code: str
    need: str
    area: str
    state: str
    urgency: str
    due_at: datetime | None
    created_at: datetime
    staff_id: int | None
    next_actor: str | None
    organization: str
    at: datetime


@dataclass(frozen=True, repr=False)
class Case:
    """One request on its own page; `details`: what it says of its person, None for who may not read it."""

    referral: Referral
    organization: str
    offer: str
    details: dict[str, Any] | None
    same_as: tuple[str, str] | None  # (uid, code) of the request that it was merged into


def visible(visitor: Visitor) -> ColumnElement[bool]:
    """SQL: which requests somebody may see. A reader sees them all, and nothing of whose they are (`opened`)."""
    match visitor.role:
        case "administrator" | "operator" | "reader":
            return true()
        case "social_worker":
            return referrals.c.staff_id == visitor.id
        case "association" if visitor.organization_id is not None:
            return referrals.c.organization_id == visitor.organization_id
    return false()


def opened(visitor: Visitor, referral: Referral) -> Collection[str] | None:
    """Which of its details somebody may read: all (None), those named, or none (an empty tuple)."""
    match visitor.role:
        case "administrator" | "operator" | "social_worker":
            return None
        case "association" if referral.state in _ACCEPTED:
            return FOR_CONTACTS
    return ()


def listed(tx: Transaction, visitor: Visitor, filters: Filters, limit: int = PAGE) -> list[Line]:
    """A page of requests."""
    by: ColumnElement[Any] = referrals.c.due_at if sorted_by_due(filters) else referrals.c.created_at
    order = tuple_(by, referrals.c.uid)
    query = (
        select(*_COLUMNS, func.coalesce(organizations.c.name, "").label("organization"), by.label("at"))
        .select_from(referrals.outerjoin(organizations, organizations.c.id == referrals.c.organization_id))
        .where(_KNOWN, visible(visitor), _standing(filters), *_matching(tx, visitor, filters))
        .limit(limit)
    )
    down = filters.order == "newest" or not (sorted_by_due(filters) or filters.order == "oldest")
    if filters.after is not None:
        here = tuple_(literal(filters.after[0], UTC), literal(filters.after[1]))
        query = query.where(order < here if down else order > here)
    query = query.order_by(*(one.desc() if down else one for one in (by, referrals.c.uid)))
    return [Line(**row) for row in tx.execute(query).mappings()]


def counted(tx: Transaction, visitor: Visitor, filters: Filters) -> dict[str, int]:
    """How many requests there are in each state, with the other filters as they are."""
    query = select(referrals.c.state, func.count().label("many"))
    query = query.where(_KNOWN, visible(visitor), *_matching(tx, visitor, filters))
    return {row.state: row.many for row in tx.execute(query.group_by(referrals.c.state))}


def sorted_by_due(filters: Filters) -> bool:
    """Only what is open is due."""
    return filters.order == "due" and set(STATES[filters.state]) <= set(OPEN)


def get(tx: Transaction, visitor: Visitor, uid: str) -> Referral | None:
    """One request; None when there is none that this visitor may see."""
    return machine.get(tx, uid, visible(visitor))


def by_code(tx: Transaction, visitor: Visitor, code: str) -> Referral | None:
    """The same, by what people call it, however they write it."""
    found = machine.by_code(tx, as_code(code))
    return get(tx, visitor, found.uid) if found else None


def case(tx: Transaction, visitor: Visitor, uid: str) -> Case | None:
    """One request with its names, and what its visitor may read of its person; None when they may not see it."""
    same = referrals.alias()
    names = (organizations.c.name.label("organization"), offers.c.name.label("offer"), same.c.uid.label("same_uid"),
             same.c.code.label("same_code"))  # fmt: skip
    row = tx.execute(
        select(referrals, *names)
        .select_from(
            referrals.outerjoin(organizations, organizations.c.id == referrals.c.organization_id)
            .outerjoin(offers, offers.c.id == referrals.c.offer_id)
            .outerjoin(same, same.c.id == referrals.c.merged_into)
        )
        .where(referrals.c.uid == uid, _KNOWN, visible(visitor))
    ).one_or_none()
    if row is None:
        return None
    referral = machine.made(row)
    only, details = opened(visitor, referral), None
    if row.details is not None and (only is None or only):
        told = row.details.open(uid)
        details = {name: value for name, value in told.items() if only is None or name in only}
    merged = (row.same_uid, row.same_code) if row.same_uid else None
    return Case(referral, row.organization or "", row.offer or "", details, merged)


def others_of(tx: Transaction, visitor: Visitor, referral: Referral, limit: int = 10) -> list[Line]:
    """The other open requests of the same person, that may ask the same."""
    columns = (*_COLUMNS, literal("").label("organization"), referrals.c.created_at.label("at"))
    mine = (referrals.c.person_id == referral.person_id) & (referrals.c.id != referral.id)
    query = select(*columns).where(mine, visible(visitor), referrals.c.state.in_(OPEN)).order_by(referrals.c.id.desc())
    return [Line(**row) for row in tx.execute(query.limit(limit)).mappings()]


def named(tx: Transaction, ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """(uid, code, need) of requests, by their ids."""
    columns = (referrals.c.id, referrals.c.uid, referrals.c.code, referrals.c.need)
    query = select(*columns).where(referrals.c.id.in_(list(ids)))
    return {row.id: (row.uid, row.code, row.need) for row in tx.execute(query)}


def offers_called(tx: Transaction, ids: Collection[int]) -> dict[int, str]:
    """What offers are called, and whose they are, by their ids."""
    query = select(offers.c.id, offers.c.name, organizations.c.name.label("owner"))
    query = query.join(organizations, organizations.c.id == offers.c.organization_id).where(offers.c.id.in_(list(ids)))
    return {row.id: f"{row.name}, {row.owner}" for row in tx.execute(query)}


def as_code(typed: str) -> str:
    """A code as it is kept: "r 4f7k" is R-4F7K."""
    letters = "".join(filter(str.isalnum, typed.upper()))
    return f"R-{letters[1:] if len(letters) > 4 and letters[0] == 'R' else letters}"  # noqa: PLR2004


def _standing(filters: Filters) -> ColumnElement[bool]:
    """SQL: the state. All that is open is due by a time, and nothing else is: so a list in order is read in order."""
    match filters.state:
        case "all":
            return true()
        case "open":
            return referrals.c.due_at.is_not(None)
        case "over":
            return referrals.c.due_at.is_(None) & (referrals.c.state != "trial")
    return referrals.c.state == filters.state


def _matching(tx: Transaction, visitor: Visitor, filters: Filters) -> list[ColumnElement[bool]]:
    """SQL: everything but the state."""
    c, zone = referrals.c, tx.store.territory.zone
    if filters.code:
        return [c.code == as_code(filters.code)]
    found = [column == value for column, value in ((c.area, filters.area), (c.urgency, filters.urgency)) if value]
    if filters.need in GROUPS:  # its name begins those of its needs; so many that they are not looked up one by one
        found.append(func.substr(c.need, 1, len(filters.need) + 1) == f"{filters.need}.")
    elif filters.need:
        found.append(c.need == filters.need)
    if filters.organization:
        owner = select(organizations.c.id).where(organizations.c.uid == filters.organization)
        found.append(c.organization_id == owner.scalar_subquery())
    if filters.holder:
        holders = {
            "me": c.staff_id == visitor.id,
            "colleague": c.staff_id != visitor.id,
            "nobody": func.coalesce(c.staff_id, 0) == 0,  # most are: their index would be of no use
        }
        found.append(holders[filters.holder])
    if filters.late:
        found.append(c.due_at < tx.now)
    if filters.since:
        found.append(c.created_at >= datetime.combine(filters.since, time(), zone))
    if filters.until:
        found.append(c.created_at < datetime.combine(filters.until + timedelta(days=1), time(), zone))
    return found
