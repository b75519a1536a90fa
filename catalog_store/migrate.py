"""Bring a database to today's schema, however old it is; several processes may try at once.

After a change in schema.py, `python -m catalog_store.migrate "why"` drafts the next revision: read it, then keep it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text

from catalog_store import secrets
from catalog_store.connect import Store
from catalog_store.schema import counters

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
_MARK = "key mark"  # the counter that says with which keys the database was made


def migrate(store: Store, revision: str = "head") -> None:
    """Run what is missing up to `revision`. Raises KeyFault when the database was made with other keys.

    A database that a newer release has migrated is left as it is: it serves the release before as well.
    """
    if revision == "head" and _is_at_head(store):
        return
    from alembic import command  # slow to import, and at most starts nothing is missing

    with store.migrating() as connection:
        command.upgrade(_config(connection), revision)
        if not _is_marked(connection):
            connection.execute(counters.insert().values(name=_MARK, value=secrets.ring().mark()))


def draft(store: Store, message: str, revision: str) -> None:
    """Write a revision with what schema.py has and the migrated `store` has not."""
    from alembic import command

    with store.migrating() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def _is_at_head(store: Store) -> bool:
    """Is nothing missing? Raises KeyFault when the database was made with other keys."""
    head = max(path.name for path in (FOLDER / "versions").glob("*.py")).partition("_")[0]
    with store.reading() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return False
        at_head = any(there >= head for there in tx.execute(text("SELECT version_num FROM alembic_version")).scalars())
        return at_head and _is_marked(tx.connection)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is_marked(connection: Connection) -> bool:
    """Does the database say with which keys it was made?

    Other keys are refused: a lost key file is replaced by a new one, with which nobody would be recognised any more.
    """
    known = connection.execute(select(counters.c.value).where(counters.c.name == _MARK)).scalar()
    if known not in (None, secrets.ring().mark()):
        raise secrets.KeyFault("TESSERE_KEY_FILE: it does not hold the keys that this database was made with")
    return known is not None


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        empty = Store(f"sqlite:///{folder}/draft.db", secrets.KeyRing.load(Path(folder, "key")))
        made = len(list((FOLDER / "versions").glob("*.py")))
        if made:
            migrate(empty)
        draft(empty, sys.argv[1], f"{made + 1:04}")
        empty.close()
