"""`python -m benchmarks`: every figure that is promised, in one run, beside the bound that it keeps or breaks."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from benchmarks import channels, load, matching, ranking, starting, turns

BOUNDS = {  # figure → (the most it may be, what it is)
    "tap_p50_ms": (None, "turn by tap, half of them"),
    "tap_p99_ms": (None, "turn by tap, 99 of 100"),
    "tap_cpu_p50_ms": (2.0, "turn by tap, CPU"),
    "tap_statements": (10, "statements of a turn by tap, the most"),
    "tap_raw_p50_ms": (None, "raw commit: the same statements, copy of the database, FULL, sqlite3 alone"),
    "tap_over_raw": (1.5, "turn by tap / raw commit"),
    "text_p50_ms": (None, "turn by free text, half of them"),
    "text_p99_ms": (None, "turn by free text, 99 of 100"),
    "text_cpu_p50_ms": (None, "turn by free text, CPU"),
    "text_encoding_cpu_p50_ms": (None, "of which understanding the text"),
    "text_beside_encoding_ms": (2.0, "turn by free text without it, CPU"),
    "text_statements": (10, "statements of a turn by free text, the most"),
    "ranking_over_encoding": (1.5, "ranking / encoding the same pieces in one batch"),
    "matching_1000_p99_ms": (None, "matching, 1,000 offers, 99 of 100"),
    "matching_10000_p99_ms": (None, "matching, 10,000 offers, 99 of 100"),
    "matching_100000_p99_ms": (10.0, "matching, 100,000 offers, 99 of 100"),
    "load_p50_ms": (None, "20 people at once while an export runs, half of the turns"),
    "load_p99_over_p50": (10.0, "the same, 99 of 100 / half"),
    "first_answer_tap_s": (3.0, "from the start of the process to an answer by tap"),
    "first_answer_text_s": (6.0, "from the start of the process to an answer to free text"),
    "channel_p50_ms": (None, "30 messages a second over Telegram, to the answer, half of them"),
    "channel_p99_ms": (300.0, "the same, 99 of 100"),
    "channel_taps_percent": (None, "the same, how many of them are taps"),
    "channel_unanswered": (0, "the same, without an answer two seconds after the end"),
    "channel_held_p99_ms": (None, "the same with the wait for further pieces, 99 of 100"),
    "throughput_ours": (None, "messages a second over Telegram, as many as can be"),
    "throughput_theirs": (None, "the same of a plain bot of the library that keeps everything"),
    "throughput_theirs_over_ours": (1.0, "plain bot / ours"),
    "memory_mb": (400.0, "resident memory after use"),
}


def main() -> int:
    """Measure everything; 1 when a bound is broken."""
    figures: dict[str, float] = {}
    for part in (starting, turns, ranking, load, matching, channels):
        figures |= part.main()
    figures["text_beside_encoding_ms"] = round(figures["text_cpu_p50_ms"] - figures["text_encoding_cpu_p50_ms"], 2)
    table = Table("what", "measured", "at most", "holds", title="Tessere, measured on this machine")
    broken = 0
    for name, (bound, what) in BOUNDS.items():
        value = figures[name]
        holds = "" if bound is None else "yes" if value <= bound else "NO"
        broken += holds == "NO"
        table.add_row(f"{what} ({name.rpartition('_')[2]})", f"{value:g}", "" if bound is None else f"{bound:g}", holds)
    Console(width=110).print(table)
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
