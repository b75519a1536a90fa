"""A chat that one of us takes over, answers in, gives back to the program: on a page, by a command, from a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from catalog_store import audit, calendars, casework, conversations, messages, people, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.messages import Said
from catalog_store.people import Person
from catalog_store.waiting import Waiting
from dialogs.locale import spoken
from dialogs.screens import Bubble, fits
from dialogs.words import Verbatim, Words, phrase

TAKEN_OVER, GIVEN_BACK = "taken_over", "given_back"  # dialogues of human.py
UNSIGNED: Words = "Le risponde una persona:"
Outcome = Literal["sent", "taken", "over", "long", "gone"]
MEDIA = {"voice": "🎤", "image": "📷", "video": "🎬", "document": "📄", "sticker": "🙂"}  # what has no words


@dataclass(frozen=True)
class Offered:
    """A button as it was shown; was it the one that they tapped?"""

    label: str
    tapped: bool


@dataclass(frozen=True, repr=False)
class Line:
    """One message, for one of us to read. `whose`: theirs, the program's or ours; `state`: of the outbox row."""

    id: int
    whose: Literal["person", "program", "staff"]
    at: datetime
    channel: str
    text: str
    offered: tuple[Offered, ...]
    state: str


def conversation(tx: Transaction, person_id: int) -> list[Line]:
    """What was said with a person, as they see it, oldest first."""
    said = messages.with_person(tx, person_id)
    labels = {button["tap"]: button["row"] for one in said for button in one.body.get("buttons", ())}
    tapped = {one.body.get("tap") for one in said if not one.ours}
    return [_line(one, labels, tapped) for one in said]


def _line(one: Said, labels: dict[str, str], tapped: set[Any]) -> Line:
    whose: Literal["person", "program", "staff"] = "program" if one.ours else "person"
    if one.purpose == "human":
        whose = "staff"
    offered = tuple(Offered(button["row"], button["tap"] in tapped) for button in one.body.get("buttons", ()))
    text = Bubble.from_json(one.body).text if one.ours else _written(one.body, labels)
    return Line(one.id, whose, one.at, one.channel, text, offered, one.state)


def _written(body: dict[str, Any], labels: dict[str, str]) -> str:
    """What somebody sent, in words."""
    tap = body.get("tap", "")
    wordless = MEDIA.get(body.get("media", ""), "📍" if body.get("place") else "")
    said = body.get("text") or labels.get(tap, tap) or body.get("spoken", "")
    return " ".join(filter(None, (wordless, said)))


def mark(lines: Sequence[Line]) -> str:
    """How far a conversation is known to whoever answers: it differs when they wrote, or one of us answered."""
    last = {line.whose: line.id for line in lines}
    return f"{last.get('person', 0)}-{last.get('staff', 0)}"


def begin(tx: Transaction, person_id: int) -> Waiting:
    """A chat that one of us wants with somebody: what waits in theirs, or else a new entry of the queue."""
    chat = waiting.chat_of(tx, person_id, held=True)
    if chat:
        return chat[0]
    due = calendars.due("urgent", tx.now, tx.store.calendar)
    made = waiting.get(tx, waiting.add(tx, "operator", person_id, {"ours": True}, due))
    assert made is not None  # noqa: S101  it was just made
    return made


def take_over(tx: Transaction, row: Waiting, staff_id: int, *, over: bool = False) -> bool:
    """One of us answers from now on, and they are told so once; False when somebody else does, or it is done.

    `over`: from whoever does.
    """
    if not waiting.take(tx, row.id, staff_id, over=over):
        return False
    for one in waiting.chat_of(tx, row.person_id):
        if one.kind == "danger" and "acknowledged" not in one.note:
            waiting.acknowledge(tx, one.id)
    _come_in(tx, row)
    audit.note(tx, staff_id, "taken", row.kind, uid=row.uid, whose=row.person_id, why=row.kind)
    return True


def _come_in(tx: Transaction, row: Waiting) -> None:
    """What they write is for one of us from now on; a turn of theirs sees to it, and tells them."""
    if in_chat(waiting.chat_of(tx, row.person_id)):
        return
    waiting.remember(tx, row.id, chat=tx.now.isoformat())
    if not conversations.is_with_human(tx, row.person_id):
        messages.opening(tx, row.person_id, TAKEN_OVER, row.uid, urgent=True)


def in_chat(chat: Sequence[Waiting]) -> bool:
    """Has one of us come into it?"""
    return any(row.in_chat for row in chat)


def answer(tx: Transaction, row: Waiting, text: str, *, staff_id: int | None = None, name: str = "") -> Outcome:
    """Say it in the person's chat, after who says it (`name`; nobody's, if ''). Only whoever sees to the chat may.

    taken: somebody else sees to it; over: it was given back; long: more than their channel takes at once; gone: they
    cannot be written to. `staff_id`: None for the command line.
    """
    chat = waiting.chat_of(tx, row.person_id, held=True)
    if row.id not in {one.id for one in chat}:
        return "over"
    if waiting.holder(chat) != staff_id:
        return "taken"
    person = reader(tx, row.person_id)
    if person is None:
        return "gone"
    bubble = Bubble(tuple(spoken(one, person.language) for one in (signed(name), Verbatim(text))))
    if not fits(bubble, person.channel):
        return "long"
    _come_in(tx, row)
    messages.post(tx, person.id, person.address_id, person.channel, bubble.to_json(), purpose="human")
    audit.note(tx, staff_id, "answered", row.kind, uid=row.uid, whose=row.person_id, why=row.kind)
    return "sent"


def signed(name: str) -> Words:
    """Who answers: somebody by their first name, or a person."""
    first = name.strip().partition(" ")[0]
    return phrase("Le risponde {name}, una persona:", name=Verbatim(first)) if first else UNSIGNED


def reader(tx: Transaction, person_id: int) -> Person | None:
    """Whoever reads an answer, at the address that it goes to; None when they are gone, or asked to be forgotten."""
    person, address = people.get(tx, person_id), people.address_of(tx, person_id)
    if person is None or person.erased_at is not None:
        return None
    return replace(person, address_id=address.id, channel=address.channel) if address else person


def finish(tx: Transaction, row: Waiting, staff_id: int | None = None, *, over: bool = False) -> bool:
    """What waited is done: a chat goes back to the program where it was, a request with us is closed and they are told.

    False when it was done before, or another of us sees to it (unless `over`).
    """
    rows = waiting.chat_of(tx, row.person_id, held=True) if row.kind in waiting.CHATS else [row]
    if not over and waiting.holder(rows) not in (None, staff_id):
        return False
    if row.done_at is not None or not [one for one in rows if waiting.done(tx, one.id)]:
        return False
    audit.note(tx, staff_id, "closed", row.kind, uid=row.uid, whose=row.person_id, why=row.kind)
    if row.kind == "referral":
        _close(tx, row)
    elif row.kind in waiting.CHATS and (in_chat(rows) or conversations.is_with_human(tx, row.person_id)):
        messages.opening(tx, row.person_id, GIVEN_BACK, row.uid, urgent=True)
    return True


def _close(tx: Transaction, row: Waiting) -> None:
    """We have seen to a request: how it went is not known here."""
    for referral in referrals.for_person(tx, row.person_id):
        if referral.id == row.referral_id and referral.next_actor == "operator":
            casework.close(tx, referral.uid, "unknown")
