"""A turn: one inbox row, one transaction. Read this first.

Recording the message as seen, playing, saving the journal, every effect and the reply's outbox row commit together or
not at all. What needs only the text is computed before the transaction and cached; a miss rolls the turn back, the text
is prepared, and the turn is taken again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot import alarms, emergency, reading, voice
from bot.house import House
from bot.inbound import Inbound
from bot.listening import Listening
from bot.logs import log, report
from bot.talking import Talking, UnknownDialogue, busy
from catalog_store import VERSION, dispatch, identity, messages, people, waiting
from catalog_store.connect import TRANSIENT, Transaction
from catalog_store.reach import STOPPABLE, Purpose
from dialogs import REGISTER, commands, small_talk, taught
from dialogs.safety import answers
from dialogs.understand import needs
from dialogs.understand.behalf import on_behalf

T = TypeVar("T")
RETRIES = (0.05, 0.3, 1.0)  # seconds before a turn is taken again after a transient error of the database
UNSURE = timedelta(hours=6)  # between two looks whether it is sure again who is at an address
PATIENCE = timedelta(days=2)  # for which an opening waits for that; afterwards it goes another way
MISSES = 6  # texts that one turn may have to prepare: what the journal holds and a message in pieces


class Unavailable(Exception):
    """The turn could not commit and nothing was seen: the provider is told 503. `danger` is said all the same."""

    def __init__(self, danger: tuple[str, ...]) -> None:
        super().__init__("the turn could not commit")
        self.danger = danger


async def take(house: House, inbound: Inbound, fetch: voice.Fetch | None = None) -> bool | None:
    """Take one message: recorded, answered, committed. Raises Unavailable when the database cannot.

    `fetch` brings the sound of a voice message, where the channel has it.

    True when it was read against what it answers, False when that had passed; None when it was not read now: it had
    been before, or will be later.
    """
    async with house.order.of(inbound.channel, inbound.address):  # who writes twice is answered in that order
        read = await _take(house, await voice.heard(house, inbound, fetch) if fetch else inbound)
    house.wake.wake()
    return read


async def _take(house: House, inbound: Inbound) -> bool | None:
    text = inbound.reply.said
    try:
        if wants_ranking(text):
            await asyncio.to_thread(taught.prepare, house.store, text)
        return await _write(house, partial(_message, house, inbound))
    except TRANSIENT as error:
        log().warning("turn.unavailable", kind=type(error).__name__)
        raise Unavailable(danger_now(text)) from None
    except UnknownDialogue:
        await _keep(house, inbound, "due")
    except Exception as error:  # noqa: BLE001  whatever it is, the person is told and nothing is lost
        await _keep(house, inbound, "failed", report(error))
    return None


async def _keep(house: House, inbound: Inbound, state: str, fault: str | None = None) -> None:
    """Keep the message that could not be taken. Raises Unavailable when that cannot be done either."""
    try:
        await house.store.write(_kept, house, inbound, state, fault)
    except Exception as error:  # noqa: BLE001  whatever it is, danger is not left without an answer
        report(error)
        raise Unavailable(danger_now(inbound.reply.said)) from None


async def take_due(house: House) -> int:
    """Take the openings, and the messages to be taken again, whose time has come; how many."""
    ids = await house.store.write(_claim, house)
    for id in ids:
        try:
            await _write(house, partial(_row, house, id))
        except TRANSIENT:
            log().warning("turn.unavailable", inbox=id)  # the lease ends, and it is taken again
        except UnknownDialogue:
            await house.store.write(_later, house, id)
        except Exception as error:  # noqa: BLE001
            await house.store.write(_failed, house, id, report(error))
    if ids:
        house.wake.wake()
    return len(ids)


def wants_ranking(text: str) -> bool:
    """Could this be a need? Not a number, a command or a greeting."""
    words = any(c.isalpha() for c in text) and not commands.invitation(text)
    if not words or commands.listen(text) or small_talk.hear(text):
        return False
    told = on_behalf(text)
    return told is None or not told.alone


def danger_now(text: str) -> tuple[str, ...]:
    """What must be said even if nothing can be written: twice is better than never."""
    from dialogs.locale import spoken

    danger = emergency.urgent(text)
    return tuple(spoken(words, "it") for words in answers.answer(danger)) if danger else ()


async def _write(house: House, act: Callable[[tuple[int, ...]], T]) -> T:
    """Run a turn, which is told whom to lock together before anything else."""
    delays, misses = iter(RETRIES), 0
    together: tuple[int, ...] = ()
    while True:
        try:
            async with house.abreast:
                return await house.store.write(act, together)
        except people.NotLocked as miss:
            together = miss.ids
        except needs.NotPrepared as miss:
            misses += 1
            if misses > MISSES:
                raise
            await asyncio.to_thread(taught.prepare, house.store, miss.text)  # most often a message in pieces
        except TRANSIENT:
            delay = next(delays, None)
            if delay is None:
                raise
            await asyncio.sleep(delay)


def _message(house: House, inbound: Inbound, together: tuple[int, ...]) -> bool | None:
    read = None
    with house.store.begin() as tx:
        if together:
            people.lock(tx, together)
        person = people.recognise(tx, inbound.channel, inbound.address, also=inbound.also, at=inbound.at)
        tx.person_id = person.id
        kept = inbound.to_json()
        if messages.receive(tx, inbound.channel, inbound.provider_id, person.address_id, kept, inbound.at) is not None:
            read = _hear(house, tx, person, inbound)
    if tx.erased:
        house.store.truncate_log()
    return read


def _hear(house: House, tx: Transaction, person: people.Person, inbound: Inbound) -> bool:
    settings = house.settings
    reads = house.speaks is not None and inbound.channel in reading.CHANNELS
    talking = Talking(tx, person, pause=timedelta(minutes=settings.screen_pause_minutes), reads=reads)
    window = 0.0 if inbound.channel == "terminal" else settings.pieces_seconds
    held = person.held and dispatch.release(tx, person.id, person.address_id, inbound.account or inbound.channel)
    listening = Listening(
        talking, inbound.reply, inbound.at, window=timedelta(seconds=window), hint=inbound.language, knocked=bool(held)
    )
    listening.hear()
    if talking.lane != messages.DANGER:
        alarms.released(tx)
    hold = 0.0 if listening.settled or inbound.channel == "terminal" else settings.hold_seconds
    _post(tx, talking, account=inbound.account, hold=hold)
    return not listening.passed


def _post(
    tx: Transaction, talking: Talking, *, account: str, hold: float = 0.0, purpose: Purpose = "reply",
    about: int | None = None,
) -> None:  # fmt: skip
    """The one bubble of this turn, and the person as they are now. `about`: the conversation, if it names none."""
    people.save(tx, talking.person)
    bubble = talking.bubble
    if bubble is None:
        talking.close(None)
        return
    id = messages.post(
        tx, talking.person.id, talking.person.address_id, account or talking.person.channel, bubble.to_json(),
        lane=talking.lane, purpose="danger" if talking.lane == messages.DANGER else purpose,
        conversation_id=bubble.conversation or about,
        due_at=tx.now + timedelta(seconds=hold),
    )  # fmt: skip
    talking.close(id)


def _row(house: House, id: int, together: tuple[int, ...]) -> None:
    """A claimed inbox row: an opening, or a message to be taken again."""
    with house.store.begin() as tx:
        if together:
            people.lock(tx, together)
        row = messages.pending(tx, id)
        if row is None:
            return
        if row.kind == "message":
            inbound = Inbound.from_json(row.channel or "", row.provider_id or "", row.at, row.body)
            person = people.recognise(tx, inbound.channel, inbound.address, also=inbound.also, at=inbound.at)
            tx.person_id = person.id
            messages.taken(tx, id)
            _hear(house, tx, person, inbound)
            return
        addressed = people.writable(tx, row.person_id)
        if addressed is None and _soon_sure(tx, row):
            messages.postpone(tx, id, tx.now + UNSURE)
            return
        addressed = addressed or people.writable(tx, row.person_id, anyhow=True)  # what cannot be sent goes another way
        if addressed is None or not _wanted(addressed, row):  # nobody to write to any more
            messages.taken(tx, id)
            return
        tx.person_id = addressed.id
        _open(house, tx, addressed, row)


def _soon_sure(tx: Transaction, row: messages.Incoming) -> bool:
    """May it still turn out who is at their address?"""
    return row.person_id is not None and tx.now - row.at < PATIENCE and identity.unsure(tx, row.person_id)


def _wanted(person: people.Person, row: messages.Incoming) -> bool:
    """Would they have what is to be opened? Not what they asked us to stop."""
    dialogue = REGISTER.get(row.body["dialogue"])
    return not (person.stopped and dialogue and dialogue.purpose in STOPPABLE)


def _open(house: House, tx: Transaction, person: people.Person, row: messages.Incoming) -> None:
    dialogue, subject = row.body["dialogue"], row.body["subject"]
    if dialogue not in REGISTER:
        raise UnknownDialogue(dialogue)
    talking = Talking(tx, person, pause=timedelta(minutes=house.settings.screen_pause_minutes))
    until = None if row.urgent else busy(talking.open, tx.now, house.settings.question_minutes)
    if until is not None:
        messages.postpone(tx, row.id, until)
        return
    if alarms.is_quiet(tx, person, REGISTER[dialogue].purpose):
        messages.postpone(tx, row.id, tx.now + alarms.QUIET)
        return
    messages.taken(tx, row.id)
    about = None
    if REGISTER[dialogue].asks:
        talk = talking.open_again(dialogue, subject)
        talking.present(talk, back=True)
        about = talk.id
    else:
        talking.tell(dialogue, subject)
    talking.lane = messages.NOTICE
    _post(tx, talking, account="", purpose=REGISTER[dialogue].purpose, about=about)


def _kept(house: House, inbound: Inbound, state: str, fault: str | None) -> None:
    """The message that could not be taken, in a transaction of its own; the person is told honestly."""
    with house.store.begin() as tx:
        person = people.recognise(tx, inbound.channel, inbound.address, also=inbound.also, at=inbound.at)
        tx.person_id = person.id
        due_at = tx.now + timedelta(minutes=1) if state == "due" else None
        kept = messages.keep(
            tx, inbound.channel, inbound.provider_id, person.address_id, inbound.to_json(), inbound.at, state=state,
            fault=fault, version=VERSION, due_at=due_at,
        )  # fmt: skip
        if kept is None or fault is None:
            return
        talking = Talking(tx, person, pause=timedelta())
        talking.apologise(fault, emergency.beside_fault(talking, inbound.reply.said))
        waiting.add(tx, "fault", person.id, {"fault": fault}, tx.now + timedelta(hours=4))
        _post(tx, talking, account=inbound.account)


def _claim(house: House) -> list[int]:
    with house.store.begin() as tx:
        return messages.due(tx)


def _later(house: House, id: int) -> None:
    with house.store.begin() as tx:
        messages.postpone(tx, id, tx.now + timedelta(minutes=1))


def _failed(house: House, id: int, fault: str) -> None:
    with house.store.begin() as tx:
        messages.failed(tx, id, fault, VERSION)


def replay_failures(house: House, *, every: bool) -> int:
    """Put failed messages back; all of them on command, those of other versions at start. How many."""
    with house.store.begin() as tx:
        ids = messages.failures(tx, other_than=None if every else VERSION)
        for id in ids:
            messages.due_again(tx, id)
        return len(ids)
