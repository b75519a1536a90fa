"""Nobody is disturbed at night, and nothing is sent when its time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from catalog_store import messages, people, territory
from catalog_store.connect import Store
from catalog_store.reach import undisturbed
from catalog_store.schema import inbox, outbox
from tests.clock import Clock

ZONE = territory.load(territory.DEFAULT).zone


@pytest.mark.parametrize(
    ("at", "by_day"),
    [
        ("2026-03-10T07:00", "2026-03-10T07:00"),  # eight in the morning in Italy
        ("2026-03-10T19:59", "2026-03-10T19:59"),
        ("2026-03-10T20:00", "2026-03-11T07:00"),
        ("2026-03-11T06:59", "2026-03-11T07:00"),
        ("2026-03-28T23:00", "2026-03-29T06:00"),  # the clocks go forward that night
    ],
)
def test_the_quiet_hours_are_the_towns(at: str, by_day: str) -> None:
    assert undisturbed(datetime.fromisoformat(at).replace(tzinfo=UTC), ZONE).isoformat()[:16] == by_day


@pytest.mark.parametrize(
    ("urgent", "hours_since_they_wrote", "waits"), [(False, 2, True), (True, 2, False), (False, 0.5, False)]
)
def test_a_question_waits_for_the_morning_unless_it_is_urgent_or_they_are_there(
    store: Store, clock: Clock, *, urgent: bool, hours_since_they_wrote: float, waits: bool
) -> None:
    clock.now = datetime(2026, 3, 10, 21, tzinfo=UTC)
    with store.begin(clock() - timedelta(hours=hours_since_they_wrote)) as tx:
        contact = people.recognise(tx, "webchat", "contact").id
    with store.begin() as tx:
        messages.opening(tx, contact, "respond", "uid", urgent=urgent)
        due = tx.execute(select(inbox.c.due_at)).scalar_one()
    assert (due > clock()) is waits


def test_whatever_goes_out_has_an_expiry(store: Store, clock: Clock) -> None:
    body: dict[str, Any] = {}
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "anna")
        old, lost = (messages.post(tx, person.id, person.address_id, "webchat", body) for _ in range(2))
        messages.give_up(tx, lost, "blocked")
    clock.advance(days=20)
    with store.begin() as tx:
        assert messages.send_again(tx, lost)
    clock.advance(days=11)
    with store.begin() as tx:
        assert messages.expire(tx) == 1
        states = {row.id: row.state for row in tx.execute(select(outbox.c.id, outbox.c.state))}
        assert states == {old: "expired", lost: "waiting"}
