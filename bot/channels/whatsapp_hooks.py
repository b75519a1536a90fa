"""Where Twilio calls us: a message that somebody sent, and what became of one of ours. Signed, or refused.

Twilio waits 15 seconds and does not call again: what could not be taken then is taken by bot/reconcile.py.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict

from bot import deliver, turn
from bot.bodies import body_of
from bot.channels import contents, whatsapp, whatsapp_forms
from bot.channels.twilio_errors import error_of
from bot.channels.whatsapp import CHANNEL, WhatsApp
from bot.house import House
from bot.inbound import Inbound
from bot.logs import log
from bot.metrics import MESSAGES
from catalog_store import deliveries
from dialogs import screens
from dialogs.screens import Bubble

BODY = 64_000  # bytes of a form: 1,600 characters, and whatever else Twilio says of them
FIELDS = 400
PATIENCE = 10.0  # seconds for a turn: after 15 Twilio has gone
NOT_YET, TRIES = 0.5, 8  # seconds between two looks for a message whose sending is being written down, and how many
FORM = "application/x-www-form-urlencoded"
router = APIRouter(prefix="/whatsapp")


async def _signed(request: Request) -> ImmutableMultiDict[str, str]:
    """The form that Twilio signed over the address that it called: the public one, not the one a proxy uses."""
    from twilio.request_validator import RequestValidator

    form = _form(await _body(request))
    house: House = request.app.state.house
    url = f"{house.settings.public_base_url}{request.url.path}"
    signature = request.headers.get("x-twilio-signature", "")
    if not RequestValidator(house.settings.twilio_auth_token).validate(
        f"{url}?{request.url.query}" if request.url.query else url, form, signature
    ):
        raise HTTPException(403, "Not Twilio.")
    return form


Signed = Annotated[ImmutableMultiDict[str, str], Depends(_signed)]


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(400, "Not a form.")
    return await body_of(request, BODY)


def _form(body: bytes) -> ImmutableMultiDict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=FIELDS,
        )  # fmt: skip
    except ValueError:
        raise HTTPException(400, "Not a form.") from None
    return ImmutableMultiDict(pairs)


@router.post("/webhook")
async def webhook(request: Request, form: Signed) -> Response:
    """A message: 200 once committed; 503 when it could not be, and what must be said anyway is said at once."""
    house: House = request.app.state.house
    inbound = whatsapp_forms.parse(form, house.settings.twilio_whatsapp_from, house.store.clock())
    if inbound is None:
        return _nothing()
    with MESSAGES.labels(CHANNEL).time():
        taking = asyncio.create_task(take(house, request.app.state.whatsapp, inbound))
        taking.add_done_callback(_end)
        try:
            await asyncio.wait_for(asyncio.shield(taking), PATIENCE)
        except turn.Unavailable as error:
            return await _unavailable(request, inbound, error.danger)
        except TimeoutError:  # it goes on, and may commit yet
            return await _unavailable(request, inbound, turn.danger_now(inbound.reply.text))
    return _nothing()


async def take(house: House, channel: WhatsApp, inbound: Inbound) -> bool | None:
    """Take one message; the file of a voice that was heard is gone afterwards. Raises turn.Unavailable."""
    read = await turn.take(house, inbound, channel.sound)
    if inbound.file and house.hears is not None:
        await channel.forget(inbound.file)
    return read


def _end(taking: asyncio.Task[bool | None]) -> None:
    """Nobody may be left to hear how it ended."""
    if not taking.cancelled():
        taking.exception()


def _nothing() -> Response:
    """No TwiML to act upon: the reply goes by REST."""
    return Response("<Response/>", media_type="text/xml")


async def _unavailable(request: Request, inbound: Inbound, danger: tuple[str, ...]) -> Response:
    channel: WhatsApp = request.app.state.whatsapp
    if danger:
        try:
            await channel.say(inbound.address, "\n\n".join(danger))
        except deliver.ChannelError as error:
            log().error("whatsapp.danger_unsaid", reason=error.reason)
    return Response(status_code=503)


@router.post("/status")
async def status(request: Request, form: Signed) -> Response:
    """What became of a message of ours: in any order, twice, or never."""
    if said := whatsapp_forms.status(form):
        await told(request.app.state.house, *said)
    return _nothing()


async def told(house: House, id: str, state: str, number: int | None) -> None:
    """Twilio says this of a message: one state is kept of all that is said, and a failure is acted upon once."""
    async with house.order.of("status", id):
        row = await _known(house, id)
        if row is None:
            log().warning("whatsapp.unknown", message=id)
            return
        if state == "failed" and deliveries.furthest(row.state, state) != row.state:
            error = error_of(number)
            shape = contents.shape_of(screens.whatsapp(Bubble.from_json(row.body))) if error.fault == "shape" else None
            if shape is not None:
                await house.store.write(whatsapp.refuse, house, shape)
            await deliver.refused(house, CHANNEL, id, error)
        await house.store.write(_record, house, id, state)


async def _known(house: House, id: str) -> deliveries.Delivered | None:
    """The message; a callback may come before the sending is written down."""
    for _ in range(TRIES):
        row = await run_in_threadpool(_get, house, id)
        if row is not None:
            return row
        await asyncio.sleep(NOT_YET)  # not the bell, which rings all the time under load
    return None


def _get(house: House, id: str) -> deliveries.Delivered | None:
    with house.store.reading() as tx:
        return deliveries.get(tx, CHANNEL, id)


def _record(house: House, id: str, state: str) -> None:
    with house.store.begin() as tx:
        deliveries.record(tx, CHANNEL, id, state)
