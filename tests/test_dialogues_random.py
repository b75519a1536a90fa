"""However somebody taps and writes, no dialogue breaks, falls silent or shows a label that a channel would cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_store import referrals
from dialogs import REGISTER
from dialogs.screens import DESCRIPTION, LABEL, ROW
from tests.chat import Chat
from tests.forms import open_call
from tests.houses import opened
from tests.towns import Town

STEPS = 30
WRITTEN = (
    "ho bisogno di un pacco di alimenti", "un aiuto", "che tempo fa domani?", "Anna, 333 123 4567", "domani", "alle 15",
    "333 123 4567", "80016750483", "Il Filo ODV", "82", "Capalle", "Va bene, grazie mille", "?", "7",
)  # fmt: skip
SILENT = ("passed_on",)  # it says what there is to pass on, and to a citizen there is nothing
ALONE = [name for name in REGISTER if name not in ("news", "survey", "respond", "joined", "erase", *SILENT)]
SINCE = {"known": "2026-03-10T09:00:00+00:00", "gap": "2026-03-10T09:00:00+00:00"}  # what they begin from
NAMES = count()
MOVES = st.lists(st.one_of(st.integers(0, 11), st.sampled_from(WRITTEN)), min_size=8, max_size=STEPS)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with opened(f"sqlite:///{folder / 'tessere.db'}", folder) as house:
        made = Town(house.store)
        for number in range(5):
            made.offer(
                "La Spesa" if number % 2 else "Il Ponte", f"Pacco {number}", "poverta.generi_alimentari", age_to=60
            )
        made.offer("Il Ponte", "Con lo sportello", "poverta.generi_alimentari", access="social_service", cost="2 euro")
        made.offer("Insieme", "A mano", "poverta.mensa", areas=("capalle",), places=3)
        open_call(house.store)
        made.offer("Il Ponte", "Ascolto", "violenza_genere.luoghi_ascolto", hours="")
        yield made


def checked(chat: Chat) -> Chat:
    """It says something, and every label fits."""
    assert chat.text or chat.go
    for button in chat.bubble.buttons:
        assert 0 < len(button.row) <= ROW, button.row
        assert 0 < len(button.label) <= LABEL, button.label
        assert len(button.description) <= DESCRIPTION, button.description
    assert len({button.row for button in chat.bubble.buttons}) == len(chat.bubble.buttons)
    return chat


def held(town: Town, address: str, dialogue: str, subject: str, moves: Iterator[int | str]) -> None:
    """One conversation and those that it leads to, while there are moves."""
    chat = checked(Chat(town.store, address, dialogue, subject))
    for move in moves:
        if chat.go:
            chat = checked(Chat(town.store, address, chat.go.dialogue, chat.go.subject))
        if chat.over:
            return
        if isinstance(move, int) and chat.buttons:
            chat.taps(chat.buttons[move % len(chat.buttons)])
        else:
            chat.says(str(move))
        checked(chat)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(dialogue=st.sampled_from(ALONE), moves=MOVES)
def test_a_citizen_may_do_anything(town: Town, dialogue: str, moves: list[int | str]) -> None:
    held(town, f"citizen{next(NAMES)}", dialogue, SINCE.get(dialogue, ""), iter(moves))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    need=st.sampled_from(["Pacco di alimenti", "Ascolto riservato"]),
    first=MOVES,
    second=MOVES,
    silent=st.booleans(),
)
def test_an_association_and_a_citizen_may_answer_anything(
    town: Town, need: str, first: list[int | str], second: list[int | str], *, silent: bool
) -> None:
    address = f"asker{next(NAMES)}"
    chat = Chat(town.store, address, "need")
    chat.taps("Cibo, casa" if need.startswith("Pacco") else "Violenza").taps(need)
    while not chat.over:
        skip = [row for row in chat.buttons if row in ("Sì, invia", "Non importa", "Salta")]
        chat.taps(skip[0] if skip else chat.buttons[0])
    (request,) = town.requests(address)
    if silent:
        with town.store.begin() as tx:
            referrals.unanswered(tx, request.uid)
    else:
        held(town, "ponte", "respond", request.uid, iter(first))
        held(town, "spesa", "respond", request.uid, iter(first))
    held(town, address, "news", request.uid, iter(second))
