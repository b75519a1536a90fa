"""Training and its check on a small part of the shipped messages: fast, and by the same code."""

import json
from pathlib import Path

import numpy as np
import pytest

from dialogs.understand.encoder import UniversalEncoder
from dialogs.understand.model import Model
from dialogs.understand.ranker import Ranker, weights_of
from dialogs.understand.train import Check, check, train
from dialogs.understand.training import deciding, softmax
from dialogs.understand.training.corpus import DATA, read, vectors

CODES = ("poverta.docce", "poverta.mensa", "anziani.spesa_farmaci_domicilio", "infanzia_famiglia.doposcuola")
USE = UniversalEncoder.name


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four needs and some of what is outside, as a folder of training messages; each need in three languages."""
    folder = tmp_path_factory.mktemp("messages")
    taken: dict[tuple[str, str, str], int] = {}
    for path in sorted(DATA.glob("*.jsonl")):
        kept = []
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            key = (path.stem, row["code"] or row["topic"], row["lang"])
            if row["lang"] not in {"it", "en", "zh"} or (row["code"] and row["code"] not in CODES):
                continue
            taken[key] = taken.get(key, 0) + 1
            if taken[key] <= (8 if row["code"] else 2):
                row.pop("also", None)
                kept.append(json.dumps(row, ensure_ascii=False) + "\n")
        (folder / path.name).write_text("".join(kept), "utf-8")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors")


@pytest.fixture(scope="module")
def checked(small: Path, cache: Path) -> Check:
    return check(USE, small, cache)


def test_training_twice_gives_the_same_weights_and_decisions(small: Path, cache: Path, tmp_path: Path) -> None:
    models = []
    for name in ("first", "second"):
        train(tmp_path / name, small, cache, (USE,))
        models.append(Model.load(weights_of(UniversalEncoder(), tmp_path / name)))
    first, second = models
    for table in (
        "meaning",
        "meaning_bias",
        "kept",
        "letters",
        "letters_unit",
        "letters_bias",
        "rarity",
        "examples",
        "mix",
    ):
        np.testing.assert_allclose(getattr(first, table), getattr(second, table), atol=1e-6)
    assert first.facts == second.facts
    texts = ["dove posso fare una doccia", "chi aiuta mio figlio con i compiti?", "la strada è piena di buche"]
    one, other = (Ranker(UniversalEncoder(), model).rank(texts) for model in models)
    assert one == other
    assert one[0].ranking[0][0] == "poverta.docce"
    assert one[1].ranking[0][0] == "infanzia_famiglia.doposcuola"


def test_nobody_is_checked_by_what_was_learnt_from_their_own_group(checked: Check) -> None:
    messages, folds = checked.messages, checked.folds
    fold = folds.of
    abroad = messages.need & (messages.language != "it")
    for column in np.unique(messages.column[abroad]):
        assert len(set(fold[abroad & (messages.column == column)])) == 1
    for topic in np.unique(messages.topic[~messages.need]):
        assert len(set(fold[messages.topic == topic])) == 1
    texts = np.array([text.lower() for text in messages.texts])
    for k in np.unique(fold):
        taught = folds.taught(k)
        assert not (taught & (fold == k)).any()
        assert not set(texts[taught]) & set(texts[fold == k])


def test_the_check_is_better_than_chance_and_its_probabilities_add_up(checked: Check) -> None:
    chances, sure, outside = deciding.cross_decided(checked.opinions, checked.messages, checked.folds.of)
    figures = deciding.figures(chances, sure, outside, checked.messages)
    assert figures["top1"] > 0.6
    assert 0 <= figures["calibration_error"] <= 0.25
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-4)
    assert not (sure & outside).any()


def test_the_calibration_error_is_what_probabilities_are_off_by() -> None:
    random = np.random.default_rng(3)
    said = random.random(30_000).astype(np.float32)
    happened = random.random(30_000) < said
    assert deciding.calibration_error(said, happened) < 0.02
    assert deciding.calibration_error(said, random.random(30_000) < said / 2) > 0.2


def test_needs_told_in_no_message_of_a_language_are_not_spoken_against_in_it() -> None:
    """The words of a language must not come to mean "not this need" only because its examples are held back."""
    random = np.random.default_rng(5)
    points = random.normal(size=(60, 4)).astype(np.float32)
    language = np.array(["it"] * 30 + ["zh"] * 30)
    points[:, 3] = language == "zh"
    wanted = np.eye(3, dtype=np.float32)[np.r_[np.arange(30) % 3, np.arange(30) % 2]]
    heeded, _ = softmax.fit(points, wanted, softmax.silent(wanted, language), 0.1)
    spoken_against, _ = softmax.fit(points, wanted, np.zeros(wanted.shape, bool), 0.1)
    assert abs(heeded[3, 2]) < 1e-3
    assert spoken_against[3, 2] < -1


def test_a_correction_of_a_message_that_is_not_there_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "needs.jsonl").write_text((small / "needs.jsonl").read_text("utf-8"), "utf-8")
    entry = {"code": CODES[0], "also": CODES[1], "because": "it may be", "texts": ["mai scritto"]}
    (tmp_path / "also.json").write_text(json.dumps([entry]), "utf-8")
    with pytest.raises(ValueError, match="mai scritto"):
        read(tmp_path)


def test_the_shipped_corrections_name_shipped_messages_and_give_a_reason() -> None:
    messages = read()
    assert messages.right[:, : len(messages.codes)].sum() > messages.need.sum()
    for entry in json.loads((DATA / "also.json").read_text("utf-8")):
        assert entry["because"]
        assert {entry["code"], entry["also"]} <= set(messages.codes)


def test_vectors_are_encoded_once(tmp_path: Path) -> None:
    encoder = UniversalEncoder()
    first = vectors(["ho fame", "ho freddo"], encoder, tmp_path)
    encoder.encode = lambda texts: pytest.fail(f"encoded again: {len(texts)}")  # type: ignore[method-assign]
    np.testing.assert_array_equal(vectors(["ho freddo", "ho fame"], encoder, tmp_path), first[::-1])
