"""`python -m admin demo`: the demonstration catalogue comes and goes."""

from __future__ import annotations

import typer

from admin.database import opened
from catalog_store import demonstration

app = typer.Typer(no_args_is_help=True, help="Load or remove the invented catalogue.")


@app.command()
def load() -> None:
    """Load the invented organizations and offers, marked as demonstration; a second time it changes nothing."""
    with opened() as store, store.begin() as tx:
        counts = demonstration.load_demonstration(tx)
    print(f"Dimostrazione caricata: {counts.organizations} organizzazioni e {counts.offers} offerte nuove o cambiate.")


@app.command()
def remove() -> None:
    """Remove exactly the demonstration; requests that people made stay, without its offers."""
    with opened() as store, store.begin() as tx:
        counts = demonstration.remove_demonstration(tx)
    print(f"Dimostrazione tolta: {counts.organizations} organizzazioni e {counts.offers} offerte.")
