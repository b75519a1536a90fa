"""Somebody has used an invitation code: who they answer for from now on, and what already waits for them."""

from __future__ import annotations

from catalog_store import messages, organizations, referrals, roles, waiting
from catalog_store.connect import Transaction
from dialogs.sending import has_desk
from dialogs.talk import Go, do, look, say
from dialogs.words import plural


async def joined(subject: str) -> Go | None:
    """`subject` is the role of the code."""
    names = await look("per_chi", answers_for, subject)
    if names:
        await say("Benvenuto. Da ora lei risponde qui per {name}.", name=", ".join(names))
    else:
        await say("Benvenuto. Il codice è stato registrato.")
    open_ones = await do("aperte", open_what_waits)
    if open_ones:
        await say(
            plural(
                "C'è {n} richiesta che aspetta. La mostro subito.",
                "Ci sono {n} richieste che aspettano. Le mostro una alla volta.",
                open_ones,
            )
        )
    elif names:
        to_enrol = await look("da_iscrivere", not_yet_in, subject)
        if to_enrol:
            return Go("association", to_enrol)
        await say("Quando c'è una richiesta, la scrivo qui.")
    return None


def answers_for(tx: Transaction, role: str) -> list[str]:
    """The names of the organizations that this person answers for in this role."""
    ids = [one.organization_id for one in roles.of(tx, tx.me()) if one.role == role and one.organization_id]
    return [organizations.get(tx, id).name for id in ids]


def not_yet_in(tx: Transaction, role: str) -> str:
    """The uid of the organization of theirs that joins the network with the form that comes next; '' if none does."""
    ids = [one.organization_id for one in roles.of(tx, tx.me()) if one.role == role == "association"]
    mine = [organizations.get(tx, id) for id in reversed(ids) if id]
    return next((one.uid for one in mine if one.state in ("invited", "started", "withdrawn")), "")


def open_what_waits(tx: Transaction) -> int:
    """Open, with this person, every request that waits for their organizations; how many.

    Those that an operator was to bring by hand, for want of a contact, are theirs to answer from now on.
    """
    mine = [one.organization_id for one in roles.of(tx, tx.me()) if one.role == "association"]
    waits = 0
    for referral in (one for id in mine if id for one in referrals.for_organization(tx, id, open_only=True)):
        if referral.state == "new" and not has_desk(tx, referral):
            referrals.move(tx, referral, "sent", "association")
            waiting.settle(tx, referral.id)
        elif referral.next_actor != "association":
            continue
        messages.opening(tx, tx.me(), "respond", referral.uid, urgent=referral.urgency == "urgent")
        waits += 1
    return waits
