"""The operators' queue on both databases: who has a chat, and what a conversation looks like from there."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from catalog_store import messages, people, waiting
from catalog_store.connect import Store
from dialogs import chats
from dialogs.screens import Bubble, Button
from tests.offices import joined


@pytest.fixture
def anna(store: Store) -> int:
    with store.begin() as tx:
        return people.recognise(tx, "webchat", "anna").id


def put(store: Store, kind: str, person_id: int) -> int:
    with store.begin() as tx:
        return waiting.add(tx, kind, person_id, {}, tx.now)


def holders(store: Store, person_id: int) -> list[int | None]:
    with store.reading() as tx:
        return [row.staff_id for row in waiting.chat_of(tx, person_id)]


def test_who_takes_one_of_a_persons_chats_has_them_all(store: Store, anna: int) -> None:
    maria, luca = (joined(store, "operator", name).id for name in ("Maria Rossi", "Luca Bianchi"))
    danger, asked, call = (put(store, kind, anna) for kind in ("danger", "operator", "call"))
    with store.begin() as tx:
        assert waiting.take(tx, danger, maria)
        assert not waiting.take(tx, asked, luca)
        assert waiting.take(tx, call, luca), "a telephone call is another matter"
    assert holders(store, anna) == [maria, maria]
    with store.begin() as tx:
        assert waiting.take(tx, asked, luca, over=True)
    assert holders(store, anna) == [luca, luca]


def test_of_two_who_take_a_chat_at_the_same_moment_one_has_it(store: Store, anna: int) -> None:
    members = [joined(store, "operator", name).id for name in ("Maria Rossi", "Luca Bianchi", "Rita Blu")]
    rows, took = [put(store, kind, anna) for kind in ("danger", "operator", "fault")], []

    def take(row: int, member: int) -> None:
        with store.begin() as tx:
            if waiting.take(tx, row, member):
                took.append(member)

    threads = [Thread(target=take, args=pair) for pair in zip(rows, members, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holders(store, anna) == took * 3


def test_what_is_done_is_nobodys_to_take(store: Store, anna: int) -> None:
    maria, row = joined(store, "operator").id, put(store, "operator", anna)
    with store.begin() as tx:
        assert waiting.done(tx, row)
        assert not waiting.take(tx, row, maria, over=True)
        assert not waiting.remember(tx, row, chat="now")


def test_a_worse_danger_is_told_anew_and_the_chat_stays_whose_it_is(store: Store, anna: int) -> None:
    maria = joined(store, "operator").id
    with store.begin() as tx:
        tx.person_id = anna
        row = waiting.alarm(tx, {"kind": "violenza_in_corso", "level": "worrying", "text": "ho paura"}, None)
        waiting.acknowledge(tx, row)
        entry = waiting.get(tx, row)
        assert entry is not None
        assert chats.take_over(tx, entry, maria)
        assert waiting.alarm(tx, {"kind": "violenza_in_corso", "level": "now", "text": "mi picchia"}, None) == row
        worse = waiting.get(tx, row)
    assert worse is not None
    assert (worse.in_chat, worse.staff_id, "acknowledged" in worse.note) == (True, maria, False)


def test_a_conversation_is_read_in_order_with_what_has_not_arrived(store: Store, anna: int) -> None:
    with store.begin() as tx:
        tx.person_id = anna
        me = people.me(tx)
        menu = Bubble(
            ("Che cosa vuole fare?",), (Button("Aiuto", "Aiuto", "", "1:a:0"), Button("No", "No", "", "1:a:1"))
        )
        first = messages.post(tx, anna, me.address_id, "webchat", menu.to_json())
        messages.handed(tx, [first])
        body = {"text": "", "tap": "1:a:0", "media": "", "address": "anna"}
        messages.receive(tx, "webchat", "1", me.address_id, body, tx.now + timedelta(seconds=2))
        body = {"text": "", "tap": "", "media": "image", "address": "anna"}
        messages.receive(tx, "webchat", "2", me.address_id, body, tx.now + timedelta(seconds=3))
    with store.begin(store.clock() + timedelta(seconds=9)) as tx:
        messages.post(tx, anna, me.address_id, "webchat", Bubble(("Eccomi",)).to_json(), purpose="human")
    with store.reading() as tx:
        lines = chats.conversation(tx, anna)
    assert [(line.whose, line.text, line.state) for line in lines] == [
        ("program", "Che cosa vuole fare?", "sent"),
        ("person", "Aiuto", "taken"),
        ("person", "📷", "taken"),
        ("staff", "Eccomi", "waiting"),
    ]
    assert [(one.label, one.tapped) for one in lines[0].offered] == [("Aiuto", True), ("No", False)]
