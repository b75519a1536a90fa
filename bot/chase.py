"""What the clock does about requests that nobody has answered: remind, then the next offer, then a human."""

from __future__ import annotations

from catalog_store import messages, referrals
from catalog_store.connect import Transaction

BATCH = 50


def overdue(tx: Transaction) -> int:
    """Move every request whose time has passed; how many. Nothing here is said: what is said is opened."""
    late = referrals.overdue(tx, BATCH)
    for referral in late:
        if referral.next_actor == "association":
            referrals.unanswered(tx, referral.uid)
            messages.opening(tx, referral.person_id, "news", referral.uid)
        else:
            referrals.hand_to_operator(tx, referral.uid)
            messages.opening(tx, referral.person_id, "news", referral.uid)
    return len(late)
