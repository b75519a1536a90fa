"""A process from its start to its first answer, by tap and by free text, over HTTP; its memory after use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

import httpx

STARTS = 3
PATIENCE = 60.0  # seconds before a start counts as failed
TEXTS = 20  # sent before memory is read
HEADERS = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """`python -m bot run` on this folder, just started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        "TESSERE_DATA": str(folder / "data"), "TESSERE_KEY_FILE": str(folder / "keys"), "TESSERE_PORT": str(port),
    }  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env={**os.environ, **variables}, stdout=log, stderr=log
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/webchat/c", headers=HEADERS, timeout=PATIENCE) as client:
            yield process, client
    finally:
        process.terminate()
        process.wait()


def answered(client: httpx.Client, message: dict[str, str]) -> None:
    """Open the page as soon as it can be opened, send one message, wait until it is answered."""
    until = perf_counter() + PATIENCE
    while perf_counter() < until:
        try:
            client.get("/history").raise_for_status()
            break
        except httpx.TransportError:
            sleep(0.01)
    client.post("/messages", json={"id": "1", **message}).raise_for_status()
    while not client.get("/messages").raise_for_status().json()["said"]:
        assert perf_counter() < until
        sleep(0.01)


def first_answer(folder: Path, message: dict[str, str]) -> float:
    """Seconds from the start of the process to the first answer."""
    begun = perf_counter()
    with running(folder) as (_, client):
        answered(client, message)
        return perf_counter() - begun


def memory(folder: Path) -> float:
    """Megabytes of resident memory after a conversation in free text (Linux)."""
    with running(folder) as (process, client):
        answered(client, {"text": "cerco un corso di italiano"})
        for number in range(TEXTS):
            text = {"id": f"m{number}", "text": f"mia nonna numero {number} non riesce a fare la spesa"}
            client.post("/messages", json=text).raise_for_status()
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def measure() -> dict[str, float]:
    """Named figures: the best of a few starts, on a database that exists; the very first start beside them."""
    tap, text = {"tap": "command:menu"}, {"text": "mia madre ha 85 anni e non riesce a fare la spesa"}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        figures = {
            "first_start_ever_tap_s": first_answer(folder, tap),
            "first_answer_tap_s": min(first_answer(folder, tap) for _ in range(STARTS)),
            "first_answer_text_s": min(first_answer(folder, text) for _ in range(STARTS)),
            "memory_mb": memory(folder),
        }
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    figures = measure()
    for name, value in figures.items():
        print(f"starting: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
