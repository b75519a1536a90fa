"""Twenty people writing at the same instant, on SQLite, while an export reads everything: how long a turn takes."""

from __future__ import annotations

import asyncio
import threading
from statistics import median, quantiles
from time import perf_counter
from typing import Self

from sqlalchemy import select

from benchmarks.turns import Person, house
from bot import turn
from bot.house import House
from catalog_store.schema import inbox, outbox
from dialogs.replies import Reply

PEOPLE, ROUNDS = 20, 12


class Export:
    """Reads and opens every message, over and over, through the door for reading, in a thread of its own."""

    def __init__(self, at_home: House) -> None:
        self.house, self.rows, self._stop = at_home, 0, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with self.house.store.reading() as tx:
                for table in (inbox, outbox):
                    for row in tx.execute(select(table)):
                        self.rows += row.body is not None and bool(row.body.open(row.uid))


async def at_once(at_home: House, rounds: int) -> list[float]:
    """Seconds of each turn: everybody sends in the same instant, `rounds` times, and taps what they are shown."""

    async def one(person: Person) -> float:
        inbound = person.sent(person.tap() if person.bubble and person.bubble.buttons else Reply("menu"))
        begun = perf_counter()
        await turn.take(at_home, inbound)
        return perf_counter() - begun

    people = [Person(at_home, f"writer-{number}") for number in range(PEOPLE)]
    taken: list[float] = []
    for number in range(rounds):
        took = await asyncio.gather(*map(one, people))
        taken += took if number else []  # the first round loads what is loaded once
        for person in people:
            person.read()
    return taken


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Named figures, in milliseconds; `rows_read` says that the export was at work."""
    with house() as at_home, Export(at_home) as export:
        taken = asyncio.run(at_once(at_home, rounds))
    middle, worst = median(taken), quantiles(taken, n=100)[98]
    figures = {"load_p50_ms": 1000 * middle, "load_p99_ms": 1000 * worst, "load_p99_over_p50": worst / middle}
    return {**{name: round(value, 2) for name, value in figures.items()}, "rows_read": export.rows}


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    figures = measure()
    for name, value in figures.items():
        print(f"load: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
