"""Several of a list: by taps, by numbers, by names in one message; corrected without choosing all of it again."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.choosing import Several, several
from dialogs.questions import Text
from dialogs.replies import Answered, Reply
from dialogs.talk import Option, ask
from tests.playing import Talk

AMONG = (
    Option("all", "Tutto il comune"),
    Option("capalle", "Capalle"),
    Option("rosi", "Il Rosi", also=("Rosi",)),
    Option("limite", "Limite"),
)
ZONES = Several("In quali zone?", AMONG, ("all",), label="Le zone")


async def asked(subject: str) -> None:
    del subject
    await several("zone", ZONES)
    await ask("nota", Text("Una nota?"))


def chosen(talk: Talk) -> tuple[Any, ...]:
    kept = talk.journal["answers"]["zone"]
    return kept["ids"], kept["closed"]


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        (["Capalle", "Il Rosi"], ["capalle", "rosi"]),
        (["2, 3"], ["capalle", "rosi"]),
        (["capale e rosi"], ["capalle", "rosi"]),
        (["Limite", "Capalle e Limite"], ["limite", "capalle"]),
    ],
)
def test_what_is_chosen_grows_until_that_is_all(said: list[str], ids: list[str]) -> None:
    talk = Talk(asked)
    assert talk.say(*said).key == "zone"
    assert "Finora" in talk.bubble.text
    assert talk.say("Basta così").key == "nota"
    assert chosen(talk) == (ids, True)


def test_what_stands_for_all_ends_it_at_once() -> None:
    talk = Talk(asked)
    assert talk.say("tutto il comune").key == "nota"
    assert chosen(talk) == (["all"], True)


@pytest.mark.parametrize("said", ["Prato", "2, 9", "?"])
def test_what_is_not_in_the_list_is_not_taken(said: str) -> None:
    talk = Talk(asked)
    assert not isinstance(talk.hear(Reply(said)), Answered)


def test_corrected_it_keeps_what_was_chosen_or_begins_again() -> None:
    talk = Talk(asked)
    talk.say("Capalle", "Basta così")
    talk.correct("zone")
    talk.say("Limite", "Basta così")
    assert chosen(talk) == (["capalle", "limite"], True)
    talk.correct("zone")
    talk.say("Scelgo da capo", "Il Rosi", "Basta così")
    assert chosen(talk) == (["rosi"], True)
