"""A form was left midway a week ago: does the organization go on? It is asked once, while the call is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog_store import enrolments, organizations
from catalog_store.connect import Transaction
from dialogs.questions import Choice
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment

CHOICES = (
    Option("continue", "Continuiamo", also=("sì", "si", "continua", "continuo", "yes", "go on")),
    Option("later", "Non ora", also=("dopo", "più tardi", "not now", "later")),
    Option("never", "Non partecipiamo", also=("no", "non chiedere più", "basta", "never")),
    Option("human", "Una persona", row="Parlare con una persona", also=("operatore", "aiuto", "a person")),
)


@dataclass(frozen=True)
class Until:
    """When the call closes: a day, or never."""

    day: date | None


async def enrolling(subject: str) -> Go | None:
    """`subject`: the uid of the organization, or '' where there is no row of it yet."""
    until = await look("chiude", closes, subject)
    if until is None:
        await say("Il modulo non serve più. Non deve fare altro.")
        return None
    if until.day:
        await say("Il modulo della sua associazione è a metà. Si può inviare fino a {day}.", day=Moment(until.day))
    else:
        await say("Il modulo della sua associazione è a metà.")
    answer = await ask("continua", Choice("Vuole continuare?", label="La risposta", among=CHOICES))
    if answer == "continue":
        return Go(enrolments.FORM, subject)
    if answer == "human":
        return Go("human")
    if answer == "never":
        await do("lasciato", enrolments.let_be, subject)
        await say("Va bene, non glielo chiedo più. Se cambia idea, scriva «iscrivere un'associazione».")
    else:
        await say("Va bene. Le sue risposte restano qui: per riprenderle scriva «in sospeso».")
    return Go("menu")


def closes(tx: Transaction, subject: str) -> Until | None:
    """Until when the form may be sent; None when it may not, or it was sent meanwhile."""
    call, body = enrolments.current(tx), organizations.find(tx, subject) if subject else None
    if call is None or (body and body.state not in {"invited", "started"}):
        return None
    return Until(call.closes_on)
