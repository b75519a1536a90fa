"""`make demo-telegram` and `make demo-whatsapp`: anyone can hold a conversation there, without an account."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.fakes.demo_telegram import telephone
from tests.fakes.telegram import BotApi
from tests.fakes.telegram_person import Person

NEED = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"


@contextmanager
def demo(channel: str) -> Iterator[str]:
    """The address of its page; it ends by a Ctrl-C."""
    command = [sys.executable, "-m", f"tests.fakes.demo_{channel.lower()}", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
            assert found
            assert f"Tessere su {channel}" in httpx.get(found[0]).text
            yield found[0]
        finally:
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=20) == 0


def does(page: str, telephone: int, **done: str) -> None:
    assert httpx.post(f"{page}/do", json={"telephone": telephone, **done}, timeout=30).status_code == 200


def until(page: str, telephone: int, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The last message on a telephone of which this holds, once there is one."""
    for _ in range(300):
        chat = httpx.get(f"{page}/telephones").json()[telephone]["messages"]
        if found := [one for one in chat if holds(one)]:
            return dict(found[-1])
        time.sleep(0.1)  # as the page itself does
    raise AssertionError(f"it never came: {chat}")


def says(words: str) -> Callable[[dict[str, Any]], bool]:
    """The program does."""
    return lambda one: not one["mine"] and words in one["body"]


def button(message: dict[str, Any], title: str) -> str:
    """Its id."""
    return str(next(one["id"] for row in message["rows"] for one in row if one["title"] == title))


def test_a_conversation_is_held_on_whatsapp() -> None:
    with demo("WhatsApp") as page:
        does(page, 0, act="write", text=NEED)
        asked = until(page, 0, says("In quale zona serve?"))
        does(page, 0, act="tap", message=asked["id"], id=button(asked, "San Martino"))
        assert until(page, 0, says("A quale posso inviare"))["list"] == "Le risposte"
        does(page, 1, act="other", which="Manda un vocale")
        until(page, 1, says("non so ascoltare i messaggi a voce"))


def test_a_conversation_is_held_on_telegram() -> None:
    with demo("Telegram") as page:
        does(page, 0, act="write", text=NEED)
        asked = until(page, 0, says("In quale zona serve?"))
        does(page, 0, act="tap", message=asked["id"], id=button(asked, "San Martino"))
        until(page, 0, says("A quale posso inviare"))
        answered = until(page, 0, says("✓ San Martino"))  # the question itself, edited
        assert (answered["id"], answered["rows"]) == (asked["id"], [])
        for which in ("Manda un vocale", "Manda una foto", "Manda il suo numero", "Manda la posizione"):
            does(page, 1, act="other", which=which)
        until(page, 1, says("non so ascoltare i messaggi a voce"))
        until(page, 1, says("questo file non l'ho tenuto"))
        assert "/operatore" in httpx.get(f"{page}/telephones").json()[1]["menu"]


def test_a_telephone_shows_the_chat_as_telegram_would() -> None:
    person = Person(BotApi())
    shown = telephone(person)
    shown.does({"act": "write", "text": "/start"})
    assert shown.shown()["typing"] is False
    person.api.call("sendChatAction", {"chat_id": person.id, "action": "typing"})
    assert shown.shown()["typing"] is True
    sent = person.api.call("sendMessage", {"chat_id": person.id, "text": "Buongiorno."})
    assert shown.shown()["typing"] is False
    assert [one["body"] for one in shown.shown()["messages"]] == ["/start", "Buongiorno."]
    person.api.call("deleteMessage", {"chat_id": person.id, "message_id": sent["message_id"]})
    shown.does({"act": "tap", "message": str(sent["message_id"]), "id": "gone"})
    assert [one["body"] for one in shown.shown()["messages"]] == ["/start"]
    assert [list(update) for update in person.api.updates] == [["update_id", "message"]]
