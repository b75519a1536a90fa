"""What comes without words: a voice, a picture, a document. Nothing of it is read or kept; its sender is helped on."""

from __future__ import annotations

from bot.talking import Talking
from dialogs import screens, small_talk
from dialogs.locale import spoken
from dialogs.words import Words

TWICE = 2  # in a row, before a call by a person is offered
VOICE: tuple[Words, ...] = (
    (
        "Mi dispiace, non so ascoltare i messaggi vocali. Mi scriva anche solo due parole; se preferisce la voce, "
        "scriva «richiamatemi» e una persona le telefona. Se c'è un pericolo adesso, chiami il 112."
    ),
    (
        "Anche questo messaggio vocale non lo posso ascoltare. Con «richiamatemi» una persona le telefona; in caso di "
        "pericolo, subito il 112."
    ),
    (
        "I vocali qui non arrivano a nessuno. Scriva «richiamatemi» per parlare al telefono con una persona, o chiami "
        "il 112 se c'è pericolo."
    ),
)
PICTURE: tuple[Words, ...] = (
    "Le foto e i documenti non li so leggere, e non li conservo. Mi scriva con parole sue, o tocchi una risposta.",
    "Neanche questo file è stato conservato. Scriva che cosa c'è dentro; con «richiamatemi» ne parla con una persona.",
    "Qui i file non restano e nessuno li vede. Due parole scritte bastano; oppure scriva «operatore».",
)


def answer(talking: Talking, media: str) -> None:
    """One kind bubble, and the open question once more; `media` as in `Reply.media`."""
    welcome, talk = talking.welcome(), talking.open
    if talk is None and talking.with_human is None:
        talk = talking.start("need")
    known, times = talk or talking.with_human, 0
    if media == "sticker":
        words: tuple[Words, ...] = small_talk.REPLIES["greeting" if welcome else "ok"]
        times = talking.tx.now.minute
    else:
        words = VOICE if media == "voice" else PICTURE
        if known is not None:
            known.piece, known.misses = None, max(known.misses, 0) + 1
            times = known.misses - 1
    talking.say(words[times % len(words)])
    if talk is None:
        talking.current = known
        talking.speak()
        return
    again = media != "sticker" and talk.misses >= TWICE
    talking.present(talk, again=bool(talk.shown), extra=_call(talking) if again else ())


def _call(talking: Talking) -> tuple[screens.Button, ...]:
    label = spoken("Richiamatemi", talking.person.language)
    return (screens.Button(label, label, "", f"{screens.COMMAND}richiamatemi"),)
