"""«Leggimi» in the web chat: the page of who asked, and nobody else's, gets the sound; a browser plays it."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from bot.reading import Form
from catalog_store import demonstration
from tests.conftest import FLAGS
from tests.houses import opened
from tests.test_reading import NEED, broken, marked
from tests.test_web import Page, serving
from tests.test_webchat_browser import SOON


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """Answers do not wait for further pieces: the clock of these tests stands still."""
    with opened(sqlite_url, tmp_path, TESSERE_HOLD_SECONDS="0", TESSERE_PIECES_SECONDS="0") as made:
        with made.store.begin() as tx:
            demonstration.load_demonstration(tx)
        yield made


def told(page: Page) -> dict[str, Any]:
    """The newest bubble of a page."""
    page.due()
    return max((one for one in page.history() if one["from"] == "tessere"), key=lambda one: int(one["id"]))


def test_the_sound_is_what_was_said_and_only_its_page_has_it(house: House) -> None:
    house.speaks = marked
    with serving(house) as base, ExitStack() as closing:
        anna, bruno, nobody = Page(base), Page(base), Page(base)
        for page in (anna, bruno, nobody):
            closing.enter_context(page.client)
        anna.history()
        bruno.history()
        anna.post(NEED)
        asked = told(anna)
        anna.post("leggimi")
        read = told(anna)
        assert (read["sentences"], read["buttons"]) == (asked["sentences"], asked["buttons"])
        assert (asked["aloud"], read["aloud"]) == (False, True)
        sound = anna.client.get(f"{anna.api}/voice/{read['id']}")
        assert (sound.headers["content-type"], sound.headers["cache-control"]) == ("audio/mpeg", "no-store")
        assert sound.content.startswith(b"ID3\4it ")
        assert "In quale zona serve?" in sound.content.decode()
        assert anna.client.get(f"{anna.api}/voice/{asked['id']}").status_code == 404, "nobody asked to hear that one"
        assert bruno.client.get(f"{bruno.api}/voice/{read['id']}").status_code == 404
        assert nobody.client.get(f"{nobody.api}/voice/{read['id']}").status_code == 401
        house.speaks = broken
        assert anna.client.get(f"{anna.api}/voice/{read['id']}").status_code == 404


def second(text: str, language: str, form: Form) -> bytes:
    """A second of silence, which a browser can play."""
    del text, language, form
    made = io.BytesIO()
    with wave.open(made, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(16000))
    return made.getvalue()


def test_a_browser_plays_it_at_once_and_says_so_when_there_is_no_voice(house: House, chromium_path: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    house.speaks = second
    flags = [*FLAGS, "--autoplay-policy=no-user-gesture-required"]
    with serving(house) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        page = browser.new_page()
        page.set_default_timeout(SOON)
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(base)
        page.locator("#text").fill(NEED)
        page.keyboard.press("Enter")
        page.get_by_text("In quale zona serve?").wait_for()
        page.locator("#more summary").click()
        page.get_by_role("button", name="Leggimi").click()
        sound = page.locator(".theirs audio")
        expect(sound).to_have_count(1, timeout=SOON)
        page.wait_for_function("() => document.querySelector('audio').played.length > 0")
        assert page.evaluate("() => document.querySelector('audio').duration") == 1
        page.get_by_role("button", name="Capalle").last.click()
        page.get_by_text("A quale posso inviare").wait_for()
        assert wrong == []
        page.reload()
        listen = page.get_by_role("button", name="Ascolti")
        expect(listen).to_have_count(1, timeout=SOON)  # it is not played again by itself
        house.speaks = broken
        listen.click()
        page.get_by_text("Non riesco a leggere ad alta voce.").wait_for()
        browser.close()
