"""What goes out: in order, at the right pace, past whoever cannot be reached, and once, or twice and marked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import clock as ticking
from bot.channels.whatsapp_hooks import told
from bot.deliver import ChannelError, Delivery, Fault, refused
from bot.house import House
from bot.pace import Pace
from catalog_store import dispatch, messages, people, waiting
from catalog_store.schema import addresses, outbox
from dialogs.screens import Bubble
from tests.houses import clock, opened
from tests.providers import (
    TAP,
    TELEGRAM,
    TEMPLATES,
    WHATSAPP,
    Provider,
    delivered,
    post,
    row,
    rows,
    running,
)
from tests.talker import Talker

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    with opened(database_url, tmp_path, **WHATSAPP, **TELEGRAM, **TEMPLATES) as made:
        yield made


def calls(house: House) -> list[dict[str, str]]:
    with house.store.reading() as tx:
        return [one.note for one in waiting.open_rows(tx) if one.kind == "call"]


# Order and pace -------------------------------------------------------------------------------------------------------


def test_each_lane_keeps_its_order_and_danger_goes_first(house: House) -> None:
    for text, lane in (("one", 1), ("news", 2), ("two", 1), ("112", 0)):
        post(house, "anna", text, lane=lane)
    provider = Provider()
    delivered(house, provider)
    assert [text for _, _, text in provider.sent] == ["112", "one", "two", "news"]


def test_one_address_that_does_not_answer_delays_nobody_else(house: House) -> None:
    provider = Provider(stuck={"slow"})
    for address in ("slow", "anna", "slow", "bruno", "slow", "carla"):
        post(house, address, "ciao")
    asyncio.run(running(house, provider, 3))
    assert [address for address, _, _ in provider.sent] == ["anna", "bruno", "carla"]


def test_who_is_asked_to_slow_down_waits_and_the_others_and_other_lanes_do_not(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("429", retry_at=NOW + timedelta(seconds=90))]
    first, second = post(house, "anna", "first"), post(house, "anna", "second")
    post(house, "bruno", "ciao")
    delivered(house, provider)
    assert [text for _, _, text in provider.sent] == ["ciao"]
    assert (row(house, first).due_at, row(house, second).state) == (NOW + timedelta(seconds=90), "waiting")
    post(house, "anna", "112", lane=messages.DANGER)
    delivered(house, provider)
    assert provider.sent[-1][2] == "112", "danger does not wait for a reply that backs off"
    clock(house).advance(seconds=89)
    delivered(house, provider)
    assert len(provider.sent) == 2
    clock(house).advance(seconds=2)
    delivered(house, provider)
    assert [text for _, _, text in provider.sent[2:]] == ["first", "second"]


def test_one_address_is_written_to_at_its_pace_and_another_meanwhile(house: House) -> None:
    provider = Provider(pace=6.0)
    for address in ("anna", "anna", "bruno"):
        post(house, address, "ciao")
    delivered(house, provider)
    assert [address for address, _, _ in provider.sent] == ["anna", "bruno"]
    clock(house).advance(seconds=5)
    delivered(house, provider)
    assert len(provider.sent) == 2
    clock(house).advance(seconds=1)
    delivered(house, provider)
    assert [address for address, _, _ in provider.sent] == ["anna", "bruno", "anna"]


def test_an_account_keeps_its_rate(house: House) -> None:
    provider = Provider(rate=3.0)
    for number in range(8):
        post(house, f"person {number}", "ciao")
    delivered(house, provider)
    assert len(provider.sent) == 3
    clock(house).advance(seconds=1)
    delivered(house, provider)
    assert len(provider.sent) == 6


def test_a_rate_below_one_a_second_still_sends() -> None:
    pace = Pace(0.0, 0.5)
    assert pace.left(NOW, 0, 10) == 1
    pace.count(1, NOW)
    assert pace.left(NOW, 0, 10) == 0
    assert pace.next(NOW, 0) == NOW + timedelta(seconds=2)
    assert pace.left(NOW + timedelta(seconds=2), 0, 10) == 1


def test_one_goes_after_the_other_and_one_that_hangs_holds_up_nobody() -> None:
    pace, soon = Pace(0.0, 20.0), NOW + timedelta(seconds=0.05)
    assert pace.left(NOW, 0, 10) == 1
    pace.count(1, NOW)
    assert pace.left(NOW, 1, 10) == 0, "what became of the first is not known"
    assert pace.next(NOW, 1) == soon
    assert pace.next(NOW, 0) is None, "nobody wakes for what is over"
    assert pace.left(NOW, 0, 10) == 1, "it is known now"
    assert pace.left(soon, 1, 10) == 1, "it hangs"
    assert pace.left(soon, 10, 10) == 0


def test_what_is_posted_while_it_runs_is_sent_at_once(house: House) -> None:
    provider = Provider()

    async def talk() -> None:
        post(house, "anna", "one")
        await running(house, provider, 1)

    asyncio.run(talk())
    assert [text for _, _, text in provider.sent] == ["one"]
    assert rows(house, "state") == [("sent",)]


def test_what_is_taken_back_while_it_is_being_sent_is_known_by_its_number(house: House) -> None:
    provider = Provider()
    id = post(house, "anna", "Non ho capito.")

    async def meanwhile() -> str | None:
        delivery = Delivery(house, provider)
        await delivery._round()
        with house.store.begin() as tx:
            taken_back = messages.take_back(tx, id, tx.now)
        await delivery.once()
        return taken_back

    assert asyncio.run(meanwhile()) == "recent"
    assert (row(house, id).state, row(house, id).provider_id) == ("replaced", "telegram-0")


def test_what_is_taken_back_in_the_moment_of_the_claim_is_not_sent(house: House) -> None:
    id = post(house, "anna", "Non ho capito.")
    if house.store.embedded:
        return  # one writes at a time
    with ThreadPoolExecutor(1) as another, house.store.begin() as tx:
        assert messages.take_back(tx, id, tx.now) == "unsent"
        assert another.submit(claimed, house).result(10) == [], "it is left to who takes it back, and nobody waits"
    assert claimed(house) == []


def claimed(house: House) -> list[dispatch.Due]:
    with house.store.begin() as tx:
        return dispatch.claim(tx, "telegram")


# Two processes --------------------------------------------------------------------------------------------------------


def test_one_process_delivers_and_another_takes_over_when_it_is_gone(house: House) -> None:
    first, second = Provider(), Provider()
    post(house, "anna", "one")
    delivered(house, first)
    post(house, "anna", "two")
    delivered(house, second)
    assert second.sent == [], "the first holds the account"
    clock(house).advance(seconds=31)
    delivered(house, second)
    assert [text for _, _, text in second.sent] == ["two"]


def test_a_process_that_is_told_to_stop_gives_the_account_back(house: House) -> None:
    first, second = Provider(), Provider()
    post(house, "anna", "one")
    asyncio.run(running(house, first, 1))
    post(house, "anna", "two")
    delivered(house, second)
    assert [text for _, _, text in second.sent] == ["two"]


def dies_while_it_sends(house: House, to: str) -> None:
    async def dies() -> None:
        delivery = Delivery(house, Provider(stuck={to}))
        await delivery._round()
        for task in delivery._under_way.values():
            task.cancel()

    asyncio.run(dies())
    clock(house).advance(seconds=31)


def test_what_was_being_sent_when_a_process_died_is_sent_again_and_marked(house: House) -> None:
    next_one = Provider()
    post(house, "bruno", "ciao")
    doubtful = post(house, "anna", "ciao")
    dies_while_it_sends(house, "anna")
    delivered(house, next_one)
    assert sorted(address for address, _, _ in next_one.sent) == ["anna", "bruno"]
    assert row(house, doubtful).reason == "again"


def test_what_may_arrive_twice_is_marked_although_it_was_refused_in_between(house: House) -> None:
    doubtful, provider = post(house, "anna", "ciao"), Provider()
    dies_while_it_sends(house, "anna")
    provider.refuses["anna"] = [ChannelError("500")]
    delivered(house, provider)
    clock(house).advance(seconds=5)
    delivered(house, provider)
    assert [text for _, _, text in provider.sent] == ["ciao"]
    assert row(house, doubtful).reason == "again"


def test_a_reply_that_is_taken_back_while_it_is_on_its_way_can_still_be_taken_away(house: House) -> None:
    provider = Provider()
    reply = post(house, "anna", "ciao")

    async def deliver() -> None:
        delivery = Delivery(house, provider)
        await delivery._round()
        with house.store.begin() as tx:
            assert messages.take_back(tx, reply, tx.now) == "recent"
        await delivery.once()

    asyncio.run(deliver())
    assert (row(house, reply).state, row(house, reply).provider_id) == ("replaced", "telegram-0")


# Refusals -------------------------------------------------------------------------------------------------------------


def test_what_to_tap_is_refused_once_and_is_numbered_from_then_on(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("63013", "shape")]
    post(house, "anna", "Va bene?", buttons=TAP)
    delivered(house, provider)
    assert provider.sent == [("anna", "numbered", "Va bene?")]
    post(house, "anna", "E adesso?", buttons=TAP)
    delivered(house, provider)
    assert provider.sent[-1] == ("anna", "numbered", "E adesso?")


def test_who_blocks_us_is_not_written_to_again_and_news_is_telephoned(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("403", "blocked")]
    first = post(house, "anna", "Buone notizie", purpose="news")
    post(house, "anna", "Ancora", purpose="news")
    with house.store.begin() as tx:
        people.keep(tx, 1, phone="+390551234567")
    delivered(house, provider)
    assert provider.sent == []
    assert row(house, first).open == "unreachable"
    assert [call["phone"] for call in calls(house)] == ["+390551234567"], "one call, whatever the number of bubbles"
    assert rows(house, "state") == [("held",), ("held",)], "it is said here too, should they come back"


def test_another_channel_is_tried_before_the_telephone(house: House) -> None:
    telegram, whatsapp = Provider(), Provider("whatsapp")
    telegram.refuses["anna"] = [ChannelError("403", "blocked")]
    post(house, "+390551234567", "", channel="whatsapp")
    delivered(house, whatsapp)
    whatsapp.letters.clear()
    clock(house).advance(hours=1)
    lost = post(house, "anna", "Buone notizie", buttons=TAP, purpose="news")
    with house.store.begin() as tx:
        tx.execute(update(addresses).values(person_id=1))
        tx.execute(update(outbox).values(person_id=1))
    delivered(house, telegram, whatsapp)
    assert whatsapp.sent == [("+390551234567", "tapped", "Buone notizie")]
    assert row(house, lost).state == "moved"
    assert calls(house) == []


def test_what_a_channel_will_never_take_is_a_dead_letter_and_news_is_telephoned(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("400", "content"), ChannelError("400", "content")]
    post(house, "anna", "troppo", purpose="news")
    post(house, "anna", "un promemoria", purpose="reminder")
    post(house, "anna", "ciao")
    delivered(house, provider)
    assert [text for _, _, text in provider.sent] == ["ciao"]
    assert rows(house, "state", "reason") == [("dead", "400"), ("dead", "400"), ("sent", None)]
    assert len(calls(house)) == 1


@pytest.mark.parametrize(
    ("purpose", "minutes"), [("reply", 350), ("request", 350), ("human", 350), ("news", 55), ("danger", 9)]
)
def test_an_outage_is_waited_out(house: House, purpose: str, minutes: int) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("500")] * 1000
    post(house, "anna", "ciao", purpose=purpose)
    for _ in range(10):
        delivered(house, provider, rounds=1)
        clock(house).advance(minutes=minutes / 10)
    assert (rows(house, "state"), calls(house)) == ([("waiting",)], [])
    provider.refuses.clear()
    clock(house).advance(minutes=15)
    delivered(house, provider)
    assert provider.sent == [("anna", "numbered", "ciao")]


@pytest.mark.parametrize(("purpose", "minutes"), [("news", 60), ("danger", 10)])
def test_what_must_be_known_is_telephoned_when_the_outage_lasts(house: House, purpose: str, minutes: int) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("500")] * 1000
    post(house, "anna", "ciao", purpose=purpose)
    for _ in range(11):
        delivered(house, provider, rounds=2)
        clock(house).advance(minutes=minutes / 10)
    assert (rows(house, "state", "reason"), len(calls(house))) == ([("held", "call")], 1)


def test_what_was_held_for_days_is_tried_anew_when_they_write_during_an_outage(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    clock(house).advance(hours=25)
    held = post_later(house)
    delivered(house, provider)
    clock(house).advance(hours=20)
    write(house)
    provider.refuses[ANNA] = [ChannelError("500")]
    delivered(house, provider)
    assert row(house, held).state == "waiting"
    clock(house).advance(seconds=3)
    delivered(house, provider)
    assert row(house, held).state == "sent"


@pytest.mark.parametrize("busy", [[], [ChannelError("500")]])
def test_what_was_never_answered_is_sent_again_and_marked(house: House, busy: list[Exception]) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("TimedOut", doubtful=True), *busy]
    doubtful = post(house, "anna", "ciao")
    for _ in range(3):
        delivered(house, provider)
        clock(house).advance(seconds=5)
    assert (len(provider.sent), row(house, doubtful).reason) == (1, "again")


def test_a_channel_that_stays_away_is_given_up_after_a_while(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [RuntimeError()] * 100
    post(house, "anna", "un promemoria", purpose="reminder")
    post(house, "bruno", "novità", purpose="news")
    provider.refuses["bruno"] = [ChannelError("500")] * 100
    for _ in range(40):
        delivered(house, provider)
        clock(house).advance(minutes=16)
    assert rows(house, "state", "reason") == [("dead", "no_way"), ("held", "call")]
    assert len(calls(house)) == 1
    with house.store.begin() as tx:
        assert messages.send_again(tx, 1)
    provider.refuses.clear()
    delivered(house, provider)
    assert provider.sent == [("anna", "numbered", "un promemoria")]


def test_who_asked_us_to_stop_gets_their_news_and_no_reminder(house: House) -> None:
    provider = Provider()
    for purpose in ("reminder", "survey", "broadcast", "news"):
        post(house, "anna", purpose, purpose=purpose)
    with house.store.begin() as tx:
        tx.person_id = 1
        assert people.stop(tx)
    delivered(house, provider)
    assert [text for _, _, text in provider.sent] == ["news"]
    assert rows(house, "state", "reason") == [*[("expired", "stopped")] * 3, ("sent", None)]


def test_nothing_is_sent_after_its_time(house: House) -> None:
    post(house, "anna", "domani alle nove", expires_at=NOW + timedelta(hours=1), due_at=NOW)
    clock(house).advance(hours=2)
    provider = Provider()
    delivered(house, provider)
    assert provider.sent == []


def test_one_call_never_takes_the_place_of_another(house: House) -> None:
    provider = Provider()
    provider.refuses["anna"] = [ChannelError("403", "blocked")]
    post(house, "anna", "Chiami il 112.", purpose="danger", lane=messages.DANGER)
    for words in ("La chiamo domani.", "Porti un documento."):
        with house.store.begin() as tx:
            messages.post(tx, 1, 1, "telegram", Bubble(("Le risponde una persona:", words)).to_json(), purpose="human")
    with house.store.begin() as tx:
        people.keep(tx, 1, phone="+390551234567")
        for _ in range(2):
            messages.post(tx, 1, 1, "telegram", Bubble(("Ecco.",)).to_json())
    delivered(house, provider)
    assert [call["then"] for call in calls(house)] == [
        "Chiami subito; se non risponde, il 112.", "La chiamo domani.", "Porti un documento.",
        "Chieda di che cosa ha bisogno.",
    ]  # fmt: skip


# The window -----------------------------------------------------------------------------------------------------------

ANNA = "+390551234567"


NUMBERS = count()  # a message seen twice is taken once


def write(house: House, text: str = "eccomi") -> None:
    Talker(house, ANNA, channel="whatsapp", numbers=NUMBERS).write(text, read=False)


def test_outside_the_window_one_knock_holds_all_that_waits_until_they_write(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    delivered(house, provider)
    provider.letters.clear()
    clock(house).advance(hours=25)
    with house.store.begin() as tx:
        body = Bubble(("Buone notizie",)).to_json()
        for purpose in ("news", "human"):
            messages.post(tx, 1, 1, "whatsapp", body, purpose=purpose, lane=messages.NOTICE)
    delivered(house, provider)
    assert [(one.form, one.language) for one in provider.letters] == [("knock", "it")]
    assert rows(house, "state")[1:] == [("held",), ("held",)]
    write(house, "ok")
    delivered(house, provider)
    assert provider.sent[1:] == [(ANNA, "numbered", "Buone notizie")] * 2, "what was held is the answer to an «ok»"
    write(house, "ok")
    clock(house).advance(seconds=2)
    delivered(house, provider)
    assert len(provider.sent) > 3, "from then on they are answered as ever"


def test_danger_and_commands_are_heard_even_as_the_answer_to_a_knock(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    clock(house).advance(hours=25)
    held = post_later(house)
    delivered(house, provider)
    write(house, "mio marito mi sta picchiando, aiuto")
    delivered(house, provider)
    assert "112" in provider.sent[-2][2]
    assert row(house, held).state == "sent"


def post_later(house: House) -> int:
    """News for Anna, who is silent."""
    with house.store.begin() as tx:
        tx.execute(update(outbox).values(state="sent"))
        body = Bubble(("Buone notizie",)).to_json()
        return messages.post(tx, 1, 1, "whatsapp", body, purpose="news", lane=messages.NOTICE)


def test_a_window_that_only_the_provider_knows_to_be_closed_is_believed(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    held = post_later(house)
    clock(house).advance(hours=1)
    provider.refuses[ANNA] = [ChannelError("63016", "window")]
    delivered(house, provider)
    assert [one.form for one in provider.letters] == ["knock"]
    assert row(house, held).state == "held"
    write(house)
    delivered(house, provider)
    assert row(house, held).state == "sent"


def test_a_knock_that_nobody_answers_becomes_a_call_and_is_still_said_when_they_write(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    clock(house).advance(hours=25)
    held = post_later(house)
    delivered(house, provider)
    clock(house).advance(hours=25)
    for _ in range(3):
        ticking._expire(house)
    assert [call["phone"] for call in calls(house)] == [ANNA]
    write(house)
    delivered(house, provider)
    assert row(house, held).state == "sent"


def test_what_was_held_moves_to_the_channel_they_write_from(house: House) -> None:
    whatsapp, telegram = Provider("whatsapp"), Provider()
    write(house, "menu")
    clock(house).advance(hours=25)
    held = post_later(house)
    delivered(house, whatsapp)
    Talker(house, "anna", channel="telegram").write("menu", read=False)
    with house.store.begin() as tx:  # they are one person
        tx.execute(update(addresses).values(person_id=1))
    Talker(house, "anna", channel="telegram", numbers=iter([7])).write("ok", read=False)
    delivered(house, telegram)
    assert row(house, held).channel == "telegram"
    assert row(house, held).state == "sent"


def test_a_page_left_closed_for_a_day_becomes_a_call_if_a_number_is_known(house: House) -> None:
    anna = Talker(house, "anna")
    anna.write("menu")
    post(house, "anna", "Buone notizie", channel="webchat", purpose="news")
    clock(house).advance(hours=25)
    ticking._expire(house)
    assert calls(house) == [], "nobody knows a number: the page shows it whenever it is opened"
    with house.store.begin() as tx:
        people.keep(tx, 1, phone="+390551234567")
        tx.execute(update(outbox).values(reason=None))
    for _ in range(2):
        ticking._expire(house)
    assert len(calls(house)) == 1
    assert [bubble.text for bubble in anna.read()] == ["Buone notizie"]


def test_news_that_was_moved_to_a_page_and_stays_there_unread_is_telephoned(house: House) -> None:
    provider = Provider()
    Talker(house, "page").write("menu")
    clock(house).advance(minutes=1)
    post(house, "anna", "Buone notizie", purpose="news")
    with house.store.begin() as tx:
        tx.execute(update(addresses).values(person_id=1))
        tx.execute(update(outbox).values(person_id=1))
    provider.refuses["anna"] = [ChannelError("403", "blocked")]
    delivered(house, provider)
    assert rows(house, "account", "state")[1:] == [("telegram", "moved"), ("webchat", "waiting")]
    with house.store.begin() as tx:
        people.keep(tx, 1, phone="+390551234567")
    clock(house).advance(hours=23)
    ticking._expire(house)
    assert calls(house) == []
    clock(house).advance(hours=2)
    for _ in range(2):
        ticking._expire(house)
    assert [call["phone"] for call in calls(house)] == ["+390551234567"]


# What the provider says afterwards ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "state", "called"),
    [
        (ChannelError("63016", "window"), "held", 0),
        (ChannelError("63024", "blocked"), "held", 1),
        (ChannelError("63013", "shape"), "sent", 0),
        (ChannelError("63005", "content"), "dead", 1),
        (ChannelError("63018"), "waiting", 0),
    ],
)
def test_a_refusal_that_comes_later_does_what_one_at_once_does(
    house: House, error: ChannelError, state: str, called: int
) -> None:
    provider = Provider("whatsapp")
    id = post(house, ANNA, "Buone notizie", channel="whatsapp", purpose="news", buttons=TAP)
    delivered(house, provider)
    clock(house).advance(minutes=1)
    for _ in range(2):  # callbacks are repeated
        asyncio.run(refused(house, "whatsapp", "whatsapp-0", error))
    delivered(house, provider)
    assert row(house, id).state == state
    assert len(calls(house)) == called
    assert row(house, id).plain == (error.fault == "shape")


def test_a_callback_that_comes_early_waits_however_often_the_bell_rings(house: House) -> None:
    id = post(house, ANNA, "ciao", channel="whatsapp")

    async def early() -> None:
        telling = asyncio.create_task(told(house, "whatsapp-0", "read", None))
        for _ in range(100):
            house.wake.wake()
            await asyncio.to_thread(row, house, id)
        await Delivery(house, Provider("whatsapp")).once()
        await telling

    asyncio.run(early())
    assert row(house, id).delivery == "read"


@pytest.mark.parametrize(("reason", "fault"), [("63016", "window"), ("63014", "blocked")])
def test_a_refusal_from_before_they_wrote_closes_nothing(house: House, reason: str, fault: Fault) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    delivered(house, provider)
    clock(house).advance(minutes=1)
    write(house, "indietro")
    clock(house).advance(seconds=5)
    asyncio.run(refused(house, "whatsapp", "whatsapp-0", ChannelError(reason, fault)))
    provider.letters.clear()
    delivered(house, provider)
    clock(house).advance(seconds=5)
    delivered(house, provider)
    assert {one.form for one in provider.letters} <= {"tapped", "numbered"}
    assert len(provider.letters) == 2, "what was refused, and the answer to what they wrote"
    assert row(house, 1).open == "reachable"


def test_a_knock_that_was_read_says_nothing_of_the_message_behind_it(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    clock(house).advance(hours=25)
    held = post_later(house)
    delivered(house, provider)
    asyncio.run(told(house, "whatsapp-0", "read", None))
    write(house)
    delivered(house, provider)
    assert provider.sent[-1] == (ANNA, "numbered", "Buone notizie")
    asyncio.run(told(house, row(house, held).provider_id, "failed", 63024))
    delivered(house, provider)
    assert row(house, held).state == "held"
    assert [call["phone"] for call in calls(house)] == [ANNA]


def test_a_knock_refused_later_becomes_a_call(house: House) -> None:
    provider = Provider("whatsapp")
    write(house, "menu")
    clock(house).advance(hours=25)
    post_later(house)
    delivered(house, provider)
    asyncio.run(refused(house, "whatsapp", "whatsapp-0", ChannelError("63041", "content")))
    delivered(house, provider)
    assert len(calls(house)) == 1
    asyncio.run(refused(house, "whatsapp", "nobody's", ChannelError("63024", "blocked")))
