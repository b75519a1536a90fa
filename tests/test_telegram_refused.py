"""Telegram, where nothing to tap is taken: the same conversation, answered with numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.start import association_links
from tests.fakes.telegram_person import Person
from tests.fakes.telegram_town import Town, town
from tests.houses import fill

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"


@pytest.fixture(params=["polling", "webhook"])
def refusing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """An installation reached each way, by a Telegram that refuses every keyboard."""
    with town(tmp_path, webhook=request.param == "webhook") as made:
        made.api.keyboards = False
        fill(made.house.store)
        yield made


def numbers(person: Person, label: str, asked: str) -> None:
    """Read what is asked, and write the number that stands before this answer; its words, where it has none."""
    text = person.reads(asked)
    (mark,) = re.findall(rf"^ +(\d+\.|·) {re.escape(label)}(?: – .*)?$", text, re.MULTILINE)
    person.writes(label if mark == "·" else mark.removesuffix("."))


def test_a_citizen_asks_an_association_accepts_and_the_citizen_hears(refusing: Town) -> None:
    anna, sporta = refusing.person("Anna"), refusing.person("Ornella")
    sporta.writes(f"/start {dict(association_links(refusing.house))['La Sporta Amica ODV']}")
    sporta.reads("Da ora lei risponde qui per La Sporta Amica ODV")
    anna.writes(NEED)
    numbers(anna, "San Martino", "In quale zona serve?")
    numbers(anna, "Spesa e farmaci a casa", "A quale posso inviare")
    numbers(anna, "Qui, senza il mio nome", "Come può chiamarla")
    numbers(anna, "Sì, invia", "Va bene così?")
    anna.reads("Fatto. Ho inviato la richiesta")
    numbers(sporta, "Accettiamo", "Potete occuparvene?")
    sporta.reads("In che giorno?")
    sporta.writes("domani")
    numbers(sporta, "10.00", "A che ora?")
    numbers(sporta, "A casa della persona", "Dove?")
    numbers(sporta, "Salta", "Chi incontra")
    numbers(sporta, "Come di solito", "Che cosa deve portare?")
    numbers(sporta, "Sì, conferma", "Confermo questa proposta?")
    sporta.reads("La proposta è partita")
    numbers(anna, "Va bene", "Buone notizie! La Sporta Amica ODV ha accettato")
    anna.reads("Bene, è tutto confermato")
    asked = [call for method, call in refusing.api.calls if method == "sendMessage" and call.get("reply_markup")]
    assert asked, "something to tap was tried first"
    assert not any(message.get("reply_markup") for one in (anna, sporta) for message in one.chat.messages)
