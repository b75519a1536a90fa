"""Somebody is back after long, or after a block: one thing that only they know, before anything of theirs is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog_store import messages, people, referrals, waiting
from catalog_store.referrals import Referral
from catalog_store.schema import addresses, outbox
from tests.fakes.whatsapp import Phone
from tests.whatsapp_town import Town, town

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"
NUMBER = "whatsapp:+393330000001"
ASKED = "Mi scriva una di queste"
ANEW = "si ricomincia da capo"
YEAR = 366
Away = Callable[[Town], None]


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with town(database_url, tmp_path) as made:
        yield made


def asked(here: Town, phone: Phone) -> Referral:
    """Anna's request, sent with her name."""
    here.say(phone, NEED)
    here.choose(phone, "San Martino")
    here.choose(phone, "Spesa e farmaci a casa")
    here.say(phone, "Anna Bianchi")
    assert "Fatto." in here.choose(phone, "Sì, invia")
    with here.house.store.begin() as tx:
        return referrals.for_person(tx, people.recognise(tx, "whatsapp", phone.address).id)[0]


def blocked_and_back(here: Town) -> None:
    """They blocked us a minute after they wrote, and let us in again."""
    here.clock.advance(minutes=1)
    with here.house.store.begin() as tx:
        people.reported(tx, "whatsapp", NUMBER, reachable=False, at=tx.now)


def silent(here: Town) -> None:
    """Nothing for more than a year."""
    here.clock.advance(days=YEAR)


AWAY = pytest.mark.parametrize("away", [silent, blocked_and_back], ids=["silent", "blocked"])


def since_then(here: Town, phone: Phone, *said: str) -> str:
    """All that they read in answer to these."""
    phone.news()
    for text in said:
        here.say(phone, text)
    return "\n".join(phone.news())


def on(**cases: list[Any]) -> pytest.MarkDecorator:
    """Each case on SQLite, and the first on PostgreSQL too: the statements are the same for all."""
    ((name, values),) = cases.items()
    pairs = [*(("sqlite", value) for value in values), ("postgresql", values[0])]
    return pytest.mark.parametrize(("database_url", name), pairs, indirect=["database_url"])


@AWAY
@on(proof=["Anna", "sono la signora Bianchi", "{code}"])
def test_who_knows_a_fact_is_shown_what_is_theirs(here: Town, away: Away, proof: str) -> None:
    request = asked(here, here.phone())
    away(here)
    anna = here.phone()
    first = since_then(here, anna, "la mia richiesta")
    assert ASKED in first
    assert request.code not in first
    assert "Anna" not in first
    assert "è proprio lei" in since_then(here, anna, proof.format(code=request.code))
    assert request.code in since_then(here, anna, "la mia richiesta")


@AWAY
@on(said=[("Maria", "Giovanna"), ("non lo ricordo",), ("Maria", "boh"), ("R-2222", "R-3333")])
def test_who_does_not_know_begins_anew_and_sees_nothing(here: Town, away: Away, said: tuple[str, ...]) -> None:
    request = asked(here, here.phone())
    away(here)
    other = here.phone()
    read = since_then(here, other, "buongiorno", *said)
    assert ASKED in read
    assert ANEW in read
    read += since_then(here, other, "la mia richiesta", "i miei dati")
    assert request.code not in read
    assert "Anna" not in read
    with here.house.store.begin() as tx:
        new = people.recognise(tx, "whatsapp", NUMBER)
        assert new.sure
        assert new.profile == {}
        assert referrals.for_person(tx, new.id) == []


@AWAY
def test_the_news_of_an_old_request_does_not_arrive_where_it_is_not_sure_who_reads(here: Town, away: Away) -> None:
    request = asked(here, here.phone())
    with here.house.store.begin() as tx:
        owner = people.recognise(tx, "whatsapp", NUMBER).id
    away(here)
    phone = here.phone()
    here.say(phone, "buongiorno")
    phone.news()
    with here.house.store.begin() as tx:
        messages.opening(tx, owner, "news", request.uid, urgent=True)
    here.settle()
    here.clock.advance(days=3)
    here.settle()
    assert request.code not in "\n".join(phone.news())


# ------------------------------------------------------------------------------------ an id beside a number


