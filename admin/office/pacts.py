"""The network pact: its versions, who is in, the signed copies, and the text to print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from admin import documents
from admin.documents.prose import blocks
from admin.office import pages
from admin.office.access import Missing
from admin.office.office import Here, Office, Who
from catalog_store import audit, pacts
from catalog_store.connect import Transaction
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact, Party
from catalog_store.sessions import Visitor
from dialogs import pacting

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form()]
STATES = {"draft": "bozza", "open": "aperto", "renewed": "rinnovato", "over": "finito"}
THEIRS = {
    "in_force": "in vigore", "adhered": "ha aderito, manca la copia firmata", "withdrawn": "uscita", "over": "finito",
}  # fmt: skip
WRONG = {
    "short": f"Il patto dura almeno {pacts.YEARS} anni: sposti la fine.",
    "version": "C’è già un testo con questa versione: ne scelga un’altra.",
    "fixed": "Questo testo è finito, o un altro l’ha rinnovato: non cambia più.",
    "term": "Le date di un testo aperto non cambiano: per altre date serve un testo nuovo.",
    "empty": "Servono la versione (al massimo 20 caratteri), il titolo (120), il testo e le due date.",
    "copy": "Servono la data della firma, non futura, e il numero di protocollo.",
}
MOST = {"version": 20, "title": 120, "protocol": 40}  # characters


@dataclass(frozen=True)
class Seen:
    """A version, who is in it and who is not."""

    pact: Pact
    parties: list[tuple[Organization, Party]]
    missing: list[Organization]


@router.get("/patto")
async def pact_versions(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """Every version, and the form for a new one."""
    return await _versions(request, office)


@router.post("/patto")
async def make_pact(request: Request, office: Here, who: Who) -> Response:
    """Add a draft."""
    asked = await _asked(request)
    made = _made(asked)
    wrong = await office.write(_put, who, made, "made") if made else "empty"
    if made is None or wrong:
        return await _versions(request, office, wrong=WRONG[wrong or "empty"], asked=asked)
    return pages.back(request, f"/patto/{made.uid}", "salvato")


@router.get("/patto/{uid}")
async def pact_page(request: Request, office: Here, who: Who, uid: str) -> Response:
    """One version. That its parties were looked at is written down: who adhered for them is named."""
    return await _one(request, office, who, uid)


@router.post("/patto/{uid}")
async def change_pact(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Change a draft, or correct the open one: who adhered to another text is asked again."""
    asked = await _asked(request)
    made = _made(asked)
    wrong = await office.write(_change, who, uid, made) if made else "empty"
    if wrong:
        return await _one(request, office, who, uid, wrong=WRONG[wrong], asked=asked)
    return pages.back(request, f"/patto/{uid}", "salvato")


