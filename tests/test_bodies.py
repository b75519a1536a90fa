"""The municipality's list of bodies: whatever its columns are called, all of it enters or nothing does."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from stdnum import luhn
from typer.testing import CliRunner

from admin.__main__ import app
from catalog_store import organizations
from catalog_store.connect import Store, Transaction
from catalog_store.exchange import bodies, tables
from catalog_store.exchange.bodies import Report
from catalog_store.exchange.tables import Problem
from catalog_store.organizations import Organization
from tests.houses import RING, lay

HEADER = ["Nr", "Denominazione", "Tipologia", "C.F.", "Indirizzo", "CAP", "Comune", "Telefono", "E-mail", "PEC", "Sito"]
FAULTS = {  # by column: a cell that is wrong, and what is said of it
    "C.F.": [("80016750484", "l’ultimo carattere"), ("8001675048X", "non è un codice fiscale"),
             ("RSSMRA80A01D612K", "l’ultimo carattere"), ("RSSMRA80A01D612Y", "il codice di una persona")],
    "Tipologia": [("Coperativa sociale", "Forse «Cooperativa sociale»?"), ("boh", "Si può scrivere")],
    "CAP": [("5001", "non è un CAP")],
    "Telefono": [("055", "non è un numero"), ("055 0000 100 / 055 0000 101", "più numeri")],
    "E-mail": [("info.example.org", "non è un indirizzo"), ("a@example.org; b@example.org", "più di uno")],
    "PEC": [("pec@", "non è un indirizzo")],
    "Sito": [("non c'è", "non è un indirizzo web")],
    "Denominazione": [("", "la cella è vuota"), ("x" * 121, "al massimo 120")],
}  # fmt: skip


def code(number: int) -> str:
    """The tax code of an association in the province of Florence."""
    digits = f"9{number:06}048"
    return digits + luhn.calc_check_digit(digits)


def row(number: int) -> dict[str, str]:
    cells = [
        str(number), f"Ente {NAMES[number % 20]} {NAMES[number // 20]}", "ODV", code(number), f"Via Prova {number}",
        "50013", "Campi Bisenzio", f"055 0000 {number:03}", f"ente{number}@example.org",
        f"ente{number}@pec.example.org", f"www.ente{number}.example",
    ]  # fmt: skip
    return dict(zip(HEADER, cells, strict=True))


NAMES = [
    "Acero", "Betulla", "Cipresso", "Donnola", "Edera", "Faggio", "Ginestra", "Hibiscus", "Iris", "Lavanda", "Mirto",
    "Nocciolo", "Ortica", "Pioppo", "Quercia", "Rovere", "Salice", "Tiglio", "Ulivo", "Viola",
]  # fmt: skip


def written(rows: list[dict[str, str]], delimiter: str = ";", encoding: str = "cp1252") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def planned(tx: Transaction, data: bytes, file: str = "elenco.csv") -> Report:
    report = bodies.plan(tx, file, data)
    assert isinstance(report, Report), report
    return report


def outcomes(report: Report) -> dict[str, int]:
    return {name: report.count(name) for name in bodies.OUTCOMES if report.count(name)}


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), (",", "utf-8-sig"), ("\t", "utf-8")])
def test_200_rows_with_15_errors_import_nothing_and_corrected_all(store: Store, delimiter: str, encoding: str) -> None:
    right = [row(number) for number in range(200)]
    right[7]["Denominazione"] = "Perché sì, l’unità"
    wrong, said = [dict(cells) for cells in right], {}
    faults = [(column, *fault) for column, given in FAULTS.items() for fault in given]
    for place, (column, cell, told) in enumerate(faults):
        wrong[11 * place + 3][column] = cell
        said[11 * place + 5] = told  # the header is row 1
    assert len(said) == 15
    with store.begin() as tx:
        report = planned(tx, written(wrong, delimiter, encoding))
        assert bodies.apply(tx, report) == 0
        assert organizations.listed(tx) == []
    failed = {line.row: line.told for line in report.lines if line.outcome == "error"}
    assert failed.keys() == said.keys()
    for number, told in said.items():
        assert told in "".join(failed[number])
        assert "Per esempio" in "".join(failed[number])
    assert outcomes(report) == {"new": 185, "error": 15}
    with store.begin() as tx:
        assert bodies.apply(tx, planned(tx, written(right, delimiter, encoding))) == 200
    with store.begin() as tx:
        entered = organizations.listed(tx)
        again = planned(tx, written(right, delimiter, encoding))
        assert (outcomes(again), bodies.apply(tx, again)) == ({"same": 200}, 0)
        assert organizations.listed(tx) == entered
    assert {one.state for one in entered} == {"invited"}
    (one,) = [one for one in entered if one.name == "Perché sì, l’unità"]
    assert (one.tax_code, one.kind, one.address) == (code(7), "odv", "Via Prova 7, 50013 Campi Bisenzio")
    assert (one.phone, one.website) == ("055 000 0007", "https://www.ente7.example")


def test_what_was_compared_with_an_older_catalogue_does_not_enter(store: Store) -> None:
    with store.reading() as tx:
        report = planned(tx, written([row(1)]))
    with store.begin() as tx:
        organizations.put(tx, Organization("Altri", tax_code=code(1)))
    with store.begin() as tx:
        assert bodies.apply(tx, report) is None
        assert [one.name for one in organizations.listed(tx)] == ["Altri"]


def test_names_of_columns_are_found_whatever_they_are_and_others_are_listed(store: Store) -> None:
    title = "Elenco degli enti;;;;\n;;;;\n"
    text = "NOME ASSOCIAZIONE;Cod. Fiscale;Partita IVA;Città;Note interne\nLa Panca;;80016750483;Prato;non dire\n"
    with store.begin() as tx:
        report = planned(tx, (title + text).encode())
        bodies.apply(tx, report)
        (one,) = organizations.listed(tx)
    assert report.read == {
        "NOME ASSOCIAZIONE": "denominazione", "Cod. Fiscale": "codice fiscale", "Partita IVA": "codice fiscale",
        "Città": "comune",
    }  # fmt: skip
    assert (report.ignored, report.lines[0].row, one.tax_code) == (("Note interne",), 4, "80016750483")
    english = b"Name,Tax code,Phone,Website\nThe Bench,,+44 20 7946 0958,bench.example\n"
    with store.begin() as tx:
        (line,) = planned(tx, english).lines
    assert line.outcome == "new"


def test_a_workbook_in_which_a_code_became_a_number(store: Store) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    digits = "0123456048"
    for cells in (["Denominazione", "Codice fiscale"], ["La Panca", int(digits + luhn.calc_check_digit(digits))]):
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    with store.begin() as tx:
        bodies.apply(tx, planned(tx, data.getvalue(), "elenco.xlsx"))
        (one,) = organizations.listed(tx)
    assert one.tax_code.startswith("0123456048")


def test_who_has_spoken_for_itself_is_completed_and_never_overwritten(store: Store) -> None:
    said = Organization("La Panca", uid="panca", state="approved", tax_code="80016750483", phone="055 0000 1")
    asked = Organization("Il Ponte", uid="ponte", state="invited", phone="055 0000 2")
    text = (
        "Denominazione;C.F.;Telefono;E-mail;Tipologia\n"
        "La Panca Verde;80016750483;055 0000 999;panca@example.org;ODV\nIl Ponte;;055 0000 998;;ODV\n"
    )
    with store.begin() as tx:
        for one in (said, asked):
            organizations.put(tx, one)
        report = planned(tx, text.encode())
        bodies.apply(tx, report)
        panca, ponte = organizations.find(tx, "panca"), organizations.find(tx, "ponte")
    assert panca
    assert (panca.name, panca.phone, panca.email) == ("La Panca", "055 0000 1", "panca@example.org")
    assert (panca.state, panca.kind) == ("approved", "association")
    assert [line.outcome for line in report.lines] == ["changed", "changed"]
    assert report.lines[0].told == ("e-mail: «» diventa «panca@example.org»",)
    assert "telefono: resta «055 0000 1», come ha detto l’ente." in report.lines[0].warnings
    assert ponte
    assert (ponte.phone, ponte.kind, ponte.state) == ("055 000 0998", "odv", "invited")


def test_rows_are_matched_by_id_then_tax_code_then_name(store: Store) -> None:
    known = [
        Organization("Uno", uid="uno", state="invited"),
        Organization("Due", uid="due", tax_code="80016750483", state="invited"),
        Organization("Associazione Tré!", uid="tre", state="invited"),
        Organization("Gemelli", uid="g1", state="invited"), Organization("Gemelli", uid="g2", state="invited"),
    ]  # fmt: skip
    text = (
        "id;denominazione;codice fiscale\nuno;Primo;\n;Secondo;80016750483\n;ASSOCIAZIONE TRE;\n;Gemelli;\n"
        f"uno;Ancora uno;\nuno2;Altro;80016750483\ndemo-x;Demo;\n;Nuovo;{code(1)}\n;Nuovo;{code(2)}\n"
    )
    with store.begin() as tx:
        for one in known:
            organizations.put(tx, one)
        lines = planned(tx, text.encode()).lines
    assert [line.outcome for line in lines] == ["changed"] * 3 + ["error"] * 4 + ["new"] * 2
    assert lines[3].told == ("più enti si chiamano così: serve il codice fiscale, o l’id.",)
    assert lines[4].told == ("è lo stesso ente della riga 2.",)
    assert lines[5].told == ("è lo stesso ente della riga 3.",)
    assert "dimostrazione" in lines[6].told[0]
    assert lines[8].warnings == ("forse c’è già: «Nuovo», riga 9.",), "two of one name and of two codes are two"


def test_what_looks_like_one_that_is_known_is_pointed_at(store: Store) -> None:
    text = "denominazione;C.F.\nPanca Verde La;\nIl Ponte;80016750004\n"
    with store.begin() as tx:
        organizations.put(tx, Organization("La Panca Verde", state="approved"))
        lines = planned(tx, text.encode()).lines
    assert lines[0].warnings == ("forse c’è già: «La Panca Verde».",)
    assert (lines[1].outcome, lines[1].warnings) == (
        "new",
        ("codice fiscale: l’ufficio «000» non si conosce, lo ricontrolli.",),
    )


@contextmanager
def at_most(monkeypatch: pytest.MonkeyPatch, **bounds: int) -> Iterator[None]:
    with monkeypatch.context() as patched:
        for name, value in bounds.items():
            patched.setattr(tables if name == "UNPACKED" else bodies, name, value)
        yield


def test_what_cannot_be_read_is_said_in_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    book, packed = Workbook(), io.BytesIO()
    book.save(packed)
    with store.begin() as tx:
        for data, told in (
            (b"", "Denominazione"), (b"a;b\n1;2\n", "Denominazione"), (b"PK\x03\x04rotto", "non si apre"),
            (b'denominazione\n"aperta', "virgoletta"), (b"denominazione\n\x81\xff", "UTF-8"),
            (packed.getvalue(), "Denominazione"),
        ):  # fmt: skip
            said = bodies.plan(tx, "elenco.csv", data)
            assert isinstance(said, Problem), data
            assert told in str(said), data
        with at_most(monkeypatch, MOST_ROWS=2):
            assert "più di 2 righe" in str(bodies.plan(tx, "e.csv", b"denominazione\na\nb\nc\n"))
        with at_most(monkeypatch, MOST_BYTES=8):
            assert "più grande" in str(bodies.plan(tx, "e.csv", b"denominazione\na\n"))
        with at_most(monkeypatch, UNPACKED=100):
            assert "non si apre" in str(bodies.plan(tx, "e.xlsx", packed.getvalue()))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'tessere.db'}"
    lay(url)
    opened = Store(url, RING)
    yield opened
    opened.close()


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"denominazione;C.F.;tel\n{text}".encode(errors="ignore"))
)
def test_any_file_is_planned_or_refused_and_what_enters_is_the_same_a_second_time(shelf: Store, data: bytes) -> None:
    with shelf.reading() as tx:
        assert isinstance(bodies.plan(tx, "elenco.csv", data), Report | Problem)
    with shelf.begin() as tx:
        report = bodies.plan(tx, "elenco.csv", data)
        if isinstance(report, Report) and bodies.apply(tx, report):
            assert set(outcomes(planned(tx, data))) == {"same"}
        for one in organizations.listed(tx):
            organizations.remove(tx, one.id)


def test_the_command_says_what_it_would_do_and_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    run, path = CliRunner(), tmp_path / "elenco.csv"
    path.write_bytes("Denominazione;Telefono;Altro\nL’Unità;055\n".encode("cp1252"))
    wrong = run.invoke(app, ["import-list", str(path)])
    assert (wrong.exit_code, "riga 2, ERRORE: L’Unità" in wrong.output) == (1, True), wrong.output
    assert "Colonne non lette: Altro." in wrong.output
    path.write_bytes("Denominazione;Telefono\nL’Unità;055 0000 1\n".encode("cp1252"))
    tried = run.invoke(app, ["import-list", str(path), "--dry-run"])
    assert (tried.exit_code, "Non è stato importato niente." in tried.output) == (0, True)
    assert "Nuove 1," in run.invoke(app, ["import-list", str(path)]).output
    assert "uguali 1," in run.invoke(app, ["import-list", str(path)]).output
    path.write_bytes(b"x;y\n1;2\n")
    assert run.invoke(app, ["import-list", str(path)]).exit_code == 1
