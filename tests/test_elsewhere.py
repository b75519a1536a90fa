"""What no association deals with: whoever writes is told so honestly, and who to ask."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import doctor
from bot.house import House
from catalog_store.territory import DEFAULT, FRESH_FOR, TerritoryFault, load
from dialogs.elsewhere import ABOUT_US, NOBODYS
from dialogs.understand.topics import topic_of, topics
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import opened
from tests.test_territory import TINY
from tests.towns import Town

SORRY = "di questo non so occuparmi"


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def citizen(town: Town, text: str) -> Chat:
    return Chat(town.store, "anna", "need").says(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "i cassonetti davanti casa sono pieni da giorni e puzzano",
            "Azienda dei rifiuti.\nIl numero è sulla bolletta",
        ),
        ("quando scade la seconda rata IMU?", "Per le tasse può chiedere a: Ufficio tributi del Comune."),
        (
            "L'INPS mi ha sospeso la NASpI senza un motivo",
            "INPS o un patronato.\nINPS, gratis da telefono fisso: 803 164",
        ),
        ("la risonanza me la danno fra quattordici mesi, è uno scandalo", "CUP della ASL"),
        ("l'autobus 30 ha saltato la fermata anche stamani", "Azienda dei trasporti"),
        ("ho preso una multa con l'autovelox e vorrei fare ricorso", "Polizia municipale"),
        ("mi hanno rubato la bici in stazione", "Carabinieri o Polizia di Stato.\nSe succede adesso, chiami il 112."),
        ("il lampione in via Palagetta è spento da una settimana", "Ufficio tecnico del Comune"),
        ("passaporto urgente per viaggio di lavoro", "Questura"),
    ],
)
def test_a_topic_of_the_town_is_answered_with_who_to_ask(town: Town, text: str, told: str) -> None:
    chat = citizen(town, text)
    assert SORRY in chat.text
    assert told in chat.text
    assert "Parlare con una persona" in chat.buttons
    assert "Cibo, casa e aiuti" in chat.buttons


def test_what_is_clearly_outside_and_of_no_known_topic_goes_to_the_public_desk(town: Town) -> None:
    assert "Può chiedere a: Ufficio relazioni con il pubblico, Piazza" in citizen(town, "sai cantare il rock?").text


def test_nobody_is_sent_to_an_office_with_the_weather(town: Town) -> None:
    chat = citizen(town, "che tempo fa domani?")
    assert SORRY in chat.text
    assert "chiedere a" not in chat.text


def test_a_question_about_the_assistant_is_answered(town: Town) -> None:
    chat = citizen(town, "ma chi legge i messaggi che scrivo, sei un robot?")
    assert "Sono un programma" in chat.text
    assert SORRY not in chat.text


def test_each_topic_has_somebody_or_is_nobodys() -> None:
    asked = [topic for one in load(DEFAULT).elsewhere.values() for topic in one.topics]
    assert sorted([*asked, ABOUT_US, *NOBODYS]) == sorted(topics())


def test_nothing_but_what_was_read_somewhere_is_said_as_a_number() -> None:
    for one in load(DEFAULT).elsewhere.values():
        said = " ".join([*one.about.values(), *one.ask.values(), *one.how.values()])
        assert set(re.findall(r"\d+", said)) <= {"112"}
        assert one.source or not one.phone
        assert set(one.about) == set(one.ask) >= {"it", "en"}
        assert set(one.how) in (set(), set(one.about))


def test_who_to_ask_falls_due_after_a_year() -> None:
    one = load(DEFAULT).elsewhere["inps"]
    assert not one.due(one.checked + FRESH_FOR)
    assert one.due(one.checked + FRESH_FOR + timedelta(days=1))
    assert one.checked < date(2100, 1, 1)


ASKED = """
[elsewhere.dogane]
topics = ["tributi"]
about = { it = "le dogane" }
ask = { it = "Ufficio delle dogane" }
checked = 2026-01-02
"""


def test_another_town_names_its_own(tmp_path: Path) -> None:
    (tmp_path / "borgo.toml").write_text(TINY + ASKED)
    town = load(tmp_path / "borgo.toml")
    asked = town.asked("tributi")
    assert asked
    assert asked.ask == {"it": "Ufficio delle dogane"}
    assert town.asked("rifiuti") is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'ask = { it = "Ufficio delle dogane" }',
            'ask = { en = "Customs" }',
            "elsewhere.dogane.ask: the Italian words",
        ),
        ("checked = 2026-01-02", "", "elsewhere.dogane.checked: Field required"),
        ("checked", 'phone = "1"\nchecked', "elsewhere.dogane.source: say where"),
        ("checked", 'office = "dogana"\nchecked', "elsewhere.dogane.office: it should be one of municipio"),
        ('["tributi"]', '["tributi", 3]', "elsewhere.dogane.topics.1: "),
    ],
)
def test_a_mistake_in_who_to_ask_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in ASKED
    (tmp_path / "borgo.toml").write_text(TINY + ASKED.replace(old, new))
    with pytest.raises(TerritoryFault, match=sentence):
        load(tmp_path / "borgo.toml")


def test_a_topic_is_one_offices(tmp_path: Path) -> None:
    (tmp_path / "borgo.toml").write_text(TINY + ASKED + ASKED.replace("dogane]", "fisco]"))
    with pytest.raises(TerritoryFault, match="“tributi” is somebody else's already"):
        load(tmp_path / "borgo.toml")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("我的护照过期了", "passaporti"),
        ("autobusi nuk erdhi në kohë", "trasporti"),
        ("mi-a venit o amendă", "multe"),
        ("my bins were not emptied", "rifiuti"),
        ("vado a giocare a carte", None),
        ("", None),
    ],
)
def test_a_topic_is_told_in_any_language_or_not_at_all(text: str, topic: str | None) -> None:
    assert topic_of(text) == topic


@given(st.text(max_size=300))
def test_any_text_has_a_known_topic_or_none(text: str) -> None:
    assert topic_of(text) in {None, *topics()}


def test_the_doctor_says_when_somebody_must_look_again(house: House) -> None:
    who_to_ask = doctor.AT_HOME[-1]
    assert who_to_ask(house) == (True, "who to ask: verified within a year")
    assert isinstance(house.store.clock, Clock)
    house.store.clock.advance(days=800)
    ok, line = who_to_ask(house)
    assert not ok
    assert "territory file: anagrafe, comune" in line
