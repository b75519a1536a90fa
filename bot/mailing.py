"""Mail to organizations: that a request waits for them, once for each request and offer, and nothing about anybody."""

from __future__ import annotations

from catalog_store import announcements, messages, offers, organizations, people
from catalog_store.connect import Transaction
from catalog_store.reach import MAIL, Ways
from catalog_store.referrals import Referral
from dialogs.proposals import DESKS
from dialogs.screens import Bubble


def announce(tx: Transaction, referral: Referral, ways: Ways) -> bool:
    """Put the mail into the outbox; False when there is none to send, or it was sent before.

    What is written stays in the outbox empty: the channel has the only words that a mail may say.
    """
    if MAIL not in ways.channels or referral.organization_id is None or referral.offer_id is None:
        return False
    address = organizations.get(tx, referral.organization_id).email
    if not address or offers.get(tx, referral.offer_id).access in DESKS or announcements.is_made(tx, referral):
        return False
    reader = people.mailbox(tx, address)
    messages.post(
        tx, reader.id, reader.address_id, MAIL, Bubble(()).to_json(), lane=messages.NOTICE, purpose="request",
        expires_at=referral.due_at,
    )  # fmt: skip
    announcements.made(tx, referral)
    return True


def announce_new(tx: Transaction, ways: Ways) -> int:
    """The requests to organizations of which nobody has joined; how many mails."""
    return sum(announce(tx, one, ways) for one in announcements.to_make(tx)) if MAIL in ways.channels else 0
