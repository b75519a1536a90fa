"""The door: who works here enters with e-mail, password and the code of the moment; a link lets somebody new in."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin.office import access, pages, passwords
from admin.office.office import Here, Office, Who
from catalog_store import invitations, secrets, sessions, staff
from catalog_store.connect import Transaction
from catalog_store.invitations import Invitation, Refusal
from catalog_store.schema import new_uid
from catalog_store.staff import Credentials, Taken

router = APIRouter(default_response_class=HTMLResponse)
WRONG = "E-mail, password o codice non sono giusti."
LOCKED = "Troppi tentativi sbagliati. Riprovi fra un quarto d’ora."
REFUSED = {
    "unknown": "Questo invito non c’è. Guardi se ha copiato tutto l’indirizzo.",
    "revoked": "Questo invito è stato ritirato. Ne chieda un altro.",
    "expired": "Questo invito è scaduto. Ne chieda un altro.",
    "used_up": "Questo invito è già stato usato. Se non è stato lei, avvisi chi glielo ha dato.",
    "taken": "Con questo indirizzo e-mail lavora già qualcuno.",
}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
Text = Annotated[str, Form()]


@router.get("/entra")
async def door(request: Request) -> Response:
    """The page to enter by."""
    return pages.page(request, "door.html", then=request.query_params.get("poi", ""), email="", wrong="")


@router.post("/entra")
async def enter(request: Request, office: Here, email: Text, password: Text, code: Text, then: Text = "") -> Response:
    """Let them in, if all three are right; which one was wrong is not said."""

    def refuse(wrong: str, status: int = 401) -> Response:
        office.failed(request, "enter")
        return pages.page(request, "door.html", status, then=then, email=email, wrong=wrong)

    if not office.allows(request, "enter"):
        return refuse(LOCKED, 429)
    known = await office.read(staff.by_email, email)
    right = await run_in_threadpool(
        passwords.is_right, password[: passwords.LONGEST], known.password if known else None
    )
    now = office.store.clock()
    if known is None:
        return refuse(WRONG)
    step = passwords.step_of(code, known.totp, now)
    if known.locked_until is not None and known.locked_until > now and right and step is not None:
        return refuse(LOCKED, 429)  # said only to who is it: others learn nothing of who works here
    token = await office.write(_let_in, known, step if right else None, device(request))
    return inside(office, token, then) if token else refuse(WRONG)


@router.get("/invito/{code}")
async def invited(request: Request, office: Here, code: str) -> Response:
    """The page of a link: it asks for a name and a password, and shows the picture for the codes."""
    if not office.allows(request, "invited"):
        return _turned_away(request, LOCKED, 429)
    found, for_a_phone = await office.read(_invitation, code)
    if (refusal := _refusal(office, found, for_a_phone=for_a_phone)) is not None:
        office.failed(request, "invited")
        return _turned_away(request, REFUSED[refusal], 410)
    return _form(request, office, code, passwords.new_secret(), wrong="", name="", email="")


@router.post("/invito/{code}")
async def join(  # noqa: PLR0913, PLR0917  each is a field of the form
    request: Request, office: Here, code: str, name: Text, email: Text, password: Text, secret: Text, digits: Text
) -> Response:
    """Make the account, and let them in."""
    if not office.allows(request, "invited"):
        return _turned_away(request, LOCKED, 429)
    opened = _opened(code, secret)
    if opened is None:
        office.failed(request, "invited")
        return _turned_away(request, REFUSED["unknown"], 400)
    wrong = _mistake(name, email) or passwords.weakness(password, name, email.partition("@")[0])
    step = passwords.step_of(digits, opened, office.store.clock())
    if not wrong and step is None:
        wrong = "Il codice a 6 cifre non è quello che l’applicazione mostra adesso. Controlli l’ora del telefono."
    if wrong:
        return _form(request, office, code, opened, wrong=wrong, name=name, email=email)
    kept = await run_in_threadpool(passwords.hashed, password)
    token = await office.write(_join, code, name, email, kept, opened, step, device(request))
    if isinstance(token, Refusal | Taken):
        return _turned_away(request, REFUSED[token.reason], 410)
    return inside(office, token, "")


@router.post("/esci")
async def leave(office: Here, who: Who) -> Response:
    """Out."""
    await office.write(sessions.end, who.session)
    gone = RedirectResponse(f"{office.root}/entra", 303)
    gone.delete_cookie(access.cookie(office), path="/", secure=office.secure, httponly=True, samesite="lax")
    gone.headers["Clear-Site-Data"] = '"cache"'
    return gone


def _let_in(tx: Transaction, known: Credentials, step: int | None, device: str) -> str | None:
    """The secret of a new session; None when what they wrote was wrong, or its code was used before."""
    if step is not None and staff.entered(tx, known.member.id, step):
        return sessions.begin(tx, known.member.id, device)
    staff.failed(tx, known.member.id)
    return None


def _join(  # noqa: PLR0913, PLR0917  each is a column
    tx: Transaction, code: str, name: str, email: str, password: str, secret: str, step: int | None, device: str
) -> str | Refusal | Taken:
    made = staff.join(tx, code, email=email, name=name, password=password, totp=secret)
    if isinstance(made, Refusal | Taken):
        return made
    staff.entered(tx, made.id, step)
    return sessions.begin(tx, made.id, device)


def inside(office: Office, token: str, then: str) -> Response:
    """To the page that they wanted, if it is one of ours."""
    parts = urlsplit(then)
    ours = then.startswith("/") and not then.startswith("//") and not parts.netloc and "\\" not in then
    inside = RedirectResponse(office.root + (then if ours else "/"), 303)
    inside.set_cookie(
        access.cookie(office), token, max_age=int(sessions.LONGEST.total_seconds()), path="/", secure=office.secure,
        httponly=True, samesite="lax",
    )  # fmt: skip
    return inside


def _form(request: Request, office: Office, code: str, secret: str, *, wrong: str, name: str, email: str) -> Response:
    """The secret travels in the page, sealed: nothing is kept of who only looks at it."""
    uid = new_uid()
    sealed = uid + secrets.ring().seal(_about(code, uid), secret).hex()
    town = office.store.territory.municipality
    address, picture = passwords.picture(secret, email or "io", f"Tessere {town}")
    return pages.page(
        request, "join.html", 400 if wrong else 200, code=code, sealed=sealed, secret=secret, picture=picture,
        address=address, wrong=wrong, name=name, email=email, shortest=passwords.SHORTEST,
    )  # fmt: skip


def _opened(code: str, sealed: str) -> str | None:
    uid, rest = sealed[:32], sealed[32:]
    try:
        opened: str = secrets.ring().open(_about(code, uid), bytes.fromhex(rest))
    except (ValueError, secrets.KeyFault):
        return None
    return opened


def _about(code: str, uid: str) -> bytes:
    return f"join\0{code}\0{uid}".encode()


def _invitation(tx: Transaction, code: str) -> tuple[Invitation | None, bool]:
    """The invitation of a code, and whether it is for somebody's own telephone."""
    found = invitations.find(tx, code)
    return found, found is not None and staff.is_for_a_phone(tx, found.id)


def _refusal(office: Office, found: Invitation | None, *, for_a_phone: bool) -> str | None:
    if found is None or found.role not in staff.ROLES or for_a_phone:
        return "unknown"
    if found.revoked_at is not None:
        return "revoked"
    if found.expires_at <= office.store.clock():
        return "expired"
    return None if found.used < found.uses else "used_up"


def _mistake(name: str, email: str) -> str:
    if not 2 <= len(name.strip()) <= 80:  # noqa: PLR2004  from two letters to what fits on a line
        return "Scriva nome e cognome, per esempio: Maria Rossi."
    local, at, domain = email.strip().partition("@")
    if not (local and at and "." in domain) or len(email) > 200 or any(map(str.isspace, email.strip())):  # noqa: PLR2004
        return "L’indirizzo e-mail non è completo. Per esempio: maria.rossi@comune.example.it."
    return ""


def _turned_away(request: Request, said: str, status: int) -> Response:
    return pages.page(request, "said.html", status, title="Non si può entrare così", said=said)


def device(request: Request) -> str:
    """What somebody enters from, in two words, so that they know it again."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "un programma")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ", ".join(filter(None, (browser, system)))
