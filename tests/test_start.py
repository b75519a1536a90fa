"""What a start refuses, in one sentence that names the variable; what it does not wait for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def started(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TESSERE_")}
    environment |= {"TESSERE_DATA": str(folder / "data"), "TESSERE_KEY_FILE": str(folder / "keys"), **variables}
    return subprocess.run(
        [sys.executable, "-m", "bot", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def refused(done: subprocess.CompletedProcess[str], variable: str) -> bool:
    sentence = done.stderr.strip()
    return done.returncode == 2 and sentence.count("\n") == 0 and variable in sentence


def test_a_port_that_another_program_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = started("run", tmp_path, TESSERE_PORT=str(other.getsockname()[1]))
    assert refused(done, "TESSERE_PORT")
    assert "invito" not in done.stdout


def test_begun_where_ctrl_c_is_ignored_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    assert started("migrate", tmp_path).returncode == 0
    program = (
        "import asyncio, bot.__main__ as begun\n"
        "async def waits(house): print('begun', flush=True); await asyncio.Event().wait()\n"
        "begun._run(waits)"
    )
    variables = {"TESSERE_DATA": str(tmp_path / "data"), "TESSERE_KEY_FILE": str(tmp_path / "keys")}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a script: it is inherited
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", program], env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", ["run", "web", "migrate"])
def test_a_misspelt_variable(tmp_path: Path, command: str) -> None:
    assert refused(started(command, tmp_path, TESSERE_PROT="8000"), "TESSERE_PORT")


def test_the_demonstration_beside_a_real_channel(tmp_path: Path) -> None:
    done = started("run", tmp_path, TELEGRAM_BOT_TOKEN="123456:abcdef")
    assert refused(done, "TESSERE_DEMO")
    assert "admin demo remove" in done.stderr


def test_what_a_first_tap_does_not_need_is_not_imported_before_it(tmp_path: Path) -> None:
    assert started("migrate", tmp_path).returncode == 0
    program = (
        "import os, sys; import bot.start, bot.web, bot.__main__, dialogs.menu;"
        "from catalog_store import migrate, settings;"
        "store = settings.load(os.environ).store(); migrate.migrate(store); store.close();"
        "print({'alembic', 'apscheduler', 'holidays', 'jinja2', 'numpy', 'rich', 'sqlalchemy.orm'} & set(sys.modules))"
    )
    variables = {"TESSERE_DATA": str(tmp_path / "data"), "TESSERE_KEY_FILE": str(tmp_path / "keys")}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("command", ["web", "deliver", "clock"])
def test_a_part_that_telegram_could_not_reach(tmp_path: Path, command: str) -> None:
    done = started(command, tmp_path, TELEGRAM_BOT_TOKEN="123456:abcdef")
    assert refused(done, "PUBLIC_BASE_URL")
    assert "123456:abcdef" not in done.stderr


def test_without_a_token_nothing_of_telegram_is_loaded() -> None:
    look = "import sys, bot.start, bot.web, bot.__main__; sys.exit('telegram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
