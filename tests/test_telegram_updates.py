"""What Telegram sends, in the shapes in which it does (payloads/telegram), and what is heard in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_updates as updates
from bot.channels.telegram_updates import Tap, Told
from bot.inbound import Inbound
from dialogs.replies import Reply

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
PAYLOADS = sorted((Path(__file__).parent / "payloads" / "telegram").glob("*.json"))


def told(name: str) -> Told:
    path = next(path for path in PAYLOADS if path.stem == name)
    return updates.understood(json.loads(path.read_text(encoding="utf-8"))["update"], NOW)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_an_update_is_heard_as_it_was_meant(path: Path) -> None:
    payload = json.loads(path.read_text(encoding="utf-8"))
    assert updates.understood(payload["update"], NOW).inbound == expected(payload["inbound"])


def expected(wanted: dict[str, Any] | None) -> Inbound | None:
    if wanted is None:
        return None
    place = tuple(wanted["place"]) if "place" in wanted else None
    reply = Reply(
        wanted.get("text", ""), wanted.get("tap", ""), wanted.get("media", ""), place, wanted.get("edited", False)
    )
    at = datetime.fromisoformat(wanted["at"])
    return Inbound("telegram", wanted["address"], wanted["provider_id"], reply, at, "telegram", wanted["language"])


def test_the_table_is_large() -> None:
    assert len(PAYLOADS) >= 40


@pytest.mark.parametrize("name", ["tap", "tap_more", "tap_old", "tap_inline", "tap_group", "tap_game"])
def test_every_tap_is_to_be_acknowledged(name: str) -> None:
    tap = told(name).tap
    assert tap is not None
    assert tap.query == "5501234567890123456"


def test_what_was_chosen_stands_under_the_question() -> None:
    tap = told("tap").tap
    assert tap is not None
    assert updates.chosen(tap) == "In quale zona serve?\n\n✓ San Martino"


def test_what_is_too_long_with_the_choice_under_it_is_not_cut() -> None:
    assert updates.chosen(Tap("1", 1, "a" * 4080, "San Martino")) is not None
    assert updates.chosen(Tap("1", 1, "a" * 4090, "San Martino")) is None


@pytest.mark.parametrize(
    ("name", "private", "inside"), [("blocked", True, False), ("unblocked", True, True), ("group_member", False, True)]
)
def test_who_lets_the_bot_in_and_who_throws_it_out(name: str, private: bool, inside: bool) -> None:  # noqa: FBT001
    changed = told(name).membership
    assert changed is not None
    assert (changed.private, changed.inside) == (private, inside)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(kind=st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"]), what=JSON)
def test_no_update_raises(kind: str, what: object) -> None:
    updates.understood({"update_id": 1, kind: what}, NOW)


@given(
    path=st.sampled_from(PAYLOADS),
    field=st.sampled_from(["from", "chat", "text", "date", "message", "data", "photo", "contact", "location", "id"]),
    value=JSON,
)
def test_no_update_with_something_strange_in_it_raises(path: Path, field: str, value: object) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))["update"]
    for part in raw.values():
        if isinstance(part, dict):
            part[field] = value
    inbound = updates.understood(raw, NOW).inbound
    if inbound is not None:
        json.dumps(inbound.to_json())
        assert str(int(inbound.address)) == inbound.address
        assert isinstance(inbound.reply.text, str)
        assert isinstance(inbound.reply.tap, str)
