"""Telegram through the fake, over HTTP: how long an answer takes at the pace of the account, and how many are answered.

Load: 30 messages a second, evenly spaced whatever becomes of them, from many people who say what the transcripts say,
by webhook, every turn committed (FULL). Before that half as many, until all is loaded: Telegram takes 30 a second from
an account, so what waits when the load begins would wait until it ends. From the call of the webhook to the answer
reaching the fake's sendMessage. The application is `python -m bot run`. No piece of a story is waited for
(TESSERE_HOLD_SECONDS=0): that wait is chosen, and is measured beside it.

Throughput: as many as can be answered, people tapping as soon as they are asked, by polling, beside a plain bot of the
library on the same fake (plain_bot.py). Ours: each turn a transaction, each answer another, the tap acknowledged, the
question redrawn, the answer sent: three calls of the Bot API for each tap. Theirs: a pickle written and fsynced for
each update, the tap acknowledged, the answer sent: two. The plain bot knows no limits of rate, so ours are lifted.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

import httpx
from sqlalchemy import update

from benchmarks.bringing import Bringer, whose
from benchmarks.crowd import Crowd, World, scripts, world
from catalog_store import demonstration
from catalog_store.migrate import migrate
from catalog_store.schema import offers
from catalog_store.settings import load
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_person import Person, buttons

RATE, SECONDS, WARM = 30, 60, 10  # messages a second; measured, and before that
PEOPLE = 180  # each says something every six seconds
HELD = 20  # seconds measured with the wait for further pieces
BUSY = 24  # people who tap as soon as they are asked
ROUNDS, ROUND, ROUND_WARM = 3, 10.0, 3.0  # of each bot, in turn; seconds measured, and before that
PATIENCE = 60.0  # seconds for a start
LIKED = ("Persone anziane", "Spesa e farmaci a casa")  # what is tapped where it can be, or else the first option
OVER = ("Questa è una PROVA", "Fatto.")  # so begins the last answer of a request, ours and theirs
LIFTED = "from bot.channels.telegram import Telegram as t; t.pace = t.rate = 0.0"
RUN = "from bot.__main__ import cli; cli(['run'])"


def prepared(folder: Path, base: str, **variables: str) -> dict[str, str]:
    """The variables of an installation in this folder, with a demonstration whose places never end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = {
        "TESSERE_DATA": str(folder / "data"), "TESSERE_KEY_FILE": str(folder / "keys"), "TESSERE_PORT": str(port),
        "TESSERE_DEMO": "1", "TESSERE_LOG_LEVEL": "ERROR", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": base,
        "TESSERE_HOLD_SECONDS": "0", **variables,
    }  # fmt: skip
    store = load(made).store()
    migrate(store)
    with store.begin() as tx:
        demonstration.load_demonstration(tx)
        tx.execute(update(offers).values(places=None))
    store.close()
    return made


