"""The call in the back office: written by an administrator, its list, and invitations by link, QR and letter."""

from __future__ import annotations

import io
import re

import cv2
import numpy as np
import pypdf
import pypdfium2
import pytest

from bot.house import House
from catalog_store import audit, bodies, enrolments, organizations
from catalog_store.organizations import Organization
from tests.houses import clock
from tests.offices import Desk, words
from tests.talker import Talker

CALL = {"title": "Avviso 2026", "text": "Cerchiamo associazioni.\n\nPer la rete.", "opens": "2026-03-01"}
LINK = re.compile(r"http://[^\s<]+/invito/([A-Z0-9]{10})")


@pytest.fixture
def admin(house: House) -> Desk:
    with house.store.begin() as tx:
        for name in ("Il Ponte ODV", "Insieme APS", "Pieve di San Martino"):
            organizations.put(tx, Organization(name, uid=name[:3].casefold().strip(), state="invited"))
    return Desk(house.store, house.settings, "administrator", "Ada Rossi")


@pytest.fixture
def operator(house: House) -> Desk:
    return Desk(house.store, house.settings, "operator", "Olga Bini")


def test_the_call_is_written_and_changed_by_an_administrator(admin: Desk, operator: Desk, house: House) -> None:
    assert "Adesso non c’è un bando aperto, né uno che si apre." in words(admin.get("/bando"))
    assert "Fatto." in words(admin.post("/bando", **CALL, closes="2026-04-30"))
    page = operator.get("/bando")
    assert "Avviso 2026: aperto dal 01/03/2026 al 30/04/2026." in words(page)
    assert "Cerchiamo associazioni." in words(page)
    assert operator.post("/bando", **CALL).status_code == 403
    with house.store.reading() as tx:
        (call,) = enrolments.listed(tx)
    admin.post("/bando", **{**CALL, "opens": "2026-06-01"}, uid=call.uid)
    assert "Adesso è chiuso. Avviso 2026: apre dal 01/06/2026, senza scadenza." in words(operator.get("/bando"))
    assert admin.post("/bando", **CALL, uid="0" * 32).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "Scriva il titolo"),
        ({"text": ""}, "e il testo"),
        ({"opens": "domani"}, "Scriva i giorni come"),
        ({"closes": "2026-02-28"}, "prima di quello in cui apre"),
    ],
)
def test_what_is_wrong_with_a_call_is_said(admin: Desk, house: House, wrong: dict[str, str], said: str) -> None:
    page = admin.post("/bando", **{**CALL, **wrong})
    assert (page.status_code, said in words(page)) == (400, True)
    kept = {"text": "Cerchiamo associazioni.\n\nPer la rete.</textarea>", "title": 'value="Avviso 2026"'}
    assert [name for name in kept if name not in wrong and kept[name] not in page.text] == []
    with house.store.reading() as tx:
        assert enrolments.listed(tx) == []


def test_a_call_that_is_changed_wrongly_stays_as_it_was_written(admin: Desk, house: House) -> None:
    admin.post("/bando", **CALL)
    with house.store.reading() as tx:
        (call,) = enrolments.listed(tx)
    page = admin.post("/bando", **{**CALL, "title": "Avviso di marzo"}, closes="2026-02-28", uid=call.uid)
    assert page.text.count('value="Avviso di marzo"') == 1
    assert page.text.count('value="2026-02-28"') == 1
    assert "<details open><summary>Avviso 2026" in page.text


def test_nobody_is_invited_without_a_call(operator: Desk) -> None:
    page = operator.post("/bando/inviti", body="il")
    assert (page.status_code, "prima lo scriva" in words(page)) == (400, True)


def test_a_body_is_invited_by_link_and_enters_the_chat(admin: Desk, operator: Desk, house: House) -> None:
    admin.post("/bando", **CALL, closes="2026-04-30")
    page = operator.post("/bando/inviti", body="il")
    assert "Il Ponte ODV" in words(page)
    found = LINK.search(page.text)
    assert found
    assert read_back(picture(page.text)) == found[0]
    listed = words(operator.get("/bando?stato=invited"))
    assert "Il Ponte ODV" in listed
    assert "10/03/2026" in listed
    assert "Insieme APS" not in listed
    with house.store.reading() as tx:
        assert [row.action for row in audit.listed(tx) if row.uid == "il"] == ["made"]
    anna = Talker(house, "anna")
    anna.write(f"/start {found[1]}")
    assert "Il Ponte ODV" in " ".join(bubble.text for bubble in anna.seen)
    clock(house).advance(days=60)
    berta = Talker(house, "berta")
    berta.write(f"/start {found[1]}")
    assert "scadut" in berta.text


