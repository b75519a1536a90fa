"""An administrator brings the municipality's list and takes the catalogue away."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from openpyxl import load_workbook

from admin.office import exchange
from bot.house import House
from catalog_store import audit, organizations
from tests.hsds_spec import valid
from tests.offices import Office, hidden, words
from tests.test_office_browser import KINDS, SIZES, Desk, administrator, browse, checker, desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browse", "desk"]  # fixtures

LIST = "Denominazione;C.F.;Note\nIl Ponte ODV;80016750483;x\nLa Panca Verde;;\n"


@pytest.fixture
def office(demonstration_house: House) -> Office:
    return Office(demonstration_house)


async def tried(client: httpx.AsyncClient, data: str, name: str = "elenco.csv") -> httpx.Response:
    return await client.post("/scambio/prova", files={"file": (name, data.encode("cp1252"))})


async def confirmed(client: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    form = {name: hidden(page, name) for name in ("name", "mark", "content")}
    return await client.post("/scambio/importa", data=form)


def real(office: Office) -> set[str]:
    with office.house.store.reading() as tx:
        return {f"{one.name} {one.state}" for one in organizations.listed(tx) if not one.demonstration}


async def test_a_list_is_looked_at_before_it_enters(office: Office) -> None:
    client, member = office.inside("administrator")
    assert "Codice fiscale" in words(await client.get("/scambio")).replace("codice fiscale", "Codice fiscale")
    page = await tried(client, LIST)
    assert "nuovo 2, cambia 0, uguale 0, errore 0." in words(page)
    assert "Colonne non lette: Note." in words(page)
    assert real(office) == set()
    done = await confirmed(client, page)
    assert done.headers["location"] == "/ufficio/scambio?detto=elenco"
    assert real(office) == {"Il Ponte ODV invited", "La Panca Verde invited"}
    assert "Non cambierebbe niente." in words(await tried(client, LIST))
    with office.house.store.reading() as tx:
        (row,) = [one for one in audit.listed(tx) if one.action == "imported"]
    assert (row.staff_id, row.what, row.why) == (member.id, "list", "2 righe")
    assert "ha importato l’elenco degli enti" in words(await client.get("/registro"))


async def test_a_mistake_is_shown_first_and_nothing_can_be_confirmed(office: Office) -> None:
    client, _ = office.inside("administrator")
    page = await tried(client, "Denominazione;C.F.\nIl Ponte;\nLa Panca <b>;1234\n")
    assert "Non è entrato niente." in words(page)
    assert "Importa" not in words(page)
    assert words(page).index("3 La Panca") < words(page).index("2 Il Ponte")
    assert "&lt;b&gt;" in page.text
    for data in ("", "x;y\n1;2\n"):
        wrong = await tried(client, data)
        assert (wrong.status_code, "Denominazione" in words(wrong)) == (400, True)


async def test_what_was_confirmed_is_what_is_done(office: Office) -> None:
    client, _ = office.inside("administrator")
    page = await tried(client, LIST)
    with office.house.store.begin() as tx:
        organizations.put(tx, organizations.Organization("Il Ponte ODV", tax_code="80016750483"))
    again = await confirmed(client, page)
    assert (again.status_code, "Nel frattempo qualcosa è cambiato" in words(again)) == (200, True)
    assert real(office) == {"Il Ponte ODV approved"}
    assert (await confirmed(client, again)).status_code == 303
    assert real(office) == {"Il Ponte ODV approved", "La Panca Verde invited"}
    for broken in ("€", "abc"):
        sent = await client.post("/scambio/importa", data={"name": "x", "mark": "x", "content": broken})
        assert sent.status_code == 400


async def test_a_file_may_be_large_and_no_larger(office: Office) -> None:
    client, _ = office.inside("administrator")
    rows = "".join(f"Ente di prova numero {number} {'x' * 90}\n" for number in range(1900))
    page = await tried(client, f"denominazione\n{rows}")
    assert page.status_code == 200
    assert len(page.text) < 2_000_000
    assert (await confirmed(client, page)).status_code == 303
    assert len(real(office)) == 1900
    wide = await tried(client, "denominazione\n" + "x" * exchange.MOST)
    assert (wide.status_code, "più grande di 500 KB" in words(wide)) == (400, True)
    assert (await tried(client, "x" * 2 * exchange.MOST)).status_code == 413


async def test_the_catalogue_is_taken_away_in_three_forms(office: Office) -> None:
    client, member = office.inside("administrator")
    await confirmed(client, await tried(client, LIST))
    taken = {form: await client.post("/scambio/esporta", data={"form": form}) for form in exchange.FILES}
    assert all("attachment" in answer.headers["content-disposition"] for answer in taken.values())
    with zipfile.ZipFile(io.BytesIO(taken["csv"].content)) as packed:
        assert packed.namelist() == ["organizations.csv", "locations.csv", "offers.csv"]
        assert "Il Ponte ODV" in packed.read("organizations.csv").decode("utf-8-sig")
    book = load_workbook(io.BytesIO(taken["xlsx"].content))
    assert [row[1] for row in book["organizations"].iter_rows(values_only=True, min_row=2)] != []
    services = json.loads(taken["hsds"].content)
    valid("service", services[0])
    assert "Il Ponte ODV" not in taken["hsds"].text
    assert (await client.post("/scambio/esporta", data={"form": "pdf"})).status_code == 400
    with office.house.store.reading() as tx:
        noted = [one.why for one in audit.listed(tx, staff_id=member.id) if one.action == "exported"]
    assert sorted(noted) == ["csv", "hsds", "xlsx"]


def test_the_program_serves_the_open_data_beside_the_chat(desk: Desk) -> None:
    found = httpx.get(f"{desk.base}/hsds/services", params={"per_page": 1}).json()
    assert found["total_items"] > 50
    valid("service", httpx.get(f"{desk.base}/hsds/services/{found['contents'][0]['id']}").json())
    told = httpx.get(f"{desk.base}/hsds/").json()
    assert httpx.get(told["openapi_url"]).json()["paths"].keys() >= {"/services", "/taxonomy_terms"}


@pytest.mark.parametrize("size", SIZES)
def test_a_list_is_brought_with_a_browser_and_the_report_can_be_read_by_everybody(
    desk: Desk, browse: Callable[..., Page], size: str
) -> None:
    axe, page = checker("axe-core/axe.min.js").read_text("utf-8"), browse(size)
    data = f"Denominazione;E-mail\nEnte {size};a@example.org\nEnte {size} odv;\n"
    with administrator(desk, page):
        page.goto(f"{desk.base}/ufficio/scambio")
        page.get_by_label("Il file").set_input_files({"name": "e.csv", "mimeType": "text/csv", "buffer": data.encode()})
        page.get_by_role("button", name="Prova").click()
        page.get_by_role("heading", name="Che cosa farebbe l’elenco").wait_for()
        page.evaluate(axe)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
        assert [rule["id"] for kind in KINDS for rule in said[kind] if rule["id"] != "color-contrast"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.get_by_role("button", name="Importa").click()
        page.get_by_text("L’elenco è entrato.").wait_for()
        with page.expect_download() as download:
            page.get_by_role("button", name="XLSX").click()
        assert download.value.suggested_filename == "catalogue.xlsx"
