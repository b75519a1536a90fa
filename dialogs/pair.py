"""One person on two channels: a code is shown on one, and written on the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog_store import pairing
from dialogs.questions import Text
from dialogs.talk import Heard, Option, Problem, ask, do, say
from dialogs.words import Words, phrase

DONE = "done"
_CODE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{8}(?![A-Z0-9])")
_ANSWERS: dict[str, Words] = {
    "joined": "Fatto. Da ora la riconosco anche qui. Le cose in sospeso vanno avanti da qui.",
    "same": "Questo codice è di questa chat. Lo scriva sull'altro canale.",
    "unknown": "Non conosco questo codice. Scriva «collega» sull'altro canale per averne uno nuovo.",
    "expired": "Questo codice è scaduto. Scriva «collega» sull'altro canale per averne uno nuovo.",
    "used_up": "Questo codice è già stato usato. Scriva «collega» sull'altro canale per averne uno nuovo.",
}


@dataclass(frozen=True)
class Code(Text):
    """The code shown on the other channel; or nothing more."""

    def choices(self) -> tuple[Option, ...]:
        return (Option(DONE, "Va bene", also=("ok", "fatto", "grazie", "done", "fine")),)

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        found = _CODE.findall(text.upper()) or _CODE.findall(re.sub(r"[\s.\-]", "", text).upper())
        if len(found) == 1:
            return str(found[0])
        return Problem("Non ho trovato un codice: ha otto lettere e cifre.", "Per esempio: «codice AB3DE6GH».")

    @property
    def numbered(self) -> bool:
        return False


async def pair(subject: str) -> None:
    """`subject`: the code, when it is written straight away."""
    code = subject
    if not code:
        shown = await do("codice", pairing.offer)
        await say(
            phrase(
                "Vuole andare avanti su Telegram, su WhatsApp o sulla chat del sito? Scriva là: «codice {code}».",
                code=shown,
            )
        )
        await say("Vale mezz'ora e una volta sola. Lo dia soltanto a sé stesso: chi lo usa legge quello che leggo io.")
        code = await ask("altro", Code("Ha già un codice dell'altro canale? Lo scriva qui."))
        if code == DONE:
            await say("Va bene. Per averne un altro, scriva «collega».")
            return
    await say(_ANSWERS[await do("unito", pairing.join, code)])
