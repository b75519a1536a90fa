"""What one turn does, as people meet it: pieces, taps, parked matters, openings, danger, faults."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bot import turn
from bot.house import House
from bot.inbound import Inbound
from catalog_store import messages, schema, waiting
from catalog_store.connect import TRANSIENT
from dialogs.replies import Reply
from dialogs.understand import needs
from tests.houses import clock
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"
SHOPPING = "Spesa e farmaci a casa"


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


def send_request(person: Talker) -> None:
    """From a need to a sent request, by taps where there is one."""
    person.write(NEED)
    while not any("R-" in bubble.text for bubble in person.seen[-1:]):
        labels = [button.row for button in person.seen[-1].buttons]
        usual = ("Capalle", SHOPPING, "Qui, senza il mio nome", "Sì, invia")
        wanted = next((label for label in usual if label in labels), labels[0])
        person.tap(wanted)


def contact(house: House, codes: dict[str, str], name: str = "La Sporta Amica ODV") -> Talker:
    person = Talker(house, f"contact of {name}")
    person.write(f"/start {codes[name]}")
    return person


def test_a_need_in_the_very_first_message_is_answered_in_the_first_reply(anna: Talker) -> None:
    (first,) = anna.write(NEED)
    assert "Sono un programma" in first.text
    assert SHOPPING in first.text
    assert first.buttons


def test_three_bubbles_get_one_answer(anna: Talker) -> None:
    anna.write("mia mamma ha 85 anni", read=False)
    anna.write("non può uscire", read=False)
    answers = anna.write("chi le porta le medicine?")
    assert len(answers) == 1
    assert "Sono un programma" in answers[0].text
    assert SHOPPING in answers[0].text
    anna.tap("Capalle")
    assert "viene a casa" in anna.text.split("\n\n")[0]


def test_a_piece_that_comes_a_moment_after_the_reply_replaces_it(anna: Talker) -> None:
    anna.write("mia mamma ha 85 anni e non può uscire")
    first = anna.last_id
    clock(anna.house).advance(seconds=-3)
    (second,) = anna.write("chi le porta le medicine?")
    assert second.replaces == first
    assert SHOPPING in second.text


def test_a_third_piece_replaces_what_was_shown_even_while_the_second_reply_is_held(anna: Talker) -> None:
    anna.write("mia mamma ha 85 anni")
    shown = anna.last_id
    clock(anna.house).advance(seconds=-3)
    anna.write("non può uscire", read=False)
    (answer,) = anna.write("chi le porta le medicine?")
    assert answer.replaces == shown


def test_a_quick_answer_to_the_next_question_is_no_piece_of_the_answer_before(
    anna: Talker, codes: dict[str, str]
) -> None:
    delegate = contact(anna.house, codes)
    send_request(anna)
    delegate.read()
    delegate.tap("Accettiamo")
    delegate.write("domani")
    clock(anna.house).advance(seconds=-3)
    (answer,) = delegate.write("15")
    assert answer.sentences[-1].startswith("Dove")


def test_a_number_or_a_command_is_never_a_piece(anna: Talker) -> None:
    anna.write(NEED)
    clock(anna.house).advance(seconds=-3)
    (answer,) = anna.write("6")
    assert answer.replaces == 0
    assert SHOPPING in answer.text


def test_a_message_that_arrives_twice_is_answered_once(anna: Talker) -> None:
    anna.write("ciao")
    anna.numbers = iter([0])
    assert anna.write("ciao") == []


def test_a_second_tap_of_the_same_button_is_only_acknowledged(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    anna.tap("Capalle")
    assert anna.tap("Capalle", bubble=asked) == []
    (answer,) = anna.tap("Limite", bubble=asked)
    assert answer.text.startswith("Questa domanda è passata.")
    assert answer.screen == anna.seen[-2].screen


def test_danger_is_answered_first_and_the_open_question_waits_for_the_next_message(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    (alarm,) = anna.write("mio marito mi sta picchiando, aiuto")
    assert "112" in alarm.text
    assert "1522" in alarm.text
    assert alarm.buttons == ()
    with anna.house.store.reading() as tx:
        assert [row.kind for row in waiting.open_rows(tx)] == ["danger"]
    (after,) = anna.write("capalle")
    assert SHOPPING in after.text
    assert after.screen != asked.screen


def test_what_is_written_after_an_alarm_is_not_scolded_for_being_no_answer(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    anna.write("mio marito mi sta picchiando, aiuto")
    (after,) = anna.write("ci sono ancora")
    assert after.sentences[0].startswith("Quando se la sente")
    assert after.screen == asked.screen


def test_small_talk_has_a_short_answer_and_keeps_the_question(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    (answer,) = anna.write("grazie mille")
    assert answer.screen == asked.screen
    assert len(answer.sentences) == 2


def test_who_asks_for_help_without_saying_with_what_is_asked_and_not_guessed(anna: Talker) -> None:
    (answer,) = anna.write("buongiorno, mi serve aiuto per mia madre")
    assert "Volentieri" in answer.text or "Sono qui per questo" in answer.text or "Mi dica qualcosa" in answer.text
    assert "Parlare con una persona" in [button.row for button in answer.buttons]
    assert "Ho capito" in anna.write("non può uscire, chi le porta la spesa?")[0].text


def test_not_understood_twice_in_a_row_offers_a_person(anna: Talker) -> None:
    anna.write(NEED)
    anna.write("xyzzy")
    (answer,) = anna.write("plugh")
    assert "Una persona" in [button.label for button in answer.buttons]
    anna.tap("Una persona")
    with anna.house.store.reading() as tx:
        assert [row.kind for row in waiting.open_rows(tx)] == ["operator"]


def test_a_new_need_beside_an_open_question_is_heard_and_the_question_waits(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    (answer,) = anna.write("cerco un corso di italiano per mio cognato che è appena arrivato")
    assert "Corsi di italiano" in answer.text
    assert "lascio da parte" in answer.text
    (back,) = anna.tap("Capalle", bubble=asked)
    assert SHOPPING in back.text


def test_with_a_person_the_program_is_quiet(anna: Talker) -> None:
    anna.write("operatore")
    (first,) = anna.write("ho perso la chiave di casa di mia zia")
    assert "persona" in first.text
    assert anna.write("e non so come fare") == []
    assert anna.write("menu")[0].buttons


def test_who_asks_for_a_person_in_the_middle_of_a_question_is_heard_by_the_person(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    (answer,) = anna.write("operatore")
    assert answer.buttons == ()
    assert "Ho passato il messaggio" in anna.write("abita in via delle Viole")[0].text
    (back,) = anna.tap("Capalle", bubble=asked)
    assert SHOPPING in back.text


def test_an_opening_waits_for_the_open_question_and_goes_when_it_is_answered(
    anna: Talker, codes: dict[str, str]
) -> None:
    delegate = contact(anna.house, codes)
    send_request(anna)
    (first,) = delegate.read()
    send_request(second := Talker(anna.house, "bruno"))
    assert delegate.read() == []
    assert second.text
    delegate.tap("Non possiamo", bubble=first)
    while not any("Potete occuparvene?" in bubble.text for bubble in delegate.seen[-1:]):
        delegate.tap(delegate.seen[-1].buttons[0].row)
        assert len(delegate.seen) < 12


def test_an_opening_goes_after_ten_minutes_of_silence(anna: Talker, codes: dict[str, str]) -> None:
    delegate = contact(anna.house, codes)
    send_request(anna)
    delegate.read()
    send_request(Talker(anna.house, "bruno"))
    assert delegate.read() == []
    clock(anna.house).advance(minutes=11)
    (second,) = delegate.read()
    assert "lascio da parte" in second.text


@pytest.mark.parametrize(
    "place", ["dialogs.need.understood", "dialogs.understand.needs.prepare", "dialogs.safety.weigh"]
)
def test_a_fault_is_told_honestly_and_the_message_can_be_taken_again(
    anna: Talker, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    anna.write("ciao")
    with monkeypatch.context() as broken:
        broken.setattr(place, _breaks)
        (answer,) = anna.write(NEED)
    assert "Qualcosa non ha funzionato" in answer.text
    house = anna.house
    assert turn.replay_failures(house, every=False) == 0
    assert turn.replay_failures(house, every=True) == 1
    (answer,) = anna.read()
    assert SHOPPING in answer.text


def test_a_fault_in_a_message_of_danger_says_who_to_call_each_time(
    anna: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.write("ciao")
    monkeypatch.setattr("bot.listening.Listening.hear", _breaks)
    for _ in range(3):
        (answer,) = anna.write("mio marito mi picchia, aiuto")
        assert "112" in answer.text
        assert "1522" in answer.text
        assert "Qualcosa non ha funzionato" in answer.text
    with anna.house.store.reading() as tx:
        assert {row.kind for row in waiting.open_rows(tx)} == {"danger", "fault"}
        lanes = tx.execute(select(schema.outbox.c.lane).order_by(schema.outbox.c.id)).scalars().all()
    assert lanes == [messages.REPLY, *[messages.DANGER] * 3]


def test_what_can_neither_be_taken_nor_kept_was_not_seen_and_danger_is_said_all_the_same(
    anna: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.talking.Talking.__init__", _breaks)
    with pytest.raises(turn.Unavailable) as unavailable:
        anna.write("mio marito mi picchia, aiuto")
    assert any("112" in sentence for sentence in unavailable.value.danger)
    with anna.house.store.reading() as tx:
        assert tx.execute(select(schema.inbox)).all() == []


def _breaks(*_: object, **__: object) -> str:
    raise RuntimeError("planted")


def test_a_dialogue_of_a_newer_version_is_left_for_it(anna: Talker) -> None:
    anna.write("ciao")
    with anna.house.store.begin() as tx:
        tx.execute(schema.conversations.update().values(dialogue="from_tomorrow"))
    assert anna.write("mi serve una mano con la spesa") == []
    with anna.house.store.begin() as tx:
        tx.execute(schema.conversations.update().values(dialogue="need"))
    clock(anna.house).advance(minutes=2)
    assert anna.read()


def test_when_the_database_cannot_write_nothing_was_seen_and_danger_is_said_all_the_same(
    anna: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise TRANSIENT[0]("locked", None, Exception())

    monkeypatch.setattr(turn, "RETRIES", (0.0,))
    with monkeypatch.context() as broken:
        broken.setattr(messages, "receive", locked)
        with pytest.raises(turn.Unavailable) as unavailable:
            anna.write("voglio farla finita, ho deciso")
    assert any("112" in sentence for sentence in unavailable.value.danger)
    with anna.house.store.reading() as tx:
        assert tx.execute(select(schema.inbox)).all() == []


def test_the_encoder_refuses_to_run_inside_a_transaction(anna: Talker) -> None:
    with anna.house.store.begin(), pytest.raises(RuntimeError):
        needs.prepare("una frase che nessuno ha ancora preparato")


def test_an_ok_that_answers_nothing_keeps_the_question(anna: Talker) -> None:
    anna.write(NEED)
    for _ in range(2):
        anna.write("ok")
        assert "Non ho capito" not in anna.text
        assert anna.seen[-1].buttons == anna.seen[0].buttons
    bruno = Talker(anna.house, "bruno")
    bruno.write("va bene")
    assert "Sono un programma" in bruno.text
    assert "Mi scriva che cosa succede" in bruno.text


def test_a_person_is_offered_once(anna: Talker) -> None:
    anna.write("mi serve un pacco di alimenti, abito a Capalle, per me")
    for _ in range(2):
        anna.write("boh")
    people = [button.row for button in anna.seen[-1].buttons if "persona" in button.row]
    assert people == ["Parlare con una persona"]


def test_a_message_about_two_things_is_prepared_before_its_turn(anna: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "MISSES", 0)
    anna.write("cerco un doposcuola per mio figlio e qualcuno che porti la spesa a casa a mia nonna")
    assert "Una cosa alla volta" in anna.text


def test_a_turn_by_tap_takes_at_most_ten_statements(anna: Talker) -> None:
    anna.write(NEED)
    statements = []

    def counted(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            statements.append(arguments[2])

    tap = Reply(tap=anna.button("Capalle").tap)
    engine = anna.house.store._writer
    event.listen(engine, "before_cursor_execute", counted)
    inbound = Inbound("webchat", "anna", "tap", tap, anna.house.store.clock())
    asyncio.run(turn.take(anna.house, inbound))
    event.remove(engine, "before_cursor_execute", counted)
    assert 0 < len(statements) <= 10, statements


def test_erasing_everything_leaves_nothing_but_a_last_word(anna: Talker, codes: dict[str, str], tmp_path: Path) -> None:
    delegate = contact(anna.house, codes)
    send_request(anna)
    delegate.read()
    anna.write("mia zia Ermenegilda cerca compagnia")
    anna.write("cancella tutto")
    (last,) = anna.tap("Sì, cancella tutto")
    assert "ho cancellato tutto" in last.text
    files = b"".join(path.read_bytes() for path in tmp_path.glob("tessere.db*"))
    assert b"Ermenegilda" not in files
    with anna.house.store.reading() as tx:
        told = list(tx.execute(select(schema.conversations.c.dialogue)).scalars())
    assert "need" not in told
    assert "Buongiorno! Sono Tessere" in anna.write("ciao")[0].text


def test_a_code_that_is_not_known_is_refused_kindly(anna: Talker) -> None:
    (answer,) = anna.write("/start ABCDEFGHJK")
    assert "Non conosco questo codice" in answer.text
