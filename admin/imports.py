"""`python -m admin import` and `import-list`: a municipality's tables enter, all that is in them or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin.database import opened
from catalog_store.exchange import bodies
from catalog_store.exchange.catalogue import Parsed, import_catalogue, read_folder
from catalog_store.exchange.tables import Problem

_SHOWN = 50  # mistakes printed at a time
_SAID = {"new": "nuova", "changed": "cambia", "same": "uguale", "error": "ERRORE"}


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


def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The list of bodies, CSV or XLSX.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what each row would do.")] = False,
) -> None:
    """Import the municipality's list of bodies, to be invited; if anything is wrong, say what and import nothing."""
    with opened() as store:
        with store.reading() as tx:
            report = bodies.plan(tx, file.name, file.read_bytes())
        if isinstance(report, Problem):
            print(report)
            raise typer.Exit(1)
        if not dry_run:
            with store.begin() as tx:
                if bodies.apply(tx, report) is None:
                    print("Nel frattempo il catalogo è cambiato, e non è stato importato niente: riprovi.")
                    raise typer.Exit(1)
    for line in report.lines:
        if dry_run or line.outcome == "error" or line.warnings:
            print(f"riga {line.row}, {_SAID[line.outcome]}: {line.name or '—'}")
            for told in (*line.told, *(f"attenzione: {warning}" for warning in line.warnings)):
                print(f"    {told}")
    if report.ignored:
        print(f"Colonne non lette: {', '.join(report.ignored)}.")
    print("Nuove {}, cambiate {}, uguali {}, errori {}.".format(*map(report.count, bodies.OUTCOMES)))
    if dry_run or report.count("error"):
        print("Non è stato importato niente.")
    if report.count("error"):
        raise typer.Exit(1)
