"""Who may write in one of two languages is answered in both, and each side reads the facts in their own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.house import House
from catalog_store import offers, organizations, waiting
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


OWNER = "La Sporta Amica ODV"
BELOW = (
    "Quello che mi scrive è cifrato",
    "Se tocca «Sì, invia»",
    "Per l'italiano",
)  # drafts of consent; the other tongue


def sent_in_chinese(house: House) -> Talker:
    """From a first message in Chinese to a request that was sent: every question of it was answered."""
    wang = Talker(house, "wang")
    wang.write("我妈妈85岁，不能出门，谁能帮她买东西送到家？")
    answers = iter(("85", "San Martino", "1", "为父亲或母亲", "王芳", "是"))
    while not re.search(r"R-\w{4}", wang.text):
        wang.write(next(answers))
    return wang


def proper_names(house: House) -> list[str]:
    """Of organizations, their offers and their places, of the town and its parts; the longest first."""
    town = house.store.territory
    with house.store.reading() as tx:
        names = [text for one in offers.listed(tx) for text in (one.name, one.label, one.row)]
        names += [organizations.get(tx, one.organization_id).name for one in offers.listed(tx)]
        names += [text for one in organizations.listed_locations(tx) for text in (one.name, one.address)]
    names += [town.municipality, *(place.name for place in town.localities.values())]
    return sorted({name for name in names if name}, key=len, reverse=True)


def italian_left(wang: Talker, names: list[str]) -> list[str]:
    """Latin letters in what a reader of Chinese was told, but for names, codes, and words marked as Italian."""
    said = [line for bubble in wang.seen for line in bubble.text.split("\n") if not line.startswith(BELOW)]
    said += [text for bubble in wang.seen for button in bubble.buttons for text in (button.row, button.description)]
    left = []
    for line in said:
        bare = re.sub(r"[^：；]+ \(意大利语\)|R-\w{4}|Tessere", "", line)
        for name in names:
            bare = bare.replace(name, "")
        left += [line] if re.search(r"[A-Za-zÀ-ÿ]{2,}", bare) else []
    return left


def chinese_in(text: str) -> str:
    return "".join(re.findall(r"[\u3400-\u9fff]", text))


def test_from_chinese_and_italian_to_an_appointment_each_reads_every_fact_in_their_own(
    demonstration_house: House, codes: dict[str, str]
) -> None:
    wang, sporta = sent_in_chinese(demonstration_house), Talker(demonstration_house, "sporta")
    sporta.write(f"/start {codes[OWNER]}")
    assert "Che cosa serve: Spesa e farmaci a casa." in sporta.text
    for tapped in ("Accettiamo", "mercoledì 11 marzo", "10.00", "Magazzino della Sporta", "Un volontario"):
        sporta.tap(tapped)
    sporta.tap("Un documento")
    assert sporta.text.startswith("Quando: mercoledì 11 marzo, alle 10.00.")
    assert "Chi incontra: un volontario.\nDa portare: un documento." in sporta.text
    sporta.tap("Sì, conferma")
    wang.read()
    assert "时间：3月11日星期三，10:00。\n地点：Magazzino della Sporta, Via della Prova 18。" in wang.text
    assert "见面的人：一位志愿者。\n要带：一份身份证件。" in wang.text
    wang.write("是")
    wang.write("我的申请")
    assert "见面的人：一位志愿者" in wang.text
    assert italian_left(wang, proper_names(demonstration_house)) == []
    assert chinese_in("".join(bubble.text for bubble in sporta.seen)) == "王芳"


def test_free_words_of_either_reach_the_other_with_the_name_of_their_language(
    demonstration_house: House, codes: dict[str, str]
) -> None:
    wang, sporta = sent_in_chinese(demonstration_house), Talker(demonstration_house, "sporta")
    assert "要带：la lista della spesa; per i farmaci la ricetta o il codice (意大利语)。" in wang.seen[-2].text
    sporta.write(f"/start {codes[OWNER]}")
    for said in ("accettiamo", "domani", "alle 10", "1", "una signora con la pettorina verde", "un ombrello", "sì"):
        sporta.write(said)
    wang.read()
    assert "见面的人：una signora con la pettorina verde (意大利语)。" in wang.text
    assert "要带：un ombrello (意大利语)。" in wang.text
    assert italian_left(wang, proper_names(demonstration_house)) == []


@pytest.mark.parametrize(
    ("cost", "said"),
    [("", "免费"), ("5 euro", "5 欧元"), ("15 euro al mese", "每月 15 欧元"), ("Offerta libera", "费用随意"),
     ("Si paga il caffè", "si paga il caffè (意大利语)")],
)  # fmt: skip
def test_what_an_offer_costs_is_said_in_the_language_of_the_reader(
    demonstration_house: House, cost: str, said: str
) -> None:
    with demonstration_house.store.begin() as tx:
        for one in offers.listed(tx):
            if one.name == "Spesa e farmaci a casa":
                offers.put(tx, replace(one, cost=cost))
    wang = Talker(demonstration_house, "wang")
    for text in ("我妈妈85岁，不能出门，谁能帮她买东西送到家？", "85", "San Martino"):
        wang.write(text)
    (told,) = (line for line in wang.text.split("\n") if "Spesa e farmaci a casa，" in line)
    assert f"; {said}; " in told


def test_how_one_gets_in_is_said_before_what_the_organization_wrote_of_it(demonstration_house: House) -> None:
    wang = Talker(demonstration_house, "wang")
    wang.write("我今晚没有地方睡觉")
    assert "通过社会服务部门: si chiede allo Sportello sociale" in wang.text
    assert italian_left(wang, proper_names(demonstration_house)) == []
