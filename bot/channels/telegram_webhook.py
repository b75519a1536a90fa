"""Telegram's webhook: whoever knows the secret is Telegram. 200 once the update is taken, 503 when it could not be."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response

from bot import turn
from bot.bodies import body_of
from bot.channels.telegram import Client
from bot.channels.telegram_hearing import Hearing
from bot.house import House
from catalog_store import secrets
from catalog_store.connect import TRANSIENT

PATH = "/telegram/webhook"
BODY = 256_000  # bytes: a text of 4,096 characters with what it quotes and its entities is far below
_HEADER = "x-telegram-bot-api-secret-token"


def secret(house: House) -> str:
    """What Telegram shows at each call: of this installation's keys and this bot's token, so every process knows it."""
    return secrets.ring().hash("telegram webhook", house.settings.telegram_bot_token).hex()


def router(house: House) -> APIRouter:
    """The route of one installation."""
    hearing, known = Hearing(house, Client(house.settings)), secret(house).encode()

    @asynccontextmanager
    async def closing(app: FastAPI) -> AsyncIterator[None]:
        del app
        yield
        await hearing.close()

    async def webhook(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(), known):
            raise HTTPException(403, "Not for you.")
        update = await _update(request)
        try:
            await hearing.hear(update)
            await hearing.note()
        except (turn.Unavailable, *TRANSIENT):
            return Response(status_code=503)  # Telegram sends it again
        return Response()

    made = APIRouter(lifespan=closing)
    made.add_api_route(PATH, webhook, methods=["POST"])
    return made


async def _update(request: Request) -> dict[str, Any]:
    body = await body_of(request, BODY)
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or not 0 <= number < 2**63:
        raise HTTPException(400, "Not an update.")
    return dict(update)
