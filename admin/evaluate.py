"""`python -m admin evaluate`: how well messages are understood, on any file of labelled or unlabelled ones.

It needs no database and no settings. One JSON object per line: "text", and if known "accept" (every right code) or
"code" with "also"; for danger "kind". Blank lines are skipped. `--compare` needs no file: it sets several ways of
ranking beside each other by cross-validation on the messages that the shipped one is trained on.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from dialogs.understand.needs import Ranked

app = typer.Typer(no_args_is_help=True, help="Measure understanding on a file of messages.")
_MEASURED_AS = {"stories": "needs", "outside": "offtopic"}
VECTORS = Path(tempfile.gettempdir()) / "tessere-vectors"  # sentence vectors of the training messages, between runs
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One JSON object per line.")]
TOGETHER = 64  # messages whose sentences are encoded in one batch
Out = Annotated[Path | None, typer.Option("--predictions", dir_okay=False, help="Write one JSON line per message.")]


@app.callback(invoke_without_command=True)
def ways(
    *,
    compare: Annotated[bool, typer.Option("--compare", help="Compare ways of ranking by cross-validation.")] = False,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="What fails in it, by kind, need and topic.")] = False,
    cache: Annotated[Path, typer.Option(help="Where sentence vectors are kept between runs.")] = VECTORS,
) -> None:
    """Measure understanding on a file of messages."""
    if compare or mistakes:
        from admin.compare import print_comparison, print_mistakes
        from dialogs.understand.training.corpus import DATA

        (print_comparison if compare else print_mistakes)(DATA, cache)
        raise typer.Exit


@app.command()
def needs(file: File, predictions: Out = None) -> None:
    """Top-1, top-3 and mean reciprocal rank of the right needs, and the share lost as outside."""
    rows = read_rows(file)
    answers = _ranked(rows, predictions)
    labelled = [row for row in rows if _right(row)]
    places = [_place(answer, right) for row, answer in zip(rows, answers, strict=True) if (right := _right(row))]
    print(f"messages {len(rows)}, labelled {len(places)}")
    if places:
        print(f"top-1 {_share(place == 1 for place in places):.3f}")
        print(f"top-3 {_share(0 < place <= 3 for place in places):.3f}")  # noqa: PLR2004 (the figure's own name)
        print(f"mean reciprocal rank {sum(1 / place for place in places if place) / len(places):.3f}")
        _print_by_language([(row.get("lang"), place) for row, place in zip(labelled, places, strict=True)])
    _print_decisions(answers)


@app.command()
def folder(path: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="With *.jsonl in it.")]) -> None:
    """Every file of a folder, by what its name begins with: needs, stories, offtopic, outside, crisis, ..."""
    measures = {one.callback.__name__: one.callback for one in app.registered_commands if one.callback}
    for file in sorted(path.glob("*.jsonl")):
        kind = re.split(r"[-_.]", file.name)[0]
        print(f"\n{file.name}")
        if measure := measures.get(_MEASURED_AS.get(kind, kind)):
            measure(file)
        else:
            print(f"nothing measures {kind}")


@app.command()
def offtopic(file: File, predictions: Out = None) -> None:
    """The share of messages that are recognised as covered by no need."""
    _print_decisions(_ranked(read_rows(file), predictions))


@app.command()
def crisis(file: File, predictions: Out = None) -> None:
    """Dangers missed, taken for another kind, and seen where there are none."""
    from dialogs import safety

    rows = read_rows(file)
    texts = [row["text"] for row in rows]
    groups = [texts[i : i + TOGETHER] for i in range(0, len(texts), TOGETHER)]
    found = [danger for group in groups for danger in safety.check_many(group)]
    write_rows(
        predictions,
        (
            {"text": row["text"], "kind": danger.kind if danger else None, "level": danger.level if danger else None}
            for row, danger in zip(rows, found, strict=True)
        ),
    )
    labelled = [(row, danger) for row, danger in zip(rows, found, strict=True) if {"crisis", "kind"} & row.keys()]
    real = [(row, danger) for row, danger in labelled if _is_danger(row)]
    harmless = [danger for row, danger in labelled if not _is_danger(row)]
    print(f"messages {len(rows)}, labelled {len(labelled)}")
    print(f"recognised as danger {_share(danger is not None for danger in found):.3f}")
    if real:
        print(f"dangers recognised {_share(danger is not None for _, danger in real):.3f} of {len(real)}")
        kinds = [danger.kind == row.get("kind") for row, danger in real if danger]
        print(f"of those, of the right kind {_share(kinds):.3f}")
        levels = [danger.level == row["level"] for row, danger in real if danger and row.get("level")]
        if levels:
            print(f"of those, of the right level {_share(levels):.3f}")
        print(f"of those, asked and not asserted {_share(not danger.sure for _, danger in real if danger):.3f}")
        for kind in dict.fromkeys(row.get("kind") for row, _ in real):
            mine = [danger is not None for row, danger in real if row.get("kind") == kind]
            print(f"  {kind or 'today'}: recognised {_share(mine):.3f} of {len(mine)}")
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


def _is_danger(row: dict[str, Any]) -> bool:
    return bool(row.get("kind") or row.get("crisis") or row.get("level"))


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


def _print_by_language(places: list[tuple[str | None, int]]) -> None:
    """Top-1 and top-3 of each language, when there are several."""
    languages = sorted({language for language, _ in places if language}, key=lambda name: (name != "it", name))
    for language in languages if len(languages) > 1 else ():
        own = [place for name, place in places if name == language]
        among = _share(0 < place <= 3 for place in own)  # noqa: PLR2004 (as above)
        print(f"  {language} {len(own)}: top-1 {_share(place == 1 for place in own):.3f} top-3 {among:.3f}")


def _share(marks: Iterable[bool]) -> float:
    known = list(marks)
    return sum(known) / len(known) if known else 0.0


def _print_decisions(answers: list[Ranked]) -> None:
    for decision in ("sure", "unsure", "outside"):
        print(f"{decision} {_share(answer.decision == decision for answer in answers):.3f}")
