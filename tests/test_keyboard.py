"""The terminal at a real keyboard: a pseudo-terminal, lines typed as a person types them."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


class Keyboard:
    """A `python -m bot chat` with a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.end, theirs = pty.openpty()
        environment = {**os.environ, "TESSERE_DATA": str(folder / "data"), "TESSERE_KEY_FILE": str(folder / "keys")}
        command = [sys.executable, "-m", "bot", "chat"]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.shown = ""

    def type(self, line: str) -> None:
        os.write(self.end, f"{line}\n".encode())

    def until(self, pattern: str, seconds: float = 40) -> str:
        """What is shown until the pattern is."""
        limit = time.monotonic() + seconds
        while not re.search(pattern, self.shown) and time.monotonic() < limit:
            if select.select([self.end], [], [], 0.2)[0]:
                self.shown += os.read(self.end, 65536).decode(errors="replace")
        assert re.search(pattern, self.shown), "this was not shown in time"
        return self.shown


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[Keyboard]:
    made = Keyboard(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()
    os.close(made.end)


def test_pieces_are_held_replies_are_printed_once_and_ctrl_c_ends(keyboard: Keyboard) -> None:
    keyboard.until("> ")
    for piece in ("mia mamma ha 85 anni\\", "non può uscire\\", "chi le porta le medicine?"):
        keyboard.type(piece)
    shown = keyboard.until("In quale zona serve")
    assert shown.count("Sono un programma") == 1
    assert "Intende una di queste" not in shown
    keyboard.process.send_signal(signal.SIGINT)
    keyboard.process.wait(timeout=60)
