"""The call to organizations: its text and days, the bodies of the list, and how each is invited: link, QR, letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.invited import Invited, letters
from admin.office.office import Here, Office, Who
from catalog_store import audit, bodies, enrolments, organizations
from catalog_store.bodies import Body
from catalog_store.connect import Transaction
from catalog_store.enrolments import Enrolment
from catalog_store.organizations import Organization
from catalog_store.sessions import Visitor
from dialogs.association_words import KINDS
from dialogs.locale import ITALIAN, spoken

router = APIRouter(default_response_class=HTMLResponse)
PAGE = 100  # bodies on a page, and invited at once
TITLE, TEXT, NAME = 120, 6000, 120  # characters
STEPS = {
    "": "Tutti", "to_invite": "Da invitare", "invited": "Invitati", "silent": "Fermi da una settimana",
    "started": "Hanno cominciato", "sent": "Modulo inviato", "approved": "Approvati", "refused": "Rifiutati",
    "withdrawn": "Non partecipano",
}  # fmt: skip
STANDS = {  # how far one of them has come
    "to_invite": "Da invitare", "invited": "Invitato", "started": "Ha cominciato", "sent": "Ha mandato il modulo",
    "approved": "Approvato", "refused": "Rifiutato", "withdrawn": "Non partecipa",
}  # fmt: skip
CALLED = {  # kinds of organization
    "association": "Associazione", **{one.id: spoken(one.row or one.label, ITALIAN) for one in KINDS},
    "foundation": "Fondazione", "other": "Altro",
}  # fmt: skip
Text = Annotated[str, Form()]


@dataclass(frozen=True)
class Seen:
    """What the page shows."""

    today: date
    current: Enrolment | None
    coming: Enrolment | None
    calls: Sequence[Enrolment]
    counts: dict[str, int]
    rows: Sequence[Body]


@router.get("/bando")
async def enrolment(request: Request, office: Here, who: Who, stato: str = "", pagina: int = 1) -> Response:  # noqa: ARG001
    """The call, and the bodies of the list at one step of their way, or all."""
    return await _page(request, office, step=stato, number=pagina)


@router.post("/bando")
async def put_enrolment(  # noqa: PLR0913, PLR0917  each is a field of the form
    request: Request, office: Here, who: Who, title: Text = "", text: Text = "", opens: Text = "",
    closes: Text = "", uid: Text = "",
) -> Response:  # fmt: skip
    """Write a call, or change one; what people were given for it ends with it."""
    made = _read(title, text, opens, closes)
    if isinstance(made, str):
        said = {"uid": uid, "title": title, "text": text, "opens_on": opens, "closes_on": closes}
        return await _page(request, office, wrong=made, said=said)
    await office.write(_put, who, made, uid)
    return pages.back(request, "/bando", "fatto")


@router.post("/bando/enti")
async def add_body(request: Request, office: Here, who: Who, name: Text = "", kind: Text = "") -> Response:
    """Add one body to the list, by hand."""
    called = " ".join(name.split())[:NAME]
    if not called or kind not in CALLED:
        return await _page(request, office, wrong="Scriva come si chiama l’ente.")
    if not await office.write(_add, who, called, kind):
        return await _page(request, office, wrong=f"Nell’elenco c’è già un ente che si chiama {called}.")
    return pages.back(request, "/bando?stato=to_invite", "aggiunto")


@router.post("/bando/inviti")
async def invite_bodies(request: Request, office: Here, who: Who) -> Response:
    """Invite those chosen, or all of a step: their links, codes and pictures, to be given by hand; or their letters."""
    form = await request.form()
    step = str(form.get("step", "")) if "all" in form else None
    uids = [str(uid) for uid in form.getlist("body")][:PAGE]
    done = await office.write(_invite, who, uids, step, office.base)
    if isinstance(done, str):
        return await _page(request, office, wrong=done)
    call, invited = done
    if "letters" not in form:
        return pages.page(request, "invited.html", call=call, invited=invited)
    pdf = await run_in_threadpool(letters, office.store.territory, call, invited)
    name = {"Content-Disposition": 'attachment; filename="lettere.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=name)


async def _page(
    request: Request, office: Office, *, step: str = "", number: int = 1, wrong: str = "",
    said: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The page; `said`: the form of a call as it was sent, which nobody writes a second time."""
    if step not in STEPS or number < 1:
        raise Missing
    seen = await office.read(_seen, step, number)
    return pages.page(
        request, "enrolments.html", 400 if wrong else 200, seen=seen, rows=seen.rows[:PAGE], steps=STEPS, step=step,
        number=number, more=len(seen.rows) > PAGE, called=CALLED, stands=STANDS, before=bodies.BEFORE, wrong=wrong,
        said=said, longest={"title": TITLE, "text": TEXT},
    )  # fmt: skip


