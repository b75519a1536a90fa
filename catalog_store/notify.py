"""Other processes' news on PostgreSQL: a row was posted. SQLite has one process, and its bell is enough."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.engine import make_url

from catalog_store.connect import Store

CHANNEL = "tessere"
_PATIENCE = 5.0  # seconds between looks at `stop`, and before a lost connection is made again


def listen(store: Store, heard: Callable[[], None], stop: threading.Event) -> None:
    """Call `heard` at each notification until `stop`; blocks its thread. A lost connection is made again."""
    if store.embedded:
        return
    import psycopg  # only here is the driver spoken to directly

    address = make_url(store.url).set(drivername="postgresql").render_as_string(hide_password=False)
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                while not stop.is_set():
                    for _ in connection.notifies(timeout=_PATIENCE, stop_after=1):
                        heard()
        except psycopg.OperationalError:
            stop.wait(_PATIENCE)
