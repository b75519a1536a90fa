"""Whatever people do, and whatever is deployed meanwhile, a conversation goes on and nothing is done twice.

One dialogue in many versions is switched at random between messages. That the properties see is shown in
test_planted.py, with a bug planted for each.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dialogs.play import Dialogue, Screen
from dialogs.questions import Choice, Number, Text, YesNo, options
from dialogs.replies import CHANGED, Answered, Reply
from dialogs.screens import Button
from dialogs.talk import Call, Listed, More, Question, ask, do, look, many, say
from tests.playing import Talk

OFFERS = ("mensa", "pacco", "docce")
Asked = tuple[str, Question[Any], Any]  # key, question, default


@dataclass(frozen=True)
class Version:
    """What a deploy may change, before and after an effect already done."""

    renamed: bool = False  # the functions have other names, and an argument more
    offers: tuple[str, ...] = OFFERS  # an option withdrawn or added
    inserted: bool = False  # a question more, with a default, before; and one after
    removed: bool = False  # a question less before, and one after
    reordered: bool = False  # the questions in another order, before and after
    moved: bool = False  # a question goes from after the effect to before it
    retired: bool = False  # an effect that is no longer done


VERSIONS = st.builds(
    Version,
    renamed=st.booleans(),
    offers=st.lists(st.sampled_from([*OFFERS, "corso"]), min_size=1, max_size=4, unique=True).map(tuple),
    inserted=st.booleans(),
    removed=st.booleans(),
    reordered=st.booleans(),
    moved=st.booleans(),
)


def act(tx: None, what: str) -> dict[str, str]:
    del tx
    return {"what": what}


def act_renamed(tx: None, what: str, language: str) -> dict[str, str]:
    del tx
    return {"what": what, "language": language}


def offers_in(tx: None, offers: list[str], area: str) -> list[str]:
    del tx, area
    return offers


def offers_around(tx: None, offers: list[str], area: str, language: str) -> list[str]:
    del tx, area, language
    return offers


async def seat() -> str:
    street = await ask("via", Text("In che via?"))
    await ask("scale", YesNo("Ci sono scale?", skip="Non so"))
    return street


def dialogue_of(version: Version) -> Dialogue:  # noqa: C901  one branch for each thing that a deploy may change
    """The dialogue as this version has it."""

    def done(key: str, what: str) -> Call[dict[str, str]]:
        return do(key, act_renamed, what, "it") if version.renamed else do(key, act, what)

    def seen(key: str, area: str) -> Call[list[str]]:
        offers = list(version.offers)
        return look(key, offers_around, offers, area, "it") if version.renamed else look(key, offers_in, offers, area)

    async def in_order(*questions: Asked) -> dict[str, Any]:
        turned = reversed(questions) if version.reordered else questions
        return {key: await ask(key, question, default) for key, question, default in turned}

    async def dialogue(subject: str) -> None:
        del subject
        first: list[Asked] = [("nome", Text("Come si chiama?"), "?"), ("zona", Text("Dove?"), "Campi")]
        if not version.removed:
            first.append(("colore", Text("Colore?", skip="Salta"), None))
        answers = await in_order(*first)
        found = await seen("offerte", answers["zona"])
        offer = await ask("offerta", Choice("Quale?", options((one, one) for one in found)), "mensa")
        if version.inserted:
            await ask("pec", Text("PEC?"), "nessuna")
        if not version.retired:
            await done("archivio", offer)
        seats = await many("sedi", seat, More("Altre sedi?", most=3), Listed(closed=True))
        if version.moved:
            await ask("soci", Number("Quanti soci?"), 0)
        await say("Sedi: {n}.", n=len(seats))
        await done("invio", offer)
        if version.inserted:
            await ask("sito", Text("Avete un sito?"), "no")
        last: list[Asked] = [("nota", Text("Una nota?", skip="Salta"), None)]
        if not version.moved:
            last.append(("soci", Number("Quanti soci?"), 0))
        if not version.removed:
            last.append(("eta", Number("Quanti anni avete?"), 1))
        await in_order(*last)
        again = await seen("ancora", answers["nome"])
        await ask("altra", Choice("Un'altra?", options((one, one) for one in again)))
        await done("fine", answers["nome"])
        await ask("saluto", Text("Vuole aggiungere qualcosa?"))

    return dialogue


class Conversation(RuleBasedStateMachine):
    """Anything a person can do, in any order, while versions come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.version = Version()
        self.talk = Talk(dialogue_of(self.version))
        self.effects = self.talk.performed
        self.taps: list[str] = []
        self.sealed: set[str] = set()

    def step(self, take: Callable[[], Any], *, forgets: Callable[[str], bool] = lambda _: False) -> Any:
        """Do something; every answer but those it forgets is kept, and what is sealed never changes."""
        before = deepcopy(self.talk.journal["answers"])
        done = set(self.talk.journal["done"])
        result = take()
        screen = self.talk.play()
        after = self.talk.journal["answers"]
        if set(self.talk.journal["done"]) == done and screen.key is not None:
            lost = {key for key in before if key not in after and not forgets(key)}
            assert not lost, f"answers were lost: {lost}"
        changed = {key for key in before.keys() & after.keys() if before[key] != after[key] and not forgets(key)}
        assert not changed, f"answers changed: {changed}"
        resealed = {key for key in self.sealed & before.keys() & after.keys() if before[key] != after[key]}
        assert not resealed, f"sealed answers changed: {resealed}"
        assert screen.key not in self.sealed, f"{screen.key} is sealed and asked again"
        self.sealed = {passed.key for passed in screen.path[: screen.sealed]}
        self.taps = [*self.taps, *(button.tap for button in self.talk.bubble.buttons)][-40:]
        return result

    def present(self) -> Screen:
        return self.talk.play()

    # ------------------------------------------------------------------------------------------------ people

    def hear(self, reply: Reply) -> Any:
        key = self.present().key or "-"
        return self.step(lambda: self.talk.hear(reply), forgets=lambda name: name == key or name.startswith(f"{key}."))

    @initialize(version=VERSIONS, times=st.sampled_from([6, 10, 12, 15, 3, 0]))
    def begin(self, version: Version, times: int) -> None:
        """The conversation may be anywhere when the first odd thing happens."""
        self.talk.dialogue, self.version = dialogue_of(version), version
        self.step(self.talk.show)
        for _ in range(times):
            buttons = self.talk.bubble.buttons
            enough = [button for button in buttons if button.label == "Basta così"]
            self.hear(Reply(tap=(enough or buttons)[0].tap) if buttons else Reply("5"))

    @rule(data=st.data(), times=st.integers(1, 4))
    def answer(self, data: st.DataObject, times: int) -> None:  # most of what people do is answering
        for _ in range(times):
            self.answer_well(data)

    def answer_well(self, data: st.DataObject) -> None:
        buttons: tuple[Button, ...] = self.talk.bubble.buttons
        taps: bool = bool(buttons) and data.draw(st.booleans())
        if taps:
            self.hear(Reply(tap=data.draw(st.sampled_from(buttons)).tap))
        elif buttons:
            self.hear(Reply(data.draw(st.sampled_from(buttons)).label))
        else:
            self.hear(Reply(data.draw(st.sampled_from(["5", "12", "Via Roma 3"]))))

    @rule(text=st.text(max_size=12) | st.sampled_from(["1", "due", "altre", "sì", "no", "mensa", "basta", "cambia"]))
    def write_anything(self, text: str) -> None:
        self.hear(Reply(text))

    @rule(media=st.sampled_from(["voice", "image", "sticker"]))
    def send_something_that_is_not_text(self, media: str) -> None:
        before = deepcopy(self.talk.journal)
        assert not isinstance(self.hear(Reply(media=media)), Answered)
        assert self.talk.journal == before

    @precondition(lambda self: self.taps)
    @rule(data=st.data())
    def tap_an_old_screen(self, data: st.DataObject) -> None:
        tap = data.draw(st.sampled_from(self.taps))
        before, name = deepcopy(self.talk.journal), self.talk.shown.name
        heard = self.hear(Reply(tap=tap))
        if tap.split(":")[1] != name:
            assert heard is CHANGED
            assert self.talk.journal == before

    @rule()
    def go_back(self) -> None:
        self.reopen(last=True)

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        self.reopen(data=data)

    def reopen(self, *, last: bool = False, data: st.DataObject | None = None) -> None:
        path = self.present().path
        if not path:
            return
        passed = path[-1] if last or data is None else data.draw(st.sampled_from(path))
        sealed = passed in path[: self.present().sealed]
        taken = self.step(lambda: self.talk.correct(passed.key), forgets=lambda key: key == passed.key)
        assert taken is not sealed

    @rule()
    def come_back_after_a_pause(self) -> None:
        self.step(lambda: self.talk.show(refresh=True))

    # ---------------------------------------------------------------------------------------------- releases

    @rule(version=VERSIONS, retire=st.booleans())
    def deploy(self, version: Version, retire: bool) -> None:  # noqa: FBT001
        """What is retired never comes back."""
        self.version = replace(version, retired=self.version.retired or retire)
        self.talk.dialogue = dialogue_of(self.version)
        if self.version.retired:
            self.sealed.clear()  # what only the retired effect sealed is open again
        self.talk.retired = frozenset({"archivio"}) if self.version.retired else frozenset()
        self.step(self.talk.play)

    @rule()
    def show_what_there_is_now(self) -> None:
        self.step(self.talk.show)

    # -------------------------------------------------------------------------------------------- always true

    @invariant()
    def nothing_is_done_twice(self) -> None:
        assert all(self.effects.get(key, 0) <= 1 for key in ("archivio", "invio", "fine"))

    @invariant()
    def playing_again_changes_nothing(self) -> None:
        before, performed = self.talk.play(), dict(self.effects)
        again = self.talk.play()
        assert (again.name, again.said, again.journal) == (before.name, before.said, before.journal)
        assert self.effects == performed, "something was looked at or done again"

    @invariant()
    def a_screen_over_which_nothing_waits_can_be_read(self) -> None:
        screen = self.present()
        assert (screen.key is None) == (screen.question is None)


Conversation.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestConversation = Conversation.TestCase
