"""A request as an association sees it, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog_store import messages, offers, referrals, roles
from catalog_store.connect import Transaction
from catalog_store.referrals import Late, Referral
from dialogs.appointment import Appointment
from dialogs.contact import Reach
from dialogs.naming import here

_ASK_AFTER = timedelta(days=1)  # how long after the appointment the citizen is asked how it went


@dataclass(frozen=True)
class Case:
    """What may be known before the acceptance. `waits`: an answer is still wanted from this person's organization."""

    uid: str
    code: str
    need: str
    group: str
    area: str
    urgent: bool
    state: str
    waits: bool
    due: datetime | None
    offer_id: int
    offer: str
    organization_id: int


@dataclass(frozen=True)
class Behind:
    """What an organization that accepted needs to know of the person."""

    whom: str
    age: int | None
    reach: Reach


def case_of(tx: Transaction, uid: str) -> Case | None:
    """The request; None when it is not this person's organization's, or is gone."""
    referral = referrals.get(tx, uid)
    if referral is None or not _ours(tx, referral) or referral.offer_id is None:
        return None
    place = tx.store.territory.localities.get(referral.area)
    return Case(
        uid=uid,
        code=referral.code,
        need=referral.need,
        group=referral.group,
        area=place.name if place else "",
        urgent=referral.urgency == "urgent",
        state=referral.state,
        waits=referral.state in ("sent", "unanswered"),
        due=here(tx, referral.due_at) if referral.due_at else None,
        offer_id=referral.offer_id,
        offer=offers.get(tx, referral.offer_id).name,
        organization_id=referral.organization_id or 0,
    )


def waiting_for(tx: Transaction) -> list[Case]:
    """The requests that wait for an answer of this person's organizations, the soonest due first."""
    ids = {role.organization_id for role in roles.of(tx, tx.me()) if role.role == "association"}
    listed = [one for id in sorted(filter(None, ids)) for one in referrals.for_organization(tx, id, open_only=True)]
    return [case for one in listed if one.next_actor == "association" and (case := case_of(tx, one.uid))]


def talked_of(tx: Transaction, code: str) -> tuple[str, str] | None:
    """Dialogue and subject in which whoever's turn it is talks of the request with this code; None: not with them."""
    referral = referrals.by_code(tx, code)
    if referral is None:
        return None
    if referral.person_id == tx.me():
        return "my_request", referral.uid
    return ("respond", referral.uid) if _ours(tx, referral) else None


def accept(tx: Transaction, uid: str, made: Appointment) -> bool:
    """The organization takes it, and the citizen is told; false when it came too late."""
    town = tx.store.territory
    at = datetime.combine(made.day, made.hour, town.zone) + _ASK_AFTER
    answer = referrals.accept(tx, uid, tx.me(), made.to_json(), due_at=max(at, tx.now + _ASK_AFTER))
    if isinstance(answer, Late):
        return False
    messages.opening(tx, answer.person_id, "news", uid)
    return True


def decline(tx: Transaction, uid: str, reason: str) -> bool:
    """The organization does not take it, and the citizen is told; false when it came too late."""
    answer = referrals.decline(tx, uid, tx.me(), reason)
    if isinstance(answer, Late):
        return False
    messages.opening(tx, answer.person_id, "news", uid)
    return True


def behind(tx: Transaction, uid: str) -> Behind | None:
    """The person, for who accepted; None for anybody else."""
    details = referrals.details_for(tx, uid, tx.me())
    if details is None:
        return None
    return Behind(details["whom"], details["age"], Reach(details["name"], details["phone"]))


def _ours(tx: Transaction, referral: Referral) -> bool:
    mine = roles.of(tx, tx.me())
    return any(role.role == "association" and role.organization_id == referral.organization_id for role in mine)
