"""Who works here: listed, and let out for good."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Forbidden, Missing
from admin.office.office import Here, Who
from catalog_store import audit, organizations, staff
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor
from catalog_store.staff import Member

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/persone")
async def members(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """Every account."""
    rows, owners = await office.read(_listed)
    return pages.page(request, "members.html", rows=rows, owners=owners, offices=office.store.territory.offices)


@router.post("/persone/{uid}/fine")
async def end_member(request: Request, office: Here, who: Who, uid: str) -> Response:
    """They do not work here any more. Nobody ends their own account: there would be no administrator left."""
    await office.write(_end, who, uid)
    return pages.back(request, "/persone", "finito")


def _listed(tx: Transaction) -> tuple[list[Member], dict[int, str]]:
    return staff.listed(tx), {one.id: one.name for one in organizations.listed(tx)}


def _end(tx: Transaction, who: Visitor, uid: str) -> None:
    member = staff.get(tx, uid)
    if member is None:
        raise Missing
    if member.id == who.id:
        raise Forbidden
    staff.end(tx, member.id)
    audit.note(tx, who.id, "ended", "account", uid=uid, why=member.role)
