"""What the store promises about concurrency, keys, instants and what can be read in its files."""

import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from catalog_store import counters, people
from catalog_store.connect import Store, Transaction
from catalog_store.schema import addresses
from catalog_store.schema import counters as counted
from catalog_store.schema import people as persons
from catalog_store.secrets import KeyFault, KeyRing, Private, use

T = TypeVar("T")
MARKER = "zebedeo-marker"


def test_four_hundred_concurrent_updates_lose_none(store: Store) -> None:
    def one(_: int) -> None:
        with store.begin() as tx:
            value = counters.value(tx, "race")
            if not store.embedded:  # there, a turn locks its person: reading first and writing later is not enough
                tx.execute(select(counted).where(counted.c.name == "race").with_for_update())
                value = counters.value(tx, "race")
            tx.execute(update(counted).where(counted.c.name == "race").values(value=value + 1))

    with store.begin() as tx:
        tx.execute(counted.insert().values(name="race", value=0))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(400)))
    with store.reading() as tx:
        assert counters.value(tx, "race") == 400


def test_reading_goes_on_while_somebody_writes(store: Store) -> None:
    with store.begin() as writing:
        counters.bump(writing, "seen")
        with ThreadPoolExecutor(1) as pool:
            read = pool.submit(_in_reading, store, lambda tx: counters.value(tx, "seen"))
            assert read.result(timeout=5) == 0, "it sees what was there before, without waiting"
    assert _in_reading(store, lambda tx: counters.value(tx, "seen")) == 1


def test_what_raises_leaves_nothing(store: Store) -> None:
    def broken() -> None:
        with store.begin() as tx:
            counters.bump(tx, "seen")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert _in_reading(store, lambda tx: counters.value(tx, "seen")) == 0


def test_a_naive_instant_is_refused_and_an_aware_one_comes_back_the_same(store: Store) -> None:
    with pytest.raises(StatementError, match=r"an instant needs a time zone"), store.begin() as tx:
        tx.execute(persons.insert().values(uid="a", created_at=datetime(2026, 1, 1), seen_at=tx.now))  # noqa: DTZ001
    rome = datetime.fromisoformat("2026-07-01T10:30:00.123456+02:00")
    with store.begin() as tx:
        tx.execute(persons.insert().values(uid="a", created_at=rome, seen_at=rome))
        read = tx.execute(select(persons.c.seen_at)).scalar_one()
    assert (read, read.tzinfo) == (rome, UTC)


def test_a_ciphertext_copied_to_another_row_or_column_does_not_open(store: Store) -> None:
    with store.begin() as tx:
        one, other = people.recognise(tx, "webchat", "one"), people.recognise(tx, "webchat", "other")
        people.keep(tx, one.id, name=MARKER)
        sealed = tx.connection.exec_driver_sql("SELECT profile FROM people WHERE profile IS NOT NULL").scalar_one()
        placeholder = "?" if store.embedded else "%s"
        for table, column, row in (("people", "profile", other.id), ("addresses", "address", one.address_id)):
            tx.connection.exec_driver_sql(f"UPDATE {table} SET {column} = {placeholder} WHERE id = {row}", (sealed,))  # noqa: S608
        with pytest.raises(KeyFault):
            people.get(tx, other.id)
        with pytest.raises(KeyFault):
            people.address_of(tx, one.id)
        assert people.recognise(tx, "webchat", "one").profile == {"name": MARKER}


def test_private_words_are_in_no_file_and_in_no_repr(store: Store) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "telegram", MARKER)
        people.keep(tx, person.id, name=MARKER)
        row = tx.execute(select(addresses)).one()
        assert MARKER not in repr(row)
        assert MARKER not in repr(Private("uid", MARKER))
    if store.embedded:
        folder = Path(store.url.removeprefix("sqlite:///")).parent
        assert not [file for file in folder.iterdir() if MARKER.encode() in file.read_bytes()]


def test_the_first_key_seals_and_every_key_opens(ring: KeyRing) -> None:
    rotated = KeyRing((b"n" * 32, *ring.sealing), ring.addresses)
    assert rotated.open(b"row", ring.seal(b"row", {"a": "è"})) == {"a": "è"}
    with pytest.raises(KeyFault):
        ring.open(b"row", rotated.seal(b"row", {}))
    assert rotated.mark() == ring.mark()


def test_a_key_file_is_made_for_its_owner_only_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "of.key"
    with ThreadPoolExecutor(4) as pool:
        rings = list(pool.map(lambda _: KeyRing.load(path), range(4)))
    assert len(set(rings)) == 1, "processes that start together agree"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["of.key"]


@pytest.mark.parametrize("text", ["", "seal", "seal ???\naddress ???", "seal c2hvcnQ=\naddress c2hvcnQ="])
def test_a_damaged_key_file_is_one_sentence_that_names_the_variable(tmp_path: Path, text: str) -> None:
    path = tmp_path / "of.key"
    path.write_text(text)
    with pytest.raises(KeyFault, match=r"^TESSERE_KEY_FILE: cannot use "):
        KeyRing.load(path)


async def test_writes_run_in_threads_of_their_own(store: Store) -> None:
    names = [await store.write(lambda: threading.current_thread().name) for _ in range(3)]
    assert all(name.startswith("write") for name in names)
    assert (len(set(names)) == 1) or not store.embedded


def test_a_transaction_has_one_instant(store: Store) -> None:
    with store.begin() as tx:
        assert tx.now == store.clock()
    later = store.clock() + timedelta(days=1)
    with store.begin(later) as tx:
        assert tx.now == later


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        _in_reading(store, lambda tx: counters.bump(tx, "seen"))


def _in_reading(store: Store, act: Callable[[Transaction], T]) -> T:
    with store.reading() as tx:
        return act(tx)


@pytest.fixture(autouse=True)
def _ring_in_use(ring: KeyRing) -> None:
    use(ring)
