"""What leaves as tables comes back as it was; nothing in them is a formula."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import delete
from stdnum import luhn
from typer.testing import CliRunner

from admin.__main__ import app
from catalog_store import offers, organizations, schema, territory
from catalog_store.connect import Store, Transaction
from catalog_store.demonstration import load_demonstration
from catalog_store.exchange import export
from catalog_store.exchange.catalogue import Counts, Parsed, import_catalogue, read_folder
from catalog_store.exchange.cells import OFFERED, PERIODS
from catalog_store.offers import ACCESS, EVERYWHERE, Offer
from catalog_store.organizations import KINDS, STATES, Location, Organization
from catalog_store.taxonomy import GROUPS, LABEL, NEEDS, ROW

TOWN = territory.load()
LOCALITIES = sorted(TOWN.localities)
WEEKLY = "DTSTART;TZID=Europe/Rome:20260105T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO\nDURATION:PT3H0M"
DANGEROUS = (
    "=1+1",
    "+39 055 0000 1",
    "-2",
    "@SUM(A1)",
    "'=1",
    "''+2",
    "'quoted'",
    "#N/A",
    "0012",
    "1e5",
    "sì",
    "a\nb;c",
)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Everything that people write: what a database, a CSV and an XML file can hold, without blanks at its ends."""
    chars = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t")
    free = st.text(chars, max_size=most).map(str.strip)
    return (free | st.sampled_from(DANGEROUS).map(lambda text: text[:most])).filter(lambda text: len(text) >= least)


def some(values: Any, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(values)), min_size=least, max_size=3, unique=True).map(
        lambda found: tuple(sorted(found))
    )


CODES = st.integers(0, 10**10 - 1).map(lambda number: f"{number:010}" + luhn.calc_check_digit(f"{number:010}"))
ORGANIZATIONS = st.builds(
    Organization, name=texts(120, 1), kind=st.sampled_from(KINDS), description=texts(300),
    email=st.sampled_from(("", "a+b@example.org")), phone=st.sampled_from(("", "+39 055 0000 100")),
    website=st.sampled_from(("", "https://a.example/?b=c")), state=st.sampled_from(STATES),
    tax_code=CODES | st.just(""), pec=st.sampled_from(("", "a@pec.example.org")), address=texts(200),
    groups=some(GROUPS), areas=some(LOCALITIES),
    languages=some(("it", "en", "sq"), 1), discreet=st.booleans(), confirmed_on=st.none() | st.dates(),
)  # fmt: skip


def place_of(owner: int) -> st.SearchStrategy[Location]:
    return st.builds(
        Location, st.just(owner), name=texts(120, 1), locality=st.sampled_from(LOCALITIES), address=texts(200),
        latitude=st.none() | st.floats(-90, 90), longitude=st.none() | st.floats(-180, 180),
        accessible=st.none() | st.booleans(),
    )  # fmt: skip


def offer_of(owner: int, place: int | None) -> st.SearchStrategy[Offer]:
    ages = st.none() | st.integers(0, 120)
    return st.builds(
        Offer, st.just(owner), name=texts(72, 1), label=texts(LABEL, 1), row=texts(ROW, 1), needs=some(NEEDS, 1),
        areas=some(LOCALITIES, 1) | st.just((EVERYWHERE,)), location_id=st.just(place), description=texts(300),
        group=st.sampled_from(("", *GROUPS)), age_from=ages, age_to=ages, places=st.none() | st.integers(0, 100_000),
        schedule=st.sampled_from(("", WEEKLY)), cost=texts(72), languages=some(("it", "en", "sq"), 1),
        access=st.sampled_from(ACCESS), access_words=texts(200, 1), bring=texts(200), contact_role=texts(80),
        at_home=st.booleans(), state=st.sampled_from(OFFERED), period=st.sampled_from(("", *PERIODS)),
        confirmed_on=st.none() | st.dates(),
    ).filter(lambda offer: (offer.age_from or 0) <= (120 if offer.age_to is None else offer.age_to))  # fmt: skip


def seen(tx: Transaction) -> dict[str, Any]:
    """The catalogue, by its own names: ids of rows are each database's own."""
    owners = {one.id: one for one in organizations.listed(tx)}
    places = {one.id: one for one in organizations.listed_locations(tx)}
    listed: list[Any] = [*owners.values(), *places.values(), *offers.listed(tx)]

    def shown(one: Any) -> tuple[Any, ...]:
        owner = owners.get(getattr(one, "organization_id", 0))
        seat = places.get(getattr(one, "location_id", None) or 0)
        own = {name: getattr(one, name) for name in one.__slots__}
        for name in ("id", "changed_at", "organization_id", "location_id"):
            own.pop(name, None)
        return owner and owner.uid, seat and seat.uid, own

    return {f"{type(one).__name__} {one.uid}": shown(one) for one in listed}


