"""The life of a request, from the citizen to an association that answers, as one machine that never forgets one.

While it is open somebody is to act by a time; who it is about is read only by who accepted it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from secrets import choice
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, false, select, update

from catalog_store import calendars, roles
from catalog_store.connect import Transaction
from catalog_store.invitations import CODE
from catalog_store.offers import HOLDING, IN_LINE, QUEUED, agreed, held, of_the_network
from catalog_store.schema import new_uid, offers, referral_steps, referrals, unmet_needs
from catalog_store.secrets import Private

MOVES: Mapping[str, tuple[str, ...]] = {  # from each state to those that may follow it
    "new": ("sent", "closed", "withdrawn"),
    QUEUED: ("sent", "new", "closed", "withdrawn"),  # its person waits for a place of an offer that is full
    "sent": ("accepted", "declined", "unanswered", "closed", "withdrawn"),
    "unanswered": ("accepted", "declined", "sent", "new", "closed", "withdrawn"),
    "declined": ("sent", "new", "closed", "withdrawn"),
    "accepted": ("under_way", "closed", "withdrawn"),
    "under_way": ("closed", "withdrawn"),
    "closed": (),
    "withdrawn": (),
    "trial": (),
}
OPEN = tuple(state for state, following in MOVES.items() if following)
NEXT_ACTOR = {  # who is to act once a request is in a state
    "new": "operator",  # to bring it by hand: the organization has no contact here
    QUEUED: "citizen",
    "sent": "association",
    "unanswered": "citizen",  # shall we ask the next one?
    "declined": "citizen",
    "accepted": "citizen",  # did it take place, did it help?
    "under_way": "citizen",
}
DECLINED = ("no_places", "not_eligible", "outside_area", "no_answer", "wrong_data", "other")
OUTCOMES = ("helped", "partly", "not_helped", "unknown")
UNTAKEN = ("new", QUEUED, "sent", "unanswered", "declined")  # nobody has said yes
UNMET = ("no_offer", "far", "hours", "cost", "other", "declined")
_DETAILS_FOR_CONTACTS = ("accepted", "under_way")


@dataclass(frozen=True, repr=False)
class Referral:
    """A request. `contacts` are the people to tell or ask: filled by `create`, `resend` and `withdraw` only."""

    id: int
    uid: str
    code: str
    person_id: int
    need: str
    area: str
    group: str
    urgency: str
    state: str
    offer_id: int | None
    organization_id: int | None
    next_actor: str | None
    due_at: datetime | None
    outcome: str | None
    created_at: datetime
    changed_at: datetime
    proposal: dict[str, Any] | None
    contacts: tuple[int, ...] = ()
    staff_id: int | None = None  # which of us follows it
    merged_into: int | None = None  # the id of the request that asks the same

    @property
    def is_open(self) -> bool:
        """Is somebody still to act?"""
        return self.state in OPEN


@dataclass(frozen=True)
class Full:
    """Nothing was done: the offer has no place left, or is `gone` (removed or paused)."""

    gone: bool = False


@dataclass(frozen=True)
class Late:
    """Nothing was done: the request is not where it was. `moved_on`: it was sent to somebody else, or never to you."""

    reason: Literal["withdrawn", "answered", "moved_on"]


@dataclass(frozen=True)
class Step:
    """One entry of a request's history; `state` is where it went, or one of: reminded, handed, urgency, merged."""

    at: datetime
    state: str
    actor: str
    offer_id: int | None
    reason: str


def create(  # noqa: PLR0913, PLR0917  each is a column
    tx: Transaction, person_id: int, need: str, area: str, group: str, urgency: str, offer_id: int,
    details: dict[str, Any], *, trial: bool = False, queued: datetime | None = None,
) -> Referral | Full:  # fmt: skip
    """Send a request to the organization of an offer, holding a place; to an operator, where nobody answers for it.

    `details` are what only who accepts may read. `trial`: nothing is held, and nobody is to be told. `queued`: nothing
    is held either, its person waits for a place, and until when they do before an operator sees to it.
    """
    place = _place(tx, offer_id, hold=not (trial or queued))
    if isinstance(place, Full):
        return place
    state = "trial" if trial else QUEUED if queued else "sent" if place.contacts else "new"
    columns: dict[str, Any] = {
        "person_id": person_id, "need": need, "area": area, "group": group, "urgency": urgency, "state": state,
        "offer_id": offer_id, "organization_id": place.organization_id, "created_at": tx.now, "changed_at": tx.now,
    }  # fmt: skip
    timing = _timing(tx, state, urgency, due_at=queued)
    while True:
        uid, code = new_uid(), "R-" + "".join(choice(CODE) for _ in range(4))
        sealed = Private(uid, details)
        id = tx.insert_once(referrals, uid=uid, code=code, details=sealed, month=_month(tx), **columns, **timing)
        if id is not None:  # otherwise the code is taken: another is drawn
            break
    note_step(tx, id, state, "citizen", offer_id)
    actor, by = timing["next_actor"], timing["due_at"]
    told = () if trial or queued else place.contacts
    return Referral(id, uid, code, **columns, next_actor=actor, due_at=by, outcome=None, proposal=None, contacts=told)


