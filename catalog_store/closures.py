"""Days on which an organization, or one of its offers, takes nobody: holidays, works, an illness.

Nobody tidies them up: one that is over is forgotten by the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, insert, or_, select

from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.schema import closures


@dataclass(frozen=True, slots=True)
class Closure:
    """From `first` to `last`, both included. `offer_id` None: all that the organization offers."""

    organization_id: int
    offer_id: int | None
    first: date
    last: date
    id: int = field(default=0, compare=False)

    def covers(self, day: date) -> bool:
        """Is it closed on this day?"""
        return self.first <= day <= self.last


def today(tx: Transaction) -> date:
    """The town's day."""
    return tx.now.astimezone(tx.store.territory.zone).date()


def put(tx: Transaction, closure: Closure) -> None:
    """Close; said twice, it is there once. Raises ValueError when it ends before it begins."""
    if closure.last < closure.first:
        raise ValueError("a closure ends before it begins")
    if closure in current(tx):
        return
    values = {name: value for name, value in asdict(closure).items() if name not in ("id", "first", "last")}
    tx.execute(insert(closures).values(**values, first_on=closure.first, last_on=closure.last))
    bump(tx)


def current(tx: Transaction) -> list[Closure]:
    """What is closed today or will be, the soonest first."""
    query = select(closures).where(closures.c.last_on >= today(tx)).order_by(closures.c.first_on, closures.c.id)
    return [Closure(row.organization_id, row.offer_id, row.first_on, row.last_on, row.id) for row in tx.execute(query)]


def reopen(tx: Transaction, organization_id: int, offer_id: int | None = None) -> int:
    """End what is under way today, of one offer and of its whole organization, or of all; how many.

    Holidays that are still to come stay.
    """
    row = delete(closures).where(closures.c.organization_id == organization_id, closures.c.first_on <= today(tx))
    if offer_id is not None:
        row = row.where(or_(closures.c.offer_id == offer_id, closures.c.offer_id.is_(None)))
    ended = tx.execute(row).rowcount
    if ended:
        bump(tx)
    return ended


def remove(tx: Transaction, closure_id: int, organization_id: int) -> bool:
    """Take one back; false when it is not this organization's, or gone."""
    which = (closures.c.id == closure_id) & (closures.c.organization_id == organization_id)
    found = tx.execute(delete(closures).where(which)).rowcount
    if found:
        bump(tx)
    return bool(found)


def forget(tx: Transaction) -> int:
    """Delete what is over; how many. The catalogue is built anew each day and does not hold them."""
    return tx.execute(delete(closures).where(closures.c.last_on < today(tx))).rowcount


def by_offer(listed: Iterable[Closure], owners: Mapping[int, int]) -> dict[int, tuple[Closure, ...]]:
    """The closures of each offer that has any. `owners`: the organization of each offer, by its id."""
    whole: dict[int, list[Closure]] = {}
    single: dict[int, list[Closure]] = {}
    for one in listed:
        (whole if one.offer_id is None else single).setdefault(one.offer_id or one.organization_id, []).append(one)
    if not whole:
        return {offer: tuple(found) for offer, found in single.items()}
    return {
        offer: tuple(found)
        for offer, owner in owners.items()
        if (found := [*single.get(offer, ()), *whole.get(owner, ())])
    }


def reopens(closed: Iterable[Closure], day: date) -> date | None:
    """The first day after `day` that none of these covers; None when it is open on `day` itself."""
    listed, at = list(closed), day
    while any(one.covers(at) for one in listed):
        at = max(one.last for one in listed if one.covers(at)) + timedelta(days=1)
    return at if at > day else None
