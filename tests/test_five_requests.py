"""A delegate with five requests open, and a citizen with something left aside, answer all in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from bot import chase
from bot.house import House
from catalog_store import referrals
from catalog_store.reach import Ways
from tests.clock import Clock
from tests.houses import opened
from tests.talker import Talker

ORGANIZATION = "La Sporta Amica ODV"
SHOPPING = "Spesa e farmaci a casa"
NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"


def send_request(person: Talker) -> str:
    """From a need to a sent request; its code."""
    person.write(NEED)
    while not (found := re.search(r"R-\w{4}", person.text)):
        labels = [button.row for button in person.seen[-1].buttons]
        usual = ("Capalle", SHOPPING, "Qui, senza il mio nome", "Sì, invia")
        person.tap(next((label for label in usual if label in labels), labels[0]))
    return found[0]


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """On each kind of database: these turns write to one another."""
    with opened(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def delegate(demonstration_house: House, codes: dict[str, str]) -> Talker:
    person = Talker(demonstration_house, "delegate")
    person.write(f"/start {codes[ORGANIZATION]}")
    return person


@pytest.fixture
def requests(demonstration_house: House, delegate: Talker) -> list[str]:
    made = [send_request(Talker(demonstration_house, f"citizen {number}")) for number in range(5)]
    delegate.read()
    return made


def state_of(house: House, code: str) -> str:
    with house.store.begin() as tx:
        found = referrals.by_code(tx, code)
    assert found
    return found.state


def decline(delegate: Talker, code: str) -> None:
    assert f": {code}." in delegate.text, delegate.text
    delegate.write("non possiamo")
    delegate.write("è fuori zona")


def test_five_requests_are_answered_in_any_order_by_code_by_menu_and_by_tap(
    delegate: Talker, requests: list[str]
) -> None:
    house, (_, second, third, fourth, fifth) = delegate.house, requests
    asked_first = delegate.seen[-1]
    delegate.write(fourth)
    decline(delegate, fourth)
    delegate.write("in sospeso")
    delegate.write(f"richiesta {third}")
    decline(delegate, third)
    delegate.write("menu")
    delegate.tap("Richiesta " + fifth)
    decline(delegate, fifth)
    delegate.tap("Non possiamo", bubble=asked_first)
    delegate.tap("È fuori zona")
    delegate.write(second.lower().replace("-", " - "))
    decline(delegate, second)
    assert [state_of(house, code) for code in requests] == ["declined"] * 5
    assert delegate.read() == [], "what was answered is not asked again"


def test_the_menu_leads_to_all_that_waits_however_many(delegate: Talker, requests: list[str]) -> None:
    delegate.write("menu")
    delegate.tap("Le altre richieste")
    listed = [button.row for button in delegate.seen[-1].buttons]
    assert sorted(listed[:-1]) == sorted(f"Richiesta {code}" for code in requests)


def test_a_code_leads_the_citizen_to_their_request_and_nobody_else(delegate: Talker, requests: list[str]) -> None:
    house = delegate.house
    citizen, other = Talker(house, "citizen 2", numbers=count(100)), Talker(house, "other")
    citizen.write(requests[2])
    assert f"{requests[2]}: {SHOPPING}." in citizen.text
    other.write(requests[2])
    assert "Non conosco la richiesta" in other.text


def test_a_reminder_goes_on_where_the_answer_was_left(delegate: Talker) -> None:
    house = delegate.house
    code = send_request(Talker(house, "anna"))
    delegate.read()
    for said in ("accettiamo", "domani"):
        delegate.write(said)
    assert "A che ora?" in delegate.text
    assert isinstance(house.store.clock, Clock)
    house.store.clock.advance(days=1, hours=4)
    with house.store.begin() as tx:
        chase.overdue(tx, Ways())
    (reminder,) = delegate.read()
    assert code in reminder.text
    assert "A che ora?" in reminder.text


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_what_is_taken_back_while_it_is_being_answered_is_said_and_not_asked_again(delegate: Talker, way: str) -> None:
    anna = Talker(delegate.house, "anna")
    code = send_request(anna)
    delegate.read()
    if way == "withdrawn":
        for said in ("accettiamo", "domani"):
            delegate.write(said)
        anna.write(code)
        for label in ("Ritirare la richiesta", "Sì, la ritiro"):
            anna.tap(label)
    else:
        anna.write("cancella tutto")
        anna.tap("Sì, cancella tutto")
    assert isinstance(delegate.house.store.clock, Clock)
    delegate.house.store.clock.advance(minutes=11)
    (told,) = delegate.read()
    assert f"La richiesta {code} è stata ritirata" in told.text
    assert told.buttons == ()


def test_who_accepted_reads_again_what_they_need_to_know(delegate: Talker) -> None:
    anna = Talker(delegate.house, "anna")
    code = send_request(anna)
    delegate.read()
    delegate.tap("Accettiamo")
    while not any("le serve sapere" in bubble.text for bubble in delegate.seen[-1:]):
        delegate.tap(next(b.row for b in delegate.seen[-1].buttons))
    assert any("ha accettato la richiesta" in bubble.text for bubble in anna.read())
    delegate.write(code)
    assert f"Per la richiesta {code} le serve sapere" in delegate.text


def test_a_citizen_with_something_left_aside_hears_the_answer_and_goes_back_to_it(delegate: Talker) -> None:
    anna = Talker(delegate.house, "anna")
    send_request(anna)
    anna.write("mi serve un corso di italiano")
    assert "Quanti anni" in anna.text
    delegate.read()
    delegate.write("non possiamo")
    delegate.write("è fuori zona")
    assert anna.read() == [], "a question shown a moment ago is not interrupted"
    assert isinstance(anna.house.store.clock, Clock)
    anna.house.store.clock.advance(minutes=11)
    (news,) = anna.read()
    assert "Intanto lascio da parte" in news.text
    anna.tap("Non mi serve più")
    assert "Quanti anni" in anna.text