def get(tx: Transaction, uid: str, *which: ColumnElement[bool]) -> Referral | None:
    """One request, of those that `which` (SQL) lets through; None when it was forgotten."""
    return _one(tx, _known().where(referrals.c.uid == uid, *which))


def locked(tx: Transaction, uid: str) -> Referral | None:
    """One request that nobody else moves until the transaction ends."""
    return _one(tx, _lock(_known().where(referrals.c.uid == uid)))


def by_code(tx: Transaction, code: str) -> Referral | None:
    """The request that people call so; None when there is none, or it was forgotten."""
    return _one(tx, _known().where(referrals.c.code == code))


def for_person(tx: Transaction, person_id: int) -> list[Referral]:
    """What somebody has asked for, the latest first."""
    query = _known().where(referrals.c.person_id == person_id).order_by(referrals.c.id.desc())
    return [made(row) for row in tx.execute(query)]


def for_organization(tx: Transaction, organization_id: int, *, open_only: bool) -> list[Referral]:
    """What an organization was asked, the soonest due first; `open_only`: what is still under way with it."""
    query = _known().where(referrals.c.organization_id == organization_id)
    query = query.where(referrals.c.state.in_(HOLDING)) if open_only else query
    return [made(row) for row in tx.execute(query.order_by(referrals.c.due_at.nulls_last(), referrals.c.id))]


def details_for(tx: Transaction, uid: str, person_id: int) -> dict[str, Any] | None:
    """What a request says about its person: to them, and to a contact of the organization that accepted; else None."""
    row = tx.execute(_known(person_id).where(referrals.c.uid == uid)).one_or_none()
    if row is None or not (row.person_id == person_id or (row.mine and row.state in _DETAILS_FOR_CONTACTS)):
        return None
    details: dict[str, Any] = row.details.open(row.uid)
    return details


def accept(
    tx: Transaction, uid: str, person_id: int, proposal: dict[str, Any], due_at: datetime | None = None
) -> Referral | Late:
    """A contact takes it, may now read the details, and proposes when and where; `due_at`: when to ask how it went."""
    referral = _answerable(tx, uid, person_id)
    if isinstance(referral, Late):
        return referral
    sealed = Private(referral.uid, proposal)
    return move(tx, referral, "accepted", "association", due_at=due_at, proposal=sealed)


def decline(tx: Transaction, uid: str, person_id: int, reason: str) -> Referral | Late:
    """A contact does not take it, for one of the DECLINED reasons; the place is free again."""
    _check(reason, DECLINED)
    referral = _answerable(tx, uid, person_id)
    if isinstance(referral, Late):
        return referral
    return move(tx, referral, "declined", "association", reason=reason)


def unanswered(tx: Transaction, uid: str) -> Referral | Late:
    """The organization has let the time pass; until the request is sent elsewhere it may still answer."""
    return _go(tx, uid, "unanswered", "clock")


def resend(tx: Transaction, uid: str, offer_id: int, actor: str = "citizen") -> Referral | Full | Late:
    """Send it to another offer: when nobody took it and the citizen said yes, or when an operator takes it elsewhere.

    An operator need not wait for who was asked: that is no answer then.
    """
    referral = locked(tx, uid)
    if referral is None or not ("new" in MOVES[referral.state] or (actor == "operator" and referral.state in UNTAKEN)):
        return _late(referral)
    place = _place(tx, offer_id)
    if isinstance(place, Full):
        return place
    if referral.state == "sent":
        referral = move(tx, referral, "unanswered", actor)
    state, owner = "sent" if place.contacts else "new", place.organization_id
    next_actor = NEXT_ACTOR[state]
    moved = move(tx, referral, state, actor, next_actor=next_actor, step=state, offer_id=offer_id,
                 organization_id=owner, proposal=None)  # fmt: skip
    return replace(moved, contacts=place.contacts)


