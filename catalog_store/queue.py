"""Who waits for a place of an offer that is full: urgent requests first, then in order of arrival.

Nobody frees a place: a request that is declined, withdrawn or closed holds none, and "posti 3" makes three. The clock
calls `advance`, which proposes each free place to the first who waits; until they answer it is held for them. Whoever
comes now has a place only when nobody waits (`offers.held`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from catalog_store import calendars, closures, messages, offers, reach, referrals
from catalog_store.connect import Transaction
from catalog_store.offers import IN_LINE, QUEUED
from catalog_store.referrals import Full, Referral
from catalog_store.schema import new_uid, organizations, queue
from catalog_store.schema import offers as offered
from catalog_store.schema import referrals as requests

PATIENCE = timedelta(days=30)  # how long somebody waits in a list before an operator sees to them
ANSWER = timedelta(hours=24)  # to answer a proposal, and until somebody is there to take the answer
_WAITS = (requests.c.id == queue.c.referral_id) & (requests.c.state == QUEUED)
_FIRST = (queue.c.urgent.desc(), queue.c.created_at, queue.c.id)


@dataclass(frozen=True)
class Place:
    """A turn in the queue. `state` is waiting, proposed, taken, declined, lapsed or left."""

    uid: str
    state: str
    offer_id: int
    referral_uid: str
    answer_by: datetime | None


def until(tx: Transaction, urgency: str) -> datetime:
    """Until when a request waits in a list before a human sees to it: an urgent one not for long."""
    return calendars.due("urgent", tx.now, tx.store.calendar) if urgency == "urgent" else tx.now + PATIENCE


def join(tx: Transaction, referral: Referral) -> int:
    """Put a request that is queued at its place in the line; which one it is, from 1."""
    row = {"uid": new_uid(), "offer_id": referral.offer_id, "referral_id": referral.id, "state": "waiting"}
    tx.insert_once(queue, **row, urgent=referral.urgency == "urgent", created_at=tx.now)
    return position(tx, referral.id)


def position(tx: Transaction, referral_id: int) -> int:
    """Which in the line, from 1; 0 when it is not waiting."""
    here = select(queue.c.offer_id).where(queue.c.referral_id == referral_id, queue.c.state == "waiting")
    line = select(queue.c.referral_id).join(requests, _WAITS).where(queue.c.state == "waiting").order_by(*_FIRST)
    waiting = list(tx.execute(line.where(queue.c.offer_id.in_(here))).scalars())
    return waiting.index(referral_id) + 1 if referral_id in waiting else 0


def waits(tx: Transaction, offer_id: int) -> int:
    """How many people wait for a place of an offer."""
    line = select(func.count()).select_from(queue).join(requests, _WAITS)
    return int(tx.execute(line.where(queue.c.offer_id == offer_id, queue.c.state == "waiting")).scalar_one())


def dissolve(tx: Transaction, offer_id: int) -> None:
    """The offer is over, and nobody waits for it any more: an operator sees to each of them at once."""
    waited = select(requests.c.uid).select_from(queue).join(requests, _WAITS)
    waited = waited.where(queue.c.offer_id == offer_id, queue.c.state.in_(IN_LINE)).order_by(*_FIRST)
    for uid in tx.execute(waited).scalars().all():
        referral = referrals.locked(tx, uid)
        if referral is not None and referral.state == QUEUED:
            referrals.move(tx, referral, QUEUED, "association", next_actor="citizen", due_at=tx.now)
    theirs = (queue.c.offer_id == offer_id) & queue.c.state.in_(IN_LINE)
    tx.execute(update(queue).where(theirs).values(state="left"))


def get(tx: Transaction, uid: str) -> Place | None:
    """One turn in the line."""
    columns = (queue.c.uid, queue.c.state, queue.c.offer_id, requests.c.uid.label("referral_uid"), queue.c.answer_by)
    mine = select(*columns).join(requests, requests.c.id == queue.c.referral_id).where(queue.c.uid == uid)
    row = tx.execute(mine).mappings().one_or_none()
    return Place(**row) if row else None


def advance(tx: Transaction) -> int:
    """Propose every free place to who is first; how many were proposed. Who waits no more has left."""
    gone = ~select(requests.c.id).where(_WAITS).exists()
    tx.execute(update(queue).where(queue.c.state.in_(IN_LINE), gone).values(state="left"))
    waited = select(queue.c.offer_id).where(queue.c.state == "waiting").distinct().order_by(queue.c.offer_id)
    shut = {(one.organization_id, one.offer_id) for one in closures.current(tx) if one.covers(closures.today(tx))}
    return sum(_propose(tx, id, shut) for id in tx.execute(waited).scalars().all())


def take(tx: Transaction, uid: str) -> Referral | Full | None:
    """Whose turn it is takes the place proposed to them; the request goes to its organization. None: it is too late.

    Full: its organization has closed the place meanwhile, and who was first still is, unless the offer is `gone`.
    """
    mine = _answered(tx, uid, "taken")
    if mine is None:
        return None
    sent = referrals.granted(tx, mine)
    if isinstance(sent, Full):
        _set(tx, uid, "left" if sent.gone else "waiting")
        by = until(tx, mine.urgency)
        referrals.move(tx, mine, QUEUED, "clock", next_actor="citizen", due_at=by, step=QUEUED)
    return sent


def decline(tx: Transaction, uid: str) -> Referral | None:
    """Whose turn it is does not take it; the place is the next one's. None: it is too late."""
    return _answered(tx, uid, "declined")


