"""How much a page of the back office asks of the database does not grow with what is in it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks import office
from catalog_store.connect import Store

REQUESTS, PEOPLE = 2_000, 500
MOST = 8  # statements of a page
OF_TODAY = 26  # each kind of what waits is counted, and listed
OF_A_CHAT = 16  # who it is, both sides of it, and how an answer would go


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, by reading and by writing."""
    ran: list[str] = []

    def ran_one(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        ran.append(statement)

    engines = store._reader, store._writer
    for engine in engines:
        event.listen(engine, "before_cursor_execute", ran_one)
    try:
        yield ran
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", ran_one)


@pytest.fixture
def crowd(empty_url: str, tmp_path: Path) -> Iterator[office.Crowd]:
    (tmp_path / "data").mkdir()
    with office.crowd(empty_url, tmp_path / "data", REQUESTS, PEOPLE) as filled:
        yield filled


def test_a_page_asks_little_and_what_it_asks_does_not_grow(crowd: office.Crowd) -> None:
    asked = office.pages(crowd)
    assert {path.split("?")[0] for _, path in asked} >= {"/", "/oggi", "/richieste", "/registro", "/codici"}
    for role, path in asked:
        with statements(crowd.house.store) as ran:
            answer = asyncio.run(_get(crowd, role, path))
        assert answer == 200, path
        most = OF_TODAY if path in ("/", "/oggi") else OF_A_CHAT if path.startswith("/chat/") else MOST
        assert len(ran) <= most, f"{role} {path}: {len(ran)} statements\n" + "\n".join(ran)
        assert not [one for one in ran if "SELECT" in one and "FROM referrals" in one and "WHERE" not in one]


def test_turns_are_taken_while_operators_work(crowd: office.Crowd) -> None:
    took = asyncio.run(office.measure_turns(crowd, turns=10, operators=2))
    assert len(took) == 10


async def _get(crowd: office.Crowd, role: str, path: str) -> int:
    async with crowd.client(role) as client:
        return (await client.get(path)).status_code
