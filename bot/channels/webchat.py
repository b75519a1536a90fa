"""The web chat as a channel: what a page posts is a message, and its stream hands over what is due to it.

A page belongs to a *slot*: "c" for citizens, or ten hexadecimal digits for an invitation. Each slot has a cookie of its
own, sent to that slot's addresses only: two slots in one browser are two people. The cookie's token is the address.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import reading, turn
from bot.bodies import body_of
from bot.channels.lookout import Lookout
from bot.house import House
from bot.inbound import Inbound
from bot.metrics import MESSAGES, STREAMS
from catalog_store import messages
from dialogs.replies import Reply
from dialogs.screens import TAP, Bubble

CHANNEL = "webchat"
CITIZEN = "c"  # the slot of the page that anybody opens
BODY = 40_000  # bytes of a post: a text of 10,000 characters, whatever its alphabet
KEPT = 90 * 24 * 3600  # seconds that a browser keeps a conversation's cookie, from the last visit on
A_MINUTE = 30  # messages of one page
HEARTBEAT = 15.0  # seconds after which a silent stream looks for itself and says that it lives: proxies close silence
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would hold the stream back
_TOKEN = re.compile(r"[\w-]{43}")
_START = "/start "  # what a page opened by an invitation says by itself


class Posted(BaseModel):
    """What the page posts: `id` is its own, seen twice and taken once; either a text or the tap of a button."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    text: Annotated[str, Field(max_length=BODY)] = ""
    tap: Annotated[str, Field(max_length=TAP)] = ""


class Pace:
    """How many messages a page may still send: `burst` at once, and as many more a minute."""

    def __init__(self, burst: int = A_MINUTE) -> None:
        self.burst = burst
        self._left: dict[str, tuple[float, float]] = {}  # token → how many, as of when

    def allows(self, token: str, now: float) -> bool:
        """Count one message at `now` (seconds); False when it is one too many."""
        left, since = self._left.get(token, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.burst / 60)
        allowed = left >= 1
        self._left[token] = (left - allowed, now)
        if len(self._left) > 10_000:  # noqa: PLR2004  forget whoever would be full again by now
            self._left = {token: kept for token, kept in self._left.items() if now - kept[1] < 60}  # noqa: PLR2004
        return allowed


def slot_of(code: str) -> str:
    """The slot of the page that an invitation opens."""
    return hashlib.sha256(code.encode()).hexdigest()[:10]


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


Slot = Annotated[str, Path(pattern=r"^(c|[0-9a-f]{10})$")]
Here = Annotated[House, Depends(_house)]


def _known(request: Request, slot: Slot) -> str | None:
    """The token in this slot's cookie, if it is one of ours."""
    token = request.cookies.get(f"tessere_{slot}", "")
    return token if _TOKEN.fullmatch(token) else None


def _session(token: Annotated[str | None, Depends(_known)]) -> str:
    if token is None:
        raise HTTPException(401, "La conversazione va ripresa: ricarichi la pagina.")
    return token


Session = Annotated[str, Depends(_session)]
After = Annotated[int, Query(ge=0, le=2**63 - 1)]
router = APIRouter(prefix="/webchat/{slot}")


@router.get("/history")
async def history(
    slot: Slot, house: Here, response: Response, token: Annotated[str | None, Depends(_known)]
) -> dict[str, Any]:
    """Everything said so far; a page that has no cookie gets one."""
    token = token or secrets.token_urlsafe(32)
    base = urlsplit(house.settings.public_base_url)
    response.set_cookie(
        f"tessere_{slot}", token, max_age=KEPT, path=f"{base.path}/webchat/{slot}/", httponly=True,
        samesite="strict", secure=base.scheme == "https",
    )  # fmt: skip
    return {"said": conversation(await run_in_threadpool(_history, house, token))}


@router.post("/messages", status_code=202)
async def post(request: Request, house: Here, token: Session) -> Response:
    """Take a message: 202 once committed. 503 when it could not be; `danger` is what must be said anyway."""
    if not is_same_origin(request, house.settings.public_base_url):
        raise HTTPException(403, "Questo messaggio non viene dalla pagina della chat.")
    posted = await _posted(request)
    if not request.app.state.pace.allows(token, time.monotonic()):
        raise HTTPException(429, "Sono molti messaggi insieme: quelli che mancano partono fra poco.")
    own_id = f"{hashlib.sha256(token.encode()).hexdigest()[:16]}:{posted.id}"  # ids of one page say nothing to others
    reply = Reply(text=posted.text, tap=posted.tap)
    with MESSAGES.labels(CHANNEL).time():
        try:
            await turn.take(house, Inbound(CHANNEL, token, own_id, reply, house.store.clock(), CHANNEL))
        except turn.Unavailable as error:
            detail = "Adesso non riesco a ricevere il messaggio: riprovo fra poco."
            return JSONResponse({"detail": detail, "danger": error.danger}, 503)
    return JSONResponse({}, 202)


