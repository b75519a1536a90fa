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

from sqlalchemy import make_url

from bot.house import House
from catalog_store import demonstration, figures
from catalog_store.connect import Store
from catalog_store.migrate import migrate
from catalog_store.secrets import KeyRing
from catalog_store.settings import load
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
    else:
        with store.begin() as tx:
            demonstration.load_demonstration(tx)


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
