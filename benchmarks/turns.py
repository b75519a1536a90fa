"""A turn by tap and by free text: wall time, CPU, statements; and the raw commit of the same database beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_bytes
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine, event

import benchmarks.warmed  # noqa: F401  what a process loads once is no part of a turn
from bot import turn
from bot.house import House
from bot.inbound import Inbound
from catalog_store import demonstration, messages
from catalog_store.connect import Store, now
from catalog_store.migrate import migrate
from catalog_store.secrets import KeyRing
from catalog_store.settings import load
from dialogs.replies import Reply
from dialogs.screens import Bubble
from dialogs.understand import needs

TURNS, WARM = 300, 40  # counted, and taken before any is counted
CHANNEL = "webchat"
WRITTEN = (  # what is written in free text, each time with another name in it: no ranking is in memory
    "mia mamma {name} non riesce più a fare la spesa da sola",
    "cerco un corso di italiano per mio marito {name}",
    "mio figlio {name} fa fatica con i compiti",
)


@contextmanager
def house(synchronous: str = "FULL") -> Iterator[House]:
    """An installation on a new SQLite file, with the demonstration, in which no piece of a message is waited for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = load({
            "TESSERE_DATA": folder, "TESSERE_KEY_FILE": str(path.parent / "none"),
            "TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0",
        })  # fmt: skip
        ring = KeyRing(sealing=(token_bytes(32),), addresses=token_bytes(32))
        store = Store(f"sqlite:///{path / 'tessere.db'}", ring, synchronous=synchronous)
        migrate(store)
        with store.begin() as tx:
            demonstration.load_demonstration(tx)
        try:
            with store.reading() as tx:
                store.catalogue.current(tx)
            yield House(store, settings)
        finally:
            store.close()


@dataclass
class Person:
    """Somebody with a phone: sends, and reads what comes back."""

    house: House
    name: str
    numbers: Iterator[int] = field(default_factory=count)
    bubble: Bubble | None = None

    def sent(self, reply: Reply) -> Inbound:
        """A message of theirs."""
        return Inbound(CHANNEL, self.name, f"{self.name}-{next(self.numbers)}", reply, now(), CHANNEL)

    def read(self) -> Bubble:
        """The last bubble that came."""
        with self.house.store.begin() as tx:
            rows = messages.after(tx, CHANNEL, self.name, 0)
            messages.handed(tx, [row.id for row in rows])
        self.bubble = Bubble.from_json(rows[-1].body)
        return self.bubble

    def tap(self) -> Reply:
        """A tap of the first option of the last bubble."""
        assert self.bubble is not None
        return Reply(tap=self.bubble.buttons[0].tap)


@dataclass
class Taken:
    """Milliseconds of each turn, on the wall and of this process's CPU; statements of each."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def figures(self, name: str) -> dict[str, float]:
        """Named, rounded."""
        return {
            f"{name}_p50_ms": round(median(self.wall), 2),
            f"{name}_p99_ms": round(quantiles(self.wall, n=100)[98], 2),
            f"{name}_cpu_p50_ms": round(median(self.cpu), 2),
            f"{name}_statements": max(self.statements),
        }


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Collects the SQL that is run meanwhile by writers; BEGIN and COMMIT are not among it."""
    ran: list[str] = []

    def ran_one(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            ran.append(statement)

    engine: Engine = store._writer  # noqa: SLF001  the door that turns go through
    event.listen(engine, "before_cursor_execute", ran_one)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", ran_one)


class RawCommits:
    """The same file, pragmas and number of pages, with nothing of ours: what the disk asks of any transaction.

    As many rows as a turn writes pages, each on a page of its own, in one transaction of Python's sqlite3.
    """

    def __init__(self, path: Path, pages: int) -> None:
        self.pages, self.wall, self._next = pages, list[float](), count()
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, page BLOB)")
        self.connection.executemany("INSERT INTO raw VALUES (?, zeroblob(3900))", ((id,) for id in range(500)))

    def one(self) -> None:
        """Commit once."""
        begun = perf_counter()
        self.connection.execute("BEGIN IMMEDIATE")
        for _ in range(self.pages):
            self.connection.execute("UPDATE raw SET page=? WHERE id=?", (token_bytes(3900), next(self._next) * 7 % 500))
        self.connection.execute("COMMIT")
        self.wall.append(1000 * (perf_counter() - begun))


