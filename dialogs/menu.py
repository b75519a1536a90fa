"""What can be done here, the language, and what was left for later."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_store import conversations, organizations, people, referrals, roles
from catalog_store.connect import Transaction
from dialogs.assessing import waiting_for
from dialogs.locale import LANGUAGES
from dialogs.offer_menu import OFFERS
from dialogs.questions import Choice
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Verbatim, Words, phrase

NEED = Option("need", "Chiedere un aiuto", also=("chiedere aiuto", "ask for help"))
CITIZEN = (
    NEED,
    Option("my_request", "La mia richiesta"),
    Option("human", "Una persona", row="Parlare con una persona"),
    Option("callback", "Farmi richiamare"),
    Option("my_data", "I miei dati"),
    Option("association", "Per le associazioni", also=("iscrivere un'associazione", "associazione")),
    Option("language", "Lingua / Language", also=("lingua", "language")),
)
SHOWN = 3  # requests to evaluate, beside the rest
PACT = Option("pact", "Il patto di rete", also=("patto", "pact"))  # of whoever answers for an association
OTHERS = Option("pending", "Le altre richieste", also=("altre", "altre richieste"))
NOTHING = Option("nothing", "Niente, grazie", also=("niente", "nothing", "no"))


TITLES = {
    "need": "Il suo bisogno",
    "news": "Le notizie di {code}",
    "survey": "Com'è andata",
    "place": "Un posto libero",
    "offer": "La vostra offerta",
    "change_offer": "La vostra offerta",
    "my_offers": "Le vostre offerte",
    "offer_updates": "Una novità",
    "still_true": "I dati da confermare",
    "my_request": "La sua richiesta",
    "respond": "Richiesta {code}",
    "pact": "Il patto di rete",
    "callback": "La richiamata",
    "stop": "Fermare gli avvisi",
    "my_data": "I suoi dati",
    "erase": "La cancellazione",
    "association": "L'iscrizione alla rete",
}


@dataclass(frozen=True)
class Parked:
    """A dialogue that was left for later, and what it is about."""

    dialogue: str
    subject: str
    code: str = ""  # of the request it is about


async def menu(subject: str) -> Go:
    """Everything that can be done, by role."""
    del subject
    waits = await look("da_valutare", waiting_for)
    requests = tuple(
        Option(
            f"respond {case.uid}",
            phrase("Richiesta {code}", code=case.code),
            description=Verbatim(case.offer),
            also=(case.code,),
        )
        for case in waits[:SHOWN]
    )
    others = (OTHERS,) if len(waits) > SHOWN else ()
    theirs = (*OFFERS, PACT) if await look("associazione", answers_for_one) else ()
    choice = await ask("voce", Choice("Che cosa vuole fare?", among=(*requests, *others, *theirs, *CITIZEN)))
    dialogue, _, about = choice.partition(" ")
    return Go(dialogue, about)


def answers_for_one(tx: Transaction) -> bool:
    """Does whoever's turn it is answer for an organization of the catalogue?"""
    mine = (role.organization_id for role in roles.of(tx, tx.me()) if role.role == "association")
    return any(organizations.get(tx, id).state == "approved" for id in mine if id)


async def language(subject: str) -> None:
    """The language in which the person is answered."""
    del subject
    among = tuple(Option(code, Verbatim(name)) for code, name in LANGUAGES.items())
    wanted = await ask(
        "lingua", Choice("In che lingua preferisce leggere? / Which language do you prefer?", among=among)
    )
    await do("cambio", change_language, wanted)
    await say("Va bene: da ora le scrivo in italiano.")


async def pending(subject: str) -> Go | None:
    """What was left for later, and the requests that wait for an answer."""
    del subject
    parked = await look("sospesi", left)
    if not parked:
        await say("Non c'è niente in sospeso.")
        return None
    among = tuple(Option(f"{one.dialogue} {one.subject}", _title(one), also=(one.code,)) for one in parked)
    choice = await ask("quale", Choice("Quale riprendiamo?", among=(*among, NOTHING)))
    if choice == NOTHING.id:
        await say("Va bene. Quando vuole, scriva «in sospeso».")
        return None
    dialogue, _, about = choice.partition(" ")
    return Go(dialogue, about)


def _title(one: Parked) -> Words:
    return phrase(TITLES.get(one.dialogue, "Un altro discorso"), code=one.code)


def left(tx: Transaction) -> list[Parked]:
    """What this person has parked, the latest first, then what waits for an answer of their organizations."""
    parked = [
        Parked(dialogue, subject, known.code if subject and (known := referrals.get(tx, subject)) else "")
        for _, dialogue, subject in conversations.pending(tx)
    ]
    waits = [Parked("respond", case.uid, case.code) for case in waiting_for(tx)]
    return list(dict.fromkeys([*parked, *waits]))


def change_language(tx: Transaction, wanted: str) -> None:
    """Answer this person in another language from now on."""
    people.speak(tx, wanted)
