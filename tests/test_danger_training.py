"""Training of what recognises danger, on a small part of the shipped messages: fast, and by the same code."""

import json
from pathlib import Path

import numpy as np
import pytest

from dialogs.safety.learnt import Learnt
from dialogs.safety.training import MESSAGES, read, train
from dialogs.understand.encoder import UniversalEncoder
from dialogs.understand.training.corpus import DATA

USE = UniversalEncoder.name


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A few messages of each kind and level in two languages, some of the measure, and some needs."""
    folder = tmp_path_factory.mktemp("danger")
    taken: dict[tuple[str, ...], int] = {}
    kept = []
    for line in MESSAGES.read_text("utf-8").splitlines():
        row = json.loads(line)
        key = tuple(str(row.get(name)) for name in ("kind", "level", "lang", "source"))
        taken[key] = taken.get(key, 0) + 1
        if row["lang"] in {"it", "en"} and taken[key] <= (40 if row["level"] is None else 5):
            kept.append(line + "\n")
    (folder / "messages").write_text("".join(kept), "utf-8")
    (folder / "needs").mkdir()
    some = (DATA / "needs.jsonl").read_text("utf-8").splitlines()[::100]
    (folder / "needs" / "needs.jsonl").write_text("".join(line + "\n" for line in some), "utf-8")
    return folder / "messages", folder / "needs"


def test_training_twice_gives_the_same_weights_and_judgements(small: tuple[Path, Path], tmp_path: Path) -> None:
    encoder = UniversalEncoder()
    texts = ["mio marito mi picchia, è qui", "voglio morire", "cerco un corso di italiano", "my house is on fire"]
    learnt = []
    for name in ("first", "second"):
        train(tmp_path / name, tmp_path / "vectors", (USE,), *small)
        learnt.append(Learnt.load(encoder, tmp_path / name))
    first, second = learnt
    for table in ("mean", "meaning", "meaning_bias", "letters", "rarity", "examples", "mix"):
        np.testing.assert_allclose(getattr(first, table), getattr(second, table), atol=1e-6)
    assert first.facts == second.facts
    one, other = (part.judge(texts, encoder.encode(texts), [None] * len(texts)) for part in learnt)
    assert one == other
    assert [judged.asked for judged in one] == [True, True, False, True]
    assert [one[i].kind for i in (0, 1, 3)] == ["violenza_in_corso", "suicidio", "incendio_gas"]


def test_the_measure_is_learnt_by_nothing(small: tuple[Path, Path], tmp_path: Path) -> None:
    rows, measure = read(UniversalEncoder(), tmp_path, *small)
    written = [json.loads(line) for line in small[0].read_text("utf-8").splitlines()]
    assert set(measure.texts) == {row["text"] for row in written if row.get("source") == "measure"}
    assert set(measure.texts).isdisjoint(rows.texts)


def test_no_message_kept_apart_is_among_those_that_are_learnt() -> None:
    learnt = {json.loads(line)["text"] for line in MESSAGES.read_text("utf-8").splitlines()}
    for apart in (Path(__file__).parent / "evaluation").glob("crisis_heldout*.jsonl"):
        assert learnt.isdisjoint(json.loads(line)["text"] for line in apart.read_text("utf-8").splitlines())