def written(folder: Path, made: export.Tables, form: str) -> Path:
    folder.mkdir(exist_ok=True)
    if form == "xlsx":
        (folder / "catalogue.xlsx").write_bytes(export.workbook(made))
    else:
        for name, table in made.items():
            (folder / f"{name}.csv").write_bytes(export.csv_file(table))
    return folder


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_exported_and_imported_elsewhere_is_the_same_catalogue(
    store: Store, tmp_path: Path, form: str, data: st.DataObject
) -> None:
    with store.begin() as tx:
        tx.execute(delete(schema.organizations))
        for owner in data.draw(st.lists(ORGANIZATIONS, max_size=3)):
            owner_id = organizations.put(tx, owner)
            seats: list[int | None] = [None]
            for place in data.draw(st.lists(place_of(owner_id), max_size=2)):
                seats.append(organizations.put_location(tx, place))
                offers.put(tx, data.draw(offer_of(owner_id, seats[-1])))
            offers.put(tx, data.draw(offer_of(owner_id, None)))
        before, made = seen(tx), export.tables(tx)
        tx.execute(delete(schema.organizations))
        parsed = read_folder(written(tmp_path / form, made, form), TOWN)
        assert isinstance(parsed, Parsed), [str(problem) for problem in parsed]
        import_catalogue(tx, parsed)
        assert seen(tx) == before
        assert import_catalogue(tx, parsed) == Counts(), "a second time it changes nothing"


def test_no_cell_is_a_formula(store: Store) -> None:
    with store.begin() as tx:
        for text in DANGEROUS:
            organizations.put(tx, Organization(text, uid=f"n{DANGEROUS.index(text)}"))
        made = export.tables(tx)
    rows = list(csv.reader(io.StringIO(export.csv_file(made["organizations"]).decode("utf-8-sig")), delimiter=";"))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    sheet = load_workbook(io.BytesIO(export.workbook(made)))["organizations"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}, "every cell is a text"
    assert {cell.value for cell in cells} >= set(DANGEROUS)


def test_a_table_without_a_column_leaves_what_it_would_hold_alone(store: Store, tmp_path: Path) -> None:
    known = Organization("La Panca", uid="panca", phone="055 0000 100", state="started", pec="a@pec.example.org")
    (tmp_path / "organizations.csv").write_text("id;name;phone\npanca;La Panca Lunga;\n")
    (tmp_path / "locations.csv").write_text("id;organization_id;name;locality\n")
    (tmp_path / "offers.csv").write_text("id;organization_id;name;label;row;needs\n")
    parsed = read_folder(tmp_path, TOWN)
    assert isinstance(parsed, Parsed)
    with store.begin() as tx:
        organizations.put(tx, known)
        import_catalogue(tx, parsed)
        (owner,) = organizations.listed(tx)
    assert (owner.name, owner.phone) == ("La Panca Lunga", ""), "an empty cell is empty"
    assert (owner.pec, owner.state) == ("a@pec.example.org", "started"), "a column that is not there says nothing"


def test_the_demonstration_does_not_leave(store: Store) -> None:
    with store.begin() as tx:
        load_demonstration(tx)
        assert [len(table) for table in export.tables(tx).values()] == [1, 1, 1], "the header of each table"


@pytest.mark.parametrize("form", [[], ["--xlsx"]])
def test_the_commands_take_a_catalogue_from_one_installation_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    run, folder = CliRunner(), tmp_path / "tables"
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "one"))
    source = written(
        tmp_path / "source",
        {
            "organizations": [["id", "name", "tax_code"], ["panca", "La Panca", "80016750483"]],
            "locations": [["id", "organization_id", "name", "locality"], ["s", "panca", "=Sede", "capalle"]],
            "offers": [["id", "organization_id", "name", "label", "row", "needs"],
                       ["o", "panca", "Spesa", "Spesa", "Spesa", "anziani.spesa_farmaci_domicilio"]],
        },
        "csv",
    )  # fmt: skip
    assert run.invoke(app, ["import", str(source)]).exit_code == 0
    said = run.invoke(app, ["export", str(folder), *form])
    assert (said.exit_code, "1 organizzazioni, 1 sedi, 1 offerte" in said.output) == (0, True), said.output
    again = run.invoke(app, ["export", str(folder), *form])
    assert (again.exit_code, "empty" in again.output) == (2, True), "what is there is not written over"
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "other"))
    assert run.invoke(app, ["import", str(folder)]).exit_code == 0
    assert "organizzazioni su 1" in run.invoke(app, ["import", str(folder)]).output
