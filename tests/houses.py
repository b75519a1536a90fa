"""A house for tests: migrated, with keys of the tests and a clock that moves only when told.

A migration, and the demonstration, take longer than most tests: they are made once and copied.
"""

from __future__ import annotations

import base64
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, make_url, select

from bot.house import House
from catalog_store import demonstration, figures
from catalog_store.connect import Store
from catalog_store.migrate import migrate
from catalog_store.schema import metadata
from catalog_store.secrets import KeyRing
from catalog_store.settings import load
from dialogs import safety
from dialogs.understand import needs, topics
from tests.clock import Clock

RING = KeyRing(sealing=(b"s" * 32,), addresses=b"a" * 32)


@contextmanager
def opened(url: str, folder: Path, **variables: str) -> Iterator[House]:
    """Open the database of this URL, or make it; `variables` are further settings."""
    environment = {
        "TESSERE_DATA": str(folder / "data"), "TESSERE_DATABASE_URL": url, "TESSERE_KEY_FILE": str(folder / "keys"),
        **variables,
    }  # fmt: skip
    settings = load(environment)
    settings.keys().parent.mkdir(parents=True, exist_ok=True)
    if not settings.keys().exists():
        settings.keys().write_text(
            "".join(f"{kind} {base64.b64encode(key).decode()}\n" for kind, key in _keys()), "ascii"
        )
    lay(url)
    store = settings.store()
    store.clock = Clock()
    migrate(store)
    try:
        yield House(store, settings)
    finally:
        store.close()


def clock(house: House) -> Clock:
    """The clock of a house of ours."""
    assert isinstance(house.store.clock, Clock)
    return house.store.clock


def lay(url: str) -> None:
    """Where a SQLite database is to be and is not yet, put one that is migrated, with the keys RING."""
    path = make_url(url).database
    if url.startswith("sqlite") and path and not Path(path).exists():
        shutil.copyfile(_template(filled=False), path)


def fill(store: Store) -> None:
    """Give a store that holds nothing the demonstration's catalogue."""
    with store.reading() as tx:
        assert not any(figures.sizes(tx).values())
    path = make_url(store.url).database
    if store.embedded and path:
        with closing(sqlite3.connect(_template(filled=True))) as made, closing(sqlite3.connect(path)) as here:
            made.backup(here)
        return
    with store.begin() as tx:
        for table, rows in _filled().items():
            tx.execute(table.delete())
            tx.execute(table.insert(), rows)
            if "id" in table.c:
                following = func.setval(func.pg_get_serial_sequence(table.name, "id"), max(row["id"] for row in rows))
                tx.execute(select(following))


@cache
def _filled() -> dict[Table, list[dict[str, Any]]]:
    """The rows of a filled store, table by table; none of them is a private value."""
    store = Store(f"sqlite:///{_template(filled=True)}", RING)
    with store.reading() as tx:
        read = {table: [dict(row) for row in tx.execute(table.select()).mappings()] for table in metadata.sorted_tables}
    store.close()
    return {table: rows for table, rows in read.items() if rows}


@cache
def warm() -> None:
    """Load the models: on a busy machine a first message would wait for them longer than a test does."""
    safety.prepare()
    safety.weigh(["buongiorno"])
    needs.warm()
    topics.topics()


@cache
def _template(*, filled: bool) -> Path:
    """A SQLite file to copy; it lasts as long as the process."""
    path = Path(_folder().name) / f"{filled}.db"
    store = Store(f"sqlite:///{path}", RING, clock=Clock(), synchronous="OFF")
    migrate(store)
    if filled:
        with store.begin() as tx:
            demonstration.load_demonstration(tx)
    store.truncate_log()
    store.close()
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tessere-templates-")


def _keys() -> list[tuple[str, bytes]]:
    return [("address", RING.addresses), *(("seal", key) for key in RING.sealing)]
