"""Courtesy is answered shortly, and never eats a need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.small_talk import REPLIES, hear


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ciao", "greeting"),
        ("/start", "greeting"),
        ("Buongiorno a tutti!", "greeting"),
        ("grazieeee mille!!", "thanks"),
        ("ok grazie", "thanks"),
        ("va bene", "ok"),
        ("👍🏽", "ok"),
        ("pronto?", "present"),
        ("buonasera, c'è nessuno?", "present"),
        ("arrivederci e grazie", "bye"),
        ("sei proprio stupido", "insult"),
        ("non capisci niente", "insult"),
        ("mi serve una mano", "vague"),
        ("Buongiorno, un aiuto per favore", "vague"),
        ("non so come fare", "vague"),
        ("Non so più cosa fare, aiutatemi", "vague"),
        ("siamo in difficoltà, non so a chi rivolgermi", "vague"),
        ("I don't know what to do", "vague"),
        ("je ne sais pas quoi faire", "vague"),
        ("我不知道怎么办", "vague"),
        ("لا أعرف ماذا أفعل", "vague"),
        ("Не знаю, що робити", "vague"),
        ("ciao, chi sei?", "who_are_you"),
        ("are you a robot?", "who_are_you"),
        ("mulțumesc", "thanks"),
        ("你好", "greeting"),
        ("السلام عليكم", "greeting"),
        ("добрий день", "greeting"),
        ("faleminderit", "thanks"),
    ],
)
def test_small_talk_has_its_kind(text: str, kind: str) -> None:
    assert hear(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "ciao, cerco un dentista",
        "grazie, mi serve la spesa",
        "non so come fare con le bollette",
        "una mano per il trasloco",
        "sono stupida, ho perso la chiave",
        "3",
        "",
        "?",
        "🐈",
    ],
)
def test_a_message_that_says_more_is_not_small_talk(text: str) -> None:
    assert hear(text) is None


def test_each_kind_is_answered_in_three_ways_and_formally() -> None:
    for replies in REPLIES.values():
        assert len(set(replies)) == 3
        assert not any(
            word in str(reply).lower().split() for reply in replies for word in ("tu", "ti", "tuo", "puoi", "chiamarti")
        )


@given(st.text(max_size=200))
def test_any_text_is_small_talk_of_a_known_kind_or_none(text: str) -> None:
    assert hear(text) in {None, *REPLIES}
