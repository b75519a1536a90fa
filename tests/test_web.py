"""The web server over real HTTP: pages, cookies of slots, what is refused, streams, health and figures."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot import web
from bot.channels.webchat import A_MINUTE, BODY, Pace, conversation, slot_of
from bot.house import House
from catalog_store import messages, waiting
from tests.clock import Clock
from tests.houses import opened


class Page:
    """A browser's page, as far as the server sees it."""

    def __init__(self, base: str, slot: str = "c") -> None:
        self.client = httpx.Client(base_url=base, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20)
        self.api = f"/webchat/{slot}"
        self.count = 0

    def history(self) -> list[dict[str, Any]]:
        answer = self.client.get(f"{self.api}/history")
        assert answer.status_code == 200
        said: list[dict[str, Any]] = answer.json()["said"]
        return said

    def post(self, text: str = "", **more: Any) -> httpx.Response:
        self.count += 1
        return self.client.post(f"{self.api}/messages", json={"id": f"m{self.count}", "text": text, **more})

    def due(self, after: int = 0) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = self.client.get(f"{self.api}/messages", params={"after": after}).json()["said"]
        return said


@contextmanager
def serving(house: House) -> Iterator[str]:
    """The server in a thread; its base address."""
    server = web.server(house)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """Answers do not wait for further pieces: the clock of these tests stands still."""
    with opened(sqlite_url, tmp_path, TESSERE_HOLD_SECONDS="0", TESSERE_PIECES_SECONDS="0") as made:
        yield made


@pytest.fixture
def base(house: House) -> Iterator[str]:
    with serving(house) as address:
        yield address


@pytest.fixture
def another(base: str) -> Iterator[Callable[..., Page]]:
    """Opens another browser's page, in the citizens' slot or in the one named."""
    with ExitStack() as closing:

        def opens(slot: str = "c") -> Page:
            page = Page(base, slot)
            closing.enter_context(page.client)
            assert page.history() == []
            return page

        yield opens


