"""Who offers something, and where: organizations and their locations (Open Referral: organization, location).

`uid` is the id of whoever keeps the list (the importer's own); `id` is the row's and is 0 until it is put.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Table, delete, insert, select, update

from catalog_store.connect import Transaction
from catalog_store.counters import bump
from catalog_store.schema import invitations, locations, new_uid, organizations, roles

KINDS = ("association", "cooperative", "parish", "sport", "foundation", "public", "other")


@dataclass(frozen=True, slots=True)
class Organization:
    """An association, a cooperative, a parish, a public office. Contacts are public ones and roles, never people."""

    name: str
    uid: str = field(default_factory=new_uid)
    kind: str = "association"
    description: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    demonstration: bool = False
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
    id: int = field(default=0, compare=False)


def put(tx: Transaction, organization: Organization) -> int:
    """Add an organization, or change the one with its `uid`. Gives its id."""
    return put_row(tx, organizations, asdict(organization))


def put_location(tx: Transaction, location: Location) -> int:
    """Add a location, or change the one with its `uid`. Gives its id."""
    return put_row(tx, locations, asdict(location))


def get(tx: Transaction, organization_id: int) -> Organization:
    """The organization. Raises NoResultFound."""
    row = tx.execute(select(organizations).where(organizations.c.id == organization_id)).one()
    return Organization(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for a row as a mapping


def listed(tx: Transaction) -> list[Organization]:
    """All organizations, by name."""
    rows = tx.execute(select(organizations).order_by(organizations.c.name, organizations.c.id)).mappings()
    return [Organization(**row) for row in rows]


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


def put_row(tx: Transaction, table: Table, values: dict[str, Any]) -> int:
    """Insert or update a row of the catalogue by its `uid`, and say that the catalogue changed. Gives its id."""
    values = {name: value for name, value in values.items() if name != "id"}
    bump(tx)
    changed = tx.execute(
        update(table).where(table.c.uid == values["uid"]).values(values).returning(table.c.id)
    ).scalar()
    return changed or int(tx.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
