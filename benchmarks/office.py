"""Every page of the back office after years of use, on both databases, and what asking them does to turns.

`python -m benchmarks.office` fills each database with 100,000 requests of 50,000 people (or other numbers, given after
it), asks every page twenty times, then takes turns without and with operators at work; 1 when a bound is broken.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import httpx
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import select

from admin.office import access
from admin.office.app import application
from benchmarks import crowded
from benchmarks.postgresql import postgresql
from benchmarks.turns import Person, walk
from bot import start, turn
from bot.house import House
from catalog_store import (
    agreements,
    applications,
    approvals,
    demonstration,
    invitations,
    offers,
    organizations,
    pacts,
    sessions,
    staff,
)
from catalog_store.agreements import Agreement
from catalog_store.connect import Store, Transaction
from catalog_store.migrate import migrate
from catalog_store.organizations import Organization
from catalog_store.people import recognise
from catalog_store.schema import organizations as owners
from catalog_store.schema import referrals, waiting
from catalog_store.secrets import KeyRing
from catalog_store.settings import load
from catalog_store.taxonomy import NEEDS
from tests.pacting import adhered, opened

REQUESTS, PEOPLE, ROUNDS, TURNS = 100_000, 50_000, 20, 300
MOST_MS, MOST_SLOWER = 300.0, 2.0
OPERATORS, PAUSE = 5, 1.0  # at work while turns are taken: each asks a page, then reads it for so many seconds
FORM = {"natura": "odv", "denominazione": "Il Ponte", "codice_fiscale": "80016750483"}  # of one that is in the network
BOARDS = (  # what is looked for on the board
    "", "?stato=all", "?stato=over&ordine=oldest", "?stato=all&bisogno={need}", "?bisogno={group}&ordine=newest",
    "?stato=all&zona={area}", "?stato=all&associazione={owner}", "?urgenza=urgent", "?stato=all&urgenza=low",
    "?segue=me", "?segue=colleague", "?segue=nobody&scadute=1", "?stato=all&dal=2026-01-01&al=2026-06-30",
    "?codice={code}", "?stato=all&zona={area}&urgenza=low&segue=me",
)  # fmt: skip


@dataclass
class Crowd:
    """A filled database, its back office, and the cookie of one of each role."""

    house: House
    app: Any
    cookies: dict[str, str]

    def client(self, role: str) -> httpx.AsyncClient:
        """Somebody of this role, inside."""
        door = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=door, base_url="http://office", cookies={access.COOKIE: self.cookies[role]})


@contextmanager
def crowd(url: str, folder: Path, requests: int = REQUESTS, people: int = PEOPLE) -> Iterator[Crowd]:
    """Fill the empty database of this URL."""
    settings = load({
        "TESSERE_DATA": str(folder), "TESSERE_DATABASE_URL": url, "TESSERE_KEY_FILE": str(folder.parent / "none"),
        "TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0",
    })  # fmt: skip
    store = Store(url, KeyRing(sealing=(token_bytes(32),), addresses=token_bytes(32)))
    migrate(store)
    try:
        with store.begin() as tx:
            demonstration.load_demonstration(tx)
            tx.person_id = recognise(tx, "webchat", "delegate").id
            applications.submit(tx, next(iter(organizations.called(tx))), FORM)
            _network(tx)
        ids, cookies = _staff(store)
        crowded.fill(store, requests, people, ids)
        with store.reading() as tx:
            store.catalogue.current(tx)
        yield Crowd(House(store, settings), application(store, settings, lambda: None), cookies)
    finally:
        store.close()


def _network(tx: Transaction) -> None:
    """A pact that all have joined, and an agreement with a service."""
    pact = opened(tx)
    for one in organizations.listed(tx, approved=True):
        adhered(tx, pact, one.id)
    service = organizations.put(tx, Organization("Servizio di prova", kind="public"))
    agreements.put(tx, Agreement(service, next(iter(NEEDS)), "Si telefona.", "Delibera 12", pact.starts_on))


def _staff(store: Store) -> tuple[list[int], dict[str, str]]:
    """One of each role, inside: the ids of all, and the cookie of each."""
    ids, cookies = [], {}
    with store.begin() as tx:
        owner = tx.execute(select(owners.c.id).limit(1)).scalar_one()
        for role in staff.ROLES:
            code = invitations.invite(tx, role, owner if role == "association" else None, 7, note=role)
            made = staff.join(tx, code, email=f"{role}@example.org", name=role, password=None, totp=None)
            assert isinstance(made, staff.Member)
            ids.append(made.id)
            cookies[role] = sessions.begin(tx, made.id, "benchmark")
    return ids, cookies


def pages(crowd: Crowd) -> list[tuple[str, str]]:
    """(role, address) of every page: as the administrator, and the board as each role that sees less."""
    with crowd.house.store.reading() as tx:
        one = tx.execute(
            select(referrals.c.uid, referrals.c.code, referrals.c.need, referrals.c.area, owners.c.uid.label("owner"))
            .join(owners, owners.c.id == referrals.c.organization_id)
            .where(referrals.c.state == "unanswered")
            .limit(1)
        ).one()  # fmt: skip
        (form,) = approvals.listed(tx, ("sent",), limit=1)
        queue = {kind: tx.execute(select(waiting.c.uid).where(waiting.c.kind == kind, waiting.c.done_at.is_(None))
                                  .limit(1)).scalar_one() for kind in ("call", "operator")}  # fmt: skip
        pact = pacts.current(tx)
        assert pact
        names = {
            "request_page": one.uid, "elsewhere": one.uid, "call": queue["call"], "application": form.uid,
            "pact_page": pact.uid, "agreement_page": agreements.listed(tx)[0].uid,
            "offer_page": next(iter(offers.listed(tx))).uid,
        }  # fmt: skip
    found = []
    for context in iter_route_contexts(crowd.app.routes):
        route = context.route
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        if "administrator" in access.MAY[route.name] and "oidc" not in route.path:  # there is no broker here
            uid = names.get(route.name, queue["operator"])
            found.append(("administrator", route.path.replace("{uid}", uid)))
    told = {
        "need": one.need,
        "group": one.need.partition(".")[0],
        "area": one.area,
        "owner": one.owner,
        "code": one.code,
    }
    found += [("administrator", f"/richieste{asked.format(**told)}") for asked in BOARDS if asked]
    return found + [(role, path) for role in ("social_worker", "association", "reader") for path in ("/", "/richieste")]


async def measure_pages(crowd: Crowd, rounds: int = ROUNDS) -> dict[tuple[str, str], tuple[float, float]]:
    """Milliseconds of each page, half of the times: on the wall, and of this process's CPU."""
    took: dict[tuple[str, str], tuple[float, float]] = {}
    for role, path in pages(crowd):
        async with crowd.client(role) as client:
            times = []
            for _ in range(rounds + 1):
                wall, cpu = perf_counter(), process_time()
                answer = await client.get(path)
                times.append((1000 * (perf_counter() - wall), 1000 * (process_time() - cpu)))
                assert answer.status_code in (200, 204), f"{path}: {answer.status_code}"
            walls, cpus = zip(*times[1:], strict=True)  # the first loads what is loaded once
            took[role, path] = median(walls), median(cpus)
    return took


