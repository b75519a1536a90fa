"""What the clock does about requests that nobody has answered: remind, then the next offer, then a human."""

from __future__ import annotations

from functools import partial

from bot import mailing
from bot.logs import report
from catalog_store import enrolments, messages, queue, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.reach import Ways
from catalog_store.referrals import Late, Referral
from catalog_store.roles import contacts_of

BATCH = 50


def overdue(tx: Transaction, ways: Ways) -> int:
    """Remind and move every request whose time has passed; how many. What is said is said by the dialogues it opens.

    Each has a savepoint of its own: one that meets a fault is reported and does not stop the others.
    """
    half_way, late = referrals.to_remind(tx, BATCH), referrals.overdue(tx, BATCH)
    due = [(partial(_remind, ways=ways), one) for one in half_way] + [(_move_on, one) for one in late]
    for act, referral in due:
        try:
            with tx.connection.begin_nested():
                act(tx, referral)
        except Exception as error:  # noqa: BLE001  whatever it is, the others are chased
            report(error)
    return len(due)


def left_midway(tx: Transaction) -> int:
    """Ask, once, those who have left the form of their organization whether they go on; how many."""
    left = enrolments.stopped_midway(tx)
    for person_id, subject in left:
        messages.opening(tx, person_id, "enrolling", subject)
    return len(left)


def _remind(tx: Transaction, referral: Referral, *, ways: Ways) -> None:
    referrals.remind(tx, referral.uid)
    if referral.next_actor == "association" and referral.organization_id:
        mailing.announce(tx, referral, ways)
        for contact in contacts_of(tx, referral.organization_id):
            messages.opening(tx, contact, "respond", referral.uid)


def _move_on(tx: Transaction, referral: Referral) -> None:
    dialogue = "news"
    if referral.next_actor == "association":
        moved = referrals.unanswered(tx, referral.uid)
    elif referral.state == "accepted":  # its day has come: did it take place, did it help?
        moved, dialogue = referrals.under_way(tx, referral.uid), "survey"
    else:
        queue.lapse(tx, referral)  # of a place that was proposed: the next one's
        moved = referrals.hand_to_operator(tx, referral.uid)
        if not isinstance(moved, Late) and moved.due_at and not waiting.is_with_human(tx, referral.id):
            waiting.add(tx, "referral", referral.person_id, {"code": referral.code}, moved.due_at, None, referral.id)
    if not isinstance(moved, Late):
        messages.opening(tx, referral.person_id, dialogue, referral.uid)
