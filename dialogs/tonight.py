"""What cannot wait until tomorrow: what is open now or next, who to call, who reads it and from when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from catalog_store import calendars, roles
from catalog_store.connect import Transaction
from catalog_store.matching import Who
from dialogs import proposals
from dialogs.naming import here
from dialogs.proposals import Proposal
from dialogs.safety.answers import EMERGENCY
from dialogs.understand import needs
from dialogs.words import Joined, Moment, Verbatim, Words, phrase

NEXT = timedelta(days=1)  # for which "next" is meant
SHOWN = 2  # places that are named
STAFF = frozenset({"operator", "social_worker"})  # who is verified by an invitation of the municipality's
_CLOSED: Words = "Adesso non trovo niente di aperto."
LIKELY = 0.15  # of a need, from which its offers are looked at


def first_said(tx: Transaction, text: str) -> tuple[Words, ...]:
    """Before the request: the places, the number of the night, who reads it. Raises needs.NotPrepared."""
    likely = [code for code, chance in needs.ranked(text).ranking[:3] if chance >= LIKELY]
    places = sorted(
        (one for code in likely for one in proposals.found(tx, code, Who(), [], "") if not one.full), key=_soon
    )
    return (EMERGENCY, *_places(places, here(tx, tx.now + NEXT)), _number(tx), _reader(tx))


def _number(tx: Transaction) -> Words:
    """Who is on call tonight: the staff are told their own number, everybody else the one for everybody, if any."""
    town = tx.store.territory
    ours = town.on_call if any(one.role in STAFF for one in roles.of(tx, tx.me())) else ""
    number = ours or town.on_call_public
    return phrase("Per stanotte può chiamare il {number}.", number=number) if number else ""


def _places(found: Sequence[Proposal], until: datetime) -> tuple[Words, ...]:
    unique = list({one.id: one for one in found}.values())
    known = [one for one in unique if one.parts.open_now or _opens_by(one, until)][:SHOWN]
    said: list[Words] = [_place(one) for one in known]
    return tuple(said) if any(one.parts.open_now for one in known) else (_CLOSED, *said)


def _place(one: Proposal) -> Words:
    parts = one.parts
    where = Verbatim(", ".join(dict.fromkeys(filter(None, (parts.place, parts.address, parts.locality)))))
    named = {"what": proposals.named(one), "where": Joined((where, proposals.requires(parts)), "; ")}
    if parts.open_now:
        return phrase("Aperto adesso: {what}, {where}", **named)
    opens = Moment(parts.opens_at) if parts.opens_at else Verbatim("")
    return phrase("Apre {day}: {what}, {where}", day=opens, **named)


def _opens_by(one: Proposal, until: datetime) -> bool:
    return one.parts.opens_at is not None and one.parts.opens_at <= until


def _reader(tx: Transaction) -> Words:
    """Never a promise: the request is marked, and when somebody is there is a fact."""
    since = calendars.next_opening(tx.now, tx.store.calendar)
    if since <= tx.now:
        return "Segno la richiesta come urgente e avviso una persona. Non so dirle quando legge."
    return phrase("Segno la richiesta come urgente. Una persona può leggerla da {day}.", day=Moment(here(tx, since)))


def _soon(one: Proposal) -> tuple[bool, float]:
    opens = one.parts.opens_at
    return (not one.parts.open_now, opens.timestamp() if opens else float("inf"))
