"""What people agreed to: which text, in which language, when, and until when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from catalog_store.connect import Transaction
from catalog_store.schema import consents


def give(tx: Transaction, person_id: int, purpose: str, version: str, language: str) -> None:
    """Record that a text, in this version and language, was agreed to; once while it stands."""
    stands = _standing(person_id, purpose) & (consents.c.text_version == version)
    if tx.execute(select(func.count()).where(stands)).scalar_one() == 0:
        tx.execute(
            consents.insert().values(
                person_id=person_id, purpose=purpose, text_version=version, language=language, given_at=tx.now
            )
        )


def withdraw(tx: Transaction, person_id: int, purpose: str) -> None:
    """As easy as giving it."""
    tx.execute(update(consents).where(_standing(person_id, purpose)).values(withdrawn_at=tx.now))


def _standing(person_id: int, purpose: str) -> Any:
    return (consents.c.person_id == person_id) & (consents.c.purpose == purpose) & consents.c.withdrawn_at.is_(None)