def _seen(tx: Transaction, step: str, number: int) -> Seen:
    counts = bodies.counted(tx)
    whole = sum(count for name, count in counts.items() if name != "silent")  # who is silent was invited
    return Seen(
        enrolments.today(tx), enrolments.current(tx), enrolments.next_one(tx), enrolments.listed(tx),
        {"": whole, **counts}, bodies.listed(tx, step, limit=PAGE + 1, after=PAGE * (number - 1)),
    )  # fmt: skip


def _read(title: str, text: str, opens: str, closes: str) -> Enrolment | str:
    """The call that a form says, or what is wrong with it."""
    title, text = " ".join(title.split()), text.strip().replace("\r\n", "\n")
    if not title or not text or len(title) > TITLE or len(text) > TEXT:
        return f"Scriva il titolo, al massimo {TITLE} caratteri, e il testo, al massimo {TEXT}."
    try:
        first, last = date.fromisoformat(opens), date.fromisoformat(closes) if closes else None
    except ValueError:
        return "Scriva i giorni come 2026-12-31."
    if last is not None and last < first:
        return "Il giorno in cui chiude viene prima di quello in cui apre."
    return Enrolment(title, text, first, last)


def _put(tx: Transaction, who: Visitor, made: Enrolment, uid: str) -> None:
    known = enrolments.find(tx, uid) if uid else None
    if uid and known is None:
        raise Missing
    made = replace(made, uid=uid) if uid else made
    enrolments.put(tx, made)
    audit.note(tx, who.id, "changed" if uid else "made", "enrolment", uid=made.uid)


def _add(tx: Transaction, who: Visitor, name: str, kind: str) -> bool:
    if any(name.casefold() == known.casefold() for known in organizations.called(tx).values()):
        return False
    made = Organization(name, kind=kind, state="invited")
    organizations.put(tx, made)
    audit.note(tx, who.id, "made", "organization", uid=made.uid)
    return True


def _invite(
    tx: Transaction, who: Visitor, uids: Sequence[str], step: str | None, base: str
) -> tuple[Enrolment, list[Invited]] | str:
    """The call and who is invited, with their codes; or why nobody is. `step`: all who are at it, not those chosen."""
    call = enrolments.current(tx) or enrolments.next_one(tx)
    if call is None:
        return "Non c’è un bando aperto, né uno che si apre: prima lo scriva."
    if step is not None and step not in bodies.BEFORE:
        return "Si invita chi non ha ancora mandato il modulo: scelga prima uno di questi elenchi."
    some = bodies.chosen(tx, uids) if step is None else bodies.listed(tx, step, limit=bodies.MOST)
    if not some:
        return "Scelga almeno un ente che non sia già approvato."
    invited = []
    for body in some:
        code = bodies.invite(tx, body, call)
        audit.note(tx, who.id, "made", "code", uid=body.uid, why="enrolment")
        invited.append(Invited(body.name, code, f"{base}/invito/{code}"))
    return call, invited
