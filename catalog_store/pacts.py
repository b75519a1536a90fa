"""The network pact: one text with a term, and many parties that adhere to it, sign it, withdraw from it.

A version is a draft, then open (one at a time: the one that is adhered to), renewed once a newer one is open, and over
after its last day. A party has adhered until the municipality records its signed copy; only then is it in force.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, Select, case, func, insert, select, update

from catalog_store import organizations
from catalog_store.connect import Transaction
from catalog_store.organizations import Organization
from catalog_store.schema import new_uid, pact_parties, pacts
from catalog_store.schema import organizations as owners
from catalog_store.secrets import Private
from catalog_store.territory import Territory

YEARS: Final = 3  # the least that a pact lasts
BOUND: Final = ("adhered", "in_force")
REMINDERS: Final = (30, 90)  # days before the end, the nearest first
PRINTED: Final = "/ufficio/patto/{uid}/testo.pdf"  # where anybody opens a version that is no draft, under the address
DRAFT: Final = Path(__file__).with_name("territories") / "patto.md"
Refused = Literal["short", "version", "term", "fixed"]
"""Why a version is not kept: less than YEARS, its name is taken, the term of an open one, it is renewed or over."""


@dataclass(frozen=True)
class Pact:
    """One version of the text, which is Markdown. Both days are included, and common to all parties."""

    version: str
    title: str
    text: str
    starts_on: date
    ends_on: date
    state: str = "draft"  # draft | open | renewed | over
    uid: str = field(default_factory=new_uid)
    id: int = field(default=0, compare=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def summary(self) -> str:
        """What comes before the first heading that is not the title, in one paragraph."""
        before = self.text.partition("\n## ")[0]
        return " ".join(line for line in before.splitlines() if line.strip() and line[0] not in "#*")


@dataclass(frozen=True, repr=False)
class Party:
    """An organization in a version. `name` and `office` are of who said that they bind it; `hash`: what they read.

    `same`: it is the text of today. `reminded`: the last of REMINDERS that it was told, or that it came after.
    """

    uid: str
    pact_id: int
    organization_id: int
    state: str  # adhered | in_force | withdrawn | over
    hash: str
    same: bool
    adhered_at: datetime
    protocol: str
    signed_on: date | None
    withdrawn_on: date | None
    name: str
    office: str

    @property
    def bound(self) -> bool:
        """Does it stand by the text of today?"""
        return self.state in BOUND and self.same


def drafted(territory: Territory) -> str:
    """The text that comes with the program, for a municipality to change."""
    return Template(DRAFT.read_text("utf-8")).safe_substitute(municipality=territory.municipality)


def earliest_end(starts_on: date) -> date:
    """The first last day that a pact may have: YEARS after its beginning."""
    try:
        return starts_on.replace(year=starts_on.year + YEARS)
    except ValueError:  # the 29th of February
        return date(starts_on.year + YEARS, 3, 1)


def put(tx: Transaction, pact: Pact) -> Refused | None:
    """Add a version as a draft, or change a draft or the open one; its state stays. Nothing is kept if it is refused.

    Parties of an open one whose text changes are no longer bound by it, until they adhere again.
    """
    if pact.ends_on < earliest_end(pact.starts_on):
        return "short"
    named = tx.execute(select(pacts.c.uid).where(pacts.c.version == pact.version)).scalar()
    if named not in (None, pact.uid):
        return "version"
    values = {
        "version": pact.version, "title": pact.title, "text": pact.text, "hash": pact.hash,
        "starts_on": pact.starts_on, "ends_on": pact.ends_on,
    }  # fmt: skip
    known = _held(tx, pact.uid)
    if known is None:
        tx.execute(insert(pacts).values(uid=pact.uid, state="draft", created_at=tx.now, **values))
    elif known.state not in ("draft", "open"):
        return "fixed"
    elif known.state == "open" and (known.starts_on, known.ends_on) != (pact.starts_on, pact.ends_on):
        return "term"
    else:
        tx.execute(update(pacts).where(pacts.c.id == known.id).values(values))
    return None


def open_to_all(tx: Transaction, uid: str) -> Pact | None:
    """Let organizations adhere to a draft; the one that was open is renewed by it. None: it is no draft, or ended."""
    for id in tx.execute(select(pacts.c.id).order_by(pacts.c.id)).scalars().all():
        tx.lock(pacts, id)  # whoever opens another waits
    pact = get(tx, uid)
    if pact is None or pact.state != "draft" or pact.ends_on < _today(tx):
        return None
    tx.execute(update(pacts).where(pacts.c.state == "open").values(state="renewed"))
    tx.execute(update(pacts).where(pacts.c.id == pact.id).values(state="open"))
    return replace(pact, state="open")


def get(tx: Transaction, uid: str) -> Pact | None:
    """One version."""
    row = tx.execute(select(pacts).where(pacts.c.uid == uid)).one_or_none()
    return _pact(row) if row else None


def current(tx: Transaction) -> Pact | None:
    """The one that organizations adhere to."""
    row = tx.execute(select(pacts).where(pacts.c.state == "open")).one_or_none()
    return _pact(row) if row else None


def to_renew(tx: Transaction) -> Pact | None:
    """The open one, when its end is so near that its parties are told of it."""
    pact = current(tx)
    return pact if pact and _passed(pact, _today(tx)) else None


def listed(tx: Transaction) -> list[Pact]:
    """Every version, the latest first."""
    return [_pact(row) for row in tx.execute(select(pacts).order_by(pacts.c.id.desc()))]


def adhere(
    tx: Transaction, pact_uid: str, organization_id: int, read: str, name: str, office: str
) -> Literal["done", "already", "changed", "closed"]:
    """Record that somebody binds an organization to the text whose hash is `read`.

    already: it is bound; changed: the text is another now; closed: this version is not adhered to, or the organization
    is not approved. One that withdrew, or adhered to another text, adheres anew.
    """
    pact = _held(tx, pact_uid)
    approved = organizations.get(tx, organization_id).state == "approved"
    if pact is None or pact.state != "open" or pact.ends_on < _today(tx) or not approved:
        return "closed"
    if read != pact.hash:
        return "changed"
    known = party_of(tx, pact, organization_id)
    if known and known.bound:
        return "already"
    uid = known.uid if known else new_uid()
    values = {
        "state": "adhered", "by": Private(uid, {"name": name, "office": office}), "hash": read, "adhered_at": tx.now,
        "protocol": "", "signed_on": None, "withdrawn_on": None, "reminded": _passed(pact, _today(tx)),
    }  # fmt: skip
    if known:
        tx.execute(update(pact_parties).where(pact_parties.c.uid == uid).values(values))
    else:
        row = {"uid": uid, "pact_id": pact.id, "organization_id": organization_id, **values}
        tx.execute(insert(pact_parties).values(row))
    return "done"


def record(tx: Transaction, party_uid: str, signed_on: date, protocol: str) -> Party | None:
    """The signed copy is here: in force. None: it has not adhered to the text of today, or was recorded before."""
    known = party(tx, party_uid)
    if known is None or known.state != "adhered" or not known.same:
        return None
    return _moved(tx, party_uid, ("adhered",), state="in_force", signed_on=signed_on, protocol=protocol)


def withdraw(tx: Transaction, party_uid: str) -> Party | None:
    """An organization leaves today. None: it was not in."""
    return _moved(tx, party_uid, BOUND, state="withdrawn", withdrawn_on=_today(tx))


def party(tx: Transaction, uid: str) -> Party | None:
    """One party."""
    row = tx.execute(_parties().where(pact_parties.c.uid == uid)).one_or_none()
    return _party(row) if row else None


def party_of(tx: Transaction, pact: Pact, organization_id: int) -> Party | None:
    """What an organization is in a version, whatever its state."""
    mine = (pact_parties.c.pact_id == pact.id) & (pact_parties.c.organization_id == organization_id)
    row = tx.execute(_parties().where(mine)).one_or_none()
    return _party(row) if row else None


def bound_before(tx: Transaction, organization_id: int) -> tuple[Pact, Party] | None:
    """The renewed version, not yet over, to which an organization is still bound."""
    mine = (pact_parties.c.organization_id == organization_id) & pact_parties.c.state.in_(BOUND)
    query = _parties().where(mine, pacts.c.state == "renewed").order_by(pacts.c.ends_on.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    pact = tx.execute(select(pacts).where(pacts.c.id == row.pact_id)).one()
    return _pact(pact), _party(row)


def parties(tx: Transaction, pact: Pact) -> list[tuple[Organization, Party]]:
    """Those of a version: in force first, then by the name of the organization."""
    order = case({"in_force": 0, "adhered": 1}, value=pact_parties.c.state, else_=2)
    query = _parties().where(pact_parties.c.pact_id == pact.id).order_by(order, owners.c.name, pact_parties.c.id)
    found = [_party(row) for row in tx.execute(query)]
    named = {one.id: one for one in organizations.listed(tx)}
    return [(named[one.organization_id], one) for one in found]


def missing(tx: Transaction, pact: Pact) -> list[Organization]:
    """Approved organizations that are not bound by this text, by name; with public services there are agreements."""
    bound = {one.organization_id for _, one in parties(tx, pact) if one.bound}
    return [one for one in organizations.listed(tx, approved=True) if one.id not in bound and one.kind != "public"]


def to_record(tx: Transaction, limit: int) -> list[tuple[Party, str, str]]:
    """Parties whose signed copy is not recorded, what they are called, and their version's uid; the oldest first."""
    columns = owners.c.name.label("called"), pacts.c.uid.label("pact")
    query = _parties(*columns).where(_unsigned()).order_by(pact_parties.c.adhered_at)
    return [(_party(row), row.called, row.pact) for row in tx.execute(query.limit(limit))]


