"""Voice messages: shown back before anything is answered, danger at once, and one kind bubble when nobody can hear."""

from __future__ import annotations

import os
import signal
import time
from collections import OrderedDict
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import select

from bot import voice
from bot.house import House
from catalog_store import messages
from catalog_store.schema import inbox, waiting
from dialogs import safety
from dialogs.understand import needs
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta la spesa?"
CANNOT = "non so ascoltare i messaggi a voce"


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    """Whoever she speaks to hears what is in the sound as if it were text."""
    demonstration_house.hears = bytes.decode
    return Talker(demonstration_house, "anna", channel="whatsapp")


def says(person: Talker, words: str) -> str:
    person.speaks(words.encode())
    return person.text


def labels(person: Talker) -> list[str]:
    return [button.row for button in person.seen[-1].buttons]


# ------------------------------------------------------------------------------------------- what was heard is shown


def test_what_was_heard_is_shown_back_and_answered_once_it_is_confirmed(anna: Talker) -> None:
    shown = says(anna, NEED)
    assert shown.startswith("Buongiorno! Sono Tessere")
    assert shown.endswith(f"Ho capito: «{NEED}». Giusto?")
    assert labels(anna) == ["Sì", "No, riprovo"]
    anna.tap("Sì")
    assert anna.text == "Ho capito: Spesa e farmaci a casa.\n\nIn quale zona serve?"


def test_the_question_that_was_open_is_answered_by_a_confirmed_voice(anna: Talker) -> None:
    anna.write(NEED)
    assert says(anna, "Capalle.").endswith("Giusto?")
    anna.write("sì, grazie")
    assert "A quale posso inviare" in anna.text


@pytest.mark.parametrize("no", ["No, riprovo", "no", "2"])
def test_who_says_no_is_asked_again_what_was_open(anna: Talker, no: str) -> None:
    anna.write(NEED)
    asked = anna.seen[-1]
    says(anna, "capale tre")
    anna.write(no)
    assert "Lo dica un'altra volta" in anna.text
    assert anna.seen[-1].sentences[-1] == asked.sentences[-1]
    assert anna.seen[-1].buttons == asked.buttons
    anna.tap("Capalle")
    assert "A quale posso inviare" in anna.text


def test_after_a_second_no_in_a_row_a_call_can_be_tapped(anna: Talker) -> None:
    for _ in range(2):
        assert "Richiamatemi" not in labels(anna) if anna.seen else True
        says(anna, "bla bla")
        anna.tap("No, riprovo")
    assert labels(anna)[-1] == "Richiamatemi"


def test_what_is_written_instead_counts_and_the_voice_does_not(anna: Talker) -> None:
    says(anna, "non riesco a pagare la bolletta")
    anna.write(NEED)
    assert "Ho capito: Spesa e farmaci a casa." in anna.text


def test_a_second_voice_takes_the_place_of_the_first(anna: Talker) -> None:
    anna.write(NEED)
    says(anna, "San Donnino")
    assert says(anna, "Capalle") == "Ho capito: «Capalle». Giusto?"
    anna.tap("Sì")
    assert "A quale posso inviare" in anna.text


def test_a_spoken_yes_confirms_and_a_spoken_no_does_not(anna: Talker) -> None:
    says(anna, NEED)
    assert "Lo dica un'altra volta" in says(anna, "No.")
    says(anna, NEED)
    assert "In quale zona serve?" in says(anna, " Sì. ")


def test_a_second_tap_of_the_yes_is_only_acknowledged(anna: Talker) -> None:
    says(anna, NEED)
    shown = anna.seen[-1]
    anna.tap("Sì", bubble=shown)
    assert anna.tap("Sì", bubble=shown) == []


