"""The demonstration catalogue: invented organizations and offers in the localities of Campi Bisenzio, marked as such.

Nobody can be reached through it: e-mail and web addresses are of example.org and .example, reserved by RFC 2606, and
after an Italian area code no subscriber's number begins with 0 (Gazzetta Ufficiale, 18 April 1990, annex 15).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, func, or_, select

from catalog_store.connect import Transaction
from catalog_store.counters import bump, value
from catalog_store.exchange.catalogue import Counts, Parsed, import_catalogue, read_folder
from catalog_store.organizations import remove
from catalog_store.schema import locations, offers
from catalog_store.schema import organizations as owners

FOLDER = Path(__file__).parent


class DemonstrationFault(Exception):
    """The demonstration cannot be loaded here; one sentence says why."""


def load_demonstration(tx: Transaction) -> Counts:
    """Import the demonstration as a municipality imports its own tables; a second time it touches nothing.

    Raises DemonstrationFault in a territory that has not its localities.
    """
    parsed = read_folder(FOLDER, tx.store.territory, demonstration=True)
    if isinstance(parsed, Parsed):
        return import_catalogue(tx, parsed, demonstration=True)
    town = tx.store.territory.municipality
    raise DemonstrationFault(f"TESSERE_TERRITORY: the demonstration does not fit {town} ({parsed[0]})")


def is_catalogue_empty(tx: Transaction) -> bool:
    """Has nothing ever been in the catalogue? A demonstration that was removed does not come back by itself."""
    return not value(tx)


def is_demonstration_present(tx: Transaction) -> bool:
    """Is anything of the demonstration in the catalogue?"""
    marked = (select(table.c.id).where(table.c.demonstration) for table in (owners, offers))
    return any(tx.execute(query.limit(1)).first() for query in marked)


def organizations(tx: Transaction) -> list[tuple[int, str]]:
    """Id and name of the demonstration's organizations, by name."""
    query = select(owners.c.id, owners.c.name).where(owners.c.demonstration).order_by(owners.c.name)
    return [(row["id"], row["name"]) for row in tx.execute(query).mappings()]


def remove_demonstration(tx: Transaction) -> Counts:
    """Delete exactly what is marked, with the roles and invitations of its organizations; requests stay, without it."""
    marked = [organization_id for organization_id, _ in organizations(tx)]
    theirs = or_(offers.c.demonstration, offers.c.organization_id.in_(marked))
    seats = locations.c.organization_id.in_(marked)
    counts = Counts(
        len(marked),
        tx.execute(select(func.count()).select_from(locations).where(seats)).scalar_one(),
        tx.execute(select(func.count()).select_from(offers).where(theirs)).scalar_one(),
    )
    tx.execute(delete(offers).where(theirs))
    for organization_id in marked:
        remove(tx, organization_id)
    bump(tx)
    return counts
