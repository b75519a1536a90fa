"""Updates twice, overtaken, and the process killed: each has one effect (long form, 10,000 of them: make soak)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from benchmarks import updates
from benchmarks.channels import LIFTED
from benchmarks.updates import Kept, faults

UPDATES, KILLS = 300, 2


@pytest.fixture(scope="module")
def kept() -> Kept:
    return updates.told(UPDATES, KILLS, Random(3), LIFTED)


def test_each_has_one_effect_and_answers_arrive_in_order(kept: Kept) -> None:
    figures = updates.counts(kept)
    print(figures)
    assert faults(kept) == []
    assert figures["inbox"] == UPDATES
    assert figures["kills"] == KILLS
    assert figures["brought_twice"] >= UPDATES * 0.15
    assert figures["overtaken"] >= UPDATES * 0.08
    assert figures["brought_again"] > 0
