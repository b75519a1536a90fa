"""The pages of the web chat: the citizen's, one for each invitation, and the neutral one to leave for."""

from __future__ import annotations

import re
from calendar import Calendar
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from bot.channels.webchat import CITIZEN, slot_of
from bot.house import House
from catalog_store.demonstration import is_demonstration_present
from catalog_store.privacy import RETENTION
from dialogs import commands

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = HERE / "static"
_CODE = re.compile(r"[A-Z0-9]{6,24}")  # as an invitation is written

KEPT = {  # the kinds of catalog_store.privacy.RETENTION that people are told of, in their words
    "inbox": "quello che ci scrive",
    "outbox": "quello che le scriviamo",
    "conversations": "una conversazione, da quando è finita",
    "abandoned": "una conversazione lasciata a metà",
    "referrals": "una richiesta, da quando è conclusa; poi resta solo nei conteggi, senza di lei",
    "waiting": "la nota per chi doveva risponderle o chiamarla, da quando è fatto",
    "people": "il resto, da quando non ci scrive più e non ha richieste aperte",
    "audit": "chi ha guardato i suoi dati, e perché",
}
Named = Annotated[str, Query(max_length=64)]
router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
async def citizen(request: Request, offerta: Named = "", associazione: Named = "") -> HTMLResponse:
    """The page that anybody opens; from the public catalogue, at one of its offers or organizations."""
    wanted = f"/start offerta-{offerta}" if offerta else f"/start {commands.OF_ORGANIZATION}{associazione}"
    known = commands.offer(wanted) or commands.organization(wanted)
    return await _chat(request, CITIZEN, "", wanted if known else "")


@router.get("/invito/{code}")
async def invited(request: Request, code: str) -> HTMLResponse:
    """The page of whoever was invited: it presents the code by itself, the first time."""
    code = code.upper()
    if not _CODE.fullmatch(code):
        return missing(request)
    return await _chat(request, slot_of(code), f"/start {code}")


@router.get("/neutro")
async def neutral(request: Request) -> HTMLResponse:
    """An ordinary page, for who must leave the chat in a hurry: it says nothing about where they were."""
    from babel.dates import format_date

    house: House = request.app.state.house
    today = house.store.clock().astimezone(house.store.territory.zone).date()
    return _page(
        request, "neutral.html", month=format_date(today, "LLLL y", locale="it"), today=today.day,
        weeks=Calendar().monthdayscalendar(today.year, today.month),
    )  # fmt: skip


@router.get("/privacy")
async def privacy(request: Request) -> HTMLResponse:
    """What becomes of what people write (GDPR, art. 13), with the times that are really kept to."""
    from markdown_it import MarkdownIt

    house: House = request.app.state.house
    said = house.store.territory.informed().replace("$retention", _retention())
    return _page(request, "privacy.html", notice=MarkdownIt("js-default").render(said))


def _retention() -> str:
    return "\n".join(f"- {what}: {_days(RETENTION[kind])}." for kind, what in KEPT.items())


def _days(time: timedelta) -> str:
    return f"{time.days} giorni" if time.days != 1 else "1 giorno"


def missing(request: Request) -> HTMLResponse:
    """There is no such page."""
    return _page(request, "missing.html", 404)


async def _chat(request: Request, slot: str, first: str, wanted: str = "") -> HTMLResponse:
    """`first`: what the page says by itself, the first time; `wanted`: what it says every time that it is opened so."""
    house: House = request.app.state.house
    territory = house.store.territory
    return _page(
        request, "chat.html", slot=slot, first=first, wanted=wanted, municipality=territory.municipality,
        offices=territory.offices.values(), demonstration=await run_in_threadpool(_is_demonstration, house),
        reads=house.speaks is not None, catalogue="/catalogo" in house.beside,
    )  # fmt: skip


def _is_demonstration(house: House) -> bool:
    with house.store.reading() as tx:
        return is_demonstration_present(tx)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(HERE / "templates")
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def _page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    root = urlsplit(request.app.state.house.settings.public_base_url).path  # of an installation under a folder
    return HTMLResponse(_templates().get_template(template).render(root=root, **values), status)
