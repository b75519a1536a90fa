"""The message shapes that WhatsApp can show, as Twilio knows them: a name of ours, a SID of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from catalog_store.connect import Transaction
from catalog_store.schema import contents


def sid(tx: Transaction, account: str, name: str, *, refused_before: datetime) -> str | None:
    """The SID of a shape; None when it is not there, or was refused at `refused_before` or later."""
    usable = or_(contents.c.refused_at.is_(None), contents.c.refused_at < refused_before)
    query = select(contents.c.sid).where(contents.c.account == account, contents.c.name == name, usable)
    return tx.execute(query).scalar_one_or_none()


def known(tx: Transaction, account: str) -> dict[str, str]:
    """Every shape of this account of Twilio's: name → SID."""
    query = select(contents.c.name, contents.c.sid).where(contents.c.account == account)
    return {row.name: row.sid for row in tx.execute(query.order_by(contents.c.name))}


def remember(tx: Transaction, account: str, sids: Mapping[str, str]) -> None:
    """These are the shapes from now on, and no other. What was refused of one that stays is not forgotten."""
    tx.execute(delete(contents).where(or_(contents.c.account != account, contents.c.name.not_in(list(sids)))))
    insert = (sqlite if tx.store.embedded else postgresql).insert
    for name, value in sids.items():
        statement = insert(contents).values(name=name, account=account, sid=value)
        tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"sid": value}))


def refuse(tx: Transaction, name: str) -> None:
    """WhatsApp would not take this shape."""
    tx.execute(update(contents).where(contents.c.name == name).values(refused_at=tx.now))
