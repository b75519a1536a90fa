"""Going back, and correcting an answer: what is sealed is changed by another dialogue."""

from __future__ import annotations

from typing import Any

from bot.talking import Talking
from catalog_store.conversations import Conversation
from dialogs import replies, screens
from dialogs.locale import spoken
from dialogs.play import reopened
from dialogs.replies import Reply, Shown
from dialogs.words import Words

CORRECT = "correct"  # the name of the screen that lists what can be corrected


def back(talking: Talking, talk: Conversation) -> None:
    """Ask the question before once more."""
    screen = talking.screen(talk)
    keys = [passed.key for passed in screen.path[screen.sealed :]]
    journal = reopened(screen, keys[-1]) if keys else None
    if journal is None:
        _sealed(talking, talk, screen.undo)
        return
    talking.answered(talk, journal)


def correct(talking: Talking, talk: Conversation) -> None:
    """List the answers that can still be changed."""
    screen = talking.screen(talk)
    passed = [one for one in screen.path[screen.sealed :] if one.question.label]
    if not passed:
        _sealed(talking, talk, screen.undo)
        return
    language = talking.person.language
    options = [
        (
            one.key,
            spoken(one.question.label, language),
            screens.fitted([spoken(_put(one), language)], screens.DESCRIPTION),
        )
        for one in passed
    ]
    talking.offer(talk, CORRECT, "Che cosa vuole correggere?", options)


def corrected(talking: Talking, talk: Conversation, shown: Shown, reply: Reply) -> None:
    """One of the list was chosen: it is asked again."""
    option = replies.tapped(shown, reply.tap) if reply.tap else replies.chosen(shown, reply.text, strict=True)
    screen = talking.screen(talk)
    journal = reopened(screen, option) if isinstance(option, str) else None
    if journal is None:
        talking.say("Non ho capito quale risposta vuole correggere. Torniamo alla domanda.")
        talking.present(talk, again=True)
        return
    talking.answered(talk, journal, tap=reply.tap)


def _sealed(talking: Talking, talk: Conversation, undo: str | None) -> None:
    if undo is None:
        talking.aside("Siamo all'inizio. Non c'è niente da correggere.")
        return
    talking.say("Questo l'ho già inviato. Vuole cambiarlo o ritirarlo?")
    talking.begin(undo, talk.subject)


def _put(passed: Any) -> Words:
    return "–" if passed.value is None else passed.question.put(passed.value)
