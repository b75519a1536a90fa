"""A search in one's own words: danger first, then the same understanding as the chat's. What is written is not kept.

It is posted, so that no address, no history and no log has it; nothing changes, so it needs no token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin.public import cards, pages, words
from admin.public.cards import Card
from admin.public.desk import Desk, Here, Language, url
from catalog_store.connect import Transaction
from catalog_store.showcase import Showcase
from catalog_store.taxonomy import NEEDS
from dialogs import elsewhere, safety, taught
from dialogs.following import DISCREET
from dialogs.locale import spoken
from dialogs.need import understood
from dialogs.request import Wish
from dialogs.safety import answers
from dialogs.words import phrase

router = APIRouter(default_response_class=HTMLResponse)
FIELD = "parole"
SHOWN = 6  # offers for each need
LONGEST = 1000  # characters
BODY = 12 * LONGEST  # bytes of a form: each letter may be four bytes, each of three characters


@router.get("/cerca")
async def searched(desk: Here, language: Language) -> Response:
    """Who comes back to the page of an answer finds where to ask again."""
    return RedirectResponse(url(desk, language, "/"), 303)


@router.post("/cerca")
async def search(request: Request, desk: Here, language: Language) -> HTMLResponse:
    """What answers what was written."""
    desk.count(request, "search")
    text = await _written(request)
    if text is None or len(text) > LONGEST:
        return pages.page(request, "search.html", 413, text="", wrong=words.said(language)["too_long"])
    if not any(letter.isalnum() for letter in text):
        return pages.page(request, "search.html", 400, text=text, wrong=words.said(language)["nothing_written"])
    await run_in_threadpool(taught.prepare, desk.store, text)
    found = await desk.read(answered, desk, text, language)
    kept = "" if found["calls"] or found["delicate"] else text  # who looks over their shoulder reads nothing
    return pages.page(request, "search.html", text=kept, wrong="", **found)


async def _written(request: Request) -> str | None:
    """What the form says; None when it is longer than any that can be taken."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY:
            return None
    return parse_qs(body.decode("utf-8", "replace")).get(FIELD, [""])[0].strip()


def answered(tx: Transaction, desk: Desk, text: str, language: str) -> dict[str, Any]:
    """What is shown for a text that was prepared: who to call, what was understood, offers, or who else to ask."""
    town = tx.store.territory
    danger = safety.check(text)
    urgent = danger is not None and (danger.level != "today" or danger.child)
    at = answers.Moment(tx.now.astimezone(town.zone).time(), language)
    calls = [spoken(said, language) for said in answers.calls(danger, at)] if danger and urgent else []
    tonight = words.for_tonight(town.on_call_public) if danger and not urgent and town.on_call_public else ""
    shown: dict[str, Any] = {
        "calls": calls, "tonight": spoken(tonight, language), "understood": "", "needs": [], "groups": [], "honest": "",
        "offices": pages.offices(desk, language), "delicate": False,
    }  # fmt: skip
    if danger and urgent and danger.sure:
        return {**shown, "delicate": danger.kind == "violenza_in_corso"}
    heard = understood(tx, text)
    wishes = [wish for wish in heard.wishes if wish.need in NEEDS]
    shown["delicate"] = any(wish.need.partition(".")[0] == DISCREET for wish in wishes)
    if heard.decision == "sure":
        showcase = desk.showcase(tx)
        names = ", ".join(NEEDS[wish.need].text(language).row for wish in wishes)
        shown["understood"] = spoken(phrase("Ho capito: {needs}.", needs=names), language)
        shown["groups"] = [
            (wish.need, NEEDS[wish.need].text(language).row, wish.who.area or "", *_best(tx, showcase, wish, language))
            for wish in wishes
        ]  # fmt: skip
    elif heard.decision == "unsure":
        shown["needs"] = [(wish.need, NEEDS[wish.need].text(language)) for wish in wishes]
    elif heard.decision == "whom":
        shown["honest"] = words.said(language)["whom_only"]
    else:
        shown["honest"] = spoken(elsewhere.said(elsewhere.elsewhere_in(town, text, language)), language)
    return shown


def _best(tx: Transaction, showcase: Showcase, wish: Wish, language: str) -> tuple[list[Card], int]:
    """The offers for what was understood, and how many there are."""
    page = showcase.best(tx, wish.need, replace(wish.who, languages=(language,)), SHOWN)
    return [cards.card(showcase, match, tx.now, language) for match in page.shown], page.total
