"""`python -m admin evaluate`: how well messages are understood, on any file of labelled or unlabelled ones.

It needs no database and no settings. One JSON object per line: "text", and if known "accept" (every right code) or
"code" with "also"; for danger "kind". Blank lines are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from dialogs.understand.needs import Ranked

app = typer.Typer(no_args_is_help=True, help="Measure understanding on a file of messages.")
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One JSON object per line.")]
Out = Annotated[Path | None, typer.Option("--predictions", dir_okay=False, help="Write one JSON line per message.")]


@app.command()
def needs(file: File, predictions: Out = None) -> None:
    """Top-1, top-3 and mean reciprocal rank of the right needs, and the share lost as outside."""
    rows = read_rows(file)
    answers = _ranked(rows, predictions)
    places = [_place(answer, right) for row, answer in zip(rows, answers, strict=True) if (right := _right(row))]
    print(f"messages {len(rows)}, labelled {len(places)}")
    if places:
        print(f"top-1 {_share(place == 1 for place in places):.3f}")
        print(f"top-3 {_share(0 < place <= 3 for place in places):.3f}")  # noqa: PLR2004 (the figure's own name)
        print(f"mean reciprocal rank {sum(1 / place for place in places if place) / len(places):.3f}")
    _print_decisions(answers)


@app.command()
def offtopic(file: File, predictions: Out = None) -> None:
    """The share of messages that are recognised as covered by no need."""
    _print_decisions(_ranked(read_rows(file), predictions))


@app.command()
def crisis(file: File, predictions: Out = None) -> None:
    """Dangers missed, taken for another kind, and seen where there are none."""
    from dialogs import safety

    rows = read_rows(file)
    found = [safety.check(row["text"]) for row in rows]
    write_rows(
        predictions,
        (
            {"text": row["text"], "kind": danger.kind if danger else None, "level": danger.level if danger else None}
            for row, danger in zip(rows, found, strict=True)
        ),
    )
    labelled = [(row, danger) for row, danger in zip(rows, found, strict=True) if {"crisis", "kind"} & row.keys()]
    real = [(row, danger) for row, danger in labelled if row.get("kind") or row.get("crisis")]
    harmless = [danger for row, danger in labelled if not (row.get("kind") or row.get("crisis"))]
    print(f"messages {len(rows)}, labelled {len(labelled)}")
    print(f"recognised as danger {_share(danger is not None for danger in found):.3f}")
    if real:
        print(f"dangers recognised {_share(danger is not None for _, danger in real):.3f} of {len(real)}")
        kinds = [danger is not None and danger.kind == row["kind"] for row, danger in real if row.get("kind")]
        print(f"of the right kind {_share(kinds):.3f}")
    if harmless:
        print(f"false alarms {_share(danger is not None for danger in harmless):.3f} of {len(harmless)}")


@app.command()
def language(file: File, predictions: Out = None) -> None:
    """The right language first, for each "lang" (or "kind"), and how many are in doubt, answered in two."""
    from dialogs.understand.language import guess

    rows = read_rows(file)
    found = [guess(row["text"]) for row in rows]
    told = [{"language": one.language, "beside": one.beside} if one else {"language": None} for one in found]
    write_rows(predictions, ({"text": row["text"], **one} for row, one in zip(rows, told, strict=True)))
    groups: dict[str, list[tuple[bool, bool]]] = {}
    for row, one in zip(rows, found, strict=True):
        if "lang" in row:
            right = one is not None and one.language == row["lang"]
            groups.setdefault(row.get("kind") or row["lang"], []).append((right, one is not None and bool(one.beside)))
    for name, marks in groups.items():
        right, doubt = (_share(mark[n] for mark in marks) for n in (0, 1))
        print(f"{name} right {right:.3f}, in doubt {doubt:.3f} of {len(marks)}")


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The file's objects. Stops with one sentence that names the line that is not one."""
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(file.read_text("utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise typer.BadParameter(f'{file}, line {number}: expected a JSON object with a "text".')
        rows.append(row)
    return rows


def _ranked(rows: list[dict[str, Any]], predictions: Path | None) -> list[Ranked]:
    from dialogs.understand.needs import rank_many

    answers = rank_many([row["text"] for row in rows])
    write_rows(
        predictions,
        (
            {
                "text": row["text"],
                "ranking": [[code, round(chance, 5)] for code, chance in answer.ranking],
                "decision": answer.decision,
                "outside": round(answer.outside, 5),
            }
            for row, answer in zip(rows, answers, strict=True)
        ),
    )
    return answers


def write_rows(path: Path | None, rows: Iterable[dict[str, Any]]) -> None:
    """One JSON line for each, if there is where to write them."""
    if path is not None:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _right(row: dict[str, Any]) -> set[str]:
    """Every right code of a row; none if it has no label."""
    if row.get("accept"):
        return set(row["accept"])
    return {row["code"], *row.get("also", [])} if row.get("code") else set()


def _place(answer: Ranked, right: set[str]) -> int:
    """The place, from 1, of the first right code; 0 if none is ranked."""
    return next((place for place, (code, _) in enumerate(answer.ranking, start=1) if code in right), 0)


def _share(marks: Iterable[bool]) -> float:
    known = list(marks)
    return sum(known) / len(known) if known else 0.0


def _print_decisions(answers: list[Ranked]) -> None:
    for decision in ("sure", "unsure", "outside"):
        print(f"{decision} {_share(answer.decision == decision for answer in answers):.3f}")
