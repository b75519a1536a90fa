"""The import: a folder of tables is read whole, and enters the catalogue only if nothing in it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.exchange.cells import CellFault, Columns, location_columns, offer_columns, organization_columns
from catalog_store.exchange.tables import Problem, read
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.territory import Territory

DEMONSTRATION = "demo-"
Entry = tuple[int, dict[str, Any]]  # the row's number, and its values by column


@dataclass(frozen=True)
class Parsed:
    """Tables without mistakes: values by column, of organizations, locations and offers."""

    organizations: tuple[dict[str, Any], ...]
    locations: tuple[dict[str, Any], ...]
    offers: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Counts:
    """How many rows of each kind an operation touched."""

    organizations: int = 0
    locations: int = 0
    offers: int = 0


def read_folder(folder: Path, territory: Territory, *, demonstration: bool = False) -> Parsed | list[Problem]:
    """Read the three tables of a folder, or say everything that is wrong in them.

    Ids that begin with DEMONSTRATION are the demonstration's: its tables are a model to copy, never real.
    """
    problems: list[Problem] = []
    owners = _table(folder, "organizations", organization_columns(), problems)
    places = _table(folder, "locations", location_columns(territory), problems)
    listed = _table(folder, "offers", offer_columns(territory), problems)
    if not problems:
        problems = [*_strays(owners, places, listed), *_contradictions(listed)]
        problems += [] if demonstration else _invented({"organizations": owners, "locations": places, "offers": listed})
    return problems or Parsed(*(tuple(values for _, values in table) for table in (owners, places, listed)))


def import_catalogue(tx: Transaction, parsed: Parsed, *, demonstration: bool = False) -> Counts:
    """Add what is new and change what differs, by `id`; what is not in the tables stays. Counts what was touched."""
    owners = {o.uid: o for o in organizations.listed(tx)}
    places = {p.uid: p for p in organizations.listed_locations(tx)}
    listed = {o.uid: o for o in offers.listed(tx)}
    touched: Counter[str] = Counter()
    owner_ids, place_ids = {uid: o.id for uid, o in owners.items()}, {uid: p.id for uid, p in places.items()}
    for values in parsed.organizations:
        owner = Organization(uid=values["id"], demonstration=demonstration, **_without(values, "id"))
        if owners.get(owner.uid) != owner:
            owner_ids[owner.uid] = organizations.put(tx, owner)
            touched["organizations"] += 1
    for values in parsed.locations:
        place = Location(
            owner_ids[values["organization_id"]], uid=values["id"], **_without(values, "id", "organization_id")
        )
        if places.get(place.uid) != place:
            place_ids[place.uid] = organizations.put_location(tx, place)
            touched["locations"] += 1
    for values in parsed.offers:
        offer = _offer(values, owner_ids, place_ids, demonstration=demonstration)
        if known := listed.get(offer.uid):  # pausing and confirming are done here, not in the tables
            offer = replace(offer, state=known.state, confirmed_on=offer.confirmed_on or known.confirmed_on)
        if known != offer:
            offers.put(tx, offer)
            touched["offers"] += 1
    return Counts(**touched)


def _offer(
    values: dict[str, Any], owners: Mapping[str, int], places: Mapping[str, int], *, demonstration: bool
) -> Offer:
    return Offer(
        organization_id=owners[values["organization_id"]],
        location_id=places[values["location_id"]] if values["location_id"] else None,
        uid=values["id"],
        age_from=values["minimum_age"],
        age_to=values["maximum_age"],
        demonstration=demonstration,
        **_without({**values, "needs": tuple(sorted(values["needs"])), "areas": tuple(sorted(values["areas"]))},
                   "id", "organization_id", "location_id", "minimum_age", "maximum_age"),
    )  # fmt: skip


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _table(folder: Path, name: str, columns: Columns, problems: list[Problem]) -> list[Entry]:
    """The rows of a table as values; what is wrong goes to `problems`."""
    table = read(folder, name)
    if isinstance(table, Problem):
        problems.append(table)
        return []
    header, rows = table
    file = f"{name}.csv"
    required = [column for column, told in columns.items() if told.required]
    problems.extend(Problem(file, 1, column, "questa colonna manca.") for column in required if column not in header)
    problems.extend(
        Problem(file, 1, column, "questa colonna non si conosce.", ", ".join(columns))
        for column in dict.fromkeys(header)
        if column not in columns or header.count(column) > 1
    )
    if any(problem.file == file for problem in problems):
        return []
    entries = [(number, _values(file, number, cells, columns, problems)) for number, cells in rows]
    seen: set[str] = set()
    for number, values in entries:
        if values.get("id") in seen:
            problems.append(Problem(file, number, "id", f"«{values['id']}» c’è già in una riga più sopra."))
        seen.add(values.get("id", ""))
    return entries


def _values(
    file: str, number: int, cells: Mapping[str, str], columns: Columns, problems: list[Problem]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, column in columns.items():
        cell = cells.get(name, "")
        try:
            values[name] = column.read(cell) if cell else column.default
        except CellFault as fault:
            problems.append(Problem(file, number, name, str(fault), column.example))
        if not cell and column.required:
            problems.append(Problem(file, number, name, "questa cella è vuota.", column.example))
    return values


def _strays(owners: list[Entry], places: list[Entry], listed: list[Entry]) -> Iterator[Problem]:
    """References to rows that are not there, or belong to somebody else."""
    known = {values["id"] for _, values in owners}
    seat = {values["id"]: values["organization_id"] for _, values in places}
    for file, table in (("locations.csv", places), ("offers.csv", listed)):
        for number, values in table:
            if (owner := values["organization_id"]) not in known:
                yield Problem(file, number, "organization_id", f"«{owner}» non è in organizations.csv.")
    for number, values in listed:
        place = values["location_id"]
        if place and seat.get(place) != values["organization_id"]:
            yield Problem("offers.csv", number, "location_id", f"«{place}» non è una sede di questa organizzazione.")


def _invented(tables: Mapping[str, list[Entry]]) -> Iterator[Problem]:
    for name, table in tables.items():
        for number, values in table:
            if values["id"].startswith(DEMONSTRATION):
                wrong = f"gli id che cominciano con «{DEMONSTRATION}» sono della dimostrazione."
                yield Problem(f"{name}.csv", number, "id", wrong, values["id"].removeprefix(DEMONSTRATION))


def _contradictions(listed: list[Entry]) -> Iterator[Problem]:
    for number, values in listed:
        youngest, oldest = values["minimum_age"], values["maximum_age"]
        if youngest is not None and oldest is not None and youngest > oldest:
            yield Problem("offers.csv", number, "maximum_age", f"{oldest} è meno di minimum_age, {youngest}.")
        if values["access"] != "anyone" and not values["access_words"]:
            example = "Si chiede allo Sportello sociale"
            yield Problem("offers.csv", number, "access_words", "qui va detto a parole come si accede.", example)
