"""A running Tessere, while a test is the people outside: its parts in a thread, or the program as a user starts it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Part = Callable[[], Coroutine[Any, Any, None]]


@contextmanager
def running(*parts: Part) -> Iterator[asyncio.AbstractEventLoop]:
    """Run them until the end of the block, then cancel them; what one of them raised is raised here."""
    started, ended = threading.Event(), list[BaseException]()
    held: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        held.append((asyncio.get_running_loop(), stop))
        tasks = [asyncio.create_task(part()) for part in parts]
        stopping = asyncio.create_task(stop.wait())
        started.set()
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (*tasks, stopping):
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        ended.extend(r for r in results if r is not None and not isinstance(r, asyncio.CancelledError))

    thread = threading.Thread(target=lambda: asyncio.run(main()), name="tessere")
    thread.start()
    started.wait()
    loop, stop = held[0]
    try:
        yield loop
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
    if ended:
        raise ended[0]


@dataclass
class Program:
    """`python -m bot run`: where it is, what it prints, and the variables that another command of it needs."""

    base: str
    output: Path
    variables: dict[str, str]
    environment: dict[str, str]


@contextmanager
def program(folder: Path) -> Iterator[Program]:
    """Start it in a folder of its own, as a user does; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ours = ("TESSERE_", "TWILIO_", "TELEGRAM_", "PUBLIC_", "OIDC_", "SMTP_")
    made = {"TESSERE_DATA": folder / "data", "TESSERE_KEY_FILE": folder / "key", "TESSERE_PORT": port}
    variables = {name: str(value) for name, value in made.items()}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)}, **variables,
        "HOME": str(folder), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    output = folder / "output"
    with output.open("w") as written:
        command = [sys.executable, "-m", "bot", "run"]
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=written)
    try:
        _wait_for_port(port, process, output)
        yield Program(f"http://127.0.0.1:{port}", output, variables, environment)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for_port(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    """Until the server listens; its output if it ends before."""
    for _ in range(600):
        with socket.socket() as trying:
            trying.settimeout(0.1)
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the server does not listen:\n{output.read_text()}")