@contextmanager
def started(command: Sequence[str], folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """A process of its own."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], env={**os.environ, **variables}, stdout=log, stderr=log
        )  # fmt: skip
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError((folder / "log").read_text())
        finally:
            process.terminate()
            process.wait()


# Load --------------------------------------------------------------------------------------------------------------


class Timed(World):
    """Brings updates by webhook, and measures from there to the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.bringer = Bringer(lambda: self.webhook, Random(0))
        self.bringer.brings = lambda update: self.waits[whose(update)].append(perf_counter())
        self.waits = defaultdict[int, deque[float]](deque)
        self.took: list[float] = []

    def happens(self, times: int = 1, **update: Any) -> dict[str, Any]:
        """Bring it at once."""
        made = super().happens(times, **update)
        self.updates.clear()
        self.bringer.put(made)
        return made

    def heard(self, message: dict[str, Any]) -> None:
        """An answer."""
        if waits := self.waits[message["chat"]["id"]]:
            self.took.append(perf_counter() - waits.popleft())


def load_of(seconds: float, **variables: str) -> tuple[list[float], float, int]:
    """Seconds of each answer, the share of taps, and how many were not answered."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        api, folder = Timed(), Path(name)
        base = stack.enter_context(world(api))
        made = prepared(folder, base, **variables)
        made["PUBLIC_BASE_URL"] = f"http://127.0.0.1:{made['TESSERE_PORT']}"
        stack.enter_context(started(["-m", "bot", "run"], folder, made))
        ready(made["PUBLIC_BASE_URL"], api)
        crowd = Crowd(api, PEOPLE, scripts())
        _evenly(crowd, WARM, RATE / 2)
        api.took.clear()
        _evenly(crowd, seconds)
        sleep(2)
        left = sum(map(len, api.waits.values()))
        api.bringer.close()
        return api.took, crowd.tapped / (crowd.tapped + crowd.written), left


def _evenly(crowd: Crowd, seconds: float, rate: float = RATE) -> None:
    """The next place says something, `rate` times a second."""
    begun = perf_counter()
    for number in range(round(seconds * rate)):
        sleep(max(0.0, begun + number / rate - perf_counter()))
        crowd.acts(number % PEOPLE)


def ready(address: str, api: World) -> None:
    """Wait until the application is, and Telegram knows where to call."""
    until = perf_counter() + PATIENCE
    while perf_counter() < until:
        try:
            if httpx.get(f"{address}/health/ready").is_success and api.webhook:
                return
        except httpx.TransportError:
            pass
        sleep(0.1)
    raise RuntimeError("the application did not start")


# Throughput --------------------------------------------------------------------------------------------------------


class Tappers(World):
    """People who answer at once, until their request is made; then others come."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = queue.SimpleQueue[dict[str, Any]]()
        self.ended = Counter[str]()  # how the conversations ended

    def heard(self, message: dict[str, Any]) -> None:
        """An answer."""
        self.answers.put(message)

    def play(self, seconds: float) -> int:
        """How many messages were answered in so many seconds."""
        until, answered = perf_counter() + seconds, 0
        while (left := until - perf_counter()) > 0:
            try:
                message = self.answers.get(timeout=left)
            except queue.Empty:
                break
            answered += 1
            self.taps(message)
        return answered

    def begins(self) -> None:
        """Somebody new."""
        Person(self).writes("/start")

    def taps(self, message: dict[str, Any]) -> None:
        """What is answered to a message."""
        shown = buttons(message)
        if not shown:
            self.ended[next(filter(message["text"].startswith, OVER), message["text"])] += 1
            self.begins()
            return
        data = next((data for label, data in shown if label in LIKED), shown[0][1])
        person = Person(self, id=message["chat"]["id"])
        person.taps_data(data, message)


def answered_by(command: Sequence[str], folder: Path, variables: dict[str, str], api: Tappers) -> float:
    """Messages a second."""
    with started(command, folder, variables):
        for _ in range(BUSY):
            api.begins()
        api.answers.put(api.answers.get(timeout=PATIENCE))  # it has started
        api.play(ROUND_WARM)
        rate = api.play(ROUND) / ROUND
    assert set(api.ended) <= set(OVER), api.ended
    return rate


def ours() -> float:
    """Messages that Tessere answers in a second."""
    with tempfile.TemporaryDirectory() as name:
        api, folder = Tappers(), Path(name)
        with world(api) as base:
            return answered_by(["-c", f"{LIFTED}; {RUN}"], folder, prepared(folder, base), api)


def theirs() -> float:
    """Messages that the plain bot answers in a second."""
    with tempfile.TemporaryDirectory() as name:
        api, folder = Tappers(), Path(name)
        with world(api) as base:
            command = ["-m", "benchmarks.plain_bot", TOKEN, base, str(folder / "state.pickle")]
            return answered_by(command, folder, {}, api)


def measure() -> dict[str, float]:
    """Named figures."""
    took, taps, left = load_of(SECONDS)
    held, _, _ = load_of(HELD, TESSERE_HOLD_SECONDS="0.8")
    rounds = [(ours(), theirs()) for _ in range(ROUNDS)]
    us, them = (median(rates) for rates in zip(*rounds, strict=True))
    return {
        "channel_p50_ms": round(1000 * median(took), 1), "channel_p99_ms": round(1000 * quantiles(took, n=100)[98], 1),
        "channel_taps_percent": round(100 * taps, 1), "channel_unanswered": left,
        "channel_held_p99_ms": round(1000 * quantiles(held, n=100)[98], 1),
        "throughput_ours": round(us, 1), "throughput_theirs": round(them, 1),
        "throughput_theirs_over_ours": round(median(them / us for us, them in rounds), 2),
        "load_average": round(os.getloadavg()[0], 2),
    }  # fmt: skip


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    figures = measure()
    for name, value in figures.items():
        print(f"channels: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
