"""The two doors to the database: `begin()` to write, `reading()` for everything else.

Writes run in an executor of their own: one thread on SQLite (threads queueing on its lock are many times slower), as
many as pooled connections on PostgreSQL. `reading()` has its own engine and never takes the write lock.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import Executable

from catalog_store import secrets

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]
POOL = 8  # connections, hence writing threads, on PostgreSQL
_local = threading.local()


def now() -> datetime:
    """The real clock, in UTC. Everything that depends on time receives one of these."""
    return datetime.now(UTC)


def refuse_in_transaction(what: str) -> None:
    """Raise RuntimeError when this thread is inside `begin()`: `what` is too slow to hold a write lock for."""
    if getattr(_local, "writing", False):
        raise RuntimeError(f"{what} must not run inside a write transaction")


@dataclass
class Transaction:
    """One transaction: what every function of this folder, and every look and do of a dialogue, receives first.

    `now` is one instant for all that happens in it; `person_id` and `conversation_id` are whose turn it is, if it is.
    """

    connection: Connection
    now: datetime
    person_id: int | None = None
    conversation_id: int | None = None

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement."""
        return self.connection.execute(statement, parameters)

    def me(self) -> int:
        """The id of the person whose turn this is."""
        if self.person_id is None:
            raise RuntimeError("this transaction belongs to nobody's turn")
        return self.person_id


class Store:
    """A database. `url` is SQLAlchemy's; SQLite paths and `postgresql+psycopg://` are supported."""

    def __init__(
        self, url: str, ring: secrets.KeyRing, *, clock: Clock = now, synchronous: str = "FULL"
    ) -> None:
        secrets.use(ring)
        self.url, self.clock, self.synchronous = url, clock, synchronous
        self.embedded = make_url(url).get_backend_name() == "sqlite"
        if self.embedded and (path := make_url(url).database):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._writer, self._reader = self._engine("BEGIN IMMEDIATE"), self._engine("BEGIN")
        self._executor = ThreadPoolExecutor(1 if self.embedded else POOL, thread_name_prefix="write")

    def _engine(self, begin: str) -> Engine:
        if not self.embedded:
            return create_engine(self.url, hide_parameters=True, pool_size=POOL, pool_pre_ping=True)
        engine = create_engine(
            self.url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 10}
        )

        @event.listens_for(engine, "connect")
        def _connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own BEGIN loses updates
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                "busy_timeout=10000",
                "foreign_keys=ON",
                "secure_delete=ON",
                f"synchronous={self.synchronous}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @contextmanager
    def begin(self, at: datetime | None = None) -> Iterator[Transaction]:
        """A write transaction of the calling thread: commits at the end, rolls back on any exception."""
        with self._writer.begin() as connection:
            _local.writing = True
            try:
                yield Transaction(connection, at or self.clock())
            finally:
                _local.writing = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only view, never waiting for writers."""
        with self._reader.connect() as connection, connection.begin():
            yield Transaction(connection, self.clock())

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function that calls `begin()` in the write executor."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: function(*args, **kwargs))

    def truncate_log(self) -> None:
        """After an erasure: leave nothing of what was erased in SQLite's write-ahead log."""
        if self.embedded:
            with self._writer.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")

    def close(self) -> None:
        """Wait for the writes under way and let the files go."""
        self._executor.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()
