"""A message that Twilio took, without our ever hearing so, is looked for in its list: it is not sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.deliver import Letter
from catalog_store import dispatch, messages, people
from catalog_store.schema import outbox
from dialogs.screens import Bubble, Button
from tests.fakes.whatsapp import Phone
from tests.whatsapp_town import Town, town

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"
ASKED = Bubble(("Va bene   così?",), (Button("Sì", "Sì", "", "1:x:0"), Button("No", "No", "", "1:x:1")))


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Iterator[Town]:
    with town(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def anna(here: Town) -> Phone:
    """Somebody who has written, and read the answer."""
    phone = here.phone()
    here.say(phone, "buongiorno")
    phone.news()
    return phone


def post(here: Town, phone: Phone, bubble: Bubble = ASKED) -> None:
    with here.house.store.begin() as tx:
        person = people.recognise(tx, "whatsapp", phone.address)
        messages.post(tx, person.id, person.address_id, "whatsapp", bubble.to_json())


def later(here: Town) -> None:
    """Whatever is tried again has been, after this."""
    for _ in range(3):
        here.clock.advance(minutes=1)
        here.settle()


def last(here: Town) -> Any:
    with here.house.store.reading() as tx:
        return tx.execute(select(outbox).order_by(outbox.c.id.desc()).limit(1)).one()


@pytest.mark.parametrize("bubble", [ASKED, Bubble(("Solo parole.", "Su due righe."))], ids=["tapped", "written"])
def test_an_answer_that_is_lost_is_looked_for_and_nothing_arrives_twice(
    here: Town, anna: Phone, bubble: Bubble
) -> None:
    here.twilio.moods.unanswered = 1
    post(here, anna, bubble)
    here.settle()
    row = last(here)
    assert (row.state, row.provider_id) == ("waiting", None)
    assert row.lease_until is not None, "in doubt"
    later(here)
    row = last(here)
    assert (row.state, row.reason) == ("sent", "again")
    assert row.provider_id == here.twilio.messages[-1]["sid"]
    assert len(anna.news()) == 1


def test_a_conversation_goes_on_although_every_other_answer_is_lost(here: Town) -> None:
    anna = here.phone()
    for said in (NEED, "San Martino", "Spesa e farmaci a casa"):
        here.twilio.moods.unanswered = 1
        here.say(anna, said)
        later(here)
    assert len(anna.news()) == 3


def test_what_was_sent_when_the_process_died_is_found(here: Town, anna: Phone) -> None:
    post(here, anna)
    with here.house.store.begin() as tx:
        (due,) = dispatch.claim(tx, "whatsapp")
    asyncio.run(here.channel.send(Letter(due.address, ASKED)))
    later(here)
    assert (last(here).state, last(here).reason) == ("sent", "again")
    assert len(anna.news()) == 1


def test_what_twilio_did_not_take_is_sent(here: Town, anna: Phone) -> None:
    here.twilio.moods.answers.append(503)
    post(here, anna)
    later(here)
    assert len(anna.news()) == 1
    assert last(here).state == "sent"


def test_another_message_with_the_same_words_is_not_taken_for_it(here: Town, anna: Phone) -> None:
    post(here, anna)
    here.settle()
    here.twilio.moods.answers.append(503)
    post(here, anna)
    later(here)
    assert len(anna.news()) == 2


def test_other_words_that_we_were_not_told_of_are_not_taken_for_it(here: Town, anna: Phone) -> None:
    here.twilio.moods.answers.append(503)
    post(here, anna)
    here.settle()
    asyncio.run(here.channel.say(anna.address, "Chiami il 112."))
    later(here)
    assert [text.partition("\n")[0] for text in anna.news()] == ["Chiami il 112.", "– Va bene così? ↓"]


def test_what_cannot_be_looked_for_is_sent_again_and_marked(here: Town, anna: Phone) -> None:
    """For what we say, twice is better than never."""
    here.twilio.moods.unanswered = 1
    post(here, anna)
    here.settle()
    here.twilio.moods.answers.append(500)  # to the question for the list
    later(here)
    assert len(anna.news()) == 2
    assert (last(here).state, last(here).reason) == ("sent", "again")
