"""A catalogue that stays true: who is asked whether theirs still is, what sinks, and what is hidden until they say so.

An offer is confirmed every 90 days, an organization's data every year. Both are asked about a fortnight before and at
the time; an offer sinks from then on (matching), and a month later it is hidden. What was never confirmed counts from
when it was written. The demonstration is true by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select, update

from catalog_store import closures, messages, roles
from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.offers import STALE
from catalog_store.schema import offers, organizations

OFFER, ORGANIZATION = timedelta(days=STALE), timedelta(days=365)
NOTICE = timedelta(days=14)  # before that time, the first question
HIDDEN = timedelta(days=30)  # after it, an offer is not shown any more


@dataclass(frozen=True)
class Due:
    """What of an organization is to be confirmed: its own data, and these offers."""

    organization_id: int
    data: bool
    offer_ids: tuple[int, ...]


def due(tx: Transaction, organization_id: int) -> Due:
    """What an organization could confirm now: what is due within the fortnight, and what is hidden."""
    today = closures.today(tx)
    mine = offers.c.organization_id == organization_id
    old = _older(tx, offers, today - OFFER + NOTICE)
    listed = select(offers.c.id).where(mine, or_(offers.c.state == "hidden", and_(offers.c.state == "active", old)))
    whole = select(organizations.c.id).where(
        organizations.c.id == organization_id, _older(tx, organizations, today - ORGANIZATION + NOTICE)
    )
    return Due(
        organization_id,
        tx.execute(whole).first() is not None,
        tuple(tx.execute(listed.order_by(offers.c.id)).scalars()),
    )


def confirm(tx: Transaction, organization_id: int, offer_ids: Collection[int] = (), *, data: bool = False) -> int:
    """It is all still true: what was hidden is shown again. How many offers."""
    today = closures.today(tx)
    if data:
        tx.execute(update(organizations).where(organizations.c.id == organization_id).values(confirmed_on=today))
    mine = offers.c.id.in_(offer_ids) & (offers.c.organization_id == organization_id)
    confirmed = tx.execute(update(offers).where(mine).values(confirmed_on=today)).rowcount
    hidden = mine & (offers.c.state == "hidden")
    tx.execute(update(offers).where(hidden).values(state="active", changed_at=tx.now))
    bump(tx)
    return confirmed


def ask(tx: Transaction) -> int:
    """Ask every organization about what is due and was not asked yet; how many organizations were asked."""
    today = closures.today(tx)
    asked = {row.organization_id for row in _to_ask(tx, offers, offers.c.organization_id, OFFER, today)}
    asked |= {row.organization_id for row in _to_ask(tx, organizations, organizations.c.id, ORGANIZATION, today)}
    for id in sorted(asked):
        _open(tx, id)
    return len(asked)


def hide(tx: Transaction) -> int:
    """Hide what nobody has confirmed a month after it was asked, and tell its organization; how many offers.

    Operators see them under what waits for them.
    """
    today = closures.today(tx)
    old = (offers.c.state == "active") & ~offers.c.demonstration & (offers.c.asked_on <= today - HIDDEN)
    old &= _older(tx, offers, today - OFFER - HIDDEN)
    owners = list(tx.execute(update(offers).where(old).values(state="hidden", changed_at=tx.now)
                             .returning(offers.c.organization_id)).scalars())  # fmt: skip
    for id in sorted(set(owners)):
        _open(tx, id)
    if owners:
        bump(tx)
    return len(owners)


def stale(tx: Transaction) -> ColumnElement[bool]:
    """SQL: offers that an operator should telephone about: hidden, or past their time."""
    past = (offers.c.state == "active") & ~offers.c.demonstration & _older(tx, offers, closures.today(tx) - OFFER)
    return or_(offers.c.state == "hidden", past)


def _to_ask(tx: Transaction, table: Table, owner: Any, every: timedelta, today: date) -> list[Any]:
    """Rows that are asked about now, marked as asked: a fortnight before their time, and once more when it comes."""
    columns = (table.c.id, owner.label("organization_id"), table.c.confirmed_on, table.c.changed_at, table.c.asked_on)
    soon = _older(tx, table, today - every + NOTICE) & ~table.c.demonstration
    soon &= or_(table.c.asked_on.is_(None), table.c.asked_on <= today - NOTICE)
    soon &= table.c.state == ("active" if table is offers else "approved")
    if table is offers:
        soon &= owner.in_(select(organizations.c.id).where(organizations.c.state == "approved"))
    zone = tx.store.territory.zone
    rows = []
    for row in tx.execute(select(*columns).where(soon).order_by(table.c.id)):
        since = row.confirmed_on or (row.changed_at.astimezone(zone).date() if row.changed_at else date.min)
        if row.asked_on is None or row.asked_on < since or row.asked_on < since + every <= today:
            rows.append(row)
    tx.execute(update(table).where(table.c.id.in_([row.id for row in rows])).values(asked_on=today))
    return rows


def _open(tx: Transaction, organization_id: int) -> None:
    uid = tx.execute(select(organizations.c.uid).where(organizations.c.id == organization_id)).scalar_one()
    for contact in roles.contacts_of(tx, organization_id):
        messages.opening(tx, contact, "still_true", uid)


def _older(tx: Transaction, table: Table, limit: date) -> ColumnElement[bool]:
    """SQL: last confirmed, or else written, on this day or before."""
    written = datetime.combine(limit + timedelta(days=1), time(), tx.store.territory.zone)
    never = and_(table.c.confirmed_on.is_(None), or_(table.c.changed_at.is_(None), table.c.changed_at < written))
    return or_(table.c.confirmed_on <= limit, never)
