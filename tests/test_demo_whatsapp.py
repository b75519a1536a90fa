"""`make demo-whatsapp`: anyone can hold a conversation on WhatsApp, without an account."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest


@pytest.fixture
def page() -> Iterator[str]:
    """The address of its page."""
    command = [sys.executable, "-m", "tests.fakes.demo_whatsapp", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+", demo.stdout.readline())
        assert found
        yield found[0]
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=20)


def until(page: str, phone: int, words: str) -> dict[str, Any]:
    """The last message on a telephone, once it says this."""
    for _ in range(300):
        chat: list[dict[str, Any]] = httpx.get(f"{page}/chats").json()[phone]
        if chat and not chat[-1]["mine"] and words in chat[-1]["body"]:
            return chat[-1]
        time.sleep(0.1)  # as the page itself does
    raise AssertionError(f"{words!r} never came")


def test_a_conversation_is_held_on_the_page(page: str) -> None:
    assert "Tessere su WhatsApp" in httpx.get(page).text
    need = "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?"
    httpx.post(f"{page}/do", json={"phone": 0, "act": "write", "text": need}, timeout=30)
    asked = until(page, 0, "In quale zona serve?")
    row = next(one for one in asked["buttons"] if one["title"] == "San Martino")
    httpx.post(f"{page}/do", json={"phone": 0, "act": "tap", "sid": asked["sid"], "id": row["id"]}, timeout=30)
    assert until(page, 0, "A quale posso inviare")["list"] == "Le risposte"
    httpx.post(f"{page}/do", json={"phone": 1, "act": "voice"}, timeout=30)
    until(page, 1, "")
