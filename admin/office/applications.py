"""Forms that organizations sent: what they say, what is found out about them, what changed; and the decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.office import Here, Office, Who
from catalog_store import applications, approvals, audit, forms, organizations, staff
from catalog_store.applications import Application
from catalog_store.approvals import Checks
from catalog_store.connect import Transaction
from catalog_store.organizations import Organization
from catalog_store.sessions import Visitor
from dialogs import approving
from dialogs.association_words import LABELS, SECTIONS, failed_words, put
from dialogs.locale import ITALIAN, spoken
from dialogs.words import Words

router = APIRouter(default_response_class=HTMLResponse)
PAGE = 100
WORDS = 1000  # characters of what an organization is asked or told
STATES = {
    "sent": "Da decidere", "asked": "Aspettano l’ente", "approved": "Approvati", "refused": "Rifiutati",
    "replaced": "Sostituiti da un altro",
}  # fmt: skip
REASONS = {one.id: spoken(one.row or one.label, ITALIAN) for one in approving.REASONS}
Text = Annotated[str, Form()]


@dataclass(frozen=True)
class Answer:
    """One entry of a form, in words; `before`: as it is in force today."""

    key: str
    label: str
    said: str
    before: str = ""


@dataclass(frozen=True, repr=False)
class Seen:
    """What the page of a form shows. `sections`: by title; `changed`: only of a change that waits."""

    one: Application
    owner: Organization
    checks: Checks
    failed: Sequence[str]
    sections: dict[str, list[Answer]]
    changed: Sequence[Answer]
    by: str


@router.get("/moduli")
async def applications_board(
    request: Request, office: Here, who: Who, stato: str = "sent", pagina: int = 1  # noqa: ARG001
) -> Response:  # fmt: skip
    """Forms at one state, those to decide if none is named."""
    if stato not in STATES or pagina < 1:
        raise Missing
    rows, counts, names = await office.read(_board, stato, pagina)
    return pages.page(
        request, "applications.html", rows=rows[:PAGE], more=len(rows) > PAGE, counts=counts, names=names,
        states=STATES, state=stato, number=pagina,
    )  # fmt: skip


@router.get("/moduli/regole")
async def form_rules(request: Request, office: Here, who: Who) -> Response:  # noqa: ARG001
    """*Che cosa si approva*: which entries change only with an operator's approval."""
    needing = await office.read(applications.needing_approval)
    named = {
        _said(SECTIONS[section]): [(one.key, _said(LABELS[one.key])) for one in forms.FIELDS if one.section == section]
        for section in forms.SECTIONS
    }
    return pages.page(request, "form_rules.html", needing=needing, sections=named)


@router.post("/moduli/regole")
async def put_form_rules(request: Request, office: Here, who: Who) -> Response:
    """Decide it anew."""
    form = await request.form()
    await office.write(_rule, who, {one.key: one.key in form for one in forms.FIELDS})
    return pages.back(request, "/moduli/regole", "fatto")


@router.get("/moduli/{uid}")
async def application(request: Request, office: Here, who: Who, uid: str) -> Response:
    """One form; that it was looked at is written down."""
    return await _page(request, office, who, uid)


@router.post("/moduli/{uid}/approva")
async def approve_application(request: Request, office: Here, who: Who, uid: str) -> Response:
    """It is in the network, and what it says is public."""
    done = await office.write(_decide, uid, lambda tx: approvals.approve(tx, uid, who.id))
    return pages.back(request, f"/moduli/{uid}", "approvato" if done else "deciso")


@router.post("/moduli/{uid}/chiedi")
async def ask_about_application(
    request: Request, office: Here, who: Who, uid: str, words: Text = "", key: Text = ""
) -> Response:
    """Ask the organization for something, about one entry or in general."""
    said = words.strip()[:WORDS]
    if not said or (key and key not in forms.BY_KEY):
        return await _page(request, office, who, uid, wrong="Scriva che cosa chiede all’ente.")
    done = await office.write(_decide, uid, lambda tx: approvals.ask(tx, uid, who.id, said, key))
    return pages.back(request, f"/moduli/{uid}", "chiesto" if done else "deciso")


@router.post("/moduli/{uid}/rifiuta")
async def refuse_application(
    request: Request, office: Here, who: Who, uid: str, reason: Text = "", words: Text = ""
) -> Response:
    """Say no, with a reason."""
    said = words.strip()[:WORDS]
    if reason not in REASONS or (reason == "other" and not said):
        wrong = "Scelga il motivo. Se è un altro, lo scriva: l’ente lo legge."
        return await _page(request, office, who, uid, wrong=wrong)
    done = await office.write(_decide, uid, lambda tx: approvals.refuse(tx, uid, who.id, reason, said))
    return pages.back(request, f"/moduli/{uid}", "rifiutato" if done else "deciso")


async def _page(request: Request, office: Office, who: Visitor, uid: str, *, wrong: str = "") -> Response:
    seen = await office.write(_looked_at, who, uid)
    return pages.page(
        request, "application.html", 400 if wrong else 200, seen=seen, one=seen.one, states=STATES, reasons=REASONS,
        wrong=wrong, longest=WORDS, waits=seen.one.state in applications.OPEN,
    )  # fmt: skip


def _board(tx: Transaction, state: str, number: int) -> tuple[list[approvals.Line], dict[str, int], dict[int, str]]:
    rows = approvals.listed(tx, (state,), limit=PAGE + 1, after=PAGE * (number - 1))
    return rows, approvals.counted(tx), staff.names(tx, {row.staff_id for row in rows if row.staff_id})


def _looked_at(tx: Transaction, who: Visitor, uid: str) -> Seen:
    one = applications.get(tx, uid)
    if one is None:
        raise Missing
    owner, waits = organizations.get(tx, one.organization_id), one.state in applications.OPEN
    audit.note(
        tx, who.id, "read", "application", uid=uid, whose=one.person_id, why="to decide" if waits else "looked up"
    )
    areas = {place.id: place.name for place in tx.store.territory.localities.values()}
    before, keys = approvals.changes(tx, one, owner) if waits else ({}, [])
    changed = [
        Answer(key, _said(LABELS[key]), _said(put(key, one.form, areas)), _said(put(key, before, areas)))
        for key in keys
    ]
    checks = approvals.checks(tx, one, owner)
    failed = [_said(failed_words(code)) for code in checks.failed]
    by = staff.names(tx, {one.staff_id}).get(one.staff_id, "") if one.staff_id else ""
    return Seen(one, owner, checks, failed, _sections(one.form, areas), changed, by)


def _sections(form: forms.Form, areas: dict[str, str]) -> dict[str, list[Answer]]:
    """What was answered, by section."""
    return {
        _said(SECTIONS[section]): [
            Answer(field.key, _said(LABELS[field.key]), _said(put(field.key, form, areas)))
            for field in forms.FIELDS
            if field.section == section and form.get("natura") in field.kinds and field.key in form
        ]
        for section in forms.SECTIONS
    }


def _decide(tx: Transaction, uid: str, decide: Callable[[Transaction], Application | None]) -> bool:
    """False when somebody else was quicker."""
    if applications.get(tx, uid) is None:
        raise Missing
    return decide(tx) is not None


def _rule(tx: Transaction, who: Visitor, wanted: dict[str, bool]) -> None:
    approvals.rule(tx, wanted)
    audit.note(tx, who.id, "changed", "rules")


def _said(words: Words) -> str:
    return spoken(words, ITALIAN)
