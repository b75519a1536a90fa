"""Sending a request: to an organization's contacts, to a desk, or by an operator's hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from catalog_store import consents, hours, messages, offers, people, queue, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.referrals import Full, Late, Referral
from catalog_store.territory import Office
from dialogs import safety
from dialogs.contact import Reach
from dialogs.naming import here, language

CONSENT, VERSION = "share_with_organization", "2026-11-27"  # the purpose, and the text that is agreed to by sending


@dataclass(frozen=True)
class Request:
    """All that is sent. What the person wrote (`text`) and how to reach them go to nobody before an acceptance.

    `waits`: where no place is left, they wait for one.
    """

    need: str
    offer_id: int
    area: str | None
    group: str | None
    age: int | None
    home: bool
    text: str
    whom: str
    reach: Reach
    waits: bool = False


@dataclass(frozen=True)
class Desk:
    """An office of the town, as it is said to people."""

    name: str
    address: str
    hours: str
    phone: str
    bring: str

    @classmethod
    def of(cls, office: Office, language: str) -> Desk:
        """Its hours in this language."""
        opens = hours.in_words(office.hours, language)
        return cls(office.name, office.address, opens, office.phone, office.bring)


@dataclass(frozen=True)
class Sent:
    """How it went; `code` only if it was sent. `position`: which in the line, from 1.

    queued: it waits for a place; full: no place is left; gone: the offer is no longer there; by_hand: an
    operator brings it; late: the request has moved on; changed: the person wants another offer.
    """

    outcome: Literal["sent", "by_hand", "trial", "queued", "full", "gone", "late", "changed"]
    code: str = ""
    due: datetime | None = None
    position: int = 0


def desk_for(tx: Transaction, kind: str) -> Desk | None:
    """The first office of a kind; None when the town has none."""
    office = tx.store.territory.office(kind)
    return Desk.of(office, language(tx)) if office else None


def known_reach(tx: Transaction) -> Reach | None:
    """The name and number that the person told us to keep, if any."""
    person = people.me(tx)
    profile = person.profile if person.sure else {}
    reach = Reach(profile.get("name", ""), profile.get("phone", ""))
    return reach if reach != Reach() else None


def unmet(tx: Transaction, need: str, area: str | None, reason: str) -> None:
    """Count a need that nothing answered."""
    referrals.unmet(tx, need, area or "", reason)


def send(tx: Transaction, request: Request) -> Sent:
    """Create the request, record the consent, and open it with whoever is to answer."""
    group = request.group or request.need.partition(".")[0]
    details = {
        "told": request.text, "whom": request.whom, "age": request.age, "name": request.reach.name,
        "phone": request.reach.phone, "home": request.home,
    }  # fmt: skip
    urgency = _urgency(request.text)
    create = partial(
        referrals.create, tx, tx.me(), request.need, request.area or "", group, urgency, request.offer_id, details
    )
    made = create(trial=tx.store.trial)
    if isinstance(made, Full) and not made.gone and request.waits:
        made = create(queued=queue.until(tx, urgency))
    if isinstance(made, Full):
        return Sent("gone" if made.gone else "full")
    consents.give(tx, tx.me(), CONSENT, VERSION, language(tx))
    if request.reach != Reach():
        people.keep(tx, tx.me(), name=request.reach.name or None, phone=request.reach.phone or None)
    if made.state == "trial":
        return Sent("trial", made.code)
    if made.state == offers.QUEUED:
        return Sent("queued", made.code, position=queue.join(tx, made))
    return opened(tx, made)


def _urgency(text: str) -> str:
    """A danger, or what cannot wait until tomorrow, is urgent for whoever receives it."""
    return "urgent" if safety.check(text) else "normal"


def opened(tx: Transaction, referral: Referral) -> Sent:
    """Ask the organization's contacts; where there is a desk before it, or no contact, an operator."""
    if referral.contacts and not has_desk(tx, referral):
        for contact in referral.contacts:
            messages.opening(tx, contact, "respond", referral.uid, urgent=referral.urgency == "urgent")
        return Sent("sent", referral.code, here(tx, referral.due_at) if referral.due_at else None)
    return Sent("by_hand", referral.code, to_operator(tx, referral.uid))


def has_desk(tx: Transaction, referral: Referral) -> bool:
    """Does an office of the town bring it to the organization?"""
    return referral.offer_id is not None and offers.get(tx, referral.offer_id).access in offers.DESKS


def to_operator(tx: Transaction, uid: str) -> datetime | None:
    """A human is to act next; by when, on the town's clock. None when the request is over."""
    handed = referrals.hand_to_operator(tx, uid)
    if isinstance(handed, Late) or handed.due_at is None:
        return None
    note = {"code": handed.code, "need": handed.need}
    waiting.add(tx, "referral", handed.person_id, note, handed.due_at, tx.conversation_id, handed.id)
    return here(tx, handed.due_at)
