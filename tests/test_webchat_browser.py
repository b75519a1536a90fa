"""The web chat as people use it: a real browser, a real server started as a user starts it, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.running import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

ROOT = Path(__file__).parents[1]
NEED = "mia mamma ha 85 anni e non può uscire, chi le porta le medicine?"
MARKER = "pappagallo-viola"  # a word that nobody but a test writes
NEWEST = "() => Math.max(0, ...[...document.querySelectorAll('.theirs')].map((one) => Number(one.dataset.id)))"
SOON = 20_000  # ms: the machine of a test is busy


@dataclass
class Running:
    """`python -m bot run` in a folder of its own."""

    base: str
    invitations: dict[str, str]  # association → the address of its page
    output: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with program(tmp_path_factory.mktemp("running")) as started:
        said = started.output.read_text()
        found = re.search(r"^Web chat: (\S+)/$", said, re.MULTILINE)
        assert found is not None
        invitations = dict(re.findall(r"^  (.+): (http\S+/invito/\S+)$", said, re.MULTILINE))
        yield Running(found[1], invitations, started.output)


class Chat:
    """One page of the chat."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(SOON)
        page.goto(address)
        page.locator("#form").wait_for()

    def newest(self) -> int:
        """The id of the newest bubble."""
        found: int = self.page.evaluate(NEWEST)
        return found

    def answered(self, act: Callable[[], object]) -> str:
        """Do something; the words of the bubble that answers it."""
        before = self.newest()
        act()
        return self.next(before)

    def next(self, before: int) -> str:
        """The newest bubble's words, once there is one after `before`."""
        self.page.wait_for_function(f"(before) => ({NEWEST})() > before", arg=before)
        return self.page.locator(".theirs .said").last.inner_text()

    def write(self, text: str) -> str:
        """Type and send."""
        return self.answered(lambda: self.send(text))

    def send(self, text: str) -> None:
        """Type and send, without waiting."""
        self.page.fill("#text", text)
        self.page.keyboard.press("Enter")

    def tap(self, label: str) -> str:
        """Tap a button of the present question."""
        return self.answered(self.page.locator(".current .choice", has_text=label).first.click)

    @property
    def choices(self) -> list[str]:
        """What can be tapped now."""
        return self.page.locator(".current .choice .name").all_inner_texts()

    def bubbles(self) -> list[str]:
        """All that is on the page."""
        return self.page.locator(".bubble .said").all_inner_texts()


@dataclass
class Visit:
    """A browser of its own, and everything that it asked for and complained about."""

    context: BrowserContext
    running: Running
    requests: list[str]
    complaints: list[str]

    def open(self, address: str = "/") -> Chat:
        """Open a page in a new tab."""
        page = self.context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return Chat(page, address if address.startswith("http") else self.running.base + address)


@pytest.fixture
def visit(browser: Browser, running: Running) -> Iterator[Visit]:
    """Nothing that a test does may leave this machine's server, or make the browser complain."""
    with browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as context:
        made = Visit(context, running, [], [])
        context.on("request", lambda request: made.requests.append(request.url))
        yield made
        assert made.requests
        assert [url for url in made.requests if not url.startswith(running.base + "/")] == []
        assert made.complaints == []


def association_of(text: str, running: Running) -> str:
    """The association that is named first."""
    return min((name for name in running.invitations if name in text), key=text.index)


def sent(citizen: Chat) -> int:
    """From the offers to a sent request; how many taps it took."""
    for taps in range(1, 8):
        usual = ("Sì, invia", "Qui, senza il mio nome", "Per me")
        label = next((label for label in usual if label in citizen.choices), citizen.choices[0])
        if "R-" in citizen.tap(label):
            return taps
    raise AssertionError(f"never sent: {citizen.bubbles()}")


