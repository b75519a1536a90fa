"""What operators let pass comes back to their queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import chase
from catalog_store import waiting
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
            assert chase.overdue(tx) == 1
        assert town.waiting() == ["referral"]
        assert town.openings("anna")[-1][0] == "news"
