"""`make demo-whatsapp`: a conversation on WhatsApp that anyone can hold on this machine, without an account."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from tests.fakes import demo
from tests.fakes.serving import free_port
from tests.fakes.twilio import ACCOUNT, SENDER, TOKEN, Twilio
from tests.fakes.twilio_http import answering
from tests.fakes.whatsapp import Phone

OWNERS = {
    "whatsapp:+393330000001": "Un telefono",
    "whatsapp:IT.13491208655302741918": "Un altro, che nasconde il numero",
}


def telephone(phone: Phone) -> demo.Telephone:
    """A person's, on the page."""
    return demo.Telephone(
        OWNERS[phone.address], partial(_chat, phone), phone.write, phone.tap_this,
        {
            "Manda un vocale": partial(phone.send_file, "audio/ogg"),
            "Manda una foto": partial(phone.send_file, "image/jpeg"),
            "Manda la posizione": partial(phone.send_place, 43.8222, 11.1310),
        },
    )  # fmt: skip


def _chat(phone: Phone) -> list[dict[str, Any]]:
    return [
        {
            "mine": one["mine"], "id": one["sid"], "body": one["body"], "list": one["list"],
            "rows": [[button] for button in one["buttons"]],
        }
        for one in phone.chat()
    ]  # fmt: skip


def tell(twilio: Twilio) -> None:
    """Say what became of each message, for ever."""
    while True:
        with suppress(OSError, ConnectionError):
            twilio.flush()
        time.sleep(0.1)


def main() -> int:
    """Run until Ctrl-C."""
    at, port = demo.asked_port(), free_port()
    twilio = Twilio(app=f"http://127.0.0.1:{port}")
    threading.Thread(target=tell, args=(twilio,), daemon=True).start()
    telephones = [telephone(Phone(twilio, address)) for address in OWNERS]
    with answering(twilio) as base:
        variables = {
            "PUBLIC_BASE_URL": twilio.public, "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER, "TWILIO_API_BASE": base,
        }  # fmt: skip
        return demo.hold("WhatsApp", telephones, variables, at=at, port=port, first="content sync")


if __name__ == "__main__":
    sys.exit(main())
