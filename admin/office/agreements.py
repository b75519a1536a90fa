"""Agreements with public services: which needs, how one is sent there, by which act, from when to when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.kinds import need_called
from admin.office.office import Here, Office, Who
from catalog_store import agreements, audit
from catalog_store.agreements import LONGEST, Agreement
from catalog_store.connect import Transaction
from catalog_store.offers import ACCESS
from catalog_store.organizations import Organization
from catalog_store.sessions import Visitor
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form()]
THROUGH = {
    "social_service": "Si passa dal servizio sociale", "listening_point": "Si passa dal punto di ascolto",
    "anyone": "La richiesta va al servizio", "documents": "La richiesta va al servizio, e servono documenti",
}  # fmt: skip
REFERENCE = 120  # characters
WRONG = {
    "service": "Scelga il servizio pubblico.",
    "need": "Scelga almeno un bisogno.",
    "how": f"Scriva come ci si arriva, in parole semplici: al massimo {LONGEST} caratteri.",
    "reference": f"Scriva l’atto: numero e data, al massimo {REFERENCE} caratteri.",
    "days": "Serve il primo giorno; l’ultimo, se c’è, viene dopo.",
    "there": "Con questo servizio c’è già un accordo in vigore per uno di questi bisogni.",
}


@dataclass(frozen=True)
class Asked:
    """What a form says, as it was written."""

    service: str = ""
    needs: tuple[str, ...] = ()
    how: str = ""
    reference: str = ""
    starts: str = ""
    ends: str = ""
    access: str = ACCESS[1]

    def made(self, organization_id: int, need: str) -> Agreement | str:
        """The agreement, or what is wrong with it."""
        first, last = _day(self.starts), _day(self.ends)
        how, reference = " ".join(self.how.split()), " ".join(self.reference.split())
        if not 0 < len(how) <= LONGEST:
            return "how"
        if not 0 < len(reference) <= REFERENCE:
            return "reference"
        if first is None or (self.ends.strip() and (last is None or last < first)):
            return "days"
        access = self.access if self.access in ACCESS else ACCESS[1]
        return Agreement(organization_id, need, how, reference, first, last, access)


@router.get("/accordi")
async def agreements_page(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """Every agreement, and the form for another."""
    return await _all(request, office, Asked())


@router.post("/accordi")
async def make_agreement(request: Request, office: Here, who: Who) -> Response:
    """Add one, for each of the needs."""
    form = await request.form()
    asked = _asked(form)
    wrong = await office.write(_make, who, asked)
    return await _all(request, office, asked, wrong) if wrong else pages.back(request, "/accordi", "salvato")


@router.get("/accordi/{uid}")
async def agreement_page(request: Request, office: Here, who: Who, uid: str) -> Response:  # noqa: ARG001
    """One agreement, to be changed."""
    return await _one(request, office, uid)


@router.post("/accordi/{uid}")
async def change_agreement(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Change how, by which act, or until when; the service and the need are those that they are."""
    asked = _asked(await request.form())
    wrong = await office.write(_change, who, uid, asked)
    return await _one(request, office, uid, asked, wrong) if wrong else pages.back(request, "/accordi", "salvato")


@router.post("/accordi/{uid}/fine")
async def end_agreement(request: Request, office: Here, who: Who, uid: str) -> Response:
    """It is over: from now on nobody is sent there by it."""
    done = await office.write(_end, who, uid)
    return pages.back(request, "/accordi", "fatto" if done else "tardi_patto")


async def _all(request: Request, office: Office, asked: Asked, wrong: str = "") -> Response:
    rows, services = await office.read(_listed)
    today = office.store.calendar.day(office.store.clock())
    return pages.page(
        request, "agreements.html", 400 if wrong else 200, rows=rows, services=services, asked=asked, through=THROUGH,
        wrong=WRONG.get(wrong, ""), groups=[(group.text().row, needs_of(code)) for code, group in GROUPS.items()],
        need=need_called, today=today, said=_said, longest=LONGEST, reference=REFERENCE,
    )  # fmt: skip


async def _one(request: Request, office: Office, uid: str, asked: Asked | None = None, wrong: str = "") -> Response:
    one, owner = await office.read(_read, uid)
    now = Asked(how=one.how, reference=one.reference, starts=f"{one.from_on}", ends=f"{one.to_on or ''}",
                access=one.access)  # fmt: skip
    return pages.page(
        request, "agreement.html", 400 if wrong else 200, one=one, owner=owner, asked=asked or now, through=THROUGH,
        wrong=WRONG.get(wrong, ""), need=need_called, longest=LONGEST, reference=REFERENCE,
    )  # fmt: skip


def _asked(form: Any) -> Asked:
    said = {name: str(form.get(name, "")) for name in ("service", "how", "reference", "starts", "ends", "access")}
    return Asked(needs=tuple(str(one) for one in form.getlist("need")), **said)


def _listed(tx: Transaction) -> tuple[list[tuple[Agreement, Organization]], list[Organization]]:
    services = {one.id: one for one in agreements.services(tx)}
    rows = [(one, services[one.organization_id]) for one in agreements.listed(tx) if one.organization_id in services]
    return rows, list(services.values())


def _read(tx: Transaction, uid: str) -> tuple[Agreement, Organization]:
    found = next((row for row in _listed(tx)[0] if row[0].uid == uid), None)
    if found is None:
        raise Missing
    return found


def _make(tx: Transaction, who: Visitor, asked: Asked) -> str:
    """Nothing is kept where something is wrong, which is given."""
    rows, services = _listed(tx)
    owner = next((one for one in services if one.uid == asked.service), None)
    needs = [need for need in asked.needs if need in NEEDS]
    if owner is None or not needs:
        return "need" if owner else "service"
    today = tx.store.calendar.day(tx.now)
    held = {one.need for one, service in rows if service.id == owner.id and not one.is_over(today)}
    if held & set(needs):
        return "there"
    made = [asked.made(owner.id, need) for need in needs]
    for one in made:
        if isinstance(one, str):
            return one
        agreements.put(tx, one)
        audit.note(tx, who.id, "made", "agreement", uid=one.uid)
    return ""


def _change(tx: Transaction, who: Visitor, uid: str, asked: Asked) -> str:
    known, _ = _read(tx, uid)
    made = asked.made(known.organization_id, known.need)
    if isinstance(made, str):
        return made
    agreements.put(tx, replace(made, uid=uid))
    audit.note(tx, who.id, "changed", "agreement", uid=uid)
    return ""


def _end(tx: Transaction, who: Visitor, uid: str) -> bool:
    _read(tx, uid)
    done = agreements.end(tx, uid)
    if done:
        audit.note(tx, who.id, "ended", "agreement", uid=uid)
    return done


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}"
