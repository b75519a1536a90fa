"""A person instead of the program: somebody answers here, or calls back, by a time that is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import calendars, conversations, hours, people, waiting
from catalog_store.connect import Transaction
from dialogs import desk
from dialogs.contact import KnownPhone
from dialogs.naming import here, language
from dialogs.questions import Choice
from dialogs.sending import known_reach
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Moment, Weighty, Words, phrase

_DANGER = phrase("Se il pericolo è adesso, non aspetti. Chiami il {number}.", number="112")
_MEANWHILE: Words = "Intanto può scrivere ancora qui. Lo legge chi le risponde."
MOMENTS = (
    Option("soon", "Appena possibile", also=("subito", "prima possibile", "now", "soon", "any time")),
    Option("morning", "Di mattina", also=("mattina", "morning")),
    Option("afternoon", "Di pomeriggio", also=("pomeriggio", "afternoon")),
)


@dataclass(frozen=True)
class Promise:
    """By when somebody answers, on the town's clock; where nobody is there now, from when, and the hours in words."""

    due: datetime
    opens: datetime | None = None
    hours: str = ""


Promised = Promise | datetime  # the time alone, as earlier releases kept it


async def human(subject: str) -> None:
    """Somebody answers in this conversation. `subject`: what it is about, a need's code or a request's uid, or ''."""
    promised = await do("persona", call_somebody, subject)
    await say("Ho avvisato una persona. Le risponde qui entro {due}.", due=_due(promised))
    await _waiting(promised)


async def taken_over(subject: str) -> None:
    """One of us comes into the conversation. `subject`: the uid of the entry of the operators' queue."""
    del subject
    await say("Da adesso le risponde una persona.")
    await say(_MEANWHILE)
    await say(Weighty(_DANGER))


async def given_back(subject: str) -> None:
    """The chat goes back to the program; what was open before is taken up again. `subject`: the same."""
    del subject
    await do("ridata", conversations.give_back)
    if await look("riservata", is_quiet):
        return
    await say("La conversazione con la persona è finita. Da adesso le rispondo di nuovo io, il programma.")


async def mediator(subject: str) -> None:
    """Somebody who speaks the person's language answers in this conversation. `subject`: as for `human`."""
    promised = await do("mediatore", call_mediator, subject)
    await say("Cerco una persona che parla la sua lingua.")
    await say("Le risponde qui entro {due}.", due=_due(promised))
    await _waiting(promised)


async def _waiting(promised: Promised) -> None:
    """What is said to whoever waits for somebody to answer here."""
    await _hours(promised)
    await say(_MEANWHILE)
    await say(Weighty(_DANGER))


async def _hours(promised: Promised) -> None:
    if isinstance(promised, Promise) and promised.opens is not None:
        await say("Adesso l'ufficio è chiuso. Apre {opens}.", opens=Moment(promised.opens))
        await say("Gli orari sono: {hours}.", hours=promised.hours)


def _due(promised: Promised) -> Moment:
    return Moment(promised.due if isinstance(promised, Promise) else promised)


async def callback(subject: str) -> None:
    """Somebody telephones."""
    del subject
    known = await look("recapito_noto", known_reach)
    number = KnownPhone("A quale numero la possiamo chiamare?", label="Il telefono", known=known.phone if known else "")
    phone = await ask("telefono", number)
    moment = await ask("quando", Choice("Quando preferisce?", label="Quando", among=MOMENTS))
    promised = await do("richiamata", call_back, phone, moment)
    await say("Va bene. Una persona la chiama al {phone} entro {due}.", phone=phone, due=_due(promised))
    await _hours(promised)
    await say(Weighty(_DANGER))


def call_somebody(tx: Transaction, subject: str) -> Promised:
    """Put the person among those who wait for an operator; by when one answers, on the town's clock."""
    return _waits(tx, "operator", {"about": subject})


def is_quiet(tx: Transaction) -> bool:
    """Is whoever's turn it is written to only when they write?"""
    return people.is_quiet(people.me(tx), tx.now)


def call_mediator(tx: Transaction, subject: str) -> Promised:
    """Put the person among those who wait for a mediator of their language; by when one answers."""
    return _waits(tx, "mediator", {"about": subject, "language": people.me(tx).language})


def call_back(tx: Transaction, phone: str, moment: str) -> Promised:
    """Put the person among those to call; by when, on the town's clock."""
    return _waits(tx, "call", {"phone": phone, "moment": moment})


def _waits(tx: Transaction, kind: str, note: dict[str, str]) -> Promise:
    due = calendars.due("urgent", tx.now, tx.store.calendar)
    if not people.me(tx).sure:
        note = {**note, "unsure": "it may be somebody else"}
    entry = waiting.get(tx, waiting.add(tx, kind, tx.me(), note, due, tx.conversation_id))
    if entry is not None and kind in waiting.CHATS:
        desk.offer(tx, entry)
    opens = calendars.next_opening(tx.now, tx.store.calendar)
    if opens <= tx.now:
        return Promise(here(tx, due))
    return Promise(here(tx, due), here(tx, opens), hours.in_words(tx.store.territory.operators, language(tx)))
