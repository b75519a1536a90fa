"""What became of the form of an organization: approved and what comes next, something asked for, refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import applications, approvals, organizations, roles
from catalog_store.connect import Transaction
from catalog_store.enrolments import FORM
from dialogs.association_words import LABELS, inner
from dialogs.naming import here
from dialogs.questions import Choice, Text, YesNo
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment, Words, Written

LATER = Option("later", "Più tardi", also=("dopo", "non ora", "no", "later"))
NEXT = (  # by dialogue
    Option("pact", "Il patto di rete", also=("patto", "the pact")),
    Option("offer", "La prima offerta", also=("offerta", "an offer")),
    LATER,
)
FIX = Option("fix", "Correggo il modulo", also=("correggo", "correggi", "modulo", "fix"))
ANSWER = Option("answer", "Rispondo qui", also=("rispondo", "risposta", "answer"))
HUMAN = Option("human", "Una persona", row="Parlare con una persona", also=("operatore", "a person"))
WHY: dict[str, Words] = {
    "register": "Per un ente come questo serve l'iscrizione a un registro. Non la vediamo nel modulo.",
    "outside": "Il bando è per chi opera nel nostro comune. Dal modulo non risulta.",
    "purpose": "Le attività scritte nel modulo non sono fra quelle del bando.",
    "double": "L'ente è già nella rete, con un altro nome.",
    "unverified": "Non abbiamo potuto verificare i dati del modulo.",
    "other": "",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a form. `uid` is its organization's; `key`: the answer that is asked about; `words`: our own."""

    state: str
    first: bool
    uid: str
    name: str
    key: str
    reason: str
    words: str


async def approval(subject: str) -> Go | None:
    """`subject`: the uid of the form."""
    told = await look("esito", outcome, subject)
    if told is None or told.state in {"sent", "replaced"}:
        await say("Per questo modulo adesso non serve niente da lei.")
        return None
    if told.state == "asked":
        return await _asked(told, subject)
    if told.state == "refused":
        return await _refused(told)
    if not told.first:
        await say("I cambiamenti di {name} sono approvati, e si leggono già.", name=told.name)
        return None
    await say("Buone notizie: {name} è nella rete, e nell'elenco che tutti possono leggere.", name=told.name)
    chosen = await ask("poi", Choice("Che cosa facciamo adesso?", label="Il passo dopo", among=NEXT))
    if chosen == LATER.id:
        await say("Va bene. Quando vuole, scriva «menu».")
        return None
    return Go(chosen, told.uid if chosen == "offer" else "")


async def _asked(told: Outcome, subject: str) -> Go | None:
    await say("Per il modulo di {name} le chiediamo una cosa.", name=told.name)
    if told.key:
        await say("Riguarda: {label}.", label=inner(LABELS[told.key]))
    await say(Written(told.words, "it"))
    among = (FIX, ANSWER, HUMAN) if told.key else (ANSWER, FIX, HUMAN)
    how = await ask("come", Choice("Come preferisce rispondere?", label="La risposta", among=among))
    if how == FIX.id:
        return Go(FORM, told.uid)
    if how == HUMAN.id:
        return Go(HUMAN.id)
    text = await ask("testo", Text("Scriva qui la sua risposta.", label="La risposta", most=1000))
    due = await do("risposto", answered, subject, text)
    if due is None:
        await say("Nel frattempo la domanda è cambiata: non serve più una risposta.")
    else:
        await say("Grazie! La leggiamo, e le scriviamo entro {due}.", due=Moment(due))
    return None


async def _refused(told: Outcome) -> Go | None:
    if told.first:
        await say("Il modulo di {name} non è stato accettato.", name=told.name)
    else:
        await say("I cambiamenti di {name} non sono stati accettati. Resta tutto come prima.", name=told.name)
    if WHY[told.reason]:
        await say(WHY[told.reason])
    if told.words:
        await say(Written(told.words, "it"))
    if await ask("parlarne", YesNo("Vuole parlarne con una persona?")):
        return Go(HUMAN.id)
    await say("Va bene. Se cambia qualcosa, può mandare un altro modulo.")
    return None


def outcome(tx: Transaction, uid: str) -> Outcome | None:
    """What became of a form; None when it is not of an organization that this person answers for."""
    one = applications.get(tx, uid)
    mine = {role.organization_id for role in roles.of(tx, tx.me()) if role.role == "association"}
    if one is None or one.organization_id not in mine:
        return None
    body = organizations.get(tx, one.organization_id)
    asked = one.state == "asked"
    return Outcome(
        one.state, one.kind == "first", body.uid, body.name, one.reason if asked else "",
        "" if asked else one.reason, one.note,
    )  # fmt: skip


def answered(tx: Transaction, uid: str, words: str) -> datetime | None:
    """The operators read it; by when they answer, on the town's clock. None when nothing is asked any more."""
    one = approvals.answered(tx, uid, words)
    return here(tx, one.due_at) if one and one.due_at else None
