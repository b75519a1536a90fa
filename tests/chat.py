"""A conversation in a test, as it reads on a screen: one transaction a message, JSON between two messages."""

from __future__ import annotations

import json
from typing import Any

from catalog_store import people
from catalog_store.connect import Store
from dialogs import REGISTER, play, replies, screens
from dialogs.talk import Call, Go, Heard, Problem
from dialogs.understand import needs


class Chat:
    """Somebody's conversation in one dialogue. What was said last is in `bubble`; `go` is the dialogue that follows."""

    def __init__(self, store: Store, address: str, dialogue: str, subject: str = "", channel: str = "webchat") -> None:
        self.store, self.address, self.channel = store, address, channel
        self.dialogue, self.subject, self.journal = dialogue, subject, play.empty()
        self.go: Go | None = None
        self._show()

    def says(self, text: str) -> Chat:
        """Write or choose, by the words on the button."""
        return self._reply(replies.Reply(text))

    def taps(self, label: str) -> Chat:
        """Tap the first button whose words begin so."""
        button = next((b for b in self.bubble.buttons if label in (b.label, b.row) or b.row.startswith(label)), None)
        assert button is not None, f"no button {label!r} among {[b.row for b in self.bubble.buttons]}"
        return self._reply(replies.Reply(tap=button.tap))

    @property
    def text(self) -> str:
        return self.bubble.text

    @property
    def buttons(self) -> list[str]:
        return [button.row for button in self.bubble.buttons]

    @property
    def over(self) -> bool:
        return self.screen.key is None

    def _reply(self, reply: replies.Reply) -> Chat:
        read = replies.read(self.screen, self.shown, reply, Heard(self.store.clock()))
        if isinstance(read, Problem):
            self._show(before=(read.text, *((read.example,) if read.example else ())), repeat=True)
        elif isinstance(read, replies.Page):
            self._show(first=read.first)
        else:
            self.journal = json.loads(json.dumps(read.journal))
            self._show()
        return self

    def _show(self, **how: Any) -> None:
        """Take the turn; when a text was not prepared, prepare it outside the transaction and take it again."""
        while True:
            try:
                return self._turn(**how)
            except needs.NotPrepared as miss:
                needs.prepare(miss.text)

    def _turn(self, **how: Any) -> None:
        with self.store.begin() as tx:
            person = people.recognise(tx, self.channel, self.address)
            tx.person_id = self.person_id = person.id

            def perform(call: Call[Any]) -> Any:
                return call.function(tx, *call.args)

            known = REGISTER[self.dialogue]
            self.screen = play.play(known.function, self.subject, self.journal, perform)
            self.bubble, self.shown = screens.show(
                self.screen,
                conversation=1,
                dialogue=self.dialogue,
                channel=self.channel,
                language=person.language,
                **how,
            )
        self.journal, self.go = json.loads(json.dumps(self.screen.journal)), self.screen.go
