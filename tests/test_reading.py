"""«Leggimi»: the last bubble as a voice, where a voice can be made and sent; a sentence about it elsewhere."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import reading
from bot.house import House
from bot.reading import Form
from dialogs import commands, screens
from dialogs.locale import NAMES
from tests.fakes.telegram_person import Person, buttons
from tests.fakes.telegram_town import Town, town
from tests.houses import fill
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta la spesa?"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as made:
        fill(made.house.store)
        yield made


def marked(text: str, language: str, form: Form) -> bytes:
    """A voice that can be looked into."""
    return {"ogg": b"OggS", "mp3": b"ID3\4"}[form] + f"{language} {text}".encode()


def read_to(here: Town, person: Person) -> str:
    """The voice that they get: what it says."""
    person.writes("leggimi")
    message = here.api.until(
        lambda: next((m for m in person.chat.messages if "voice" in m and m["message_id"] > person.seen), None),
        f"a voice: {person.screen()}",
    )
    person.seen = message["message_id"]
    return here.api.files[message["voice"]["file_id"]].decode()


def test_the_last_bubble_is_read_with_its_options_which_can_be_tapped(here: Town) -> None:
    here.house.speaks = marked
    anna = here.person()
    anna.writes(NEED)
    asked = anna.gets("In quale zona serve?")
    said = read_to(here, anna)
    assert said.startswith("OggSit ")
    assert "In quale zona serve?\n" in said
    assert ". Capalle\n" in said
    assert read_to(here, anna) == said, "as often as they like"
    assert buttons(anna.chat.messages[-1]) == buttons(asked)
    anna.taps("Capalle")
    assert "A quale posso inviare" in anna.reads("A quale")


def broken(text: str, language: str, form: Form) -> bytes:
    raise subprocess.SubprocessError(text + language + form)


def test_what_cannot_be_read_is_written(here: Town) -> None:
    here.house.speaks = broken
    anna = here.person()
    anna.writes(NEED)
    asked = anna.reads("In quale zona serve?")
    anna.writes("leggimi")
    assert anna.reads() == asked


@pytest.mark.parametrize("channel", ["whatsapp", "webchat", "telegram"])
def test_where_nothing_is_read_it_is_said_and_the_question_stays(demonstration_house: House, channel: str) -> None:
    if channel == "whatsapp":
        demonstration_house.speaks = marked
    anna = Talker(demonstration_house, "anna", channel=channel)
    anna.write(NEED)
    asked = anna.seen[-1]
    anna.write("leggimi")
    assert anna.text.startswith("Qui non so leggere ad alta voce.")
    assert anna.seen[-1].buttons == asked.buttons


@pytest.mark.parametrize("text", ["cerco un centro di ascolto", "ascolto", "non so leggere", "corso per leggere"])
def test_a_need_is_no_wish_to_be_read_to(text: str) -> None:
    assert commands.listen(text) is None


def test_a_bubble_that_is_not_read_is_kept_as_the_release_before_knows_it() -> None:
    assert "aloud" not in screens.Bubble(("Va bene.",)).to_json()
    assert screens.Bubble.from_json(screens.Bubble(("Va bene.",), aloud=True).to_json()).aloud


@pytest.mark.parametrize("language", sorted(NAMES))
def test_every_language_has_a_voice(language: str) -> None:
    if reading.mouth() is None:
        pytest.skip("nothing reads here: espeak-ng or the extra of `make voice` is not installed")
    assert reading.speak("112", language).startswith(b"OggS")
    assert reading.speak("112", language, "mp3").startswith(b"ID3")
