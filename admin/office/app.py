"""The application of the back office, put together; every answer with the headers that protect its reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.office import (
    access,
    agreements,
    applications,
    board,
    calls,
    chat,
    codes,
    enrolments,
    entry,
    exchange,
    letters,
    looks,
    members,
    myself,
    offers,
    oidc,
    pacts,
    pages,
    phrases,
    requests,
    today,
)
from admin.office.office import Office
from catalog_store.connect import Store
from catalog_store.schema import new_uid
from catalog_store.settings import Settings

STATIC = Path(__file__).parent / "static"
LARGEST = 64 * 1024  # bytes of a form
LARGER = {"/scambio/prova": exchange.LARGEST, "/scambio/importa": exchange.LARGEST}  # of those that carry a file
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Protected:
    """Adds the headers; refuses what another site sends, and forms that are too long."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self.app, self.office = app, office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and (refusal := self._refusal(Request(scope))) is not None:
            await refusal(scope, receive, answer)
        else:
            await self.app(scope, receive, answer)

    def _refusal(self, request: Request) -> Response | None:
        if request.method in {"GET", "HEAD"}:
            return None
        if not self._is_ours(request):
            return PlainTextResponse("This form does not come from these pages.", 403)
        length = request.headers.get("content-length", "")
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if not length.isdecimal() or int(length) > LARGER.get(path, LARGEST):
            return PlainTextResponse("This form is too long.", 413)
        return None

    def _is_ours(self, request: Request) -> bool:
        """Does it come from a page of ours? Browsers of today say so (Fetch Metadata, W3C); others, the origin."""
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        public = urlsplit(self.office.settings.public_base_url)
        here = f"{public.scheme}://{public.netloc}" if public.netloc else f"{request.url.scheme}://{request.url.netloc}"
        return request.headers.get("origin") == here


class Static(StaticFiles):
    """Styles, scripts and letters: kept by the browser, asked about at each visit."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def application(store: Store, settings: Settings, wake: Callable[[], None]) -> FastAPI:
    """The back office of one installation, to be mounted at `office.HERE`."""
    office = Office(store, settings, wake)
    app = FastAPI(title="Tessere, back office", openapi_url=None, dependencies=[Depends(access.guard)])
    app.state.office = office
    app.mount("/static", Static(directory=STATIC))
    parts = (
        entry, today, calls, chat, letters, board, requests, offers, enrolments, applications,
        pacts, agreements, phrases, codes, exchange, members, myself, looks, oidc,
    )  # fmt: skip
    for part in parts:
        app.include_router(part.router)
    access.is_complete(app)
    app.add_middleware(Protected, office=office)
    app.add_exception_handler(access.Entry, _to_the_door)
    app.add_exception_handler(access.Forbidden, _forbidden)
    app.add_exception_handler(access.Missing, _missing)
    app.add_exception_handler(404, _missing)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)
    return app


async def _to_the_door(request: Request, error: Exception) -> Response:  # noqa: ARG001
    office: Office = request.app.state.office
    wanted = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    wanted += f"?{request.url.query}" if request.url.query else ""
    door = f"{office.root}/entra" + (f"?poi={quote(wanted)}" if request.method == "GET" else "")
    if "HX-Request" in request.headers:  # a page that asks for a part of itself: the whole of it goes to the door
        return Response(status_code=204, headers={"HX-Redirect": f"{office.root}/entra"})
    return RedirectResponse(door, 303)


async def _forbidden(request: Request, error: Exception) -> Response:  # noqa: ARG001
    said = "Il suo ruolo non la prevede, o riguarda altri."
    return pages.page(request, "said.html", 403, title="Questa pagina non è per lei", said=said)


async def _missing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    said = "L’indirizzo non è completo, o quello che cercava è stato chiuso."
    return pages.page(request, "said.html", 404, title="Questa pagina non c’è", said=said)


async def _invalid(request: Request, error: Exception) -> Response:  # noqa: ARG001
    said = "Il modulo è arrivato a metà. Torni indietro e lo mandi di nuovo."
    return pages.page(request, "said.html", 400, title="Manca qualcosa", said=said)


async def _broken(request: Request, error: Exception) -> Response:
    fault = new_uid()[:8]
    structlog.get_logger().error("office.fault", fault=fault, kind=type(error).__name__)
    said = f"Non è cambiato niente. Se succede ancora, dica il numero {fault} a chi cura il programma."
    return pages.page(request, "said.html", 500, title="Qualcosa non ha funzionato", said=said)
