"""What could not be delivered, and what arrived and was not understood by the program: sent, and taken, again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.office import Here, Who
from catalog_store import audit, messages
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/lettere/{letter}/rimanda")
async def send_again(request: Request, office: Here, who: Who, letter: int) -> Response:
    """Put a dead letter back into the outbox."""
    done = await office.write(_send_again, who, letter)
    return pages.back(request, "/", "rimandato" if done else "gia")


@router.post("/lettere/{letter}/rileggi")
async def replay(request: Request, office: Here, who: Who, letter: int) -> Response:
    """Take a failed message again, if nothing came from the same person after it."""
    done = await office.write(_replay, who, letter)
    return pages.back(request, "/", "rimandato" if done else "gia")


def _send_again(tx: Transaction, who: Visitor, letter: int) -> bool:
    if not messages.send_again(tx, letter):
        return False
    audit.note(tx, who.id, "sent again", "letter", uid=str(letter), why="letter")
    return True


def _replay(tx: Transaction, who: Visitor, letter: int) -> bool:
    if letter not in messages.failures(tx):
        return False
    audit.note(tx, who.id, "taken again", "letter", uid=str(letter), why="letter")
    messages.due_again(tx, letter)
    return True
