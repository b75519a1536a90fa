"""What an operator does from the command line, on the very data of a running Tessere."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from admin.__main__ import app
from bot.house import House
from catalog_store import audit, demonstration, messages, organizations, people, referrals
from catalog_store.connect import now
from catalog_store.organizations import Organization
from catalog_store.schema import conversations
from dialogs.screens import Bubble
from tests.clock import Clock
from tests.talker import Talker


@pytest.fixture
def environment(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TESSERE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def anna(house: House, environment: None) -> Talker:  # noqa: ARG001  the commands read the same data
    assert isinstance(house.store.clock, Clock)
    house.store.clock.now = now() + timedelta(minutes=10)  # the commands have the real clock, and may take their time
    return Talker(house, "anna")


def admin(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.output


def waiting_number(kind: str) -> str:
    (found,) = re.findall(rf"│ +(\d+) +│ {kind} ", admin("waiting"))
    return str(found)


def test_who_asks_for_a_person_is_answered_in_the_same_conversation_and_given_back(anna: Talker) -> None:
    assert "Nessuno aspetta." in admin("waiting")
    anna.write("operatore")
    anna.write("mi hanno tagliato la luce [urgente]")
    number = waiting_number("chat")
    assert "persona: mi hanno tagliato la luce [urgente]" in admin("waiting", "read", number)
    admin("waiting", "answer", number, "Buongiorno, la chiamo domani.")
    (answer,) = anna.read()
    assert answer.sentences == ("Le risponde una persona:", "Buongiorno, la chiamo domani.")
    assert anna.write("grazie mille") == [], "a person is answering: the program keeps quiet"
    admin("waiting", "done", number)
    assert "Nessuno aspetta." in admin("waiting")
    anna.write("menu")
    assert "Che cosa vuole fare?" in anna.text


def test_whatever_is_looked_at_or_done_by_command_is_in_the_audit(anna: Talker) -> None:
    anna.write("operatore")
    number = waiting_number("chat")
    admin("waiting", "read", number)
    admin("waiting", "answer", number, "Buongiorno.")
    admin("waiting", "done", number)
    with anna.house.store.reading() as tx:
        (person,) = {one.whose for one in audit.listed(tx)}
        done = [(one.action, one.why, one.staff_id) for one in reversed(audit.listed(tx)) if one.whose == person]
    assert done[:2] == [("read", "listed by command", None), ("read", "operator", None)]
    assert [action for action, _, _ in done if action != "read"] == ["answered", "closed"]


def test_a_call_to_make_says_the_number_to_call(anna: Talker) -> None:
    anna.write("richiamatemi")
    anna.write("055 123 4567")
    anna.tap("Appena possibile")
    assert "+390551234567" in admin("waiting")
    waiting_number("telefonata")


def test_a_request_that_operators_saw_to_is_over_and_its_person_hears_so(anna: Talker) -> None:
    with anna.house.store.begin() as tx:
        demonstration.load_demonstration(tx)
    anna.write("mi serve un pacco di alimenti, per me, abito a Capalle")
    while "R-" not in anna.text:
        labels = [button.row for button in anna.seen[-1].buttons]
        anna.tap("Sì, invia" if "Sì, invia" in labels else labels[0])
    admin("waiting", "done", waiting_number("richiesta"))
    anna.house.store.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    assert "Una persona ha chiuso la richiesta" in anna.read()[-1].text
    with anna.house.store.begin() as tx:
        (request,) = referrals.for_person(tx, 1)
    assert (request.state, request.outcome) == ("closed", "unknown")


def test_a_number_that_is_not_in_the_list_is_refused(anna: Talker) -> None:
    anna.write("ciao")
    for command in (("read", "7"), ("answer", "7", "ecco"), ("done", "7")):
        assert CliRunner().invoke(app, ["waiting", *command]).exit_code == 2


def test_a_dead_letter_is_seen_without_its_words_and_sent_again(anna: Talker) -> None:
    anna.write("ciao", read=False)
    with anna.house.store.begin() as tx:
        person = people.recognise(tx, "webchat", "anna")
        lost = messages.post(tx, person.id, person.address_id, "webchat", Bubble(("Parole sue",)).to_json())
        messages.give_up(tx, lost, "blocked")
    listed = admin("letters")
    assert "blocked" in listed
    assert "Parole" not in listed
    admin("letters", "again", str(lost))
    assert "Tutto è arrivato." in admin("letters")
    assert any("Parole sue" in bubble.text for bubble in anna.read())


def test_an_organization_is_invited_and_a_code_taken_back(anna: Talker) -> None:
    with anna.house.store.begin() as tx:
        organizations.put(tx, Organization("Il Ponte"))
    first, second = (admin("invite", "il ponte").rpartition(" ")[2].strip() for _ in range(2))
    anna.write(f"codice {first}")
    assert "Da ora lei risponde qui per Il Ponte." in anna.text
    admin("revoke", second)
    bruno = Talker(anna.house, "bruno")
    bruno.write(f"codice {second}")
    assert "Questo codice non vale più" in bruno.text
    assert CliRunner().invoke(app, ["invite", "Nessuno"]).exit_code == 2
    assert CliRunner().invoke(app, ["revoke", second]).exit_code == 2


def test_what_is_past_its_time_is_counted_before_it_is_erased(anna: Talker) -> None:
    anna.write("menu")
    with anna.house.store.begin() as tx:
        tx.execute(update(conversations).values(changed_at=tx.now - timedelta(days=91)))
    assert "abandoned 1" in admin("forget")
    assert "abandoned 1" in admin("forget")
    assert "abandoned 1" in admin("forget", "--now")
    assert "abandoned 0" in admin("forget")