def lapse(tx: Transaction, referral: Referral) -> None:
    """The time to answer has passed in silence: the place is the next one's."""
    mine = (queue.c.referral_id == referral.id) & (queue.c.state == "proposed")
    tx.execute(update(queue).where(mine).values(state="lapsed"))


def _propose(tx: Transaction, offer_id: int, shut: set[tuple[int, int | None]]) -> int:
    """The free places of one offer, held until somebody answers; none while it is paused, hidden or closed.

    Nor while no agreement holds, of one that an agreement carries.
    """
    tx.lock(offered, offer_id)
    offer = tx.execute(
        select(
            offered.c.organization_id,
            offered.c.places,
            offered.c.state,
            organizations.c.state.label("owner"),
            offers.agreed(tx).label("agreed"),
        )
        .join(organizations, organizations.c.id == offered.c.organization_id)
        .where(offered.c.id == offer_id)
    ).one()
    closed = {(offer.organization_id, None), (offer.organization_id, offer_id)} & shut
    if (offer.state, offer.owner) != ("active", "approved") or closed or not offer.agreed:
        return 0
    line = select(queue.c.uid, requests.c.uid.label("request")).join(requests, _WAITS)
    line = line.where(queue.c.offer_id == offer_id, queue.c.state == "waiting").order_by(*_FIRST)
    if offer.places is not None:
        line = line.limit(max(0, offer.places - offers.held(tx, offer_id, ("proposed",))))
    proposed = 0
    for row in tx.execute(line).all():
        referral = referrals.locked(tx, row.request)
        if referral is None or referral.state != QUEUED:
            continue
        urgent = referral.urgency == "urgent"
        by = answer_by(tx, urgent=urgent)
        tx.execute(
            update(queue)
            .where(queue.c.uid == row.uid)
            .values(state="proposed", proposed_at=tx.now, answer_by=by)
        )  # fmt: skip
        referrals.move(tx, referral, QUEUED, "clock", next_actor="citizen", due_at=by, step="offered")
        messages.opening(tx, referral.person_id, "place", row.uid, urgent=urgent)
        proposed += 1
    return proposed


def answer_by(tx: Transaction, *, urgent: bool) -> datetime:
    """Until when a place is held: a day from when its person may be disturbed, and while somebody is here."""
    if urgent:
        return calendars.due("urgent", tx.now, tx.store.calendar)
    heard = reach.undisturbed(tx.now, tx.store.territory.zone)
    return calendars.next_opening(heard + ANSWER, tx.store.calendar)


def _answered(tx: Transaction, uid: str, state: str) -> Referral | None:
    """The request of a proposal that is still open and that this turn's person answers now; locked."""
    place = get(tx, uid)
    if place is None:
        return None
    tx.lock(offered, place.offer_id)  # first the offer, then the request, as whoever proposes places does
    referral = referrals.locked(tx, place.referral_uid)
    place = get(tx, uid)  # what it was before the lock may have changed
    if place is None or referral is None or (referral.person_id, referral.state) != (tx.me(), QUEUED):
        return None
    if place.state != "proposed":
        return None
    _set(tx, uid, state)
    return referral


def _set(tx: Transaction, uid: str, state: str) -> None:
    tx.execute(update(queue).where(queue.c.uid == uid).values(state=state))
