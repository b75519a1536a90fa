"""The offers: what each is today, and what is done for its organization after a call: confirm, pause, close, show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.office import Here, Who
from catalog_store import audit, closures, freshness, offer_board, offers, organizations
from catalog_store.closures import Closure
from catalog_store.connect import Transaction
from catalog_store.offer_board import PAGE, Filters, Line
from catalog_store.sessions import Visitor

router = APIRouter(default_response_class=HTMLResponse)
NAMES = {"state": "stato", "organization": "associazione", "after": "dopo"}  # of what is looked for, in the address
STATES = {
    "all": "Tutte", "active": "Si vedono", "stale": "Da confermare", "hidden": "Nascoste", "paused": "Sospese",
    "over": "Chiuse per sempre",
}  # fmt: skip
STATE = {"active": "si vede", "hidden": "nascosta", "paused": "sospesa", "over": "chiusa per sempre"}
MOVES = {"pause": "paused", "show": "active"}  # what can be done with an offer, and the state that it makes
Text = Annotated[str, Form()]


@router.get("/offerte")
async def offers_board(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """A page of offers, how many there are in each state, and the form to look for an organization's."""
    filters = filters_of(request.query_params)
    lines, counts, owners = await office.read(_seen, filters)
    more = link(replace(filters, after=lines[PAGE - 1].id)) if len(lines) > PAGE else ""
    return pages.page(
        request, "offers.html", lines=lines[:PAGE], counts=counts, owners=owners, filters=filters, more=more,
        states=STATES, state=STATE, words=NAMES, link=lambda **other: link(replace(filters, after=0, **other)),
    )  # fmt: skip


@router.get("/offerte/{uid}")
async def offer_page(request: Request, office: Here, who: Who, uid: str) -> Response:  # noqa: ARG001
    """One offer, and what can be done with it."""
    return await _page(request, office, uid)


@router.post("/offerte/{uid}/conferma")
async def confirm_offer(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Its organization said on the telephone that it is still true."""
    await office.write(_confirm, who, uid)
    return pages.back(request, f"/offerte/{uid}", "confermata")


@router.post("/offerte/{uid}/stato")
async def move_offer(request: Request, office: Here, who: Who, uid: str, to: Text) -> Response:
    """Pause it, or show it again."""
    if to not in MOVES:
        raise Missing
    await office.write(_move, who, uid, MOVES[to])
    return pages.back(request, f"/offerte/{uid}", "fatto")


@router.post("/offerte/{uid}/chiusura")
async def close_offer(
    request: Request, office: Here, who: Who, uid: str, first: Text = "", last: Text = "", whole: Text = "",
) -> Response:  # fmt: skip
    """Close it, or all that its organization offers, from a day to another."""
    days = _days(first, last)
    if days is None:
        return await _page(request, office, uid, wrong="Scriva il primo e l’ultimo giorno, in ordine.")
    await office.write(_close, who, uid, *days, whole=bool(whole))
    return pages.back(request, f"/offerte/{uid}", "fatto")


@router.post("/offerte/{uid}/chiusura/{closure}/togli")
async def reopen_offer(request: Request, office: Here, who: Who, uid: str, closure: int) -> Response:
    """Take a closure back."""
    done = await office.write(_reopen, who, uid, closure)
    return pages.back(request, f"/offerte/{uid}", "fatto" if done else "gia")


def filters_of(given: Mapping[str, str]) -> Filters:
    """What an address asks for; what it does not know is anything."""
    state, after = given.get(NAMES["state"], ""), given.get(NAMES["after"], "")
    return Filters(
        state if state in offer_board.STATES else "all",
        given.get(NAMES["organization"], "")[:64],
        int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0,  # noqa: PLR2004  an id
    )


def link(filters: Filters) -> str:
    """The address of what is looked for, without what is as usual."""
    usual = Filters()
    told = {word: value for name, word in NAMES.items() if (value := getattr(filters, name)) != getattr(usual, name)}
    return f"/offerte?{urlencode(told)}" if told else "/offerte"


async def _page(request: Request, office: Here, uid: str, wrong: str = "") -> Response:
    line = await office.read(_line, uid)
    return pages.page(request, "offer.html", 400 if wrong else 200, line=line, state=STATE, wrong=wrong)


def _seen(tx: Transaction, filters: Filters) -> tuple[list[Line], dict[str, int], dict[str, str]]:
    return offer_board.listed(tx, filters, PAGE + 1), offer_board.counted(tx, filters), organizations.called(tx)


def _line(tx: Transaction, uid: str) -> Line:
    line = offer_board.get(tx, uid)
    if line is None:
        raise Missing
    return line


def _confirm(tx: Transaction, who: Visitor, uid: str) -> None:
    line = _line(tx, uid)
    freshness.confirm(tx, line.organization_id, [line.id])
    audit.note(tx, who.id, "confirmed", "offer", uid=uid)


def _move(tx: Transaction, who: Visitor, uid: str, state: str) -> None:
    line = _line(tx, uid)
    if line.state != "over":
        said = {"confirmed_on": closures.today(tx)} if state == "active" else {}  # or it would be hidden at once
        offers.change(tx, line.id, state=state, **said)
        audit.note(tx, who.id, "changed", "offer", uid=uid)


def _close(tx: Transaction, who: Visitor, uid: str, first: date, last: date, *, whole: bool) -> None:
    line = _line(tx, uid)
    closures.put(tx, Closure(line.organization_id, None if whole else line.id, first, last))
    audit.note(tx, who.id, "changed", "offer", uid=uid)


def _reopen(tx: Transaction, who: Visitor, uid: str, closure: int) -> bool:
    done = closures.remove(tx, closure, _line(tx, uid).organization_id)
    if done:
        audit.note(tx, who.id, "changed", "offer", uid=uid)
    return done


def _days(first: str, last: str) -> tuple[date, date] | None:
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None
