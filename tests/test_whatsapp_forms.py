"""What Twilio posts, field by field: real-shaped forms, and what becomes of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels.whatsapp_forms import parse, status
from bot.inbound import Inbound
from tests.clock import TUESDAY
from tests.fakes.twilio import SENDER

PAYLOADS = sorted((Path(__file__).parent / "payloads" / "whatsapp").glob("*.json"))


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 25


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_form_is_read_as_it_was_meant(path: Path) -> None:
    payload: dict[str, Any] = json.loads(path.read_text("utf-8"))
    inbound = parse(payload["form"], SENDER, TUESDAY)
    if payload["expected"] is None:
        assert inbound is None
        return
    assert inbound is not None
    reply, place = inbound.reply, inbound.reply.place
    read = {"text": reply.text, "tap": reply.tap, "media": reply.media, "place": list(place) if place else None}
    whose = {"address": inbound.address, "provider_id": inbound.provider_id, "also": inbound.also}
    assert whose | read == payload["expected"]
    kept = json.loads(json.dumps(inbound.to_json()))
    assert Inbound.from_json("whatsapp", inbound.provider_id, TUESDAY, kept) == inbound


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_nothing_that_is_missing_stops_the_reading(path: Path) -> None:
    form: dict[str, str] = json.loads(path.read_text("utf-8"))["form"]
    for name in form:
        parse({other: value for other, value in form.items() if other != name}, SENDER, TUESDAY)
        parse({**form, name: ""}, SENDER, TUESDAY)
        status({**form, name: ""})


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"MessageSid": "SM1", "MessageStatus": "delivered"}, ("SM1", "delivered", None)),
        ({"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "63016"}, ("SM1", "failed", 63016)),
        ({"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": ""}, ("SM1", "failed", None)),
        ({"SmsSid": "SM1", "SmsStatus": "read", "ErrorCode": "soon"}, ("SM1", "read", None)),
        ({"MessageSid": "SM1", "MessageStatus": "queued"}, None),
        ({"MessageSid": "SM1", "MessageStatus": "something new"}, None),
        ({"MessageStatus": "delivered"}, None),
    ],
)
def test_a_status_says_which_message_and_what_became_of_it(
    form: dict[str, str], said: tuple[str, str, int | None] | None
) -> None:
    assert status(form) == said