def test_a_new_id_of_a_number_that_comes_back_is_not_the_former_holders(here: Town) -> None:
    request = asked(here, here.phone())
    silent(here)
    other = here.phone(hidden="IT.77")
    assert ASKED in since_then(here, other, "buongiorno")
    hidden = here.phone("whatsapp:IT.77", hidden="IT.77")
    read = since_then(here, hidden, "la mia richiesta", "i miei dati") + since_then(here, other, "non lo ricordo")
    read += since_then(here, hidden, "la mia richiesta")
    assert request.code not in read
    assert "Anna" not in read


def test_an_id_that_differs_from_the_one_of_this_number_is_not_sure_to_be_the_same_person(here: Town) -> None:
    request = asked(here, here.phone(hidden="IT.1"))
    other = here.phone(hidden="IT.77")
    read = since_then(here, other, "la mia richiesta")
    assert ASKED in read
    assert request.code not in read


def test_who_proves_who_they_are_with_a_new_id_is_known_by_it_from_then_on(here: Town) -> None:
    request = asked(here, here.phone(hidden="IT.1"))
    anna = here.phone(hidden="IT.77")
    assert "è proprio lei" in since_then(here, anna, "buongiorno", "Anna")
    assert request.code in since_then(here, anna, "la mia richiesta")
    assert request.code in since_then(here, here.phone("whatsapp:IT.77", hidden="IT.77"), "la mia richiesta")


def test_what_waits_for_the_former_holder_goes_to_no_address_of_the_next(here: Town) -> None:
    asked(here, here.phone(hidden="IT.1"))
    with here.house.store.begin() as tx:
        owner = people.recognise(tx, "whatsapp", NUMBER).id
    silent(here)
    since_then(here, here.phone(hidden="IT.77"), "buongiorno", "non lo ricordo")
    with here.house.store.reading() as tx:
        assert people.address_of(tx, owner) is None
        theirs = select(addresses.c.state).where(addresses.c.person_id == owner)
        assert set(tx.execute(theirs).scalars()) == {"gone"}
        later = outbox.c.created_at >= here.clock() - timedelta(days=1)
        assert tx.execute(select(outbox.c.id).where(outbox.c.person_id == owner, later)).all() == []


# ------------------------------------------------------------------------------------------ time that goes by


def test_an_opening_waits_two_days_to_be_sure_and_then_becomes_a_call(here: Town) -> None:
    request = asked(here, here.phone())
    with here.house.store.begin() as tx:
        owner = people.recognise(tx, "whatsapp", NUMBER).id
        people.keep(tx, owner, phone="+390551234567")
    blocked_and_back(here)
    here.say(here.phone(), "buongiorno")
    with here.house.store.begin() as tx:
        messages.opening(tx, owner, "news", request.uid, urgent=True)
    here.clock.advance(hours=47)
    here.settle()
    assert called(here, owner) == 0
    for _ in range(2):
        here.clock.advance(hours=6)
        here.settle()
    assert called(here, owner) == 1


def called(here: Town, person: int) -> int:
    """How many calls an operator is to make to them."""
    with here.house.store.reading() as tx:
        return [(one.kind, one.person_id) for one in waiting.open_rows(tx)].count(("call", person))


@pytest.mark.parametrize(("hours", "open_for"), [(-1, 24), (0, 24), (20, 4), (47, -23)])
def test_the_window_counts_from_when_they_wrote_not_from_when_we_heard(here: Town, hours: int, open_for: int) -> None:
    with here.house.store.begin() as tx:
        at = tx.now - timedelta(hours=hours)
        anna = people.recognise(tx, "whatsapp", NUMBER, at=at)
        (door,) = people.doors(tx, anna.id)
        assert door.inbound_at == tx.now - timedelta(hours=24 - open_for)
        people.recognise(tx, "whatsapp", NUMBER, at=tx.now - timedelta(days=3))
        assert people.doors(tx, anna.id) == [door], "what is heard late shuts nothing"


def test_a_message_that_twilio_lists_two_days_later_opens_no_window(here: Town) -> None:
    here.reconcile()
    wrote = here.clock()
    here.twilio.moods.lost = True
    here.phone().write("buongiorno")
    here.twilio.moods.lost = False
    here.clock.advance(hours=47)
    assert here.reconcile() == 1
    with here.house.store.begin() as tx:
        (door,) = people.doors(tx, people.recognise(tx, "whatsapp", NUMBER, at=wrote).id)
    assert door.inbound_at == wrote