def test_from_ciao_to_a_sent_request_and_the_acceptance_arrives_by_itself(visit: Visit, running: Running) -> None:
    citizen = visit.open()
    assert "Tessere" in citizen.write("ciao")
    offers = citizen.write(NEED)
    messages = 2
    while not any(name in offers for name in running.invitations):
        offers = citizen.tap(next((label for label in citizen.choices if label == "Capalle"), citizen.choices[0]))
        messages += 1
    name = association_of(offers, running)
    contact = visit.open(running.invitations[name])
    assert name in contact.next(0)
    messages += sent(citizen)
    assert messages - 1 <= 7  # "ciao" is not part of it

    contact.page.locator(".current .choice", has_text="Accettiamo").wait_for()
    before = citizen.newest()
    for _ in range(10):
        usual = ("Sì, conferma", "Accettiamo", "A casa della persona")
        label = next((label for label in usual if label in contact.choices), contact.choices[0])
        contact.tap(label)
        if label == "Sì, conferma":
            break
    citizen.next(before)
    assert f"{name} ha accettato" in citizen.bubbles()[-1]


def test_three_bubbles_typed_quickly_get_one_answer_and_help_that_comes_home_first(
    visit: Visit, running: Running
) -> None:
    citizen = visit.open()
    for piece in ("mia mamma ha 85 anni", "non può uscire", "chi le porta le medicine?"):
        citizen.send(piece)
    citizen.page.locator(".theirs", has_text="Spesa e farmaci a casa").wait_for()
    order = citizen.page.eval_on_selector_all(".bubble", "all => all.map((one) => one.classList.contains('mine'))")
    assert order == [True, True, True, False]
    answer = citizen.bubbles()[-1]
    while not any(name in answer for name in running.invitations):
        answer = citizen.tap("Capalle")
    assert "viene a casa" in answer.partition("2.")[0]


def test_a_reload_keeps_the_conversation_and_what_was_chosen(visit: Visit) -> None:
    citizen = visit.open()
    citizen.write("ciao")
    citizen.tap("Persone anziane")
    before, choices = citizen.bubbles(), citizen.choices
    citizen.page.reload()
    citizen.page.locator(".current").wait_for()
    assert citizen.bubbles() == before
    assert citizen.choices == choices
    assert "Persone anziane" in citizen.page.locator(".chosen").inner_text()
    assert citizen.tap(choices[0]) != before[-1]


def test_the_same_page_in_another_browser_is_somebody_else(visit: Visit, browser: Browser, running: Running) -> None:
    citizen = visit.open()
    citizen.write("ciao")
    with browser.new_context() as other:
        assert Chat(other.new_page(), running.base + "/").bubbles() == []


def test_a_person_may_be_a_citizen_and_a_contact_in_one_browser(visit: Visit, running: Running) -> None:
    citizen = visit.open()
    citizen.write("ciao")
    name, address = next(iter(running.invitations.items()))
    contact = visit.open(address)
    assert name in contact.next(0)
    assert "/start" not in " ".join(contact.bubbles())
    before = contact.bubbles()
    contact.page.reload()
    contact.page.locator(".bubble").first.wait_for()
    assert contact.bubbles() == before
    assert name not in " ".join(citizen.bubbles())


def test_a_keyboard_is_enough(visit: Visit) -> None:
    citizen = visit.open()
    keyboard, page = citizen.page.keyboard, citizen.page

    def focused() -> Locator:
        return page.locator(":focus")

    keyboard.press("Tab")
    assert focused().inner_text() == "Vai a scrivere"
    keyboard.press("Enter")
    keyboard.type("ciao")
    citizen.answered(lambda: keyboard.press("Enter"))
    assert focused().get_attribute("id") == "text"
    while "choice" not in (focused().get_attribute("class") or ""):
        keyboard.press("Shift+Tab")
    label = focused().locator(".name").inner_text()
    assert label == citizen.choices[-1]
    citizen.answered(lambda: keyboard.press("Enter"))
    assert focused().locator(".name").inner_text() == label
    page.locator("summary").focus()
    keyboard.press("Enter")
    assert page.get_by_role("button", name="La mia richiesta").is_visible()
    keyboard.press("Escape")
    assert not page.get_by_role("button", name="La mia richiesta").is_visible()
    assert focused().evaluate("(one) => one.tagName") == "SUMMARY"


