"""The catalogue on paper, in Italian: a booklet for each part of the town, the list of associations, posters, codes.

Made when somebody asks, one at a time, from the catalogue as it is; a browser that has the same already is told so.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from admin import documents
from admin.public import cards, links, words
from admin.public.cards import Card
from admin.public.desk import HERE, Busy, Desk, Here, Missing, outside
from catalog_store import VERSION
from catalog_store.connect import Transaction
from catalog_store.matching import Match
from catalog_store.showcase import Filters, Showcase
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of
from dialogs.locale import ITALIAN
from dialogs.locale import spoken as spoken_in
from dialogs.words import Words

router = APIRouter()
MOST = 400  # offers of a booklet: some eighty pages
KEPT = 16  # papers that this process still has, of those asked for last
PATIENCE = 20.0  # seconds for those asked for before
_making = asyncio.Semaphore(1)  # of two processors one is left to the chat
_made: OrderedDict[str, bytes] = OrderedDict()
Data = Callable[[Transaction, Showcase], dict[str, Any]]


@router.get("/opuscolo/{locality}.pdf")
async def booklet(request: Request, desk: Here, locality: str) -> Response:
    """All that there is for who lives in a part of the town, by need, with an index."""
    place = desk.store.territory.localities.get(locality)
    if place is None:
        raise Missing

    def data(tx: Transaction, showcase: Showcase) -> dict[str, Any]:
        found = showcase.page(tx, Filters(locality=locality), size=MOST)
        told = [_told(showcase, match, tx) for match in found.shown]
        chat = f"{outside(desk, request)}/"
        return {
            "title": _said(words.helps_in(place.name)), "groups": _by_need(found.shown, told),
            "left": found.total - len(told), "index": _index(found.shown), **_code(chat), "mark": _mark(desk, showcase),
            "address": f"{outside(desk, request)}{HERE}/",
        }  # fmt: skip

    return await _paper(request, desk, "booklet.typ", data)


@router.get("/associazioni.pdf")
async def the_list(request: Request, desk: Here) -> Response:
    """The associations of the network, as they are today."""

    def data(tx: Transaction, showcase: Showcase) -> dict[str, Any]:
        names = {place.id: place.name for place in tx.store.territory.localities.values()}
        owners = [
            {
                "name": owner.name, "about": owner.description,
                "lines": [f"{line.label}: {line.text}" for line in cards.reached(
                    owner.phone, owner.email, owner.website, ITALIAN, owner.pec)],
                "seats": [", ".join(filter(None, (one.name, one.address, names.get(one.locality, ""))))
                          for one in showcase.locations.get(owner.id, ())],
                "mark": _said(words.WORDS["demonstration"]) if owner.demonstration else "",
            }
            for owner in showcase.organizations.values()
        ]  # fmt: skip
        title = f"{_said(words.WORDS['associations'])}, {desk.store.territory.municipality}"
        day = tx.now.astimezone(tx.store.territory.zone)
        return {"title": title, "owners": owners, "day": f"{day:%d/%m/%Y}", "mark": _mark(desk, showcase)}

    return await _paper(request, desk, "associations.typ", data)


@router.get("/offerte/{uid}/locandina.pdf")
async def offer_poster(request: Request, desk: Here, uid: str) -> Response:
    """A sheet for a wall, with a code that opens the chat at this offer."""

    def data(tx: Transaction, showcase: Showcase) -> dict[str, Any]:
        match = showcase.one(tx, uid)
        if match is None:
            raise Missing
        told, way = (
            cards.card(showcase, match, tx.now, ITALIAN),
            links.to_offer(desk.settings, outside(desk, request), uid),
        )
        lines = [match.offer.description, *_short(showcase, match, tx)]
        return _poster(desk, way.chat, told.name, told.owner, lines, invented=told.demonstration)

    return await _paper(request, desk, "poster.typ", data)


@router.get("/associazioni/{uid}/locandina.pdf")
async def association_poster(request: Request, desk: Here, uid: str) -> Response:
    """A sheet for a wall, with a code that opens the chat at what it offers; where that is nothing, its page."""

    def data(tx: Transaction, showcase: Showcase) -> dict[str, Any]:
        owner = showcase.organizations.get(uid)
        if owner is None:
            raise Missing
        found = showcase.page(tx, Filters(organization=uid), size=6)
        base = outside(desk, request)
        page = f"{base}{HERE}/associazioni/{uid}"
        way = links.to_organization(desk.settings, base, uid).chat if found.total else page
        names = [match.offer.name for match in found.shown]
        return _poster(desk, way, owner.name, "", names or [owner.description], invented=owner.demonstration)

    return await _paper(request, desk, "poster.typ", data)


@router.get("/offerte/{uid}/codice.svg")
async def offer_code(request: Request, desk: Here, uid: str) -> Response:
    """The code alone, for papers of one's own."""
    if await desk.read(lambda tx: desk.showcase(tx).one(tx, uid)) is None:
        raise Missing
    way = links.to_offer(desk.settings, outside(desk, request), uid)
    return Response(documents.qr(way.chat), media_type="image/svg+xml")


