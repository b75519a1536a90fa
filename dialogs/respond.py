"""A request that an association evaluates: it accepts with a proposal, declines with a reason, or asks us.

Before the acceptance nothing says who the person is, nor what they wrote; after it, only what the association needs.
"""

from __future__ import annotations

from dialogs.appointment import appointment
from dialogs.assessing import Behind, Case, accept, behind, case_of, decline
from dialogs.naming import need_words, people_words
from dialogs.questions import Choice
from dialogs.referral_words import relation_words
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment, Words, lines, phrase

CODE = "R-"  # how the code of a request begins
ACCEPT = Option("accept", "Accettiamo", also=("accetto", "si", "sì", "va bene", "yes"))
DECLINE = Option("decline", "Non possiamo", also=("rifiuto", "no", "non posso", "decline"))
QUESTION = Option(
    "question", "Chiedere a voi", row="Ho una domanda per voi", also=("domanda", "operatore", "question", "ask")
)
REASONS = (
    Option("no_places", "Non c'è posto", row="Adesso non c'è posto", also=("posto", "pieni", "full")),
    Option("not_eligible", "Non è per noi", row="Non ce ne occupiamo", also=("altro servizio", "not for us")),
    Option("outside_area", "È fuori zona", also=("lontano", "zona", "too far")),
    Option("other", "Un altro motivo", also=("altro", "other")),
)
_IN_CHAT = phrase("– vuole la risposta qui. La sua proposta è già arrivata")
_LATE = phrase("Nel frattempo la richiesta è cambiata: non serve più una risposta. Grazie lo stesso.")


async def respond(subject: str) -> Go | None:
    """`subject` is the uid of a referral, or the code of one whose person was erased."""
    if subject.startswith(CODE):
        await say(_withdrawn(subject))
        return None
    case = await look("richiesta", case_of, subject)
    if case is None or not case.waits:
        known = await look("chi_e", behind, subject)
        await say(_details(case.code, known) if case and known else _over(case))
        return None
    await say(_summary(case))
    answer = await ask(
        "risposta", Choice("Potete occuparvene?", label="La risposta", among=(ACCEPT, DECLINE, QUESTION))
    )
    if answer == QUESTION.id:
        return Go("human", subject)
    if answer == DECLINE.id:
        reason = await ask(
            "motivo", Choice("Grazie di averlo detto. Per quale motivo?", label="Il motivo", among=REASONS)
        )
        taken = await do("rifiutata", decline, subject, reason)
        await say("Grazie: cerchiamo subito qualcun altro." if taken else _LATE)
        return None
    made = await appointment(case.offer_id, case.organization_id)
    if made is None:
        await say("Va bene, non ho confermato niente. La richiesta resta nel menu. Per tornarci scriva «menu».")
        return None
    if not await do("accettata", accept, subject, made):
        await say(_LATE)
        return None
    person = await look("persona", behind, subject)
    await say("Grazie! La proposta è partita.")
    await say(_details(case.code, person) if person else _LATE)
    return None


def _summary(case: Case) -> Words:
    return lines(
        phrase("C'è una richiesta per «{offer}»: {code}.", offer=case.offer, code=case.code),
        phrase("Che cosa serve: {need}.", need=need_words(case.need)),
        phrase("Per chi: {people}.", people=people_words(case.group)),
        phrase("Zona: {area}.", area=case.area) if case.area else "",
        "È urgente." if case.urgent else "",
        phrase("La risposta serve entro {due}.", due=Moment(case.due)) if case.due else "",
    )


def _over(case: Case | None) -> Words:
    if case is None:
        return "Questa richiesta non c'è più. Non deve fare altro."
    if case.state == "withdrawn":
        return _withdrawn(case.code)
    return phrase("La richiesta {code} non aspetta più una risposta. Non deve fare altro.", code=case.code)


def _withdrawn(code: str) -> Words:
    return phrase("La richiesta {code} è stata ritirata: non deve fare altro. Grazie lo stesso.", code=code)


def _details(code: str, person: Behind) -> Words:
    return lines(
        phrase("Per la richiesta {code} le serve sapere:", code=code),
        phrase("– {relation}", relation=relation_words(person.whom)),
        phrase("– età: {age}", age=person.age) if person.age is not None else "",
        phrase("– il nome: {name}", name=person.reach.name) if person.reach.name else "",
        phrase("– il telefono: {phone}", phone=person.reach.phone) if person.reach.phone else _IN_CHAT,
        phrase("Per parlarne con noi, scriva «operatore»."),
    )
