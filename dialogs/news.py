"""What the citizen is told of their request: accepted with a proposal, declined and what comes next, or with a person.

After the day of the appointment they are asked whether it helped, unless they asked us to stop.

For the violence group nothing here names a need or an organization: others may be looking at the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from dialogs import proposals
from dialogs.appointment import said
from dialogs.following import News, close, following, news_of, resend, to_person, withdraw
from dialogs.naming import PERSON
from dialogs.proposals import SHOWN, Proposal
from dialogs.questions import Choice, YesNo
from dialogs.referral_words import READ, confirmation, declined_words, state_words, with_person
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment, Words, phrase, sentences

FINE = Option("fine", "Va bene", also=("si", "sì", "ok", "perfetto", "confermo", "yes", "fine"))
NOT_THEN = Option("not_then", "Non posso", row="Non posso a quell'ora", also=("no", "altro orario", "another time"))
WITHDRAW = Option(
    "withdraw", "La ritiro", row="Non mi serve più", also=("ritiro", "ritirare", "annulla", "withdraw", "cancel")
)
SEND = Option("send", "Sì, inviate", also=("si", "sì", "ok", "va bene", "yes"))
NOT_YET = Option("not_yet", "Non ancora", also=("aspetto", "not yet"))
OUTCOMES = (
    Option("helped", "Sì, è servito", also=("si", "sì", "bene", "yes")),
    Option("partly", "In parte", also=("così così", "abbastanza", "a little", "so so")),
    Option("not_helped", "No", also=("no", "per niente", "male", "not at all", "badly")),
    NOT_YET,
)
_GONE: Words = "Questa richiesta non c'è più. Non deve fare niente."
MORE = Option("more", "Altre proposte", row="Vedere altre proposte", also=("altre", "altro", "altri", "more", "others"))


async def news(subject: str) -> None:
    """`subject` is the uid of a referral."""
    told = await look("notizia", news_of, subject)
    if told is None:
        await say(_GONE)
        return
    state = "with_person" if told.with_person else told.state
    if state == "accepted":
        await _accepted(subject, told)
    elif state in ("declined", "unanswered"):
        await _declined(subject, told)
    else:
        done = _done_by_us(told)
        if done is not None:
            await say(done)
        if done is None or told.open:
            await say(_standing(told))


async def _accepted(subject: str, told: News) -> None:
    if told.discreet:
        await say(phrase("C'è una risposta alla richiesta {code}: è un sì.", code=told.code))
        await ask("leggere", Choice("Tocchi qui quando nessuno può vedere.", among=(READ,)))
    else:
        await say(phrase("Buone notizie! {to} ha accettato la richiesta {code}.", to=told.organization, code=told.code))
    if told.proposal:
        await say(said(told.proposal, phrase("a casa sua")))
    answer = await ask("risposta", Choice("Le va bene?", label="La risposta", among=(FINE, NOT_THEN, WITHDRAW)))
    if answer == FINE.id:
        await say("Bene, è tutto confermato. Se cambia qualcosa, scriva «la mia richiesta».")
    elif answer == WITHDRAW.id:
        await do("ritirata", withdraw, subject)
        await say("Va bene, ho ritirato la richiesta. Avviso chi l'aveva accettata. Quando vuole, mi scriva di nuovo.")
    else:
        due = await do("altra_ora", to_person, subject)
        await say(with_person(due))


async def survey(subject: str) -> Go | None:
    """The day of the appointment has passed: did it help?"""
    told = await look("notizia", news_of, subject)
    if told is None or told.with_person or told.state != "under_way":
        await say(_standing(told) if told else _GONE)
        return None
    await say(phrase("Le avevo parlato della richiesta {code}.", code=told.code))
    outcome = await ask("esito", Choice("Com'è andata? È servito?", label="Com'è andata", among=OUTCOMES))
    if outcome == NOT_YET.id:
        await say("Va bene. Se qualcosa non va, scriva «operatore» e le risponde una persona.")
        return None
    await do("conclusa", close, subject, outcome)
    if outcome == "helped":
        await say("Che bello saperlo. Quando vuole, mi scriva di nuovo.")
        return None
    await say("Grazie di averlo detto.")
    if await ask("ancora", YesNo("Cerchiamo un altro aiuto?", yes="Sì", no="No, grazie")):
        return Go("need")
    await say("Va bene. Quando vuole, mi scriva di nuovo.")
    return None


async def _declined(subject: str, told: News) -> None:
    """The next offer, then the others; at the end, or on request, a person."""
    await say(_sorry(told))
    without: list[int] = []
    some = 1
    for turn in count(1):
        found = await look(f"{turn}.prossime", following, subject, without)
        shown = found[:some]
        choice = PERSON.id
        if not shown:
            await say("Non trovo un altro posto adatto.")
        else:
            choice = await ask(f"{turn}.scelta", _choice(shown, told, left=len(found) > some))
        if choice == PERSON.id:
            due = await do(f"{turn}.persona", to_person, subject)
            await say(with_person(due))
            return
        if choice == WITHDRAW.id:
            await do(f"{turn}.ritirata", withdraw, subject)
            await say("Va bene, ho ritirato la richiesta. Quando vuole, mi scriva di nuovo.")
            return
        if choice == MORE.id:
            without += [one.id for one in shown] if some > 1 else []
            some = SHOWN
            continue
        proposal = next(one for one in found if str(one.id) == choice)
        sent = await do(f"{turn}.inviata", resend, subject, proposal.id, undo="my_request")
        if sent.code:
            await say(
                _neutral(told, sent.due) if told.discreet else confirmation(sent, proposal.parts.organization, None)
            )
            return
        if sent.outcome == "late":
            await say("La richiesta è cambiata. Per vedere a che punto è, scriva «la mia richiesta».")
            return
        without.append(proposal.id)
        await say("Nel frattempo i posti sono finiti.")
    raise AssertionError("counting never ends")


def _choice(some: Sequence[Proposal], told: News, *, left: bool) -> Choice:
    """Which of these offers, others, a person, or nothing."""
    if told.discreet:
        text = "C'è un altro servizio riservato. La mando lì, con gli stessi dati?"
        return Choice(text, among=(replace(SEND, id=str(some[0].id)), PERSON, WITHDRAW))
    more = (MORE,) if left else ()
    if len(some) == 1:
        among = (replace(SEND, id=str(some[0].id), told=proposals.told(some[0])), *more, PERSON, WITHDRAW)
        return Choice("La mando a loro, con gli stessi dati?", among=among)
    return Choice("A chi la mando, con gli stessi dati?", among=(*map(proposals.option, some), *more, PERSON, WITHDRAW))


def _sorry(told: News) -> Words:
    if told.discreet:
        return phrase("Alla richiesta {code} per ora non c'è un sì. Non la lascio senza risposta.", code=told.code)
    if told.state == "declined":
        first = phrase("Mi dispiace. {organization} non può seguire la richiesta {code}.",
                       organization=told.organization, code=told.code)  # fmt: skip
        return sentences(first, declined_words(told.reason), "Cerchiamo insieme un'altra strada.")
    first = phrase("{organization} non ha risposto in tempo alla richiesta {code}. Mi scuso per l'attesa.",
                   organization=told.organization, code=told.code)  # fmt: skip
    return sentences(first, "Cerchiamo insieme un'altra strada.")


def _done_by_us(told: News) -> Words | None:
    """What a person of ours did with the request; nothing of it where others may be looking."""
    if told.discreet:
        return None
    if told.by_us == "merged" and told.open:
        return phrase("C'è un'altra richiesta come la {code}. Ora sono una sola.", code=told.code)
    if told.by_us == "merged" and told.same_as:
        return sentences(
            phrase("La {code} e la {other} chiedono lo stesso aiuto.", code=told.code, other=told.same_as),
            phrase("Le abbiamo unite: adesso vale la {other}.", other=told.same_as),
        )
    if told.by_us == "merged":
        return sentences(
            phrase("La richiesta {code} è unita a un'altra uguale. L'aiuto è uno solo.", code=told.code),
            "Per sapere come va, scriva «operatore».",
        )
    if told.by_us == "sent":
        return "Abbiamo cambiato a chi va la sua richiesta."
    if told.state == "closed" and told.by_us:
        return sentences(
            phrase("Una persona ha chiuso la richiesta {code}.", code=told.code),
            "Se le serve ancora un aiuto, mi scriva.",
        )
    return None


def _standing(told: News) -> Words:
    return _neutral(told) if told.discreet else sentences(phrase("{code}:", code=told.code), state_words(told))


def _neutral(told: News, due: datetime | None = None) -> Words:
    by = due or told.due
    if by is None:
        return phrase("C'è una novità sulla richiesta {code}.", code=told.code)
    return phrase("La richiesta {code} va avanti. Le scrivo entro {due}.", code=told.code, due=Moment(by))
