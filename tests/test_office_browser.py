"""The back office as it is used: a real browser, at the size of a telephone and of a desk, with and without a mouse."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from admin.office import access
from admin.office.app import application
from catalog_store import (
    agreements,
    enrolments,
    invitations,
    offers,
    organizations,
    pacts,
    people,
    referrals,
    sessions,
    staff,
    waiting,
)
from catalog_store.agreements import Agreement
from catalog_store.connect import Store, Transaction
from catalog_store.enrolments import Enrolment
from catalog_store.organizations import Organization
from catalog_store.referrals import Referral
from catalog_store.settings import Settings, load
from tests.network import sent
from tests.offices import ORGANIZATION, PASSWORD, employed
from tests.pacting import adhered, opened
from tests.running import program
from tests.test_webchat_browser import SOON, Chat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NODE = Path(__file__).parents[1] / ".venv" / "node" / "node_modules"
SIZES = {"telephone": (390, 844), "desk": (1280, 800)}
# axe cannot tell the contrast of what is scrolled out of a table's view: those cells are decided at the desk's width.
KINDS = ("violations", "incomplete")
SCROLLED = "(one) => document.querySelector(one)?.closest('.scroll') !== null"
WORDS = "pappagallo-viola"
PRINTED = {"pact_printed"}  # paper, not pages: read back where they are made


def checker(path: str) -> Path:
    """A file of the packages that check pages; without it the test is skipped, or fails where it is required."""
    found = NODE / path
    if found.is_file():
        return found
    missing = f"no {path} here: make .venv/node.stamp (it needs npm, and Java for the HTML checker)"
    if os.environ.get("TESSERE_TEST_BROWSER") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


@dataclass
class Desk:
    """A running installation, its store seen from here, and what waits in it."""

    base: str
    store: Store
    settings: Settings
    admin_link: str

    def waits(self, kind: str, note: dict[str, Any], who: str = "anna") -> str:
        """Somebody waits; the name of the entry."""
        with self.store.begin() as tx:
            person = people.recognise(tx, "webchat", who)
            id = waiting.add(tx, kind, person.id, note, tx.now + timedelta(hours=1))
            row = waiting.get(tx, id)
        assert row
        return row.uid

    def request(self, who: str = "anna") -> str:
        """Somebody has asked for an offer; the name of the request."""
        with self.store.begin() as tx:
            person, offer = people.recognise(tx, "webchat", who), next(iter(offers.listed(tx, active=True)))
            made = referrals.create(
                tx, person.id, offer.needs[0], "centro", "", "normal", offer.id, {"told": WORDS, "name": "Anna"}
            )
        assert isinstance(made, Referral)
        return made.uid

    def link(self, role: str) -> str:
        """A link that lets somebody in."""
        with self.store.begin() as tx:
            owner = owner_of(tx) if role == "association" else None
            unit = "sportello-sociale" if role == "social_worker" else ""
            code = invitations.invite(tx, role, owner, 1, office=unit, note=role)
        return f"{self.base}/ufficio/invito/{code}"


def owner_of(tx: Transaction) -> int:
    return next(one.id for one in organizations.listed(tx) if one.name == ORGANIZATION)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with program(tmp_path_factory.mktemp("desk")) as started:
        command = [sys.executable, "-m", "admin", "setup", "--link"]
        said = subprocess.run(command, env=started.environment, capture_output=True, text=True, check=True).stdout
        settings = load(started.variables)
        store = settings.store()
        yield Desk(started.base, store, settings, said.splitlines()[-1])
        store.close()
        assert WORDS not in started.output.read_text(), "nothing that people wrote is in the logs"


@pytest.fixture
def browse(browser: Browser, desk: Desk) -> Iterator[Callable[..., Page]]:
    """Open a window; in the end no request may have gone elsewhere, and no script may have failed."""
    opened, asked, failed = [], set[str](), list[str]()

    def window(size: str = "desk", **options: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="it-IT", **options)
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(SOON)
        opened.append(context)
        return page

    yield window
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith((desk.base, "data:"))] == []
    assert [text for text in failed if "403" not in text and "404" not in text and "401" not in text] == []


def came_in(page: Page, link: str, name: str) -> pyotp.TOTP:
    """The first visit, by a link: a name, a password, the telephone."""
    page.goto(link)
    page.get_by_text("Non riesce a inquadrarlo?").click()
    codes = pyotp.TOTP(page.locator(".code").first.inner_text())
    page.get_by_label("Nome e cognome").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split(maxsplit=1)[0].casefold()}@comune.example.it")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Le 6 cifre").fill(codes.now())
    page.get_by_role("button", name="Comincia").click()
    page.get_by_role("heading", name="Oggi").wait_for()
    return codes


def enter(page: Page, desk: Desk, name: str, codes: pyotp.TOTP) -> None:
    """Enter again, half a minute later: a code enters once."""
    page.goto(f"{desk.base}/ufficio/")
    page.get_by_label("E-mail").fill(f"{name.split(maxsplit=1)[0].casefold()}@comune.example.it")
    page.get_by_label("Password").fill(PASSWORD)
    later = pyotp.TOTP(codes.secret).generate_otp(codes.timecode(_now()) + 1)
    page.get_by_label("Codice del momento").fill(later)
    page.get_by_role("button", name="Entra").click()
    page.get_by_role("heading", name="Oggi").wait_for()


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.parametrize("size", SIZES)
def test_an_operators_day(desk: Desk, browse: Callable[..., Page], size: str) -> None:
    name = {"telephone": "Olga Bini", "desk": "Omar Neri"}[size]
    page = browse(size)
    codes = came_in(page, desk.link("operator"), name)
    page.get_by_role("button", name="Esci").click()
    enter(page, desk, name, codes)
    desk.waits("danger", {"kind": "violenza_in_corso", "level": "now", "text": WORDS}, size)
    page.get_by_text("Pericolo: violenza").first.wait_for()  # it arrives by itself
    page.get_by_role("button", name=re.compile("Me ne occupo io.*violenza")).first.click()
    page.get_by_text("Va bene: la segue lei.").wait_for()
    call = desk.waits(
        "call", {"phone": "055 0000 007", "say": "Il Ponte ha accettato.", "then": "Chieda se va bene."}, size
    )
    page.goto(f"{desk.base}/ufficio/telefonate/{call}")
    assert page.get_by_role("link", name="055 0000 007").get_attribute("href") == "tel:0550000007"
    page.get_by_role("button", name="Non risponde").click()
    page.get_by_text("torna nell’elenco più tardi").wait_for()
    page.get_by_text("1 tentativo").first.wait_for()
    page.goto(f"{desk.base}/ufficio/telefonate/{call}")
    page.get_by_role("button", name="Fatto").click()
    page.get_by_text("Fatto.").wait_for()
    assert page.goto(f"{desk.base}/ufficio/codici").status == 403  # type: ignore[union-attr]


def test_a_chat_is_taken_over_answered_and_given_back(desk: Desk, browse: Callable[..., Page]) -> None:
    staff_page, page = browse("desk"), browse("telephone")
    came_in(staff_page, desk.link("operator"), "Vera Lodi")
    citizen = Chat(page, f"{desk.base}/")
    citizen.write("Cerco un corso di italiano")
    citizen.write("operatore")
    staff_page.get_by_text("Chiede una persona").first.wait_for()  # it arrives by itself
    staff_page.get_by_role("link", name=re.compile("Apri.*Chiede una persona")).first.click()
    staff_page.get_by_text("Cerco un corso di italiano").first.wait_for()
    staff_page.get_by_role("button", name="Rispondo io").click()
    before = citizen.newest()
    staff_page.get_by_label(re.compile("Scriva in")).fill("Buongiorno, sono qui.")
    staff_page.get_by_role("button", name="Invia").click()
    assert "Buongiorno, sono qui." in citizen.next(before)
    citizen.send("Grazie, e il lunedì?")
    staff_page.get_by_text("Grazie, e il lunedì?").first.wait_for()  # it arrives by itself
    before = citizen.newest()
    staff_page.get_by_role("button", name="Ridai la chat al programma").click()
    assert "rispondo di nuovo io, il programma" in citizen.next(before)


def test_a_request_is_found_and_taken_by_an_operator(desk: Desk, browse: Callable[..., Page]) -> None:
    page, uid = browse("telephone"), desk.request("richiesta")
    came_in(page, desk.link("operator"), "Rino Costa")
    page.get_by_role("link", name="Richieste", exact=True).click()
    page.locator(f'a[href*="/richieste/{uid}"]').first.click()
    page.get_by_text(WORDS).first.wait_for()
    page.get_by_role("button", name=re.compile("La seguo io")).first.click()
    page.get_by_text("Rino Costa").nth(1).wait_for()


def test_an_administrator_makes_a_code_and_takes_it_back(desk: Desk, browse: Callable[..., Page]) -> None:
    admin, guest = browse(), browse("telephone")
    came_in(admin, desk.admin_link, "Ada Rossi")
    admin.locator("nav summary").click()
    admin.get_by_role("link", name="Codici").click()
    if not admin.get_by_label("Per chi è").is_visible():
        admin.get_by_text("Un nuovo codice").click()
    admin.get_by_label("Che cosa farà").select_option("reader")
    admin.get_by_label("Per chi è").fill("Rita, ufficio di piano")
    admin.get_by_role("button", name="Crea il codice").click()
    link = admin.locator(".notice .code").first.inner_text()
    came_in(guest, link, "Rita Bianchi")
    assert "Codici" not in guest.inner_text("nav")
    admin.get_by_role("button", name=re.compile("Revoca *il codice di Rita")).click()
    admin.get_by_text("Il codice non vale più").wait_for()
    guest.goto(f"{desk.base}/ufficio/io")
    guest.get_by_role("heading", name="Entra").wait_for()
    admin.locator("nav summary").click()
    admin.get_by_role("link", name="Registro").click()
    admin.get_by_text("ha revocato un codice").first.wait_for()


@pytest.mark.parametrize("role", ["social_worker", "association", "reader"])
def test_who_has_another_role_comes_in_and_sees_what_is_theirs(
    desk: Desk, browse: Callable[..., Page], role: str
) -> None:
    page = browse("telephone")
    came_in(page, desk.link(role), f"{role.capitalize()} Prova")
    assert "Prova una frase" not in page.inner_text("nav")
    page.get_by_role("link", name=re.compile("Prova")).click()
    page.get_by_text(staff.ROLES[role]).wait_for()


def test_the_main_path_without_a_mouse(desk: Desk, browse: Callable[..., Page]) -> None:
    page = browse()
    desk.waits("call", {"phone": "055 0000 008", "moment": "soon"}, "tasti")
    page.goto(desk.link("operator"))
    page.locator("summary").click()
    secret = page.locator(".code").first.inner_text()
    page.reload()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    secret = page.locator(".code").first.inner_text()
    reach(page, "#name", back=True)
    page.keyboard.type("Tea Sala")
    for field, text in (
        ("#email", "tea@comune.example.it"),
        ("#password", PASSWORD),
        ("#digits", pyotp.TOTP(secret).now()),
    ):
        reach(page, field)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Oggi").wait_for()
    reach(page, 'a[href*="/telefonate/"]')
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "where one is can be seen"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Telefonata da fare").wait_for()
    reach(page, "button:has-text('Fatto')")
    page.keyboard.press("Enter")
    page.get_by_text("Fatto.").wait_for()


def reach(page: Page, selector: str, *, back: bool = False) -> None:
    """Go to it with the tabulator, as who has no mouse does."""
    target = page.locator(selector).first.element_handle()
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(wanted) => document.activeElement === wanted", target):
            return
    pytest.fail(f"{selector} cannot be reached from the keyboard")


def agreed(desk: Desk) -> tuple[str, str]:
    """A pact that is open, with parties of every state, and an agreement; their names."""
    with desk.store.begin() as tx:
        pact = pacts.current(tx) or opened(tx, text=pacts.drafted(tx.store.territory))
        owners = organizations.listed(tx, approved=True)[:3]
        uids = [
            known.uid if (known := pacts.party_of(tx, pact, one.id)) else adhered(tx, pact, one.id) for one in owners
        ]
        pacts.record(tx, uids[0], pact.starts_on, "77/2026")
        pacts.withdraw(tx, uids[1])
        owner = organizations.put(tx, Organization("Servizio infanzia di prova", uid="servizio", kind="public"))
        made = [
            *agreements.listed(tx),
            Agreement(owner, "poverta.mensa", "Si telefona.", "Delibera 12", pact.starts_on),
        ]
        agreement = made[0]
        agreements.put(tx, agreement)
    return pact.uid, agreement.uid


@contextmanager
def administrator(desk: Desk, page: Page) -> Iterator[None]:
    """Somebody who may see every page, inside."""
    with desk.store.begin() as tx:
        known = next((one for one in staff.listed(tx) if one.name == "Eva Tutto"), None)
        member = known or employed(tx, "administrator", "Eva Tutto")
        token = sessions.begin(tx, member.id, "una prova")
    page.context.add_cookies([{"name": access.COOKIE, "value": token, "url": desk.base}])
    yield


def pages(desk: Desk) -> list[tuple[str, str]]:
    """(name, path) of every page, with something on each: a page that is not here fails the test."""
    danger = desk.waits("danger", {"kind": "suicidio", "level": "now", "text": WORDS}, "pagine")
    request, call = desk.request("pagine"), desk.waits("call", {"phone": "055 0000 009", "moment": "morning"}, "pagine")
    pact, agreement = agreed(desk)
    with desk.store.begin() as tx:
        enrolments.put(tx, Enrolment("Avviso", "Cerchiamo associazioni.", enrolments.today(tx), uid="avviso"))
    given = {
        "request_page": request, "elsewhere": request, "chat": danger, "chat_news": danger, "call": call,
        "pact_page": pact, "agreement_page": agreement,
        "application": sent(desk.store, name="Prova ODV", registri=[]).uid,
    }  # fmt: skip
    with desk.store.begin() as tx:
        given["offer_page"] = offers.listed(tx)[0].uid
    links = {"invited": desk.link("operator").rpartition("/")[2]}
    made = application(desk.store, desk.settings, lambda: None)
    found = []
    for one in iter_route_contexts(made.routes):
        if isinstance(one.route, APIRoute) and "GET" in (one.route.methods or ()) and one.route.name not in PRINTED:
            name, path = one.route.name, one.route.path
            if "{" in path:
                path = re.sub(r"{\w+}", {**given, **links}[name], path)
            found.append((name, path))
    return found


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_used_by_everybody(desk: Desk, browse: Callable[..., Page], size: str) -> None:
    axe = checker("axe-core/axe.min.js").read_text("utf-8")
    page, found = browse(size), []
    with administrator(desk, page):
        for name, path in pages(desk):
            if name in access.PASSIVE:
                continue  # a part of a page, which is looked at in its place
            page.goto(f"{desk.base}/ufficio{path}")
            page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
            page.evaluate(axe)
            said = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
            rules = [(kind, rule) for kind in KINDS for rule in said[kind]]
            for kind, rule in rules:
                hidden = kind == "incomplete" and rule["id"] == "color-contrast" and size == "telephone"
                nodes = [one for one in rule["nodes"] if not (hidden and page.evaluate(SCROLLED, one["target"][0]))]
                found += [(name, kind, rule["id"], node["html"][:120]) for node in nodes]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                found.append((name, "wider than the screen", str(wide), ""))
    assert not found, "\n".join(map(str, found))


def test_every_page_is_valid_html(desk: Desk, browse: Callable[..., Page], tmp_path: Path) -> None:
    jar = checker("vnu-jar/build/dist/vnu.jar")
    java = shutil.which("java")
    if java is None:
        checker("java")
    page = browse()
    with administrator(desk, page):
        for name, path in pages(desk):
            answer = page.request.get(f"{desk.base}/ufficio{path}")
            whole = answer.text()
            if not whole.startswith("<!doctype"):  # a part of a page
                whole = f'<!doctype html><html lang="it"><head><title>{name}</title></head><body>{whole}</body></html>'
            (tmp_path / f"{name}.html").write_text(whole, "utf-8")
    said = subprocess.run(
        [str(java), "-jar", str(jar), "--skip-non-html", "--format", "json", str(tmp_path)],
        capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    messages = json.loads(said)["messages"]
    told = [
        (Path(one["url"]).name, one["message"], one.get("extract", "")) for one in messages if one["type"] != "info"
    ]
    assert told == []
