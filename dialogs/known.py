"""Somebody is back after long, or after a block: one thing that only they can know, before anything of theirs is shown.

Numbers change hands. Whoever does not know begins anew, and reads nothing of who was there before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from catalog_store import identity
from catalog_store.connect import Transaction
from catalog_store.identity import Facts
from dialogs.questions import Text
from dialogs.replies import bare
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Joined, Words, phrase

TRIES = 2
_WORDS = 8  # of an answer that names somebody: a longer one is a list of guesses
_LEAST_FUZZY = 5  # letters of a name in which one may be wrong
_LIKE = 85  # likeness of an organization's name (0–100)
_DIGITS = 3  # of a telephone, the last
_CODE = 4  # characters of a request's code, after "R-"
_KINDS: dict[str, Words] = {
    "name": phrase("il nome che mi ha dato"),
    "phone": phrase("le ultime tre cifre del telefono che mi ha dato"),
    "codes": phrase("il codice di una sua richiesta"),
    "organizations": phrase("l'associazione per cui risponde"),
}


@dataclass(frozen=True)
class Fact(Text):
    """Something that they know; or they do not."""

    def choices(self) -> tuple[Option, ...]:
        return (Option("forgotten", "Non lo ricordo", also=("non lo so", "non ricordo", "boh", "i don't know")),)

    def take(self, option: str) -> str:
        del option
        return ""

    def accepts(self, value: str) -> bool:
        return isinstance(value, str)

    @property
    def numbered(self) -> bool:
        return False


async def known(subject: str) -> Go | None:
    """`subject`: since when it is not sure, an instant in ISO 8601."""
    kinds = await look("che_cosa", askable)
    await say("Salve di nuovo. È passato del tempo, e un numero può cambiare mano. Per sicurezza le chiedo una cosa.")
    asked = phrase("Mi scriva una di queste: {facts}.", facts=Joined(tuple(_KINDS[kind] for kind in kinds), ", "))
    for attempt in range(1, TRIES + 1):
        answer = await ask(f"risposta.{attempt}", Fact(asked))
        if not answer:
            break
        if await look(f"giusta.{attempt}", is_known, answer):
            await do("confermato", identity.confirm)
            await say("Grazie, è proprio lei: mi dica pure.")
            return None
        if attempt < TRIES:
            await say("Non è quello che ricordo. Può provare ancora una volta.")
    await do("da_capo", identity.begin_anew, datetime.fromisoformat(subject))
    await say("Va bene, si ricomincia da capo. Quello che c'era prima non lo mostro.")
    return Go("need")


def askable(tx: Transaction) -> list[str]:
    """The kinds of fact that whoever's turn it is could be asked, and no fact."""
    facts = identity.facts(tx)
    return [kind for kind in _KINDS if getattr(facts, kind)]


def is_known(tx: Transaction, answer: str) -> bool:
    """Does the answer hold one of the facts?"""
    return holds(answer, identity.facts(tx))


def holds(answer: str, facts: Facts) -> bool:
    """Does the answer name one of the facts? Case, accents, words around it and a slip of the finger are free."""
    said = bare(answer)
    return (
        _named(said, facts.name)
        or _ends(answer, facts.phone)
        or any(_coded(said, code) for code in facts.codes)
        or any(_called(said, name) for name in facts.organizations)
    )


def _named(said: str, name: str) -> bool:
    words = said.split()
    return len(words) <= _WORDS and any(
        word == part or (len(part) >= _LEAST_FUZZY and OSA.distance(word, part, score_cutoff=1) <= 1)
        for part in bare(name).split()
        if len(part) > 1
        for word in words
    )


def _ends(answer: str, phone: str) -> bool:
    digits = "".join(filter(str.isdecimal, answer))
    return bool(phone) and len(digits) >= _DIGITS and (phone.endswith(digits) or digits.endswith(phone[-9:]))


def _coded(said: str, code: str) -> bool:
    wanted = bare(code.removeprefix("R-"))
    return len(wanted) >= _CODE and wanted in said.replace("r ", "").split()


def _called(said: str, name: str) -> bool:
    whole = bare(name.partition("(")[0])
    plain = " ".join(word for word in whole.split() if word not in ("odv", "aps", "ets", "onlus"))
    return any(fuzz.ratio(said, one) >= _LIKE or f" {one} " in f" {said} " for one in (whole, plain) if one)