@router.post("/patto/{uid}/apri")
async def open_pact(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Let organizations adhere to a draft; every one that may is asked in chat."""
    done = await office.write(_open, who, uid)
    return pages.back(request, f"/patto/{uid}", "aperto" if done else "tardi_patto")


@router.get("/patto/{uid}/testo.pdf")
async def pact_printed(office: Here, uid: str) -> Response:
    """The text to print and sign, with who is in: for anybody, except a draft."""
    seen = await office.read(_read, uid)
    if seen.pact.state == "draft":
        raise Missing
    made = await run_in_threadpool(documents.compile, "pact.typ", printed(seen, office.store.territory.municipality))
    shown = {"Content-Disposition": f'inline; filename="patto-{seen.pact.starts_on.year}.pdf"'}
    return Response(made, media_type="application/pdf", headers=shown)


@router.post("/patto/parti/{uid}/copia")
async def record_copy(
    request: Request, office: Here, who: Who, uid: str, signed: Text = "", protocol: Text = ""
) -> Response:
    """The signed copy has come: the pact is in force for them, and they are told."""
    day, number = _day(signed), protocol.strip()[: MOST["protocol"]]
    today = office.store.calendar.day(office.store.clock())
    party = await office.read(pacts.party, uid)
    if party is None:
        raise Missing
    pact = await office.read(_of, party)
    if day is None or day > today or not number:
        return await _one(request, office, who, pact.uid, wrong=WRONG["copy"])
    done = await office.write(_record, who, pact, uid, day, number)
    return pages.back(request, f"/patto/{pact.uid}", "vigore" if done else "tardi_patto")


@router.post("/patto/parti/{uid}/recesso")
async def end_party(request: Request, office: Here, who: Who, uid: str) -> Response:
    """An organization has said, on paper, that it leaves."""
    pact, done = await office.write(_withdraw, who, uid)
    return pages.back(request, f"/patto/{pact.uid}", "recesso" if done else "tardi_patto")


def printed(seen: Seen, town: str) -> dict[str, Any]:
    """What the document says. Of the parties only who they are: no person is named."""
    pact = seen.pact
    first, last = _said(pact.starts_on), _said(pact.ends_on)
    within = [(owner.name, THEIRS[one.state], one) for owner, one in seen.parties if one.bound]
    return {
        "title": f"{pact.title}, versione {pact.version}",
        "foot": f"{town} · versione {pact.version} · SHA-256 {pact.hash}",
        "blocks": blocks(pact.text),
        "term": f"Il patto vale dal {first} al {last}, per tutti.",
        "sign": "Firma",
        "lines": ["Organizzazione", "Legale rappresentante, nome e carica", "Luogo e data", "Firma"],
        "signed": "Chi ha aderito",
        "nobody": "Ancora nessuno.",
        "columns": ["Organizzazione", "Stato", "Copia firmata"],
        "signatories": [
            [name, said, f"{_said(one.signed_on)}, prot. {one.protocol}" if one.signed_on else "–"]
            for name, said, one in within
        ],
    }  # fmt: skip


async def _versions(
    request: Request, office: Office, *, wrong: str = "", asked: dict[str, str] | None = None
) -> Response:
    rows = await office.read(pacts.listed)
    drafted = {"version": "", "title": "Patto di rete", "text": pacts.drafted(office.store.territory), "starts": "",
               "ends": ""}  # fmt: skip
    return pages.page(
        request, "pacts.html", 400 if wrong else 200, rows=rows, states=STATES, wrong=wrong, asked=asked or drafted,
        said=_said, years=pacts.YEARS,
    )  # fmt: skip


async def _one(
    request: Request, office: Office, who: Visitor, uid: str, *, wrong: str = "", asked: dict[str, str] | None = None
) -> Response:
    seen = await office.write(_looked_at, who, uid)
    pact = seen.pact
    now = {"version": pact.version, "title": pact.title, "text": pact.text, "starts": f"{pact.starts_on}",
           "ends": f"{pact.ends_on}"}  # fmt: skip
    return pages.page(
        request, "pact.html", 400 if wrong else 200, seen=seen, pact=pact, states=STATES, theirs=THEIRS, wrong=wrong,
        asked=asked or now, said=_said, years=pacts.YEARS, blocks=blocks(pact.text),
        changes=who.role == "administrator" and pact.state in {"draft", "open"},
    )  # fmt: skip


async def _asked(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: str(form.get(name, "")) for name in ("version", "title", "text", "starts", "ends")}


def _made(asked: dict[str, str]) -> Pact | None:
    """The version that a form says; None where something is missing, or too long."""
    first, last = _day(asked["starts"]), _day(asked["ends"])
    version, title = asked["version"].strip(), asked["title"].strip()
    text = asked["text"].replace("\r\n", "\n").strip()
    fits = 0 < len(version) <= MOST["version"] and 0 < len(title) <= MOST["title"]
    return Pact(version, title, text, first, last) if fits and text and first and last else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _read(tx: Transaction, uid: str) -> Seen:
    pact = pacts.get(tx, uid)
    if pact is None:
        raise Missing
    return Seen(pact, pacts.parties(tx, pact), pacts.missing(tx, pact) if pact.state == "open" else [])


def _of(tx: Transaction, party: Party) -> Pact:
    return next(one for one in pacts.listed(tx) if one.id == party.pact_id)


def _looked_at(tx: Transaction, who: Visitor, uid: str) -> Seen:
    seen = _read(tx, uid)
    if seen.parties:
        audit.note(tx, who.id, "read", "pact", uid=uid, why="handled")
    return seen


def _put(tx: Transaction, who: Visitor, pact: Pact, action: str) -> str | None:
    wrong = pacts.put(tx, pact)
    if wrong is None:
        audit.note(tx, who.id, action, "pact", uid=pact.uid)
    return wrong


def _change(tx: Transaction, who: Visitor, uid: str, asked: Pact) -> str | None:
    known = pacts.get(tx, uid)
    if known is None:
        raise Missing
    changed = replace(asked, uid=uid, state=known.state, id=known.id)
    wrong = _put(tx, who, changed, "changed")
    if wrong is None and changed.hash != known.hash:
        pacting.changed(tx, changed)
    return wrong


def _open(tx: Transaction, who: Visitor, uid: str) -> bool:
    _read(tx, uid)
    pact = pacts.open_to_all(tx, uid)
    if pact is None:
        return False
    pacting.ask(tx, pact, [one.id for one in pacts.missing(tx, pact)])
    audit.note(tx, who.id, "opened", "pact", uid=uid)
    return True


def _record(tx: Transaction, who: Visitor, pact: Pact, uid: str, day: date, protocol: str) -> bool:
    party = pacts.record(tx, uid, day, protocol)
    if party is None:
        return False
    pacting.ask(tx, pact, [party.organization_id])
    audit.note(tx, who.id, "recorded", "party", uid=uid)
    return True


def _withdraw(tx: Transaction, who: Visitor, uid: str) -> tuple[Pact, bool]:
    party = pacts.party(tx, uid)
    if party is None:
        raise Missing
    done = pacts.withdraw(tx, uid) is not None
    if done:
        audit.note(tx, who.id, "withdrew", "party", uid=uid)
    return _of(tx, party), done
