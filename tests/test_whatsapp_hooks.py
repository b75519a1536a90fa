"""Who calls us: only Twilio is heard, only what it signed, and whatever order it tells things in."""

from __future__ import annotations

import asyncio
import io
import logging
import random
import threading
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from twilio.request_validator import RequestValidator

from bot import logs, turn
from bot.channels import whatsapp_hooks
from bot.channels.whatsapp_hooks import BODY, FORM
from catalog_store import privacy
from catalog_store.deliveries import STATES, furthest
from catalog_store.schema import addresses, inbox, outbox, people
from tests.fakes.twilio import SENDER, TOKEN, sign
from tests.whatsapp_town import Town, town

ANNA = "whatsapp:+393330000001"
HOOK = "/whatsapp/webhook"


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Iterator[Town]:
    with town(sqlite_url, tmp_path) as made:
        yield made


def form(text: str = "buongiorno", **more: str) -> dict[str, str]:
    return {"MessageSid": "SM" + "9" * 32, "From": ANNA, "To": SENDER, "Body": text, "NumMedia": "0", **more}


def stored(here: Town) -> list[int]:
    with here.house.store.reading() as tx:
        return [
            tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (people, addresses, inbox)
        ]


# ------------------------------------------------------------------------------------------------------- signatures


def test_twilios_own_examples_are_signed_as_it_signs_them() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    called = {
        "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
        "Caller": "+14158675309",
    }  # fmt: skip
    assert RequestValidator(TOKEN).compute_signature(url, called) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert sign(url, called) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_field_that_comes_several_times_is_signed_with_all_its_values() -> None:
    from starlette.datastructures import ImmutableMultiDict

    pairs = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    signature = RequestValidator(TOKEN).compute_signature(url, ImmutableMultiDict(pairs))
    assert signature == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_what_twilio_signs_is_taken_over_the_public_address_with_its_port_or_without(here: Town) -> None:
    for number, url in enumerate((f"https://chat.example.org{HOOK}", f"https://chat.example.org:443{HOOK}")):
        posted = form(MessageSid=f"SM{number:032x}", SomethingNew="1", Nothing="")
        assert here.twilio.call(f"{here.twilio.public}{HOOK}", posted, signature=sign(url, posted)) == 200
    assert stored(here) == [1, 1, 2]


@pytest.mark.parametrize("path", [HOOK, "/whatsapp/status"])
@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "à",
        sign(f"http://127.0.0.1:8000{HOOK}", form()),
        sign(f"https://chat.example.org{HOOK}", form("no")),
    ],
    ids=["none", "nonsense", "not ascii", "of another address", "of another form"],
)
def test_who_is_not_twilio_is_refused_and_nothing_is_kept(here: Town, path: str, signature: str) -> None:
    headers = {b"X-Twilio-Signature": signature.encode()}
    assert httpx.post(here.twilio.app + path, data=form(), headers=headers).status_code == 403
    assert stored(here) == [0, 0, 0]


@pytest.mark.parametrize("path", [HOOK, "/whatsapp/status"])
def test_what_cannot_be_a_form_is_refused_and_nothing_is_kept(here: Town, path: str) -> None:
    url = here.twilio.app + path
    headers = {"Content-Type": FORM}
    assert httpx.post(url, content=b"Body=" + b"x" * BODY, headers=headers).status_code == 413
    for body in (b"Body=%FF%FE", b"Body=\xff", b"no equals sign", b"&".join(b"a=1" for _ in range(500))):
        assert httpx.post(url, content=body, headers=headers).status_code == 400, body[:20]
    assert httpx.post(url, json=form()).status_code == 400
    assert httpx.post(url, content=b"", headers=headers).status_code == 403
    assert httpx.get(url).status_code == 405
    assert stored(here) == [0, 0, 0]


def test_a_message_that_comes_again_days_later_is_answered_once(here: Town) -> None:
    posted = form()
    here.twilio.written_at[ANNA] = here.clock()
    for _ in range(3):
        assert here.twilio.call(f"{here.twilio.public}{HOOK}", posted) == 200
        here.settle()
        here.clock.advance(hours=20)
    assert len(here.phone().news()) == 1


def test_without_twilio_nobody_is_at_that_address(tmp_path: Path, sqlite_url: str) -> None:
    from tests.houses import opened
    from tests.test_web import serving

    with opened(sqlite_url, tmp_path) as house, serving(house) as base:
        assert httpx.post(base + HOOK, data=form()).status_code == 404


# ------------------------------------------------------------------------------------- when nothing can be written


def test_when_nothing_can_be_written_twilio_is_told_and_danger_is_answered_all_the_same(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any) -> None:
        raise OperationalError("database is locked", None, Exception())

    monkeypatch.setattr(turn, "RETRIES", ())
    monkeypatch.setattr(turn, "_message", locked)
    here.twilio.written_at[ANNA] = here.clock()
    assert here.twilio.call(f"{here.twilio.public}{HOOK}", form("buongiorno")) == 503
    assert here.phone().news() == []
    posted = form("mio marito mi picchia, ho paura", MessageSid="SM" + "8" * 32)
    assert here.twilio.call(f"{here.twilio.public}{HOOK}", posted) == 503
    assert "112" in here.phone().screen
    assert stored(here) == [0, 0, 0]


