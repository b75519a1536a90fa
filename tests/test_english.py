"""Somebody who writes in English is answered in English, to the end: every sentence is the catalogue's, or data."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import pytest

from bot.house import House
from dialogs import locale
from dialogs.locale import catalogues
from dialogs.screens import Bubble
from tests.talker import Talker

NEED = "my mother is 85 and cannot go out, who brings her medicines?"
OWNER = "La Sporta Amica ODV"


class Missing(gettext.NullTranslations):
    """What the English catalogue is asked for and does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: set[str] = set()

    def gettext(self, message: str) -> str:
        self.sentences.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        del n
        self.sentences.add(msgid1)
        return msgid2


@pytest.fixture
def missing() -> Iterator[Missing]:
    catalogue, asked = locale._catalogue("en"), Missing()
    catalogue.add_fallback(asked)
    yield asked
    catalogue._fallback = None  # type: ignore[attr-defined]


@pytest.fixture
def anna(demonstration_house: House, missing: Missing) -> Iterator[Talker]:
    person = Talker(demonstration_house, "anna")
    yield person
    assert missing.sentences == set()
    assert italian_in(person.seen) == set()


@pytest.fixture
def contact(demonstration_house: House, codes: dict[str, str], missing: Missing) -> Iterator[Talker]:
    """Who answers for an association, in English."""
    person = Talker(demonstration_house, "contact")
    person.write("English")
    person.write(f"/start {codes[OWNER]}")
    yield person
    assert missing.sentences == set()
    assert italian_in(person.seen) == set()


def italian_in(seen: list[Bubble]) -> set[str]:
    """Pieces of our Italian sentences in what was said, but for what is said of danger or consent below its English."""
    said = [*(sentence for b in seen for sentence in b.sentences)]
    said += [text for b in seen for x in b.buttons for text in (x.row, x.label, x.description)]
    found = set()
    for text in said:
        left = text
        for piece, english in PIECES:
            if piece in left and all(part in text for part in english):
                left = left.replace(piece, "")
        found |= {piece for piece, _ in PIECES if piece in left}
    return found


def pieces() -> Iterator[tuple[str, list[str]]]:
    """Each piece of an Italian sentence that its English has not, and the pieces of the English."""
    for message in catalogues.entries(catalogues.kept("en")):
        for form in [message.id] if isinstance(message.id, str) else message.id:
            english = between_names(message.string if isinstance(message.string, str) else "")
            for part in between_names(form):
                if len(part) > 10 and " " in part and part not in (message.string or ""):
                    yield part, english


def between_names(sentence: str) -> list[str]:
    parts = (part.strip(" .,:;«»–") for part in re.split(r"\{\w+\}", sentence))
    return [part for part in parts if part]


PIECES = sorted(pieces(), key=lambda pair: -len(pair[0]))


def send_request(person: Talker) -> None:
    """From a need to a request sent to the contact of OWNER, by taps."""
    person.write(NEED)
    while "R-" not in person.text:
        labels = [button.row for button in person.seen[-1].buttons]
        liked = ("Capalle", "Spesa e farmaci a casa", "Here, without my name", "Yes, send")
        person.tap(next((label for label in liked if label in labels), labels[0]))


def test_from_a_first_message_in_english_to_a_request_that_is_sent(anna: Talker) -> None:
    (first,) = anna.write(NEED)
    assert "I am a program, not a person" in first.text
    assert "I understood: Shopping and medicines." in first.text
    anna.tap("Capalle")
    assert "Monday to Saturday, 9-13; free of charge; suitable for people who cannot go out" in anna.text
    anna.write("the first one")
    anna.write("My name is Anna, 333 123 4567")
    assert "Anna, by telephone on +393331234567" in anna.text
    assert "for a parent of yours" in anna.text
    anna.tap("Yes, send")
    assert re.search(r"request R-\w{4}", anna.text)
    assert "by Thursday, 12 March at 17:00" in anna.text