def walk(person: Person) -> Iterator[tuple[Reply, bool]]:
    """A person who greets and then taps: (reply, is it a tap), until a question wants words."""
    yield Reply("ciao"), False
    while person.bubble and len(person.bubble.buttons) > 1:
        yield person.tap(), True


def text_walk(number: int) -> Iterator[tuple[Reply, bool]]:
    """A person who greets, then says what they need in their own words."""
    yield Reply("ciao"), False
    yield Reply(WRITTEN[number % len(WRITTEN)].format(name=f"Ada{number}")), True


def take(
    at_home: House, walks: Callable[[Person], Iterator[tuple[Reply, bool]]], turns: int, every: Callable[[], None]
) -> Taken:
    """Take turns, person after person, until `turns` were counted; `every` runs between two."""
    taken, skipped = Taken(), WARM

    async def all_of_them() -> None:
        nonlocal skipped
        with statements(at_home.store) as ran:
            for number in count():
                person = Person(at_home, f"person-{id(taken)}-{number}")
                for reply, counted in walks(person):
                    ran.clear()
                    wall, cpu = perf_counter(), process_time()
                    await turn.take(at_home, person.sent(reply))
                    wall, cpu = perf_counter() - wall, process_time() - cpu
                    if counted and skipped:
                        skipped -= 1
                    elif counted:
                        taken.wall.append(1000 * wall)
                        taken.cpu.append(1000 * cpu)
                        taken.statements.append(len(ran))
                    if len(taken.wall) == turns:
                        return
                    person.read()
                    every()

    asyncio.run(all_of_them())
    return taken


def pages_of_a_turn(at_home: House, path: Path) -> int:
    """Pages that a turn by tap adds to the write-ahead log, half of them more."""
    log = path.with_name(path.name + "-wal")

    async def some() -> int:
        written, person = list[int](), Person(at_home, "pages")
        for reply, _ in walk(person):
            before = log.stat().st_size
            await turn.take(at_home, person.sent(reply))
            written.append((log.stat().st_size - before) // 4120)  # a page and its header
            person.read()
        return round(median(written))

    with at_home.store._writer.connect() as connection:  # noqa: SLF001  nothing is folded back meanwhile
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    found = asyncio.run(some())
    with at_home.store._writer.connect() as connection:  # noqa: SLF001
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=1000")
    return found


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    with house() as at_home:
        path = Path(at_home.store.url.removeprefix("sqlite:///"))
        raw = RawCommits(path, pages_of_a_turn(at_home, path))
        by_tap = take(at_home, walk, TURNS, raw.one)
        encoding: list[float] = []
        needs.warm()
        by_text = take(at_home, lambda p: text_walk(int(p.name.rpartition("-")[2])), TURNS // 3, lambda: None)
        for number in range(1000, 1000 + TURNS // 3):
            text = list(text_walk(number))[-1][0].text
            begun = process_time()
            needs.prepare(text)
            encoding.append(1000 * (process_time() - begun))
    figures = {
        **by_tap.figures("tap"), **by_text.figures("text"),
        "text_encoding_cpu_p50_ms": round(median(encoding), 2),
        "raw_commit_p50_ms": round(median(raw.wall), 2), "pages": raw.pages,
        "tap_over_raw": round(median(by_tap.wall) / median(raw.wall), 2),
    }  # fmt: skip
    for name, value in figures.items():
        print(f"turns: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