def test_a_turn_that_takes_too_long_is_not_waited_for_and_is_taken_when_it_ends(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, heard = threading.Event(), turn._message

    def waiting(*given: Any) -> bool | None:
        assert slow.wait(20)
        return heard(*given)

    monkeypatch.setattr(whatsapp_hooks, "PATIENCE", 0.1)
    monkeypatch.setattr(turn, "_message", waiting)
    here.twilio.written_at[ANNA] = here.clock()
    posted = form("mio marito mi picchia, ho paura")
    try:
        assert here.twilio.call(f"{here.twilio.public}{HOOK}", posted) == 503
        assert "112" in here.phone().screen
        assert stored(here) == [0, 0, 0]
    finally:
        slow.set()
    monkeypatch.undo()
    assert here.twilio.call(f"{here.twilio.public}{HOOK}", posted) == 200  # it comes again: taken once
    assert stored(here) == [1, 1, 1]


# ----------------------------------------------------------------------------------------------- what became of it


@given(st.lists(st.sampled_from(STATES[1:]), min_size=1, max_size=12), st.randoms())
def test_one_state_remains_whatever_the_order_and_the_repetition(said: list[str], chance: random.Random) -> None:
    def heard(states: list[str]) -> str:
        known = ""
        for state in states:
            known = furthest(known, state)
        return known

    again = [*said, *said]
    chance.shuffle(again)
    assert heard(again) == heard(said) == heard(sorted(said)) == max(said, key=STATES.index)


def test_callbacks_in_any_order_leave_one_state(here: Town) -> None:
    anna = here.phone()
    for order in permutations(("sent", "delivered", "read")):
        here.twilio.moods.silent = True
        here.say(anna, "buongiorno")
        sid = here.twilio.messages[-1]["sid"]
        for state in (*order, *order):
            said = {"MessageSid": sid, "MessageStatus": state}
            assert here.twilio.call(f"{here.twilio.public}/whatsapp/status", said) == 200
        assert deliveries_of(here)[sid] == "read"


def test_a_thousand_shuffled_callbacks_are_one_state_each(here: Town) -> None:
    here.twilio.moods.shuffled = random.Random(7)
    for number in range(5):
        here.say(here.phone(f"whatsapp:+39333000{number:04}"), "buongiorno")
    assert set(deliveries_of(here).values()) == {"read"}


def test_callbacks_that_never_come_change_nothing(here: Town) -> None:
    here.twilio.moods.silent = True
    assert "Buongiorno" in here.say(here.phone(), "buongiorno")
    assert set(deliveries_of(here).values()) == {""}


def test_a_callback_may_come_before_the_sending_is_written_down(here: Town) -> None:
    here.twilio.moods.early = True
    here.phone().write("buongiorno")
    here.settle()
    for thread in here.twilio.telling:
        thread.join()
    assert set(deliveries_of(here).values()) == {"read"}


def test_a_failure_is_acted_upon_once_and_delivered_may_follow_it(here: Town) -> None:
    here.twilio.moods.silent = True
    here.say(here.phone(), "buongiorno")
    sid = here.twilio.messages[-1]["sid"]
    failed = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "63013", "ErrorMessage": ""}
    for _ in range(3):
        here.twilio.call(f"{here.twilio.public}/whatsapp/status", failed)
    with here.house.store.reading() as tx:
        assert tx.execute(select(outbox.c.state, outbox.c.reason)).one() == ("waiting", "63013")
    here.settle()
    (again,) = deliveries_of(here)
    assert here.twilio.messages[-1]["sid"] == again != sid
    for said in ({"MessageSid": sid, "MessageStatus": "delivered"}, failed):  # of the one that was given up
        here.twilio.call(f"{here.twilio.public}/whatsapp/status", said)
    here.settle()
    assert deliveries_of(here) == {again: ""}
    assert here.twilio.messages[-1]["sid"] == again


def deliveries_of(here: Town) -> dict[str, str]:
    """SID → what is known to have become of it."""
    with here.house.store.reading() as tx:
        query = select(outbox.c.provider_id, outbox.c.delivery).where(outbox.c.provider_id.is_not(None))
        return {row.provider_id: row.delivery for row in tx.execute(query)}


# ------------------------------------------------------------------------------------------------------------- logs


def test_neither_the_token_nor_a_word_or_a_number_of_anybodys_is_logged(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    logs.quiet("DEBUG")
    try:
        here.twilio.moods.answers.extend([500, 429])
        here.say(here.phone(), "mia zia Ermenegilda non può uscire, chi le porta la spesa?")
        here.twilio.moods.refuse_interactive, here.twilio.moods.refuse_at_once = 63013, True
        here.clock.advance(hours=1)
        here.say(here.phone(), "mia zia Ermenegilda non può uscire, chi le porta la spesa?")
        here.twilio.call(f"{here.twilio.public}/whatsapp/status", {"MessageSid": "SM1", "MessageStatus": "failed"})
        asyncio.run(asyncio.sleep(0))
    finally:
        logging.getLogger().removeHandler(handler)
    assert "whatsapp.unknown" in written.getvalue()
    for secret in (TOKEN, "Ermenegilda", "3330000001"):
        assert secret not in written.getvalue()


# ---------------------------------------------------------------------------------------------------------- replays


def test_a_form_that_comes_again_after_a_month_is_not_answered_again(here: Town) -> None:
    here.twilio.written_at[ANNA] = here.clock()
    url, sent = f"{here.twilio.public}{HOOK}", form()
    here.twilio.call(url, sent)
    here.settle()
    here.clock.advance(days=31)
    with here.house.store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["inbox"] == 1
    here.twilio.call(url, sent)
    here.settle()
    assert len(here.phone().news()) == 1
    with here.house.store.reading() as tx:
        left = tx.execute(select(inbox)).one()
        assert (left.body, left.person_id, left.address_id) == (None, None, None)
    here.clock.advance(days=366)
    with here.house.store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["repeats"] == 1
