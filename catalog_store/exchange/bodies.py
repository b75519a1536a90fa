"""The municipality's list of bodies: what each row would do, and the doing of it, all or nothing.

A row is the organization with its id, else with its tax code, else with exactly its name. One that is not known enters
as `invited`. Of one that has not begun to answer (`invited`) the list is what is known: what is filled in there is
taken. One that has begun, or is approved, has spoken for itself: the list only fills in what it left empty; what it
said otherwise stays, and so does its state. An empty cell never erases anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog_store import counters, organizations
from catalog_store.connect import Transaction
from catalog_store.exchange.body_columns import Known, body_columns, places, plain
from catalog_store.exchange.catalogue import DEMONSTRATION
from catalog_store.exchange.cells import CellFault
from catalog_store.exchange.tables import Problem, read_lines
from catalog_store.organizations import Organization
from catalog_store.schema import new_uid

MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 2000
OUTCOMES = ("new", "changed", "same", "error")
_ABOVE = 20  # rows among which the header is looked for: lists have titles
_LIKE = 90  # of 100: names that are alike this much may be the same body's
_FILLED = ("tax_code", "email", "pec", "phone", "website", "address", "description")


@dataclass(frozen=True)
class Line:
    """What a row would do: one of OUTCOMES; `told` are what is wrong or what changes, `warnings` what to look at."""

    row: int
    name: str
    outcome: str
    told: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a list would do, row by row; `entering` are the organizations that `apply` puts, none if anything is wrong.

    `read` are the columns that were understood, by their names in the file, `ignored` the others.
    """

    lines: tuple[Line, ...]
    read: Mapping[str, str]
    ignored: tuple[str, ...]
    entering: tuple[Organization, ...] = field(compare=False)
    version: int = field(compare=False)  # of the catalogue that it was compared with

    def count(self, outcome: str) -> int:
        """How many rows have this outcome."""
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def mark(self) -> str:
        """The same for two reports that say the same."""
        return hashlib.sha256(repr((self.lines, self.ignored)).encode()).hexdigest()


def plan(tx: Transaction, file: str, data: bytes) -> Report | Problem:
    """What a list would do, or why it cannot be read at all. Changes nothing."""
    if len(data) > MOST_BYTES:
        return Problem(file, 0, "", f"il file è più grande di {MOST_BYTES // 1024**2} MB.")
    lines = read_lines(file, data, windows=True, most=MOST_ROWS + _ABOVE)
    if isinstance(lines, Problem):
        return lines
    columns = body_columns(tx.store.territory)
    above = next((n for n, cells in enumerate(lines[:_ABOVE]) if "name" in places(cells, columns)), None)
    if above is None:
        example = "Denominazione; Codice fiscale; E-mail"
        return Problem(file, 0, "", "non c’è una riga con i nomi delle colonne, fra cui «Denominazione».", example)
    header, found = lines[above], places(lines[above], columns)
    rows = [(n, cells) for n, cells in enumerate(lines, 1) if n > above + 1 and any(cells)]
    if len(rows) > MOST_ROWS:
        return Problem(file, 0, "", f"ci sono più di {MOST_ROWS} righe: lo divida.")
    planned = list(_Matching(tx).plan(rows, found, columns))
    good = all(line.outcome != "error" for line, _ in planned)
    understood = {header[place]: columns[key].called for key, where in found.items() for place in where}
    return Report(
        lines=tuple(line for line, _ in planned),
        read=understood,
        ignored=tuple(name for name in dict.fromkeys(header) if name and name not in understood),
        entering=tuple(one for _, one in planned if one is not None) if good else (),
        version=counters.value(tx),
    )


def apply(tx: Transaction, report: Report) -> int | None:
    """Let what a report found enter. Gives how many organizations are new or changed; None: the catalogue has changed.

    Comparing takes seconds, in which no writer should have to wait: so it is done before, and not here.
    """
    if counters.value(tx) != report.version:
        return None
    for one in report.entering:
        organizations.put(tx, one)
    return len(report.entering)