@pytest.fixture
def page(another: Callable[..., Page]) -> Page:
    return another()


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, data) of each event of a stream."""
    id = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            id = value
        elif name == "data":
            yield id, json.loads(value)


# ------------------------------------------------------------------------------------------------------------- pages


def test_every_answer_forbids_what_is_not_ours(base: str) -> None:
    for path in ("/", "/neutro", "/webchat/static/chat.js", "/webchat/c/history", "/health/live", "/nothing"):
        headers = httpx.get(base + path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "server" not in headers, path


def test_no_page_carries_a_script_a_style_or_an_address_of_others(base: str) -> None:
    for path in ("/", "/invito/ABCDEF23", "/neutro", "/nothing"):
        html = httpx.get(base + path, headers={"Accept": "text/html"}).text
        assert "http://" not in html, path
        assert "https://" not in html, path
        assert "style=" not in html, path
        assert "onclick" not in html, path
        assert "<script>" not in html, path


def test_the_demonstration_is_marked_only_when_it_is_there(base: str, house: House) -> None:
    from catalog_store import demonstration

    assert "Dimostrazione" not in httpx.get(base).text
    with house.store.begin() as tx:
        demonstration.load_demonstration(tx)
    assert "Dimostrazione" in httpx.get(base).text


def test_without_scripts_the_page_says_where_to_go(base: str, house: House) -> None:
    html = httpx.get(base).text
    noscript = html[html.index("<noscript>") : html.index("</noscript>")]
    assert all(office.name in noscript for office in house.store.territory.offices.values())


def test_the_neutral_page_says_nothing_of_where_one_was(base: str, house: House) -> None:
    html = httpx.get(base + "/neutro").text
    assert "Tessere" not in html
    assert house.store.territory.municipality not in html
    assert "marzo 2026" in html


def test_a_misspelt_invitation_is_told_kindly(base: str) -> None:
    answer = httpx.get(base + "/invito/no", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "invito" in answer.text


def test_under_a_folder_every_address_begins_with_it(tmp_path: Path, sqlite_url: str) -> None:
    with opened(sqlite_url, tmp_path, PUBLIC_BASE_URL="https://example.org/chat") as house, serving(house) as base:
        html = httpx.get(base).text
        assert 'data-api="/chat/webchat/c/"' in html
        assert 'src="/chat/webchat/static/chat.js"' in html
        answer = httpx.get(base + "/webchat/c/history")
        cookie = answer.headers["set-cookie"].lower()
        assert "path=/chat/webchat/c/" in cookie
        assert "secure" in cookie
        assert "max-age" in answer.headers["strict-transport-security"]


# ----------------------------------------------------------------------------------------------------------- cookies


def test_each_slot_has_a_cookie_that_only_its_own_addresses_receive(base: str) -> None:
    citizen = httpx.get(base + "/webchat/c/history").headers["set-cookie"].lower()
    assert "path=/webchat/c/" in citizen
    assert "httponly" in citizen
    assert "samesite=strict" in citizen
    slot = slot_of("ABCDEF23")
    assert f"path=/webchat/{slot}/" in httpx.get(base + f"/webchat/{slot}/history").headers["set-cookie"].lower()


def test_two_slots_of_one_browser_are_two_people(page: Page, another: Callable[..., Page]) -> None:
    contact = another(slot_of("ABCDEF23"))
    page.client.cookies.update(contact.client.cookies)
    contact.client.cookies = page.client.cookies
    assert page.post("ciao").status_code == 202
    assert page.due()
    assert page.history()
    assert contact.history() == []


@pytest.mark.parametrize("slot", ["d", "C", "0123456789a", "../c", "012345678g"])
def test_there_is_no_other_slot(base: str, slot: str) -> None:
    assert httpx.get(f"{base}/webchat/{slot}/history").status_code in (404, 422)


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "é" * 43, "x" * 42 + "!"])
def test_a_cookie_that_is_not_ours_is_no_session(base: str, token: str) -> None:
    answer = httpx.get(base + "/webchat/c/messages", headers={b"Cookie": f"tessere_c={token}".encode()})
    assert answer.status_code == 401


# ---------------------------------------------------------------------------------------------------------- messages


def test_a_message_is_taken_and_its_answer_comes_once(page: Page) -> None:
    assert page.post("ciao").status_code == 202
    (bubble,) = page.due()
    assert bubble["from"] == "tessere"
    assert "Tessere" in " ".join(bubble["sentences"])
    assert page.due(after=bubble["id"]) == []


def test_the_same_message_posted_twice_is_one(page: Page) -> None:
    for _ in range(2):
        assert page.post("ciao", id="the-same").status_code == 202
    assert len(page.due()) == 1
    assert [one["text"] for one in page.history() if one["from"] == "me"] == ["ciao"]


def test_ids_of_one_page_say_nothing_to_another(page: Page, another: Callable[..., Page]) -> None:
    for one in (page, another()):
        assert one.post("ciao", id="the-same").status_code == 202
        assert one.due()


def test_a_tap_becomes_the_words_on_its_button(page: Page, house: House) -> None:
    page.post("ciao")
    (bubble,) = page.due()
    button = bubble["buttons"][0]
    assert isinstance(house.store.clock, Clock)
    house.store.clock.advance(seconds=5)
    assert page.post(tap=button["tap"]).status_code == 202
    page.due(after=bubble["id"])
    said = page.history()
    assert [one["text"] for one in said if one["from"] == "me"] == ["ciao", button["row"]]
    asked = next(one for one in said if one["id"] == bubble["id"] and one["from"] == "tessere")
    assert [one.get("chosen", False) for one in asked["buttons"]] == [True] + [False] * (len(asked["buttons"]) - 1)


def test_the_presenting_of_an_invitation_is_not_shown() -> None:
    body = {"text": "/start ABCDEF23", "tap": ""}
    assert conversation([{"id": 1, "from": "me", "at": "2026-03-10T09:00:00+00:00", "body": body}]) == []


def test_the_page_never_sees_its_own_token(page: Page) -> None:
    page.post("ciao")
    page.due()
    token = page.client.cookies["tessere_c"]
    assert token not in json.dumps(page.history())


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_other_sites_cannot_write_for_somebody(page: Page, site: str) -> None:
    answer = page.client.post("/webchat/c/messages", json={"id": "x", "text": "ciao"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403


def test_an_older_browser_says_by_origin_where_it_comes_from(page: Page, base: str) -> None:
    del page.client.headers["Sec-Fetch-Site"]
    assert page.post("ciao").status_code == 403
    page.client.headers["Origin"] = "http://example.org"
    assert page.post("ciao").status_code == 403
    page.client.headers["Origin"] = base
    assert page.post("ciao").status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"id": "a", "text": "  "}', 400),
        (b'{"id": "a b", "text": "x"}', 400),
        (b'{"id": "a", "text": "\\ud800"}', 400),
        (b'{"id": "a", "text": "\xff"}', 400),
        (b'{"id": "a", "text": "x", "media": "voice"}', 400),
        (b'{"id": "a", "tap": "' + b"9" * 65 + b'"}', 400),
        (b'{"id": "a", "text": "' + b"x" * BODY + b'"}', 413),
    ],
)
def test_what_is_no_message_is_refused_in_words(page: Page, body: bytes, status: int) -> None:
    answer = page.client.post("/webchat/c/messages", content=body)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")
    assert page.history() == []


@pytest.mark.parametrize("text", ["😀" * 5000, "字" * 10_000, "x" * 10_000, "\u202e\u0000\u200f", "' OR 1=1 --"])
def test_ten_thousand_characters_of_any_kind_are_a_message(page: Page, text: str) -> None:
    assert page.post(text).status_code == 202
    assert page.history()[0]["text"].strip("\u0000")


def test_a_page_that_writes_without_end_is_asked_to_slow_down() -> None:
    pace = Pace()
    assert [pace.allows("a", 0.0) for _ in range(A_MINUTE + 1)] == [True] * A_MINUTE + [False]
    assert pace.allows("b", 0.0)
    assert not pace.allows("a", 1.0)
    assert pace.allows("a", 3.0)


def test_who_has_stopped_writing_is_forgotten() -> None:
    pace = Pace()
    for number in range(10_001):
        pace.allows(str(number), 0.0)
    pace.allows("another", 61.0)
    assert len(pace._left) == 1


def test_too_many_messages_are_refused_kindly(page: Page) -> None:
    answers = [page.post("menu").status_code for _ in range(A_MINUTE + 2)]
    assert answers[:A_MINUTE] == [202] * A_MINUTE
    assert answers[-1] == 429


def test_a_message_that_could_not_be_kept_is_not_acknowledged(page: Page, house: House) -> None:
    with house.store.begin() as tx:
        tx.execute(text("ALTER TABLE inbox RENAME TO lost"))
    answer = page.post("mio marito mi picchia")
    assert answer.status_code == 503
    assert any("1522" in sentence for sentence in answer.json()["danger"])


# ----------------------------------------------------------------------------------------------------------- streams


def test_a_stream_brings_what_is_due_and_goes_on_after_the_last_one(page: Page) -> None:
    with page.client.stream("GET", "/webchat/c/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        arriving = events(answer.iter_lines())
        assert next(arriving) == ("", {})
        page.post("ciao")
        last, bubble = next(arriving)
        assert bubble["buttons"]
        page.post("aiuto")
        _, second = next(arriving)
    with page.client.stream("GET", "/webchat/c/stream", headers={"Last-Event-ID": last}) as answer:
        arriving = events(answer.iter_lines())
        assert [next(arriving)[1], next(arriving)[1]["id"]] == [{}, second["id"]]


def test_a_notice_arrives_by_itself(page: Page, house: House) -> None:
    page.post("ciao")
    with page.client.stream("GET", "/webchat/c/stream") as answer:
        arriving = events(answer.iter_lines())
        next(arriving)
        next(arriving)
        with house.store.begin() as tx:
            token = page.client.cookies["tessere_c"]
            (row,) = messages.after(tx, "webchat", token, 0)
            body = {"sentences": ["Una notizia."], "buttons": [], "numbered": True, "replaces": 0}
            messages.post(tx, 1, row.address_id, "webchat", body, lane=messages.NOTICE)
        assert next(arriving)[1]["sentences"] == ["Una notizia."]


def test_two_pages_of_one_person_both_receive(page: Page) -> None:
    with page.client.stream("GET", "/webchat/c/stream") as one, page.client.stream("GET", "/webchat/c/stream") as two:
        both = [events(one.iter_lines()), events(two.iter_lines())]
        assert [next(arriving) for arriving in both] == [("", {})] * 2
        page.post("ciao")
        first, second = (next(arriving)[1] for arriving in both)
        assert first["id"] == second["id"]


def test_when_the_server_stops_its_streams_end_at_once(house: House) -> None:
    with serving(house) as base:
        page = Page(base)
        page.history()
        answer = page.client.send(page.client.build_request("GET", "/webchat/c/stream"), stream=True)
        lines = answer.iter_lines()
        assert next(lines) == "retry: 1000"
    assert list(lines) == ["event: ready", "data: {}", ""]
    page.client.close()


# ------------------------------------------------------------------------------------------------- health and figures


def test_it_is_ready_while_it_can_write(base: str, house: House) -> None:
    assert httpx.get(base + "/health/live").status_code == 200
    assert httpx.get(base + "/health/ready").status_code == 200
    house.store._executor.shutdown()
    assert httpx.get(base + "/health/ready").status_code == 503
    assert httpx.get(base + "/health/live").status_code == 200


def test_figures_are_for_this_machine_when_there_is_no_token(base: str, page: Page) -> None:
    page.post("operatore")
    html = httpx.get(base + "/metrics").text
    assert 'tessere_message_seconds_count{channel="webchat"}' in html
    assert "tessere_dead_letters 0.0" in html
    assert httpx.get(base + "/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403


def test_figures_are_for_who_has_the_token(tmp_path: Path, sqlite_url: str) -> None:
    with opened(sqlite_url, tmp_path, TESSERE_METRICS_TOKEN="of the operators") as house, serving(house) as base:
        assert httpx.get(base + "/metrics").status_code == 403
        assert httpx.get(base + "/metrics", headers={"Authorization": "Bearer of the operators"}).status_code == 200


def test_what_waits_for_a_human_is_counted_and_nobody_is_named(base: str, page: Page, house: House) -> None:
    page.post("mio marito mi picchia")
    with house.store.reading() as tx:
        assert waiting.open_rows(tx)
    html = httpx.get(base + "/metrics").text
    assert 'tessere_operator_queue{kind="danger"} 1.0' in html
    assert "marito" not in html
