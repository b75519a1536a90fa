"""One person on two channels: the code that is shown on one and written on the other, and what becomes of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.house import House
from catalog_store import messages, pairing, people
from catalog_store.schema import addresses
from dialogs.screens import Bubble
from tests.houses import clock, opened
from tests.providers import TELEGRAM, TEMPLATES, WHATSAPP, Provider, delivered, row
from tests.talker import Talker

NUMBER = "whatsapp:+390551234567"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    with opened(database_url, tmp_path, **WHATSAPP, **TELEGRAM, **TEMPLATES) as made:
        yield made


def code_for(talker: Talker) -> str:
    """The code that they are shown."""
    said = "\n".join(bubble.text for bubble in talker.write("collega"))
    found = re.search(r"«codice (\w{8})»", said)
    assert found, said
    return found[1]


def owners(house: House) -> set[int]:
    with house.store.reading() as tx:
        return set(tx.execute(select(addresses.c.person_id)).scalars())


def answered(talker: Talker, text: str) -> str:
    return "\n".join(bubble.text for bubble in talker.write(text))


def test_the_code_of_one_channel_joins_the_other(house: House) -> None:
    anna, again = Talker(house, "anna"), Talker(house, "1", channel="telegram")
    assert "Da ora la riconosco anche qui" in answered(again, f"codice {code_for(anna)}")
    assert len(owners(house)) == 1


def test_a_code_is_worth_nothing_after_half_an_hour(house: House) -> None:
    anna, late = Talker(house, "anna"), Talker(house, "1", channel="telegram")
    code = code_for(anna)
    clock(house).advance(minutes=31)
    assert "scaduto" in answered(late, f"codice {code}")
    assert len(owners(house)) == 2


def test_a_code_is_used_once(house: House) -> None:
    anna, bruno = Talker(house, "anna"), Talker(house, "2", channel="telegram")
    code = code_for(anna)
    answered(Talker(house, "1", channel="telegram"), f"codice {code}")
    assert "già stato usato" in answered(bruno, f"codice {code}")
    assert len(owners(house)) == 2


def test_ones_own_code_is_for_the_other_channel(house: House) -> None:
    anna = Talker(house, "anna")
    assert "di questa chat" in answered(anna, f"codice {code_for(anna)}")


def test_the_code_shown_before_the_last_is_not_known(house: House) -> None:
    anna = Talker(house, "anna")
    code = code_for(anna)
    code_for(anna)
    assert "Non conosco" in answered(Talker(house, "1", channel="telegram"), f"codice {code}")


def test_what_was_held_for_one_of_the_two_comes_when_they_write(house: House) -> None:
    whatsapp = Provider("whatsapp")
    on_telegram, on_whatsapp = Talker(house, "1", channel="telegram"), Talker(house, NUMBER, channel="whatsapp")
    on_telegram.write("menu")
    on_whatsapp.write("menu", read=False)
    delivered(house, whatsapp)
    clock(house).advance(hours=25)
    with house.store.begin() as tx:
        there = select(addresses.c.id, addresses.c.person_id).where(addresses.c.channel == "whatsapp")
        there_is = tx.execute(there).one()
        id, person = there_is.id, there_is.person_id
        body = Bubble(("Buone notizie",)).to_json()
        held = messages.post(tx, person, id, "whatsapp", body, purpose="news", lane=messages.NOTICE)
    delivered(house, whatsapp)
    assert row(house, held).state == "held"
    with house.store.begin() as tx:
        first = tx.execute(select(addresses.c.person_id).where(addresses.c.channel == "telegram")).scalar_one()
        people.lock(tx, (first, person))
        tx.person_id = first
        pairing.merge(tx, first, person, "it")
    on_whatsapp.write("leggi", read=False)
    delivered(house, whatsapp)
    assert row(house, held).state == "sent"
