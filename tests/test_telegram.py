"""Telegram, over real HTTP against a Bot API of our own: whole conversations, gestures, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.start import association_links
from catalog_store.schema import accounts, addresses, inbox, outbox
from tests.fakes.telegram import BotApi
from tests.fakes.telegram_person import Person, buttons
from tests.fakes.telegram_town import Town, town
from tests.houses import fill

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"


@pytest.fixture(params=["polling", "webhook"])
def by(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """An installation with the demonstration catalogue, reached each way."""
    with town(tmp_path, webhook=request.param == "webhook") as made:
        filled(made)
        yield made


@pytest.fixture
def called(tmp_path: Path) -> Iterator[Town]:
    """The same by webhook, where nothing is written before an update is heard."""
    with town(tmp_path, webhook=True) as made:
        filled(made)
        yield made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """The same, where the way makes no difference."""
    with town(tmp_path) as made:
        filled(made)
        yield made


def filled(made: Town) -> None:
    fill(made.house.store)


def test_a_citizen_asks_an_association_accepts_and_the_citizen_hears(by: Town) -> None:
    anna, sporta = by.person("Anna"), by.person("Ornella")
    sporta.writes(f"/start {dict(association_links(by.house))['La Sporta Amica ODV']}")
    assert "Da ora lei risponde qui per La Sporta Amica ODV" in sporta.reads("Buongiorno! Sono Tessere")
    anna.writes("/start")
    assert "Sono un programma, non una persona" in anna.reads()
    anna.writes(NEED)
    assert "In quale zona serve?" in anna.reads("Ho capito: Spesa e farmaci a casa.")
    anna.taps("Altre")
    anna.reads()
    anna.writes("San Martino")
    anna.reads("A quale posso inviare")
    anna.taps("Spesa e farmaci a casa")
    anna.reads("Come può chiamarla")
    anna.taps("Qui, senza il mio nome")
    anna.reads("Va bene così?")
    anna.taps("Sì, invia")
    anna.reads("Fatto. Ho inviato la richiesta")
    assert "Potete occuparvene?" in sporta.reads("C'è una richiesta")
    sporta.taps("Accettiamo")
    sporta.reads("In che giorno?")
    sporta.writes("domani")
    sporta.reads("A che ora?")
    sporta.taps("10.00")
    sporta.reads("Dove?")
    sporta.taps("A casa della persona")
    sporta.reads("Chi incontra")
    sporta.taps("Salta")
    sporta.reads("Che cosa deve portare?")
    sporta.taps("Come di solito")
    sporta.reads("Confermo questa proposta?")
    sporta.taps("Sì, conferma")
    sporta.reads("La proposta è partita")
    assert "mercoledì 11 marzo, alle 10.00" in anna.reads("Buone notizie! La Sporta Amica ODV ha accettato")
    anna.taps("Va bene")
    anna.reads("Bene, è tutto confermato")


# ------------------------------------------------------------------------------------------------------- gestures


def test_the_tapped_question_shows_what_was_chosen_and_can_be_tapped_no_more(here: Town) -> None:
    anna, question = asked(here)
    anna.taps("San Martino", message=question)
    anna.reads("A quale posso inviare")
    here.api.until(lambda: "✓ San Martino" in question["text"], "the choice under the question")
    assert question["text"].startswith("Buongiorno! Sono Tessere")
    assert not buttons(question)


def test_a_tap_on_a_question_that_has_passed_takes_its_buttons_away(here: Town) -> None:
    anna, question = asked(here)
    old = dict(question)
    anna.writes("San Martino")
    anna.reads("A quale posso inviare")
    anna.taps("Capalle", message=old)
    anna.reads("Questa domanda è passata.")
    here.api.until(lambda: not buttons(question), "the buttons to go")
    assert "✓" not in question["text"]


def test_turning_the_page_leaves_the_page_before_to_be_tapped(here: Town) -> None:
    anna, question = asked(here)
    anna.taps("Altre", message=question)
    anna.reads("In quale zona serve?")
    anna.taps("Campi centro", message=question)
    anna.reads("A quale posso inviare")
    here.api.until(lambda: "✓ Campi centro" in question["text"])


def test_a_tap_is_acknowledged_although_its_turn_has_to_wait(called: Town) -> None:
    anna, question = asked(called)
    with called.house.store.begin():  # nothing can be written now
        query = anna.taps("San Martino", message=question)
        called.api.until(lambda: query in called.api.answered, "the acknowledgement")
    anna.reads("A quale posso inviare")


def test_somebody_types_while_a_turn_takes_long(called: Town) -> None:
    anna, question = asked(called)
    with called.house.store.begin():
        anna.taps("San Martino", message=question)
        called.api.until(lambda: anna.chat.typing, "typing")
    anna.reads("A quale posso inviare")


def test_gestures_that_fail_disturb_nothing(here: Town) -> None:
    anna, question = asked(here)
    here.api.misbehave("answerCallbackQuery", "error")
    here.api.misbehave("editMessageText", "flood")
    anna.taps("San Martino", message=question)
    anna.reads("A quale posso inviare")


def test_the_menu_of_commands_is_there_in_each_language_and_each_works(here: Town) -> None:
    here.api.until(lambda: {"", "en"} <= here.api.commands.keys(), "the menus")
    assert {"menu", "i_miei_dati"} <= {one["command"] for one in here.api.commands[""]}
    assert {"menu", "my_data"} <= {one["command"] for one in here.api.commands["en"]}
    anna, _ = asked(here)
    anna.writes("/operatore@tessere_bot")
    anna.reads("perso")


def test_who_has_an_english_telephone_is_greeted_in_english(here: Town) -> None:
    john = here.person("John", "en-GB")
    john.writes("/start")
    assert "I am a program, not a person" in john.reads()


def test_a_shared_number_is_the_answer_to_the_question_for_one(here: Town) -> None:
    anna = here.person()
    anna.writes("richiamatemi")
    assert "Sono un programma, non una persona" in anna.reads("A quale numero")
    anna.shares_contact("393331234567")
    anna.reads("Quando preferisce?")


def test_danger_in_an_edited_message_is_heard(here: Town) -> None:
    anna, _ = asked(here)
    message = anna.writes("San Martino")
    anna.reads("A quale posso inviare")
    anna.edits(message, "voglio uccidermi")
    assert "112" in anna.reads()


def test_an_edit_of_what_was_already_answered_says_so(here: Town) -> None:
    anna, _ = asked(here)
    message = anna.writes("San Martino")
    anna.reads("A quale posso inviare")
    anna.edits(message, "Capalle")
    assert "scriva «correggi»" in anna.reads("Ho visto la modifica")


def test_an_edited_piece_of_a_story_is_read_in_place_of_the_first(tmp_path: Path) -> None:
    with town(tmp_path, TESSERE_PIECES_SECONDS="60") as here:
        filled(here)
        anna = here.person()
        message = anna.writes("cerco qualcuno che ripari il tetto")
        first = anna.gets()
        anna.edits(message, NEED)
        anna.reads("Ho capito: Spesa e farmaci a casa.")
        assert first not in anna.chat.messages  # the reply to the first version is gone
        assert "Buongiorno! Sono Tessere" in anna.heard()[0]


# ----------------------------------------------------------------------------------------------- what goes wrong


def test_a_flooded_chat_waits_and_the_others_do_not(here: Town) -> None:
    anna, berta = here.person("Anna"), here.person("Berta")
    here.api.misbehave("sendMessage", "flood", chat=anna.id, seconds=30)
    anna.writes("ciao")
    here.api.until(lambda: sends_to(here.api, anna) == 1)
    berta.writes("ciao")
    berta.reads("Buongiorno")
    assert anna.heard() == []
    here.api.until(lambda: row(here, outbox.c.lease_until) is None and row(here, outbox.c.attempts) == 1)
    here.clock.advance(seconds=29)
    berta.writes("grazie")
    berta.reads()
    assert anna.heard() == []
    here.clock.advance(seconds=2)
    anna.reads("Buongiorno")


def test_who_blocks_the_bot_is_unreachable_at_once_and_back_when_they_write(here: Town) -> None:
    anna, _ = asked(here)
    here.clock.advance(seconds=5)
    anna.blocks()
    here.api.until(lambda: row(here, addresses.c.state) == "unreachable")
    anna.comes_back()
    here.api.until(lambda: row(here, addresses.c.state) == "unsure")
    anna.writes("ciao")
    anna.reads("Buongiorno")  # she has told nothing that would prove who she is, and begins anew
    with here.house.store.reading() as tx:
        assert list(tx.execute(select(addresses.c.state).order_by(addresses.c.id)).scalars()) == ["gone", "reachable"]


def test_an_answer_that_got_lost_is_sent_again(here: Town) -> None:
    anna = here.person()
    here.api.misbehave("sendMessage", "drop")
    anna.writes("ciao")
    anna.reads("Buongiorno")
    here.api.until(lambda: row(here, outbox.c.lease_until) is None and row(here, outbox.c.attempts) == 1)
    here.clock.advance(seconds=10)
    anna.reads("Buongiorno")  # twice is better than never


def test_what_comes_twice_or_out_of_order_has_one_effect(by: Town) -> None:
    anna, question = asked(by)
    anna.taps("San Martino", message=question, times=3)
    anna.reads("A quale posso inviare")
    anna.writes("1", times=2)
    anna.reads("Come può chiamarla")
    by.api.updates.extend(  # what was taken long ago comes once more, the newest first
        {"update_id": id, "message": {**said, "chat": {"id": anna.id, "type": "private"}}}
        for id, said in ((1002, anna.chat.messages[0]), (1001, anna.chat.messages[0]))
    )
    anna.writes("menu")
    anna.reads("Che cosa vuole fare?")
    with by.house.store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(inbox)).scalar_one() == 4
    assert len([text for text in anna.heard() if "Come può chiamarla" in text]) == 1


def test_a_bot_api_that_is_down_for_a_while_is_asked_again(here: Town) -> None:
    here.api.misbehave("getUpdates", "error", times=2)
    anna = here.person()
    anna.writes("ciao")
    anna.reads("Buongiorno")


def test_it_is_noted_that_telegram_reaches_us_once_a_minute(by: Town) -> None:
    anna = by.person()
    anna.writes("ciao")
    anna.reads("Buongiorno")
    first = by.house.store.clock()
    by.api.until(lambda: row(by, accounts.c.heard_at) == first)
    by.clock.advance(seconds=30)
    anna.writes("menu")
    anna.reads()
    assert row(by, accounts.c.heard_at) == first
    by.clock.advance(seconds=31)
    anna.writes("aiuto")
    anna.reads()
    by.api.until(lambda: row(by, accounts.c.heard_at) == by.house.store.clock())


def test_after_thirty_hours_away_who_was_in_the_middle_of_something_is_written_to_once(by: Town) -> None:
    anna, _ = asked(by)
    bruno, carla = by.person("Bruno"), by.person("Carla")
    for somebody in (bruno, carla):  # they have said nothing yet that could be lost
        somebody.writes("ciao")
        somebody.reads("Buongiorno")
    by.api.until(lambda: row(by, accounts.c.heard_at) is not None)
    by.clock.advance(hours=30)
    bruno.writes("grazie")
    bruno.reads()
    told = anna.reads("Per qualche ora non ho ricevuto messaggi")
    assert "lo scriva di nuovo" in told
    by.clock.advance(minutes=2)
    carla.writes("grazie")
    carla.reads()
    by.api.until(lambda: row(by, accounts.c.heard_at) == by.house.store.clock())
    with by.house.store.reading() as tx:
        openings = select(func.count()).select_from(inbox).where(inbox.c.kind == "opening")
        assert tx.execute(openings).scalar_one() == 1


def test_a_group_is_left_without_a_word(here: Town) -> None:
    bot = {"id": 42, "is_bot": True, "first_name": "Tessere"}
    somebody = {"id": 5, "is_bot": False, "first_name": "Gino"}
    here.api.happens(my_chat_member={
        "chat": {"id": -100, "type": "supergroup", "title": "Condominio"}, "from": somebody, "date": 1773133200,
        "old_chat_member": {"user": bot, "status": "left"}, "new_chat_member": {"user": bot, "status": "member"},
    })  # fmt: skip
    here.api.until(lambda: here.api.left == [-100])


def asked(made: Town) -> tuple[Person, dict[str, Any]]:
    """Somebody who has told what they need, and the question that they were asked."""
    anna = made.person()
    anna.writes(NEED)
    return anna, anna.gets("In quale zona serve?")


def sends_to(api: BotApi, person: Person) -> int:
    return sum(method == "sendMessage" and asked["chat_id"] == person.id for method, asked in api.calls)


def row(made: Town, column: object) -> object:
    """The first value of a column."""
    with made.house.store.reading() as tx:
        return tx.execute(select(column).limit(1)).scalar()  # type: ignore[call-overload]
