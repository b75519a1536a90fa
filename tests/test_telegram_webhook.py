"""What is knocked at Telegram's webhook: only Telegram is let in, and nothing that comes in breaks anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from bot import turn
from bot.channels.telegram_webhook import BODY, PATH, secret
from catalog_store import privacy, secrets
from catalog_store.schema import accounts, inbox, people
from catalog_store.secrets import KeyRing
from tests.fakes.telegram_person import Person
from tests.fakes.telegram_rules import SECRET
from tests.fakes.telegram_town import Town, town

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MESSAGE = {
    "message_id": 1, "from": {"id": 7, "is_bot": False, "first_name": "Anna"}, "date": 1773133200,
    "chat": {"id": 7, "type": "private"}, "text": "ciao",
}  # fmt: skip
UPDATE: dict[str, Any] = {"update_id": 1, "message": MESSAGE}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, webhook=True, parts=False) as made:
        yield made


def post(place: Town, content: bytes, **headers: str) -> httpx.Response:
    return httpx.post(place.base + PATH, content=content, headers={HEADER: secret(place.house), **headers}, timeout=20)


def stored(place: Town) -> int:
    with place.house.store.reading() as tx:
        rows = (tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (inbox, people, accounts))
        return sum(rows)


def test_who_knows_the_secret_is_heard(place: Town) -> None:
    assert post(place, json.dumps(UPDATE).encode()).status_code == 200
    assert stored(place) == 3


@pytest.mark.parametrize("shown", ["", "wrong", "é", "0" * 64, "a" * 20_000])
def test_whoever_does_not_is_refused(place: Town, shown: str) -> None:
    headers = {HEADER.encode(): shown.encode()}
    answer = httpx.post(place.base + PATH, content=json.dumps(UPDATE).encode(), headers=headers)
    assert answer.status_code == 403
    assert httpx.post(place.base + PATH, json=UPDATE).status_code == 403
    assert stored(place) == 0


def test_the_secret_is_of_this_bot_and_of_these_keys(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET.fullmatch(secret(place.house))
    first = secret(place.house)
    monkeypatch.setattr(secrets, "_ring", KeyRing(sealing=(b"o" * 32,), addresses=b"o" * 32))
    assert secret(place.house) != first


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"null", b'"ciao"', b"{}", b'{"update_id": "7"}', b'{"update_id": -1}', b"\xff\xfe",
     b'{"update_id": 99999999999999999999999}', b"[" * 100_000, b'{"update_id": 1' + b"0" * 5000 + b"}"],
    ids=lambda body: body[:20].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_update_is_refused(place: Town, body: bytes) -> None:
    assert post(place, body).status_code == 400
    assert stored(place) == 0


def test_what_is_too_long_is_not_read_to_the_end(place: Town) -> None:
    assert post(place, b" " * (BODY + 1)).status_code == 413
    assert stored(place) == 0


@pytest.mark.parametrize(
    "update",
    [{"update_id": 1}, {"update_id": 1, "hologram": {}}, {"update_id": 1, "message": {"text": "ciao"}},
     {"update_id": 1, "message": 7}, {"update_id": 1, "callback_query": {"id": []}},
     {"update_id": 1, "message": {**MESSAGE, "chat": {"id": "Anna", "type": "private"}}},
     {"update_id": 1, "message": {**MESSAGE, "text": {"deep": 1}}}],
)  # fmt: skip
def test_what_is_not_understood_is_taken_off_telegrams_hands(place: Town, update: dict[str, Any]) -> None:
    assert post(place, json.dumps(update).encode()).status_code == 200  # or it would come again for ever
    with place.house.store.reading() as tx:
        assert tx.execute(select(inbox)).all() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_is_an_update(place: Town, method: str) -> None:
    assert httpx.request(method, place.base + PATH).status_code == 405


def test_without_a_bot_there_is_no_webhook(tmp_path: Path) -> None:
    with town(tmp_path, webhook=True, parts=False, TELEGRAM_BOT_TOKEN="") as place:
        assert httpx.post(place.base + PATH, json=UPDATE).status_code == 404


def test_when_nothing_can_be_kept_danger_is_said_at_once_and_the_message_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "RETRIES", ())
    with town(tmp_path, webhook=True) as place:
        anna: Person = place.person()
        place.api.until(lambda: place.api.webhook)
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE inbox RENAME TO lost"))
        anna.writes("voglio farla finita, ho deciso")
        assert "112" in anna.reads()
        place.api.until(lambda: place.api.statuses.count(503) >= 3)
        assert len(anna.heard()) == 1  # it is not said again at each try
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE lost RENAME TO inbox"))
        assert "112" in anna.reads()
        place.api.until(lambda: 200 in place.api.statuses)


def test_telegram_is_told_where_to_call_and_what_we_want(tmp_path: Path) -> None:
    with town(tmp_path, webhook=True) as place:
        told = place.api.until(lambda: place.api.webhook)
        assert told["url"] == place.base + PATH
        assert told["secret_token"] == secret(place.house)
        assert told["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
        assert told["drop_pending_updates"] in (False, None) or "drop_pending_updates" not in told


@pytest.mark.parametrize(("hours", "rows"), [(24, 3), (26, 1)])
def test_what_telegram_cannot_have_kept_for_so_long_is_not_taken(place: Town, hours: int, rows: int) -> None:
    date = int(place.clock().timestamp()) - hours * 3600
    for _ in range(2):
        assert post(place, json.dumps({**UPDATE, "message": {**MESSAGE, "date": date}}).encode()).status_code == 200
        with place.house.store.begin() as tx:
            privacy.forget(tx, dry_run=False)
        assert stored(place) == rows, "and of what is not, only that Telegram reaches us"
