"""«I miei dati»: what somebody agreed to is shown, and taken back as easily as it was given."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.house import House
from catalog_store.schema import referrals
from dialogs.locale import LANGUAGES, spoken
from dialogs.my_data import TAKE_BACK
from tests.houses import clock
from tests.talker import Talker
from tests.test_turn import contact, send_request


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


def states(house: House) -> list[str]:
    with house.store.reading() as tx:
        return list(tx.execute(select(referrals.c.state).order_by(referrals.c.id)).scalars())


def test_who_has_agreed_to_nothing_has_nothing_to_take_back(anna: Talker) -> None:
    anna.write("i miei dati")
    assert "il suo sì" not in anna.text
    assert "Ritiro il mio sì" not in [button.row for button in anna.seen[-1].buttons]


def test_before_agreeing_it_is_said_that_one_may_change_ones_mind(anna: Talker) -> None:
    send_request(anna)
    asked = next(bubble for bubble in anna.seen if "passo questi dati a" in bubble.text)
    assert "Anche dopo può ripensarci: «i miei dati»." in asked.text


def test_a_consent_is_taken_back_with_two_taps_and_whoever_had_the_request_is_told(
    anna: Talker, codes: dict[str, str]
) -> None:
    association = contact(anna.house, codes)
    send_request(anna)
    association.read()
    anna.write("i miei dati")
    assert "– il suo sì: passo i suoi dati a chi l'aiuta (martedì 10 marzo)" in anna.text
    anna.tap("Ritiro il mio sì")
    assert "non passo più i suoi dati a nessuno" in anna.text
    assert "Quello che ho già passato resta dov'è." in anna.text
    anna.tap("Sì, lo ritiri")
    assert "Fatto. Non passo più i suoi dati a nessuno." in anna.text
    assert "Ho ritirato 1 richiesta." in anna.text
    clock(anna.house).advance(minutes=11)  # the association's own question was shown a moment ago
    association.read()
    assert "è stata ritirata" in association.text
    assert states(anna.house) == ["withdrawn"]
    anna.write("i miei dati")
    assert "il suo sì" not in anna.text


def test_who_changes_their_mind_again_keeps_it_and_the_request_goes_on(anna: Talker, codes: dict[str, str]) -> None:
    association = contact(anna.house, codes)
    send_request(anna)
    anna.write("i miei dati")
    anna.write("ritiro il consenso")
    anna.write("no")
    assert "Va bene, il suo sì resta." in anna.text
    clock(anna.house).advance(minutes=11)
    association.read()
    assert "è stata ritirata" not in association.text
    assert states(anna.house) == ["sent"]


def test_after_it_another_request_asks_for_another_yes(anna: Talker) -> None:
    send_request(anna)
    for said in ("i miei dati", "ritiro il consenso", "sì"):
        anna.write(said)
    anna.write("mi serve un pacco di cibo")
    while not anna.text.endswith("Va bene così?"):
        anna.tap(anna.seen[-1].buttons[0].row)
    anna.tap("Sì, invia")
    assert states(anna.house) == ["withdrawn", "new"], "nobody of that association has joined: an operator brings it"
    anna.write("i miei dati")
    assert "– il suo sì" in anna.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_what_follows_is_said_before_and_a_draft_has_the_italian_below(
    demonstration_house: House, language: str
) -> None:
    anna = Talker(demonstration_house, "anna")
    send_request(anna)
    anna.write(LANGUAGES[language])
    anna.write("i miei dati")
    anna.tap(spoken(TAKE_BACK.label, language))
    assert "Quello che ho già passato resta dov'è." in anna.text
    anna.tap(anna.seen[-1].buttons[0].row)
    assert states(demonstration_house) == ["withdrawn"]
