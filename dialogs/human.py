"""A person instead of the program: somebody answers here, or calls back, by a time that is said."""

from __future__ import annotations

from datetime import datetime

from catalog_store import calendars, people, waiting
from catalog_store.connect import Transaction
from dialogs.contact import KnownPhone
from dialogs.naming import here
from dialogs.questions import Choice
from dialogs.sending import known_reach
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Moment, Weighty, phrase

_DANGER = phrase("Se il pericolo è adesso, non aspetti. Chiami il {number}.", number="112")
MOMENTS = (
    Option("soon", "Appena possibile", also=("subito", "prima possibile", "now", "soon", "any time")),
    Option("morning", "Di mattina", also=("mattina", "morning")),
    Option("afternoon", "Di pomeriggio", also=("pomeriggio", "afternoon")),
)


async def human(subject: str) -> None:
    """Somebody answers in this conversation. `subject`: what it is about, a need's code or a request's uid, or ''."""
    due = await do("persona", call_somebody, subject)
    await say("Ho avvisato una persona. Le risponde qui entro {due}.", due=Moment(due))
    await say("Intanto può scrivere ancora qui. Lo legge chi le risponde.")
    await say(Weighty(_DANGER))


async def mediator(subject: str) -> None:
    """Somebody who speaks the person's language answers in this conversation. `subject`: as for `human`."""
    due = await do("mediatore", call_mediator, subject)
    await say("Cerco una persona che parla la sua lingua.")
    await say("Le risponde qui entro {due}.", due=Moment(due))
    await say("Intanto può scrivere ancora qui. Lo legge chi le risponde.")
    await say(Weighty(_DANGER))


async def callback(subject: str) -> None:
    """Somebody telephones."""
    del subject
    known = await look("recapito_noto", known_reach)
    number = KnownPhone("A quale numero la possiamo chiamare?", label="Il telefono", known=known.phone if known else "")
    phone = await ask("telefono", number)
    moment = await ask("quando", Choice("Quando preferisce?", label="Quando", among=MOMENTS))
    due = await do("richiamata", call_back, phone, moment)
    await say("Va bene. Una persona la chiama al {phone} entro {due}.", phone=phone, due=Moment(due))
    await say(Weighty(_DANGER))


def call_somebody(tx: Transaction, subject: str) -> datetime:
    """Put the person among those who wait for an operator; by when one answers, on the town's clock."""
    return _waits(tx, "operator", {"about": subject})


def call_mediator(tx: Transaction, subject: str) -> datetime:
    """Put the person among those who wait for a mediator of their language; by when one answers."""
    return _waits(tx, "mediator", {"about": subject, "language": people.me(tx).language})


def call_back(tx: Transaction, phone: str, moment: str) -> datetime:
    """Put the person among those to call; by when, on the town's clock."""
    return _waits(tx, "call", {"phone": phone, "moment": moment})


def _waits(tx: Transaction, kind: str, note: dict[str, str]) -> datetime:
    due = calendars.due("urgent", tx.now, tx.store.calendar)
    if not people.me(tx).sure:
        note = {**note, "unsure": "it may be somebody else"}
    waiting.add(tx, kind, tx.me(), note, due, tx.conversation_id)
    return here(tx, due)
