"""Who offers something, and where: organizations and their locations (Open Referral: organization, location).

`uid` is the id of whoever keeps the list (the importer's own); `id` is the row's and is 0 until it is put.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Table, delete, insert, select, update

from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.schema import invitations, locations, new_uid, organizations, roles

KINDS = (
    "association", "aps", "odv", "social_cooperative", "cooperative", "third_sector", "sport", "parish", "club",
    "company", "public", "foundation", "other",
)  # fmt: skip
STATES = ("invited", "started", "sent", "approved", "refused", "withdrawn")  # only the approved are in the catalogue
_LISTS = ("groups", "areas", "languages")  # kept comma separated


@dataclass(frozen=True, slots=True)
class Organization:
    """An association, a cooperative, a parish, a public office. Contacts are public ones and roles, never people.

    `state` is one of STATES; `address` is the registered office; `groups` are ids of taxonomy groups, `areas` of
    localities, () for the whole municipality; `discreet`: where it receives people is not published.
    """

    name: str
    uid: str = field(default_factory=new_uid)
    kind: str = "association"
    description: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    demonstration: bool = False
    state: str = "approved"
    tax_code: str = ""
    pec: str = ""
    address: str = ""
    groups: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("it",)
    discreet: bool = False
    confirmed_on: date | None = None
    asked_on: date | None = None
    changed_at: datetime | None = field(default=None, compare=False)
    id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Location:
    """Where an organization receives people. `accessible`: step-free; None when nobody said."""

    organization_id: int
    name: str
    locality: str
    uid: str = field(default_factory=new_uid)
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accessible: bool | None = None
    changed_at: datetime | None = field(default=None, compare=False)
    id: int = field(default=0, compare=False)


def put(tx: Transaction, organization: Organization) -> int:
    """Add an organization, or change the one with its `uid`. Gives its id."""
    values = asdict(organization)
    return put_row(tx, organizations, {**values, **{name: ",".join(values[name]) for name in _LISTS}})


def put_location(tx: Transaction, location: Location) -> int:
    """Add a location, or change the one with its `uid`. Gives its id."""
    return put_row(tx, locations, asdict(location))


def place(tx: Transaction, organization_id: int, wanted: list[Location]) -> None:
    """Make these the locations of an organization: the others are deleted, and offers there are left without one."""
    kept = [put_location(tx, location) for location in wanted]
    mine = locations.c.organization_id == organization_id
    tx.execute(delete(locations).where(mine, locations.c.id.not_in(kept)))


def get(tx: Transaction, organization_id: int) -> Organization:
    """The organization. Raises NoResultFound."""
    return _made(tx.execute(select(organizations).where(organizations.c.id == organization_id)).mappings().one())


def find(tx: Transaction, uid: str) -> Organization | None:
    """The organization of this uid, if there is one."""
    row = tx.execute(select(organizations).where(organizations.c.uid == uid)).mappings().one_or_none()
    return _made(row) if row else None


def listed(tx: Transaction, *, approved: bool = False) -> list[Organization]:
    """All organizations, or only those that are in the catalogue, by name."""
    query = select(organizations).order_by(organizations.c.name, organizations.c.id)
    query = query.where(organizations.c.state == "approved") if approved else query
    return [_made(row) for row in tx.execute(query).mappings()]


def called(tx: Transaction) -> dict[str, str]:
    """What all organizations are called, by their uids, in the order of their names."""
    query = select(organizations.c.uid, organizations.c.name).order_by(organizations.c.name, organizations.c.id)
    return {row.uid: row.name for row in tx.execute(query)}


def listed_locations(tx: Transaction) -> list[Location]:
    """All locations, in the order in which they were put."""
    return [Location(**row) for row in tx.execute(select(locations).order_by(locations.c.id)).mappings()]


def remove(tx: Transaction, organization_id: int) -> None:
    """Delete an organization with its locations, offers, invitations and roles; requests that named it stay."""
    for table in (roles, invitations):
        tx.execute(delete(table).where(table.c.organization_id == organization_id))
    tx.execute(delete(organizations).where(organizations.c.id == organization_id))
    bump(tx)


def _made(row: RowMapping) -> Organization:
    return Organization(**{**row, **{name: tuple(filter(None, row[name].split(","))) for name in _LISTS}})


def put_row(tx: Transaction, table: Table, values: dict[str, Any]) -> int:
    """Insert or update a row of the catalogue by its `uid`, and say that the catalogue changed. Gives its id."""
    values = {name: value for name, value in values.items() if name != "id"} | {"changed_at": tx.now}
    bump(tx)
    changed = tx.execute(
        update(table).where(table.c.uid == values["uid"]).values(values).returning(table.c.id)
    ).scalar()
    return changed or int(tx.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
