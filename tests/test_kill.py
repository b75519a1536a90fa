"""A process killed at any moment loses nothing that it acknowledged and does nothing twice (long form: make soak)."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from benchmarks import kills, plants
from benchmarks.kills import Outcome, Plant, Play

KILLS = 8


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kills") / "prepared.db"
    kills.prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def undisturbed(database: Path) -> Outcome:
    return played(database, database.with_name("undisturbed.db"), 0, 0)


def played(database: Path, copy: Path, seed: int, times: int, plant: Plant | None = None) -> Outcome:
    shutil.copy(database, copy)
    return Play(f"sqlite:///{copy}", Random(seed), times, plant).run()


def test_stories_told_without_a_kill_end_as_they_should(undisturbed: Outcome) -> None:
    assert undisturbed.faults == []
    assert all(undisturbed.transcripts.values())


def test_killed_at_random_points_everything_acknowledged_is_there_once(
    database: Path, undisturbed: Outcome, tmp_path: Path
) -> None:
    outcome = played(database, tmp_path / "killed.db", 1, KILLS)
    assert outcome.kills == KILLS
    assert outcome.faults == []
    assert kills.told_otherwise(undisturbed, outcome) == []


@pytest.mark.parametrize("plant", plants.EVERY, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(database: Path, tmp_path: Path, plant: Plant) -> None:
    assert any(played(database, tmp_path / f"{seed}.db", seed, KILLS, plant).faults for seed in range(6))