class _Matching:
    """The organizations that are known, and the rows above, by what they are recognised by."""

    def __init__(self, tx: Transaction) -> None:
        self.ids: dict[str, Organization] = {}
        self.codes: dict[str, Organization] = {}
        self.names: dict[str, list[Organization]] = {}
        self.rows: dict[str, int] = {}  # of which row an organization is, by its uid
        for one in organizations.listed(tx):
            if not one.demonstration:
                self._learn(one)

    def _learn(self, one: Organization) -> None:
        self.ids[one.uid] = one
        self.names.setdefault(plain(one.name), []).append(one)
        if one.tax_code:
            self.codes[one.tax_code] = one

    def plan(
        self, rows: Sequence[tuple[int, Sequence[str]]], found: Mapping[str, list[int]], columns: Mapping[str, Known]
    ) -> Iterator[tuple[Line, Organization | None]]:
        """Each row with what it does, and the organization that it makes or changes."""
        for number, cells in rows:
            values, wrong = _read(cells, found, columns)
            name = values.get("name", "") or _cell(cells, found["name"])
            known, doubt = (None, "") if wrong else self._known(values)
            if doubt:
                wrong.append(doubt)
            elif known and known.uid in self.rows:
                wrong.append(f"è lo stesso ente della riga {self.rows[known.uid]}.")
            if wrong:
                yield Line(number, name[:120], "error", tuple(wrong)), None
                continue
            yield self._outcome(number, values, known)

    def _known(self, values: Mapping[str, str]) -> tuple[Organization | None, str]:
        """Whose row it is, or why that cannot be told."""
        code = values.get("tax_code", "")
        if one := self.ids.get(values.get("id", "")):
            other = self.codes.get(code)
            return one, f"il codice fiscale è di «{other.name}»." if other and other.uid != one.uid else ""
        if code in self.codes:
            return self.codes[code], ""
        alike = [one for one in self.names.get(plain(values["name"]), ()) if not (code and one.tax_code)]
        if len(alike) > 1:
            return None, "più enti si chiamano così: serve il codice fiscale, o l’id."
        return (alike[0] if alike else None), ""

    def _outcome(
        self, number: int, values: Mapping[str, str], known: Organization | None
    ) -> tuple[Line, Organization | None]:
        warnings = [*_doubts(values)]
        if known is None:
            warnings += self._alike(values)
            given = {name: value for name, value in values.items() if name != "id"}
            one = Organization(uid=values.get("id") or new_uid(), state="invited", **given)  # type: ignore[arg-type]
            self._learn(one)
            self.rows[one.uid] = number
            return Line(number, one.name, "new", (), tuple(warnings)), one
        self.rows[known.uid] = number
        changes, kept = _changes(values, known)
        warnings += [f"{_CALLED[name]}: resta «{getattr(known, name)}», come ha detto l’ente." for name in kept]
        told = tuple(f"{_CALLED[name]}: «{getattr(known, name)}» diventa «{new}»" for name, new in changes.items())
        one = replace(known, **changes)
        self._learn(one)
        return Line(number, one.name, "changed" if changes else "same", told, tuple(warnings)), one if changes else None

    def _alike(self, values: Mapping[str, str]) -> Iterator[str]:
        """Warnings that it may be one that is known, under another name or another tax code."""
        from rapidfuzz import fuzz, process

        wanted = plain(values["name"])
        found = process.extractOne(wanted, self.names.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_LIKE)
        if found:
            other = self.names[found[0]][0]
            where = f", riga {self.rows[other.uid]}" if other.uid in self.rows else ""
            yield f"forse c’è già: «{other.name}»{where}."


def _read(
    cells: Sequence[str], found: Mapping[str, list[int]], columns: Mapping[str, Known]
) -> tuple[dict[str, str], list[str]]:
    """The values of the cells that are filled, and what is wrong in them."""
    values: dict[str, str] = {}
    wrong: list[str] = []
    for key, where in found.items():
        cell = _cell(cells, where)
        try:
            values |= {key: columns[key].read(cell)} if cell else {}
        except CellFault as fault:
            wrong.append(f"{columns[key].called}: {fault} Per esempio: {columns[key].example}.")
    if not _cell(cells, found["name"]):
        wrong.append(f"denominazione: la cella è vuota. Per esempio: {columns['name'].example}.")
    if values.get("id", "").startswith(DEMONSTRATION):
        wrong.append(f"id: quelli che cominciano con «{DEMONSTRATION}» sono della dimostrazione.")
    town = " ".join(filter(None, (values.pop("postal_code", ""), values.pop("town", ""))))
    if values.get("address") and town and town.casefold() not in values["address"].casefold():
        values["address"] = f"{values['address']}, {town}"[:200]
    return values, wrong


def _cell(cells: Sequence[str], where: Sequence[int]) -> str:
    """The first cell that is filled."""
    return next((cells[place] for place in where if place < len(cells) and cells[place]), "")


def _doubts(values: Mapping[str, str]) -> Iterator[str]:
    from stdnum.it import iva

    if (code := values.get("tax_code")) and not iva.is_valid(code):
        yield f"codice fiscale: l’ufficio «{code[7:10]}» non si conosce, lo ricontrolli."


_CALLED = {
    "name": "denominazione", "kind": "tipologia", "tax_code": "codice fiscale", "email": "e-mail", "pec": "PEC",
    "phone": "telefono", "website": "sito", "address": "indirizzo", "description": "attività",
}  # fmt: skip


def _changes(values: Mapping[str, str], known: Organization) -> tuple[dict[str, Any], list[str]]:
    """What a row changes of an organization that is known, and what it says in vain."""
    differing = {name: value for name, value in values.items() if name != "id" and getattr(known, name) != value}
    if known.state == "invited":
        return differing, []
    filled = {name: value for name, value in differing.items() if name in _FILLED and not getattr(known, name)}
    return filled, [name for name in differing if name not in filled]
