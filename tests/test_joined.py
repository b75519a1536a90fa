"""Who joins an association receives what waits for its answer, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chat import Chat
from tests.houses import opened
from tests.towns import Town

FOOD = "poverta.generi_alimentari"


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def ask(town: Town, organization: str, address: str, **offer: Any) -> str:
    """A request of somebody's to an offer of this organization; its uid."""
    town.offer(organization, f"Pacco di {address}", FOOD, **offer)
    chat = Chat(town.store, address, "need").says("ho bisogno di un pacco di alimenti")
    chat.taps(f"Pacco di {address}").taps("Per me").says("Anna").taps("Sì, invia")
    assert "Fatto." in chat.text
    return town.requests(address)[0].uid


def test_what_an_operator_was_to_bring_for_want_of_a_contact_is_theirs_now(town: Town) -> None:
    uid = ask(town, "Insieme", "anna")
    town.contact("insieme", "Insieme")
    assert "C'è 1 richiesta che aspetta" in Chat(town.store, "insieme", "joined", "association").text
    assert town.openings("insieme") == [("respond", uid)]
    assert town.waiting() == []


@pytest.mark.parametrize("organization", ["Insieme", "Il Ponte"])
def test_what_goes_through_a_desk_stays_with_the_desk(town: Town, organization: str) -> None:
    ask(town, organization, "anna", access="social_service")
    town.contact("nuova", organization)
    Chat(town.store, "nuova", "joined", "association")
    assert town.openings("nuova") == []
    assert town.waiting() == ["referral"]
    assert town.requests("anna")[0].next_actor == "operator"