def test_a_screen_reader_is_told_what_comes_and_by_whom(visit: Visit) -> None:
    citizen = visit.open()
    log = citizen.page.get_by_role("log", name="Conversazione")
    assert log.get_attribute("aria-live") == "polite"
    citizen.write("ciao")
    assert log.locator(".mine .said").inner_text().startswith("Lei:")
    assert log.locator(".theirs .said").inner_text().startswith("Tessere:")
    assert citizen.page.get_by_role("textbox", name="Il suo messaggio").is_visible()
    assert citizen.page.get_by_role("button", name="Invia").is_visible()
    assert citizen.page.get_by_role("link", name="112").first.get_attribute("href") == "tel:112"
    citizen.tap("Persone anziane")
    assert citizen.page.get_by_role("button", name="(scelto)").count() == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_buttons_are_large(visit: Visit, width: int, scheme: str) -> None:
    citizen = visit.open()
    citizen.page.set_viewport_size({"width": width, "height": 700})
    citizen.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    citizen.write("ciao")
    citizen.write(NEED)
    assert citizen.page.evaluate("document.documentElement.scrollWidth") <= width
    for button in citizen.page.locator(".current .choice, .send, .pill, summary").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
    size = citizen.page.locator(".theirs p").first.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 18


def test_in_danger_the_numbers_can_be_tapped(visit: Visit) -> None:
    citizen = visit.open()
    citizen.write("mio marito mi picchia")
    assert citizen.page.locator(".theirs a[href='tel:1522']").count() >= 1
    assert citizen.page.locator(".theirs a[href='tel:112']").count() >= 1


def test_words_are_never_read_as_markup(visit: Visit) -> None:
    citizen = visit.open()
    text = "<img src=x onerror=alert(1)><b>ciao</b>"
    citizen.write(text)
    assert citizen.page.locator(".mine p").inner_text() == text
    assert citizen.page.locator("#log img, #log b").count() == 0


def test_what_is_erased_leaves_the_page_too(visit: Visit) -> None:
    citizen = visit.open()
    citizen.write(f"ciao {MARKER}")
    citizen.page.locator("summary").click()
    citizen.answered(citizen.page.get_by_role("button", name="Cancella tutto").click)
    citizen.tap("Sì")
    citizen.page.locator(".bubble", has_text=MARKER).wait_for(state="detached")
    assert len(citizen.bubbles()) == 1
    citizen.page.reload()
    citizen.page.locator("#form").wait_for()
    assert MARKER not in citizen.page.content()


def test_leaving_in_a_hurry_leaves_nothing_behind(visit: Visit) -> None:
    citizen = visit.open()
    citizen.write("ciao")
    citizen.page.locator("#exit").click()
    citizen.page.wait_for_url("**/neutro")
    assert citizen.page.title() == "Calendario"
    assert "Tessere" not in citizen.page.content()
    citizen.page.go_back()
    assert "Tessere" not in citizen.page.content()


def test_what_is_written_without_a_connection_goes_out_when_it_is_back(visit: Visit) -> None:
    citizen = visit.open()
    citizen.write("ciao")
    visit.context.set_offline(True)
    before = citizen.newest()
    citizen.send("aiuto")
    citizen.page.locator("#status", has_text="connessione").wait_for()
    visit.context.set_offline(False)
    assert "Queste parole valgono" in citizen.next(before)
    assert [text.partition("\n")[2].strip() for text in citizen.page.locator(".mine .said").all_inner_texts()] == [
        "ciao",
        "aiuto",
    ]
    visit.complaints[:] = [text for text in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def test_a_page_that_no_stream_reaches_asks_by_itself(visit: Visit) -> None:
    visit.context.route("**/stream*", lambda _: None)  # held back for ever, as some proxies do
    citizen = visit.open()
    assert "Tessere" in citizen.write("ciao")


def test_no_word_of_a_person_is_in_the_output_of_the_server(visit: Visit, running: Running) -> None:
    citizen = visit.open()
    citizen.write(f"ciao {MARKER}")
    citizen.write(f"mi chiamo {MARKER} e non riesco a pagare la bolletta")
    citizen.page.request.post(f"{running.base}/webchat/c/messages", data=f'{{"id": "x", "text": "{MARKER}')
    citizen.page.request.get(f"{running.base}/webchat/c/messages?after={MARKER}")
    visit.open("/")
    assert MARKER not in running.output.read_text()
    (cookie,) = visit.context.cookies(f"{running.base}/webchat/c/")
    assert cookie.get("value", MARKER) not in running.output.read_text()
