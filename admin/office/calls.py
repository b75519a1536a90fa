"""Telephone calls to make: the number, two lines of what to say, and what came of it."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.office import Here, Who
from admin.office.today import found
from catalog_store import audit, calendars, staff, waiting
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor
from catalog_store.waiting import Waiting

router = APIRouter(default_response_class=HTMLResponse)
AGAIN = timedelta(hours=1)  # of opening, before somebody who did not answer is called again
MOMENTS = {"soon": "appena possibile", "morning": "di mattina", "afternoon": "di pomeriggio"}


@router.get("/telefonate/{uid}")
async def call(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Whom to call and what to say; that it was looked at is written down."""
    row, names = await office.write(_looked_at, who, uid)
    return pages.page(request, "call.html", row=row, names=names, moments=MOMENTS)


@router.post("/telefonate/{uid}/fatto")
async def called(request: Request, office: Here, who: Who, uid: str) -> Response:
    """They were told."""
    done = await office.write(_called, who, uid)
    return pages.back(request, "/", "fatto" if done else "gia")


@router.post("/telefonate/{uid}/non-risponde")
async def unanswered(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Nobody answered: it comes back."""
    tried = await office.write(_unanswered, who, uid)
    return pages.back(request, "/", "richiamare" if tried else "gia")


def _row(tx: Transaction, uid: str) -> Waiting:
    row = found(tx, uid)
    if row.kind != "call":
        raise Missing
    return row


def _looked_at(tx: Transaction, who: Visitor, uid: str) -> tuple[Waiting, dict[int, str]]:
    row = _row(tx, uid)
    if row.done_at is not None:
        raise Missing
    waiting.take(tx, row.id, who.id)
    audit.note(tx, who.id, "read", "call", uid=uid, whose=row.person_id, why="call")
    return _row(tx, uid), staff.names(tx)


def _called(tx: Transaction, who: Visitor, uid: str) -> bool:
    row = _row(tx, uid)
    if row.staff_id not in (None, who.id) or not waiting.done(tx, row.id):
        return False
    audit.note(tx, who.id, "called", "call", uid=uid, whose=row.person_id, why="call")
    return True


def _unanswered(tx: Transaction, who: Visitor, uid: str) -> bool:
    row, later = _row(tx, uid), calendars.add_working(AGAIN, tx.now, tx.store.calendar)
    if row.staff_id not in (None, who.id) or not waiting.tried(tx, row.id, later):
        return False
    audit.note(tx, who.id, "tried", "call", uid=uid, whose=row.person_id, why="call")
    return True
