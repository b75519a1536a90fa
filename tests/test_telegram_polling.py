"""Asking Telegram for updates: one process at a time, nothing confirmed before it is taken, nothing lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from telegram.error import Conflict

from bot import turn
from bot.channels import telegram_polling
from bot.channels.telegram import Client, complain
from bot.channels.telegram_hearing import Hearing
from bot.channels.telegram_polling import LEASE, Polling
from bot.channels.telegram_updates import ACCOUNT
from bot.house import House
from catalog_store import accounts
from catalog_store.schema import inbox
from tests.fakes.telegram_town import Town, town


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Nobody asks by itself, and nobody waits for what is not there."""
    monkeypatch.setattr(telegram_polling, "LONG_POLL", 0)
    monkeypatch.setattr(telegram_polling, "MOMENT", 60.0)
    monkeypatch.setattr(turn, "RETRIES", ())
    with town(tmp_path, parts=False) as made:
        yield made


@asynccontextmanager
async def polling(house: House) -> AsyncIterator[Polling]:
    made = Polling(Hearing(house, Client(house.settings)))
    try:
        yield made
    finally:
        await made.hearing.close()


async def test_what_was_taken_is_confirmed_the_next_time(place: Town) -> None:
    anna = place.person()
    async with polling(place.house) as one:
        anna.writes("ciao")
        assert await one.once()
        assert len(place.api.updates) == 1
        assert await one.once()
        assert place.api.updates == []
        assert taken(place) == 1


async def test_an_offset_is_given_once_so_that_lower_numbers_after_a_quiet_week_are_heard(place: Town) -> None:
    anna = place.person()
    async with polling(place.house) as one:
        anna.writes("ciao")
        await one.once()
        await one.once()
        place.api._last_update = 3
        anna.writes("menu")
        await one.once()
        assert taken(place) == 2


async def test_what_could_not_be_taken_is_not_confirmed_and_comes_again(place: Town) -> None:
    anna, berta = place.person(), place.person()
    async with polling(place.house) as one:
        await one.once()
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE inbox RENAME TO lost"))
        anna.writes("ciao")
        berta.writes("ciao")
        with pytest.raises(turn.Unavailable):
            await one.once()
        await one.finish()
        assert len(place.api.updates) == 2
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE lost RENAME TO inbox"))
        await one.once()
        await one.finish()
        assert taken(place) == 2


async def test_that_telegram_reaches_us_is_noted_at_the_next_contact_when_it_could_not_be(place: Town) -> None:
    async with polling(place.house) as one:
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE accounts RENAME TO lost"))
        with pytest.raises(OperationalError):
            await one.hearing.note()
        with place.house.store.begin() as tx:
            tx.execute(text("ALTER TABLE lost RENAME TO accounts"))
        await one.hearing.note()
    with place.house.store.reading() as tx:
        assert accounts.get(tx, ACCOUNT).heard_at == place.clock()


async def test_a_process_that_died_before_it_confirmed_has_taken_each_once(place: Town) -> None:
    anna = place.person()
    anna.writes("ciao")
    async with polling(place.house) as first:
        await first.once()
    place.clock.advance(seconds=LEASE + 1)
    async with polling(place.house) as second:
        await second.once()
        assert taken(place) == 1


@pytest.mark.parametrize("sender", [7, "anna", None, [], {"id": [7]}, {"id": {}}])
async def test_a_sender_of_no_known_form_holds_up_nobody(place: Town, sender: object) -> None:
    async with polling(place.house) as one:
        place.api.happens(message={"from": sender, "text": "ciao"})
        place.person().writes("ciao")
        await one.once()
        await one.once()
        assert place.api.updates == []
        assert taken(place) == 1


async def test_one_process_asks_and_the_other_takes_over_when_it_is_gone(place: Town) -> None:
    async with polling(place.house) as one, polling(place.house) as other:
        assert await one.once()
        assert not await other.once()
        place.clock.advance(seconds=LEASE + 1)
        assert await other.once()
        assert not await one.once()


async def test_a_process_that_is_stopped_lets_the_next_one_ask_at_once(place: Town) -> None:
    async with polling(place.house) as one, polling(place.house) as other:
        asking = asyncio.create_task(one.run())
        await asyncio.to_thread(
            place.api.until, lambda: place.api.calls[-1:] and place.api.calls[-1][0] == "getUpdates"
        )
        assert not await other.once()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await other.once()


async def test_messages_of_one_person_are_taken_in_order_although_they_come_together(place: Town) -> None:
    people = [place.person(str(number)) for number in range(5)]
    for number in range(6):
        for person in people:
            person.writes(f"messaggio {number}")
    async with polling(place.house) as one:
        await one.once()
    with place.house.store.reading() as tx:
        rows = tx.execute(select(inbox.c.address_id, inbox.c.uid, inbox.c.body).order_by(inbox.c.id)).all()
    said: dict[int, list[str]] = {}
    for row in rows:
        said.setdefault(row.address_id, []).append(row.body.open(row.uid)["text"])
    assert list(said.values()) == [[f"messaggio {number}" for number in range(6)]] * 5


async def test_a_webhook_of_before_is_taken_away_and_its_updates_are_not_lost(place: Town) -> None:
    place.api.call("setWebhook", {"url": "https://old.example.org/hook"})
    with place.api.changed:
        place.api.webhook["url"] = ""  # the old server answers no more
    place.person().writes("ciao")
    async with polling(place.house) as one:
        await one.once()
    assert taken(place) == 1


async def test_an_update_that_cannot_be_read_holds_nobody_up(place: Town) -> None:
    place.api.happens(message={"strange": True})
    place.person().writes("ciao")
    async with polling(place.house) as one:
        await one.once()
    assert taken(place) == 1


async def test_another_program_that_polls_the_same_bot_is_named_in_one_line(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with polling(place.house) as one:
        await one.once()
        monkeypatch.setattr(telegram_polling, "LONG_POLL", 20)
        waiting = asyncio.create_task(one.once())
        polls = len(place.api.calls)
        await asyncio.to_thread(place.api.until, lambda: len(place.api.calls) > polls)
        await asyncio.to_thread(place.api.call, "getUpdates", {})
        with pytest.raises(Conflict) as conflict:
            await waiting
    with structlog.testing.capture_logs() as logged:
        complain(conflict.value)
    (line,) = logged
    assert line["event"] == "telegram.conflict"
    assert line["variable"] == "TELEGRAM_BOT_TOKEN"
    assert place.house.settings.telegram_bot_token not in json.dumps(line)


def taken(place: Town) -> Any:
    with place.house.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(inbox)).scalar_one()
