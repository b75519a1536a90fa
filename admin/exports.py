"""`python -m admin export FOLDER`: the catalogue leaves as tables that the import reads, or as open data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from admin.database import opened
from catalog_store.exchange import export, hsds
from catalog_store.exchange.hsds_feed import Feed


def export_catalogue(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.")],
    *,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One catalogue.xlsx instead of three CSV files.")] = False,
    open_data: Annotated[
        bool, typer.Option("--hsds", help="services.json instead: what is public, as Open Referral HSDS 3.0.")
    ] = False,
) -> None:
    """Write organizations, locations and offers to a folder."""
    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as store, store.reading() as tx:
        if open_data:
            services = hsds.package(Feed.load(tx))
            (folder / "services.json").write_text(json.dumps(services, ensure_ascii=False, indent=1), "utf-8")
            print(f"Scritti in {folder}: {len(services)} servizi.")
            return
        made = export.tables(tx)
    if xlsx:
        (folder / "catalogue.xlsx").write_bytes(export.workbook(made))
    else:
        for name, table in made.items():
            (folder / f"{name}.csv").write_bytes(export.csv_file(table))
    counts = [len(table) - 1 for table in made.values()]
    print("Scritti in {}: {} organizzazioni, {} sedi, {} offerte.".format(folder, *counts))
