"""Whatever people do, in whatever order: nothing breaks, nobody is left in silence, no sentence is said three times."""

from __future__ import annotations

import asyncio
import os
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import turn
from bot.inbound import Inbound
from bot.start import association_links
from catalog_store import messages
from dialogs.replies import Reply
from dialogs.screens import Bubble
from tests.houses import fill, opened
from tests.talker import Talker

SAID = (
    "ciao", "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?", "1", "2", "3", "7", "99", "sì", "no",
    "Capalle", "Anna", "333 000 0000", "domani", "alle 15", "altre", "indietro", "correggi", "menu", "aiuto", "privacy",
    "operatore", "richiamatemi", "la mia richiesta", "in sospeso", "i miei dati", "lingua", "stop", "grazie", "pronto?",
    "xyzzy", "🙂", "?", "cerco un corso di italiano per mio cognato", "a chi chiedo lo sconto sulla tassa dei rifiuti?",
    "mio marito mi sta picchiando", "sei stupido", "cancella tutto",
)  # fmt: skip
EXAMPLES = int(os.environ.get("TESSERE_TEST_EXAMPLES", "12"))  # more in the long run
ACTS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(SAID)),
    st.tuples(st.just("piece"), st.sampled_from(SAID)),
    st.tuples(st.just("tap"), st.integers(0, 12)),
    st.tuples(st.just("old"), st.integers(0, 40)),
    st.tuples(st.just("other"), st.integers(0, 6)),
    st.tuples(st.just("wait"), st.sampled_from((1, 15, 45, 3000))),
    st.tuples(st.just("media"), st.sampled_from(("voice", "image"))),
)  # fmt: skip


def no_sentence_three_times_running(bubbles: list[Bubble]) -> None:
    for first, second, third in zip(bubbles, bubbles[1:], bubbles[2:], strict=False):
        again = set(first.sentences) & set(second.sentences) & set(third.sentences)
        assert not again, f"{len(again)} sentences three times running"


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
@given(acts=st.lists(ACTS, min_size=4, max_size=22))
def test_any_sequence_leaves_a_conversation_that_goes_on(acts: list[tuple[str, str | int]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(f"sqlite:///{folder}/t.db", Path(folder), TESSERE_SYNCHRONOUS="NORMAL") as house,
    ):
        fill(house.store)
        anna, delegate = Talker(house, "anna"), Talker(house, "delegate")
        for _, code in association_links(house)[:6]:
            delegate.write(f"/start {code}")
        numbers = count()
        for act, what in acts:
            buttons = [button for bubble in anna.seen for button in bubble.buttons]
            if act == "write":
                anna.write(str(what))
            elif act == "piece":
                anna.write(str(what), read=False)
            elif act == "wait":
                anna._wait(60 * int(what))
                anna.read()
            elif act == "media":
                anna._send(Reply(media=str(what)))
            elif act == "other":
                delegate.read()
                theirs = [button for bubble in delegate.seen[-6:] for button in bubble.buttons]
                if theirs:
                    delegate._send(Reply(tap=theirs[int(what) % len(theirs)].tap))
            elif buttons:
                newest = anna.seen[-1].buttons if act == "tap" and anna.seen[-1].buttons else buttons
                tap = Reply(tap=newest[int(what) % len(newest)].tap)
                inbound = Inbound("webchat", "anna", f"tap {next(numbers)}", tap, house.store.clock())
                asyncio.run(turn.take(house, inbound))
                anna.read()
        with house.store.reading() as tx:
            assert messages.failed_messages(tx) == []
        no_sentence_three_times_running(anna.seen)
        no_sentence_three_times_running(delegate.seen)
        assert anna.write("menu")[-1].buttons
