"""Who stops in the middle of the form is asked once, after a week, while the call is open and nothing was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import chase
from bot.house import House
from catalog_store import bodies, conversations, enrolments, organizations, people
from catalog_store.enrolments import Enrolment
from tests.clock import TUESDAY
from tests.houses import clock
from tests.network import invited, sent
from tests.talker import Talker

CALL = Enrolment("Avviso 2026", "Cerchiamo.", TUESDAY.date(), TUESDAY.date() + timedelta(days=30))
UID = "il-ponte-odv"


@pytest.fixture
def anna(house: House) -> Talker:
    """She has used the code of her association, and answered something."""
    with house.store.begin() as tx:
        enrolments.put(tx, CALL)
    _, code = invited(house.store)
    talker = Talker(house, "anna")
    talker.write(f"/start {code}")
    return talker


def week(house: House, days: float = 7.1) -> int:
    """The clock ticks, so many days after; how many are asked."""
    clock(house).advance(days=days)
    with house.store.begin() as tx:
        return chase.left_midway(tx)
