"""The catalogue as the tables that the import reads: CSV for a folder, or sheets of one workbook.

The demonstration is left out: it comes with the program, and its ids are refused by the import.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.exchange.cells import FIELDS, Columns, location_columns, offer_columns, organization_columns

Table = list[list[str]]  # the names of the columns, then the rows
Tables = dict[str, Table]
# Spreadsheets run a CSV cell that begins with one of these as a formula (OWASP, "CSV Injection"). An apostrophe
# before it makes it a text; where apostrophes stood there already, one more keeps the two apart.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def tables(tx: Transaction) -> Tables:
    """All organizations that are not the demonstration's, whatever their state, with locations and offers."""
    town = tx.store.territory
    owners = {one.id: one for one in organizations.listed(tx) if not one.demonstration}
    uids = {one.id: one.uid for one in owners.values()}
    places = [one for one in organizations.listed_locations(tx) if one.organization_id in owners]
    seats = {one.id: one.uid for one in places}
    listed = [one for one in offers.listed(tx) if one.organization_id in owners and not one.demonstration]
    by_uid = sorted(owners.values(), key=lambda one: one.uid)
    return {
        "organizations": _table(organization_columns(town), by_uid, uids, seats),
        "locations": _table(location_columns(town), places, uids, seats),
        "offers": _table(offer_columns(town), listed, uids, seats),
    }


def csv_file(table: Table) -> bytes:
    """A CSV as Italian spreadsheets open it: semicolons, UTF-8 with its mark; no cell is a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([_harmless(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def zipped(made: Tables) -> bytes:
    """The three CSV files in one archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, table in made.items():
            packed.writestr(f"{name}.csv", csv_file(table))
    return data.getvalue()


def workbook(made: Tables) -> bytes:
    """One workbook with a sheet for each table. Every cell is a text: nothing is computed, nothing is a link."""
    from xlsxwriter import Workbook  # slow to load

    data = io.BytesIO()
    with Workbook(data, {"in_memory": True}) as book:
        for name, table in made.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(table):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, column, cell)
    return data.getvalue()


def as_written(cell: str) -> str:
    """A cell of a CSV as it was before it was made harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _table(columns: Columns, rows: Iterable[Any], owners: dict[int, str], seats: dict[int, str]) -> Table:
    return [list(columns), *(_row(columns, row, owners, seats) for row in rows)]


def _row(columns: Columns, row: Any, owners: dict[int, str], seats: dict[int, str]) -> list[str]:
    referred = {"organization_id": owners, "location_id": seats}
    return [
        referred[name].get(getattr(row, name), "") if name in referred else _cell(getattr(row, FIELDS.get(name, name)))
        for name in columns
    ]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else "no"
        case float():
            return f"{Decimal(repr(value)):f}"  # never 1e-05
        case date():
            return value.isoformat()
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
