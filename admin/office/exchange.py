"""The municipality's list of bodies enters, after a look at what each row would do; the catalogue leaves as files."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.office import Here, Office, Who
from catalog_store import audit
from catalog_store.connect import Transaction
from catalog_store.exchange import bodies, export, hsds
from catalog_store.exchange.bodies import Report
from catalog_store.exchange.body_columns import body_columns
from catalog_store.exchange.hsds_feed import Feed
from catalog_store.exchange.tables import Problem
from catalog_store.sessions import Visitor

router = APIRouter(default_response_class=HTMLResponse)
MOST = 500 * 1024  # bytes of a list; the command takes larger ones
LARGEST = MOST * 4 // 3 + 4096  # of the form that brings it again, in base64
SHOWN = 300  # rows of the report: those with mistakes first
_ORDER = ("error", "changed", "new", "same")
OUTCOMES = {"new": "nuovo", "changed": "cambia", "same": "uguale", "error": "errore"}
FILES = {  # what leaves: its name, its type
    "csv": ("catalogo-csv.zip", "application/zip"),
    "xlsx": ("catalogue.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "hsds": ("services.json", "application/json"),
}
Text = Annotated[str, Form()]


@router.get("/scambio")
async def exchange(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """The form for a list, and what can be taken away."""
    return _page(request, office)


@router.post("/scambio/prova")
async def try_list(request: Request, office: Here, who: Who, file: Annotated[UploadFile, File()]) -> Response:  # noqa: ARG001
    """Say what each row of a list would do; nothing is changed."""
    data = await file.read(MOST + 1)
    if len(data) > MOST:
        return _page(request, office, wrong=f"Il file è più grande di {MOST // 1024} KB: si importa col comando.")
    return _shown(request, office, file.filename or "elenco", data, await office.read(bodies.plan, "elenco", data))


@router.post("/scambio/importa")
async def import_list(request: Request, office: Here, who: Who, name: Text, content: Text, mark: Text) -> Response:
    """Do what was shown; if it would not be the same any more, show it again."""
    try:
        data = base64.urlsafe_b64decode(content)
    except (ValueError, binascii.Error):
        return _page(request, office, wrong="Il modulo è arrivato a metà: scelga di nuovo il file.")
    report = await office.read(bodies.plan, "elenco", data)
    if isinstance(report, Report) and report.mark == mark and await office.write(_import, who, report):
        return pages.back(request, "/scambio", "elenco")
    return _shown(request, office, name, data, report, again=True)


@router.post("/scambio/esporta")
async def export_catalogue(request: Request, office: Here, who: Who, form: Text) -> Response:
    """The catalogue as a file."""
    if form not in FILES:
        return _page(request, office, wrong="Scelga in quale forma.")
    made = await office.read(_leaving, form)
    await office.write(audit.note, who.id, "exported", "catalogue", why=form)
    data = await run_in_threadpool(_file, form, made)
    name, kind = FILES[form]
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _import(tx: Transaction, who: Visitor, report: Report) -> bool:
    entered = bodies.apply(tx, report)
    if entered is not None:
        audit.note(tx, who.id, "imported", "list", why=f"{entered} righe")
    return entered is not None


def _leaving(tx: Transaction, form: str) -> export.Tables | Feed:
    return Feed.load(tx) if form == "hsds" else export.tables(tx)


def _file(form: str, made: export.Tables | Feed) -> bytes:
    if isinstance(made, Feed):
        return json.dumps(hsds.package(made), ensure_ascii=False).encode()
    return export.workbook(made) if form == "xlsx" else export.zipped(made)


def _shown(
    request: Request, office: Office, name: str, data: bytes, report: Report | Problem, *, again: bool = False
) -> Response:
    if isinstance(report, Problem):
        return _page(request, office, wrong=str(report))
    lines = sorted(report.lines, key=lambda line: (_ORDER.index(line.outcome), line.row))
    counts = {called: report.count(outcome) for outcome, called in OUTCOMES.items()}
    return pages.page(
        request, "list_report.html", name=name, report=report, lines=lines[:SHOWN], left=max(0, len(lines) - SHOWN),
        counts=counts, called=OUTCOMES, content=base64.urlsafe_b64encode(data).decode(), again=again,
    )  # fmt: skip


def _page(request: Request, office: Office, *, wrong: str = "") -> Response:
    columns = body_columns(office.store.territory)
    return pages.page(
        request, "exchange.html", 400 if wrong else 200, wrong=wrong, columns=columns.values(), most=MOST // 1024
    )
