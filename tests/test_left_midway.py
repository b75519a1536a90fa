"""Who stops in the middle of the form is asked once, after a week, while the call is open and nothing was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import chase
from bot.house import House
from catalog_store import bodies, conversations, enrolments, organizations, people
from catalog_store.enrolments import Enrolment
from tests.clock import TUESDAY
from tests.houses import clock
from tests.network import invited, sent
from tests.talker import Talker

CALL = Enrolment("Avviso 2026", "Cerchiamo.", TUESDAY.date(), TUESDAY.date() + timedelta(days=30))
UID = "il-ponte-odv"


@pytest.fixture
def anna(house: House) -> Talker:
    """She has used the code of her association, and answered something."""
    with house.store.begin() as tx:
        enrolments.put(tx, CALL)
    _, code = invited(house.store)
    talker = Talker(house, "anna")
    talker.write(f"/start {code}")
    return talker


def week(house: House, days: float = 7.1) -> int:
    """The clock ticks, so many days after; how many are asked."""
    clock(house).advance(days=days)
    with house.store.begin() as tx:
        return chase.left_midway(tx)


def test_it_is_asked_once_and_goes_on_where_it_stood(house: House, anna: Talker) -> None:
    anna.write("Sono nella ODV")
    standing = anna.seen[-1].sentences[-1]
    assert week(house, 6.9) == 0
    assert week(house, 0.2) == 1
    (asked,) = anna.read()
    assert "Il modulo della sua associazione è a metà. Si può inviare fino a giovedì 9 aprile" in asked.text
    assert asked.sentences[-1] == "Vuole continuare?"
    again = anna.tap("Continuiamo")[-1]
    assert again.sentences[-1] == standing
    assert week(house, 8) == 0, "once, for ever"
    assert anna.read() == []


def test_not_now_leaves_the_form_for_later(house: House, anna: Talker) -> None:
    week(house)
    anna.read()
    (later,) = anna.tap("Non ora")
    assert "Le sue risposte restano qui" in later.text
    anna.write("in sospeso")
    assert states(house, "association") == ["parked"]
    assert step(house) == "started"


def test_who_does_not_take_part_says_so_and_may_think_again(house: House, anna: Talker) -> None:
    week(house)
    anna.read()
    (never,) = anna.tap("Non partecipiamo")
    assert "non glielo chiedo più" in never.text
    assert states(house, "association") == []
    assert step(house) == "withdrawn"
    anna.write("annulla")
    anna.write("iscrivere un'associazione")
    anna.tap("Il Ponte ODV")
    assert step(house) == "started"


def test_a_person_may_be_asked_for(house: House, anna: Talker) -> None:
    week(house)
    anna.read()
    assert "Le risponde qui entro" in anna.tap("Parlare con una persona")[-1].text


def test_nothing_after_the_call_is_closed(house: House, anna: Talker) -> None:
    with house.store.begin() as tx:
        enrolments.put(tx, replace(CALL, closes_on=TUESDAY.date() + timedelta(days=6)))
    assert week(house) == 0
    assert anna.read() == []


def test_closed_between_the_asking_and_the_reading_says_so(house: House, anna: Talker) -> None:
    week(house)
    with house.store.begin() as tx:
        enrolments.put(tx, replace(CALL, closes_on=TUESDAY.date()))
    assert "Il modulo non serve più." in anna.read()[0].text


def test_nothing_once_it_was_sent_by_whoever_of_them(house: House, anna: Talker) -> None:
    sent(house.store, who="berta")
    assert week(house) == 0
    assert anna.read() == []


def test_who_came_without_an_invitation_is_asked_too(house: House, anna: Talker) -> None:
    del anna
    berta = Talker(house, "berta")
    berta.write("iscrivere un'associazione")
    assert week(house) == 2, "she, and the one who was invited"
    assert "è a metà" in berta.read()[-1].text
    berta.tap("Non partecipiamo")
    assert states(house, "association", "berta") == []


def test_at_night_it_waits_for_the_morning(house: House, anna: Talker) -> None:
    assert week(house, 7.6) == 1  # half past midnight in Italy
    assert anna.read() == []
    clock(house).advance(hours=9)
    assert "Vuole continuare?" in anna.read()[-1].text


def states(house: House, dialogue: str, who: str = "anna") -> list[str]:
    with house.store.begin() as tx:
        person = people.recognise(tx, "webchat", who)
        return [one.state for one in conversations.of(tx, person.id) if one.dialogue == dialogue]


def step(house: House) -> str:
    with house.store.reading() as tx:
        body = organizations.find(tx, UID)
        assert body
        assert sum(bodies.counted(tx).values()) == 1
        return body.state