def test_letters_one_page_for_each_body_are_read_back(admin: Desk, operator: Desk) -> None:
    admin.post("/bando", **CALL, closes="2026-04-30")
    answer = operator.post("/bando/inviti", step="to_invite", all="1", letters="1")
    assert answer.headers["content-type"] == "application/pdf"
    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    assert [next(n for n in ("Ponte", "Insieme", "Pieve") if n in p.extract_text()) for p in pdf.pages] == [
        "Ponte", "Insieme", "Pieve",
    ]  # fmt: skip
    assert pdf.root_object.get("/Lang") == "it-IT"
    assert b"pdfuaid" in answer.content, "it says that it is PDF/UA"
    for number, page in enumerate(pdf.pages):
        text = re.sub(r"\s+", " ", page.extract_text())
        for said in ("Cerchiamo associazioni.", "30/04/2026", "Sportello sociale", "codice fiscale"):
            assert said in text
        found = LINK.search(text)
        assert found
        assert f"codice {found[1]}" in text
        drawn = pypdfium2.PdfDocument(answer.content)[number].render(scale=3).to_numpy()
        assert cv2.QRCodeDetector().detectAndDecode(drawn)[0] == found[0]
    again = operator.post("/bando/inviti", step="invited", all="1", letters="1")
    assert pypdf.PdfReader(io.BytesIO(again.content)).pages[0].extract_text() == pdf.pages[0].extract_text()


def test_who_was_invited_and_never_began_is_shown_and_written_to_again(
    admin: Desk, operator: Desk, house: House
) -> None:
    admin.post("/bando", **CALL, closes="2026-04-30")
    operator.post("/bando/inviti", body="il")
    assert "Nessun ente così." in words(operator.get("/bando?stato=silent"))
    clock(house).advance(days=8)
    desk = Desk.of(house.store, house.settings, operator.member)
    assert "Il Ponte ODV" in words(desk.get("/bando?stato=silent"))
    desk.post("/bando/inviti", step="silent", all="1", letters="1")
    assert "Nessun ente così." in words(desk.get("/bando?stato=silent"))


def test_a_body_is_added_by_hand_once(operator: Desk, house: House) -> None:
    assert "Aggiunto all’elenco." in words(operator.post("/bando/enti", name="Nuova  Vita ODV", kind="odv"))
    assert "c’è già un ente" in words(operator.post("/bando/enti", name="nuova vita odv", kind="odv"))
    assert operator.post("/bando/enti", name=" ").status_code == 400
    assert operator.get("/bando?stato=altro").status_code == 404
    with house.store.reading() as tx:
        (added,) = bodies.listed(tx, "to_invite", limit=9)
    assert (added.name, added.kind, added.state) == ("Nuova Vita ODV", "odv", "invited")


def test_approved_ones_are_not_invited_all_at_once(admin: Desk, operator: Desk, house: House) -> None:
    admin.post("/bando", **CALL)
    with house.store.begin() as tx:
        organizations.put(tx, Organization("Già Dentro", uid="dentro"))
    assert operator.post("/bando/inviti", step="", all="1").status_code == 400
    assert operator.post("/bando/inviti", step="approved", all="1").status_code == 400
    assert operator.post("/bando/inviti", body="dentro").status_code == 400
    clock(house).advance(days=1)
    assert "Già Dentro" not in words(Desk(house.store, house.settings).get("/bando?stato=to_invite"))


def picture(page: str) -> str:
    found = re.search(r'class="picture".*?(<svg.*?</svg>)', page, re.DOTALL)
    assert found
    return found[1]


def read_back(svg: str) -> str:
    """What a QR code says, drawn from its SVG: a path of horizontal strokes, as segno writes them."""
    (size,) = map(int, re.findall(r'viewBox="0 0 (\d+) ', svg))
    dots = np.full((size, size), 255, np.uint8)
    x = y = 0.0
    for move, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", svg.rpartition(' d="')[2]):
        if move == "h":
            dots[int(y), int(x) : int(x + float(first))] = 0
            x += float(first)
        else:
            x, y = (float(first), float(second)) if move == "M" else (x + float(first), y + float(second))
    return str(cv2.QRCodeDetector().detectAndDecode(np.kron(dots, np.ones((8, 8), np.uint8)))[0])


def test_codes_of_a_call_moved_to_another_day_end_on_that_day(admin: Desk, operator: Desk, house: House) -> None:
    admin.post("/bando", **CALL, closes="2026-04-30")
    found = LINK.search(operator.post("/bando/inviti", body="il").text)
    assert found
    with house.store.reading() as tx:
        (call,) = enrolments.listed(tx)
    admin.post("/bando", **CALL, closes="2026-03-11", uid=call.uid)
    clock(house).advance(days=3)
    anna = Talker(house, "anna")
    anna.write(f"/start {found[1]}")
    assert "scadut" in anna.text