def count_to_record(tx: Transaction) -> int:
    """How many they are."""
    query = select(func.count()).select_from(pact_parties.join(pacts)).where(_unsigned())
    return int(tx.execute(query).scalar_one())


def finish(tx: Transaction) -> None:
    """What ended before today is over: versions, and whoever was bound by them."""
    ended = (pacts.c.ends_on < _today(tx)) & pacts.c.state.in_(("open", "renewed"))
    ids = tx.execute(select(pacts.c.id).where(ended)).scalars().all()
    theirs = pact_parties.c.pact_id.in_(ids) & pact_parties.c.state.in_(BOUND)
    tx.execute(update(pact_parties).where(theirs).values(state="over"))
    tx.execute(update(pacts).where(pacts.c.id.in_(ids)).values(state="over"))


def remind(tx: Transaction, limit: int = 100) -> list[tuple[Pact, Party]]:
    """Parties to be told now that the end comes near: each is told once for each of REMINDERS, whatever was missed.

    Whoever has adhered to a version that ends later is not told.
    """
    today, soonest = _today(tx), max(REMINDERS)
    near = pacts.c.state.in_(("open", "renewed")) & pacts.c.ends_on.between(today, today + timedelta(soonest))
    nearer = case(*((pacts.c.ends_on <= today + timedelta(days), days) for days in REMINDERS))
    untold = func.coalesce(pact_parties.c.reminded, soonest + 1) > nearer
    following, again = pacts.alias(), pact_parties.alias()
    renewed = select(again.c.id).join(following, again.c.pact_id == following.c.id).where(
        again.c.organization_id == pact_parties.c.organization_id,
        again.c.state.in_(BOUND),
        following.c.ends_on > pacts.c.ends_on,
    )  # fmt: skip
    query = _parties().where(near, pact_parties.c.state.in_(BOUND), untold, ~renewed.exists())
    found = []
    for one in [_party(row) for row in tx.execute(query.order_by(pact_parties.c.id).limit(limit))]:
        pact = _pact(tx.execute(select(pacts).where(pacts.c.id == one.pact_id)).one())
        passed = _passed(pact, today)
        still = func.coalesce(pact_parties.c.reminded, soonest + 1) > passed  # no other clock has told it meanwhile
        claim = update(pact_parties).where(pact_parties.c.uid == one.uid, still).values(reminded=passed)
        if tx.execute(claim).rowcount:
            found.append((pact, one))
    return found


