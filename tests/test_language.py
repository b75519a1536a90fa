"""The language of a message is told when there is enough of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understand.language import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cerco qualcuno che porti la spesa a mia madre", "it"),
        ("caut pe cineva care sa aiute copilul la lectii", "ro"),
        ("kërkoj një kurs italisht për fillestarë", "sq"),
        ("我需要有人帮我填表", "zh"),
        ("أبحث عن دورة لتعلم اللغة الإيطالية", "ar"),
        ("I am looking for a place to sleep tonight", "en"),
        ("necesito ayuda con la comida de mis hijos", "es"),
        ("шукаю курси італійської мови", "uk"),
        ("je cherche un lit pour cette nuit s'il vous plaît", "fr"),
    ],
)
def test_each_of_the_nine_languages_is_recognised(text: str, language: str) -> None:
    assert language_of(text, None) == language


@pytest.mark.parametrize("text", ["", "ok", "ciao", "12345", "👍", "a@b.it", "3391234567", "Maria"])
def test_too_little_says_no_language(text: str) -> None:
    assert language_of(text, None) is None


def test_a_known_language_is_not_left_for_a_doubt() -> None:
    assert language_of("parent training ADHD", None) == "en"
    assert language_of("parent training ADHD", "it") is None


@given(st.text(max_size=300), st.sampled_from([None, *LANGUAGES]))
def test_any_text_has_one_of_the_nine_languages_or_none(text: str, known: str | None) -> None:
    assert language_of(text, known) in {None, *LANGUAGES}
