"""The offers as who works here sees them: filtered, a page at a time, each as it is today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true

from catalog_store import closures, freshness
from catalog_store import offers as catalogue
from catalog_store.closures import Closure
from catalog_store.connect import Transaction
from catalog_store.schema import offers, organizations

PAGE = 50  # rows
STATES = ("all", "active", "stale", "hidden", "paused", "over")  # `stale`: to be confirmed, shown or hidden


@dataclass(frozen=True)
class Filters:
    """What is looked for. `organization` is a uid, '' all; `after`: the id of the row below which the page begins."""

    state: str = "all"
    organization: str = ""
    after: int = 0


@dataclass(frozen=True)
class Line:
    """One offer. `left` is None without a limit; `stale`: past its time, or hidden; `reopens`: if closed today."""

    id: int
    uid: str
    name: str
    organization: str
    organization_uid: str
    organization_id: int
    phone: str
    state: str
    confirmed_on: date | None
    asked_on: date | None
    stale: bool
    left: int | None
    closed: tuple[Closure, ...]
    reopens: date | None


def listed(tx: Transaction, filters: Filters, limit: int = PAGE) -> list[Line]:
    """A page of offers, in the order in which they were put."""
    return _lines(
        tx, _wanted(tx, filters.state), _owned(filters.organization), offers.c.id > filters.after, limit=limit
    )


def get(tx: Transaction, uid: str) -> Line | None:
    """One offer."""
    return next(iter(_lines(tx, offers.c.uid == uid, limit=1)), None)


def counted(tx: Transaction, filters: Filters) -> dict[str, int]:
    """How many there are of each of STATES, of the organization that is looked at."""
    owned = _owned(filters.organization)
    query = select(offers.c.state, func.count().label("many")).join(organizations).where(owned).group_by(offers.c.state)
    found = {row.state: row.many for row in tx.execute(query)}
    return {"all": sum(found.values()), **found, "stale": stale(tx, owned)}


def stale(tx: Transaction, *which: ColumnElement[bool]) -> int:
    """How many offers are to be confirmed by telephone."""
    query = select(func.count()).select_from(offers).join(organizations)
    return int(tx.execute(query.where(freshness.stale(tx), *which)).scalar_one())


def _wanted(tx: Transaction, state: str) -> ColumnElement[bool]:
    if state == "stale":
        return freshness.stale(tx)
    return true() if state == "all" else offers.c.state == state


def _owned(uid: str) -> ColumnElement[bool]:
    return organizations.c.uid == uid if uid else true()


def _lines(tx: Transaction, *which: ColumnElement[bool], limit: int) -> list[Line]:
    query = select(
        offers, organizations.c.name.label("organization"), organizations.c.uid.label("organization_uid"),
        organizations.c.phone, freshness.stale(tx).label("stale"),
    ).join(organizations)  # fmt: skip
    rows = tx.execute(query.where(*which).order_by(offers.c.id).limit(limit)).all()
    shut = closures.by_offer(closures.current(tx), {row.id: row.organization_id for row in rows})
    held, today = catalogue.taken(tx), closures.today(tx)
    return [_line(row, held.get(row.id, 0), shut.get(row.id, ()), today) for row in rows]


def _line(row: Row[Any], held: int, closed: tuple[Closure, ...], today: date) -> Line:
    left = None if row.places is None else max(0, row.places - held)
    return Line(
        row.id, row.uid, row.name, row.organization, row.organization_uid, row.organization_id,
        row.contact_phone or row.phone, row.state, row.confirmed_on, row.asked_on, bool(row.stale), left, closed,
        closures.reopens(closed, today),
    )  # fmt: skip
