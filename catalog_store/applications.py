"""Forms that organizations sent: the first one, and each change of it, until an operator has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from catalog_store import calendars, forms, organizations, roles
from catalog_store.connect import Transaction
from catalog_store.forms import Form
from catalog_store.organizations import Organization
from catalog_store.schema import applications, form_rules, new_uid
from catalog_store.schema import organizations as bodies
from catalog_store.secrets import Private

MOVES: Mapping[str, tuple[str, ...]] = {  # what may become of a form; one that is not here stays as it is
    "sent": ("asked", "approved", "refused", "replaced"),
    "asked": ("sent", "replaced", "approved", "refused"),  # the organization is asked for something, and answers
}
OPEN = tuple(MOVES)


@dataclass(frozen=True, repr=False)
class Application:
    """One form that was sent. `kind` is first | change; `due_at` is by when an answer was promised.

    `note` is what was asked for, or why it was refused; `person_id` who sent it, None once they are forgotten.
    """

    id: int
    uid: str
    organization_id: int
    person_id: int | None
    kind: str
    state: str
    form: dict[str, Any]
    note: str
    reason: str
    staff_id: int | None
    sent_at: datetime
    due_at: datetime | None
    decided_at: datetime | None


def submit(tx: Transaction, organization_uid: str, form: Form) -> Application:
    """Send a form for whoever's turn it is; '' is an organization that is not there yet, whose contact they become.

    The first form waits for an operator. Of a change, what needs no approval applies at once; the rest waits. Raises
    LookupError for a uid that is not there.
    """
    known = organizations.find(tx, organization_uid) if organization_uid else _new(tx, form)
    if known is None:
        raise LookupError(f"no organization {organization_uid}")
    tx.lock(bodies, known.id)
    known = organizations.get(tx, known.id)  # an operator may have decided before the lock
    if known.state != "approved":
        tx.execute(update(bodies).where(bodies.c.id == known.id).values(state="sent", changed_at=tx.now))
        return _put(tx, known.id, "first", "sent", form)
    before = in_force(tx, known)
    changed = difference(before, form)
    waits = [key for key in changed if key in needing_approval(tx)]
    applied = {key: said for key, said in form.items() if key not in waits}
    applied |= {key: before[key] for key in waits if key in before}
    if len(waits) < len(changed) or not changed:  # sent as it was, it is confirmed
        publish(tx, known.id, applied)
    if not waits:
        return _put(tx, known.id, "change", "approved", form)
    if len(waits) < len(changed):
        _put(tx, known.id, "change", "approved", applied)
    return _put(tx, known.id, "change", "sent", form)


def publish(tx: Transaction, organization_id: int, form: Form) -> None:
    """Write what a form says, and everybody may read, to the organization and its locations."""
    known = organizations.get(tx, organization_id)
    today = tx.now.astimezone(tx.store.territory.zone).date()
    organizations.put(tx, replace(known, **forms.public(form), confirmed_on=today, asked_on=None))
    organizations.place(tx, organization_id, forms.locations(form, organization_id, known.uid))


def get(tx: Transaction, uid: str) -> Application | None:
    """The form of this uid, if there is one."""
    return _first(tx, applications.c.uid == uid)


def latest(tx: Transaction, organization_id: int) -> Application | None:
    """The form that an organization sent last."""
    return _first(tx, applications.c.organization_id == organization_id)


def current(tx: Transaction, organization_id: int) -> dict[str, Any]:
    """The answers that are in force, of the form approved last; {} for an organization that never sent one."""
    approved = (applications.c.organization_id == organization_id) & (applications.c.state == "approved")
    found = _first(tx, approved)
    return found.form if found else {}


def in_force(tx: Transaction, owner: Organization) -> dict[str, Any]:
    """The same, or what is known of one that came into the network by a list."""
    if found := current(tx, owner.id):
        return found
    return forms.known(owner, [at for at in organizations.listed_locations(tx) if at.organization_id == owner.id])


def waiting(tx: Transaction, limit: int = 50) -> list[Application]:
    """What waits for an operator, the first promised first."""
    query = select(applications).where(applications.c.state == "sent")
    return [_made(row) for row in tx.execute(query.order_by(applications.c.due_at, applications.c.id).limit(limit))]


def count(tx: Transaction) -> int:
    """How many wait for an operator."""
    query = select(func.count()).select_from(applications).where(applications.c.state == "sent")
    return int(tx.execute(query).scalar_one())


def difference(before: Form, after: Form) -> list[str]:
    """The keys whose answers differ, in the form's order."""
    return [field.key for field in forms.FIELDS if (before.get(field.key) or None) != (after.get(field.key) or None)]


def needing_approval(tx: Transaction) -> frozenset[str]:
    """The keys that change only with an operator's approval: as usual, where the municipality did not say otherwise."""
    decided = {row.key: row.approval for row in tx.execute(select(form_rules.c.key, form_rules.c.approval))}
    return frozenset(field.key for field in forms.FIELDS if decided.get(field.key, field.approval))


def twins(tx: Transaction, tax_code: str, but_uid: str = "") -> list[Organization]:
    """The organizations with this tax code, besides the one of a uid."""
    query = select(bodies.c.id).where(bodies.c.tax_code == tax_code, bodies.c.uid != but_uid).order_by(bodies.c.id)
    return [organizations.get(tx, id) for id in tx.execute(query).scalars().all()]


def _new(tx: Transaction, form: Form) -> Organization:
    """The row of an organization that comes by itself, and whoever's turn it is as the one who answers for it."""
    made = Organization(**{**forms.public(form), "state": "sent"})
    id = organizations.put(tx, made)
    roles.give(tx, tx.me(), "association", id)
    return replace(made, id=id)


def _put(tx: Transaction, organization_id: int, kind: str, state: str, form: Form) -> Application:
    """Write a form; one of the same organization that still waits is replaced by it: it was made from that one."""
    mine = (applications.c.organization_id == organization_id) & applications.c.state.in_(OPEN)
    tx.execute(update(applications).where(mine).values(state="replaced", due_at=None, decided_at=tx.now))
    uid, waits = new_uid(), state == "sent"
    row = applications.insert().values(
        uid=uid, organization_id=organization_id, person_id=tx.me(), kind=kind, state=state,
        form=Private(uid, dict(form)), sent_at=tx.now, decided_at=None if waits else tx.now,
        due_at=calendars.due("low", tx.now, tx.store.calendar) if waits else None,
    )  # fmt: skip
    tx.execute(row)
    made = get(tx, uid)
    assert made is not None  # noqa: S101  just written
    return made


def _first(tx: Transaction, which: ColumnElement[bool]) -> Application | None:
    row = tx.execute(select(applications).where(which).order_by(applications.c.id.desc()).limit(1)).one_or_none()
    return _made(row) if row else None


def _made(row: Row[Any]) -> Application:
    return Application(
        row.id, row.uid, row.organization_id, row.person_id, row.kind, row.state, row.form.open(row.uid),
        row.note.open(row.uid) if row.note else "", row.reason, row.staff_id, row.sent_at, row.due_at, row.decided_at,
    )  # fmt: skip
