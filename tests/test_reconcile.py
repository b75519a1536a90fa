"""After an outage Twilio's own list says what was missed: each message is taken once, in the order written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import clock, reconcile, turn
from bot.reconcile import LONGEST, OVERLAP
from catalog_store import accounts
from catalog_store.schema import inbox, outbox
from tests.houses import opened
from tests.whatsapp_town import Town, town


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with town(database_url, tmp_path) as made:
        assert made.reconcile() == 0  # the first round says where to begin
        yield made


def taken(here: Town) -> list[tuple[str, str]]:
    """(SID, text) of every message that was taken, in the order of the taking."""
    with here.house.store.reading() as tx:
        rows = tx.execute(select(inbox).where(inbox.c.kind == "message").order_by(inbox.c.id)).all()
        return [(row.provider_id, row.body.open(row.uid)["text"]) for row in rows]


def test_after_three_hours_what_was_missed_is_taken_once_and_in_order(here: Town) -> None:
    people = [here.phone(f"whatsapp:+3933300000{number:02}") for number in range(8)]
    for number, phone in enumerate(people[:3]):
        here.say(phone, f"buongiorno {number}")
    before = taken(here)
    here.twilio.moods.lost = True
    written = []
    for number in range(30):
        here.clock.advance(minutes=6)
        phone = people[number * 5 % 8]
        phone.write(f"messaggio {number}")
        written.append((phone.sids[-1], f"messaggio {number}"))
    here.twilio.moods.lost = False
    assert taken(here) == before
    assert here.reconcile() == 30
    assert taken(here) == [*before, *written]
    here.settle()
    assert here.reconcile() == 0
    assert taken(here) == [*before, *written]
    assert all(phone.news() for phone in people)


def test_a_button_that_was_tapped_meanwhile_is_read_by_its_words(here: Town) -> None:
    anna = here.phone()
    here.say(anna, "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?")
    here.twilio.moods.lost = True
    anna.tap("San Martino")
    here.twilio.moods.lost = False
    assert here.reconcile() == 1
    here.settle()
    assert "A quale posso inviare" in anna.screen


def test_a_file_that_was_sent_meanwhile_is_known_by_its_kind(here: Town) -> None:
    here.twilio.moods.lost = True
    here.phone().send_file("audio/ogg")
    here.twilio.moods.lost = False
    assert here.reconcile() == 1
    with here.house.store.reading() as tx:
        row = tx.execute(select(inbox)).one()
        assert row.body.open(row.uid)["media"] == "voice"


def test_what_failed_meanwhile_is_known_afterwards(here: Town) -> None:
    anna = here.phone()
    here.twilio.moods.refuse_interactive, here.twilio.moods.lost = 63024, False
    anna.write("Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?")
    here.twilio.moods.lost = True
    here.settle()
    with here.house.store.reading() as tx:
        assert tx.execute(select(outbox.c.delivery)).scalar_one() == ""
    here.reconcile()
    with here.house.store.reading() as tx:
        assert tx.execute(select(outbox.c.state, outbox.c.reason)).one() == ("waiting", "63024")


def test_a_failure_that_was_heard_of_is_not_looked_for_again(here: Town, capsys: pytest.CaptureFixture[str]) -> None:
    here.twilio.moods.refuse_interactive = 63013
    here.say(here.phone(), "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?")
    assert [one["number"] for one in here.twilio.messages if one["number"]] == [63013]
    here.reconcile()
    assert "whatsapp.unknown" not in "".join(capsys.readouterr())


def test_a_message_that_is_listed_while_it_arrives_is_taken_once(here: Town) -> None:
    """Whichever comes first, and both at once."""
    anna = here.phone()
    here.twilio.moods.lost = True
    anna.write("buongiorno")
    form = {"MessageSid": anna.sids[-1], "From": anna.address, "To": "whatsapp:+390550000000", "Body": "buongiorno"}
    here.clock.advance(seconds=reconcile.LEASE + 1)

    async def both() -> None:
        hook = f"{here.twilio.public}/whatsapp/webhook"
        arriving = asyncio.to_thread(here.twilio.call, hook, form)
        _, status = await asyncio.gather(reconcile.reconcile(here.house, here.channel), arriving)
        assert status == 200

    asyncio.run(both())
    here.twilio.moods.lost = False
    here.settle()
    assert here.reconcile() == 0
    assert len(taken(here)) == 1
    assert len(anna.news()) == 1


def test_one_process_at_a_time_does_it(here: Town) -> None:
    here.twilio.moods.lost = True
    here.phone().write("buongiorno")
    here.clock.advance(seconds=reconcile.LEASE + 1)

    async def two() -> list[int]:
        rounds = (reconcile.reconcile(here.house, here.channel) for _ in range(2))
        return sorted(await asyncio.gather(*rounds))

    assert asyncio.run(two()) == [0, 1]


def test_when_nothing_can_be_written_the_next_round_begins_where_this_one_did(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.twilio.moods.lost = True
    here.phone().write("buongiorno")

    async def unavailable(*_: object) -> None:
        raise turn.Unavailable(())

    with monkeypatch.context() as patch:
        patch.setattr(turn, "take", unavailable)
        assert here.reconcile() == 0
    here.clock.advance(hours=5)
    assert here.reconcile() == 1


def test_it_looks_back_a_little_further_than_it_must_and_no_further_than_a_week(here: Town) -> None:
    anna = here.phone()
    here.twilio.moods.lost = True
    anna.write("poco prima dell'ultimo giro")
    here.clock.advance(seconds=OVERLAP.total_seconds() / 2)
    with here.house.store.begin() as tx:
        accounts.reconciled(tx, "whatsapp", tx.now)
    assert here.reconcile() == 1
    anna.write("troppo tempo fa")
    here.clock.advance(seconds=(LONGEST + timedelta(hours=1)).total_seconds())
    assert here.reconcile() == 0


def test_a_first_round_takes_nothing_that_was_written_before_it(tmp_path: Path, sqlite_url: str) -> None:
    with town(sqlite_url, tmp_path) as here:
        here.twilio.moods.lost = True
        here.phone().write("a chi c'era prima")
        here.clock.advance(hours=2)
        assert here.reconcile() == 0
        assert here.reconcile() == 0
        assert taken(here) == []


def test_what_twilio_does_not_tell_is_asked_again_later(here: Town) -> None:
    here.twilio.moods.lost = True
    here.phone().write("buongiorno")
    here.clock.advance(seconds=reconcile.LEASE + 1)
    here.twilio.moods.answers.append(500)
    asyncio.run(clock._reconcile(here.house, here.channel))
    assert here.reconcile() == 1


def test_the_clock_has_it_only_with_whatsapp(here: Town, tmp_path: Path) -> None:
    def jobs(house: object) -> list[str]:
        return [job.func.__name__ for job in clock.scheduler(house).get_jobs()]  # type: ignore[arg-type]

    assert jobs(here.house).count("_reconcile") == 1
    with opened(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other") as house:
        assert "_reconcile" not in jobs(house)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lost=st.lists(st.booleans(), min_size=1, max_size=12), twice=st.booleans())
def test_whatever_is_lost_each_message_is_taken_once(
    tmp_path_factory: pytest.TempPathFactory, *, lost: list[bool], twice: bool
) -> None:
    folder = tmp_path_factory.mktemp("town")
    with town(f"sqlite:///{folder / 'tessere.db'}", folder, synced=False) as here:
        here.reconcile()
        here.twilio.moods.twice = twice
        anna = here.phone()
        for number, gone in enumerate(lost):
            here.twilio.moods.lost = gone
            here.clock.advance(minutes=1)
            anna.write(f"messaggio {number}")
        assert here.reconcile() == sum(lost)
        assert sorted(sid for sid, _ in taken(here)) == sorted(anna.sids)
