"""`python -m admin evaluate availability` and `referrals`, with labels and without."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin.evaluate_messages import app

NOW = {"now": "2026-03-04T10:30:00+01:00", "tz": "Europe/Rome"}
LABELLED = Path(__file__).parent / "evaluation"


def run(command: str, path: Path, rows: Sequence[Mapping[str, object]]) -> tuple[str, list[dict[str, object]]]:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    out = path.with_suffix(".out")
    result = CliRunner().invoke(app, [command, str(path), "--predictions", str(out)])
    assert result.exit_code == 0, result.output
    return result.output, [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_availability_without_labels_is_only_predicted(tmp_path: Path) -> None:
    printed, lines = run("availability", tmp_path / "in.jsonl", [{"text": "ogni giovedì 15-17", **NOW}])
    assert "exact" not in printed
    weekly = [{"days": ["thu"], "start": "15:00", "end": "17:00"}]
    assert lines == [{"text": "ogni giovedì 15-17", "result": {"weekly": weekly}}]


def test_the_day_is_that_of_the_place(tmp_path: Path) -> None:
    late = {"text": "oggi no", "now": "2026-03-04T23:30:00+00:00", "tz": "Europe/Rome"}
    _, lines = run("availability", tmp_path / "in.jsonl", [late])
    away = {"from": "2026-03-05", "to": "2026-03-05", "start": None, "end": None}
    assert lines[0]["result"] == {"absences": [away]}


def test_what_is_wrong_is_counted_by_kind(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "forse", "expected": {"ask": True}, **NOW},
        {"text": "basta", "expected": {"status": "active"}, **NOW},
    ]
    printed, _ = run("availability", tmp_path / "in.jsonl", rows)
    assert "exact 0.500" in printed
    assert "ask 1/1" in printed
    assert "status 0/1" in printed


def test_a_referral_is_written_with_flat_needs(tmp_path: Path) -> None:
    text = "Sig.ra 84 aa, Capalle, spesa e farmaci a casa 1 v/sett, figlia 347 0000401"
    printed, lines = run("referrals", tmp_path / "in.jsonl", [{"text": text}])
    assert "fields right" not in printed
    assert lines[0]["result"] == {
        "needs": ["anziani.spesa_farmaci_domicilio"],
        "group": "anziani",
        "area": "Capalle",
        "age": 84,
        "urgency": "normale",
        "frequency": {"n": 1, "per": "week"},
        "contact": {"who": "figlia", "phone": "3470000401"},
    }


@pytest.mark.parametrize(("command", "least"), [("availability", 0.92), ("referrals", 0.92)])
def test_the_labelled_messages_are_understood(command: str, least: float, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (LABELLED / f"{command}.jsonl").read_text("utf-8").splitlines()]
    printed, lines = run(command, tmp_path / "in.jsonl", rows)
    assert len(lines) == len(rows)
    name = "exact" if command == "availability" else "fields right"
    assert float(printed.split(f"{name} ")[1].split()[0]) >= least
