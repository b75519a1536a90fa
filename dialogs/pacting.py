"""The pact as an association sees it, what its legal representative does about it, and when we speak of it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalog_store import messages, organizations, pacts, roles
from catalog_store.connect import Transaction
from catalog_store.pacts import BOUND, Pact, Party

SUMMARY, PAGE = 500, 900  # characters of them in one bubble
DESK = "other"  # the kind of office that takes the signed copy


@dataclass(frozen=True)
class Theirs:
    """Where an organization stands. `party`: its uid in `version`, in which it is `state` until `ends`.

    state: adhered | in_force, by the text of today or by the version that it renews (`renewed`); '' not bound.
    """

    organization_id: int
    name: str
    state: str = ""
    party: str = ""
    version: str = ""
    ends: date | None = None
    renewed: bool = False
    adhered: date | None = None
    protocol: str = ""
    signed: date | None = None


@dataclass(frozen=True)
class Situation:
    """The text that is open, and this person's organizations. `link`: where it is to be printed, or ''."""

    uid: str
    version: str
    title: str
    hash: str
    summary: str
    starts: date
    ends: date
    days_left: int
    pages: int
    link: str
    town: str
    theirs: list[Theirs]


@dataclass(frozen=True)
class Counter:
    """Who takes the signed copy; texts are empty where the town has none."""

    name: str = ""
    address: str = ""
    email: str = ""


def situation(tx: Transaction) -> Situation | None:
    """The pact that is open, and where this person's approved organizations stand; None: there is none."""
    pact = pacts.current(tx)
    if pact is None:
        return None
    ids = [one.organization_id for one in roles.of(tx, tx.me()) if one.role == "association" and one.organization_id]
    owners = [organizations.get(tx, id) for id in dict.fromkeys(ids)]
    link = f"{tx.store.public}{pacts.PRINTED.format(uid=pact.uid)}" if tx.store.public else ""
    return Situation(
        pact.uid, pact.version, pact.title, pact.hash, pages(pact.summary, SUMMARY)[0], pact.starts_on, pact.ends_on,
        (pact.ends_on - tx.store.calendar.day(tx.now)).days, len(pages(pact.text)), link,
        tx.store.territory.municipality,
        [_theirs(tx, pact, one.id, one.name) for one in owners if one.state == "approved"],
    )  # fmt: skip


def _theirs(tx: Transaction, pact: Pact, id: int, name: str) -> Theirs:
    known = pacts.party_of(tx, pact, id)
    if known is not None and known.bound:
        return _stands(tx, name, pact, known)
    before = pacts.bound_before(tx, id)
    return _stands(tx, name, *before, renewed=True) if before else Theirs(id, name)


def _stands(tx: Transaction, name: str, pact: Pact, party: Party, *, renewed: bool = False) -> Theirs:
    return Theirs(
        party.organization_id, name, party.state, party.uid, pact.version, pact.ends_on, renewed,
        tx.store.calendar.day(party.adhered_at), party.protocol, party.signed_on,
    )  # fmt: skip


def counter(tx: Transaction) -> Counter:
    """Where the signed copy is brought or sent."""
    office = tx.store.territory.office(DESK)
    return Counter(office.name, office.address, office.email) if office else Counter()


def page_of(tx: Transaction, uid: str, number: int) -> str:
    """One page of the text, from 1; '' where it has become shorter."""
    pact = pacts.get(tx, uid)
    return next(iter(pages(pact.text)[number - 1 : number]), "") if pact else ""


def pages(text: str, most: int = PAGE) -> list[str]:
    """A text in Markdown as it is read in a chat: without its marks, in pages of at most `most` characters.

    What stands under a heading is on its page, unless that alone is longer than one.
    """
    made = [""]
    for section in re.split(r"\n(?=#)", text.strip()):
        if len(made[-1]) + len(section) >= most:
            made.append("")
        for whole in section.splitlines():
            for line in textwrap.wrap(whole.lstrip("# ").strip("*"), most) or [""]:
                if len(made[-1]) + len(line) >= most:
                    made.append("")
                made[-1] += f"{line}\n"
    return [page.strip() for page in made if page.strip()] or [""]


def adhere(tx: Transaction, uid: str, organization_id: int, read: str, name: str, office: str) -> str:
    """The legal representative binds the organization: how it went, as `pacts.adhere`."""
    return pacts.adhere(tx, uid, organization_id, read, name, office)


def leave(tx: Transaction, party: str) -> bool:
    """The legal representative takes the organization out; False: it was out."""
    return pacts.withdraw(tx, party) is not None


def ask(tx: Transaction, pact: Pact, organization_ids: Iterable[int]) -> int:
    """Open the pact with every contact of these organizations, once each; with how many."""
    contacts = {contact: None for id in organization_ids for contact in roles.contacts_of(tx, id)}
    for contact in contacts:
        messages.opening(tx, contact, "pact", pact.uid)
    return len(contacts)


def tick(tx: Transaction) -> int:
    """What the clock does: what ended is over; who is near the end is told. How many are told."""
    pacts.finish(tx)
    return sum(ask(tx, pact, [party.organization_id]) for pact, party in pacts.remind(tx))


def changed(tx: Transaction, pact: Pact) -> None:
    """Ask again whoever adhered to another text than today's."""
    ask(tx, pact, [one.organization_id for _, one in pacts.parties(tx, pact) if one.state in BOUND and not one.same])
