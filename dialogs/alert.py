"""An operator on call is told that somebody may be in danger, and says that they see to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import audit, waiting
from catalog_store.connect import Transaction
from dialogs import desk
from dialogs.naming import here
from dialogs.questions import Choice
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment, phrase

MINE = Option("mine", "Me ne occupo io", also=("si", "sì", "ok", "visto"))


@dataclass(frozen=True)
class Alarm:
    """What may be told in a chat: never who, nor what they wrote."""

    number: int
    since: datetime
    call: str = ""  # the staff's number outside hours


async def alert(subject: str) -> Go | None:
    """`subject` is the number of the entry in the operators' list."""
    alarm = await look("allarme", alarm_of, subject)
    if alarm is None:
        await say("Questo allarme è già chiuso.")
        return None
    text = phrase("Allarme n. {number}, {since}: una persona può essere in pericolo.", number=str(alarm.number),
                  since=Moment(alarm.since))  # fmt: skip
    await ask("visto", Choice(text, label="L'allarme", among=(MINE,)))
    if not await do("preso", acknowledge, subject):
        await say("Se ne occupa già un'altra persona.")
        return None
    if alarm.call:
        await say(phrase("Il numero della reperibilità è {number}.", number=alarm.call))
    chat = await look("chat", chat_here, subject)
    if chat:
        return Go("desk", chat)
    await say(phrase("Va bene. Il messaggio si legge nella pagina «Oggi» dell'ufficio, al n. {number}.",
                     number=str(alarm.number)))  # fmt: skip
    return None


def alarm_of(tx: Transaction, subject: str) -> Alarm | None:
    """The entry, if it is still to be seen to."""
    entry = next((row for row in waiting.open_rows(tx) if str(row.id) == subject), None)
    return Alarm(entry.id, here(tx, entry.created_at), tx.store.territory.on_call) if entry else None


def acknowledge(tx: Transaction, subject: str) -> bool:
    """Whoever's turn it is sees to it; False when somebody else does, or it is done."""
    member = desk.linked(tx)
    if member is not None and not waiting.take(tx, int(subject), member.id):
        return False
    entry = waiting.get(tx, int(subject))
    if entry is None or not waiting.acknowledge(tx, entry.id):
        return False
    audit.note(tx, member.id if member else None, "acknowledged", "danger", uid=entry.uid, whose=entry.person_id,
               why="danger")  # fmt: skip
    return True


def chat_here(tx: Transaction, subject: str) -> str:
    """The uid of the entry, for whoever may answer from their own telephone; '' for others."""
    entry = waiting.get(tx, int(subject))
    return entry.uid if entry is not None and desk.linked(tx) is not None else ""
