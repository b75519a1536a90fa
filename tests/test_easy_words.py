"""Plain Italian: every sentence that people read is short, made of common words, and easy to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from catalog_store.taxonomy import GROUPS, NEEDS, Group
from dialogs.locale.easy import gulpease, why_hard
from dialogs.locale.extract import ROOT, at_work, sentences


def italian() -> Iterator[tuple[str, str]]:
    """Every Italian text of the program that a citizen may read, and of the taxonomy, with where it is said."""
    for forms, places in sentences().items():
        for text in forms:
            if not at_work(places):
                yield text, ", ".join(places)
    for term in (*GROUPS.values(), *NEEDS.values()):
        for words in (term.text(), term.people()) if isinstance(term, Group) else (term.text(),):
            for text in (words.label, words.row, words.description):
                yield text, term.code


def page() -> Iterator[tuple[str, str]]:
    """What the pages of the web chat say."""
    for path in sorted((ROOT / "bot" / "templates").glob("*.html")):
        for _, inner in re.findall(r"<(p|h1|h2)\b[^>]*>(.*?)</\1>", path.read_text(encoding="utf-8")):
            if text := re.sub(r"\{\{.*?\}\}", "{name}", re.sub(r"<[^>]+>|\{%.*?%\}", "", inner)).strip():
                yield text, path.name


def test_every_italian_text_is_easy() -> None:
    hard = [
        f"{place}: «{text}»: {'; '.join(wrong)}" for text, place in (*italian(), *page()) if (wrong := why_hard(text))
    ]
    assert not hard, "\n".join(["write these more simply:", *hard])


def test_what_people_at_work_read_is_easy_for_who_went_to_school_to_fourteen() -> None:
    said = [form for forms, places in sentences().items() if at_work(places) for form in forms]
    assert not {form: wrong for form in said if (wrong := why_hard(form, at_work=True))}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Le scrivo qui appena c'è una novità.", []),
        ("È necessario recarsi agli uffici.", ["recarsi"]),
        ("Un aiuto erogato dal Comune.", ["erogare"]),
        ("Aspetti presso lo sportello.", ["presso"]),
        ("Le modalità sono tre.", ["modalità"]),
        ("Niente di questo.", []),  # "ente" is a whole word
        (
            "Se lei vuole che io la metta in coda per chi la può sentire al telefono, mi dica a che ora la trovano.",
            ["words in one sentence"],
        ),
        ("L'associazione comunicherà tempestivamente l'accettazione.", ["Gulpease", "tempestivo"]),
    ],
)
def test_what_is_hard_is_said_with_the_reason(text: str, why: list[str]) -> None:
    found = why_hard(text)
    assert [any(reason in one for one in found) for reason in why] == [True] * len(why)
    assert bool(found) is bool(why)


def test_the_index_is_the_published_one() -> None:
    """Counted by hand: one sentence, 9 words, 30 letters. What goes beyond 100 is 100."""
    assert gulpease("Oggi la nonna resta da noi e poi torna.") == pytest.approx(89 + (300 * 1 - 10 * 30) / 9)
    assert gulpease("Che cosa serve?") == 100


def test_a_name_counts_as_a_common_word_and_a_colon_ends_no_sentence() -> None:
    assert gulpease("La {organization} va bene") == gulpease("La {to} va bene")
    assert gulpease("Ecco la risposta: arriva oggi alle nove") < gulpease("Ecco la risposta. Arriva oggi alle nove")
