"""The two doors to the database: `begin()` to write, `reading()` for everything else.

Writes run in an executor of their own: one thread on SQLite (threads queueing on its lock are many times slower), as
many as pooled connections on PostgreSQL. `reading()` has its own engine and never takes the write lock.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Table, create_engine, event, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import Executable

from catalog_store import secrets

if TYPE_CHECKING:
    from catalog_store.calendars import Calendar
    from catalog_store.matching import CatalogueHolder
    from catalog_store.people import Person
    from catalog_store.territory import Territory

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]
_TRIES, _PAUSE = 100, 0.05  # of a statement that SQLite does not wait for; seconds between two
POOL = 8  # connections, hence writing threads, on PostgreSQL
# Locked, deadlocked, restarting: the same work may succeed a moment later.
TRANSIENT = (OperationalError, sqlite3.OperationalError, PoolTimeout)
_MIGRATING = 0x7E55E4E  # the name of the lock that migrations take on PostgreSQL
_local = threading.local()


def now() -> datetime:
    """The real clock, in UTC. Everything that depends on time receives one of these."""
    return datetime.now(UTC)


def refuse_in_transaction(what: str) -> None:
    """Raise RuntimeError when this thread is inside `begin()`: `what` is too slow to hold a write lock for."""
    if getattr(_local, "writing", False):
        raise RuntimeError(f"{what} must not run inside a write transaction")


def _patiently(cursor: Any, statement: str) -> None:
    """Where two processes turn a new database to WAL at once, SQLite does not wait for the other: it is tried again."""
    for _ in range(_TRIES):
        with suppress(sqlite3.OperationalError):
            cursor.execute(statement)
            return
        time.sleep(_PAUSE)
    cursor.execute(statement)


@dataclass
class Transaction:
    """One transaction: what every function of this folder, and every look and do of a dialogue, receives first.

    `now` is one instant for all that happens in it; `person_id` and `conversation_id` are whose turn it is, if it is,
    and `person` is that person as the turn will save them.
    """

    connection: Connection
    now: datetime
    store: Store
    person_id: int | None = None
    person: Person | None = None
    conversation_id: int | None = None
    locked: frozenset[int] = frozenset()  # people held together from the beginning
    erased: bool = False  # somebody was erased: after the commit, `store.truncate_log()`

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement."""
        return self.connection.execute(statement, parameters)

    def insert_once(self, table: Table, **values: Any) -> int | None:
        """Insert a row unless its unique key is taken, waiting for who may be writing it: its id, or None."""
        return self.execute(_once(table, self.connection.dialect.name), values).scalar_one_or_none()

    def lock(self, table: Table, row_id: int) -> None:
        """Hold a row until the transaction ends; SQLite's writers already wait for each other.

        NO KEY UPDATE: others may still insert rows that refer to it, so that two turns opening towards each other pass.
        """
        if self.connection.dialect.name != "sqlite":
            self.execute(select(table.c.id).where(table.c.id == row_id).with_for_update(key_share=True))

    def me(self) -> int:
        """The id of the person whose turn this is."""
        if self.person_id is None:
            raise RuntimeError("this transaction belongs to nobody's turn")
        return self.person_id


@cache
def _once(table: Table, dialect: str) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(table.c.id)


class Store:
    """A database, and what goes with it: the territory it serves and the index of its catalogue.

    `url` is SQLAlchemy's; SQLite paths and `postgresql+psycopg://` are supported. `trial`: a public trial on the
    demonstration catalogue, in which nothing is sent to anybody. `public`: where people open its pages, or ''.
    """

    def __init__(
        self,
        url: str,
        ring: secrets.KeyRing,
        *,
        clock: Clock = now,
        synchronous: str = "FULL",
        territory: Path | None = None,
        trial: bool = False,
        public: str = "",
    ) -> None:
        secrets.use(ring)
        self.url, self.clock, self.synchronous, self.trial, self.public = url, clock, synchronous, trial, public
        self._territory_file = territory
        self.embedded = make_url(url).get_backend_name() == "sqlite"
        if self.embedded and (path := make_url(url).database):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._writer, self._reader = self._engine(), self._engine(reading=True)
        self.writers = 1 if self.embedded else POOL
        self._executor = ThreadPoolExecutor(self.writers, thread_name_prefix="write")

    @cached_property
    def territory(self) -> Territory:
        """The territory file, read once."""
        from catalog_store import territory

        return territory.load(self._territory_file or territory.DEFAULT)

    @cached_property
    def calendar(self) -> Calendar:
        """When the staff of the territory answers: the calendar of every promise."""
        from catalog_store import calendars

        return calendars.of(self.territory)

    @cached_property
    def catalogue(self) -> CatalogueHolder:
        """The index of the catalogue, as of the version that a transaction sees."""
        from catalog_store.matching import CatalogueHolder

        return CatalogueHolder()

    def _engine(self, *, reading: bool = False) -> Engine:
        if not self.embedded:
            engine = create_engine(self.url, hide_parameters=True, pool_size=POOL, pool_pre_ping=True)
            return engine.execution_options(postgresql_readonly=reading)
        engine = create_engine(self.url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 10})

        @event.listens_for(engine, "connect")
        def _connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
            connection.isolation_level = None  # the driver's own BEGIN loses updates
            cursor = connection.cursor()
            for pragma in (
                "busy_timeout=10000",
                "journal_mode=WAL",
                "foreign_keys=ON",
                "secure_delete=ON",
                f"synchronous={self.synchronous}",
                f"query_only={'ON' if reading else 'OFF'}",
            ):
                _patiently(cursor, f"PRAGMA {pragma}")
            cursor.close()

        return engine

    @contextmanager
    def begin(self, at: datetime | None = None) -> Iterator[Transaction]:
        """A write transaction of the calling thread: commits at the end, rolls back on any exception."""
        with self._writer.begin() as connection:
            self._hold(connection, "BEGIN IMMEDIATE")
            _local.writing = True
            try:
                yield Transaction(connection, at or self.clock(), self)
            finally:
                _local.writing = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only view, never waiting for writers."""
        with self._reader.begin() as connection:
            self._hold(connection, "BEGIN")
            yield Transaction(connection, self.clock(), self)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction that may change tables; another process waits for its end before it begins its own.

        SQLite rebuilds a table by dropping it, which would delete the rows that refer to it: its foreign keys rest
        meanwhile, and are checked before the commit.
        """
        with self._writer.connect() as connection:
            if not self.embedded:
                with connection.begin():
                    connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _MIGRATING})
                    yield connection
                return
            driver = connection.connection.cursor()
            driver.execute("PRAGMA foreign_keys=OFF")  # means nothing inside a transaction, hence before it
            try:
                with connection.begin():
                    self._hold(connection, "BEGIN IMMEDIATE")
                    yield connection
                    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise RuntimeError("a migration leaves rows that refer to nothing")
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def _hold(self, connection: Connection, begin: str) -> None:
        """SQLite's own words to begin with: an event that said them would cost time at every statement."""
        if self.embedded:
            cast("sqlite3.Connection", connection.connection.driver_connection).execute(begin)

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function that calls `begin()` in the write executor."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: function(*args, **kwargs))

    def truncate_log(self) -> None:
        """After an erasure: leave nothing of what was erased in SQLite's write-ahead log."""
        if self.embedded:
            with self._writer.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Wait for the writes under way and let the files go."""
        self._executor.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()
