"""The audit: who looked at what, when and why. It is read here, and changed nowhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.office import Here, Who
from catalog_store import audit, staff
from catalog_store.audit import Look
from catalog_store.connect import Transaction

router = APIRouter(default_response_class=HTMLResponse)
PAGE = 50
DONE = {
    "read": "ha letto", "taken": "ha preso", "acknowledged": "ha visto", "closed": "ha chiuso",
    "called": "ha chiamato", "answered": "ha risposto in", "tried": "ha provato a chiamare",
    "sent again": "ha rimandato", "taken again": "ha fatto rileggere", "made": "ha creato", "revoked": "ha revocato",
    "ended": "ha chiuso", "left": "è uscito da", "joined": "è entrato con", "forgot": "ha cancellato",
    "taught": "ha insegnato", "untaught": "ha tolto", "sent elsewhere": "ha mandato ad altri",
    "handed over": "ha affidato", "changed": "ha cambiato", "merged": "ha unito", "wrote": "ha scritto per",
    "entered": "è entrato con", "linked": "ha collegato l’identità a",
    "approved": "ha approvato", "asked": "ha chiesto qualcosa su", "refused": "ha rifiutato",
    "imported": "ha importato", "exported": "ha esportato",
    "opened": "ha aperto", "recorded": "ha registrato la copia di", "withdrew": "ha registrato il recesso da",
    "confirmed": "ha confermato",
}  # fmt: skip
WHAT = {
    "call": "una telefonata", "danger": "un pericolo", "operator": "una chat", "mediator": "una chat",
    "referral": "una richiesta", "fault": "un guasto", "letter": "un messaggio", "code": "un codice",
    "account": "un account", "audit": "il registro", "example": "un esempio",
    "application": "un modulo", "enrolment": "un bando", "organization": "un ente", "rules": "che cosa si approva",
    "list": "l’elenco degli enti", "catalogue": "il catalogo",
    "pact": "il patto", "party": "un’adesione al patto", "agreement": "un accordo",
    "offer": "un’offerta",
}  # fmt: skip
WHY = {  # a request was looked at
    "follows it": "la segue", "past due": "è scaduta", "waits for an operator": "aspetta un operatore",
    "looked up": "l’ha cercata", "accepted": "l’associazione l’ha accettata", "handled": "per seguirla",
    "to decide": "per decidere", "enrolment": "per il bando",
}  # fmt: skip


@router.get("/registro")
async def looks(request: Request, office: Here, who: Who, prima: int | None = None) -> Response:  # noqa: ARG001
    """The latest rows, or those before one."""
    rows, names = await office.read(_listed, prima)
    return pages.page(
        request, "looks.html", rows=rows[:PAGE], names=names, done=DONE, what=WHAT, why=WHY, more=len(rows) > PAGE
    )


def _listed(tx: Transaction, before: int | None) -> tuple[list[Look], dict[int, str]]:
    rows = audit.listed(tx, before=before, limit=PAGE + 1)
    return rows, staff.names(tx, {row.staff_id for row in rows if row.staff_id})
