"""What was understood of a voice is shown back: nothing is answered before its sender says that it is right."""

from __future__ import annotations

from dataclasses import replace

from bot import unwritten
from bot.talking import Talking
from catalog_store.conversations import Conversation
from dialogs import replies
from dialogs.locale import spoken
from dialogs.questions import YesNo
from dialogs.replies import Reply, Shown
from dialogs.words import Verbatim, Words, phrase

HEARD = "heard"  # the name of the screen that shows it
YES, NO = "yes", "no"
FEW = 2  # words: "sì, grazie"; in more of them something else is said
_AGAIN: tuple[Words, ...] = (
    (
        "Va bene. Lo dica un'altra volta, più vicino al telefono. Oppure lo scriva. "
        "Se c'è un pericolo adesso, chiami il 112."
    ),
    (
        "Mi dispiace, ho capito male di nuovo. Provi a scriverlo. Con «richiamatemi» una persona le telefona. "
        "Se c'è un pericolo, subito il 112."
    ),
    (
        "Allora è meglio scrivere: bastano due parole. Se scrive «richiamatemi», parla al telefono con una persona. "
        "Se c'è un pericolo, chiami il 112."
    ),
)


def ask(talking: Talking, words: str) -> None:
    """Show it over the open question, which waits beneath it."""
    talking.welcome()
    talk = talking.open or talking.start("need")
    shown = talking.shown(talk)
    beneath = shown.heard["shown"] if shown is not None and shown.name == HEARD else talk.shown
    question = YesNo(phrase("Ho capito: «{words}». Giusto?", words=Verbatim(words)), no="No, riprovo")
    language = talking.person.language
    options = [(one.id, spoken(one.label, language), "") for one in question.choices()]
    talking.offer(talk, HEARD, question.text, options, {one.id: one.also for one in question.choices()})
    now = talking.shown(talk)
    if now is not None:
        talk.shown = replies.to_json(replace(now, heard={"words": words, "shown": beneath}))


def option(shown: Shown, reply: Reply) -> str | None:
    """YES or NO, where that is what this reply says of a voice that was shown back."""
    if shown.name != HEARD:
        return None
    chosen = replies.tapped(shown, reply.tap) if reply.tap else replies.named(shown, reply.text)
    said = replies.bare(reply.text).split()
    if chosen is None and 0 < len(said) <= FEW:
        chosen = replies.named(shown, said[0])
    return chosen if isinstance(chosen, str) else None


def once_more(talking: Talking, talk: Conversation) -> None:
    """It was not right: the question again, and after the second time a call by a person."""
    talk.misses = max(talk.misses, 0) + 1
    unwritten.beside(talking, _AGAIN[(talk.misses - 1) % len(_AGAIN)], *unwritten.call(talking, talk.misses))
