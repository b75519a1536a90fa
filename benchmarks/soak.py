"""`python -m benchmarks.soak`: the long form of what the tests do briefly; minutes, and 1 when anything is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from benchmarks import kills, load, office, updates
from benchmarks.kills import Play
from benchmarks.postgresql import postgresql

KILLS, EACH = 200, 20  # on SQLite, and in one telling of the stories
ON_POSTGRESQL = 60
ROUNDS = 12  # of the property tests, each with examples of its own
PROPERTIES = ("tests/test_play_property.py", "tests/test_dialogues_random.py", "tests/test_turn.py")
BOUND = 10  # times the median, 99 turns of 100


def killed_on_sqlite() -> list[str]:
    """Stories told again and again on copies of one database."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.db"
        kills.prepare(f"sqlite:///{prepared}")
        undisturbed = Play(_copy(prepared, "undisturbed"), Random(0), 0).run()
        faults, done = list(undisturbed.faults), 0
        while done < KILLS:
            outcome = Play(_copy(prepared, f"{done}"), Random(done), EACH).run()
            found = outcome.faults + kills.told_otherwise(undisturbed, outcome)
            faults += [f"SQLite, chance {done}: {fault}" for fault in found]
            done += outcome.kills or EACH
            print(f"soak: {done} kills on SQLite, {len(faults)} faults", flush=True)
    return faults


def _copy(prepared: Path, name: str) -> str:
    return f"sqlite:///{shutil.copy(prepared, prepared.with_name(name + '.db'))}"


def killed_on_postgresql() -> list[str]:
    """The stories once, on a real server, with many kills."""
    with postgresql() as url:
        kills.prepare(url)
        outcome = Play(url, Random(7), ON_POSTGRESQL).run()
    print(f"soak: {outcome.kills} kills on PostgreSQL, {len(outcome.faults)} faults", flush=True)
    return [f"PostgreSQL: {fault}" for fault in outcome.faults]


def many_at_once() -> list[str]:
    """Twenty people at once while an export runs, for longer than the benchmark does."""
    figures = load.measure(rounds=60)
    print(f"soak: {figures}", flush=True)
    worse = figures["load_p99_over_p50"] > BOUND
    return [f"twenty people at once: p99 is {figures['load_p99_over_p50']} times the median"] if worse else []


def properties() -> list[str]:
    """The property tests, with other examples each time."""
    faults = []
    for seed in range(ROUNDS):
        command = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={seed}", *PROPERTIES]
        environment = {**os.environ, "TESSERE_TEST_EXAMPLES": "30"}  # new examples, and more of them
        ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        print(
            f"soak: properties with seed {seed}: {'ok' if ended.returncode == 0 else ended.stdout[-2000:]}", flush=True
        )
        faults += [f"{' '.join(command[1:])} fails"] if ended.returncode else []
    return faults


def main() -> int:
    """Everything; 1 when there is any fault."""
    faults = (
        killed_on_sqlite() + killed_on_postgresql() + many_at_once() + updates.main() + office.main() + properties()
    )
    print("\n".join(faults) or "soak: nothing was lost, done twice or stuck")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
