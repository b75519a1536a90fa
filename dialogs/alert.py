"""An operator on call is told that somebody may be in danger, and says that they see to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import waiting
from catalog_store.connect import Transaction
from dialogs.naming import here
from dialogs.questions import Choice
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Moment, phrase

MINE = Option("mine", "Me ne occupo io", also=("si", "sì", "ok", "visto"))


@dataclass(frozen=True)
class Alarm:
    """What may be told in a chat: never who, nor what they wrote."""

    number: int
    since: datetime
    call: str = ""  # the staff's number outside hours


async def alert(subject: str) -> None:
    """`subject` is the number of the entry in the operators' list."""
    alarm = await look("allarme", alarm_of, subject)
    if alarm is None:
        await say("Questo allarme è già chiuso.")
        return
    text = phrase("Allarme n. {number}, {since}: una persona può essere in pericolo.", number=str(alarm.number),
                  since=Moment(alarm.since))  # fmt: skip
    await ask("visto", Choice(text, label="L'allarme", among=(MINE,)))
    await do("preso", acknowledge, subject)
    await say(phrase("Va bene. Il messaggio si legge con «python -m admin waiting read {number}».",
                     number=str(alarm.number)))  # fmt: skip
    if alarm.call:
        await say(phrase("Il numero della reperibilità è {number}.", number=alarm.call))


def alarm_of(tx: Transaction, subject: str) -> Alarm | None:
    """The entry, if it is still to be seen to."""
    entry = next((row for row in waiting.open_rows(tx) if str(row.id) == subject), None)
    return Alarm(entry.id, here(tx, entry.created_at), tx.store.territory.on_call) if entry else None


def acknowledge(tx: Transaction, subject: str) -> bool:
    """Somebody sees to it."""
    return waiting.acknowledge(tx, int(subject))
