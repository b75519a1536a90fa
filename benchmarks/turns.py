"""A turn by tap and by free text: wall time, CPU, statements; and the raw commit of the same database beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_bytes
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any, NamedTuple

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
from dialogs import taught
from dialogs.replies import Reply
from dialogs.screens import Bubble
from dialogs.understand import needs

TURNS, WARM = 300, 40  # counted, and taken before any is counted
CHANNEL = "webchat"
Statement = tuple[str, Any]  # and its values, as the driver received them
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


class Taken(NamedTuple):
    """A turn: milliseconds on the wall and of this process's CPU, its statements, the raw commit beside it."""

    wall: float
    cpu: float
    statements: int
    raw: float


def figures_of(turns: Sequence[Taken], name: str) -> dict[str, float]:
    """Named, rounded."""
    wall, cpu, ran, raw = zip(*turns, strict=True)
    figures = {
        "p50_ms": median(wall), "p99_ms": quantiles(wall, n=100)[98], "cpu_p50_ms": median(cpu), "statements": max(ran),
        "raw_p50_ms": median(raw), "over_raw": median(wall) / median(raw),
    }  # fmt: skip
    return {f"{name}_{what}": round(value, 2) for what, value in figures.items()}


@contextmanager
def statements(store: Store) -> Iterator[list[Statement]]:
    """Collects what is run meanwhile by writers; BEGIN and COMMIT are not among it."""
    ran: list[Statement] = []

    def ran_one(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            ran.append((statement, values))

    engine: Engine = store._writer  # noqa: SLF001  the door that turns go through
    event.listen(engine, "before_cursor_execute", ran_one)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", ran_one)


class Raw:
    """What the turns asked of the database, asked again of a copy of it by Python's sqlite3 alone.

    The same statements with the same values, the same pragmas, one commit a turn: pages, indexes and disk cost what
    they cost the turn, and nothing of ours runs.
    """

    def __init__(self, store: Store) -> None:
        self.path = Path(store.url.removeprefix("sqlite:///"))
        copy = self.path.with_name("copy.db")
        with store._writer.connect() as connection:  # noqa: SLF001  a whole copy, as of now
            connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
        self.connection = sqlite3.connect(copy, isolation_level=None, check_same_thread=False)
        synchronous = f"synchronous={store.synchronous}"
        for pragma in ("journal_mode=WAL", synchronous, "secure_delete=ON", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")

    def again(self, statements: list[Statement]) -> float:
        """Milliseconds of one transaction with these statements."""
        begun = perf_counter()
        self.connection.execute("BEGIN IMMEDIATE")
        for statement, values in statements:
            self.connection.execute(statement, values).fetchall()
        self.connection.execute("COMMIT")
        return 1000 * (perf_counter() - begun)


def walk(person: Person) -> Iterator[tuple[Reply, bool]]:
    """A person who greets and then taps: (reply, is it a tap), until a question wants words."""
    yield Reply("ciao"), False
    while person.bubble and len(person.bubble.buttons) > 1:
        yield person.tap(), True


def text_walk(number: int) -> Iterator[tuple[Reply, bool]]:
    """A person who greets, then says what they need in their own words."""
    yield Reply("ciao"), False
    yield Reply(WRITTEN[number % len(WRITTEN)].format(name=f"Ada{number}")), True


def take(at_home: House, walks: Callable[[Person], Iterator[tuple[Reply, bool]]], turns: int) -> list[Taken]:
    """Take turns, person after person, until `turns` were counted; what each wrote is written again beside it."""
    taken, raw = list[Taken](), Raw(at_home.store)

    async def all_of_them() -> None:
        with statements(at_home.store) as ran:
            for number in count():
                person = Person(at_home, f"person-{number}")
                for reply, counted in walks(person):
                    inbound = person.sent(reply)
                    wall, cpu = perf_counter(), process_time()
                    await turn.take(at_home, inbound)
                    wall, cpu = perf_counter() - wall, process_time() - cpu
                    one = Taken(1000 * wall, 1000 * cpu, len(ran), raw.again(ran))
                    taken.extend([one] if counted else [])
                    if len(taken) == turns + WARM:
                        return
                    ran.clear()
                    person.read()
                    raw.again(ran)
                    ran.clear()

    asyncio.run(all_of_them())
    return taken[WARM:]


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    needs.warm()
    with house() as at_home:
        by_tap = take(at_home, walk, TURNS)
    with house() as at_home:
        by_text = take(at_home, lambda person: text_walk(int(person.name.rpartition("-")[2])), TURNS // 3)
    encoding: list[float] = []
    with house() as at_home:
        for number in range(1000, 1000 + TURNS // 3):
            text = list(text_walk(number))[-1][0].text
            begun = process_time()
            taught.prepare(at_home.store, text)  # what a turn does before it begins to write
            encoding.append(1000 * (process_time() - begun))
    figures = {
        **figures_of(by_tap, "tap"), **figures_of(by_text, "text"),
        "text_encoding_cpu_p50_ms": round(median(encoding), 2),
    }  # fmt: skip
    for name, value in figures.items():
        print(f"turns: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
