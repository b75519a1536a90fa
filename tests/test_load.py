"""Twenty people writing at the same instant while an export reads everything (long form: make soak)."""

from __future__ import annotations

from benchmarks import load


def test_nobody_waits_ten_times_as_long_as_most() -> None:
    figures = load.measure(rounds=6)
    assert figures["rows_read"] > 100
    assert figures["load_p99_over_p50"] <= 10
