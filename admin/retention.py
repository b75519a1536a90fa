"""`python -m admin forget`: what is past its time, counted, or forgotten now instead of at the clock's next hour."""

from __future__ import annotations

from typing import Annotated

import typer

from admin.database import opened
from catalog_store import privacy
from dialogs import journals_kept


def forget(*, now: Annotated[bool, typer.Option("--now", help="Erase it; without this, only count.")] = False) -> None:
    """Count what is kept beyond its time, kind by kind; nothing is erased unless --now is given."""
    with opened() as store:
        with store.begin() as tx:
            counts = privacy.forget(tx, dry_run=not now, journals=journals_kept())
        if now:
            store.truncate_log()
    for kind, number in counts.items():
        print(f"{kind} {number}")
    print("Cancellati." if now else "Da cancellare. Con --now si cancellano adesso; altrimenti lo fa l'orologio.")