def granted(tx: Transaction, referral: Referral) -> Referral | Full:
    """Send a request that was waiting for a place and is the next one."""
    place = _place(tx, referral.offer_id or 0, in_line=())
    if isinstance(place, Full):
        return place
    moved = move(tx, referral, "sent" if place.contacts else "new", "citizen")
    return replace(moved, contacts=place.contacts)


def hand_to_operator(tx: Transaction, uid: str) -> Referral | Late:
    """A human is to act next; its state stays."""
    referral = locked(tx, uid)
    if referral is None or not referral.is_open:
        return _late(referral)
    return move(tx, referral, referral.state, "clock", next_actor="operator")


def under_way(tx: Transaction, uid: str, due_at: datetime | None = None) -> Referral | Late:
    """What was proposed has begun; `due_at` is when to ask the citizen whether it helps."""
    return _go(tx, uid, "under_way", "citizen", due_at=due_at)


def close(tx: Transaction, uid: str, outcome: str, actor: str = "citizen") -> Referral | Late:
    """It is over, with one of the OUTCOMES."""
    return _go(tx, uid, "closed", actor, outcome=_check(outcome, OUTCOMES))


def withdraw(tx: Transaction, uid: str) -> Referral | Late:
    """The citizen does not want it any more; its `contacts` are to be told."""
    referral = locked(tx, uid)
    if referral is None or not referral.is_open:
        return _late(referral)
    owner = referral.organization_id if referral.state in HOLDING else None
    contacts = tuple(roles.contacts_of(tx, owner)) if owner else ()
    return replace(move(tx, referral, "withdrawn", "citizen"), contacts=contacts)


def overdue(tx: Transaction, limit: int) -> list[Referral]:
    """Open requests whose time has passed, the oldest first, locked: move each in this transaction.

    What another process has locked is left to it, and a process that dies gives back what it had.
    """
    return _claimed(tx, referrals.c.due_at, limit)


def to_remind(tx: Transaction, limit: int) -> list[Referral]:
    """Requests of which half the time, not all, has passed without an answer, locked like `overdue`: `remind` each."""
    return _claimed(tx, referrals.c.remind_at, limit, referrals.c.due_at > tx.now)


def remind(tx: Transaction, uid: str) -> None:
    """The reminder has been made; there is one for each time it is sent."""
    row = update(referrals).where(referrals.c.uid == uid, referrals.c.remind_at.is_not(None)).values(remind_at=None)
    for reminded in tx.execute(row.returning(referrals.c.id, referrals.c.offer_id)):
        note_step(tx, reminded.id, "reminded", "clock", reminded.offer_id)


def tried_offers(tx: Transaction, uid: str) -> set[int]:
    """Ids of the offers that it was sent to."""
    query = _steps(uid).where(referral_steps.c.state.in_(("sent", "new")), referral_steps.c.offer_id.is_not(None))
    return {row.offer_id for row in tx.execute(query)}


def timeline(tx: Transaction, uid: str) -> list[Step]:
    """What has happened to it, in order."""
    return [Step(row.at, row.state, row.actor, row.offer_id, row.reason) for row in tx.execute(_steps(uid))]


def unmet(tx: Transaction, need: str, area: str, reason: str) -> None:
    """Count a need that nothing answered, for one of the UNMET reasons; whose it was is not kept."""
    tx.execute(unmet_needs.insert().values(need=need, area=area, reason=_check(reason, UNMET), month=_month(tx)))


def move(  # noqa: PLR0913  each is a column, or a word of its history
    tx: Transaction, referral: Referral, state: str, actor: str, *, next_actor: str | None = None,
    due_at: datetime | None = None, reason: str = "", step: str = "", **columns: Any,
) -> Referral:  # fmt: skip
    """The only way from a state to another. Raises ValueError for a move that MOVES does not have.

    `step`: what its history calls it, where that is not the state.
    """
    if state not in MOVES[referral.state] and not (next_actor and state == referral.state and referral.is_open):
        raise ValueError(f"{referral.code} cannot go from {referral.state} to {state}")
    timing = _timing(tx, state, referral.urgency, next_actor, due_at)
    changed = {"state": state, "changed_at": tx.now, **columns, **timing}
    tx.execute(update(referrals).where(referrals.c.id == referral.id).values(changed))
    moved = replace(referral, **{name: value for name, value in changed.items() if name in _PLAIN})
    told = step or ("handed" if state == referral.state else state)
    note_step(tx, referral.id, told, actor, moved.offer_id, reason)
    return moved


