"""How alembic runs here: on the connection that catalog_store/migrate.py gives it, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from catalog_store.columns import UTC
from catalog_store.schema import metadata
from catalog_store.secrets import Sealed


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as what the database stores: a revision must not change when they do."""
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, UTC):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
)
context.run_migrations()
