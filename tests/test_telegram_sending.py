"""A bubble on its way to Telegram: how it looks there, and what is made of a refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram import Telegram
from bot.deliver import ChannelError, Letter
from catalog_store import messages, people
from dialogs.screens import Bubble, Button
from tests.fakes.telegram_person import Person, buttons
from tests.fakes.telegram_town import Town, town

ASKED = Bubble(
    ("Dove?",),
    (Button("Centro", "Campi centro", "vicino al municipio", "1:zona:0"), Button("Villa", "La Villa", "", "1:zona:1")),
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    with town(tmp_path, parts=False) as made:
        yield made


@pytest.fixture
async def channel(place: Town) -> AsyncIterator[Telegram]:
    made = Telegram(place.house)
    yield made
    await made.client.close()


@pytest.fixture
def anna(place: Town) -> Person:
    person = place.person()
    person.writes("ciao")
    return person


async def test_options_are_buttons_and_their_descriptions_are_said(channel: Telegram, anna: Person) -> None:
    sent = await channel.send(Letter(str(anna.id), ASKED))
    message = anna.gets()
    assert sent == str(message["message_id"])
    assert message["text"] == "Dove?\n\nCampi centro – vicino al municipio"
    assert buttons(message) == [("Campi centro", "1:zona:0"), ("La Villa", "1:zona:1")]


async def test_where_buttons_are_refused_options_have_numbers(channel: Telegram, anna: Person) -> None:
    await channel.send(Letter(str(anna.id), ASKED, form="numbered"))
    assert anna.reads() == "Dove?\n  1. Campi centro – vicino al municipio\n  2. La Villa"


async def test_what_looks_like_markup_is_only_text(channel: Telegram, place: Town, anna: Person) -> None:
    await channel.send(Letter(str(anna.id), Bubble(("<b>1 < 2</b> & *tre* _quattro_ https://example.org",))))
    assert anna.reads() == "<b>1 < 2</b> & *tre* _quattro_ https://example.org"
    asked = place.api.calls[-1][1]
    assert "parse_mode" not in asked
    assert asked["link_preview_options"] == {"is_disabled": True}


async def test_the_bubble_that_another_stands_for_goes(channel: Telegram, place: Town, anna: Person) -> None:
    house = place.house
    first = await channel.send(Letter(str(anna.id), Bubble(("Non ho capito.",))))
    with house.store.begin() as tx:
        person = people.recognise(tx, "telegram", str(anna.id))
        id = messages.post(tx, person.id, person.address_id, "telegram", Bubble(("Non ho capito.",)).to_json())
        messages.handed(tx, [id], first)
    await channel.send(Letter(str(anna.id), Bubble(("Ho capito.",), replaces=id)))
    assert anna.heard() == ["Ho capito."]
    await channel.send(Letter(str(anna.id), Bubble(("Ancora.",), replaces=id)))  # it is gone already
    assert anna.heard() == ["Ho capito.", "Ancora."]


@pytest.mark.parametrize(
    ("kind", "reason", "fault"),
    [
        ("blocked", "403", "blocked"),
        ("chat not found", "400 chat not found", "blocked"),
        ("BUTTON_DATA_INVALID", "400 button", "shape"),
        ("can't parse inline keyboard button: Ermenegilda", "400 button", "shape"),
        ("reply markup is too long", "400 reply markup", "shape"),
        ("message is too long", "400", "content"),
        ('can\'t parse entities: unsupported start tag "Ermenegilda"', "400", "content"),
        ("error", "NetworkError", "busy"),
        ("drop", "NetworkError", "busy"),
    ],
)
async def test_each_refusal_says_what_to_do(
    channel: Telegram, place: Town, anna: Person, kind: str, reason: str, fault: str
) -> None:
    place.api.misbehave("sendMessage", kind)
    with pytest.raises(ChannelError) as refused:
        await channel.send(Letter(str(anna.id), ASKED))
    assert (refused.value.reason, refused.value.fault) == (reason, fault)


async def test_a_flood_says_until_when(channel: Telegram, place: Town, anna: Person) -> None:
    place.api.misbehave("sendMessage", "flood", seconds=17)
    with pytest.raises(ChannelError) as refused:
        await channel.send(Letter(str(anna.id), ASKED))
    assert (refused.value.reason, refused.value.fault) == ("429", "busy")
    assert refused.value.retry_at == place.clock() + timedelta(seconds=17)


async def test_who_never_pressed_start_cannot_be_written_to(channel: Telegram, place: Town) -> None:
    with pytest.raises(ChannelError) as refused:
        await channel.send(Letter(str(place.person().id), ASKED))
    assert refused.value.fault == "blocked"


async def test_a_bot_api_that_is_not_there_is_busy(channel: Telegram, anna: Person) -> None:
    channel.client.bot._base_url = "http://127.0.0.1:9/bot1:x"
    with pytest.raises(ChannelError) as refused:
        await channel.send(Letter(str(anna.id), ASKED))
    assert refused.value.fault == "busy"


async def test_a_token_that_telegram_does_not_know_is_named_and_not_shown(
    channel: Telegram, place: Town, anna: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    place.api.token = "another"
    with pytest.raises(ChannelError) as refused:
        await channel.send(Letter(str(anna.id), ASKED))
    assert refused.value.fault == "busy"
    logged = "".join(capsys.readouterr())
    assert "TELEGRAM_BOT_TOKEN" in logged
    assert place.house.settings.telegram_bot_token not in logged
