"""The public catalogue as it is used: a real browser, of a telephone and of a desk, with and without JavaScript."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import program
from tests.test_office_browser import KINDS, SIZES, checker, reach
from tests.test_webchat_browser import SOON, Chat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OFFER = "demo-sporta-amica-01"
PATHS = (
    "/", "/temi/violenza_genere", "/offerte", "/offerte?zona=limite&gratis=1&accessibile=1&lingua=zh",
    "/offerte?bisogno=anziani.spesa_farmaci_domicilio", "/offerte?pagina=2", f"/offerte/{OFFER}",
    "/offerte/demo-voce-piena-01", "/associazioni", "/associazioni/demo-sporta-amica", "/niente", "/ar/",
    f"/ar/offerte/{OFFER}", "/zh/offerte?zona=limite", "/en/associazioni/demo-sporta-amica",
)  # fmt: skip
SEARCHED = (
    "mia mamma ha 85 anni, chi le porta la spesa?",
    "aiuto",
    "dove pago la TARI?",
    "mio marito mi picchia",
    "?!",
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with program(tmp_path_factory.mktemp("public")) as started:
        yield started.base
        assert "picchia" not in started.output.read_text()


@pytest.fixture
def browse(browser: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """Open a window; in the end no request may have gone elsewhere, nothing may be kept, no script may have failed."""
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
    assert [url for url in asked if not url.startswith((base, "data:"))] == []
    assert [text for text in failed if "404" not in text and "400" not in text] == []


def every_page(page: Page, base: str) -> Iterator[str]:
    """Each page in turn, those that answer a search too: its name."""
    for path in PATHS:
        page.goto(f"{base}/catalogo{path}")
        yield path
    for text in SEARCHED:
        page.goto(f"{base}/catalogo/")
        page.fill("#parole", text)
        page.get_by_role("button", name="Cerca").click()
        page.get_by_role("heading", name="Che cosa c'è").wait_for()
        yield text


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_used_by_everybody(base: str, browse: Callable[..., Page], size: str) -> None:
    axe = checker("axe-core/axe.min.js").read_text("utf-8")
    page, found = browse(size), []
    for name in every_page(page, base):
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.evaluate(axe)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
        rules = [(kind, rule) for kind in KINDS for rule in said[kind]]
        found += [(name, kind, rule["id"], node["html"][:120]) for kind, rule in rules for node in rule["nodes"]]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((name, "wider than the screen", str(wide), ""))
    assert page.context.cookies() == []
    assert not found, "\n".join(map(str, found))


def test_every_page_is_valid_html(base: str, browse: Callable[..., Page], tmp_path: Path) -> None:
    jar = checker("vnu-jar/build/dist/vnu.jar")
    java = shutil.which("java")
    if java is None:
        checker("java")
    page = browse()
    answers = [page.request.get(f"{base}/catalogo{path}") for path in PATHS]
    answers += [page.request.post(f"{base}/catalogo/cerca", form={"parole": text}) for text in SEARCHED]
    for number, answer in enumerate(answers):
        (tmp_path / f"{number}.html").write_text(answer.text(), "utf-8")
    said = subprocess.run(
        [str(java), "-jar", str(jar), "--skip-non-html", "--format", "json", str(tmp_path)],
        capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    messages = json.loads(said)["messages"]
    told = [
        (Path(one["url"]).name, one["message"], one.get("extract", "")) for one in messages if one["type"] != "info"
    ]
    assert told == []


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_theme_to_the_chat_without_a_mouse(base: str, browse: Callable[..., Page], scripts: bool) -> None:  # noqa: FBT001
    page = browse(java_script_enabled=scripts)
    page.goto(f"{base}/catalogo/")
    for link in (
        'a[href$="/temi/anziani"]',
        'a[href*="bisogno=anziani.spesa"]',
        '.cards a[href*="/offerte/"]',
    ):
        go(page, link, scripts=scripts)
    go(page, 'a[href*="?offerta="]', scripts=scripts)
    assert page.url.startswith(f"{base}/")
    if not scripts:
        page.get_by_role("heading", name="Per scrivere qui serve JavaScript").wait_for()
        return
    page.locator(".theirs", has_text="Ho capito: ").first.wait_for()
    assert page.url == f"{base}/", "what was opened is not opened again at a reload"


def go(page: Page, selector: str, *, scripts: bool) -> None:
    """Follow a link by the keyboard; where no script runs it cannot be asked where one is, and it is focused."""
    if scripts:
        reach(page, selector)
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "where one is can be seen"
    else:
        page.locator(selector).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_offer_opened_from_the_catalogue_joins_the_conversation_under_way(
    base: str, browse: Callable[..., Page]
) -> None:
    chat = Chat(browse("telephone"), f"{base}/")
    chat.write("Cerco un corso di italiano")
    before = chat.newest()
    chat.page.goto(f"{base}/?offerta={OFFER}")
    assert "Ho capito: Pacco di alimenti." in chat.next(before)
    assert not any("/start" in said for said in chat.bubbles())


def test_the_chat_leads_to_the_catalogue(base: str, browse: Callable[..., Page]) -> None:
    page = browse("telephone")
    page.goto(f"{base}/")
    page.get_by_role("link", name="Tutti gli aiuti, in un elenco da leggere").click()
    page.get_by_role("heading", name="Aiuti vicino a lei").wait_for()


def test_leaving_in_a_hurry_leaves_nothing_behind(base: str, browse: Callable[..., Page]) -> None:
    page = browse("telephone")
    page.goto(f"{base}/neutro")
    page.goto(f"{base}/catalogo/temi/violenza_genere")
    page.get_by_role("link", name="Esci in fretta").click()
    page.wait_for_url(f"{base}/neutro")
    page.go_back()
    assert "violenza" not in page.url


def test_the_language_is_changed_on_the_same_page(base: str, browse: Callable[..., Page]) -> None:
    page = browse("telephone")
    page.goto(f"{base}/catalogo/offerte?zona=limite")
    page.get_by_text("Lingua / Language").click()
    page.get_by_role("link", name="العربية").click()
    page.wait_for_url(f"{base}/catalogo/ar/offerte?zona=limite")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"


def test_a_page_can_be_printed(base: str, browse: Callable[..., Page]) -> None:
    page = browse()
    page.goto(f"{base}/catalogo/offerte/{OFFER}")
    page.emulate_media(media="print")
    for hidden in (".top nav", ".ask", ".onpage", ".languages"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.get_by_role("heading", name="Dove e quando").is_visible()
    from tests.papers import read

    reader, said = read(page.pdf(format="A4"))
    assert len(reader.pages) <= 2
    assert re.search(r"Borsa della spesa", said)
