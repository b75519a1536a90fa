"""A municipality's tables enter whole, twice without harm, and a mistake is shown where it is."""

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from typer.testing import CliRunner

from admin.__main__ import app
from catalog_store import offers, organizations, territory
from catalog_store.connect import Store
from catalog_store.demonstration import FOLDER
from catalog_store.exchange.catalogue import Counts, Parsed, import_catalogue, read_folder
from catalog_store.exchange.tables import Problem

TOWN = territory.load()
Cells = dict[str, str]
Tables = dict[str, list[Cells]]
GOOD: Tables = {
    "organizations": [{"id": "panca", "name": "La Panca"}],
    "locations": [{"id": "panca-1", "organization_id": "panca", "name": "Sede", "locality": "San Donnino"}],
    "offers": [
        {
            "id": "spesa",
            "organization_id": "panca",
            "location_id": "panca-1",
            "name": "Spesa e farmaci a casa",
            "label": "Spesa e farmaci",
            "row": "Spesa e farmaci a casa",
            "needs": "anziani.spesa_farmaci_domicilio anziani.ascolto_sostegno",
            "areas": "Capalle; San Donnino",
            "minimum_age": "65",
            "schedule": "lun,gio 9-12",
            "languages": "it, ro",
            "at_home": "Sì",
            "confirmed_on": "31/10/2026",
        }
    ],
}


def write(folder: Path, tables: Tables, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def with_cell(table: str, column: str, cell: str) -> Tables:
    return {name: [{**row, column: cell} if name == table else row for row in rows] for name, rows in GOOD.items()}


def parsed(folder: Path) -> Parsed:
    found = read_folder(folder, TOWN)
    assert isinstance(found, Parsed), found
    return found


def problems(folder: Path) -> list[Problem]:
    found = read_folder(folder, TOWN)
    assert isinstance(found, list), found
    return found


def test_tables_become_organizations_locations_and_offers(store: Store, tmp_path: Path) -> None:
    with store.begin() as tx:
        assert import_catalogue(tx, parsed(write(tmp_path, GOOD))) == Counts(1, 1, 1)
        (offer,) = offers.listed(tx)
        (place,) = organizations.listed_locations(tx)
    assert (offer.areas, offer.languages, offer.age_from) == (("capalle", "san-donnino"), ("it", "ro"), 65)
    assert (offer.at_home, offer.demonstration, str(offer.confirmed_on)) == (True, False, "2026-10-31")
    assert offer.location_id == place.id
    assert offer.schedule.startswith("DTSTART;TZID=Europe/Rome:")


def test_a_second_import_changes_only_what_differs(store: Store, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with store.begin() as tx:
        import_catalogue(tx, parsed(tmp_path))
        assert import_catalogue(tx, parsed(tmp_path)) == Counts()
        write(tmp_path, with_cell("offers", "cost", "2 euro"))
        assert import_catalogue(tx, parsed(tmp_path)) == Counts(offers=1)
        assert [offer.cost for offer in offers.listed(tx)] == ["2 euro"]


def test_spreadsheets_of_every_kind_read_the_same(tmp_path: Path) -> None:
    expected = parsed(write(tmp_path / "plain", GOOD))
    assert parsed(write(tmp_path / "italian", GOOD, delimiter=";", encoding="utf-8-sig")) == expected
    book = Workbook()
    for name, rows in GOOD.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row.values()])
    (tmp_path / "book").mkdir()
    book.save(tmp_path / "book" / "catalogue.xlsx")
    assert parsed(tmp_path / "book") == expected


