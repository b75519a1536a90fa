"""Somebody waits for a person: one of us answers from their own telephone, until they give the chat back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from itertools import count
from textwrap import shorten
from typing import Literal

from catalog_store import audit, calendars, messages, people, roles, staff, waiting
from catalog_store.connect import Transaction
from catalog_store.staff import Member
from catalog_store.waiting import Waiting
from dialogs import chats
from dialogs.chats import Outcome
from dialogs.locale import NAMES
from dialogs.naming import here
from dialogs.questions import Text, YesNo
from dialogs.talk import Heard, Option, Problem, ask, do, look, say
from dialogs.words import Moment, Words, Written, phrase

DESK, PASSED_ON = "desk", "passed_on"
END = "/fine"
LAST, LONGEST = 5, 1200  # messages that are told at first; characters of them in one bubble
_SOMEBODY_ELSE: Words = "Se ne occupa già un'altra persona."
_ENDED: dict[str, Words] = {
    "taken": "Adesso risponde un'altra persona. La sua risposta non è partita.",
    "over": "Questa chat è già finita. La sua risposta non è partita.",
    "gone": "A questa persona non si può più scrivere.",
    "revoked": "Il suo codice non vale più. La sua risposta non è partita.",
}


@dataclass(frozen=True)
class Waits:
    """Who waits: the number in the list, since when, and what they speak. Never who they are, nor what they wrote."""

    number: int
    since: datetime
    language: str


@dataclass(frozen=True)
class Said:
    """What somebody wrote: their number in the list, when, and in which language they are answered."""

    number: int
    text: str
    at: time
    language: str


@dataclass(frozen=True)
class Answer(Text):
    """What is said to the person, in whatever words; or that it is all."""

    def choices(self) -> tuple[Option, ...]:
        return (Option(END, "Fine", row="Fine, ridò la chat", also=("fine", "ridò la chat", "fine chat")),)

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        return text.strip() or Problem("Non ho trovato parole nella risposta.", self.example)

    @property
    def numbered(self) -> bool:
        return False

    @property
    def dictated(self) -> bool:
        return True


async def desk(subject: str) -> None:
    """`subject`: the uid of the entry of the operators' queue."""
    waits = await look("chi_aspetta", who_waits, subject)
    if waits is None:
        await say(_SOMEBODY_ELSE)
        return
    number = str(waits.number)
    await say("Aspetta da {since}. Lingua: {language}.", since=Moment(waits.since), language=waits.language)
    asked = phrase("C'è una persona che aspetta, la n. {number}. Le risponde lei da qui?", number=number)
    if not await ask("rispondo", YesNo(asked, yes="Rispondo io", no="Non ora")):
        await say("Va bene. La trova nella pagina «Oggi» dell'ufficio.")
        return
    if not await do("presa", take, subject):
        await say(_SOMEBODY_ELSE)
        return
    await say("Da adesso le sue parole le legge la persona.")
    for turn in count(1):
        asked = phrase("Scriva alla n. {number}. Con «fine» ridà la chat al programma.", number=number)
        text = await ask(f"risposta.{turn}", Answer(asked))
        if text == END:
            await do(f"ridata.{turn}", give_back, subject)
            await say("Va bene. Da adesso risponde di nuovo il programma.")
            return
        outcome = await do(f"inviata.{turn}", send, subject, text)
        if outcome in _ENDED:
            await say(_ENDED[outcome])
            return
        if outcome == "long":
            await say("È troppo lunga per il suo canale. La divida in due.")
        else:
            await say("Risposta {turn}: inviata.", turn=turn)


async def passed_on(subject: str) -> None:
    """What the person has written meanwhile. `subject`: as for `desk`."""
    for one in await do("dette", not_told_yet, subject):
        text = Written(one.text, one.language)
        await say(phrase("N. {number}, {at}: {text}", number=str(one.number), at=Moment(one.at), text=text))


def offer(tx: Transaction, row: Waiting) -> None:
    """Ask all operators who have a chat of their own, while the office is open: the first who says yes has it."""
    if calendars.next_opening(tx.now, tx.store.calendar) > tx.now:
        return
    for person_id in roles.holding(tx, "operator"):
        if person_id != row.person_id and staff.in_chat(tx, person_id) is not None:
            messages.opening(tx, person_id, DESK, row.uid)


def pass_on(tx: Transaction) -> None:
    """Whoever's turn it is has written: if one of us answers them from a telephone, it is told there."""
    for row in waiting.chat_of(tx, tx.me()):
        if (reader := row.note.get("desk")) is not None:
            messages.opening(tx, reader, PASSED_ON, row.uid, urgent=True)


def linked(tx: Transaction) -> Member | None:
    """The account of the operator whose turn it is; None when they have none, or it was ended or revoked."""
    held = {role.role for role in roles.of(tx, tx.me())}
    return staff.in_chat(tx, tx.me()) if "operator" in held else None


def who_waits(tx: Transaction, subject: str) -> Waits | None:
    """The entry, while nobody else sees to it."""
    row, member = waiting.by_uid(tx, subject), linked(tx)
    person = people.get(tx, row.person_id) if row and row.done_at is None and member else None
    if row is None or member is None or person is None:
        return None
    if waiting.holder(waiting.chat_of(tx, row.person_id)) not in (None, member.id):
        return None
    return Waits(row.id, here(tx, row.created_at), NAMES.get(person.language, person.language))


def take(tx: Transaction, subject: str) -> bool:
    """They answer, and are told what was written last; False when somebody else does."""
    row, member = waiting.by_uid(tx, subject), linked(tx)
    if row is None or member is None or not chats.take_over(tx, row, member.id):
        return False
    waiting.remember(tx, row.id, desk=tx.me())
    audit.note(tx, member.id, "read", row.kind, uid=row.uid, whose=row.person_id, why=row.kind)
    messages.opening(tx, tx.me(), PASSED_ON, subject, urgent=True)
    return True


def send(tx: Transaction, subject: str, text: str) -> Outcome | Literal["revoked"]:
    """Say it to the person."""
    row, member = waiting.by_uid(tx, subject), linked(tx)
    if member is None:
        return "revoked"
    return chats.answer(tx, row, text, staff_id=member.id, name=member.name) if row else "over"


def give_back(tx: Transaction, subject: str) -> bool:
    """The program answers again; False when somebody else sees to it, or it was given back before."""
    row, member = waiting.by_uid(tx, subject), linked(tx)
    return row is not None and member is not None and chats.finish(tx, row, member.id)


def not_told_yet(tx: Transaction, subject: str) -> list[Said]:
    """What they wrote since it was told last; what is long is whole on the page."""
    row, member = waiting.by_uid(tx, subject), linked(tx)
    person = people.get(tx, row.person_id) if row and row.done_at is None else None
    if row is None or member is None or person is None or row.staff_id != member.id:
        return []
    last = row.note.get("heard", 0)
    theirs = [line for line in chats.conversation(tx, person.id) if line.whose == "person" and line.id > last]
    waiting.remember(tx, row.id, heard=max([last, *(line.id for line in theirs)]))
    new = theirs[-LAST:]
    room = LONGEST // max(len(new), 1)
    return [
        Said(row.id, shorten(line.text, room, placeholder=" …"), here(tx, line.at).time(), person.language)
        for line in new
    ]
