"""The application of the public catalogue, put together; every answer with the headers that protect its reader."""

from __future__ import annotations

from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.office.app import STATIC as SHARED
from admin.office.app import Static
from admin.public import catalogue, pages, papers, search
from admin.public.desk import A_MINUTE, Busy, Desk, Missing
from catalog_store.connect import Store
from catalog_store.schema import new_uid
from catalog_store.settings import Settings
from dialogs.locale import ITALIAN, LANGUAGES

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",  # what a shared telephone must not show again with "back"
    "Referrer-Policy": "no-referrer",  # no site that is linked knows where its reader comes from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Protected:
    """Adds the headers that an answer has not set itself, and takes the language from the beginning of the path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(_spoken(scope), receive, answer)


def _spoken(scope: Scope) -> Scope:
    """The same request, as if the application were mounted once for each language."""
    if scope["type"] != "http":
        return scope
    root = scope.get("root_path", "")
    first = scope["path"].removeprefix(root).split("/")[1:2]
    if not first or first[0] == ITALIAN or first[0] not in LANGUAGES:
        return scope
    return {**scope, "root_path": f"{root}/{first[0]}", "state": {**scope.get("state", {}), "language": first[0]}}


def application(store: Store, settings: Settings, a_minute: int = A_MINUTE) -> FastAPI:
    """The public catalogue of one installation, to be mounted at `desk.HERE`; `a_minute` as in Desk."""
    app = FastAPI(title="Tessere, catalogue", openapi_url=None)
    app.state.desk = Desk(store, settings, a_minute)
    app.mount("/static/vendor", Static(directory=SHARED / "vendor"))  # the back office's own
    app.mount("/static", Static(directory=STATIC))
    for part in (catalogue, search, papers):
        app.include_router(part.router)
    app.add_middleware(Protected)
    for error in (Missing, 404, 405):
        app.add_exception_handler(error, _missing)
    app.add_exception_handler(RequestValidationError, _missing)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(Exception, _broken)
    return app


async def _missing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return pages.told(request, 404, "missing")


async def _busy(request: Request, error: Exception) -> Response:  # noqa: ARG001
    answer = pages.told(request, 429, "busy")
    answer.headers["Retry-After"] = "60"
    return answer


async def _broken(request: Request, error: Exception) -> Response:
    structlog.get_logger().error("catalogue.fault", fault=new_uid()[:8], kind=type(error).__name__)
    return pages.told(request, 500, "broken")
