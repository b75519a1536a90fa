"""Agreements with public services: from when to when a service takes a need, and how one is sent there.

Each is carried by an offer of that service, of the same uid: it is found, proposed and sent as every other, and is in
the catalogue only while the agreement is in force (`offers.listed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, insert, select, update

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.offers import Offer
from catalog_store.schema import agreements, locations, new_uid
from catalog_store.schema import offers as offered
from catalog_store.taxonomy import NEEDS

LONGEST: Final = 200  # characters of `how`: the offer that carries it says it to people


@dataclass(frozen=True)
class Agreement:
    """One need of one service. `how` is said to people; `reference` is of the act; `to_on` None: until it is ended.

    `access`: one of offers.ACCESS: to the service itself, or through an office of the town.
    """

    organization_id: int
    need: str
    how: str
    reference: str
    from_on: date
    to_on: date | None = None
    access: str = "social_service"
    uid: str = field(default_factory=new_uid)

    def holds(self, day: date) -> bool:
        """Is it in force on a day?"""
        return self.from_on <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Did it end before a day?"""
        return self.to_on is not None and self.to_on < day


def put(tx: Transaction, agreement: Agreement) -> None:
    """Add an agreement, or change the one of its uid (its service and its need stay), with the offer that carries it.

    Raises ValueError where `how` is longer than LONGEST.
    """
    if len(agreement.how) > LONGEST:
        raise ValueError(f"how one is sent there takes {LONGEST} characters")
    values = {
        "how": agreement.how, "reference": agreement.reference, "from_on": agreement.from_on, "to_on": agreement.to_on,
    }  # fmt: skip
    known = agreements.c.uid == agreement.uid
    if not tx.execute(update(agreements).where(known).values(values)).rowcount:
        made = {"uid": agreement.uid, "organization_id": agreement.organization_id, "need": agreement.need}
        tx.execute(insert(agreements).values(made | values))
    offers.put(tx, _carried(tx, agreement))


def end(tx: Transaction, uid: str) -> bool:
    """Yesterday was its last day; one that has not begun never does. False: it is over already, or there is none."""
    today = tx.store.calendar.day(tx.now)
    known = get(tx, uid)
    if known is None or known.is_over(today):
        return False
    last = today - timedelta(days=1)
    tx.execute(update(agreements).where(agreements.c.uid == uid).values(to_on=last))
    bump(tx)
    return True


def get(tx: Transaction, uid: str) -> Agreement | None:
    """One agreement."""
    row = tx.execute(_all().where(agreements.c.uid == uid)).one_or_none()
    return _made(row) if row else None


def listed(tx: Transaction) -> list[Agreement]:
    """Every agreement, by service and need."""
    order = (agreements.c.organization_id, agreements.c.need, agreements.c.id)
    return [_made(row) for row in tx.execute(_all().order_by(*order))]


def services(tx: Transaction) -> Sequence[organizations.Organization]:
    """With whom an agreement can be made: approved public services, by name."""
    return [one for one in organizations.listed(tx, approved=True) if one.kind == "public"]


def _carried(tx: Transaction, agreement: Agreement) -> Offer:
    """The offer as the agreement says it; what was changed of it otherwise (hours, places, where) stays."""
    owner, words = organizations.get(tx, agreement.organization_id), NEEDS[agreement.need].text()
    known = next((one for one in offers.listed(tx) if one.uid == agreement.uid), None)
    place = select(locations.c.id).where(locations.c.organization_id == owner.id).order_by(locations.c.id).limit(1)
    offer = known or Offer(
        owner.id, words.row, words.label, words.row, (agreement.need,), uid=agreement.uid,
        location_id=tx.execute(place).scalar(), languages=owner.languages, contact_phone=owner.phone,
        contact_email=owner.email, demonstration=owner.demonstration,
    )  # fmt: skip
    state = "active" if offer.state == "hidden" else offer.state  # what an operator writes is confirmed by it
    today = tx.store.calendar.day(tx.now)
    return replace(offer, access=agreement.access, access_words=agreement.how, confirmed_on=today, state=state)


def _all() -> Select[Any]:
    return select(agreements, offered.c.access).join(offered, offered.c.uid == agreements.c.uid)


def _made(row: Row[Any]) -> Agreement:
    return Agreement(
        row.organization_id, row.need, row.how, row.reference, row.from_on, row.to_on, row.access, row.uid
    )  # fmt: skip
