"""What the engine's tests share: a conversation whose journal goes through JSON between any two messages."""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from dialogs import screens
from dialogs.play import Dialogue, Journal, Screen, empty, play, reopened
from dialogs.questions import Number, Text, YesNo
from dialogs.replies import Answered, Read, Reply, Shown, from_json, read, to_json
from dialogs.talk import Call, Heard, ask, do, say

HEARD = Heard(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))  # a Tuesday


T = TypeVar("T")


def through_json(value: T) -> T:
    restored: T = json.loads(json.dumps(value))
    return restored


class Talk:
    """One person's conversation with a dialogue. `performed` counts what was looked at or done, by key."""

    def __init__(
        self, dialogue: Dialogue, *, journal: Journal | None = None, retired: frozenset[str] = frozenset()
    ) -> None:
        self.dialogue, self.retired = dialogue, retired
        self.journal = empty() if journal is None else through_json(journal)
        self.performed: dict[str, int] = {}
        self.shown: Shown = Shown("")
        self.show()

    def perform(self, call: Call[Any]) -> Any:
        self.performed[call.key] = self.performed.get(call.key, 0) + 1
        return call.function(None, *call.args)

    def play(self, *, refresh: bool = False) -> Screen:
        screen = play(self.dialogue, "subject", self.journal, self.perform, retired=self.retired, refresh=refresh)
        self.journal = through_json(screen.journal)
        return screen

    def show(self, *, refresh: bool = False, first: int = 0, meant: str = "") -> Screen:
        screen = self.play(refresh=refresh)
        self.bubble, shown = screens.show(
            screen, conversation=1, dialogue="trial", channel="webchat", language="it", first=first
        )
        self.shown = from_json(through_json({**to_json(shown), "meant": meant}))
        return screen

    def hear(self, reply: Reply) -> Read:
        """Read it against what was shown; show what follows."""
        heard = read(self.play(), self.shown, reply, HEARD)
        if isinstance(heard, Answered):
            self.journal = through_json(heard.journal)
            self.show()
        return heard

    def say(self, *texts: str) -> Screen:
        for text in texts:
            heard = self.hear(Reply(text))
            assert isinstance(heard, Answered), f"{text!r} was not taken: {heard}"
        return self.play()

    def correct(self, key: str) -> bool:
        journal = reopened(self.play(), key)
        if journal is None:
            return False
        self.journal = through_json(journal)
        self.show()
        return True

    def back(self) -> bool:
        path = self.play().path
        return bool(path) and self.correct(path[-1].key)

    def deploy(self, dialogue: Dialogue, retired: frozenset[str] = frozenset()) -> "Talk":
        """The same conversation under another version of its dialogue."""
        return Talk(dialogue, journal=self.journal, retired=retired)


NAME = Text("Come si chiama l'associazione?")
SURE = YesNo("È giusto?")
NOTE = Text("Vuole aggiungere una nota?", skip="No, grazie")


def register(tx: None, name: str) -> int:
    del tx
    return len(name)


async def registration(subject: str) -> None:
    """A question, another, an effect, and two more questions."""
    del subject
    name = await ask("nome", NAME)
    if not await ask("conferma", SURE):
        await say("Non ho inviato niente.")
        return
    number = await do("iscrizione", register, name, undo="ritiro")
    await say("Registrata: numero {number}.", number=number)
    await ask("nota", NOTE)
    await ask("soci", Number("Quanti soci avete?"))
    await say("Abbiamo finito.")
