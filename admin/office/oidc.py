"""The other door: through the municipality's identity broker, which knows people by SPID or CIE."""

from __future__ import annotations

import hmac
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin.office import access, entry, pages
from admin.office.access import Forbidden, Missing
from admin.office.broker import Asked, Broker, Identity, Unproven, Unreachable
from admin.office.office import Here, Office, Who
from catalog_store import audit, secrets, sessions, staff
from catalog_store.connect import Transaction
from catalog_store.invitations import Refusal
from catalog_store.staff import Taken

router = APIRouter(default_response_class=HTMLResponse)
COOKIE = "identita"
HOLDS = timedelta(minutes=10)  # to say who one is, there
_ABOUT = b"oidc"
SAID = {
    "unknown": "Il suo nome non è fra chi lavora qui: chieda un invito.",
    "elsewhere": "Questa identità è già di un altro accesso. Lo dica a un amministratore.",
    "left": "Nel frattempo era uscito. Entri di nuovo, e poi colleghi l’identità.",
    "denied": "La richiesta è stata annullata. Può provare di nuovo quando vuole.",
    "state": "La pagina è scaduta, oppure ne aveva aperte due. Ricominci da qui.",
    "unproven": "La risposta non prova chi è lei. Provi di nuovo. Se succede ancora, lo dica a chi cura il programma.",
    "unreachable": "Il servizio di identità adesso non risponde. Non si è perso niente: provi fra qualche minuto.",
}


@router.get("/oidc")
async def away(request: Request, office: Here, poi: str = "", invito: str = "") -> Response:
    """To the broker; with an invitation, so that it makes an account."""
    broker = _broker(office)
    if not office.allows(request, "returned"):
        return _said(request, entry.LOCKED, 429)
    return await _sent(request, office, broker, {"then": poi, "invitation": invito})


@router.get("/io/oidc")
async def linking(request: Request, office: Here, who: Who) -> Response:
    """To the broker, so that whoever is inside may enter by it the next time.

    Only from our own page (Fetch Metadata, W3C): another site could have had them known there as somebody else.
    """
    broker = _broker(office)
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise Forbidden
    return await _sent(request, office, broker, {"member": who.uid})


@router.get("/oidc/ritorno")
async def returned(request: Request, office: Here, state: str = "", code: str = "", error: str = "") -> Response:
    """Back from the broker: in, if it is somebody who works here."""
    broker = _broker(office)
    if not office.allows(request, "returned"):
        return _said(request, entry.LOCKED, 429)
    kept = _kept(office, request.cookies.get(cookie(office), ""))
    if kept is None or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        answer = _said(request, SAID["state"], 400)
    elif error or not code:
        answer = _said(request, SAID["denied" if error == "access_denied" else "unproven"], 403)
    else:
        answer = await _recognised(request, office, broker, code, kept)
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        office.failed(request, "returned")
    answer.delete_cookie(cookie(office), path="/", secure=office.secure, httponly=True, samesite="lax")
    return answer


def cookie(office: Office) -> str:
    """The name of the cookie that a browser brings back from the broker."""
    return f"__Host-{COOKIE}" if office.secure else COOKIE


async def _sent(request: Request, office: Office, broker: Broker, wanted: dict[str, str]) -> Response:
    """What they wanted travels in the cookie, sealed: nothing is kept of who does not come back."""
    try:
        address, asked = await broker.away()
    except Unreachable as error:
        return _failed(request, "unreachable", error)
    until = (office.store.clock() + HOLDS).timestamp()
    sealed = secrets.ring().seal(_ABOUT, {**vars(asked), **wanted, "until": until}).hex()
    gone = RedirectResponse(address, 303)
    gone.set_cookie(
        cookie(office), sealed, max_age=int(HOLDS.total_seconds()), path="/", secure=office.secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return gone


async def _recognised(request: Request, office: Office, broker: Broker, code: str, kept: dict[str, Any]) -> Response:
    try:
        identity = await broker.identity(code, Asked(kept["state"], kept["nonce"], kept["verifier"]))
    except Unreachable as error:
        return _failed(request, "unreachable", error)
    except Unproven as error:
        return _failed(request, "unproven", error)
    if "member" in kept:
        wrong = await office.write(_link, request.cookies.get(access.cookie(office), ""), kept["member"], identity)
        return _said(request, SAID[wrong], 403) if wrong else pages.back(request, "/io", "collegato")
    token = await office.write(_let_in, identity, kept["invitation"], entry.device(request))
    if isinstance(token, Refusal | Taken):
        return _said(request, entry.REFUSED[token.reason], 410)
    return entry.inside(office, token, kept["then"]) if token else _said(request, SAID["unknown"], 403)


def _let_in(tx: Transaction, identity: Identity, invitation: str, device: str) -> str | Refusal | Taken | None:
    """The secret of a new session; None for who does not work here. Whoever does needs no invitation."""
    member = staff.by_subject(tx, identity.subject)
    if member is None:
        if not invitation:
            return None
        made = staff.join(
            tx, invitation, email=identity.email, name=identity.name, password=None, totp=None, subject=identity.subject
        )
        if isinstance(made, Refusal | Taken):
            return made
        member = made
    staff.entered(tx, member.id, None)
    audit.note(tx, member.id, "entered", "account", uid=member.uid, why="broker")
    return sessions.begin(tx, member.id, device)


def _link(tx: Transaction, token: str, uid: str, identity: Identity) -> str:
    """'' once the identity is theirs, if they asked for it and are still inside; otherwise which of SAID."""
    visitor = sessions.visitor(tx, token) if token else None
    if visitor is None or visitor.uid != uid:
        return "left"
    if not staff.link(tx, visitor.id, identity.subject):
        return "elsewhere"
    audit.note(tx, visitor.id, "linked", "account", uid=uid, why="broker")
    return ""


def _kept(office: Office, sealed: str) -> dict[str, Any] | None:
    """What was sealed into the cookie, while it holds."""
    try:
        kept: dict[str, Any] = secrets.ring().open(_ABOUT, bytes.fromhex(sealed))
    except (ValueError, secrets.KeyFault):
        return None
    return kept if kept["until"] > office.store.clock().timestamp() else None


def _broker(office: Office) -> Broker:
    if office.broker is None:
        raise Missing
    return office.broker


def _failed(request: Request, which: str, error: Exception) -> Response:
    """Why, for whoever looks after the program: without a word of whose identity it is."""
    structlog.get_logger().warning("office.broker", fault=which, why=str(error))
    return _said(request, SAID[which], 503 if which == "unreachable" else 403)


def _said(request: Request, said: str, status: int) -> Response:
    return pages.page(request, "said.html", status, title="Non si può entrare così", said=said)
