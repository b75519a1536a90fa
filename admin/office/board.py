"""The board of requests: what is looked for lives in the address, so that it can be kept and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.kinds import need_called
from admin.office.office import Here, Who
from catalog_store import board, organizations, staff
from catalog_store.board import Filters, Line
from catalog_store.casework import URGENCIES
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of

router = APIRouter(default_response_class=HTMLResponse)
NAMES = {  # of what is looked for, in the address
    "state": "stato", "need": "bisogno", "area": "zona", "organization": "associazione", "urgency": "urgenza",
    "holder": "segue", "late": "scadute", "since": "dal", "until": "al", "code": "codice", "order": "ordine",
    "after": "dopo",
}  # fmt: skip
STATES = {  # what can be chosen, and how one of them is called
    "open": "Aperte", "new": "Da portare a mano", "queued": "In lista d’attesa",
    "sent": "In attesa di risposta", "unanswered": "Senza risposta",
    "declined": "Non accettate", "accepted": "Accettate", "under_way": "In corso", "over": "Finite",
    "closed": "Concluse", "withdrawn": "Ritirate", "trial": "Prove", "all": "Tutte",
}  # fmt: skip
STATE = {
    "new": "da portare a mano", "queued": "in lista d’attesa",
    "sent": "in attesa di risposta", "unanswered": "senza risposta",
    "declined": "non accettata", "accepted": "accettata", "under_way": "in corso", "closed": "conclusa",
    "withdrawn": "ritirata", "trial": "prova",
}  # fmt: skip
URGENCY = {"urgent": "urgente", "normal": "normale", "low": "può aspettare"}
HOLDERS = {"me": "Le seguo io", "colleague": "Le segue un collega", "nobody": "Nessuno le segue"}
ORDERS = {"due": "Prima quelle da fare prima", "newest": "Prima le più recenti", "oldest": "Prima le più vecchie"}


@router.get("/richieste")
async def requests_board(request: Request, office: Here, who: Who) -> Response:
    """A page of requests, how many there are in each state, and the form to look for others."""
    filters = filters_of(request.query_params)
    lines, counts, names, owners = await office.read(_seen, who, filters)
    town = office.store.territory
    return pages.page(
        request, "board.html", lines=lines[: board.PAGE], counts=_summed(counts), names=names, owners=owners,
        filters=filters, more=_below(lines, filters), link=lambda **other: link(replace(filters, after=None, **other)),
        areas={place.id: place.name for place in town.localities.values()}, chapters=_chapters(), called=need_called,
        states=STATES, state=STATE, urgencies=URGENCY, holders=HOLDERS, orders=ORDERS, words=NAMES,
    )  # fmt: skip


def filters_of(given: Mapping[str, str]) -> Filters:
    """What an address asks for. What it does not know, or half knows, is anything."""
    told: dict[str, Any] = {name: given.get(word, "").strip() for name, word in NAMES.items()}
    known = {"state": board.STATES, "urgency": URGENCIES, "holder": board.HOLDERS, "order": board.ORDERS}
    for name, among in known.items():
        told[name] = told[name] if told[name] in among else _FRESH[name]
    if told["need"] not in NEEDS and told["need"] not in GROUPS:
        told["need"] = ""
    told |= {name: _day(told[name]) for name in ("since", "until")}
    return Filters(**{**told, "late": bool(told["late"]), "after": _after(told["after"])})


def link(filters: Filters) -> str:
    """The address of what is looked for, without what is as usual."""
    told = {NAMES[name]: _written(getattr(filters, name)) for name, usual in _FRESH.items()
            if getattr(filters, name) != usual}  # fmt: skip
    return f"/richieste?{urlencode(told)}" if told else "/richieste"


_FRESH: dict[str, Any] = {one.name: one.default for one in fields(Filters)}


def _seen(
    tx: Transaction, who: Visitor, filters: Filters
) -> tuple[list[Line], dict[str, int], dict[int, str], dict[str, str]]:
    lines = board.listed(tx, who, filters, board.PAGE + 1)
    names = staff.names(tx, {line.staff_id for line in lines if line.staff_id})
    owners = organizations.called(tx) if who.role != "association" else {}
    return lines, board.counted(tx, who, filters), names, owners


def _summed(counts: Mapping[str, int]) -> dict[str, int]:
    """How many there are of each that can be chosen; of none, only what is always there to be chosen."""
    summed = {name: sum(counts.get(state, 0) for state in stands) for name, stands in board.STATES.items()}
    return {name: summed[name] for name in STATES if summed[name] or name in ("open", "over", "all")}


def _below(lines: list[Line], filters: Filters) -> str:
    """The address of the next page; '' on the last."""
    if len(lines) <= board.PAGE:
        return ""
    last = lines[board.PAGE - 1]
    return link(replace(filters, after=(last.at, last.uid)))


def _chapters() -> dict[tuple[str, str], dict[str, str]]:
    """The groups, each with its needs, as they are called."""
    return {
        (code, group.text().label): {need.code: need.text().label for need in needs_of(code)}
        for code, group in GROUPS.items()
    }


def _written(value: object) -> str:
    if isinstance(value, tuple):
        at, uid = value
        return f"{at.isoformat()}~{uid}"
    return "1" if value is True else str(value)


def _after(written: str) -> tuple[datetime, str] | None:
    at, _, uid = written.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, uid) if instant.tzinfo and uid else None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
