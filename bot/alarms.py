"""A danger in a turn: it is put before the operators, who is on call is told, and what is said to the person."""

from __future__ import annotations

from datetime import timedelta

from bot.talking import Talking
from catalog_store import calendars, messages, people, reach, roles, waiting
from catalog_store.connect import Transaction
from catalog_store.waiting import Waiting
from dialogs.safety import Danger
from dialogs.safety.answers import Moment

ALERT = "alert"  # the dialogue that tells an operator
QUIET = timedelta(days=365)  # for which an opening waits until its reader writes
UNASKED = frozenset({"news", "request", "reminder", "survey", "broadcast"})  # what was not asked for at this moment
LONGEST = 1000  # characters kept of one message


def moment(tx: Transaction, language: str) -> Moment:
    """When and to whom it is answered now."""
    town = tx.store.territory
    return Moment(tx.now.astimezone(town.zone).time(), language, covered=covered(tx))


def covered(tx: Transaction) -> bool:
    """Is somebody of the staff there now?"""
    return calendars.next_opening(tx.now, tx.store.calendar) <= tx.now


def note(talking: Talking, danger: Danger, text: str) -> None:
    """One entry for the operators, however often the person writes of it; of a *now*, who is on call is told."""
    tx, talk = talking.tx, talking.open
    kept = {"kind": danger.kind, "level": danger.level if danger.sure else "asked", "text": text[:LONGEST]}
    if danger.child:
        kept["child"] = "perhaps a child"
    entry = waiting.get(tx, waiting.alarm(tx, kept, talk.id if talk else None))
    if entry is not None and danger.level == waiting.NOW and danger.sure:
        _tell(tx, entry)
    if danger.kind == "violenza_in_corso" and danger.sure:
        people.keep(tx, tx.me(), discreet=tx.now.isoformat())


def tell_again(tx: Transaction) -> None:
    """What nobody has acknowledged is told once more, to another operator if there is one."""
    for entry in waiting.unacknowledged(tx):
        _tell(tx, entry)


def released(tx: Transaction) -> None:
    """Whoever is written to only when they write has written: for an hour they are, and what waited is due."""
    person = people.me(tx)
    if people.DISCREET in person.profile:
        people.keep(tx, person.id, discreet=(tx.now + reach.AWAKE).isoformat())
        messages.hasten(tx, person.id)


def is_quiet(tx: Transaction, person: people.Person, purpose: str) -> bool:
    """Does an opening wait until its reader writes?"""
    return purpose in UNASKED and people.is_quiet(person, tx.now)


def _tell(tx: Transaction, entry: Waiting) -> None:
    """The first on call is told; where nobody acknowledges it, the next, or the same where there is no other."""
    on_call, told = _on_call(tx), entry.note.get("told", ())
    operator = next((one for one in on_call if one not in told), on_call[0] if on_call else None)
    if operator is not None:
        waiting.alerted(tx, entry, operator)
        messages.opening(tx, operator, ALERT, str(entry.id), urgent=True)


def _on_call(tx: Transaction) -> list[int]:
    """Who is told of a danger, at any hour: the chat that the territory names, then the operators who have one."""
    channel, _, address = tx.store.territory.on_call_chat.partition(" ")
    if channel == "whatsapp":  # Twilio writes its own name before a number
        address = f"{channel}:{address.replace(' ', '').removeprefix(f'{channel}:')}"
    named = people.known_at(tx, channel, address) if address else None
    found = dict.fromkeys(filter(None, (named, *roles.holding(tx, "operator"))))
    return [one for one in found if one != tx.person_id]
