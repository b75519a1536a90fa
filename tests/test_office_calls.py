"""Calls to make and messages that do not pass, from the back office: what is said, what comes of it, what is kept."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot import turn
from bot.house import House
from catalog_store import audit, messages, people, waiting
from catalog_store.schema import inbox
from catalog_store.schema import waiting as rows
from dialogs.screens import Bubble
from tests.houses import clock
from tests.offices import Desk, words
from tests.talker import Talker


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


@pytest.fixture
def maria(demonstration_house: House) -> Desk:
    return Desk(demonstration_house.store, demonstration_house.settings, name="Maria Rossi")


@pytest.fixture
def luca(demonstration_house: House) -> Desk:
    return Desk(demonstration_house.store, demonstration_house.settings, name="Luca Bianchi")


def call_of(anna: Talker) -> str:
    """Anna asks to be called; the path of her call."""
    for said in ("richiamatemi", "055 123 4567"):
        anna.write(said)
    anna.tap("Appena possibile")
    with anna.house.store.reading() as tx:
        return next(f"/telefonate/{row.uid}" for row in waiting.open_rows(tx) if row.kind == "call")


def done_by(desk: Desk) -> list[tuple[str, str]]:
    """What this member has done, the first thing first."""
    with desk.app.state.office.store.reading() as tx:
        rows = audit.listed(tx, staff_id=desk.member.id)
        return [(row.action, row.what) for row in reversed(rows) if row.action != "joined"]


def test_who_is_called_and_answers_waits_no_more(anna: Talker, maria: Desk) -> None:
    path = call_of(anna)
    page = maria.get(path)
    assert "+390551234567" in words(page)
    assert "Chieda di che cosa ha bisogno" in words(page)
    assert "Telefonata da fare" not in words(maria.post(f"{path}/fatto"))
    assert maria.get(path).status_code == 404
    assert done_by(maria) == [("read", "call"), ("called", "call")]


def test_who_does_not_answer_is_called_again_later_and_it_is_said_how_often(anna: Talker, maria: Desk) -> None:
    path = call_of(anna)
    maria.get(path)
    assert "La telefonata torna nell’elenco più tardi" in words(maria.post(f"{path}/non-risponde"))
    clock(anna.house).advance(hours=1, minutes=5)
    assert "1 tentativo" in words(maria.get("/"))
    assert done_by(maria) == [("read", "call"), ("tried", "call")]


def test_two_do_not_make_the_same_call(anna: Talker, maria: Desk, luca: Desk) -> None:
    path = call_of(anna)
    maria.get(path)
    assert "Se ne occupa già Maria Rossi" in words(luca.get(path))
    assert "Qualcun altro l’ha già chiusa" in words(luca.post(f"{path}/fatto"))
    assert "Telefonata da fare" in words(maria.get("/"))
    assert done_by(luca) == [("read", "call")]


def test_a_message_that_did_not_pass_is_sent_again_without_being_shown(anna: Talker, maria: Desk) -> None:
    anna.write("ciao")
    with anna.house.store.begin() as tx:
        person = people.recognise(tx, "webchat", "anna")
        lost = messages.post(tx, person.id, person.address_id, "webchat", Bubble(("Parole sue",)).to_json())
        messages.give_up(tx, lost, "blocked")
    page = words(maria.get("/"))
    assert "Messaggio non consegnato" in page
    assert "Parole" not in page
    assert "Rimesso fra le cose da mandare" in words(maria.post(f"/lettere/{lost}/rimanda"))
    assert "Parole sue" in anna.read()[-1].text
    assert "Messaggio non consegnato" not in words(maria.get("/"))
    assert done_by(maria) == [("sent again", "letter")]


def test_a_message_that_was_not_read_for_a_fault_is_taken_again(
    anna: Talker, maria: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.write("ciao")
    with monkeypatch.context() as broken:
        broken.setattr(turn, "_hear", lambda *_: 1 / 0)
        anna.write("mi serve un pacco di alimenti", read=False)
    with anna.house.store.reading() as tx:
        failed = tx.execute(select(inbox.c.id).where(inbox.c.state == "failed")).scalar_one()
    assert "Messaggio arrivato e non letto" in words(maria.get("/"))
    maria.post(f"/lettere/{failed}/rileggi")
    asyncio.run(turn.take_due(anna.house))
    assert "In quale zona serve?" in anna.read()[-1].text
    assert done_by(maria) == [("taken again", "letter")]


def test_a_call_to_make_is_nothing_else_that_waits(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    with anna.house.store.reading() as tx:
        chat = next(row.uid for row in waiting.open_rows(tx) if row.kind == "operator")
    assert maria.get(f"/telefonate/{chat}").status_code == 404
    assert maria.post(f"/telefonate/{chat}/fatto").status_code == 404
    with anna.house.store.reading() as tx:
        assert tx.execute(select(func.count()).where(rows.c.done_at.is_not(None))).scalar() == 0