def test_an_answer_comes_back_in_english_whatever_language_the_association_speaks(
    anna: Talker, codes: dict[str, str]
) -> None:
    association = Talker(anna.house, "segreteria")
    association.write(f"/start {codes[OWNER]}")
    send_request(anna)
    association.read()
    association.tap("Accettiamo")
    while any(button.row != "Sì, conferma" for button in association.seen[-1].buttons[:1]):
        association.tap(association.seen[-1].buttons[0].row)
        if "Chi incontra" in association.text and "Salta" in [b.row for b in association.seen[-1].buttons]:
            association.tap("Salta")
    association.tap("Sì, conferma")
    anna.read()
    assert f"Good news! {OWNER} has accepted" in anna.text
    assert "When: " in anna.text
    anna.tap("That is fine")
    assert "everything is confirmed" in anna.text


def test_an_association_answers_in_english(contact: Talker, anna: Talker) -> None:
    assert "Welcome. From now on you answer here for" in contact.text
    send_request(anna)
    contact.read()
    assert "What is needed: Shopping and medicines." in contact.text
    contact.tap("We accept")
    contact.write("not a day")
    contact.tap(contact.seen[-1].buttons[0].row)
    contact.tap(contact.seen[-1].buttons[0].row)
    contact.tap("At the person's home")
    contact.tap("Skip")
    while "Yes, confirm" not in [button.row for button in contact.seen[-1].buttons]:
        contact.tap(contact.seen[-1].buttons[0].row)
    contact.tap("Yes, confirm")
    assert "somebody is writing for a parent of theirs" in contact.text


def test_a_no_is_told_in_english_with_another_way(contact: Talker, anna: Talker) -> None:
    send_request(anna)
    contact.read()
    contact.tap("We cannot")
    contact.tap("There is no place now")
    anna.read()
    assert f"I am sorry. {OWNER} cannot take on request R-" in anna.text
    assert "They have no places at the moment." in anna.text
    anna.tap("Talk to a person")
    assert "A person is taking care of it" in anna.text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("help", "These words work at any time"),
        ("privacy", "is encrypted"),
        ("my data", "Here is what I keep about you:"),
        ("delete everything", "Shall I delete everything"),
        ("menu", "What would you like to do?"),
        ("call me back", "On which number can we call you?"),
        ("talk to a person", "They will answer you here by"),
        ("my request", "You have no open requests"),
        ("pending", "Your need"),
        ("language", "Which language do you prefer?"),
        ("stop", "I stop here"),
        ("thank you", "In which area"),
        ("correct", "What would you like to change?"),
        ("back", "Tell me what is happening"),
        ("what is the weather tomorrow?", "I do not know this place."),
        ("/start AAAA1111", "I do not know this code"),
        ("I want to kill myself", "every day from 09:00 to 24:00"),
        ("my husband is beating me right now", "day and night, free of charge"),
    ],
)
def test_every_word_that_works_anywhere_is_answered_in_english(anna: Talker, written: str, said: str) -> None:
    anna.write(NEED)
    anna.write(written)
    assert said in anna.text


def test_what_is_outside_is_said_in_english(anna: Talker) -> None:
    anna.write("what is the weather going to be like tomorrow?")
    assert "I cannot help with this" in anna.text


def test_one_word_changes_the_language_and_says_again_what_was_open(demonstration_house: House) -> None:
    person = Talker(demonstration_house, "bruno")
    person.write("mi serve un pacco di cibo")
    person.tap("Non importa")
    assert "dal lunedì al venerdì" in person.text
    person.write("English")
    assert "from now on I will write to you in English" in person.text
    assert "Monday to Friday" in person.text
    assert italian_in(person.seen[-1:]) == set()
    person.write("language")
    person.tap("Italiano")
    assert "da ora le scrivo in italiano" in person.text
    assert "dal lunedì al venerdì" in person.text
    assert "A quale posso inviare la sua richiesta?" in person.text


def test_a_first_word_may_be_the_language(anna: Talker) -> None:
    anna.write("English please")
    assert "I am a program, not a person" in anna.text
    assert "Tell me what is happening" in anna.text
