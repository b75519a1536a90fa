"""The import: a folder of tables is read whole, and enters the catalogue only if nothing in it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.exchange.cells import (
    FIELDS,
    CellFault,
    Columns,
    location_columns,
    offer_columns,
    organization_columns,
)
from catalog_store.exchange.tables import Problem, read
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.territory import Territory

DEMONSTRATION = "demo-"
Entry = tuple[int, dict[str, Any]]  # the row's number, and its values by column
T = TypeVar("T", Organization, Location, Offer)
_SORTED = ("needs", "areas")  # of an offer: kept without an order


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
    owners = _table(folder, "organizations", organization_columns(territory), problems)
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
        owner = _changed(owners.get(values["id"]), Organization, values, {}, demonstration=demonstration)
        if owners.get(owner.uid) != owner:
            owner_ids[owner.uid] = organizations.put(tx, owner)
            touched["organizations"] += 1
    for values in parsed.locations:
        owner_id = owner_ids[values["organization_id"]]
        place = _changed(places.get(values["id"]), Location, values, {"organization_id": owner_id})
        if places.get(place.uid) != place:
            place_ids[place.uid] = organizations.put_location(tx, place)
            touched["locations"] += 1
    for values in parsed.offers:
        referred: dict[str, int | None] = {"organization_id": owner_ids[values["organization_id"]]}
        if "location_id" in values:
            referred["location_id"] = place_ids[values["location_id"]] if values["location_id"] else None
        offer = _changed(listed.get(values["id"]), Offer, values, referred, demonstration=demonstration)
        if listed.get(offer.uid) != offer:
            offers.put(tx, offer)
            touched["offers"] += 1
    return Counts(**touched)


def _changed(
    known: T | None, kind: Callable[..., T], values: dict[str, Any], referred: dict[str, Any], **more: Any
) -> T:
    """What `known` becomes, or what is new, with the columns that the table has; the others stay as they are.

    What is decided here and not in the tables stays too: approving, pausing, confirming.
    """
    given = {FIELDS.get(name, name): value for name, value in values.items()} | referred | more
    given |= {name: tuple(sorted(given[name])) for name in _SORTED if name in given and kind is Offer}
    if known is None:
        return kind(**given)
    decided = {name: getattr(known, name) for name in ("state", "confirmed_on") if name in given}
    if given.get("confirmed_on"):
        del decided["confirmed_on"]
    return replace(known, **{**given, **decided})


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
    given = {name: column for name, column in columns.items() if name in header}
    entries = [(number, _values(file, number, cells, given, problems)) for number, cells in rows]
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
        place = values.get("location_id")
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
        youngest, oldest = values.get("minimum_age"), values.get("maximum_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            yield Problem("offers.csv", number, "maximum_age", f"{oldest} è meno di minimum_age, {youngest}.")
        if values.get("access", "anyone") != "anyone" and not values.get("access_words"):
            example = "Si chiede allo Sportello sociale"
            yield Problem("offers.csv", number, "access_words", "qui va detto a parole come si accede.", example)
