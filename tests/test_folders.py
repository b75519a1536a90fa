"""The one rule between folders: each imports only what stands to its left, and bot and admin never meet."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "catalog_store": {"catalog_store"},
    "dialogs": {"dialogs", "catalog_store"},
    "bot": {"bot", "dialogs", "catalog_store"},
    "admin": {"admin", "dialogs", "catalog_store"},
}
COMPOSITION_ROOT = Path("bot/__main__.py")  # the one file that puts bot and admin together
OURS = {*MAY_IMPORT, "tests", "benchmarks"}
SQL = {"alembic", "psycopg", "psycopg_pool", "sqlalchemy", "sqlite3"}


def python_files(folder: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))


def imported(source: str, package: str) -> Iterator[str]:
    """Yield the top-level name of everything a file imports, wherever in the file; a relative import is `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield package if node.level else (node.module or "").partition(".")[0]


def meetings(forbidden: set[str], folder: str) -> list[str]:
    return [
        f"{path} imports {name}"
        for path in python_files(folder)
        for name in imported((ROOT / path).read_text(encoding="utf-8"), folder)
        if name in forbidden and not (path == COMPOSITION_ROOT and name == "admin")
    ]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_stands_to_its_left(folder: str) -> None:
    assert python_files(folder), f"{folder} has no Python files"
    assert meetings(OURS - MAY_IMPORT[folder], folder) == []


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT.keys() - {"catalog_store"}))
def test_only_catalog_store_knows_sql(folder: str) -> None:
    assert meetings(SQL, folder) == []


def test_an_import_is_seen_wherever_it_stands() -> None:
    source = "import os.path\ndef late():\n    from bot.turn import take_turn\nfrom . import talk\n"
    assert sorted(imported(source, "dialogs")) == ["bot", "dialogs", "os"]
