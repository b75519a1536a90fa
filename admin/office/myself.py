"""One's own account: where one is inside, and one's own telephone in the chat."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.office import Here, Who
from catalog_store import audit, sessions, staff
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor

router = APIRouter(default_response_class=HTMLResponse)
DAYS = 2  # to write the code from one's telephone


@router.get("/io")
async def myself(request: Request, office: Here, who: Who) -> Response:
    """Where one is inside."""
    return pages.page(request, "myself.html", inside=await office.read(sessions.of, who.id), code="")


@router.post("/io/esci-altrove")
async def leave_elsewhere(request: Request, office: Here, who: Who) -> Response:
    """Out everywhere but here."""
    await office.write(_leave_elsewhere, who)
    return pages.back(request, "/io", "usciti")


@router.post("/io/telefono")
async def own_phone(request: Request, office: Here, who: Who) -> Response:
    """A code to write in the chat from one's own telephone."""
    code = await office.write(_own_phone, who)
    return pages.page(request, "myself.html", inside=await office.read(sessions.of, who.id), code=code)


def _leave_elsewhere(tx: Transaction, who: Visitor) -> None:
    sessions.end_others(tx, who)
    audit.note(tx, who.id, "left", "account", uid=who.uid, why="elsewhere")


def _own_phone(tx: Transaction, who: Visitor) -> str:
    member = staff.get(tx, who.uid)
    if member is None:
        raise Missing
    audit.note(tx, who.id, "made", "code", uid=who.uid, why="own phone")
    return staff.own_phone(tx, member, DAYS)
