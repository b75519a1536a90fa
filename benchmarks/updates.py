"""Ten thousand updates by webhook, some twice, some overtaken, while the application is killed: each has one effect.

The application is `python -m bot run` on a database of its own, the people are those of crowd.py, and the other end is
a Bot API that brings everything again until it is answered 2xx. When all is quiet, the database is laid beside what
the people saw: every update is in the inbox once and was answered once, every answer arrived, of one person in order.
What was being sent when the process died may arrive twice, and is marked then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any, Self

from sqlalchemy import func, select

from benchmarks.bringing import Bringer, whose
from benchmarks.channels import RUN, prepared, ready
from benchmarks.crowd import Crowd, World, scripts, world
from catalog_store.connect import Store, Transaction
from catalog_store.schema import addresses, inbox, outbox
from catalog_store.settings import load
from dialogs import screens
from dialogs.screens import Bubble

UPDATES, KILLS = 10_000, 20
PEOPLE = 120
TWICE, LATE = 0.2, 0.2  # of the updates; more than half of those that are late are overtaken by one of the same person
AT_ONCE = (1, 2, 3)  # things that somebody says without waiting for an answer
WAITING = 60  # people who wait for an answer: then nobody else says anything
A_WHILE = 15.0  # seconds: then they do not wait any more
PERSON = "operatore"
A_MOMENT = 0.3  # seconds after an update: where within the work a process is killed is chance, too
PATIENCE = 90.0  # seconds in which nothing happens: then nothing will; longer than a lease of the dead
# A dead process keeps the account for two seconds, instead of the ten of an installation.
BRIEF = "from bot import deliver; deliver.LEASE = 2.0"


@dataclass(frozen=True)
class Came:
    """An update as the inbox has it."""

    update: str
    person: int
    state: str


@dataclass(frozen=True)
class Said:
    """A row of the outbox. `message`: what Telegram called it in the end; `again`: marked as perhaps sent twice."""

    id: int
    chat: int
    person: int
    lane: int
    state: str
    message: int
    again: bool
    text: str


@dataclass(frozen=True)
class Heard:
    """A message of the bot as it arrived. `kills`: how many there had been."""

    chat: int
    message: int
    text: str
    kills: int


@dataclass(frozen=True)
class Kept:
    """What is left of a run: what happened, what the database holds and what arrived, each in its order."""

    happened: dict[int, int]  # update → chat
    tapped_again: Counter[int | None]  # taps of a button that was tapped before, by chat
    strayed: frozenset[int]  # updates that were not brought in their turn
    brought: Counter[str]
    came: list[Came]
    opened: Counter[int]  # openings taken, by person
    said: list[Said]
    heard: list[Heard]
    kills: int
    ended: int  # processes that ended without being killed


class Post(World):
    """Brings what happens, and writes down what arrives."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.bringer = Bringer(lambda: self.webhook, chance, TWICE, LATE)
        self.happened: dict[int, int] = {}
        self.taps = Counter[tuple[int, str]]()
        self.waits: dict[int, float] = {}  # since when each chat waits for an answer
        self.arrived: list[Heard] = []
        self.kills = 0

    def happens(self, times: int = 1, **update: Any) -> dict[str, Any]:
        """Bring it at once."""
        made = super().happens(times, **update)
        with self.changed:
            self.updates.clear()
            self.waits[whose(made)] = monotonic()
        self.happened[made["update_id"]] = whose(made)
        if tap := update.get("callback_query"):
            self.taps[whose(made), tap["data"]] += 1
        self.bringer.put(made)
        return made

    def heard(self, message: dict[str, Any]) -> None:
        """An answer, as it is before a tap changes it."""
        self.waits.pop(message["chat"]["id"], None)
        self.arrived.append(Heard(message["chat"]["id"], message["message_id"], message["text"], self.kills))

    def waiting(self) -> int:
        """How many people wait for an answer."""
        with self.changed:
            return sum(monotonic() - since < A_WHILE for since in self.waits.values())


class Application:
    """The process under test."""

    def __init__(self, folder: Path, variables: dict[str, str], changes: tuple[str, ...]) -> None:
        self.folder, self.variables = folder, {**os.environ, **variables}
        self.command = [sys.executable, "-c", "; ".join((BRIEF, *changes, RUN))]
        self.ended = 0

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        """End it as a power cut would, and start another."""
        self.ended += self.process.poll() is not None
        self.process.kill()
        self.process.wait()
        self._start()

    def _start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.variables, stdout=subprocess.DEVNULL, stderr=log)


