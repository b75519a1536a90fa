"""What comes without words: a voice, a picture, a document, a place. Only the place is read; nothing is kept of it."""

from __future__ import annotations

import re

from bot.talking import Talking
from dialogs import screens, small_talk
from dialogs.locale import spoken
from dialogs.questions import Phone, Place
from dialogs.replies import Reply
from dialogs.talk import Heard, Problem
from dialogs.words import Verbatim, Words, phrase

TWICE = 2  # in a row, before a call by a person is offered
VOICE: tuple[Words, ...] = (
    (
        "Mi dispiace, non so ascoltare i messaggi a voce. Mi scriva anche solo due parole. "
        "Se scrive «richiamatemi», una persona le telefona. Se c'è un pericolo adesso, chiami il 112."
    ),
    (
        "Anche questo messaggio a voce non lo posso ascoltare. Con «richiamatemi» una persona le telefona. "
        "Se c'è un pericolo, subito il 112."
    ),
    (
        "I vocali qui non arrivano a nessuno. Se scrive «richiamatemi», parla al telefono con una persona. "
        "Se c'è un pericolo, chiami il 112."
    ),
)
PICTURE: tuple[Words, ...] = (
    "Le foto e i documenti non li so leggere. Non li conservo. Mi scriva con parole sue, o tocchi una risposta.",
    "Anche questo file non l'ho tenuto. Scriva che cosa c'è dentro. Con «richiamatemi» ne parla con una persona.",
    "Qui i file non restano e nessuno li vede. Bastano due parole scritte. Oppure scriva «operatore».",
)


def answer(talking: Talking, media: str) -> None:
    """One kind bubble, and the open question once more; `media` as in `Reply.media`."""
    if media == "sticker":
        kind = "greeting" if talking.person.welcomed_at is None else "ok"
        beside(talking, small_talk.REPLIES[kind][talking.tx.now.minute % 3])
        return
    times = 0
    if (known := talking.open or talking.with_human) is not None:
        known.piece, known.misses = None, max(known.misses, 0) + 1
        times, talking.current = known.misses, known
    words = VOICE if media == "voice" else PICTURE
    beside(talking, words[max(times - 1, 0) % len(words)], *call(talking, times))
    if known is None and talking.current is not None:
        talking.current.misses = 1


def locality(talking: Talking, latitude: float, longitude: float) -> str:
    """A place was shared: where a locality is asked, the nearest one's name; '' when that is all that is said now."""
    talk, town = talking.open, talking.tx.store.territory
    if talk is None or not isinstance(talking.screen(talk).question, Place):
        unasked: Words = "Grazie, ma adesso la posizione non mi serve. Quando mi serve la zona, la chiedo."
        beside(talking, unasked)
        return ""
    near = town.at(latitude, longitude)
    if near is None:
        where = Verbatim(town.municipality)
        talking.aside(phrase("Questo punto mi sembra fuori da {town}. Scelga la zona dove serve.", town=where))
        return ""
    talking.say(phrase("È vicino a: {place}.", place=Verbatim(near.name)))
    return near.name


def call(talking: Talking, times: int) -> list[screens.Button]:
    """A call by a person, to be tapped; nothing before the second time in a row."""
    label = spoken("Richiamatemi", talking.person.language)
    return [screens.Button(label, label, "", f"{screens.COMMAND}richiamatemi")] if times >= TWICE else []


def is_phone(reply: Reply, heard: Heard) -> bool:
    """Is it a telephone number and nothing else, as of a contact that was shared?"""
    alone = re.fullmatch(r"\+?(?: ?\d){9,15}", reply.text.strip())
    return alone is not None and not isinstance(Phone("").read(reply.text, heard), Problem)


def beside(talking: Talking, words: Words, *buttons: screens.Button) -> None:
    """Say it with the open question or, where nothing is going on, with the invitation to speak."""
    talking.welcome()
    talk = talking.open or (None if talking.with_human else talking.start("need"))
    talking.say(words)
    if talk is None:
        talking.speak()
    else:
        talking.present(talk, again=bool(talk.shown), extra=buttons)
