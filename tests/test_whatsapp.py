"""The same conversations on WhatsApp: over HTTP, signed, within what Twilio and WhatsApp take."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.deliver import ChannelError, Letter
from bot.start import announce, association_links, senders
from catalog_store import messages, people
from catalog_store.schema import addresses, inbox, outbox
from dialogs.screens import Bubble, Button
from tests.fakes.twilio import SENDER, TOKEN
from tests.fakes.whatsapp import Phone
from tests.whatsapp_town import Town, town

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"
SPORTA = "La Sporta Amica ODV"
QUICK = Bubble(("Va bene?",), (Button("Sì", "Sì", "", "1:a:0"), Button("No", "No", "", "1:a:1")))


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Iterator[Town]:
    with town(sqlite_url, tmp_path) as made:
        yield made


def code_of(here: Town, name: str = SPORTA) -> str:
    return dict(association_links(here.house))[name]


def sent_to(phone: Phone) -> list[dict[str, object]]:
    return [one for one in phone.twilio.messages if one["to"] == phone.address]


# ----------------------------------------------------------------------------------------------------- the main job


def plain(here: Town) -> None:
    del here


def refused_afterwards(here: Town) -> None:
    here.twilio.moods.refuse_interactive = 63013


def refused_at_once(here: Town) -> None:
    here.twilio.moods.refuse_interactive, here.twilio.moods.refuse_at_once = 21656, True


def no_shapes(here: Town) -> None:
    here.twilio.contents.clear()


@pytest.mark.parametrize("mood", [plain, refused_afterwards, refused_at_once, no_shapes])
def test_a_request_is_sent_accepted_and_told_back(here: Town, mood: object) -> None:
    mood(here)  # type: ignore[operator]
    anna, sporta = here.phone(), here.phone("whatsapp:IT.13491208655302741918", name="Bruna")
    assert "lei risponde qui per La Sporta Amica ODV" in here.say(sporta, f"/start {code_of(here)}")
    assert "In quale zona serve?" in here.say(anna, NEED)
    here.choose(anna, "San Martino")
    here.choose(anna, "Spesa e farmaci a casa")
    assert "Ecco la richiesta" in here.say(anna, "Anna")
    code = re.search(r"R-\w{4}", here.choose(anna, "Sì, invia"))
    assert code
    assert code[0] in sporta.screen
    here.choose(sporta, "Accettiamo")
    here.say(sporta, "domani")
    here.say(sporta, "alle 10")
    here.say(sporta, "a casa della persona")
    here.choose(sporta, "Salta")
    here.choose(sporta, "Come di solito")
    assert "La proposta è partita" in here.choose(sporta, "Sì, conferma")
    assert "ha accettato la richiesta" in anna.screen
    assert "tutto confermato" in here.choose(anna, "Va bene")
    assert here.twilio.hooked == [200] * len(here.twilio.hooked)
    with here.house.store.reading() as tx:
        states = set(tx.execute(select(outbox.c.state)).scalars())
    assert states == {"sent"}
    tapped = [one for one in here.twilio.messages if one["content"] and not one["number"]]
    assert bool(tapped) == (mood is plain)


def test_a_refused_shape_is_remembered_for_a_day_and_for_everybody(here: Town) -> None:
    here.twilio.moods.refuse_interactive = 63021
    anna = here.phone()
    here.say(anna, NEED)
    refusals = [one["number"] for one in here.twilio.messages if one["number"]]
    assert refusals == [63021]
    here.say(here.phone("whatsapp:+393330000002"), NEED)
    assert [one["number"] for one in here.twilio.messages if one["number"]] == refusals
    here.twilio.moods.refuse_interactive = 0
    here.clock.advance(hours=25)
    bruna = here.phone("whatsapp:+393330000003")
    here.say(bruna, NEED)
    assert "[San Martino]" in bruna.screen
    assert "[" in here.say(anna, "menu"), "who was the first to be refused has buttons again, as everybody"


# ------------------------------------------------------------------------------------------------------- what it is


def test_a_list_is_tapped_page_by_page(here: Town) -> None:
    anna = here.phone()
    here.say(anna, NEED)
    assert "[Altre 6]" in anna.screen
    here.choose(anna, "Altre 6")
    assert "[Dall'inizio]" in anna.screen
    assert len(sent_to(anna)) == 2


def test_a_tap_of_a_message_from_long_ago_is_told_so(here: Town) -> None:
    anna = here.phone()
    here.say(anna, NEED)
    here.choose(anna, "San Martino")
    here.say(anna, "basta")
    anna.tap("Capalle")
    here.settle()
    assert "Questa domanda è passata" in anna.screen


def test_a_message_that_twilio_sends_twice_is_answered_once(here: Town) -> None:
    here.twilio.moods.twice = True
    anna = here.phone()
    here.say(anna, NEED)
    here.choose(anna, "San Martino")
    assert len(anna.news()) == 2
    assert here.twilio.hooked == [200] * 4


@pytest.mark.parametrize("content_type", ["audio/ogg", "image/jpeg", "image/webp", "video/mp4", "application/pdf"])
def test_what_is_no_text_gets_a_kind_answer_and_no_file_is_kept(here: Town, content_type: str) -> None:
    anna = here.phone()
    here.say(anna, NEED)
    anna.send_file(content_type)
    here.settle()
    assert len(anna.news()) == 2
    with here.house.store.reading() as tx:
        kept = [row.body.open(row.uid) for row in tx.execute(select(inbox.c.uid, inbox.c.body))]
    assert "api.twilio.com" not in str(kept)


def test_a_place_is_taken_as_a_place(here: Town) -> None:
    anna = here.phone()
    anna.send_place(43.8222, 11.1310)
    here.settle()
    with here.house.store.reading() as tx:
        row = tx.execute(select(inbox.c.uid, inbox.c.body)).one()
        assert row.body.open(row.uid)["place"] == [43.8222, 11.131]


# ------------------------------------------------------------------------------------------------------- addresses


def test_who_hides_their_number_later_is_the_same_person(here: Town) -> None:
    id = "IT.13491208655302741918"
    here.say(here.phone(hidden=id), NEED)
    hidden = here.phone(f"whatsapp:{id}", hidden=id)
    assert "Buongiorno! Sono Tessere" not in here.say(hidden, "San Martino")
    assert "A quale posso inviare" in hidden.screen
    with here.house.store.reading() as tx:
        assert len(set(tx.execute(select(addresses.c.person_id)).scalars())) == 1


def test_who_shows_their_number_later_is_the_same_person(here: Town) -> None:
    id = "IT.13491208655302741918"
    here.say(here.phone(f"whatsapp:{id}"), NEED)
    shown = here.phone(hidden=id)
    assert "A quale posso inviare" in here.say(shown, "San Martino")


def test_two_ids_are_two_people(here: Town) -> None:
    here.say(here.phone("whatsapp:IT.1"), NEED)
    assert "Buongiorno! Sono Tessere" in here.say(here.phone("whatsapp:IT.2"), "San Martino")


# --------------------------------------------------------------------------------------------------- what is refused


def send(here: Town, letter: Letter) -> str | None:
    return asyncio.run(here.channel.send(letter))


@pytest.mark.parametrize(("status", "fault"), [(429, "busy"), (500, "busy"), (503, "busy"), (404, "content")])
def test_what_twilio_says_is_what_we_do(here: Town, status: int, fault: str) -> None:
    here.twilio.moods.answers.append(status)
    with pytest.raises(ChannelError) as caught:
        send(here, Letter("whatsapp:+393330000001", QUICK))
    assert caught.value.fault == (fault if status != 404 else "busy")


def test_a_reply_waits_out_twilios_illness(here: Town) -> None:
    here.twilio.moods.answers.extend([500, 429, 503])
    anna = here.phone()
    anna.write(NEED)
    for _ in range(6):
        here.settle()
        here.clock.advance(seconds=30)
    assert len(anna.news()) == 1


def test_wrong_credentials_and_no_answer_at_all_are_tried_again(tmp_path: Path, sqlite_url: str) -> None:
    with town(sqlite_url, tmp_path, synced=False, TWILIO_AUTH_TOKEN="other") as here:
        with pytest.raises(ChannelError) as caught:
            send(here, Letter("whatsapp:+393330000001", QUICK))
        assert (caught.value.reason, caught.value.fault) == ("20003", "busy")
    with pytest.raises(ChannelError) as caught:  # nobody is there any more
        send(here, Letter("whatsapp:+393330000001", QUICK))
    assert caught.value.fault == "busy"


@pytest.mark.parametrize(
    ("letter", "fault"),
    [
        (Letter("not an address", Bubble(("Ciao.",))), "blocked"),
        (Letter("whatsapp:+393330000001", QUICK, form="knock"), "content"),
    ],
)
def test_what_can_never_be_sent_is_said_at_once(here: Town, letter: Letter, fault: str) -> None:
    with pytest.raises(ChannelError) as caught:
        send(here, letter)
    assert caught.value.fault == fault


def test_outside_the_24_hours_only_the_knock_arrives(tmp_path: Path, sqlite_url: str) -> None:
    sid = "HX" + "f" * 32
    with town(sqlite_url, tmp_path, TWILIO_TEMPLATES=f"it={sid},en=HX{'e' * 32}") as here:
        anna = here.phone()
        here.say(anna, "buongiorno")
        here.clock.advance(hours=25)
        from bot.channels import contents

        here.twilio.contents[sid] = contents.knock_requests()[0] | {"sid": sid}
        here.twilio.approved.add(sid)
        anna.news()
        send(here, Letter(anna.address, QUICK))
        assert here.twilio.messages[-1]["number"] == 63016
        send(here, Letter(anna.address, QUICK, form="numbered"))
        assert here.twilio.messages[-1]["number"] == 63016
        send(here, Letter(anna.address, QUICK, language="ro", form="knock"))  # Italian, for want of Romanian
        here.twilio.flush()
        assert "C'è un messaggio per lei" in anna.screen
        anna.tap("Leggi")
        here.settle()
        assert here.twilio.hooked == [200, 200]
        send(here, Letter(anna.address, QUICK))
        assert "[Sì]" in anna.screen


def test_numbered_is_text_and_tapped_is_not(here: Town) -> None:
    here.twilio.written_at["whatsapp:+393330000001"] = here.clock()
    send(here, Letter("whatsapp:+393330000001", QUICK, form="numbered"))
    assert here.twilio.messages[-1]["body"] == "Va bene?\n  1. Sì\n  2. No"
    send(here, Letter("whatsapp:+393330000001", QUICK, language="en"))
    assert here.twilio.messages[-1]["shown"]["body"] == "– Va bene? ↓"


@pytest.mark.parametrize(("left", "told"), [(timedelta(minutes=5), "300"), (timedelta(days=30), None), (None, None)])
def test_what_expires_is_not_kept_by_twilio_for_longer(here: Town, left: timedelta | None, told: str | None) -> None:
    expires_at = here.clock() + left if left else None
    here.twilio.written_at["whatsapp:+393330000001"] = here.clock()
    send(here, Letter("whatsapp:+393330000001", QUICK, expires_at=expires_at))
    assert here.twilio.messages[-1]["validity"] == told


def test_the_expiry_of_a_row_reaches_twilio(here: Town) -> None:
    here.twilio.written_at["whatsapp:+393330000001"] = here.clock()
    with here.house.store.begin() as tx:
        anna = people.recognise(tx, "whatsapp", "whatsapp:+393330000001")
        expires_at = tx.now + timedelta(hours=1)
        messages.post(tx, anna.id, anna.address_id, "whatsapp", QUICK.to_json(), expires_at=expires_at)
    here.settle()
    assert here.twilio.messages[-1]["validity"] == "3600"


# ------------------------------------------------------------------------------------------------------- starting


def test_the_start_says_where_whatsapp_is(here: Town, capsys: pytest.CaptureFixture[str]) -> None:
    announce(here.house)
    assert f"WhatsApp: {SENDER}, webhook https://chat.example.org/whatsapp/webhook\n" in capsys.readouterr().out
    assert [channel.account for channel in senders(here.house)] == ["whatsapp"]
    assert TOKEN not in repr(here.house.settings)


def test_who_has_no_whatsapp_does_not_wait_for_its_library() -> None:
    program = (
        "import sys, bot.start, bot.web, bot.clock; print([m for m in sys.modules if m.split('.')[0] == 'twilio'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
