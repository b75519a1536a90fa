"""What operators decide of a form: approved, something asked for, refused. Each form is decided once, by one of them.

Its organization is told by the dialogue `approval`, opened with all who answer for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rapidfuzz import fuzz, process
from sqlalchemy import delete, func, select, update

from catalog_store import applications, audit, calendars, forms, messages, organizations, roles, staff
from catalog_store.applications import Application
from catalog_store.connect import Transaction
from catalog_store.forms import Form
from catalog_store.organizations import Organization
from catalog_store.schema import applications as sent
from catalog_store.schema import form_rules
from catalog_store.schema import organizations as bodies
from catalog_store.secrets import Private

TOLD, ARRIVED = "approval", "approving"  # the dialogues: of the organization, of the operators
LIKE = 90  # of 100: names so much alike may be of one organization
_COMMON: Final = """
associazione associazioni organizzazione volontariato promozione sociale societa cooperativa impresa ente sportiva
dilettantistica circolo gruppo comitato onlus odv aps ets asd ssd coop soc scs arl srl
il lo la le gli un una di del della delle dei degli per con e ed
"""


@dataclass(frozen=True, slots=True)
class Checks:
    """What an operator should see before deciding: codes of `forms.failed`, and the names of who may be the same.

    `odd_code`: the tax code has the right check digit, and digits 8-10 of no office that is known.
    """

    failed: tuple[str, ...]
    twins: tuple[str, ...]
    alike: tuple[str, ...]
    odd_code: bool

    @property
    def fine(self) -> bool:
        """Is there nothing to look at?"""
        return not (self.failed or self.twins or self.alike or self.odd_code)


@dataclass(frozen=True, slots=True)
class Line:
    """A form in a list."""

    uid: str
    organization: str
    kind: str
    state: str
    sent_at: datetime
    due_at: datetime | None
    staff_id: int | None


def checks(tx: Transaction, one: Application, owner: Organization) -> Checks:
    """What is found out about a form of this organization, without anybody's judgement."""
    uid, form = owner.uid, one.form
    twins = {other.uid: other.name for other in applications.twins(tx, form["codice_fiscale"], uid)}
    others = {id: name for id, name in organizations.called(tx).items() if id != uid and id not in twins}
    named = process.extract(
        form["denominazione"], others, scorer=fuzz.token_set_ratio, processor=own_words, score_cutoff=LIKE
    )
    alike = tuple(name for name, _, _ in named)
    return Checks(tuple(forms.failed(form)), tuple(twins.values()), alike, _odd(form["codice_fiscale"]))


def changes(tx: Transaction, one: Application, owner: Organization) -> tuple[Form, list[str]]:
    """Of a change: the answers that are in force, and the keys of those that would not be as they are."""
    if one.kind == "first":
        return {}, []
    before = applications.in_force(tx, owner)
    return before, applications.difference(before, one.form)


def listed(tx: Transaction, states: Collection[str], *, limit: int, after: int = 0) -> list[Line]:
    """Forms at one of these states, the first promised first; `after`: without the first so many."""
    columns = (sent.c.uid, sent.c.kind, sent.c.state, sent.c.sent_at, sent.c.due_at, sent.c.staff_id)
    query = select(bodies.c.name, *columns).join(bodies)
    query = query.where(sent.c.state.in_(states)).order_by(sent.c.due_at, sent.c.id.desc()).limit(limit).offset(after)
    return [
        Line(row.uid, row.name, row.kind, row.state, row.sent_at, row.due_at, row.staff_id) for row in tx.execute(query)
    ]


def counted(tx: Transaction) -> dict[str, int]:
    """How many forms there are at each state."""
    query = select(sent.c.state, func.count().label("many")).group_by(sent.c.state)
    return {row.state: row.many for row in tx.execute(query)}