def told(updates: int, kills: int, chance: Random, *changes: str) -> Kept:
    """So many updates, and so many kills at moments that are chance; what is left in the end.

    `changes`: statements with which each process begins.
    """
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        api, folder = Post(chance), Path(name)
        stack.callback(api.bringer.close)
        made = prepared(folder, stack.enter_context(world(api)), TESSERE_PIECES_SECONDS="0")
        made["PUBLIC_BASE_URL"] = f"http://127.0.0.1:{made['TESSERE_PORT']}"
        store = load(made).store()
        stack.callback(store.close)
        with Application(folder, made, changes) as application:
            ready(made["PUBLIC_BASE_URL"], api)
            _tell(api, application, updates, sorted(chance.sample(range(1, updates), kills)), chance)
            _until(lambda: not api.bringer.open and not _left(store), lambda: len(api.arrived))
        ended = application.ended + (application.process.returncode != 0)
        return _kept(store, api, ended)


def _tell(api: Post, application: Application, updates: int, moments: list[int], chance: Random) -> None:
    """People say what they have to say, one to three things at once, while few of them wait for an answer.

    Nobody asks for a person: what they then write to that person is not answered here.
    """
    crowd = Crowd(api, PEOPLE, [[line for line in lines if line != PERSON] for lines in scripts(erasing=False)])
    while len(api.happened) < updates:
        place = chance.randrange(PEOPLE)
        for _ in range(min(chance.choice(AT_ONCE), updates - len(api.happened))):
            crowd.acts(place)
        while moments and moments[0] <= len(api.happened):
            moments.pop(0)
            sleep(chance.uniform(0, A_MOMENT))
            application.kill()
            api.kills += 1
        _until(lambda: api.waiting() < WAITING, lambda: len(api.arrived), 0.005)


def _until(holds: Callable[[], bool], moves: Callable[[], int], pause: float = 0.1) -> None:
    """Wait until something holds, or nothing moves any more: what is left then shows."""
    last, since = moves(), monotonic()
    while not holds() and monotonic() - since < PATIENCE:
        sleep(pause)
        if (now := moves()) != last:
            last, since = now, monotonic()


def _left(store: Store) -> int:
    """Rows that somebody has still to deal with now."""
    with store.reading() as tx:
        waits = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting", outbox.c.due_at <= tx.now)
        due = select(func.count()).select_from(inbox).where(inbox.c.state == "due", inbox.c.due_at <= tx.now)
        return int(tx.execute(waits).scalar_one() + tx.execute(due).scalar_one())


def _kept(store: Store, api: Post, ended: int) -> Kept:
    with store.reading() as tx:
        messages = select(inbox.c.provider_id, inbox.c.person_id, inbox.c.state).where(inbox.c.kind == "message")
        rows = tx.execute(messages.order_by(inbox.c.id))
        came = [Came(row.provider_id or "", row.person_id, row.state) for row in rows]
        openings = select(inbox.c.person_id).where(inbox.c.kind == "opening", inbox.c.state == "taken")
        opened = Counter(tx.execute(openings).scalars())
        said = _said(tx)
    again = Counter[int | None]()
    for (chat, _), times in api.taps.items():
        again[chat] += times - 1
    strayed, brought = frozenset(api.bringer.strayed), api.bringer.count
    return Kept(api.happened, again, strayed, brought, came, opened, said, api.arrived, api.kills, ended)


def _said(tx: Transaction) -> list[Said]:
    query = select(outbox, addresses.c.uid.label("owner"), addresses.c.address)
    query = query.join(addresses, addresses.c.id == outbox.c.address_id).order_by(outbox.c.id)
    return [
        Said(
            row.id, int(row.address.open(row.owner)), row.person_id, row.lane, row.state, int(row.provider_id or 0),
            row.reason == "again", screens.telegram(Bubble.from_json(row.body.open(row.uid)))["text"],
        )
        for row in tx.execute(query)
    ]  # fmt: skip


# What must be true at the end --------------------------------------------------------------------------------------


def faults(kept: Kept) -> list[str]:
    """Sentences about what is not as it must be; there must be none."""
    found = [f"{kept.ended} processes ended by themselves"] if kept.ended else []
    return [*found, *_once(kept), *_answered(kept), *_arrived(kept), *_in_order(kept)]


def _once(kept: Kept) -> list[str]:
    """Each update is in the inbox once, and was taken; nothing else is there."""
    seen = Counter(row.update for row in kept.came)
    wanted = {str(update) for update in kept.happened}
    found = [f"update {update} is {seen[update]} times in the inbox" for update in wanted if seen[update] != 1]
    found += [f"nobody sent update {update}" for update in seen.keys() - wanted]
    return found + [f"update {row.update} is {row.state}" for row in kept.came if row.state != "taken"]


def _answered(kept: Kept) -> list[str]:
    """One bubble for each message and each opening taken; each was sent, or taken back for one that came after it.

    A second tap of the same button may be met with silence.
    """
    came = Counter(row.person for row in kept.came) + kept.opened
    said = Counter(row.person for row in kept.said)
    chats = {row.person: kept.happened.get(int(row.update)) for row in kept.came}
    found = [
        f"person {who}: {came[who]} messages and openings, {said[who]} bubbles"
        for who in sorted(came.keys() | said.keys())
        if not came[who] - kept.tapped_again[chats.get(who)] <= said[who] <= came[who]
    ]
    last = {row.person: row.id for row in kept.said}
    return found + [
        f"outbox {row.id} is {row.state}"
        for row in kept.said
        if row.state != "sent" and (row.state != "replaced" or row.id == last[row.person])
    ]


