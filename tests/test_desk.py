"""An operator answers somebody from their own telephone; who is told of a danger, and who next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import alarms
from bot.house import House
from catalog_store import audit, messages, people, staff
from tests.houses import clock
from tests.offices import Desk, joined
from tests.talker import Talker
from tests.test_alarms import BEATEN, on_call, queue
from tests.test_office_chat import FOOD, answers, hidden, waits, words

SATURDAY_NIGHT = datetime(2026, 3, 14, 21, 0, tzinfo=UTC)


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


def operator(house: House, name: str) -> Talker:
    """An operator who has written the code of their own telephone."""
    member = joined(house.store, "operator", name)
    with house.store.begin() as tx:
        code = staff.own_phone(tx, member, 2)
    talker = Talker(house, name, "telegram")
    talker.write(f"codice {code}")
    return talker


@pytest.fixture
def maria(anna: Talker) -> Talker:
    return operator(anna.house, "Maria Rossi")


@pytest.fixture
def luca(anna: Talker) -> Talker:
    return operator(anna.house, "Luca Bianchi")


def test_an_operator_answers_from_their_own_telephone_and_gives_the_chat_back(anna: Talker, maria: Talker) -> None:
    anna.write(FOOD)
    asked = anna.text
    anna.write("operatore")
    (offered,) = maria.read()
    assert "C'è una persona che aspetta, la n. 1. Le risponde lei da qui?" in offered.text
    assert "alimenti" not in offered.text, "nothing that was written, before somebody sees to it"
    taken, told = maria.tap("Rispondo io")
    assert "Scriva alla n. 1." in taken.text
    assert FOOD in told.text
    (sent,) = maria.write("Buongiorno! Per quante persone?")
    assert "Risposta 1: inviata." in sent.text
    assert anna.read()[-1].sentences == ("Le risponde Maria, una persona:", "Buongiorno! Per quante persone?")
    anna.write("siamo in quattro")
    (heard,) = maria.read()
    assert "siamo in quattro" in heard.text
    assert FOOD not in heard.text
    (over,) = maria.write("fine")
    assert "Da adesso risponde di nuovo il programma." in over.text
    (back,) = anna.read()
    assert "Da adesso le rispondo di nuovo io" in back.text
    assert back.sentences[-1] in asked
    assert queue(anna.house) == []
    assert "Che cosa vuole fare?" in maria.write("menu")[-1].text


@pytest.mark.parametrize("text", ["menu", "operatore", "grazie", "1", "se la picchia ancora, chiami il 112", "👍"])
def test_what_an_operator_writes_goes_to_the_person_whatever_it_says(anna: Talker, maria: Talker, text: str) -> None:
    anna.write("operatore")
    maria.read()
    maria.tap("Rispondo io")
    before = len(queue(anna.house))
    maria.write(text)
    assert anna.read()[-1].sentences[1] == text
    assert len(queue(anna.house)) == before


def test_all_are_asked_and_the_first_has_it(anna: Talker, maria: Talker, luca: Talker) -> None:
    anna.write("operatore")
    assert maria.read()
    assert luca.read()
    luca.tap("Rispondo io")
    (late,) = maria.tap("Rispondo io")
    assert "Se ne occupa già un'altra persona." in late.text
    maria.write("Buongiorno")
    assert not any("Le risponde" in bubble.text for bubble in anna.read())


def test_a_colleague_takes_over_on_the_page_and_the_telephone_says_so(anna: Talker, maria: Talker) -> None:
    anna.write("operatore")
    maria.read()
    maria.tap("Rispondo io")
    desk = Desk(anna.house.store, anna.house.settings, name="Luca Bianchi")
    path = waits(anna.house, "operator")
    assert "Se ne occupa Maria Rossi" in words(desk.get(path))
    page = desk.post(f"{path}/prendi", over="1")
    (refused,) = maria.write("Buongiorno")
    assert "La sua risposta non è partita." in refused.text
    answers(desk, path, "Eccomi", page)
    assert [one.sentences[1] for one in anna.read()] == ["Eccomi"]
    anna.write("bene")
    assert maria.read() == []


def test_an_answer_from_the_telephone_makes_the_form_of_the_page_stale(anna: Talker, maria: Talker) -> None:
    anna.write("operatore")
    maria.read()
    maria.tap("Rispondo io")
    path = waits(anna.house, "operator")
    with anna.house.store.begin() as tx:
        member = next(one for one in staff.listed(tx) if one.name == "Maria Rossi")
    desk = Desk.of(anna.house.store, anna.house.settings, member)
    page = desk.get(path)
    maria.write("Buongiorno")
    assert desk.post(f"{path}/rispondi", text="Buongiorno", seen=hidden(page, "seen")).status_code == 409


def test_who_says_not_now_is_left_alone_and_the_person_still_waits(anna: Talker, maria: Talker) -> None:
    anna.write("operatore")
    maria.read()
    (said,) = maria.tap("Non ora")
    assert "La trova nella pagina «Oggi»" in said.text
    assert [row.staff_id for row in queue(anna.house)] == [None]
    anna.write("c'è qualcuno?")
    assert maria.read() == []


def test_outside_the_hours_nobody_is_asked(anna: Talker, maria: Talker) -> None:
    clock(anna.house).now = SATURDAY_NIGHT
    anna.write("operatore")
    assert maria.read() == []


def test_the_words_of_another_language_say_which_one(anna: Talker, maria: Talker) -> None:
    anna.write("I need to talk to a person, please")
    anna.write("operator")
    (offered,) = maria.read()
    assert "Lingua: English." in offered.text
    _, told = maria.tap("Rispondo io")
    assert "I need to talk to a person, please (inglese)" in told.text


def test_a_danger_goes_on_from_the_alarm_to_the_answer(anna: Talker, maria: Talker) -> None:
    anna.write(BEATEN)
    (alarm,) = maria.read()
    assert "Allarme n. 1" in alarm.text
    (asked,) = maria.tap("Me ne occupo io")
    assert "Le risponde lei da qui?" in asked.text
    assert "picchia" not in asked.text
    assert [bool(row.note["acknowledged"]) for row in queue(anna.house)] == [True]
    maria.tap("Rispondo io")
    assert BEATEN in maria.text
    assert anna.read()[0].sentences[0] == "Da adesso le risponde una persona."
    anna.write("mi picchia ancora, sta sfondando la porta")
    assert "sta sfondando la porta" in maria.read()[-1].text, "danger is answered by the program, and passed on too"
    maria.write("Resti lì, arrivano.")
    assert "Resti lì, arrivano." in anna.read()[-1].text


def test_after_five_minutes_a_second_operator_is_told_and_has_it(anna: Talker, maria: Talker, luca: Talker) -> None:
    first = on_call(anna.house)
    anna.write(BEATEN)
    assert "Allarme n." in first.read()[-1].text
    clock(anna.house).advance(minutes=4)
    tell_again(anna.house)
    assert (maria.read(), luca.read()) == ([], [])
    clock(anna.house).advance(minutes=2)
    for _ in range(2):
        tell_again(anna.house)
    assert "Allarme n." in maria.read()[-1].text
    assert (first.read(), luca.read()) == ([], []), "one more, once"
    maria.tap("Me ne occupo io")
    clock(anna.house).advance(minutes=10)
    tell_again(anna.house)
    assert luca.read() == []


def test_an_alarm_that_another_operator_has_taken_is_said_to_be(anna: Talker, maria: Talker, luca: Talker) -> None:
    anna.write(BEATEN)
    maria.read()
    clock(anna.house).advance(minutes=6)
    tell_again(anna.house)
    assert "Allarme n." in luca.read()[-1].text
    luca.tap("Me ne occupo io")
    (late,) = maria.tap("Me ne occupo io")
    assert "Se ne occupa già un'altra persona." in late.text


def test_who_is_on_call_without_an_account_is_told_where_to_read_it(anna: Talker) -> None:
    first = on_call(anna.house)
    anna.write(BEATEN)
    first.read()
    (said,) = first.tap("Me ne occupo io")
    assert "Il messaggio si legge nella pagina «Oggi» dell'ufficio, al n. 1." in said.text


def test_a_telephone_whose_code_was_revoked_answers_nobody_any_more(anna: Talker, maria: Talker) -> None:
    anna.write("operatore")
    maria.read()
    maria.tap("Rispondo io")
    with anna.house.store.begin() as tx:
        member = next(one for one in staff.listed(tx) if one.name == "Maria Rossi")
        staff.end(tx, member.id)
    anna.write("ci siete?")
    assert maria.read() == []
    (refused,) = maria.write("Buongiorno")
    assert "Il codice con cui era entrato non vale più." in refused.text
    assert not any("Buongiorno" in bubble.text for bubble in anna.read())


def test_what_is_done_from_the_telephone_is_in_the_audit(anna: Talker, maria: Talker) -> None:
    anna.write("operatore")
    (row,) = queue(anna.house)
    maria.read()
    maria.tap("Rispondo io")
    maria.write("Buongiorno")
    maria.write("fine")
    with anna.house.store.reading() as tx:
        done = [one.action for one in reversed(audit.listed(tx)) if one.uid == row.uid]
    assert done == ["taken", "read", "answered", "closed"]


def test_who_is_forgotten_is_forgotten_on_the_telephone_too(anna: Talker, maria: Talker) -> None:
    anna.write(FOOD)
    anna.write("operatore")
    maria.read()
    maria.tap("Rispondo io")
    assert FOOD in maria.text
    maria.write("fine")
    anna.read()
    anna.write("cancella tutto")
    anna.tap(next(button.row for button in anna.seen[-1].buttons))
    with anna.house.store.reading() as tx:
        reader = people.known_at(tx, "telegram", "Maria Rossi")
        assert reader is not None
        said = [str(one.body) for one in messages.with_person(tx, reader)]
    assert said
    assert not any("alimenti" in body for body in said)


def tell_again(house: House) -> None:
    with house.store.begin() as tx:
        alarms.tell_again(tx)