@pytest.mark.parametrize(
    ("table", "column", "cell", "wrong"),
    [
        ("organizations", "id", "la panca", "codice"),
        ("organizations", "kind", "asociation", "Forse «association»"),
        ("organizations", "email", "panca", "e-mail"),
        ("locations", "locality", "Capale", "Forse «capalle»"),
        ("locations", "organization_id", "altri", "non è in organizations.csv"),
        ("locations", "latitude", "nord", "gradi"),
        ("locations", "accessible", "forse", "sì o no"),
        ("offers", "label", "Un’etichetta lunghissima", "al massimo 20"),
        ("offers", "needs", "anziani.spesa_farmaci", "Forse «anziani.spesa_farmaci_domicilio»"),
        ("offers", "needs", "", "vuota"),
        ("offers", "areas", "Milano", "non si conosce"),
        ("offers", "minimum_age", "sessanta", "numero intero"),
        ("offers", "maximum_age", "12", "meno di minimum_age"),
        ("offers", "schedule", "lunedì mattina", "orario"),
        ("offers", "access", "social_service", "come si accede"),
        ("offers", "confirmed_on", "ieri", "data"),
        ("offers", "location_id", "altrove", "non è una sede"),
        ("offers", "languages", "italiano", "lingua"),
        ("offers", "prezzo", "5", "non si conosce"),
    ],
)
def test_a_wrong_cell_is_pointed_at(tmp_path: Path, table: str, column: str, cell: str, wrong: str) -> None:
    found = problems(write(tmp_path, with_cell(table, column, cell)))
    expected = "access_words" if cell == "social_service" else column
    assert (found[0].file, found[0].column) == (f"{table}.csv", expected)
    assert wrong in str(found[0])
    assert found[0].row == (1 if column == "prezzo" else 2)


def test_two_rows_with_one_id_are_refused(tmp_path: Path) -> None:
    tables = {**GOOD, "offers": GOOD["offers"] * 2}
    assert [(p.row, p.column) for p in problems(write(tmp_path, tables))] == [(3, "id")]


def test_the_demonstration_copied_as_a_model_is_not_taken_for_real() -> None:
    found = problems(FOLDER)
    assert {problem.file for problem in found} == {"organizations.csv", "locations.csv", "offers.csv"}
    assert {problem.column for problem in found} == {"id"}
    assert isinstance(read_folder(FOLDER, TOWN, demonstration=True), Parsed)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    assert [p.wrong for p in problems(tmp_path)] == ["il file manca."] * 3
    write(tmp_path, GOOD)
    (tmp_path / "offers.csv").write_bytes("id,name\nx,Qualità\n".encode("cp1252"))
    (tmp_path / "locations.csv").write_text('id,name\n"aperta,x\n')
    (tmp_path / "organizations.csv").write_text("name\nx\n")
    assert [p.file for p in problems(tmp_path)] == ["organizations.csv", "locations.csv", "offers.csv"]
    (tmp_path / "catalogue.xlsx").write_text("not a workbook")
    assert {p.file for p in problems(tmp_path)} == {"catalogue.xlsx"}


@given(st.randoms(use_true_random=False), st.text(max_size=40))
def test_any_cell_is_read_or_refused_and_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, cell: str
) -> None:
    table = chance.choice(list(GOOD))
    column = chance.choice(list(GOOD[table][0]))
    tables = with_cell(table, column, cell.encode("utf-8", "ignore").decode())
    found = read_folder(write(tmp_path_factory.mktemp("tables"), tables), TOWN)
    assert isinstance(found, Parsed) or all(problem.wrong and problem.file for problem in found)


@given(st.randoms(use_true_random=False))
def test_a_damaged_file_is_refused_or_read_and_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    folder = write(tmp_path_factory.mktemp("tables"), GOOD)
    path = folder / f"{chance.choice(list(GOOD))}.csv"
    data = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 5)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)
    found = read_folder(folder, TOWN)
    assert isinstance(found, Parsed) or found


def test_the_command_imports_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    run = CliRunner()
    wrong = run.invoke(app, ["import", str(write(tmp_path / "wrong", with_cell("offers", "places", "tanti")))])
    assert (wrong.exit_code, "offers.csv, riga 2, places" in wrong.output) == (1, True)
    right = run.invoke(app, ["import", str(write(tmp_path / "right", GOOD))])
    assert (right.exit_code, "1 offerte su 1" in right.output) == (0, True)
    monkeypatch.setenv("TESSERE_DATABASE_URL", "mysql://x")
    assert "TESSERE_DATABASE_URL" in run.invoke(app, ["import", str(FOLDER)]).output
