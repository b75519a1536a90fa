"""A database of any age comes to today's schema, whoever tries it and however often."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from catalog_store import people
from catalog_store.connect import Store
from catalog_store.migrate import FOLDER, migrate
from catalog_store.schema import metadata, referrals
from catalog_store.secrets import KeyFault, KeyRing

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))]


@pytest.fixture
def empty(empty_url: str, ring: KeyRing) -> Iterator[Store]:
    store = Store(empty_url, ring, synchronous="NORMAL")
    yield store
    store.close()


def differences(store: Store) -> object:
    with store.migrating() as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


@pytest.mark.parametrize("earlier", [None, *REVISIONS])
def test_every_age_of_database_comes_to_todays_schema(empty: Store, earlier: str | None) -> None:
    if earlier is not None:
        migrate(empty, earlier)
    migrate(empty)
    migrate(empty)
    assert differences(empty) == []


def test_a_database_at_head_needs_no_library_to_be_found_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "alembic", None)
    migrate(store)
    with store.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(ImportError, match="alembic"):
        migrate(store)


def test_an_open_request_without_a_next_actor_is_refused_by_the_database(store: Store) -> None:
    with pytest.raises(IntegrityError, match=r"ck_referrals_open_has_next|CHECK"), store.begin() as tx:
        tx.execute(
            referrals.insert().values(
                uid="a", code="R-AAAA", need="n", state="sent", created_at=tx.now, changed_at=tx.now, month="2026-03"
            )
        )


def test_two_processes_may_migrate_at_once(empty_url: str, empty: Store, tmp_path: Path) -> None:
    environment = {
        **os.environ, "TESSERE_DATA": str(tmp_path / "data"), "TESSERE_DATABASE_URL": empty_url,
        "TESSERE_KEY_FILE": str(tmp_path / "keys"),
    }  # fmt: skip
    program = (
        "import os; from catalog_store import migrate, settings; s = settings.load(os.environ).store();"
        "migrate.migrate(s); s.close()"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert differences(empty) == []


def test_the_release_before_runs_on_what_a_newer_one_has_migrated(store: Store) -> None:
    with store.migrating() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("ALTER TABLE people ADD COLUMN of_a_later_release INTEGER")
    migrate(store)
    with store.begin() as tx:
        assert people.recognise(tx, "webchat", "a")
    with store.reading() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_other_keys_are_refused(store: Store) -> None:
    other = Store(store.url, KeyRing((b"s" * 32,), b"z" * 32))
    with pytest.raises(KeyFault, match=r"^TESSERE_KEY_FILE: "):
        migrate(other)
    other.close()


def test_a_failed_migration_leaves_the_database_as_it_was(empty: Store) -> None:
    def fail() -> None:
        with empty.migrating() as connection:
            connection.exec_driver_sql("CREATE TABLE half (a INTEGER)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with empty.reading() as tx:
        assert "half" not in inspect(tx.connection).get_table_names()
