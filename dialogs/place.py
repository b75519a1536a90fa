"""A place has come free for somebody who waits: they take it, or it is the next one's.

For the violence group nothing here names a service before they say that nobody else is looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog_store import offers, organizations, queue, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.referrals import Full
from dialogs.following import DISCREET
from dialogs.naming import PERSON, here
from dialogs.questions import Choice, YesNo
from dialogs.referral_words import READ, confirmation, with_person
from dialogs.sending import Sent, opened, to_operator
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Moment, Words, phrase, sentences

TAKE = Option("take", "Sì, lo prendo", also=("si", "sì", "ok", "va bene", "lo prendo", "yes", "take"))
NO = Option("no", "No, grazie", also=("no", "non più", "no thanks"))
_GONE: Words = "Questa richiesta non c'è più. Non deve fare niente."


@dataclass(frozen=True)
class Offered:
    """A place that was proposed. `state` is queue.Place's; `due` is on the town's clock."""

    code: str
    referral: str
    offer: str
    organization: str
    discreet: bool
    state: str
    due: datetime | None


async def place(subject: str) -> Go | None:
    """`subject` is the uid of a turn in the queue."""
    told = await look("posto", offered, subject)
    if told is None:
        await say(_GONE)
        return None
    if told.state != "proposed":
        await say("Il posto non aspetta più una risposta. Ecco a che punto siamo.")
        return Go("my_request", told.referral)
    await say(phrase("Buone notizie: c'è un posto. È per la richiesta {code}.", code=told.code))
    if told.discreet:
        await ask("leggere", Choice("Tocchi qui quando nessuno può vedere.", among=(READ,)))
    else:
        await say(phrase("Il posto è qui: {offer}, {to}.", offer=told.offer, to=told.organization))
    if told.due:
        await say(phrase("È suo fino a {due}. Poi passa a chi viene dopo.", due=Moment(told.due)))
    answer = await ask("risposta", Choice("Lo prende?", label="La risposta", among=(TAKE, NO, PERSON)))
    if answer == TAKE.id:
        await say(_taken(told, await do("preso", take, subject, undo="my_request")))
        return None
    if answer == PERSON.id:
        await say(with_person(await do("persona", hand_over, subject)))
        return None
    await do("rifiutato", refuse, subject)
    await say("Va bene, il posto va ad altri.")
    if await ask("ancora", YesNo("Cerchiamo un altro aiuto?", yes="Sì", no="No, grazie")):
        return Go("need")
    await say("Va bene. Quando vuole, mi scriva di nuovo.")
    return None


def offered(tx: Transaction, uid: str) -> Offered | None:
    """A turn in the queue of whoever's turn it is now; None when it is somebody else's, or gone."""
    mine = queue.get(tx, uid)
    referral = referrals.get(tx, mine.referral_uid) if mine else None
    if mine is None or referral is None or referral.person_id != tx.me():
        return None
    offer = offers.get(tx, mine.offer_id)
    return Offered(
        referral.code, referral.uid, offer.name, organizations.get(tx, offer.organization_id).name,
        DISCREET in (referral.group, referral.need.partition(".")[0]),
        mine.state if referral.state == offers.QUEUED else "left",
        here(tx, mine.answer_by) if mine.answer_by else None,
    )  # fmt: skip


def take(tx: Transaction, uid: str) -> Sent:
    """The place is theirs, and the request goes to its organization; to a human, when the offer is gone."""
    sent = queue.take(tx, uid)
    if sent is None:
        return Sent("late")
    mine = queue.get(tx, uid)
    if not isinstance(sent, Full):
        waiting.settle(tx, sent.id)  # an operator may have seen to it meanwhile
        return opened(tx, sent)
    if mine is None or sent.gone:
        return Sent("gone", due=to_operator(tx, mine.referral_uid) if mine else None)
    referral = referrals.get(tx, mine.referral_uid)
    return Sent("full", position=queue.position(tx, referral.id) if referral else 0)


def refuse(tx: Transaction, uid: str) -> bool:
    """They do not want it any more; false when it was too late."""
    mine = queue.decline(tx, uid)
    if mine is not None:
        referrals.withdraw(tx, mine.uid)
    return mine is not None


def hand_over(tx: Transaction, uid: str) -> datetime | None:
    """The place is the next one's, and a human goes on with the request; by when they write."""
    mine = queue.decline(tx, uid)
    return to_operator(tx, mine.uid) if mine else None


def _taken(told: Offered, sent: Sent) -> Words:
    if sent.outcome == "full":
        return sentences(
            "Mi dispiace: quel posto adesso non c'è più.",
            phrase("Lei resta in lista, al numero {n}. Le scrivo appena c'è un posto.", n=sent.position),
        )
    if sent.outcome == "gone":
        return sentences("Mi dispiace: quel posto adesso non c'è più.", with_person(sent.due))
    if sent.outcome == "late":
        return "Il tempo per rispondere è passato. Per vedere a che punto è, scriva «la mia richiesta»."
    if told.discreet and sent.due:
        return phrase("La richiesta {code} va avanti. Le scrivo entro {due}.", code=told.code, due=Moment(sent.due))
    return confirmation(sent, told.organization, None)
