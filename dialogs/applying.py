"""What the interview of an organization looks at and does: who applies, what is known, what is alike, the form sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from rapidfuzz import fuzz, process

from catalog_store import applications, approvals, consents, enrolments, organizations, people, roles
from catalog_store.connect import Transaction
from catalog_store.organizations import Organization
from dialogs.naming import Area, areas, here
from dialogs.understand import needs
from dialogs.understand.clauses import clauses

NEW = "new"  # as a subject: one more organization, of somebody who answers for one already
_ANY_TIME = ("approved", "sent")  # states of an organization whose form may change while no call is open
CONSENT, VERSION = "organization_form", "2026-11"  # what who sends a form agrees to, and the version of the text
_ALIKE = 88  # likeness of two names (0–100) from which they may be one organization
_LIKELY, _MOST = 0.25, 5  # fields of work recognised in a description: as likely as this, and how many


@dataclass(frozen=True)
class Body:
    """An organization, as it is named."""

    uid: str
    name: str


@dataclass(frozen=True)
class Start:
    """What the interview begins from. `form`: the answers that are known; `state`: of the organization, '' if new.

    `mine`: those whom the person answers for; `opens`: when the call opens again; `asked`: what an operator asks for.
    """

    step: Literal["closed", "choose", "unknown", "form"]
    state: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    asked: str = ""
    mine: list[Body] = field(default_factory=list)
    opens: date | None = None
    areas: list[Area] = field(default_factory=list)
    town: str = ""
    postcodes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A form that was sent. `due`: by when an answer comes, in the town's time; None when it applied at once."""

    due: datetime | None


def begin(tx: Transaction, subject: str) -> Start:
    """Where the interview stands. `subject`: the uid of the person's organization; '': a new one, in a call."""
    mine = _mine(tx)
    is_open = enrolments.current(tx) is not None
    if subject not in ("", NEW):
        known = next((one for one in mine if one.uid == subject), None)
        if known is None:
            return Start("unknown")
        return _form(tx, known.state, *_known(tx, known)) if known.state in _ANY_TIME or is_open else _closed(tx)
    if mine and subject != NEW:
        return Start("choose", mine=[Body(one.uid, one.name) for one in mine])
    return _form(tx) if is_open else _closed(tx)


def _closed(tx: Transaction) -> Start:
    following = enrolments.next_one(tx)
    return Start("closed", opens=following.opens_on if following else None)


def _form(tx: Transaction, state: str = "", form: dict[str, Any] | None = None, asked: str = "") -> Start:
    town = tx.store.territory
    return Start(
        "form", state, form or {}, asked, areas=areas(tx), town=town.municipality, postcodes=list(town.postcodes)
    )


def begun(tx: Transaction, subject: str) -> None:
    """An organization that was invited begins its form."""
    known = organizations.find(tx, subject)
    if known is not None:
        enrolments.begun(tx, known.id)


def same_code(tx: Transaction, code: str, subject: str) -> list[Body]:
    """Other organizations with this tax code."""
    return [Body(one.uid, one.name) for one in applications.twins(tx, code, subject)]


def alike(tx: Transaction, name: str, subject: str) -> list[Body]:
    """The other organization whose name is most like this one, if one is."""
    others = {uid: other for uid, other in organizations.called(tx).items() if uid != subject}
    found = process.extractOne(
        name, others, scorer=fuzz.token_sort_ratio, processor=approvals.own_words, score_cutoff=_ALIKE
    )
    return [Body(found[2], found[0])] if found else []


def recognised(tx: Transaction, description: str) -> list[str]:
    """The needs that a description speaks of, the likeliest first. Raises needs.NotPrepared."""
    del tx
    whole = needs.ranked(description)  # first: what is prepared when it is not in memory is all of it
    found: dict[str, float] = {}
    for ranked in [needs.ranked(part) for part in clauses(description)[:_MOST]] or [whole]:
        code, probability = ranked.ranking[0]
        if ranked.decision != "outside" and probability >= _LIKELY:
            found[code] = max(found.get(code, 0.0), probability)
    return sorted(found, key=lambda code: -found[code])


def send(tx: Transaction, subject: str, form: dict[str, Any]) -> Sent:
    """Send the form, and record what who sends it agreed to."""
    consents.give(tx, tx.me(), CONSENT, VERSION, people.me(tx).language)
    sent = applications.submit(tx, "" if subject == NEW else subject, form)
    if sent.state == "sent":
        approvals.tell_operators(tx, sent.uid)
    return Sent(here(tx, sent.due_at) if sent.due_at else None)


def _mine(tx: Transaction) -> list[Organization]:
    held = (one.organization_id for one in roles.of(tx, tx.me()) if one.role == "association")
    return [organizations.get(tx, id) for id in dict.fromkeys(held) if id]


def _known(tx: Transaction, body: Organization) -> tuple[dict[str, Any], str]:
    """The answers that the form begins with, and what an operator asked for."""
    last = applications.latest(tx, body.id)
    if last is not None and (body.state != "approved" or last.state in applications.OPEN):
        return last.form, last.note if last.state == "asked" else ""
    return applications.in_force(tx, body), ""
