"""The language of a first message, told when it can be, and two in doubt."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understand.language import LANGUAGES, Guess, guess

MESSAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "evaluation" / "language.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("half", ["a", "b"])
def test_the_first_short_sentence_tells_the_language(half: str) -> None:
    """Nine languages, 22 short sentences each in either half: with and without accents, with names, in a hurry."""
    right: dict[str, list[bool]] = defaultdict(list)
    sure_and_wrong = []
    for message in MESSAGES:
        if message["half"] == half and "kind" not in message:
            found = guess(message["text"])
            right[message["lang"]].append(found is not None and found.language == message["lang"])
            if found is not None and found.beside is None and found.language != message["lang"]:
                sure_and_wrong.append(message["text"])
    assert set(right) == set(LANGUAGES)
    assert {language: sum(marks) / len(marks) for language, marks in right.items() if sum(marks) < len(marks) - 1} == {}
    assert sum(map(sum, right.values())) / sum(map(len, right.values())) >= 0.97
    assert sure_and_wrong == []


@pytest.mark.parametrize(
    "text", ["", "ok", "12345", "👍", "a@b.it", "3391234567", "Maria", "R-4F7K", "AB3DEFGH", "ISEE"]
)
def test_too_little_says_no_language(text: str) -> None:
    assert guess(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("мне нужна помощь", Guess("uk", "it")),  # Russian is not one of the nine
        ("ana 3ayez mosa3da", Guess("ar", "it")),  # Arabic, typed in Latin letters
        ("سلام کمک میخوام", Guess("ar", "it")),  # Persian
        ("pizza", Guess("it", "ro")),
    ],
)
def test_in_doubt_there_are_two(text: str, expected: Guess) -> None:
    assert guess(text) == expected


def test_a_digit_that_leans_on_a_word_makes_no_arabic() -> None:
    assert guess("ho una bimba di 3anni e non so come fare") == Guess("it")


@given(st.text(max_size=300))
def test_any_text_has_one_of_the_nine_languages_or_none(text: str) -> None:
    found = guess(text)
    assert found is None or {found.language, found.beside} <= {None, *LANGUAGES}
    assert found is None or found.language != found.beside