def approve(tx: Transaction, uid: str, staff_id: int) -> Application | None:
    """What the form says becomes public, and the organization is in the network. None: it was decided before."""
    one = _decided(tx, uid, staff_id, "approved")
    if one is not None:
        tx.execute(update(bodies).where(bodies.c.id == one.organization_id).values(state="approved"))
        applications.publish(tx, one.organization_id, one.form)
        _tell(tx, one)
    return one


def ask(tx: Transaction, uid: str, staff_id: int, words: str, key: str = "") -> Application | None:
    """Ask the organization for something: about one entry of the form, or in general. None: it was decided before."""
    one = _decided(tx, uid, staff_id, "asked", reason=key, note=words)
    if one is not None:
        _tell(tx, one)
    return one


def refuse(tx: Transaction, uid: str, staff_id: int, reason: str, words: str = "") -> Application | None:
    """Say no, for a reason that the dialogue `approving` has. None: it was decided before.

    An organization that only wanted a change stays as it is.
    """
    one = _decided(tx, uid, staff_id, "refused", reason=reason, note=words)
    if one is not None:
        if one.kind == "first":
            tx.execute(update(bodies).where(bodies.c.id == one.organization_id).values(state="refused"))
        _tell(tx, one)
    return one


def answered(tx: Transaction, uid: str, words: str) -> Application | None:
    """The organization answers what it was asked, in words: the form waits for an operator again. None: too late."""
    one = applications.get(tx, uid)
    if one is None:
        return None
    due, note = calendars.due("low", tx.now, tx.store.calendar), f"{one.note}\n— {words}"
    again = {"state": "sent", "due_at": due, "decided_at": None, "note": Private(uid, note)}
    if not tx.execute(update(sent).where(sent.c.uid == uid, sent.c.state == "asked").values(again)).rowcount:
        return None
    tell_operators(tx, uid)
    return applications.get(tx, uid)


def tell_operators(tx: Transaction, uid: str) -> None:
    """A form has arrived: it is shown to every operator on their own telephone, and the first to decide has decided."""
    for person_id in (one for one in roles.holding(tx, "operator") if staff.in_chat(tx, one) is not None):
        messages.opening(tx, person_id, ARRIVED, uid)


def rule(tx: Transaction, wanted: Mapping[str, bool]) -> None:
    """What changes only with an operator's approval, by key; as usual, where it is as the form has it."""
    tx.execute(delete(form_rules))
    rows = [
        {"key": field.key, "approval": wanted[field.key]}
        for field in forms.FIELDS
        if wanted.get(field.key, field.approval) != field.approval
    ]
    if rows:
        tx.execute(form_rules.insert(), rows)


def _decided(
    tx: Transaction, uid: str, staff_id: int, state: str, *, reason: str = "", note: str = ""
) -> Application | None:
    """The form, moved to its new state; None when somebody else was quicker."""
    values: dict[str, Any] = {"state": state, "reason": reason, "staff_id": staff_id, "due_at": None}
    values |= {"decided_at": tx.now, **({"note": Private(uid, note)} if note else {})}
    waits = (sent.c.uid == uid) & sent.c.state.in_([now for now, then in applications.MOVES.items() if state in then])
    one = applications.get(tx, uid) if tx.execute(update(sent).where(waits).values(values)).rowcount else None
    if one is not None:
        audit.note(tx, staff_id, state, "application", uid=uid, whose=one.person_id, why="handled")
    return one


def _tell(tx: Transaction, one: Application) -> None:
    for person_id in roles.contacts_of(tx, one.organization_id):
        messages.opening(tx, person_id, TOLD, one.uid)


def own_words(name: str) -> str:
    """A name without what many are called."""
    folded = name.casefold().replace("à", "a").replace(".", "")
    said = "".join(character if character.isalnum() else " " for character in folded).split()
    common = _COMMON.split()
    return " ".join([word for word in said if word not in common] or said)


def _odd(code: str) -> bool:
    from stdnum.it import codicefiscale

    return bool(code) and not codicefiscale.is_valid(code)
