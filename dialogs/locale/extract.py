"""Every sentence that people read, found in the code that says it: what is typed as `Words` is said.

A string is a sentence where it is given for a parameter, a field, a variable or a result of that type, directly or
through a variable of the same function or module. Numbers to call have their words in their own dated file. Terms of
the taxonomy and the catalogue are data: each carries its own languages, and none is found here.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("dialogs", "bot", "admin")
_SPEAKS = re.compile(  # modules that say
    r"^from dialogs\.words import|^from dialogs\.talk import .*\bOption\b|^class (Dialogue|Phrase)\b", re.MULTILINE
)
_WORDS = re.compile(r"\b(Words|Phrase)\b")
_BUILDERS = {"phrase": {"msgid"}, "Phrase": {"msgid", "plural"}, "Dialogue": {"title"}}  # typed str, and yet said
# Modules that speak only with people at work, associations and operators: in Italian and English, in their own terms.
AT_WORK = frozenset({
    "association", "association_lists", "association_questions", "association_words", "applying", "approval",
    "approving", "bodies", "choosing", "enrolling", "offer", "offer_menu", "offer_questions", "offer_updates",
    "offer_words", "offering", "pact", "still_true",
})  # fmt: skip

Sentence = tuple[str, ...]  # one form, or those for one and for many


@dataclass(frozen=True)
class Parameters:
    """What a function or a class takes, by position, and which of it is said; `rest`: every other position is."""

    order: tuple[str, ...]
    said: frozenset[str]
    rest: bool = False


def sentences(root: Path = ROOT) -> dict[Sentence, list[str]]:
    """Every sentence of the program in the order of its files, with the places that say it: module, or module.key."""
    sources = {
        path: path.read_text(encoding="utf-8") for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))
    }
    modules = {path: ast.parse(text) for path, text in sources.items() if _SPEAKS.search(text)}
    takes = _takes(modules.values())
    found: dict[Sentence, list[str]] = {}
    for path, tree in modules.items():
        name = path.parent.name if path.stem == "__init__" else path.stem
        _Module(tree, name, takes, found).visit(tree)
    for row in tomllib.loads((root / "dialogs" / "helplines.toml").read_text(encoding="utf-8"))["helpline"]:
        found.setdefault((row["what"],), ["helplines"])
    return found


def at_work(places: Iterable[str]) -> bool:
    """Is it said to people at work only?"""
    return all(place.partition(".")[0] in AT_WORK for place in places)


class _Module(ast.NodeVisitor):
    """Goes through one module and adds to `found` what it says."""

    def __init__(
        self, tree: ast.Module, name: str, takes: dict[str, list[Parameters]], found: dict[Sentence, list[str]]
    ) -> None:
        self.name, self.takes, self.found = name, takes, found
        self.key = ""  # of the question that is being asked
        self.scopes = [_assigned(tree)]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scopes.append(_assigned(node))
        if _is_said(node.returns):
            for inner in _within(node):
                if isinstance(inner, ast.Return):
                    self._said(inner.value)
        self.generic_visit(node)
        self.scopes.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  the same

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if _is_said(node.annotation):
            self._said(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name, outer = _name(node.func), self.key
        if name == "ask" and node.args:
            self.key = _key(node.args[0])
        if name == "plural":
            self._found(tuple(str(arg.value) for arg in node.args[:2] if isinstance(arg, ast.Constant)))
        for parameters in self.takes.get(name, ()):
            named = [(keyword.arg, keyword.value) for keyword in node.keywords]
            placed = list(zip(parameters.order, node.args, strict=False))
            for _, value in (pair for pair in (*placed, *named) if pair[0] in parameters.said):
                self._said(value)
            for value in node.args[len(parameters.order) :] if parameters.rest else ():
                self._said(value)
        self.generic_visit(node)
        self.key = outer

    def _said(self, node: ast.expr | None, through: frozenset[str] = frozenset()) -> None:
        """This value is said: find the sentences that it may be."""
        match node:
            case ast.Constant(value=str() as text) if text:
                self._found((text,))
            case ast.Name(id=name) if name not in through:
                scope = next((scope for scope in reversed(self.scopes) if name in scope), {})
                for value in scope.get(name, ()):
                    self._said(value, through | {name})
            case ast.Starred(value=value) | ast.NamedExpr(value=value):
                self._said(value, through)
            case ast.IfExp() | ast.BoolOp() | ast.Tuple() | ast.List() | ast.Dict():
                for value in _alternatives(node):
                    self._said(value, through)
            case ast.Subscript(value=ast.Dict() | ast.Name() as table):  # one of a table
                self._said(table, through)
            case ast.Call(func=ast.Attribute(value=ast.Dict() | ast.Name() as table, attr="get"), args=args):
                for value in (table, *args[1:]):
                    self._said(value, through)

    def _found(self, sentence: Sentence) -> None:
        place = f"{self.name}.{self.key}" if self.key else self.name
        places = self.found.setdefault(sentence, [])
        if place not in places:
            places.append(place)


def _alternatives(node: ast.IfExp | ast.BoolOp | ast.Tuple | ast.List | ast.Dict) -> Iterable[ast.expr]:
    match node:
        case ast.IfExp():
            return node.body, node.orelse
        case ast.BoolOp() | ast.Dict():
            return node.values
    return node.elts


def _takes(modules: Iterable[ast.Module]) -> dict[str, list[Parameters]]:
    """What every function, method and class of the modules takes, by its bare name."""
    takes: dict[str, list[Parameters]] = defaultdict(list)
    nodes = [node for module in modules for node in ast.walk(module)]
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            order = tuple(arg.arg for arg in (*given.posonlyargs, *given.args) if arg.arg not in ("self", "cls"))
            every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
            said = {arg.arg for arg in every if _is_said(arg.annotation)} | _BUILDERS.get(node.name, set())
            rest = given.vararg is not None and _is_said(given.vararg.annotation)
            parameters = Parameters(order, frozenset(said), rest)
        elif isinstance(node, ast.ClassDef):
            fields = list(_fields(node, classes))
            said = {name for name, _, is_said in fields if is_said} | _BUILDERS.get(node.name, set())
            parameters = Parameters(tuple(name for name, placed, _ in fields if placed), frozenset(said))
        else:
            continue
        if parameters.said or parameters.rest:
            takes[node.name].append(parameters)
    return takes


def _fields(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, bool, bool]]:
    """The fields of a dataclass, its bases' first: name, whether it can be given by position, whether it is said."""
    for base in node.bases:
        known = classes.get(_name(base.value if isinstance(base, ast.Subscript) else base))
        if known is not None and known is not node:
            yield from _fields(known, classes)
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            placed = not (isinstance(line.value, ast.Call) and any(one.arg == "kw_only" for one in line.value.keywords))
            yield line.target.id, placed and "ClassVar" not in ast.unparse(line.annotation), _is_said(line.annotation)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name of a module or a function may be."""
    values: dict[str, list[ast.expr]] = defaultdict(list)
    for node in _within(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                values[target.id].append(value)
    return values


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module or a function, without those of the functions and classes inside it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield node
            yield from _within(node)


def _is_said(annotation: ast.expr | None) -> bool:
    return annotation is not None and bool(_WORDS.search(ast.unparse(annotation)))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _key(node: ast.expr) -> str:
    """The name of an answer; of one that is put together, the part that is written."""
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        return next((part.strip(".") for part in parts if part.strip(".")), "")
    return str(node.value) if isinstance(node, ast.Constant) else ""
