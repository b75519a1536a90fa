"""Who may write in one of two languages is answered in both, and each side reads the facts in their own."""

from __future__ import annotations

import pytest

from bot.house import House
from catalog_store import waiting
from catalog_store.hours import from_words, in_words
from catalog_store.schedules import parse
from dialogs.locale import NAMES
from tests.talker import Talker


def test_in_doubt_the_answer_is_in_both_languages_and_one_tap_takes_the_other(demonstration_house: House) -> None:
    anna = Talker(demonstration_house, "anna")
    anna.write("I am pregnant")
    assert "Good day! I am Tessere" in anna.text
    assert "Buongiorno! Sono Tessere" in anna.text
    anna.tap("Italiano")
    assert "da ora le scrivo in italiano" in anna.text
    assert "from now on" not in anna.text
    anna.write("mi serve un pacco di cibo")
    assert "Ho capito" in anna.text
    assert "I understood" not in anna.text


def test_without_a_doubt_the_answer_is_in_one(demonstration_house: House) -> None:
    anna = Talker(demonstration_house, "anna")
    anna.write("I need a food parcel for my children")
    assert "Good day! I am Tessere" in anna.text
    assert "Buongiorno!" not in anna.text
    assert "Italiano" not in [button.label for button in anna.seen[-1].buttons]


@pytest.mark.parametrize("word", ["mediatore", "interpreter", "traductor", "médiateur", "traducător", "përkthyes"])
def test_who_asks_for_a_mediator_waits_for_one_of_their_language(demonstration_house: House, word: str) -> None:
    anna = Talker(demonstration_house, "anna")
    anna.write("my son needs help with homework")
    anna.write(word)
    assert "a person who speaks your language" in anna.text
    with demonstration_house.store.begin() as tx:
        row = next(row for row in waiting.open_rows(tx) if row.kind == "mediator")
    assert row.note["language"] == "en"


@pytest.mark.parametrize("word", ["وسيط", "перекладач", "翻译"])
def test_a_mediator_is_asked_for_in_the_first_message(demonstration_house: House, word: str) -> None:
    anna = Talker(demonstration_house, "anna")
    anna.write(word)
    with demonstration_house.store.begin() as tx:
        assert [row.kind for row in waiting.open_rows(tx)] == ["mediator"]


WEEK = "lun,gio 16-18; 1mer 10-12; lun-ven 9-13 nov-mar; tutti 20-8"
SAID = {
    "it": ("lunedì e giovedì, 16-18", "il primo mercoledì del mese", "da novembre a marzo", "tutti i giorni"),
    "en": ("Monday and Thursday, 16-18", "the first Wednesday of the month", "from November to March", "every day"),
    "ro": ("luni și joi, 16-18", "prima miercuri a lunii", "din noiembrie până în martie", "în fiecare zi"),
    "sq": ("e hënë dhe e enjte, 16-18", "e mërkurë e parë e muajit", "nga nëntor deri në mars", "çdo ditë"),
    "zh": ("周一和周四, 16-18", "每月第一个周三", "11月到3月", "每天"),
    "ar": ("الاثنين والخميس, 16-18", "الأربعاء الأول من الشهر", "من نوفمبر إلى مارس", "كل يوم"),
    "es": ("lunes y jueves, 16-18", "el primer miércoles del mes", "de noviembre a marzo", "todos los días"),
    "uk": ("понеділок і четвер, 16-18", "перша середа місяця", "з листопада до березня", "щодня"),
    "fr": ("lundi et jeudi, 16-18", "le premier mercredi du mois", "de novembre à mars", "tous les jours"),
}


@pytest.mark.parametrize("language", NAMES)
def test_opening_hours_are_said_in_each_language(language: str) -> None:
    from datetime import date

    said = in_words(parse(from_words(WEEK, "Europe/Rome", date(2026, 3, 2))), language)
    for part in SAID[language]:
        assert part in said
