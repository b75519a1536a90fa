"""Tables of texts from CSV files or a workbook, each row with its number, so that a mistake can be pointed at."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

WORKBOOK = "catalogue.xlsx"
Row = tuple[int, dict[str, str]]  # its number in the file, and its cells by column


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a table: where it is, what is wrong and an example of what is right. Row 1 is the header."""

    file: str
    row: int
    column: str
    wrong: str
    example: str = ""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.file, f"riga {self.row}" if self.row else "", self.column)))
        return f"{where}: {self.wrong}" + (f" Per esempio: {self.example}." if self.example else "")


def read(folder: Path, name: str) -> tuple[Sequence[str], list[Row]] | Problem:
    """The header and the rows of a table; cells are stripped texts, empty rows are left out."""
    try:
        if (path := folder / WORKBOOK).exists():
            return _rows(f"{WORKBOOK} ({name})", _sheet(path, name))
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)  # Italian spreadsheets write semicolons
        return _rows(path.name, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except FileNotFoundError:
        return Problem(f"{name}.csv", 0, "", "il file manca.")
    except UnicodeDecodeError:
        return Problem(path.name, 0, "", "il file non è scritto in UTF-8: lo salvi come «CSV UTF-8».")
    except csv.Error:
        return Problem(path.name, 0, "", "il file non è un CSV ben scritto: forse manca una virgoletta.")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return Problem(path.name, 0, name, "il file non si apre, o manca il foglio con questo nome.")


def _rows(file: str, lines: Iterable[Sequence[str]]) -> tuple[Sequence[str], list[Row]] | Problem:
    numbered = ((number, [cell.strip() for cell in line]) for number, line in enumerate(lines, 1))
    _, header = next(numbered, (1, []))
    found: list[Row] = []
    for number, cells in numbered:
        if len(cells) > len(header) and any(cells[len(header) :]):
            return Problem(file, number, "", f"ci sono {len(cells)} celle, ma le colonne sono {len(header)}.")
        if any(cells):
            found.append((number, dict(zip(header, cells, strict=False))))
    return header, found


def _sheet(path: Path, name: str) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # slow to load, and most installations read CSV

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for row in book[name].iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    finally:
        book.close()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