def paired(kept: Kept) -> tuple[list[tuple[Heard, Said]], list[Heard]]:
    """What arrived with the row that it was, backwards; and what no row explains.

    What Telegram calls otherwise than the row does is a first copy of one that was marked, or was taken back while it
    was on its way, if it says the same.
    """
    named = {(row.chat, row.message): row for row in kept.said}
    copied = defaultdict[tuple[int, str], list[Said]](list)
    for row in kept.said:
        if row.again or (row.state == "replaced" and not row.message):
            copied[row.chat, row.text].append(row)
    after: dict[tuple[int, int], int] = {}  # of a chat and lane, the row that arrived next
    pairs, strange = [], []
    for one in reversed(kept.heard):
        like = [r for r in copied[one.chat, one.text] if r.id <= after.get((r.chat, r.lane), r.id)]
        found = named.get((one.chat, one.message)) or max(like, key=lambda r: r.id, default=None)
        if found is None or found.text != one.text:
            strange.append(one)
        else:
            after[found.chat, found.lane] = found.id
            pairs.append((one, found))
    return pairs, strange


def doubled(kept: Kept) -> list[Heard]:
    """First copies of what arrived twice."""
    return [one for one, row in paired(kept)[0] if row.again and one.message != row.message]


def _arrived(kept: Kept) -> list[str]:
    """What was sent arrived; twice only what is marked, to one person at most one for each kill."""
    pairs, strange = paired(kept)
    there = {one.message for one, _ in pairs}
    found = [f"outbox {row.id} never arrived" for row in kept.said if row.message and row.message not in there]
    found += [f"outbox {row.id} has no name" for row in kept.said if row.state == "sent" and not row.message]
    found += [f"message {one.message} is explained by no row, nor marked" for one in strange]
    copies = Counter((one.chat, one.kills) for one in doubled(kept))
    found += [f"{many} copies for chat {chat} at kill {kill + 1}" for (chat, kill), many in copies.items() if many > 1]
    return found + [f"message {one.message} arrived twice without a kill" for one in doubled(kept) if not kept.kills]


def _in_order(kept: Kept) -> list[str]:
    """Of one person and lane, answers arrive as they were given; and what was brought in its turn is taken so."""
    last: dict[tuple[int, int], int] = {}
    found = []
    for one, row in paired(kept)[0]:  # backwards
        if row.id > last.get((row.chat, row.lane), row.id):
            found.append(f"message {one.message} (outbox {row.id}) came after what was said later")
        last[row.chat, row.lane] = row.id
    taken = [int(row.update) for row in kept.came if row.update.isdecimal()]
    latest = defaultdict[int, int](int)
    for update in taken:
        if update in kept.strayed or update not in kept.happened:
            continue
        chat = kept.happened[update]
        if update < latest[chat]:
            found.append(f"update {update} was overtaken although it was brought in its turn")
        latest[chat] = update
    return found


def overtaken(kept: Kept) -> int:
    """How many updates were taken after a later one of the same person."""
    latest, count = defaultdict[int, int](int), 0
    for row in kept.came:
        update = int(row.update)
        chat = kept.happened.get(update, 0)
        count += update < latest[chat]
        latest[chat] = max(latest[chat], update)
    return count


def counts(kept: Kept) -> dict[str, int]:
    """What was done and what came of it, by name."""
    copies = doubled(kept)
    at_one, for_one = Counter(one.kills for one in copies), Counter((one.chat, one.kills) for one in copies)
    return {
        "updates": len(kept.happened), "brought_twice": kept.brought["twice"], "brought_late": kept.brought["late"],
        "overtaken": overtaken(kept), "brought_again": kept.brought["brought again"], "kills": kept.kills,
        "inbox": len(kept.came), "openings": kept.opened.total(), "outbox": len(kept.said), "arrived": len(kept.heard),
        "taken_back": sum(row.state == "replaced" for row in kept.said),
        "taken_back_on_the_way": sum(row.state == "replaced" and not row.message for _, row in paired(kept)[0]),
        "marked_again": sum(row.again for row in kept.said), "arrived_twice": len(copies),
        "arrived_twice_most_at_one_kill": max(at_one.values(), default=0),
        "arrived_twice_most_for_one_person_at_one_kill": max(for_one.values(), default=0),
        "silent_second_taps": len(kept.came) + kept.opened.total() - len(kept.said), "faults": len(faults(kept)),
    }  # fmt: skip


def main(updates: int = UPDATES, kills: int = KILLS) -> list[str]:
    """Tell them all, print the counts, and give what is not as it must be."""
    kept = told(updates, kills, Random(1))
    for name, value in counts(kept).items():
        print(f"updates: {name} {value}", flush=True)
    return faults(kept)


if __name__ == "__main__":
    print("\n".join(main(*map(int, sys.argv[1:]))))
