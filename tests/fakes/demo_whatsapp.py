"""`make demo-whatsapp`: a conversation on WhatsApp that anyone can hold on this machine, without an account.

The program runs as it does for real (`python -m bot run`, a public trial on the demonstration catalogue); Twilio is our
fake one, as strict as its documents say. A page shows two telephones.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fakes.twilio import ACCOUNT, SENDER, TOKEN, Twilio
from tests.fakes.twilio_http import answering
from tests.fakes.whatsapp import Phone

PAGE = Path(__file__).with_name("demo_whatsapp.html")
ADDRESSES = ("whatsapp:+393330000001", "whatsapp:IT.13491208655302741918")


class Page(BaseHTTPRequestHandler):
    """The page, what it shows, and what is done on it."""

    phones: list[Phone]

    def log_message(self, *arguments: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(PAGE.read_bytes(), "text/html; charset=utf-8")
        elif self.path == "/chats":
            self._answer(json.dumps([phone.chat() for phone in self.phones]).encode(), "application/json")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        done = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        phone = self.phones[done["phone"]]
        match done["act"]:
            case "write":
                phone.write(done["text"])
            case "tap":
                phone.tap_this(done["sid"], done["id"])
            case "voice":
                phone.send_file("audio/ogg")
            case "photo":
                phone.send_file("image/jpeg")
            case "place":
                phone.send_place(43.8222, 11.1310)
        self._answer(b"{}", "application/json")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def environment(folder: str, base: str, twilio: Twilio, port: int) -> dict[str, str]:
    """The variables of a program that believes it speaks with Twilio."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TESSERE_", "TWILIO_", "TELEGRAM_"))
    }
    return kept | {
        "TESSERE_DATA": f"{folder}/data", "TESSERE_KEY_FILE": f"{folder}/keys", "TESSERE_DEMO": "1",
        "TESSERE_PORT": str(port), "PUBLIC_BASE_URL": twilio.public, "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_WHATSAPP_FROM": SENDER, "TWILIO_API_BASE": base,
    }  # fmt: skip


def tell(twilio: Twilio) -> None:
    """Say what became of each message, for ever."""
    while True:
        with suppress(OSError, ConnectionError):
            twilio.flush()
        time.sleep(0.1)


def reached(port: int) -> bool:
    """Has the program begun to listen?"""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.1)
    return False


def main() -> int:
    """Run until Ctrl-C."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=8010)
    shown_at = arguments.parse_args().port
    port = free_port()
    twilio = Twilio(app=f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory(prefix="tessere-demo-") as folder, answering(twilio) as base:
        variables = environment(folder, base, twilio, port)
        bot = [sys.executable, "-m", "bot"]
        subprocess.run([*bot, "content", "sync"], env=variables, check=True, stdout=subprocess.DEVNULL)
        program = subprocess.Popen([*bot, "run"], env=variables, stdout=subprocess.DEVNULL)
        try:
            if not reached(port):
                return 1
            threading.Thread(target=tell, args=(twilio,), daemon=True).start()
            phones = [Phone(twilio, address) for address in ADDRESSES]
            server = ThreadingHTTPServer(("127.0.0.1", shown_at), type("Phones", (Page,), {"phones": phones}))
            where = f"http://127.0.0.1:{server.server_address[1]}/"
            print(f"WhatsApp, as it would be: {where} (Ctrl-C ends it)", flush=True)  # noqa: T201  a command prints
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            program.terminate()
            program.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
