"""The same in a real browser, which the broker, another site, sends back: cookies and policy let it through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.house import House
from catalog_store import invitations, sessions
from tests.fakes.oidc import Broker, broker
from tests.fakes.serving import free_port, serving
from tests.offices import Office, employed
from tests.test_office_oidc import configured

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass
class Place:
    """A back office that is served, and its broker: for the browser two sites."""

    base: str
    office: Office
    spid: Broker

    def link(self) -> str:
        with self.office.house.store.begin() as tx:
            return f"{self.base}/invito/{invitations.invite(tx, 'operator', None, 7, note='Anna')}"


@pytest.fixture
def place(demonstration_house: House) -> Iterator[Place]:
    port = free_port()
    public = f"http://localhost:{port}"
    with broker(f"{public}/ufficio/oidc/ritorno", demonstration_house.store.clock) as spid:
        spid.shows = True
        office = configured(demonstration_house, spid.base, public)
        with serving(Starlette(routes=[Mount("/ufficio", office.app)]), port=port):
            yield Place(f"{public}/ufficio", office, spid)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_anna_comes_in_by_the_button_of_her_invitation_and_by_that_of_the_door(place: Place, page: Page) -> None:
    page.goto(place.link())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name="Entra con SPID o CIE").click()
    page.get_by_role("link", name="Consenti").click()
    page.wait_for_url(f"{place.base}/")
    page.get_by_role("link", name="Anna Bianchi").wait_for()
    page.get_by_role("button", name="Esci").click()
    page.goto(f"{place.base}/frasi")
    page.get_by_role("link", name="Entra con SPID o CIE").click()
    page.get_by_role("link", name="Consenti").click()
    page.wait_for_url(f"{place.base}/frasi")
    assert {one["name"] for one in page.context.cookies()} == {"ufficio"}


def test_maria_links_her_identity_from_her_own_page(place: Place, page: Page) -> None:
    with place.office.house.store.begin() as tx:
        maria = employed(tx, "operator", "Maria Rossi")
        token = sessions.begin(tx, maria.id, "una prova")
    page.context.add_cookies([{"name": "ufficio", "value": token, "url": place.base, "sameSite": "Lax"}])
    page.goto(f"{place.base}/io")
    page.get_by_role("link", name="Collega: Entra con SPID o CIE").click()
    page.get_by_role("link", name="Consenti").click()
    page.get_by_text("la prossima volta può entrare anche così").wait_for()
    page.get_by_role("button", name="Esci").click()
    page.get_by_role("link", name="Entra con SPID o CIE").click()
    page.get_by_role("link", name="Consenti").click()
    page.get_by_role("link", name="Maria Rossi").wait_for()
