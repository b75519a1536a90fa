"""The pact in the back office: a text is opened, copies are recorded, and what is printed says it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from pypdf import PdfReader

from admin.documents.prose import blocks
from catalog_store import audit, organizations, pacts
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact
from catalog_store.settings import load
from dialogs import pacting
from tests.clock import Clock
from tests.houses import opened as house_of
from tests.offices import Desk, words
from tests.pacting import TEXT, adhered, drafted, opened
from tests.towns import Town

DRAFT = {"version": "2026", "title": "Patto di rete", "text": TEXT, "starts": "2026-04-01", "ends": "2029-04-01"}


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with house_of(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def desk(town: Town, role: str = "operator", name: str = "Maria Rossi") -> Desk:
    return Desk(town.store, load({}), role, name)


def read(answer: httpx.Response) -> tuple[PdfReader, str]:
    assert answer.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def party(town: Town, pact: Pact, name: str = "Il Ponte") -> str:
    with town.store.begin() as tx:
        return adhered(tx, pact, town.ids[name])


def test_a_text_is_written_opened_and_proposed_to_every_association(town: Town) -> None:
    office = desk(town, "administrator", "Ada Neri")
    with town.store.begin() as tx:
        organizations.put(tx, Organization("AUSL di prova", kind="public"))
    assert "Campi Bisenzio" in words(office.get("/patto")), "the text that comes with the program, to begin from"
    page = office.post("/patto", **DRAFT)
    assert "Patto di rete, versione 2026" in words(page)
    assert "bozza" in words(page)
    assert town.openings("ponte") == []
    with town.store.reading() as tx:
        (pact,) = pacts.listed(tx)
    opened_page = office.post(f"/patto/{pact.uid}/apri")
    assert "lo proponiamo in chat" in words(opened_page)
    assert [town.openings(one) for one in ("ponte", "spesa")] == [[("pact", pact.uid)]] * 2
    assert "Chi non ha ancora aderito Il Ponte Insieme La Spesa" in words(opened_page)
    assert "AUSL" not in words(opened_page), "with public services there are agreements"
    assert "è cambiato" in words(office.post(f"/patto/{pact.uid}/apri")), "once"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends": "2029-03-31"}, "almeno 3 anni"),
        ({"version": "1"}, "già un testo con questa versione"),
        ({"text": " "}, "Servono la versione"),
        ({"starts": "domani"}, "Servono la versione"),
        ({"version": "x" * 21}, "Servono la versione"),
    ],
)
def test_a_text_that_is_wrong_is_not_kept_and_not_lost(town: Town, changed: dict[str, str], said: str) -> None:
    with town.store.begin() as tx:
        drafted(tx)
    page = desk(town, "administrator").post("/patto", **{**DRAFT, **changed})
    assert page.status_code == 400
    assert said in words(page)
    assert "Patto di rete" in page.text
    with town.store.reading() as tx:
        assert [one.version for one in pacts.listed(tx)] == ["1"]


def test_a_signed_copy_is_recorded_with_its_day_and_number_and_the_association_is_told(town: Town) -> None:
    with town.store.begin() as tx:
        pact = opened(tx)
    uid, office = party(town, pact), desk(town)
    assert "Copie del patto da registrare 1 Copia firmata: Il Ponte" in words(office.get("/"))
    assert "Maria Rossi, presidente" in words(office.get(f"/patto/{pact.uid}"))
    for wrong in ({"signed": "2026-03-09", "protocol": " "}, {"signed": "2026-03-11", "protocol": "7"}, {"signed": ""}):
        assert office.post(f"/patto/parti/{uid}/copia", **wrong).status_code == 400
    page = office.post(f"/patto/parti/{uid}/copia", signed="2026-03-09", protocol="77/2026")
    assert "Copia firmata il 09/03/2026, protocollo 77/2026" in words(page)
    assert town.openings("ponte") == [("pact", pact.uid)]
    assert "Copie del patto" not in words(office.get("/"))
    again = office.post(f"/patto/parti/{uid}/copia", signed="2026-03-09", protocol="78/2026")
    assert "è cambiato" in words(again)
    assert "78/2026" not in words(again)
    with town.store.reading() as tx:
        done = [(one.action, one.what) for one in audit.listed(tx) if one.what in ("pact", "party")]
    assert ("recorded", "party") in done
    assert ("read", "pact") in done, "who looks at who adhered is written down"


def test_a_withdrawal_on_paper(town: Town) -> None:
    with town.store.begin() as tx:
        pact = opened(tx)
    uid, office = party(town, pact), desk(town)
    page = office.post(f"/patto/parti/{uid}/recesso")
    assert "Uscita il 10/03/2026" in words(page)
    assert "Registra la copia" not in page.text
    assert "è cambiato" in words(office.post(f"/patto/parti/{uid}/recesso"))


def test_a_correction_of_the_open_text_asks_again_who_had_adhered(town: Town) -> None:
    with town.store.begin() as tx:
        pact = opened(tx)
    party(town, pact)
    office = desk(town, "administrator")
    same = {"version": "1", "title": "Patto di tutti", "text": TEXT, "starts": "2026-01-01", "ends": "2029-01-01"}
    office.post(f"/patto/{pact.uid}", **same)
    assert town.openings("ponte") == [], "the words that bind are the same"
    assert "Le date di un testo aperto non cambiano" in words(
        office.post(f"/patto/{pact.uid}", **{**same, "ends": "2030-01-01"})
    )
    page = office.post(f"/patto/{pact.uid}", **{**same, "text": f"{TEXT}\n- E altro"})
    assert f"Ha aderito a un altro testo (impronta {pact.hash[:12]})" in words(page)
    assert town.openings("ponte") == [("pact", pact.uid)]
    assert "Registra la copia" not in page.text
    assert "Il Ponte" not in read(office.get(f"/patto/{pact.uid}/testo.pdf"))[1]


def test_what_is_printed_has_the_text_the_hash_and_who_is_in_the_first_in_force(town: Town) -> None:
    with town.store.begin() as tx:
        pact = opened(tx)
    for name in ("Insieme", "La Spesa"):
        party(town, pact, name)
    signed, gone = party(town, pact), None
    office = desk(town)
    office.post(f"/patto/parti/{signed}/copia", signed="2026-03-09", protocol="77/2026")
    with town.store.begin() as tx:
        gone = pacts.party_of(tx, pact, town.ids["La Spesa"])
        assert gone
        pacts.withdraw(tx, gone.uid)
    office.cookies = {}  # anybody may read what binds the network
    reader, said = read(office.get(f"/patto/{pact.uid}/testo.pdf"))
    assert "Lavoriamo insieme." in said
    assert "vale dal 01/01/2026 al 01/01/2029" in said
    for page in reader.pages:
        foot = re.sub(r"\s", "", page.extract_text())
        assert f"versione1·SHA-256{pact.hash}" in foot
    names = [line for line in said.splitlines() if line.startswith(("Il Ponte", "Insieme", "La Spesa"))]
    assert [name.split()[0] for name in names] == ["Il", "Insieme"], (
        "who is in force comes first, who left is not there"
    )
    assert "09/03/2026, prot. 77/2026" in names[0]
    assert "Maria" not in said, "no person is named"
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert b"pdfuaid" in root["/Metadata"].get_data()  # type: ignore[index]


def test_a_draft_is_printed_for_nobody(town: Town) -> None:
    with town.store.begin() as tx:
        draft = drafted(tx)
    assert desk(town, "administrator").get(f"/patto/{draft.uid}/testo.pdf").status_code == 404


def test_the_link_that_the_chat_gives_is_the_one_that_opens_it(town: Town) -> None:
    with town.store.begin() as tx:
        opened(tx)
    town.store.public = "https://comune.example.it"
    person = town.id_of("ponte")
    with town.store.begin() as tx:
        tx.person_id = person
        known = pacting.situation(tx)
    assert known
    office = desk(town)
    path = known.link.removeprefix("https://comune.example.it/ufficio")
    assert read(office.get(path))[0].pages


def test_the_municipality_too_is_told_that_the_pact_ends_until_another_renews_it(town: Town) -> None:
    with town.store.begin() as tx:
        opened(tx)
    clock = town.store.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2028, 10, 2, 9, tzinfo=UTC)
    assert "Patto da rinnovare" not in words(desk(town).get("/"))
    clock.now = datetime(2028, 10, 3, 9, tzinfo=UTC)
    today = words(desk(town, name="Anna").get("/"))
    assert "Patto da rinnovare 1" in today
    assert "Patto 1: sta per finire serve un testo nuovo" in today
    with town.store.begin() as tx:
        opened(tx, "2", first=date(2029, 1, 2), last=date(2032, 1, 2))
    assert "Patto da rinnovare" not in words(desk(town, name="Rita").get("/"))


def test_a_text_is_the_same_blocks_on_a_page_and_on_paper() -> None:
    assert blocks("### Uno\n\n*a*\nb\n\n1. c\n2. **d**\n\n# Due\n\n#### Tre") == [
        {"kind": "heading", "level": 1, "text": "Uno"},
        {"kind": "text", "text": "a b"},
        {"kind": "list", "numbered": True, "items": ["c", "d"]},
        {"kind": "heading", "level": 1, "text": "Due"},
        {"kind": "heading", "level": 2, "text": "Tre"},
    ]
