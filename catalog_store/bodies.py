"""The bodies of the municipality's list: how far each has come on its way into the network, and inviting them.

A body is a row of `organizations`; its `asked_on` is the day on which it was last invited, until it is approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, case, func, select, update

from catalog_store import enrolments, invitations
from catalog_store.connect import Transaction
from catalog_store.enrolments import Enrolment
from catalog_store.organizations import STATES
from catalog_store.schema import organizations

SILENT = timedelta(days=7)  # since it was invited, before it is said that it never began
STEPS = ("to_invite", "invited", "silent", *STATES[1:])  # what the list can be narrowed to
BEFORE = ("to_invite", "invited", "silent", "started")  # those of whom all may be invited at once
MOST = 500  # at once
USES = 5  # people of one body that a letter lets in
_BY_NAME = (organizations.c.name, organizations.c.id)


@dataclass(frozen=True, slots=True)
class Body:
    """One of the list. `state` is one of organizations.STATES; `invited_on`: the last time."""

    id: int
    uid: str
    name: str
    kind: str
    state: str
    invited_on: date | None
    changed_at: datetime | None


def counted(tx: Transaction) -> Mapping[str, int]:
    """How many there are at each of STEPS."""
    sums = [func.coalesce(func.sum(case((_at(tx, step), 1), else_=0)), 0).label(step) for step in STEPS]
    return {step: int(count) for step, count in tx.execute(select(*sums)).mappings().one().items()}


def listed(tx: Transaction, step: str = "", *, limit: int, after: int = 0) -> list[Body]:
    """Those at one of STEPS ('': all), by name; `after`: without the first so many."""
    query = select(organizations).order_by(*_BY_NAME).limit(limit).offset(after)
    return [_made(row) for row in tx.execute(query.where(_at(tx, step)) if step else query)]


def chosen(tx: Transaction, uids: Sequence[str]) -> list[Body]:
    """Those of these uids that may still be invited, by name."""
    query = select(organizations).where(organizations.c.uid.in_(uids), organizations.c.state != "approved")
    return [_made(row) for row in tx.execute(query.order_by(*_BY_NAME))]


def invite(tx: Transaction, body: Body, enrolment: Enrolment) -> str:
    """The code that lets its people in until the call closes: the same one as long as it holds."""
    until = enrolments.closing(tx, enrolment) - tx.now
    code = invitations.standing_invitation(tx, "association", body.id, until / timedelta(days=1), USES)
    tx.execute(update(organizations).where(organizations.c.id == body.id).values(asked_on=enrolments.today(tx)))
    return code


def _at(tx: Transaction, step: str) -> ColumnElement[bool]:
    """SQL: is a body at this step?"""
    state, asked_on = organizations.c.state, organizations.c.asked_on
    invited = (state == "invited") & asked_on.is_not(None)
    return {
        "to_invite": (state == "invited") & asked_on.is_(None),
        "invited": invited,
        "silent": invited & (asked_on <= enrolments.today(tx) - SILENT),
    }.get(step, state == step)


def _made(row: Row[tuple[object, ...]]) -> Body:
    return Body(row.id, row.uid, row.name, row.kind, row.state, row.asked_on, row.changed_at)
