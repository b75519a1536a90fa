"""The registry of invitation codes: made for a role, an organization or an office; shown as a link; revoked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Forbidden, Missing
from admin.office.office import Here, Office, Who
from catalog_store import audit, invitations, organizations, roles, staff
from catalog_store.connect import Transaction
from catalog_store.invitations import Invitation
from catalog_store.sessions import Visitor

router = APIRouter(default_response_class=HTMLResponse)
CALLED = {**staff.ROLES, "volunteer": "Volontario"}  # every role that a code gives
MOST_DAYS, MOST_USES = 365, 500
SHOWN = 200  # codes on the page, the latest first
OF_ONE = ("administrator", "operator", "social_worker", "reader")  # roles of which each has a code of their own
Text = Annotated[str, Form()]


@router.get("/codici")
async def codes(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """Every code, the latest first, and the form for another."""
    return await _page(request, office)


@router.post("/codici")
async def make_code(  # noqa: PLR0913, PLR0917  each is a field of the form
    request: Request, office: Here, who: Who, role: Text, note: Text, days: Annotated[int, Form()] = 7,
    uses: Annotated[int, Form()] = 1, organization: Text = "", unit: Text = "",
) -> Response:  # fmt: skip
    """Make one, and show its link at the top of the page."""
    asked = {"role": role, "note": note.strip(), "days": days, "uses": uses, "organization": organization, "unit": unit}
    if wrong := _mistake(office, asked):
        return await _page(request, office, wrong=wrong, asked=asked)
    made = await office.write(_make, who, asked)
    return await _page(request, office, made=made)


@router.post("/codici/{uid}/revoca")
async def revoke_code(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Take it back, with all that it gave."""
    done = await office.write(_revoke, who, uid)
    return pages.back(request, "/codici", "revocato" if done else "gia")


def link(office: Office, invitation: Invitation) -> str:
    """Where somebody opens it: the back office for who works there, otherwise the web chat."""
    return f"{office.base}{'/ufficio' if invitation.role in staff.ROLES else ''}/invito/{invitation.code}"


async def _page(
    request: Request, office: Office, *, wrong: str = "", asked: dict[str, Any] | None = None, made: str = ""
) -> Response:
    rows, owners, held = await office.read(_listed)
    new = next((row for row in rows if row.uid == made), None)
    return pages.page(
        request, "codes.html", 400 if wrong else 200, rows=rows, owners=owners, held=held, called=CALLED, wrong=wrong,
        in_chat=roles.IN_CHAT, asked=asked or {}, offices=office.store.territory.offices,
        new=new, link=link(office, new) if new else "",
    )  # fmt: skip


def _listed(tx: Transaction) -> tuple[list[Invitation], dict[int, str], dict[int, int]]:
    """The codes, the names of the organizations, and how many in the chat hold what each code gave."""
    rows = invitations.listed(tx, SHOWN)
    owners = {one.id: one.name for one in organizations.listed(tx)}
    return rows, owners, roles.held(tx, [row.id for row in rows])


def _mistake(office: Office, asked: dict[str, Any]) -> str:
    if asked["role"] not in CALLED:
        return "Scelga che cosa potrà fare chi entra."
    if not asked["note"]:
        return "Scriva per chi è il codice, per esempio: Maria Rossi, segreteria."
    if not 1 <= asked["days"] <= MOST_DAYS or not 1 <= asked["uses"] <= MOST_USES:
        return f"Da 1 a {MOST_DAYS} giorni, e da 1 a {MOST_USES} persone."
    if asked["role"] in OF_ONE and asked["uses"] != 1:
        return "Chi lavora qui ha ognuno il suo codice: per una persona sola."
    if asked["role"] == "association" and not asked["organization"].isdecimal():
        return "Scelga di quale associazione è delegato."
    if asked["role"] == "social_worker" and asked["unit"] not in office.store.territory.offices:
        return "Scelga in quale ufficio lavora."
    return ""


def _make(tx: Transaction, who: Visitor, asked: dict[str, Any]) -> str:
    owner = int(asked["organization"]) if asked["role"] == "association" else None
    if owner is not None and owner not in {one.id for one in organizations.listed(tx)}:
        raise Missing
    unit = asked["unit"] if asked["role"] == "social_worker" else ""
    code = invitations.invite(
        tx, asked["role"], owner, asked["days"], asked["uses"], office=unit, note=asked["note"][:80]
    )
    made = invitations.find(tx, code)
    if made is None:
        raise Missing
    audit.note(tx, who.id, "made", "code", uid=made.uid, why=asked["role"])
    return made.uid


def _revoke(tx: Transaction, who: Visitor, uid: str) -> bool:
    row = invitations.get(tx, uid)
    if row is None:
        raise Missing
    if row.id == staff.came_by(tx, who.id):  # as with accounts: there would be no administrator left
        raise Forbidden
    audit.note(tx, who.id, "revoked", "code", uid=uid, why=row.role)
    return staff.revoke(tx, row)
