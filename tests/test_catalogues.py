"""The catalogues hold what the code says, all of it and nothing else, and what is compiled is what was written."""

from __future__ import annotations

import ast
import gettext
import re
import string
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from dialogs import locale
from dialogs.locale import LANGUAGES, catalogues, spoken, translated
from dialogs.locale.extract import ROOT, Sentence, sentences
from dialogs.words import Each, Moment, Verbatim, Weighty, Written, phrase
from dialogs.words import sentences as word_after_word

SAID = sentences()
OTHERS = [language for language in LANGUAGES if language != "it"]
NOT_SAID = {"per niente", "non ora", "non merci"}  # ways of answering no
ITALIAN = re.compile(r"(?i)\b(il|la|le|lo|un|una|di|che|non|per|suo|sua|sono|è)\b .|\w l['’]\w")


def placed(catalogue: Catalog) -> dict[tuple[str | None, Sentence], object]:
    return {
        (message.context, (message.id,) if isinstance(message.id, str) else tuple(message.id)): message.string
        for message in catalogues.entries(catalogue)
    }


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_catalogue_holds_what_the_code_says_and_nothing_else(language: str) -> None:
    missing = placed(catalogues.levelled(language)).keys() ^ placed(catalogues.kept(language)).keys()
    assert not missing, "run `python -m dialogs.locale`"


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_that_is_offered_is_complete(language: str) -> None:
    assert catalogues.wanting(catalogues.kept(language)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_was_written(language: str) -> None:
    path = catalogues.path_of(language)
    read = gettext.GNUTranslations(BytesIO(path.with_suffix(".mo").read_bytes()))
    for message in catalogues.entries(catalogues.kept(language)):
        if isinstance(message.id, str):
            said = read.pgettext(message.context, message.id) if message.context else read.gettext(message.id)
            assert said == message.string
        else:
            one, many = message.id
            assert {read.ngettext(one, many, n) for n in range(200)} == set(message.string or ())


def test_english_is_spoken() -> None:
    assert "en" in LANGUAGES


def test_a_new_language_is_one_more_file_and_is_compiled_when_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    assert len(catalogues.refresh("fr")) == len(catalogues.said_in("fr"))
    compiled = catalogues.path_of("fr").with_suffix(".mo")
    assert not compiled.exists()
    begun = catalogues.kept("fr")
    for message in catalogues.entries(begun):
        message.string = message.id
    catalogues.write("fr", begun)
    assert catalogues.refresh("fr") == []
    assert compiled.exists()


@pytest.mark.parametrize(
    ("translation", "wrong"),
    [
        ("", "not translated"),
        ("Done", "the names must be code"),
        ("Done: {codice}", "the names must be code"),
        ("Done: {code}", None),
    ],
)
def test_a_translation_names_what_the_sentence_names(translation: str, wrong: str | None) -> None:
    catalogue = Catalog(locale="en")
    catalogue.add("Fatto: {code}", translation)
    assert [left.partition(":")[0] for left in catalogues.wanting(catalogue)] == ([wrong] if wrong else [])


def test_every_entry_is_a_draft_until_somebody_has_checked_it() -> None:
    catalogue = Catalog(locale="en", fuzzy=False)
    catalogue.add("Chiami il 112.", "Call 112.", user_comments=["checked by A. Reader, 2026-11-27"])
    catalogue.add("Va bene così?", "Is that all right?", user_comments=["draft"])
    catalogue.add("Il posto", "The place", user_comments=["looks good to me"])
    assert [left.partition(":")[0] for left in catalogues.wanting(catalogue)] == [
        "the mark must be `draft` or `checked by NAME, YEAR-MONTH-DAY`"
    ]
    read = gettext.GNUTranslations(BytesIO(catalogues.compiled(catalogue)))
    assert read.pgettext("checked by", "Chiami il 112.") == "checked by A. Reader, 2026-11-27"
    assert read.pgettext("checked by", "Va bene così?") == "Va bene così?"


@pytest.mark.parametrize("language", OTHERS)
def test_every_entry_of_a_language_that_is_offered_carries_a_mark(language: str) -> None:
    assert [message.id for message in catalogues.entries(catalogues.kept(language)) if not message.user_comments] == []


def test_a_sentence_that_was_reworded_is_a_draft_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    begun = catalogues.levelled("fr")
    begun.add("Il suo bisognoo", "Votre besoin", user_comments=["checked by A. Reader, 2026-11-27"])
    kept = begun["Il menu"]
    kept.string, kept.user_comments = "Le menu", ["checked by A. Reader, 2026-11-27"]
    begun.delete("Il suo bisogno")
    catalogues.write("fr", begun)
    today = catalogues.levelled("fr")
    reworded, same = today.get("Il suo bisogno"), today.get("Il menu")
    assert reworded is not None
    assert same is not None
    assert (reworded.string, reworded.user_comments) == ("Votre besoin", ["draft"])
    assert (same.string, same.user_comments) == ("Le menu", ["checked by A. Reader, 2026-11-27"])


def test_what_much_depends_on_has_the_italian_below_while_it_is_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Weighty(phrase("Se il pericolo è adesso, chiami subito il {number}.", number="112"))
    draft = "If the danger is now, call 112 straight away.\nSe il pericolo è adesso, chiami subito il 112."
    assert spoken(call, "en") == draft
    assert spoken(call, "it") == "Se il pericolo è adesso, chiami subito il 112."
    catalogue = Catalog(locale="en", fuzzy=False)
    checked = "checked by A. Reader, 2026-11-27"
    catalogue.add(
        "Se il pericolo è adesso, chiami subito il {number}.", "If it is now, call {number}.", user_comments=[checked]
    )
    read = gettext.GNUTranslations(BytesIO(catalogues.compiled(catalogue)))
    monkeypatch.setattr(locale, "_catalogue", lambda _: read)
    assert spoken(call, "en") == "If it is now, call 112."


def test_in_arabic_a_name_and_a_number_keep_their_own_direction() -> None:
    said = spoken(phrase("{code}: {need}.", code="R-4F7K", need=Verbatim("La Sporta Amica")), "ar")
    assert said == "\u2068R-4F7K\u2069: \u2068La Sporta Amica\u2069."
    called = spoken(word_after_word("No", Verbatim("803 164"), Verbatim("")), "ar")
    assert called.endswith(" \u2068803 164\u2069"), "its groups would be read from right to left"


def test_what_somebody_wrote_is_never_translated_and_says_its_language_to_who_reads_another() -> None:
    bring = phrase("Da portare: {bring}.", bring=Written("la lista della spesa", "it"))
    assert spoken(bring, "it") == "Da portare: la lista della spesa."
    assert spoken(bring, "en") == "What to bring: la lista della spesa (Italian)."
    assert "意大利语" in spoken(bring, "zh")
    assert "\u2068la lista della spesa\u2069" in spoken(bring, "ar")


def test_a_place_may_have_words_of_its_own() -> None:
    catalogue = Catalog(locale="en", fuzzy=False)
    catalogue.add("Il posto", "The place")
    catalogue.add("Il posto", "The job", context="task")
    catalogue.add("Il posto", "The seat", context="webinar.posto")
    read = gettext.GNUTranslations(BytesIO(catalogues.compiled(catalogue)))
    said = {place: translated(read, "Il posto", place) for place in ("webinar.posto", "webinar.ora", "task.posto", "")}
    assert said == {"webinar.posto": "The seat", "webinar.ora": "The place", "task.posto": "The job", "": "The place"}


def test_data_has_its_own_words_and_days_those_of_their_language() -> None:
    from datetime import UTC, datetime

    meal = Each({"it": "Mensa", "en": "Hot meals"}.__getitem__)
    at = datetime(2026, 3, 10, 15, 5, tzinfo=UTC)
    assert spoken(phrase("{code}: {need}.", code="R-1", need=meal), "en") == "R-1: Hot meals."
    assert [spoken(Moment(when), "it") for when in (at, at.date(), at.timetz())] == [
        "martedì 10 marzo alle 15.05", "martedì 10 marzo", "15.05",
    ]  # fmt: skip
    assert [spoken(Moment(when), "en") for when in (at, at.date(), at.timetz())] == [
        "Tuesday, 10 March at 15:05", "Tuesday, 10 March", "15:05",
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------- finding the sentences

WORDS = """
class Phrase:
    msgid: str
    plural: str | None = None
def phrase(msgid: str, **named): ...
def plural(one: str, many: str, n: int): ...
def say(text: Words, **named): ...
def ask(key: str, question): ...
class Question:
    text: Words
    label: Words = field(default="", kw_only=True)
class Choice(Question):
    among: tuple[Option, ...] = ()
    yes: Words = "Sì"
class Option:
    id: str
    label: Words
    also: tuple[str, ...] = ()
def lines(*parts: Words): ...
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("say('Buongiorno')", {"Buongiorno"}),
        ("say('Sì' if sure else 'No')", {"Sì", "No"}),
        ("say(phrase('Per {name}', name='Anna'))", {"Per {name}"}),
        (
            "Choice('Dove?', label='Il posto', among=(Option('here', 'Qui', also=('qua',)),))",
            {"Dove?", "Il posto", "Qui"},
        ),
        ("plural('{n} posto', '{n} posti', 3)", {"{n} posto", "{n} posti"}),
        ("lines('Uno', '', other or 'Due')", {"Uno", "Due"}),
        ("text = 'Quando?'\nChoice(text)", {"Quando?"}),
        ("def f():\n    wrong = 'Più di uno' if n else ''\n    say(wrong or 'Niente')", {"Più di uno", "Niente"}),
        ("NAMES: dict[str, Words] = {'a': 'Alba'}", {"Alba"}),
        ("NAMES = {'a': 'Alba'}\nphrase(NAMES.get(x, 'Altro'))", {"Alba", "Altro"}),
        ("def f() -> Words:\n    return {'a': 'vicino'}.get(x, 'lontano')", {"vicino", "lontano"}),
        ("ids = ('uno', 'due')\nsend('tre')\nask('key', x)", set()),
    ],
)
def test_what_is_said_is_found(code: str, found: set[str], tmp_path: Path) -> None:
    folder = tmp_path / "dialogs"
    folder.mkdir()
    (folder / "helplines.toml").write_text("helpline = []")
    (folder / "words.py").write_text(WORDS)
    (folder / "task.py").write_text(f"from dialogs.words import say\n{code}\n")
    assert {form for sentence in sentences(tmp_path) for form in sentence} - {"Sì"} == found - {"Sì"}


def test_places_are_named_by_dialogue_and_key() -> None:
    assert "need.voce" in SAID[("Che cosa serve?",)]
    assert SAID[("emergenze di ogni tipo",)] == ["helplines"]


def texts(path: Path) -> Iterator[str]:
    """Every text in a module, but for documentation, other names of options, errors of authors."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out: list[ast.AST] = [
        node for node in ast.walk(tree) if isinstance(node, ast.Expr | ast.Raise) and not calls(node)
    ]
    left_out += [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "also"]
    unsaid = {id(inner) for node in left_out for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unsaid:
            yield node.value


def calls(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)


@pytest.mark.parametrize("path", sorted((ROOT / "dialogs").glob("*.py")), ids=lambda path: path.stem)
def test_no_italian_text_of_a_dialogue_is_missed(path: Path) -> None:
    read_like_italian = {text for text in texts(path) if ITALIAN.search(text) and not re.search(r"\n|\\b", text)}
    assert read_like_italian - {form for sentence in SAID for form in sentence} - NOT_SAID == set()


def test_a_sentence_within_a_sentence_is_never_a_bare_text() -> None:
    """A bare text given for a name is data, and is said as it is: what is to be translated is a phrase."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "dialogs").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    bare = {
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.returns
        and re.search(r"\bWords\b", ast.unparse(node.returns)) and any(map(says_bare, ast.walk(node)))
    }  # fmt: skip
    given = [
        ast.unparse(keyword)
        for node in nodes
        if isinstance(node, ast.Call) and name_of(node) in {"phrase", "say", "plural"}
        for keyword in node.keywords
        for value in ast.walk(keyword.value)
        if (isinstance(value, ast.Call) and name_of(value) in bare) or (is_text(value) and value is keyword.value)
    ]
    assert [text for text in given if not re.search(r"='[\d ]*'$", text)] == []


def says_bare(node: ast.AST) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    value = node.value
    return any(map(is_text, (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)))


def is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(c in string.ascii_letters for c in node.value)
    )


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
