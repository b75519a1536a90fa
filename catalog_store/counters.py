"""Versions of what is kept in memory: whoever changes the catalogue bumps its counter in the same transaction."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from catalog_store.connect import Transaction
from catalog_store.schema import counters

CATALOGUE = "catalogue"

_VALUE = select(counters.c.value).where(counters.c.name == bindparam("of_name"))


def bump(tx: Transaction, name: str = CATALOGUE) -> None:
    """Say that what `name` counts has changed."""
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(counters).values(name=name, value=1)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1}))


def value(tx: Transaction, name: str = CATALOGUE) -> int:
    """How many times it has changed."""
    return tx.execute(_VALUE, {"of_name": name}).scalar() or 0