async def measure_turns(crowd: Crowd, turns: int = TURNS, *, operators: int = 0) -> list[float]:
    """Milliseconds of each turn by tap, while so many operators ask one page after the other."""
    took: list[float] = []
    async with at_work(crowd, operators):
        number = 0
        while len(took) < turns:
            number += 1
            person = Person(crowd.house, f"turn-{operators}-{number}")
            for reply, counted in walk(person):
                inbound = person.sent(reply)
                begun = perf_counter()
                await turn.take(crowd.house, inbound)
                took += [1000 * (perf_counter() - begun)] if counted else []
                await asyncio.to_thread(person.read)
    return took[:turns]


@asynccontextmanager
async def at_work(crowd: Crowd, operators: int) -> AsyncIterator[None]:
    """Operators who ask all the pages, each from another one on."""
    asked = pages(crowd)

    async def one(first: int) -> None:
        for role, path in (asked[first:] + asked[:first]) * 1000:
            async with crowd.client(role) as client:
                await client.get(path)
            await asyncio.sleep(PAUSE)

    tasks = [asyncio.create_task(one(number * len(asked) // max(1, operators))) for number in range(operators)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def p99(times: Sequence[float]) -> float:
    """What 99 of 100 keep."""
    return quantiles(times, n=100)[98]


async def measure(crowd: Crowd, name: str) -> list[str]:
    """Print the figures of one database; the bounds that are broken."""
    took = await measure_pages(crowd)
    for (role, path), (wall, cpu) in took.items():
        print(f"{name}: {wall:7.1f} ms ({cpu:5.1f} CPU)  {role} {path[:80]}", flush=True)
    await measure_turns(crowd, TURNS // 10)
    alone = p99(await measure_turns(crowd))
    beside = p99(await measure_turns(crowd, operators=OPERATORS))
    print(f"{name}: turn p99 {alone:.1f} ms alone, {beside:.1f} ms beside operators: {beside / alone:.2f}", flush=True)
    slow = [f"{name}: {path} takes {wall:.0f} ms" for (_, path), (wall, _) in took.items() if wall > MOST_MS]
    return slow + [f"{name}: turns are slowed by pages"] * (beside > MOST_SLOWER * alone)


def main(requests: int = REQUESTS, people: int = PEOPLE) -> list[str]:
    """Both databases; the bounds that are broken."""
    faults: list[str] = []
    start.share()
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        for name, where in (("SQLite", f"sqlite:///{folder}/office.db"), ("PostgreSQL", url)):
            begun = perf_counter()
            with crowd(where, Path(folder), requests, people) as filled:
                print(f"{name}: filled in {perf_counter() - begun:.0f} s", flush=True)
                faults += asyncio.run(measure(filled, name))
    return faults


if __name__ == "__main__":
    broken = main(*map(int, sys.argv[1:]))
    print("\n".join(broken) or "office: every bound is kept")
    sys.exit(min(len(broken), 1))
