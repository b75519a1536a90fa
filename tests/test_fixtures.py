"""What the tests stand on: real databases that are empty and one's own, and no network."""

import socket

import pytest
from sqlalchemy import create_engine, inspect, text


@pytest.mark.parametrize("_time", ["first", "second"])
def test_each_test_gets_an_empty_database_of_its_own(empty_url: str, _time: str) -> None:
    engine = create_engine(empty_url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (word TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES ('città')"))
        assert connection.execute(text("SELECT word FROM left_behind")).scalar_one() == "città"
    engine.dispose()


def test_on_postgresql_a_row_that_another_has_claimed_is_skipped(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    claim = text("SELECT id FROM work ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO work VALUES (1), (2)"))
    with engine.begin() as one, engine.begin() as other, engine.begin() as late:
        claims = [worker.execute(claim).scalar_one_or_none() for worker in (one, other, late)]
    engine.dispose()
    assert claims == [1, 2, None]


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(AssertionError, match=host):
        outside.connect((host, 80))


def test_the_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(AssertionError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_may_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
    ):
        assert client.getpeername() == server.getsockname()
