"""Processes killed at random points of conversations: whatever was acknowledged is there, once, and nothing is stuck.

The process under test is a real one on a real database. It takes messages from a pipe through `bot.turn`, acknowledges
each once its turn is over, opens what is due and delivers what is said. The other end is provider and people: it kills
the process, starts another, and sends everybody's last message again, acknowledged or not, as providers do.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from sqlalchemy import select

from benchmarks.stories import Actor, Story, everybody, stories, transcript
from bot import logs, turn
from bot.clock import work as open_what_is_due
from bot.deliver import Channel, Delivery, Letter
from bot.house import House
from bot.inbound import Inbound
from catalog_store import demonstration
from catalog_store.connect import Store
from catalog_store.migrate import migrate
from catalog_store.schema import addresses, inbox, outbox, referrals, waiting
from catalog_store.secrets import KeyRing
from catalog_store.settings import load
from dialogs.replies import Reply
from dialogs.screens import Bubble

RING = KeyRing(sealing=(b"s" * 32,), addresses=b"a" * 32)
CHANNEL = "webchat"
BEGINNING = datetime(2026, 3, 10, 9, tzinfo=UTC)  # an ordinary working morning
A_MESSAGE, A_LULL = timedelta(seconds=5), timedelta(seconds=40)  # what passes on the clock with each
LULL = 0.1  # seconds in which nothing happens: then the clock goes on, and leases of the dead end
LULLS = 25  # in a row, while the process has nothing to do: nothing will happen any more
STUCK = 60.0  # seconds in which the process does not even say that it has nothing to do
EVENTS = 160  # acknowledgements and bubbles of all the stories, about
A_TURN = 0.02  # seconds: where within a turn a process is killed is chance, too
Plant = Callable[[], None]


def opened(url: str, clock: Callable[[], datetime]) -> House:
    """The house of both ends. No piece of a message is waited for: the clock stands still between messages."""
    folder = Path(tempfile.gettempdir())
    settings = load({
        "TESSERE_DATA": str(folder / "unused"), "TESSERE_KEY_FILE": str(folder / "none"),
        "TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0",
    })  # fmt: skip
    return House(Store(url, RING, clock=clock), settings)


def prepare(url: str) -> None:
    """A migrated database with the demonstration, and the associations' invitations."""
    house = opened(url, lambda: BEGINNING)
    migrate(house.store)
    with house.store.begin() as tx:
        demonstration.load_demonstration(tx)
    stories(house)
    house.store.close()


# The process under test --------------------------------------------------------------------------------------------


class Pipe(Channel):
    """The channel: what is sent goes down the pipe."""

    account, pace, rate = CHANNEL, 0.0, 0.0

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def send(self, letter: Letter) -> str | None:
        self.connection.send(("said", letter.address, letter.bubble.to_json()))
        return None


def process(connection: Connection, url: str, plant: Plant | None) -> None:
    """Serve until killed."""
    if plant:
        plant()
    logs.quiet("CRITICAL")
    asyncio.run(_serve(connection, url))


async def _serve(connection: Connection, url: str) -> None:
    now = [BEGINNING]
    house = opened(url, lambda: now[0])
    tasks = {
        asyncio.create_task(open_what_is_due(house)),
        asyncio.create_task(Delivery(house, Pipe(connection)).run()),
    }
    connection.send(("ready",))
    while True:
        now[0], *message = await asyncio.to_thread(connection.recv)
        tasks.add(asyncio.create_task(_take(house, connection, *message) if message else _idle(house, connection)))
        house.wake.wake()


async def _take(house: House, connection: Connection, name: str, id: str, reply: Reply) -> None:
    try:
        await turn.take(house, Inbound(CHANNEL, name, id, reply, house.store.clock(), CHANNEL))
    except turn.Unavailable:
        return  # 503: the provider sends it again
    connection.send(("taken", id))


async def _idle(house: House, connection: Connection) -> None:
    await house.store.write(int)  # after every write that is under way
    connection.send(("idle",))


