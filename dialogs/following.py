"""A request after it was sent, from the citizen's side: read, sent on, handed to a person, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import messages, offers, organizations, queue, referrals
from catalog_store.connect import Transaction
from catalog_store.matching import Who
from catalog_store.referrals import Full, Late, Referral
from dialogs import proposals
from dialogs.appointment import Appointment
from dialogs.naming import here
from dialogs.proposals import Proposal
from dialogs.sending import Sent, opened, to_operator

DISCREET = "violenza_genere"  # the group about which a notice never says anything
RECENT = 5  # requests that are listed
_UNTOLD = ("handed", "reminded", "urgency", "offered")  # steps that say nothing new of who has it


@dataclass(frozen=True)
class News:
    """A request as its person is told of it. `reason` is why it was declined; `due` is on the town's clock."""

    uid: str
    code: str
    need: str
    state: str
    organization: str
    open: bool
    discreet: bool
    with_person: bool
    reason: str
    due: datetime | None
    proposal: Appointment | None
    position: int = 0  # in the line for a place, from 1
    by_us: str = ""  # what a person of ours did last, if nobody did anything since: sent, new, closed, merged
    same_as: str = ""  # the code of the request of theirs that goes on in its place


def news_of(tx: Transaction, uid: str) -> News | None:
    """One request of whoever's turn it is; None when it is somebody else's, or forgotten."""
    referral = referrals.get(tx, uid)
    return told(tx, referral) if referral and referral.person_id == tx.me() else None


def mine(tx: Transaction, uid: str) -> list[News]:
    """The requests under way of whoever's turn it is, the latest first; or the one with this `uid`, over or not."""
    listed = [one for one in referrals.for_person(tx, tx.me()) if (one.uid == uid if uid else one.is_open)]
    return [told(tx, one) for one in listed[:RECENT]]


def following(tx: Transaction, uid: str, without: list[int]) -> list[Proposal]:
    """Where it could be sent next: the best offers to which it was not sent yet."""
    referral = referrals.get(tx, uid)
    if referral is None:
        return []
    group = referral.group if referral.group != referral.need.partition(".")[0] else None
    told = referrals.details_for(tx, uid, tx.me()) or {}
    who = Who(area=referral.area or None, age=told.get("age"), group=group, home=told.get("home", False))
    tried = sorted(referrals.tried_offers(tx, uid) | set(without))
    found = proposals.found(tx, referral.need, who, tried, "")
    return [one for one in found if not one.full and one.parts.access not in offers.DESKS]


def resend(tx: Transaction, uid: str, offer_id: int) -> Sent:
    """Send it to another offer."""
    sent = referrals.resend(tx, uid, offer_id)
    if isinstance(sent, Late):
        return Sent("late")
    if isinstance(sent, Full):
        return Sent("gone" if sent.gone else "full")
    return opened(tx, sent)


def to_person(tx: Transaction, uid: str) -> datetime | None:
    """Nothing else was found, or a person is wanted: count the need, hand the request over; by when somebody writes."""
    referral = referrals.get(tx, uid)
    if referral is not None and referral.state in ("declined", "unanswered"):
        referrals.unmet(tx, referral.need, referral.area, "declined")
    return to_operator(tx, uid)


def withdraw(tx: Transaction, uid: str) -> bool:
    """Take it back and tell who had it; false when it was over already."""
    withdrawn = referrals.withdraw(tx, uid)
    if isinstance(withdrawn, Late):
        return False
    for contact in withdrawn.contacts:
        messages.opening(tx, contact, "respond", uid)
    return True


def close(tx: Transaction, uid: str, outcome: str) -> bool:
    """The citizen said how it went; false when it was over already."""
    return not isinstance(referrals.close(tx, uid, outcome), Late)


def told(tx: Transaction, referral: Referral) -> News:
    """A request as its person is told of it."""
    owner = organizations.get(tx, referral.organization_id).name if referral.organization_id else ""
    steps = referrals.timeline(tx, referral.uid)
    reasons = [step.reason for step in steps if step.state == "declined"]
    last = next((step for step in reversed(steps) if step.state not in _UNTOLD), None)
    return News(
        uid=referral.uid,
        code=referral.code,
        need=referral.need,
        state=referral.state,
        organization=owner,
        open=referral.is_open,
        discreet=DISCREET in (referral.group, referral.need.partition(".")[0]),
        with_person=referral.next_actor == "operator",
        reason=reasons[-1] if reasons else "",
        due=here(tx, referral.due_at) if referral.due_at else None,
        proposal=Appointment.from_json(referral.proposal) if referral.proposal else None,
        position=queue.position(tx, referral.id) if referral.state == offers.QUEUED else 0,
        by_us=(last.reason or last.state) if last and last.actor == "operator" else "",
        same_as=_same_as(tx, referral),
    )


def _same_as(tx: Transaction, referral: Referral) -> str:
    """The code of the request that goes on in its place, if it is the same person's; of others nothing is said."""
    if referral.merged_into is None:
        return ""
    return next(
        (one.code for one in referrals.for_person(tx, referral.person_id) if one.id == referral.merged_into), ""
    )
