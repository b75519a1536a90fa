"""What operators let pass comes back to their queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import chase
from catalog_store import people, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.reach import Ways
from catalog_store.referrals import Late, Referral
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import opened
from tests.towns import Town


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def test_a_request_that_is_with_operators_is_always_in_their_queue_once(town: Town) -> None:
    town.offer("Insieme", "Pacco alimenti", "poverta.generi_alimentari")
    chat = Chat(town.store, "anna", "need").says("ho bisogno di un pacco di alimenti")
    chat.taps("Pacco").taps("Per me").says("Anna").taps("Sì, invia")
    assert isinstance(town.store.clock, Clock)
    for done in (False, True):
        with town.store.begin() as tx:
            (row,) = waiting.open_rows(tx)
            if done:
                waiting.done(tx, row.id)
        town.store.clock.advance(days=5)
        with town.store.begin() as tx:
            assert chase.overdue(tx, Ways()) == 1
        assert town.waiting() == ["referral"]
        assert town.openings("anna")[-1][0] == "news"


def test_a_request_that_meets_a_fault_does_not_stop_the_others(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.offer("Insieme", "Pacco alimenti", "poverta.generi_alimentari")
    for name in ("anna", "bruno"):
        chat = Chat(town.store, name, "need").says("ho bisogno di un pacco di alimenti")
        chat.taps("Pacco").taps("Per me").says(name.title()).taps("Sì, invia")
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(days=5)
    handed = referrals.hand_to_operator
    with town.store.begin() as tx:
        (broken,) = referrals.for_person(tx, people.recognise(tx, "webchat", "anna").id)

    def planted(tx: Transaction, uid: str) -> Referral | Late:
        if uid == broken.uid:
            raise RuntimeError("planted")
        return handed(tx, uid)

    monkeypatch.setattr(referrals, "hand_to_operator", planted)
    with town.store.begin() as tx:
        assert chase.overdue(tx, Ways()) == 2
    assert town.openings("bruno")[-1][0] == "news"
    assert not town.openings("anna")
