"""Every text of every dialogue: labels within the channels' limits in every language, names that are all given."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialogs.locale import LANGUAGES, spoken
from dialogs.screens import DESCRIPTION, LABEL, ROW

DIALOGS = Path(__file__).parent.parent / "dialogs"
FILES = sorted(path.relative_to(DIALOGS) for path in DIALOGS.glob("*.py"))
TAPPED = {"skip", "yes", "no", "another", "enough"}  # what a question calls its own options
PHRASES = {"phrase": 1, "say": 1, "plural": 2}  # how many sentences come first


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse((DIALOGS / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def labels(path: Path) -> Iterator[tuple[str, int]]:
    """Every text written in an Option, or as a question's skip, with the characters it may have."""
    for call in calls(path, "Option"):
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        placed = dict(zip(("id", "label", "row", "description"), call.args, strict=False))
        for name, most in (("label", LABEL), ("row", ROW), ("description", DESCRIPTION)):
            if text := text_of(placed.get(name) or named.get(name)):
                yield text, most
    for node in ast.walk(ast.parse((DIALOGS / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg in TAPPED and (text := text_of(node.value)):
            yield text, LABEL


LABELS = [(path, text, most) for path in FILES for text, most in sorted(set(labels(path)))]


def test_the_labels_are_found() -> None:
    assert len(LABELS) > 3


def test_every_label_fits_in_every_language() -> None:
    wrong = [
        f"{path} {text!r} [{language}]: {len(said)} characters, of {most}"
        for path, text, most in LABELS
        for language in LANGUAGES
        if not 1 <= len(said := spoken(text, language)) <= most
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_name_in_a_sentence_is_given(path: Path) -> None:
    missing = []
    for call in calls(path, *PHRASES):
        function = call.func.id if isinstance(call.func, ast.Name) else ""
        given = {keyword.arg for keyword in call.keywords} | ({"n"} if function == "plural" else set())
        texts = [text for text in map(text_of, call.args[: PHRASES[function]]) if text]
        wanted = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        if None not in given and not wanted <= given and (given or function != "say"):
            missing.append(f"line {call.lineno}: {sorted(wanted - given)}")
    assert missing == []
