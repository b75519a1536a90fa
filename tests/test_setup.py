"""Another municipality: somebody answers the questions of `setup`, and the assistant serves their town."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin.__main__ import app
from bot.house import House
from catalog_store import invitations, offers, organizations, roles, territory
from catalog_store.hours import from_words
from catalog_store.offers import Offer
from catalog_store.organizations import Organization
from tests.houses import opened
from tests.talker import Talker

TOWN = [
    "Borgo San Lorenzo", "48004", "048004", "San Lorenzo", "10 agosto", "08-10", "quando capita", "lun-ven 9-13",
    "2026-12-24, 2026-08-17/2026-08-21",
    "Il Borgo", "centro, piazza", "dov'è", "43.9553, 11.3862", "Luco", "Luco di Mugello", "43.98, 11.38", "",
    "Sportello sociale", "1", "Roma", "Il Borgo", "Piazza Dante 1", "lun-ven 9-12", "055 0000 009", "", "Un documento.",
    "", "Comune di Borgo San Lorenzo, piazza Dante 1", "dpo@borgo.example.it", "", "telefono 1", "telegram 12345",
    "055 0000 008",
]  # fmt: skip


@pytest.fixture
def borgo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The territory file that the answers make, and what was said meanwhile."""
    for name, value in {"TESSERE_DATA": "data", "TESSERE_KEY_FILE": "keys"}.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("TESSERE_TERRITORY", str(tmp_path / "borgo.toml"))
    done = CliRunner().invoke(app, ["setup"], input="\n".join(TOWN) + "\n")
    assert done.exit_code == 0, done.output
    return tmp_path / "borgo.toml", done.output


def test_wrong_answers_are_explained_and_asked_again(borgo: tuple[Path, str]) -> None:
    for said in (
        "Sono 6 cifre",
        "Mese e giorno",
        "Giorni e ore",
        "Due numeri",
        "Una di queste: Il Borgo, Luco",
        "telegram 12345",
    ):
        assert said in borgo[1]


def test_the_file_says_what_was_answered(borgo: tuple[Path, str]) -> None:
    town = territory.load(borgo[0])
    assert (town.municipality, town.istat, town.patron_day) == ("Borgo San Lorenzo", "048004", (8, 10))
    assert town.localities["il-borgo"].other_names == ("centro", "piazza")
    assert town.office("social_service") == town.offices["sportello-sociale"]
    assert town.closed(date(2026, 8, 19))
    assert town.closed(date(2026, 12, 24))
    assert not town.closed(date(2026, 8, 24))
    assert town.on_call_chat == "telegram 12345"
    assert town.asked("tributi"), "who to ask for the rest comes with the program"
    assert "dpo@borgo.example.it" in town.informed()
    assert "Twilio" in town.informed()


def test_the_first_administrator_has_a_link_and_the_second_only_if_asked(borgo: tuple[Path, str]) -> None:
    assert re.search(r"http://127.0.0.1:8000/ufficio/invito/[A-Z0-9]{10}\n", borgo[1])
    again = CliRunner().invoke(app, ["setup"], input="n\n")
    assert "/ufficio/invito/" in again.output, "nobody has come in yet"
    assert "/ufficio/invito/" in CliRunner().invoke(app, ["setup", "--link"]).output


def test_the_main_job_in_another_town(borgo: tuple[Path, str], tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    with opened(f"sqlite:///{folder}/borgo.db", folder, TESSERE_TERRITORY=str(borgo[0])) as house:
        _catalogue(house)
        anna, ponte = Talker(house, "anna"), Talker(house, "ponte")
        with house.store.begin() as tx:
            owner = next(one.id for one in organizations.listed(tx))
            code = invitations.invite(tx, "association", owner, 30)
        ponte.write(f"codice {code}")
        first = anna.write("Mia mamma ha 85 anni e sta a Luco: chi le porta la spesa a casa?")
        assert "Borgo San Lorenzo" in first[-1].text
        while "R-" not in anna.seen[-1].text:
            labels = [button.row for button in anna.seen[-1].buttons]
            usual = ("Spesa a casa", "Qui, senza il mio nome", "Sì, invia")
            anna.tap(next((label for label in usual if label in labels), labels[0]))
        assert "C'è una richiesta" in ponte.read()[-1].text
        ponte.tap("Accettiamo")
        while "Buone notizie" not in " ".join(bubble.text for bubble in anna.read()):
            ponte.tap(ponte.seen[-1].buttons[0].row)
        assert "dpo@borgo.example.it" in anna.write("privacy")[-1].text
        with house.store.reading() as tx:
            assert roles.contacts_of(tx, owner)


def _catalogue(house: House) -> None:
    schedule = from_words("lun-ven 9-12", "Europe/Rome", date(2025, 1, 1))
    with house.store.begin() as tx:
        owner = organizations.put(tx, Organization("Il Ponte"))
        shopping = Offer(
            owner, "Spesa a casa", "Spesa a casa", "Spesa a casa", ("anziani.spesa_farmaci_domicilio",),
            schedule=schedule, confirmed_on=date(2026, 3, 1), at_home=True,
        )  # fmt: skip
        offers.put(tx, replace(shopping, areas=("il-borgo", "luco")))
    with house.store.begin() as tx:
        house.store.catalogue.current(tx)
    house.store.catalogue.settle()
