"""Pages made of templates, with what each of them shows: the town, who is inside, and where they may go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from admin.office.access import MAY
from admin.office.office import Office
from catalog_store.staff import ROLES

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
BESIDE = 5  # places that stand beside each other; the others are under «Altro»
PLACES = (  # the menu: route, path, what it is called
    ("today", "/", "Oggi"),
    ("requests_board", "/richieste", "Richieste"),
    ("offers_board", "/offerte", "Offerte"),
    ("applications_board", "/moduli", "Moduli"),
    ("phrases", "/frasi", "Prova una frase"),
    ("enrolment", "/bando", "Bando"),
    ("pact_versions", "/patto", "Patto"),
    ("agreements_page", "/accordi", "Accordi"),
    ("exchange", "/scambio", "Elenco e dati"),
    ("codes", "/codici", "Codici"),
    ("members", "/persone", "Persone"),
    ("looks", "/registro", "Registro"),
)
NOTICES = {  # what was done, said on the page that follows
    "fatto": "Fatto.",
    "preso": "Va bene: la segue lei.",
    "inviato": "Inviato.",
    "ridata": "La chat è tornata al programma.",
    "richiamare": "Va bene. La telefonata torna nell’elenco più tardi.",
    "gia": "Qualcun altro l’ha già chiusa.",
    "affidata": "Fatto: la segue il suo collega.",
    "urgenza": "Fatto: l’urgenza è cambiata.",
    "chiusa": "La richiesta è chiusa. Avvisiamo la persona.",
    "inviata": "La richiesta è partita. Avvisiamo la persona.",
    "unita": "Le due richieste ora sono questa. Avvisiamo chi le aveva fatte.",
    "pieno": "Non c’è più posto: scelga un’altra offerta.",
    "tardi": "Nel frattempo la richiesta è cambiata: non abbiamo fatto niente.",
    "codice": "Non c’è un’altra richiesta con questo codice.",
    "confermata": "Grazie: l’offerta è confermata da oggi.",
    "rimandato": "Rimesso fra le cose da mandare.",
    "revocato": "Il codice non vale più. Chi era entrato con quel codice è fuori.",
    "finito": "Non lavora più qui: è fuori da ogni dispositivo.",
    "collegato": "Fatto: la prossima volta può entrare anche così.",
    "approvato": "Approvato: l’ente è nella rete. Lo avvisiamo.",
    "chiesto": "Chiesto: avvisiamo l’ente. Il modulo torna qui con la risposta.",
    "rifiutato": "Rifiutato: avvisiamo l’ente.",
    "deciso": "Qualcun altro ha già deciso, o l’ente ha mandato un modulo nuovo.",
    "aggiunto": "Aggiunto all’elenco.",
    "elenco": "L’elenco è entrato.",
    "aperto": "Il testo è aperto: lo proponiamo in chat alle associazioni.",
    "vigore": "Il patto è in vigore per questa associazione. Glielo scriviamo in chat.",
    "recesso": "Fatto: non fa più parte del patto.",
    "salvato": "Salvato.",
    "tardi_patto": "Nel frattempo è cambiato: non abbiamo fatto niente.",
    "usciti": "È uscito da tutti gli altri dispositivi.",
}


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template, filled in."""
    office: Office = request.app.state.office
    visitor = getattr(request.state, "visitor", None)
    menu = [(path, called, name) for name, path, called in PLACES if visitor and visitor.role in MAY[name]]
    route = request.scope.get("route")
    made = _templates().get_template(template).render(
        root=office.root, town=office.store.territory.municipality, visitor=visitor, menu=menu, beside=BESIDE,
        roles=ROLES, here=getattr(route, "name", ""), notice=NOTICES.get(request.query_params.get("detto", ""), ""),
        clock=_clock(office), now=office.store.clock(), broker=office.broker.name if office.broker else "", **values,
    )  # fmt: skip
    return HTMLResponse(made, status)


def back(request: Request, path: str, said: str = "") -> RedirectResponse:
    """After something was done: to the page that shows it, with one of the NOTICES."""
    office: Office = request.app.state.office
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{office.root}{path}" + (f"{joint}detto={said}" if said else ""), 303)


def _clock(office: Office) -> Callable[[datetime], str]:
    zone = office.store.territory.zone

    def said(at: datetime) -> str:
        """An instant as people say it here: "oggi 10:30", or with its day."""
        local, today = at.astimezone(zone), office.store.clock().astimezone(zone)
        day = "oggi" if local.date() == today.date() else f"{local:%d/%m}"
        return f"{day} {local:%H:%M}" if local.year == today.year else f"{local:%d/%m/%Y %H:%M}"

    return said


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(HERE / "templates")
    return Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
