"""News that cannot be written is telephoned: each change of a request, none lost, one call for each request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin.__main__ import app
from bot import chase, turn
from bot.house import House
from bot.start import association_links
from catalog_store import people, referrals, waiting
from catalog_store.reach import Ways
from catalog_store.waiting import Waiting
from dialogs import chats
from tests.clock import Clock
from tests.houses import fill, opened
from tests.providers import WHATSAPP, Provider, delivered
from tests.talker import Talker

ANNA, OWNER = "+393331234567", "La Sporta Amica ODV"
NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"


class Town:
    """Anna writes on WhatsApp, where no template is approved; the association answers on the web chat."""

    def __init__(self, house: House) -> None:
        self.house, self.provider = house, Provider("whatsapp")
        fill(house.store)
        self.codes = dict(association_links(house))
        self.contact = Talker(house, "contact")
        self.contact.write(f"/start {self.codes[OWNER]}")
        self.anna = Talker(house, ANNA, channel="whatsapp")
        self.anna.write(NEED)
        while "R-" not in self.anna.text:
            labels = [button.row for button in self.anna.seen[-1].buttons]
            usual = ("Capalle", "Spesa e farmaci a casa", "Qui, senza il mio nome", "Sì, invia")
            self.anna.tap(next((label for label in usual if label in labels), labels[0]))
        delivered(house, self.provider)
        self.provider.letters.clear()
        with house.store.reading() as tx:
            self.person = next(one.person_id for one in referrals_of(tx))
            self.uid = next(one.uid for one in referrals_of(tx))

    def after(self, **time: float) -> None:
        """So long after; her window is closed."""
        assert isinstance(self.house.store.clock, Clock)
        self.house.store.clock.advance(**time)

    def settle(self) -> None:
        """Take what is due, deliver it as far as it goes."""
        while asyncio.run(turn.take_due(self.house)):
            pass
        delivered(self.house, self.provider)

    def calls(self) -> list[Waiting]:
        with self.house.store.reading() as tx:
            return [one for one in waiting.open_rows(tx) if one.kind == "call"]


def referrals_of(tx: object) -> list[referrals.Referral]:
    return [one for id in (1, 2, 3) for one in referrals.for_person(tx, id)]  # type: ignore[arg-type]


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with opened(database_url, tmp_path, **WHATSAPP) as house:
        yield Town(house)


def accepted(town: Town) -> None:
    town.contact.read()
    town.contact.tap("Accettiamo")
    town.contact.write("giovedì")
    town.contact.write("15")
    while "Grazie" not in town.contact.text and town.contact.seen[-1].buttons:
        town.contact.tap(town.contact.seen[-1].buttons[0].row)


def declined(town: Town) -> None:
    town.contact.read()
    town.contact.tap("Non possiamo")
    town.contact.tap("Adesso non c'è posto")


def unanswered(town: Town) -> None:
    town.after(days=8)
    with town.house.store.begin() as tx:
        chase.overdue(tx, Ways())


def closed(town: Town) -> None:
    with town.house.store.begin() as tx:
        referral = referrals.get(tx, town.uid)
        assert referral
        referrals.hand_to_operator(tx, town.uid)
        waiting.add(tx, "referral", town.person, {}, tx.now, None, referral.id)
        (number,) = (row.id for row in waiting.open_rows(tx) if row.kind == "referral")
        found = waiting.get(tx, number)
        assert found
        assert chats.finish(tx, found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (accepted, "ha accettato la richiesta"),
        (declined, "non può seguire la richiesta"),
        (unanswered, "non ha risposto alla richiesta"),
        (closed, "è conclusa"),
    ],
)
def test_with_no_template_and_the_window_closed_each_change_becomes_a_call(
    town: Town, change: object, said: str
) -> None:
    town.after(hours=26)
    change(town)  # type: ignore[operator]
    town.after(hours=10)  # whatever the hour was, it is day for whom is told
    town.settle()
    (call,) = town.calls()
    assert town.provider.sent == []
    assert (call.note["phone"], call.person_id) == (ANNA, town.person)
    assert said in call.note["say"]
    assert call.note["then"]


def test_a_second_change_is_said_in_the_same_call_and_after_it_was_made_in_another(town: Town) -> None:
    town.after(hours=26)
    declined(town)
    town.after(hours=1)
    town.settle()
    (first,) = town.calls()
    closed(town)
    town.after(hours=1)
    town.settle()
    (second,) = town.calls()
    assert second.id == first.id
    assert "è conclusa" in second.note["say"]
    with town.house.store.begin() as tx:
        waiting.done(tx, second.id)
    assert town.calls() == []


def test_when_they_write_they_are_told_the_latest_and_their_word_answers_nothing_they_have_not_read(town: Town) -> None:
    town.after(hours=26)
    accepted(town)
    town.after(hours=1)
    town.settle()
    town.provider.letters.clear()
    (told,) = town.anna.write("va bene")  # to a question that she has not read this would be a yes
    assert told.text.startswith("Buone notizie")
    (answer,) = town.anna.tap("Va bene")
    assert "è tutto confermato" in answer.text


def test_who_is_blocked_everywhere_is_telephoned_not_forgotten(town: Town) -> None:
    with town.house.store.begin() as tx:
        people.unreachable(tx, people.doors(tx, town.person)[0].id)
    accepted(town)
    town.settle()
    (call,) = town.calls()
    assert call.note["phone"] == ANNA


def test_a_call_to_make_is_a_number_and_two_lines(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATA": tmp_path / "data",
        "DATABASE_URL": town.house.store.url,
        "KEY_FILE": tmp_path / "keys",
    }.items():
        monkeypatch.setenv(f"TESSERE_{name}", str(value))
    monkeypatch.setenv("COLUMNS", "200")
    town.after(hours=26)
    declined(town)
    town.settle()
    listed = CliRunner().invoke(app, ["waiting"]).output
    assert "telefonata" in listed
    number, first, second = listed.splitlines()[-3:]
    assert number.endswith(ANNA)
    assert first.strip().startswith(f"{OWNER} non può seguire la richiesta R-")
    assert second.strip() == "Chieda se cercare un altro aiuto."


def test_a_confidential_request_is_named_to_nobody_else(town: Town) -> None:
    from catalog_store.schema import referrals as requests

    with town.house.store.begin() as tx:
        tx.execute(requests.update().values(group="violenza_genere"))
    town.after(hours=26)
    declined(town)
    town.settle()
    (call,) = town.calls()
    assert OWNER not in call.note["say"] + call.note["then"]
    assert "Non lasci messaggi" in call.note["then"]
