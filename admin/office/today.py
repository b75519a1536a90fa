"""*Oggi*: what waits, for whom, the most urgent and oldest first. It comes up to date by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.kinds import Item, Kind, waiting_for
from admin.office.office import Here, Who
from catalog_store import audit, staff, waiting
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor
from catalog_store.waiting import Waiting
from dialogs import chats

router = APIRouter(default_response_class=HTMLResponse)
Waits = list[tuple[Kind, int, Sequence[Item]]]


@router.get("/")
async def today(request: Request, office: Here, who: Who) -> Response:
    """The page."""
    waits, names = await office.read(_seen, who)
    return pages.page(request, "today.html", waits=waits, names=names, mark=_mark(waits, names))


@router.get("/oggi")
async def today_list(request: Request, office: Here, who: Who, mark: str = "") -> Response:
    """The list alone, asked again and again by the page; nothing, where it is as `mark` says that it was."""
    waits, names = await office.read(_seen, who)
    now = _mark(waits, names)
    if mark == now:
        return Response(status_code=204)
    return pages.page(request, "today_list.html", waits=waits, names=names, mark=now)


@router.post("/attese/{uid}/prendi")
async def take(request: Request, office: Here, who: Who, uid: str) -> Response:
    """See to it oneself; from whoever did, where that is asked for."""
    form = await request.form()
    row = await office.write(_take, who, uid, over="over" in form)
    return pages.back(request, str(form.get("poi", "")) if row else "/", "preso" if row else "gia")


@router.post("/attese/{uid}/visto")
async def acknowledge(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Somebody sees to a danger: nobody else is told again."""
    done = await office.write(_acknowledge, who, uid)
    return pages.back(request, f"/chat/{uid}" if done else "/", "preso" if done else "gia")


@router.post("/attese/{uid}/fatto")
async def finish(request: Request, office: Here, who: Who, uid: str) -> Response:
    """It is done."""
    done = await office.write(_finish, who, uid)
    return pages.back(request, "/", "fatto" if done else "gia")


def found(tx: Transaction, uid: str) -> Waiting:
    """The entry of this name. Raises Missing."""
    row = waiting.by_uid(tx, uid)
    if row is None:
        raise Missing
    return row


def _seen(tx: Transaction, visitor: Visitor) -> tuple[Waits, dict[int, str]]:
    waits = waiting_for(tx, visitor)
    return waits, staff.names(tx, {item.staff_id for _, _, items in waits for item in items if item.staff_id})


def _mark(waits: Waits, names: dict[int, str]) -> str:
    """What is shown, in sixteen letters."""
    shown = [
        (kind.name, count, [(item, names.get(item.staff_id or 0)) for item in items]) for kind, count, items in waits
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _take(tx: Transaction, who: Visitor, uid: str, *, over: bool) -> bool:
    row = found(tx, uid)
    taken = waiting.take(tx, row.id, who.id, over=over)
    if taken:
        audit.note(tx, who.id, "taken", row.kind, uid=uid, whose=row.person_id, why=row.kind)
    return taken


def _acknowledge(tx: Transaction, who: Visitor, uid: str) -> bool:
    row = found(tx, uid)
    if not waiting.take(tx, row.id, who.id) or not waiting.acknowledge(tx, row.id):
        return False
    audit.note(tx, who.id, "acknowledged", row.kind, uid=uid, whose=row.person_id, why="danger")
    return True


def _finish(tx: Transaction, who: Visitor, uid: str) -> bool:
    return chats.finish(tx, found(tx, uid), who.id)
