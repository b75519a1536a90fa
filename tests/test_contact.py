"""A name, a telephone number, both or neither, in one answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.contact import Contact, Reach
from dialogs.locale import spoken
from dialogs.talk import Heard, Problem
from dialogs.understand.clauses import clauses

HEARD = Heard(datetime(2026, 3, 10, 9, tzinfo=UTC))
QUESTION = Contact("Come la chiamo?")


@pytest.mark.parametrize(
    ("written", "reach"),
    [
        ("Anna", Reach("Anna")),
        ("mi chiamo Anna Bianchi", Reach("Anna Bianchi")),
        ("Buongiorno, sono Anna", Reach("Anna")),
        ("Anna, 333 123 4567", Reach("Anna", "+393331234567")),
        ("sono Anna e il mio numero è 333.123.45.67", Reach("Anna", "+393331234567")),
        ("333-1234567 Anna", Reach("Anna", "+393331234567")),
        ("+40 721 234 567", Reach("", "+40721234567")),
        ("sì, 055 123 4567", Reach("", "+390551234567")),
        ("my name is Anna, phone 055 123 4567", Reach("Anna", "+390551234567")),
        ("je m'appelle Anna et mon numéro est 333 123 4567", Reach("Anna", "+393331234567")),
        ("мене звати Олена, телефон 333 123 4567", Reach("Олена", "+393331234567")),
    ],
)
def test_a_name_and_a_number_are_found_however_they_are_written(written: str, reach: Reach) -> None:
    assert QUESTION.read(written, HEARD) == reach


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("...", "né un nome né un numero"),
        ("sì", "né un nome né un numero"),
        ("oui", "né un nome né un numero"),
        ("так", "né un nome né un numero"),
        ("perché lo volete sapere?", "né un nome né un numero"),
        ("a" * 61, "lungo per un nome"),
        ("vorrei che mi scriveste soltanto la mattina presto", "lungo per un nome"),
        ("Anna, 333 12345678901234567", "numero"),
        ("Anna 333 123 4567 o 055 123 4567", "più di un numero"),
    ],
)
def test_what_cannot_be_taken_says_why_with_an_example(written: str, why: str) -> None:
    problem = QUESTION.read(written, HEARD)
    assert isinstance(problem, Problem)
    assert why in spoken(problem.text, "it")
    assert problem.example


@given(st.text(max_size=2000))
def test_any_text_is_taken_or_refused(text: str) -> None:
    answer = QUESTION.read(text, HEARD)
    assert isinstance(answer, Problem) or QUESTION.accepts(answer)


def test_a_list_of_wishes_is_taken_apart_and_a_story_is_not() -> None:
    assert clauses("cerco un doposcuola per mio figlio e la spesa a casa per mia nonna") == (
        "cerco un doposcuola per mio figlio",
        "la spesa a casa per mia nonna",
    )
    assert clauses("pane e latte") == ()
    assert clauses("prima questo. " * 9) == ()
