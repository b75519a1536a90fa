"""Which organizations were told by mail that a request waits for them: once for each offer that it was sent to."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from catalog_store import referrals
from catalog_store.connect import Transaction
from catalog_store.referrals import Referral
from catalog_store.schema import new_uid, organizations, referral_steps
from catalog_store.schema import referrals as requests

_MAILED = "mailed"


def to_make(tx: Transaction, limit: int = 50) -> list[Referral]:
    """Requests that no contact has here, whose organization has an address for mail and was not told."""
    query = (
        select(requests.c.uid)
        .join(organizations, organizations.c.id == requests.c.organization_id)
        .where(requests.c.state == "new", organizations.c.email != "", ~_told(requests.c.id, requests.c.offer_id))
        .order_by(requests.c.id)
        .limit(limit)
    )
    found = (referrals.get(tx, uid) for uid in tx.execute(query).scalars().all())
    return [one for one in found if one is not None]


def is_made(tx: Transaction, referral: Referral) -> bool:
    """Was the organization of its present offer told?"""
    mine = (requests.c.id == referral.id) & _told(requests.c.id, requests.c.offer_id)
    return tx.execute(select(requests.c.id).where(mine)).first() is not None


def made(tx: Transaction, referral: Referral) -> None:
    """It is told now."""
    row = {"uid": new_uid(), "referral_id": referral.id, "at": tx.now, "state": _MAILED, "actor": "clock"}
    tx.execute(referral_steps.insert().values(**row, offer_id=referral.offer_id))


def _told(id: ColumnElement[int], offer_id: ColumnElement[int]) -> ColumnElement[bool]:
    mine = (referral_steps.c.referral_id == id) & (referral_steps.c.offer_id == offer_id)
    return select(referral_steps.c.id).where(mine, referral_steps.c.state == _MAILED).exists()