def _passed(pact: Pact, today: date) -> int | None:
    """The nearest of REMINDERS that is due or past."""
    return next((days for days in REMINDERS if pact.ends_on <= today + timedelta(days)), None)


def _unsigned() -> ColumnElement[bool]:
    same = pact_parties.c.hash == pacts.c.hash
    return (pact_parties.c.state == "adhered") & same & pacts.c.state.in_(("open", "renewed"))


def _moved(tx: Transaction, uid: str, before: tuple[str, ...], **values: Any) -> Party | None:
    which = (pact_parties.c.uid == uid) & pact_parties.c.state.in_(before)
    return party(tx, uid) if tx.execute(update(pact_parties).where(which).values(values)).rowcount else None


def _held(tx: Transaction, uid: str) -> Pact | None:
    """A version that nobody else changes, and nobody adheres to, until the transaction ends."""
    id = tx.execute(select(pacts.c.id).where(pacts.c.uid == uid)).scalar()
    if id is None:
        return None
    tx.lock(pacts, id)
    return get(tx, uid)


def _today(tx: Transaction) -> date:
    return tx.store.calendar.day(tx.now)


def _pact(row: Row[Any]) -> Pact:
    return Pact(row.version, row.title, row.text, row.starts_on, row.ends_on, row.state, row.uid, row.id)


def _parties(*more: ColumnElement[Any]) -> Select[Any]:
    same = (pact_parties.c.hash == pacts.c.hash).label("same")
    owner = owners.c.id == pact_parties.c.organization_id
    return select(pact_parties, same, *more).join(pacts).join(owners, owner)


def _party(row: Row[Any]) -> Party:
    by = row.by.open(row.uid)
    return Party(
        row.uid, row.pact_id, row.organization_id, row.state, row.hash, row.same, row.adhered_at, row.protocol,
        row.signed_on, row.withdrawn_on, by["name"], by["office"],
    )  # fmt: skip
