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

from catalog_store.exchange.export import as_written

WORKBOOK = "catalogue.xlsx"
UNPACKED = 200 * 1024 * 1024  # bytes that a workbook may unpack to: a small file may hold gigabytes of nothing
_ZIP = b"PK\x03\x04"
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
    path = folder / WORKBOOK
    path, called = (path, f"{WORKBOOK} ({name})") if path.exists() else (folder / f"{name}.csv", f"{name}.csv")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Problem(path.name, 0, "", "il file manca.")
    except OSError:
        return Problem(path.name, 0, "", "il file non si apre.")
    lines = read_lines(path.name, data, sheet=name)
    return lines if isinstance(lines, Problem) else _rows(called, lines)


def read_lines(
    file: str, data: bytes, *, sheet: str = "", windows: bool = False, most: int | None = None
) -> list[list[str]] | Problem:
    """Every row of a CSV, or of a workbook's sheet (the first when it is not named), as stripped texts; `most` rows.

    A CSV has commas, semicolons or tabs. It is in UTF-8; with `windows`, otherwise in Windows-1252, as Excel writes.
    """
    try:
        if file.casefold().endswith(".xlsx") or data.startswith(_ZIP):
            return list(_sheet(data, sheet, most))
        text = _decoded(data, windows=windows)
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)  # Italian spreadsheets write semicolons
        found: list[list[str]] = []
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            found.append([as_written(cell.strip()) for cell in line])
            if len(found) == most:
                break
        return found
    except UnicodeDecodeError:
        return Problem(file, 0, "", "il file non è scritto in UTF-8: lo salvi come «CSV UTF-8».")
    except csv.Error:
        return Problem(file, 0, "", "il file non è un CSV ben scritto: forse manca una virgoletta.")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return Problem(file, 0, sheet, "il file non si apre, o manca il foglio con questo nome.")


def _decoded(data: bytes, *, windows: bool) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not windows:
            raise
        return data.decode("cp1252")


def _rows(file: str, lines: Iterable[Sequence[str]]) -> tuple[Sequence[str], list[Row]] | Problem:
    numbered = enumerate(lines, 1)
    _, header = next(numbered, (1, []))
    found: list[Row] = []
    for number, cells in numbered:
        if len(cells) > len(header) and any(cells[len(header) :]):
            return Problem(file, number, "", f"ci sono {len(cells)} celle, ma le colonne sono {len(header)}.")
        if any(cells):
            found.append((number, dict(zip(header, cells, strict=False))))
    return header, found


def _sheet(data: bytes, name: str, most: int | None) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # slow to load, and most installations read CSV

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED:
            raise ValueError
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet = book[name] if name else book.worksheets[0]
        for row in sheet.iter_rows(values_only=True, max_row=most):
            yield [_cell(value).strip() for value in row]
    finally:
        book.close()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
