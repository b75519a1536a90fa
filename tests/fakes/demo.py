"""A channel that anyone can try on this machine, without an account: a page shows telephones, the program is real.

The program runs as it does for real (`python -m bot run`, a public trial on the demonstration catalogue). Who stands at
the other end of the channel is one of our fakes, as strict as the provider's documents say.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("demo.html")
OURS = ("TESSERE_", "TWILIO_", "TELEGRAM_", "SMTP_", "PUBLIC_BASE_URL")
PATIENCE = 60.0  # seconds that the program has to start


@dataclass(frozen=True)
class Telephone:
    """One person's: what is shown of it, and what is done on it.

    `chat`: both sides, oldest first, each message as {"mine", "id", "body", "rows", "list"}; in the rows what can be
    tapped, {"id", "title", "description"}; `list` is the button that opens them, '' when they are in sight.
    """

    owner: str
    chat: Callable[[], list[dict[str, Any]]]
    write: Callable[[str], object]
    tap: Callable[[str, str], object]  # of this message, this button
    others: Mapping[str, Callable[[], object]]  # by the words of a button below: a voice message, a photo …
    typing: Callable[[], bool] = lambda: False
    menu: Callable[[], Mapping[str, str]] = field(default=dict)  # what to write, and what it does

    def shown(self) -> dict[str, Any]:
        """What the page draws."""
        return {
            "owner": self.owner, "messages": self.chat(), "typing": self.typing(), "menu": self.menu(),
            "others": list(self.others),
        }  # fmt: skip

    def does(self, done: Mapping[str, str]) -> None:
        """What was done on the page."""
        match done["act"]:
            case "write":
                self.write(done["text"])
            case "tap":
                self.tap(done["message"], done["id"])
            case "other":
                self.others[done["which"]]()


class Page(BaseHTTPRequestHandler):
    """The page, what it shows, and what is done on it."""

    channel: str
    telephones: Sequence[Telephone]

    def log_message(self, *arguments: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        if self.path == "/":
            page = PAGE.read_text("utf-8").replace("{channel}", self.channel)
            self._answer(page.encode(), "text/html; charset=utf-8")
        elif self.path == "/telephones":
            self._answer(json.dumps([one.shown() for one in self.telephones]).encode(), "application/json")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        done = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.telephones[done["telephone"]].does(done)
        self._answer(b"{}", "application/json")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def asked_port() -> int:
    """Where the page is to be."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=8010)
    port: int = arguments.parse_args().port
    return port


def hold(
    channel: str, telephones: Sequence[Telephone], variables: Mapping[str, str], *, at: int, port: int, first: str = ""
) -> int:
    """Show the telephones until Ctrl-C, with the program at `port`, after the command `first` of it."""
    with tempfile.TemporaryDirectory(prefix="tessere-demo-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        own = {"TESSERE_DATA": f"{folder}/data", "TESSERE_KEY_FILE": f"{folder}/keys", "TESSERE_PORT": str(port)}
        everything = kept | own | {"TESSERE_DEMO": "1"} | dict(variables)
        bot = [sys.executable, "-m", "bot"]
        if first:
            subprocess.run([*bot, *first.split()], env=everything, check=True, stdout=subprocess.DEVNULL)
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.default_int_handler)  # as Ctrl-C does, which the program itself does not hear
        program = subprocess.Popen([*bot, "run"], env=everything, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            if not _reached(port, program):
                return 1
            with _server(at, type("Shown", (Page,), {"channel": channel, "telephones": telephones})) as server:
                where = f"http://127.0.0.1:{server.server_address[1]}/"
                print(f"{channel}, as it would be: {where} (Ctrl-C ends it)", flush=True)  # noqa: T201  a command
                server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            program.terminate()
            program.wait()
    return 0


def _server(at: int, page: type[Page]) -> ThreadingHTTPServer:
    """Somewhere else when the port is taken: two demonstrations may run beside each other."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", at), page)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), page)


def _reached(port: int, program: subprocess.Popen[bytes]) -> bool:
    """Has the program begun to listen?"""
    until = time.monotonic() + PATIENCE
    while program.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.1)
    return False
