"""A house for tests: migrated, with keys of its own and a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.house import House
from catalog_store.migrate import migrate
from catalog_store.settings import load
from tests.clock import Clock


@contextmanager
def opened(url: str, folder: Path, **variables: str) -> Iterator[House]:
    """Open the database of this URL; `variables` are further settings."""
    environment = {
        "TESSERE_DATA": str(folder / "data"), "TESSERE_DATABASE_URL": url, "TESSERE_KEY_FILE": str(folder / "keys"),
        **variables,
    }  # fmt: skip
    settings = load(environment)
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