@router.get("/messages")
async def poll(house: Here, token: Session, after: After = 0) -> dict[str, Any]:
    """What is due, for pages that no stream reaches."""
    return {"said": [_arriving(row, house) for row in await _due(house, token, after)]}


@router.get("/voice/{id}")
async def voice(
    request: Request, id: Annotated[int, Path(ge=1, le=2**63 - 1)], house: Here, token: Session
) -> Response:
    """The sound of a bubble of this page that was asked to be read: made now, kept nowhere."""
    if not request.app.state.pace.allows(token, time.monotonic()):
        raise HTTPException(429, "Sono molti messaggi insieme: aspetti un momento.")
    read = await run_in_threadpool(_to_read, house, token, id)
    sound = await reading.voice(house, *read, "mp3") if read else None
    if sound is None:
        raise HTTPException(404, "Qui non so leggere ad alta voce.")
    return Response(sound, media_type="audio/mpeg")


def _to_read(house: House, token: str, id: int) -> tuple[Bubble, str] | None:
    """The bubble, and the language of its reader."""
    with house.store.reading() as tx:
        found = messages.handed_to(tx, CHANNEL, token, id)
    body, language = found or ({}, "")
    return (Bubble.from_json(body), language) if body.get("aloud") else None


@router.get("/stream")
async def stream(request: Request, house: Here, token: Session, after: After = 0) -> StreamingResponse:
    """Server-Sent Events: each bubble as soon as it is due, from the last one that the page has."""
    seen = request.headers.get("last-event-id", "")
    last = int(seen) if seen.isascii() and seen.isdigit() else after
    events = _events(house, token, last, request.app.state.lookout, request.app.state.closing)
    return StreamingResponse(events, media_type="text/event-stream", headers=STREAM_HEADERS)


async def _events(house: House, token: str, last: int, lookout: Lookout, closing: asyncio.Event) -> AsyncIterator[str]:
    with STREAMS.track_inprogress(), lookout.page(token) as news:
        yield "retry: 1000\nevent: ready\ndata: {}\n\n"
        while not closing.is_set():
            news.clear()
            rows = await _due(house, token, last)
            for row in rows:
                last = max(last, row.id)
                yield f"id: {last}\ndata: {json.dumps(_arriving(row, house), ensure_ascii=False)}\n\n"
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT)
            except TimeoutError:
                yield ": here\n\n"


async def _due(house: House, token: str, last: int) -> list[messages.Outgoing]:
    """What this page has not: handed over in a write transaction, and only when there is something."""
    if not await run_in_threadpool(_is_due, house, token, last):
        return []
    return await house.store.write(_hand_over, house, token, last)


def _is_due(house: House, token: str, last: int) -> bool:
    with house.store.reading() as tx:
        return bool(messages.after(tx, CHANNEL, token, last))


def _hand_over(house: House, token: str, last: int) -> list[messages.Outgoing]:
    with house.store.begin() as tx:
        rows = messages.after(tx, CHANNEL, token, last)
        messages.handed(tx, [row.id for row in rows])
        return rows


def _history(house: House, token: str) -> list[dict[str, Any]]:
    with house.store.reading() as tx:
        return messages.history(tx, CHANNEL, token)


def conversation(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The history as the page shows it: a tap is the words on its button, and the button is marked as chosen."""
    shown: list[dict[str, Any]] = []
    for one in said:
        if one["from"] == "tessere":
            shown.append(_bubble(one["id"], one["at"], one["body"]))
            continue
        text, tap = one["body"]["text"], one["body"]["tap"]
        if tap:
            buttons = (button for entry in reversed(shown) for button in entry.get("buttons", ()))
            tapped = next((button for button in buttons if button["tap"] == tap), None)
            if tapped is None:
                continue
            tapped["chosen"], text = True, tapped["row"]
        if not text.startswith(_START):
            shown.append({"id": one["id"], "from": "me", "at": one["at"], "text": text})
    return shown


def _arriving(row: messages.Outgoing, house: House) -> dict[str, Any]:
    return _bubble(row.id, house.store.clock().isoformat(), row.body)


def _bubble(id: int, at: str, body: dict[str, Any]) -> dict[str, Any]:
    named = {name: body[name] for name in ("sentences", "numbered", "replaces")}
    buttons = [dict(button) for button in body["buttons"]]
    return {"id": id, "from": "tessere", "at": at, **named, "aloud": body.get("aloud", False), "buttons": buttons}


def is_same_origin(request: Request, base: str) -> bool:
    """Does the request come from a page of ours? Browsers say so in Sec-Fetch-Site, older ones in Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = urlsplit(base).netloc or request.headers.get("host", "")
    return bool(host) and urlsplit(request.headers.get("origin", "")).netloc == host


async def _posted(request: Request) -> Posted:
    body = await body_of(request, BODY, "Il messaggio è troppo lungo: lo divida in due.")
    try:
        posted = Posted.model_validate_json(body)
    except ValidationError:
        raise HTTPException(400, "Questo messaggio non si legge.") from None
    if not posted.text.strip() and not posted.tap:
        raise HTTPException(400, "Il messaggio è vuoto.")
    return posted
