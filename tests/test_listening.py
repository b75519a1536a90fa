"""What words mean where they are said: beside a question, after a knock, in a list of one's answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.house import House
from catalog_store import offers, organizations
from catalog_store.organizations import Organization
from catalog_store.schema import outbox, people
from dialogs import screens
from tests.clock import Clock
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"
MORE = "scusate ma io avrei bisogno anche di un'altra cosa"


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna", channel="whatsapp")


def held(person: Talker) -> None:
    """Since yesterday what was last said to them waits for a word of theirs."""
    clock = person.house.store.clock
    assert isinstance(clock, Clock)
    clock.advance(seconds=timedelta(hours=25).total_seconds())
    with person.house.store.begin() as tx:
        tx.execute(update(outbox).values(state="held"))
        tx.execute(update(people).values(held=True))


def test_a_word_written_to_have_what_was_held_answers_nothing(anna: Talker) -> None:
    anna.write(NEED)
    held(anna)
    waits = anna.text
    assert [bubble.text for bubble in anna.write("ok")] == [waits]


def test_a_sentence_written_then_is_answered(anna: Talker) -> None:
    anna.write(NEED)
    anna.tap("Capalle")
    held(anna)
    asked = anna.seen[-1]
    *_, answer = anna.write(MORE)
    assert answer.text != asked.text, "it is more than what was held"
    assert answer.conversation == asked.conversation
    assert answer.buttons == asked.buttons


def test_the_link_of_an_offer_opens_the_dialogue_with_that_offer_first(anna: Talker) -> None:
    with anna.house.store.reading() as tx:
        offer = offers.listed(tx)[8]
    anna.write(f"/start offerta-{offer.uid}")
    assert anna.text.startswith("Buongiorno! Sono Tessere")
    while "posso inviare la sua richiesta?" not in anna.text:
        labels = [button.row for button in anna.seen[-1].buttons]
        anna.tap(next((label for label in ("Non importa", "Salta") if label in labels), labels[0]))
    assert anna.seen[-1].buttons[0].row == offer.row


def test_the_link_of_an_organization_asks_which_of_the_needs_it_answers(anna: Talker) -> None:
    anna.write("/start associazione-demo-sporta-amica")
    assert anna.text.startswith("Buongiorno! Sono Tessere")
    assert "Che cosa serve?" in anna.text
    assert {"Pacco di alimenti", "Un altro tema"} <= {button.row for button in anna.seen[-1].buttons}
    anna.tap("Pacco di alimenti")
    assert "Ho capito: Pacco di alimenti." in anna.text


def test_of_an_organization_something_else_may_be_asked(anna: Talker) -> None:
    anna.write("/start associazione-demo-sporta-amica")
    anna.tap("Un altro tema")
    assert "Mi scriva che cosa succede" in anna.text


@pytest.mark.parametrize("uid", ["nessuna", "demo-senza-offerte"])
def test_the_link_of_an_organization_that_offers_nothing_asks_what_is_needed(anna: Talker, uid: str) -> None:
    with anna.house.store.begin() as tx:
        organizations.put(tx, Organization("Ferma APS", uid="demo-senza-offerte"))
    anna.write(f"/start associazione-{uid}")
    assert "Questa proposta non c'è più" in anna.text


def test_the_link_of_an_offer_that_is_gone_asks_what_is_needed(anna: Talker) -> None:
    anna.write(f"/start offerta-{'0' * 32}")
    assert "Questa proposta non c'è più" in anna.text
    assert "Mi scriva che cosa succede" in anna.text


def test_a_telephone_number_that_nobody_asked_for_is_thanked_for(anna: Talker) -> None:
    for said in ("+393331234567", "333 123 4567"):
        anna.write(said)
        assert "adesso il telefono non mi serve" in anna.text
        assert "Le risposte vanno" not in anna.text
        assert anna.seen[-1].buttons
    anna.write("+393331234567")
    assert "Una persona" not in anna.text, "it is no mistake"


def test_a_telephone_number_that_was_asked_for_and_is_wrong_is_asked_for_again(anna: Talker) -> None:
    anna.write("richiamatemi")
    anna.write("+39 333 123 4567 89012")
    assert "qualche cifra" in anna.text


def test_a_long_answer_in_the_list_of_what_can_be_corrected_ends_with_a_whole_word(anna: Talker) -> None:
    told = f"{NEED} {'abita lontano da tutti e non guida. ' * 4}"
    anna.write(told)
    anna.write("correggi")
    (about,) = (button.description for button in anna.seen[-1].buttons if button.description.startswith("mia mamma"))
    assert len(about) <= screens.DESCRIPTION
    assert about.endswith(" …")
    assert about.removesuffix(" …") in told
    assert told[len(about.removesuffix(" …"))] == " "
