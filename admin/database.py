"""The database of this installation, for the commands that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from catalog_store import settings
from catalog_store.connect import Store
from catalog_store.demonstration import DemonstrationFault
from catalog_store.migrate import migrate
from catalog_store.secrets import KeyFault
from catalog_store.territory import TerritoryFault


@contextmanager
def opened() -> Iterator[Store]:
    """The store, at today's schema; closed at the end. A wrong setting ends the command with its one sentence."""
    try:
        store = settings.load(os.environ).store()
        try:
            migrate(store)
            yield store
        finally:
            store.close()
    except (settings.SettingsFault, KeyFault, TerritoryFault, DemonstrationFault) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None
