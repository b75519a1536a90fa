"""`python -m admin evaluate` on small files, as someone without database or settings would run it."""

import json
import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from admin.evaluate import app

LABELLED = [
    {"text": "mi serve un pacco alimentare", "accept": ["poverta.generi_alimentari"]},
    {"text": "corso di italiano per stranieri", "code": "poverta.lingua_educazione_civica", "also": []},
]


def _run(command: str, path: Path, *rows: object, predictions: Path | None = None) -> Result:
    path.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", "utf-8")
    more = ["--predictions", str(predictions)] if predictions else []
    return CliRunner().invoke(app, [command, str(path), *more])


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_labelled_needs_give_figures_and_one_prediction_each_in_order(tmp_path: Path) -> None:
    result = _run("needs", tmp_path / "in.jsonl", *LABELLED, predictions=tmp_path / "out.jsonl")
    assert result.exit_code == 0
    assert "top-1 1.000" in result.output
    assert "top-3 1.000" in result.output
    assert "mean reciprocal rank 1.000" in result.output
    written = _lines(tmp_path / "out.jsonl")
    assert [line["text"] for line in written] == [row["text"] for row in LABELLED]
    for line in written:
        ranking = line["ranking"]
        assert isinstance(ranking, list)
        assert len(ranking) == 44
        assert line["decision"] in {"sure", "unsure", "outside"}


def test_messages_without_labels_are_only_predicted(tmp_path: Path) -> None:
    result = _run("needs", tmp_path / "in.jsonl", {"text": "ho freddo"}, predictions=tmp_path / "out.jsonl")
    assert result.exit_code == 0
    assert "top-1" not in result.output
    assert len(_lines(tmp_path / "out.jsonl")) == 1


def test_offtopic_prints_the_share_outside(tmp_path: Path) -> None:
    result = _run("offtopic", tmp_path / "in.jsonl", {"text": "che tempo fa domani?"}, {"text": "grazie mille"})
    assert result.exit_code == 0
    assert "outside 1.000" in result.output


def test_a_folder_is_measured_file_by_file_by_what_their_names_begin_with(tmp_path: Path) -> None:
    for name, row in (("stories-x", LABELLED[0]), ("outside", {"text": "grazie mille"}), ("altro", {"text": "ciao"})):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row), "utf-8")
    result = CliRunner().invoke(app, ["folder", str(tmp_path)])
    assert result.exit_code == 0
    assert "stories-x.jsonl\nmessages 1, labelled 1\ntop-1 1.000" in result.output
    assert "outside.jsonl\nsure 0.000" in result.output
    assert "nothing measures altro" in result.output


def test_several_languages_are_told_one_by_one(tmp_path: Path) -> None:
    rows = [{**LABELLED[0], "lang": "it"}, {"text": "food parcel", "accept": ["poverta.docce"], "lang": "en"}]
    result = _run("needs", tmp_path / "in.jsonl", *rows)
    assert "it 1: top-1 1.000" in result.output
    assert "en 1: top-1 0.000" in result.output


def test_an_empty_file_is_no_error(tmp_path: Path) -> None:
    for command in ("needs", "offtopic", "crisis"):
        assert _run(command, tmp_path / "in.jsonl", predictions=tmp_path / "out.jsonl").exit_code == 0
        assert _lines(tmp_path / "out.jsonl") == []


def test_danger_is_written_with_kind_and_level(tmp_path: Path) -> None:
    rows = [{"text": "voglio uccidermi", "kind": "suicidio"}, {"text": "che bella giornata", "kind": None}]
    result = _run("crisis", tmp_path / "in.jsonl", *rows, predictions=tmp_path / "out.jsonl")
    assert result.exit_code == 0
    assert "false alarms 0.000 of 1" in result.output
    assert _lines(tmp_path / "out.jsonl") == [
        {"text": "voglio uccidermi", "kind": "suicidio", "level": "now"},
        {"text": "che bella giornata", "kind": None, "level": None},
    ]


def test_a_line_that_is_no_message_is_named(tmp_path: Path) -> None:
    result = _run("needs", tmp_path / "in.jsonl", {"text": "ciao"}, {"testo": "ciao"})
    assert result.exit_code == 2
    assert "line 3" in re.sub(r"[│\s]+", " ", result.output)


def test_it_needs_no_settings_and_no_database(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"text": "ciao"}), "utf-8")
    root = Path(__file__).parent.parent
    subprocess.run(
        [sys.executable, "-m", "admin", "evaluate", "needs", str(file)],
        cwd=root,
        env={},
        check=True,
        capture_output=True,
    )
    assert list(tmp_path.iterdir()) == [file]
