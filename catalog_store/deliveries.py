"""What a provider says, afterwards, of what it was handed: in any order, twice, or never."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from catalog_store.connect import Transaction
from catalog_store.schema import outbox

STATES = ("", "sent", "failed", "delivered", "read")  # what is later says more: "delivered" may follow "failed"


@dataclass(frozen=True, repr=False)
class Delivered:
    """An outbox row by the id that its provider gave it. `state` is one of STATES, `body` a Bubble's JSON."""

    id: int
    state: str
    body: dict[str, Any]


def furthest(known: str, said: str) -> str:
    """The one delivery state after hearing another: whatever the order, and however often it is said.

    >>> furthest("delivered", "sent"), furthest("failed", "delivered")
    ('delivered', 'delivered')
    """
    return max(known, said, key=STATES.index)


def get(tx: Transaction, account: str, provider_id: str) -> Delivered | None:
    """The row that was sent under this id; None when there is none (yet)."""
    row = tx.execute(select(outbox).where(*_sent_as(account, provider_id))).one_or_none()
    return Delivered(row.id, row.delivery, row.body.open(row.uid)) if row else None


def undecided(tx: Transaction, account: str, provider_ids: Collection[str]) -> set[str]:
    """Which of these were sent from here and are not known to have failed, or to have arrived."""
    less = STATES[: STATES.index("failed")]
    query = select(outbox.c.provider_id).where(outbox.c.account == account, outbox.c.provider_id.in_(provider_ids))
    return set(tx.execute(query.where(outbox.c.delivery.in_(less))).scalars())


def known(tx: Transaction, account: str, provider_ids: Collection[str]) -> set[str]:
    """Which of these were sent from here."""
    query = select(outbox.c.provider_id).where(outbox.c.account == account, outbox.c.provider_id.in_(provider_ids))
    return set(tx.execute(query).scalars())


def record(tx: Transaction, account: str, provider_id: str, said: str) -> None:
    """Keep what the provider says, unless more is known already."""
    less = outbox.c.delivery.in_(STATES[: STATES.index(said)])
    tx.execute(update(outbox).where(*_sent_as(account, provider_id), less).values(delivery=said))


def _sent_as(account: str, provider_id: str) -> tuple[Any, ...]:
    return outbox.c.account == account, outbox.c.provider_id == provider_id