def test_a_story_in_many_sentences_is_ranked_when_it_is_confirmed_after_a_restart(
    anna: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = "Sono rimasta sola. " + " ".join(f"Il giorno {n} mi hanno detto che la bolletta è alta." for n in range(9))
    says(anna, story)
    monkeypatch.setattr(needs._ranker(), "_lately", OrderedDict())
    anna.tap("Sì")
    assert "Mi dispiace. Qualcosa non ha funzionato" not in anna.text


# --------------------------------------------------------------------------------------------------- danger, people


def test_danger_is_answered_before_it_is_confirmed_and_is_not_repeated_on_the_screen(anna: Talker) -> None:
    said = says(anna, "mio marito mi picchia")
    assert "1522" in said
    assert "picchia" not in said
    with anna.house.store.reading() as tx:
        assert tx.execute(select(waiting.c.kind)).scalars().all() == ["danger"]


def test_a_doubtful_danger_is_asked_first_and_after_a_no_the_words_are_still_to_be_confirmed(
    anna: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    perhaps = safety.Danger("violenza_in_corso", "now", sure=False)
    monkeypatch.setattr(safety, "check", lambda text: perhaps if text == NEED else None)
    assert "Sta succedendo adesso?" in says(anna, NEED)
    assert NEED not in anna.text
    anna.tap("No")
    assert anna.text.endswith(f"Ho capito: «{NEED}». Giusto?")
    anna.tap("Sì")
    assert "In quale zona serve?" in anna.text, "it is not asked twice"


def test_who_is_with_a_person_speaks_to_that_person(anna: Talker) -> None:
    anna.write("operatore")
    says(anna, "volevo sapere della visita")
    assert "Ho passato il messaggio alla persona che le risponde" in anna.text
    with anna.house.store.reading() as tx:
        assert messages.history(tx, "whatsapp", "anna")[-2]["body"]["spoken"] == "volevo sapere della visita"


# -------------------------------------------------------------------------------------------------- nobody can hear


def fails(sound: bytes) -> str:
    raise RuntimeError(sound.decode())


def slowly(sound: bytes) -> str:
    time.sleep(0.3)
    return sound.decode()


@pytest.mark.parametrize(
    "hears", [None, fails, lambda _: "", lambda _: "parola " * 500], ids=["off", "breaks", "silence", "too much"]
)
def test_without_words_there_is_the_one_kind_bubble(anna: Talker, hears: Any) -> None:
    anna.house.hears = hears
    anna.write(NEED)
    said = says(anna, NEED)
    assert CANNOT in said
    assert "«richiamatemi»" in said
    assert "112" in said
    assert said.endswith("In quale zona serve?")


def test_a_sound_that_cannot_be_had_is_not_heard_and_nothing_of_it_is_logged(
    anna: Talker, capsys: pytest.CaptureFixture[str]
) -> None:
    anna.house.hears = fails
    assert CANNOT in says(anna, "un segreto")
    assert "segreto" not in "".join(capsys.readouterr())


def test_what_takes_too_long_is_not_waited_for(anna: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "LONGEST", 0.05)
    anna.house.hears = slowly
    assert CANNOT in says(anna, NEED)


def test_the_sound_is_kept_nowhere(anna: Talker) -> None:
    says(anna, NEED)
    with anna.house.store.reading() as tx:
        (row,) = tx.execute(select(inbox)).all()
        assert set(row.body.open(row.uid)) == {
            "text", "tap", "media", "place", "edited", "spoken", "address", "account", "language", "also",
        }  # fmt: skip


# ----------------------------------------------------------------------------------------- the process that listens


def echoing(line: Connection) -> None:
    while True:
        line.send_bytes(line.recv_bytes())


def stuck_or_dying(line: Connection) -> None:
    said = line.recv_bytes()
    if said == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)


def test_the_process_hears_one_voice_after_the_other() -> None:
    ear = voice.Ear(echoing)
    try:
        assert [ear(b"uno"), ear("è".encode())] == ["uno", "è"]
    finally:
        ear.close()


@pytest.mark.parametrize("sound", [b"die", b"hang"])
def test_a_process_that_hangs_or_dies_is_begun_anew(sound: bytes) -> None:
    ear = voice.Ear(stuck_or_dying, patience=0.2 if sound == b"hang" else 30)
    with pytest.raises(voice.Unheard):
        ear(sound)
    ear._listen, ear._patience = echoing, 30
    try:
        assert ear(b"di nuovo") == "di nuovo"
    finally:
        ear.close()