# Provider and people -----------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What came of it. `faults` are sentences; there must be none."""

    kills: int = 0
    acknowledged: set[str] = field(default_factory=set)
    transcripts: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Play:
    """The stories of a prepared database, told once while the process is killed `kills` times."""

    def __init__(self, url: str, chance: Random, kills: int, plant: Plant | None = None) -> None:
        self.url, self.chance, self.left, self.plant = url, chance, kills, plant
        self.often = 2 * EVENTS // (kills + 1)
        self.now = BEGINNING
        house = opened(url, lambda: self.now)
        self.store, self.told = house.store, stories(house)
        self.people = {actor.name: actor for actor in everybody(self.told)}
        self.outcome = Outcome()
        self.moved, self.idle = monotonic(), 0

    def run(self) -> Outcome:
        """Tell them to the end, and look at what is left in the database."""
        while not self._over():
            self._one_process()
        self.outcome.transcripts = {actor.name: transcript(actor) for actor in self.people.values()}
        self.outcome.faults += verify(self.store, self.told, self.outcome.acknowledged)
        self.store.close()
        return self.outcome

    def _over(self) -> bool:
        if self.outcome.faults:
            return True
        waits = [actor.name for actor in self.people.values() if not actor.done]
        if self.idle > LULLS or monotonic() - self.moved > STUCK:
            self.outcome.faults.append(f"stuck: {', '.join(waits) or 'the outbox'}")
            return True
        return not waits and not self._unsent()

    def _unsent(self) -> bool:
        with self.store.reading() as tx:
            return tx.execute(select(outbox.c.id).where(outbox.c.state == "waiting").limit(1)).first() is not None

    def _one_process(self) -> None:
        ours, theirs = _FORK.Pipe()
        worker = _FORK.Process(target=process, args=(theirs, self.url, self.plant), daemon=True)
        worker.start()
        theirs.close()
        assert ours.recv() == ("ready",)
        self.moved, self.idle, self.answered = monotonic(), 0, True
        try:
            self._again(ours)
            self._serve(ours, self.chance.randint(0, self.often) if self.left else inf)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.outcome.faults.append("the process ended by itself")
        _kill(worker)
        self._drain(ours)
        if self.left:
            self.left, self.outcome.kills = self.left - 1, self.outcome.kills + 1

    def _again(self, worker: Connection) -> None:
        """What a provider sends to a process that has just started: whatever it is not sure of, and a little more."""
        for actor in self.people.values():
            for id, reply in actor.sent[-1:]:
                self._send(worker, actor.name, id, reply)

    def _serve(self, worker: Connection, events: float) -> None:
        """Until the end, or until as many events and a moment have passed."""
        end = inf
        while not self._over() and monotonic() < end:
            if events <= 0 and end == inf:
                end = monotonic() + self.chance.uniform(0, A_TURN)
            for name, actor in self.people.items():
                if reply := actor.begins():
                    self._send(worker, name, actor.sent[-1][0], reply)
            if worker.poll(min(LULL, max(0, end - monotonic()))):
                events -= self._hear(worker, worker.recv())
            elif monotonic() < end and self.answered:
                self.now += A_LULL
                self.answered = False
                worker.send((self.now,))

    def _hear(self, worker: Connection | None, message: tuple[Any, ...]) -> bool:
        """Deal with what the process says; is it an event?"""
        self.moved = monotonic()
        self.idle = self.idle + 1 if message == ("idle",) else 0
        match message:
            case ("idle",):
                self.answered = True
            case ("taken", id):
                self.outcome.acknowledged.add(id)
            case ("said", name, body):
                actor = self.people[name]
                reply = actor.hears(Bubble.from_json(body))
                if reply and worker:
                    self._send(worker, name, actor.sent[-1][0], reply)
        return self.idle == 0

    def _send(self, worker: Connection, name: str, id: str, reply: Reply) -> None:
        self.now += A_MESSAGE
        worker.send((self.now, name, id, reply))

    def _drain(self, worker: Connection) -> None:
        """What the process had sent before it died has arrived."""
        try:
            while worker.poll():
                self._hear(None, worker.recv())
        except (EOFError, ConnectionResetError):
            pass
        worker.close()


