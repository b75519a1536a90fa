"""What comes without words: the sender is helped on, and the question that was open stays."""

from __future__ import annotations

import pytest

from bot.house import House
from dialogs import screens
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna", channel="whatsapp")


def test_a_voice_is_answered_with_who_can_be_called_and_the_open_question_stays(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    anna.sends("voice")
    said = anna.seen[-1]
    assert "112" in said.text
    assert "«richiamatemi»" in said.text
    assert said.sentences[-1] == asked.sentences[-1] == "In quale zona serve?"
    assert said.buttons == asked.buttons
    anna.tap("Capalle")
    assert "A quale posso inviare" in anna.text


def test_after_a_second_voice_in_a_row_a_call_by_a_person_can_be_tapped(anna: Talker) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    anna.sends("voice")
    assert "Richiamatemi" not in rows(anna)
    anna.sends("voice")
    assert rows(anna)[-1] == "Richiamatemi"
    assert anna.seen[-1].screen == asked.screen
    assert "112" in anna.text
    anna.tap("Richiamatemi")
    assert "numero" in anna.text
    anna.write("333 123 4567")
    assert "Quando preferisce?" in anna.text


def test_an_answer_between_two_voices_makes_the_second_a_first(anna: Talker) -> None:
    anna.write(NEED)
    anna.sends("voice")
    anna.write("Capalle")
    anna.sends("voice")
    assert "Richiamatemi" not in rows(anna)


def test_the_call_that_is_offered_leaves_a_long_list_a_list(anna: Talker) -> None:
    anna.write(NEED)
    assert len(anna.seen[-1].buttons) == screens.LISTED
    for _ in range(3):
        anna.sends("voice")
        assert screens.whatsapp(anna.seen[-1])["type"] == "list-picker"
    assert rows(anna)[-1] == "Richiamatemi"


@pytest.mark.parametrize("media", ["image", "document"])
def test_a_photo_and_a_document_are_not_kept_and_words_are_asked_for(anna: Talker, media: str) -> None:
    anna.write(NEED)
    anna.sends(media)
    assert "Le foto e i documenti non li so leggere. Non li conservo." in anna.text
    assert anna.seen[-1].sentences[-1] == "In quale zona serve?"
    anna.sends(media)
    assert "Anche questo file non l'ho tenuto." in anna.text
    assert rows(anna)[-1] == "Richiamatemi"


def test_a_sticker_is_a_nod_and_counts_as_no_mistake(anna: Talker) -> None:
    anna.write(NEED)
    asked = rows(anna)
    for _ in range(3):
        anna.sends("sticker")
        assert rows(anna) == asked


@pytest.mark.parametrize("media", ["voice", "image", "document", "sticker"])
def test_who_begins_so_meets_us_and_is_invited_to_write(anna: Talker, media: str) -> None:
    anna.sends(media)
    assert anna.text.startswith("Buongiorno! Sono Tessere")
    assert "Mi scriva che cosa succede, con parole sue. Oppure tocchi un tema." in anna.text


def rows(person: Talker) -> list[str]:
    return [button.row for button in person.seen[-1].buttons]
