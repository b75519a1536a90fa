"""What who works here does with a request: follow it, hurry it, send it elsewhere, end it, join it to the same one.

Each is a move of the request's machine, and whoever it concerns is told by a dialogue that it opens with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import update

from catalog_store import calendars, messages, referrals, roles, waiting
from catalog_store.connect import Transaction
from catalog_store.referrals import Full, Late, Referral
from catalog_store.schema import referrals as requests

URGENCIES = ("urgent", "normal", "low")
US = "operator"  # who acts, in a request's history


@dataclass(frozen=True)
class Different:
    """Nothing was done: two requests ask for different needs, and nobody has said that they are one all the same."""


def follow(tx: Transaction, uid: str, staff_id: int) -> Referral | Late:
    """One of us sees to it from now on, instead of whoever did."""
    referral = _open(tx, uid)
    if isinstance(referral, Late):
        return referral
    tx.execute(update(requests).where(requests.c.id == referral.id).values(staff_id=staff_id))
    return replace(referral, staff_id=staff_id)


def hurry(tx: Transaction, uid: str, urgency: str) -> Referral | Late:
    """It is as urgent as one of URGENCIES says. What was promised may come sooner by that, and never later."""
    if urgency not in URGENCIES:
        raise ValueError(f"{urgency!r} is none of {', '.join(URGENCIES)}")
    referral = _open(tx, uid)
    if isinstance(referral, Late) or referral.urgency == urgency or referral.due_at is None:
        return referral
    by = referral.due_at
    if referral.next_actor != "citizen":  # otherwise it is the day of an appointment, or theirs to take
        by = min(by, calendars.due(urgency, tx.now, tx.store.calendar))
    moved = referrals.move(
        tx, replace(referral, urgency=urgency), referral.state, US, next_actor=referral.next_actor, due_at=by,
        reason=urgency, step="urgency", urgency=urgency,
    )  # fmt: skip
    if by < referral.due_at:
        messages.opening(tx, moved.person_id, "news", uid)
    if urgency == "urgent":
        for contact in _asked(tx, moved):
            messages.opening(tx, contact, "respond", uid, urgent=True)
    return moved


def reassign(tx: Transaction, uid: str, offer_id: int) -> Referral | Full | Late:
    """Send it to another offer; its `contacts` are to be asked. Who was asked before hears that it is withdrawn."""
    referral = _open(tx, uid)
    if isinstance(referral, Late):
        return referral
    before = _asked(tx, referral)
    sent = referrals.resend(tx, uid, offer_id, US)
    if isinstance(sent, Referral):
        for contact in set(before) - set(sent.contacts):
            messages.opening(tx, contact, "respond", referral.code)
        _over_with(tx, sent)
    return sent


def close(tx: Transaction, uid: str, outcome: str) -> Referral | Late:
    """It is over, with one of referrals.OUTCOMES; its person is told, and who had still something to do about it."""
    referral = _open(tx, uid)
    if isinstance(referral, Late):
        return referral
    closed = referrals.close(tx, uid, outcome, US)
    _tell_contacts(tx, referral)
    _over_with(tx, referral)
    return closed


def merge(tx: Transaction, kept: str, ended: str, *, confirmed: bool = False) -> Referral | Late | Different:
    """Two requests (their uids) ask the same: `ended` is over, with its place free again, and `kept` goes on.

    Both people are told, and whoever was to answer the one that ends. Gives the one that is kept.
    """
    if kept == ended:
        raise ValueError("a request is not merged with itself")
    both = {uid: _open(tx, uid) for uid in sorted((kept, ended))}  # always locked in the same order
    stays, goes = both[kept], both[ended]
    if isinstance(stays, Late) or isinstance(goes, Late):
        return stays if isinstance(stays, Late) else Late("answered")
    if stays.need != goes.need and not confirmed:
        return Different()
    referrals.move(tx, goes, "closed", US, reason="merged", merged_into=stays.id)
    referrals.note_step(tx, stays.id, "merged", US, stays.offer_id)
    _tell_contacts(tx, goes)
    _over_with(tx, goes)
    if stays.person_id != goes.person_id:
        messages.opening(tx, stays.person_id, "news", kept)
    return stays


def _open(tx: Transaction, uid: str) -> Referral | Late:
    """A request that is not over, locked."""
    referral = referrals.locked(tx, uid)
    if referral is None or referral.state == "withdrawn":
        return Late("withdrawn")
    return referral if referral.is_open else Late("answered")


def _asked(tx: Transaction, referral: Referral) -> list[int]:
    """The contacts who were asked for an answer, and may still give it."""
    asked = referral.next_actor == "association" or referral.state == "unanswered"
    return roles.contacts_of(tx, referral.organization_id) if asked and referral.organization_id else []


def _tell_contacts(tx: Transaction, was: Referral) -> None:
    """Whoever was to answer, or has an appointment to come, hears that the request is over."""
    planned = was.state == "accepted" and was.organization_id is not None
    contacts = roles.contacts_of(tx, was.organization_id or 0) if planned else _asked(tx, was)
    for contact in contacts:
        messages.opening(tx, contact, "respond", was.uid)


def _over_with(tx: Transaction, referral: Referral) -> None:
    """It has been seen to: it waits for none of us any more, and its person is told."""
    waiting.settle(tx, referral.id)
    messages.opening(tx, referral.person_id, "news", referral.uid)