_FORK = get_context("forkserver")  # a process that has imported everything is copied: each starts in milliseconds
_FORK.set_forkserver_preload(["benchmarks.warmed", "benchmarks.kills", "benchmarks.plants"])


def _kill(worker: ForkServerProcess) -> None:
    worker.kill()
    worker.join()
    worker.close()


def told_otherwise(reference: Outcome, other: Outcome) -> list[str]:
    """Sentences about who heard something else than when nothing was killed."""
    return [
        f"{name} did not hear what is said when nothing is killed"
        for name, heard in reference.transcripts.items()
        if other.transcripts[name] != heard
    ]


# What must be true at the end --------------------------------------------------------------------------------------


def verify(store: Store, told: list[Story], acknowledged: set[str]) -> list[str]:
    """Sentences about what is not as it must be."""
    faults: list[str] = []
    with store.reading() as tx:
        seen = Counter(tx.execute(select(inbox.c.provider_id).where(inbox.c.kind == "message")).scalars())
        faults += [
            f"{id} was acknowledged and is {seen[id]} times in the inbox" for id in acknowledged if seen[id] != 1
        ]
        left = tx.execute(select(inbox.c.id, inbox.c.kind, inbox.c.state).where(inbox.c.state != "taken"))
        faults += [f"inbox {row.id} ({row.kind}) is {row.state}" for row in left]
        left = tx.execute(select(outbox.c.id, outbox.c.state).where(outbox.c.state.not_in(("sent", "replaced"))))
        faults += [f"outbox {row.id} is {row.state}" for row in left]
        for story in told:
            for actor in (story.citizen, story.contact):
                faults += _turns(tx, actor)
            faults += _effects(tx, story)
    return faults


def _person(tx: Any, actor: Actor) -> int | None:
    hashed = RING.hash(CHANNEL, actor.name)
    id: int | None = tx.execute(select(addresses.c.person_id).where(addresses.c.hash == hashed)).scalar()
    return id


def _turns(tx: Any, actor: Actor) -> list[str]:
    """One bubble for each message and each opening taken; each heard."""
    person = _person(tx, actor)
    came = len(tx.execute(select(inbox.c.id).where(inbox.c.person_id == person)).all())
    bubbles = tx.execute(
        select(outbox.c.uid, outbox.c.body).where(outbox.c.person_id == person, outbox.c.state == "sent")
    )
    said = [Bubble.from_json(row.body.open(row.uid)) for row in bubbles.all()]
    faults = []
    if len(said) != came:
        faults.append(f"{actor.name}: {came} messages and openings, {len(said)} bubbles")
    if [b for b in said if b not in actor.heard]:
        faults.append(f"{actor.name}: a bubble never arrived")
    return faults


def _effects(tx: Any, story: Story) -> list[str]:
    """One request with the right details, accepted; asked of the association once, told once; one call to make."""
    citizen, contact = _person(tx, story.citizen), _person(tx, story.contact)
    mine = tx.execute(select(referrals).where(referrals.c.person_id == citizen)).all()
    details = [{**row.details.open(row.uid), "need": row.need, "state": row.state} for row in mine]
    wanted = {"need": story.need, "state": "accepted", "whom": "parent", "phone": story.phone}
    faults = []
    if len(details) != 1 or not wanted.items() <= details[0].items():
        faults.append(f"{story.citizen.name}: {len(details)} requests, not the one that was asked for")
    calls = tx.execute(select(waiting.c.id).where(waiting.c.person_id == citizen, waiting.c.kind == "call")).all()
    if len(calls) != 1:
        faults.append(f"{story.citizen.name}: {len(calls)} calls to make")
    for person, dialogue, uids in ((contact, "respond", mine), (citizen, "news", mine)):
        opened = select(inbox.c.uid, inbox.c.body).where(inbox.c.kind == "opening", inbox.c.person_id == person)
        bodies = [row.body.open(row.uid) for row in tx.execute(opened)]
        if bodies != [{"dialogue": dialogue, "subject": row.uid} for row in uids]:
            faults.append(f"{story.need}: {len(bodies)} openings of {dialogue}")
    return faults
