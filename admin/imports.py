"""`python -m admin import FOLDER`: the municipality's tables enter the catalogue, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin.database import opened
from catalog_store.exchange.catalogue import Parsed, import_catalogue, read_folder

_SHOWN = 50  # mistakes printed at a time


def import_folder(
    folder: Annotated[Path, typer.Argument(help="organizations.csv, locations.csv and offers.csv, or catalogue.xlsx.")],
) -> None:
    """Import organizations, locations and offers; if anything is wrong, say what and import nothing."""
    with opened() as store:
        parsed = read_folder(folder, store.territory)
        if not isinstance(parsed, Parsed):
            for problem in parsed[:_SHOWN]:
                print(problem)
            print(f"Errori: {len(parsed)}. Non è stato importato niente.")
            raise typer.Exit(1)
        with store.begin() as tx:
            counts = import_catalogue(tx, parsed)
    print(
        f"Nuove o cambiate: {counts.organizations} organizzazioni su {len(parsed.organizations)}, "
        f"{counts.locations} sedi su {len(parsed.locations)}, {counts.offers} offerte su {len(parsed.offers)}."
    )