async def _paper(request: Request, desk: Desk, template: str, data: Data) -> Response:
    """A document of the catalogue as it is now. Raises Busy, and what `data` raises."""
    desk.count(request, "paper")

    def read(tx: Transaction) -> dict[str, Any]:
        return data(tx, desk.showcase(tx))

    given = await desk.read(read)
    name = hashlib.sha256(repr((VERSION, template, given)).encode()).hexdigest()[:32]
    headers = {"ETag": f'"{name}"', "Cache-Control": "no-cache"}
    if f'"{name}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    try:
        async with asyncio.timeout(PATIENCE), _making:
            pdf = _made.pop(name, b"") or await run_in_threadpool(documents.compile, template, given)
    except TimeoutError:
        raise Busy from None
    _made[name] = pdf
    while len(_made) > KEPT:
        _made.popitem(last=False)
    return Response(pdf, media_type="application/pdf", headers=headers)


def _poster(desk: Desk, way: str, name: str, owner: str, lines: Sequence[str], *, invented: bool) -> dict[str, Any]:
    """What a poster says."""
    mark = words.WORDS["trial"] if desk.store.trial else words.WORDS["demonstration"] if invented else ""
    return {
        "title": name, "name": name, "owner": owner, "lines": [line for line in lines if line], "marked": _said(mark),
        **_code(way), "link": way, "shown": way.partition("//")[2],
        "foot": f"Tessere, {desk.store.territory.municipality}",
    }  # fmt: skip


def _code(way: str) -> dict[str, str]:
    return {"qr": documents.qr(way), "alt": f"QR: {way}", "invitation": _said(words.WORDS["scan"])}


def _mark(desk: Desk, showcase: Showcase) -> str:
    """That nothing of it is real, where nothing is."""
    if desk.store.trial:
        return _said(words.WORDS["nobody_receives"])
    invented = any(owner.demonstration for owner in showcase.organizations.values())
    return _said(words.WORDS["invented"]) if invented else ""


def _said(said: Words) -> str:
    return spoken_in(said, ITALIAN)


def _short(showcase: Showcase, match: Match, tx: Transaction) -> list[str]:
    """What is said of an offer on a wall: for whom, the cost, where and when."""
    every = cards.sections(showcase, match, tx.now, ITALIAN, lasting=True)
    told = {section.id: [line.text for line in section.lines] for section in every}
    return [*told["whom"][:1], *told["price"], *told["where"]]


def _told(showcase: Showcase, match: Match, tx: Transaction) -> dict[str, Any]:
    """An offer in the booklet."""
    made: Card = cards.card(showcase, match, tx.now, ITALIAN)
    every = cards.sections(showcase, match, tx.now, ITALIAN, lasting=True)
    lines = [
        f"{section.title}: {'; '.join(line.text.rstrip('.') for line in section.lines)}."
        for section in every
        if section.lines and section.id in {"whom", "how", "bring", "price", "where", "contacts"}
    ]
    mark = _said(words.WORDS["demonstration"]) if made.demonstration else ""
    return {"id": f"o{match.offer.id}", "name": made.name, "owner": made.owner, "about": match.offer.description,
            "lines": lines, "mark": mark}  # fmt: skip


def _by_need(matches: Sequence[Match], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups, with the offers of each: an offer stands where its first need does."""
    groups: dict[str, list[dict[str, Any]]] = {code: [] for code in GROUPS}
    for match, one in zip(matches, told, strict=True):
        first = next((need for need in match.offer.needs if need in NEEDS), "")
        if first:
            groups[NEEDS[first].group].append(one)
    return [{"name": GROUPS[code].text().row, "offers": found} for code, found in groups.items() if found]


def _index(matches: Sequence[Match]) -> list[dict[str, Any]]:
    """Each need with the offers that answer it."""
    index = []
    for group in GROUPS:
        for need in needs_of(group):
            found = [f"o{match.offer.id}" for match in matches if need.code in match.offer.needs]
            if found:
                index.append({"name": need.text().row, "offers": found})
    return index
