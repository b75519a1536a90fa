"""The ASGI application: pages and web chat, health, metrics; every answer with the headers that protect its reader."""

from __future__ import annotations

import asyncio
from socket import socket
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics, pages
from bot.channels import webchat
from bot.channels.lookout import Lookout
from bot.house import House
from bot.logs import log
from catalog_store import counters

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",  # what a shared telephone must not show again with "back"
    "Referrer-Policy": "no-referrer",  # an invitation's address holds its code
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PATIENCE = 5.0  # seconds for a write of nothing, before this process says that it is not ready
if TYPE_CHECKING:
    import uvicorn


class Protected:
    """Adds the headers that an answer has not set itself. `secure`: the installation is reached by https."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.headers = {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)


class Static(StaticFiles):
    """Our own styles and scripts: kept by the browser, asked about at each visit."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def application(house: House) -> FastAPI:
    """The application of one installation."""
    app = FastAPI(title="Tessere", openapi_url=None)  # the page of its documentation would load outside scripts
    app.state.house, app.state.pace = house, webchat.Pace()
    app.state.lookout, app.state.closing = Lookout(house, webchat.CHANNEL), asyncio.Event()
    app.mount("/webchat/static", Static(directory=pages.STATIC))
    for path, part in house.beside.items():
        app.mount(path, part.app)
    for router in (webchat.router, pages.router, metrics.router):
        app.include_router(router)
    if house.settings.telegram_bot_token and house.settings.public_base_url:
        from bot.channels import telegram_webhook

        app.include_router(telegram_webhook.router(house))
    if house.settings.twilio_account_sid:
        from bot.channels import whatsapp, whatsapp_hooks

        app.state.whatsapp = whatsapp.WhatsApp(house)
        app.include_router(whatsapp_hooks.router)
    app.add_api_route("/health/live", live)
    app.add_api_route("/health/ready", ready)
    app.add_exception_handler(404, _missing)
    app.add_middleware(Protected, secure=house.settings.public_base_url.startswith("https:"))
    return app


def server(house: House) -> uvicorn.Server:
    """The web server of one installation, on the address and port of its settings."""
    import uvicorn

    class Server(uvicorn.Server):
        """Lets the open streams go first: it would wait for their end."""

        async def shutdown(self, sockets: list[socket] | None = None) -> None:
            app.state.closing.set()
            app.state.lookout.ring()
            await super().shutdown(sockets)

    app, settings = application(house), house.settings
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
        proxy_headers=bool(settings.public_base_url), timeout_graceful_shutdown=3, ws="none",
    )  # fmt: skip
    return Server(config)


async def live() -> Response:
    """This process answers."""
    return PlainTextResponse("alive")


async def ready(request: Request) -> Response:
    """It reads and writes its database."""
    house: House = request.app.state.house
    try:
        await asyncio.wait_for(house.store.write(_reach, house), PATIENCE)
    except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not now"
        log().warning("web.not_ready", kind=type(error).__name__)
        return PlainTextResponse("not ready", 503)
    return PlainTextResponse("ready")


def _reach(house: House) -> None:
    with house.store.begin() as tx:  # takes the write lock; what is read does not matter
        counters.value(tx)


async def _missing(request: Request, error: Exception) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return pages.missing(request)
    return await http_exception_handler(request, error if isinstance(error, HTTPException) else HTTPException(404))
