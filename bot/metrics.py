"""Figures for whoever runs the installation, as Prometheus reads them; never anything about a person."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest

from bot.house import House
from catalog_store import messages, waiting

MESSAGES = Histogram("tessere_message_seconds", "Time from a message's arrival to its commit.", ["channel"])
STREAMS = Gauge("tessere_webchat_streams", "Pages of the web chat that are open now.")
DEAD_LETTERS = Gauge("tessere_dead_letters", "Outgoing messages that were given up.")
FAILED = Gauge("tessere_failed_messages", "Incoming messages that met a fault and wait to be taken again.")
QUEUE = Gauge("tessere_operator_queue", "What waits for an operator.", ["kind"])
LATE = Gauge("tessere_operator_queue_late", "What waits for an operator past the promised time.")
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for")  # a proxy on this machine speaks for others

router = APIRouter()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """With a token, whoever has it; without, this machine only."""
    house: House = request.app.state.house
    if not may_read(request, house.settings.metrics_token):
        raise HTTPException(403, "Not for you.")
    await run_in_threadpool(_count, house)
    return Response(await run_in_threadpool(generate_latest), headers={"Content-Type": CONTENT_TYPE_LATEST})


def may_read(request: Request, token: str) -> bool:
    """Is this request allowed to see the figures?"""
    if token:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    local = request.client is not None and request.client.host in LOOPBACK
    return local and not any(name in request.headers for name in FORWARDED)


def _count(house: House) -> None:
    with house.store.reading() as tx:
        DEAD_LETTERS.set(len(messages.dead_letters(tx)))
        FAILED.set(len(messages.failures(tx)))
        rows = waiting.open_rows(tx)
        QUEUE.clear()
        for row in rows:
            QUEUE.labels(row.kind).inc()
        LATE.set(sum(row.due_at <= tx.now for row in rows))
