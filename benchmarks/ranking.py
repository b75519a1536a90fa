"""Ranking a message against encoding the same pieces in one batch: what understanding costs beside the encoder."""

from __future__ import annotations

from statistics import median
from time import process_time

from benchmarks.turns import WRITTEN
from dialogs.understand import needs
from dialogs.understand.encoder import default
from dialogs.understand.pieces import pieces

CALLS = 60
LONG = "Buongiorno, scrivo per {name}. Ha 85 anni e vive sola. Non può uscire. Chi le porta le medicine e la spesa?"


def measure() -> dict[str, float]:
    """CPU milliseconds, halfway; the two are measured in turn, so that what else runs weighs on both."""
    encoder, (ranking, encoding) = default(), (list[float](), list[float]())
    needs.warm()
    for number in range(CALLS):
        text = (*WRITTEN, LONG)[number % 4].format(name=f"Bruna{number}")
        begun = process_time()
        needs.rank_many([text])
        ranking.append(1000 * (process_time() - begun))
        begun = process_time()
        encoder.encode(pieces(text))
        encoding.append(1000 * (process_time() - begun))
    middle = {"ranking_cpu_p50_ms": median(ranking), "encoding_cpu_p50_ms": median(encoding)}
    ratio = median(one / other for one, other in zip(ranking, encoding, strict=True))
    return {name: round(value, 2) for name, value in {**middle, "ranking_over_encoding": ratio}.items()}


def main() -> dict[str, float]:
    """Measure, print the figures, and give them by name."""
    figures = measure()
    for name, value in figures.items():
        print(f"ranking: {name} {value}")
    return figures


if __name__ == "__main__":
    main()