def note_step(tx: Transaction, id: int, step: str, actor: str, offer_id: int | None, reason: str = "") -> None:
    """Write down what happened to a request."""
    row = {"uid": new_uid(), "referral_id": id, "at": tx.now, "state": step, "actor": actor}
    tx.execute(referral_steps.insert().values(**row, offer_id=offer_id, reason=reason))


def made(row: Row[Any]) -> Referral:
    """A request, of a row with all the columns of its table."""
    values = {name: getattr(row, name) for name in _PLAIN}
    return Referral(**values, proposal=row.proposal.open(row.uid) if row.proposal else None)


@dataclass(frozen=True)
class _Place:
    organization_id: int
    contacts: tuple[int, ...]


def _place(
    tx: Transaction, offer_id: int, *, hold: bool = True, in_line: Sequence[str] = IN_LINE
) -> _Place | Full:  # fmt: skip
    """Who answers for an offer with a place left; the offer stays locked, so that nobody else takes the last one.

    `in_line`: who in the queue comes before.
    """
    tx.lock(offers, offer_id)
    there = (offers.c.id == offer_id) & (offers.c.state == "active") & of_the_network() & agreed(tx)
    row = tx.execute(select(offers.c.organization_id, offers.c.places).where(there)).one_or_none()
    if row is None:
        return Full(gone=True)
    if hold and row.places is not None and held(tx, offer_id, in_line) >= row.places:
        return Full()
    return _Place(row.organization_id, tuple(roles.contacts_of(tx, row.organization_id)))


def _timing(
    tx: Transaction, state: str, urgency: str, next_actor: str | None = None, due_at: datetime | None = None
) -> dict[str, Any]:
    """Who acts next and by when; who is asked for an answer is reminded when half of the time has passed."""
    if state not in OPEN:
        return {"next_actor": None, "due_at": None, "remind_at": None}
    actor, calendar = next_actor or NEXT_ACTOR[state], tx.store.calendar
    by = due_at or calendars.due(urgency if state != "accepted" else "low", tx.now, calendar)
    remind_at = calendars.halfway(tx.now, by, calendar) if actor == "association" else None
    return {"next_actor": actor, "due_at": by, "remind_at": remind_at}


def _answerable(tx: Transaction, uid: str, person_id: int) -> Referral | Late:
    """A request that this contact may answer now."""
    row = tx.execute(_lock(_known(person_id).where(referrals.c.uid == uid))).one_or_none()
    if row is None or row.state == "withdrawn":
        return Late("withdrawn")
    if not row.mine or row.state == "new":
        return Late("moved_on")
    return made(row) if "accepted" in MOVES[row.state] else Late("answered")


def _go(tx: Transaction, uid: str, state: str, actor: str, **columns: Any) -> Referral | Late:
    referral = locked(tx, uid)
    if referral is None or state not in MOVES[referral.state]:
        return _late(referral)
    return move(tx, referral, state, actor, **columns)


def _late(referral: Referral | None) -> Late:
    return Late("withdrawn" if referral is None or referral.state == "withdrawn" else "answered")


def _known(contact: int | None = None) -> Select[Any]:
    """Requests that were not forgotten; `mine`: does `contact` answer for the organization that has it?"""
    mine = roles.answers_for(contact, referrals.c.organization_id) if contact is not None else false()
    return select(referrals, mine.label("mine")).where(referrals.c.person_id.is_not(None))


def _lock(query: Select[Any], *, skip: bool = False) -> Select[Any]:
    return query.with_for_update(of=referrals, key_share=True, skip_locked=skip)


def _one(tx: Transaction, query: Select[Any]) -> Referral | None:
    row = tx.execute(query).one_or_none()
    return made(row) if row else None


def _claimed(tx: Transaction, time: ColumnElement[datetime], limit: int, *more: ColumnElement[bool]) -> list[Referral]:
    late = _known().where(referrals.c.state.in_(OPEN), time <= tx.now, *more).order_by(time, referrals.c.id)
    return [made(row) for row in tx.execute(_lock(late.limit(limit), skip=True))]


def _steps(uid: str) -> Select[Any]:
    mine = referral_steps.c.referral_id == referrals.c.id
    return select(referral_steps).join(referrals, mine).where(referrals.c.uid == uid).order_by(referral_steps.c.id)


def _month(tx: Transaction) -> str:
    return tx.now.astimezone(tx.store.territory.zone).strftime("%Y-%m")


def _check(code: str, codes: tuple[str, ...]) -> str:
    if code not in codes:
        raise ValueError(f"{code!r} is none of {', '.join(codes)}")
    return code


_PLAIN = tuple(one.name for one in fields(Referral) if one.name not in ("proposal", "contacts"))
