"""The citizen's dialogue: from what somebody says is wrong to a request that an association receives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import count
from typing import Literal

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.matching import Who
from catalog_store.taxonomy import NEEDS
from dialogs import elsewhere
from dialogs.commands import OF_ORGANIZATION
from dialogs.following import DISCREET
from dialogs.naming import ME, PERSON, group_options, need_list, need_option, need_options, need_words
from dialogs.questions import Choice, Tell, YesNo
from dialogs.request import Outcome, Wish, request
from dialogs.talk import Go, Option, ask, look, say
from dialogs.understand import facts, needs
from dialogs.understand.behalf import on_behalf
from dialogs.understand.clauses import clauses
from dialogs.words import Words, phrase

CLEAR = 0.8  # how likely a need must be to be kept beside another one, or taken when no other is likely
LIKELY, MOST = 0.06, 3  # what is proposed when it is not sure: as likely as this, and how many
_FIRST: Words = "Mi scriva che cosa succede, con parole sue. Oppure tocchi un tema."
_WRITES_FOR: dict[str, Words] = {
    "parent": "Va bene. Scrive per un suo genitore.",
    "child": "Va bene. Scrive per suo figlio o sua figlia.",
    "relative": "Va bene. Scrive per qualcuno della sua famiglia.",
    "other": "Va bene. Scrive per un'altra persona.",
}
_RELATIONS = {
    "mother": "parent", "father": "parent", "child": "child", "neighbour": "other", "friend": "other",
}  # fmt: skip
BACK = Option("back", "Un altro tema", also=("indietro", "altro", "back", "other"))
NEITHER = Option("neither", "Nessuna di queste", also=("nessuna", "no", "none"))


@dataclass(frozen=True)
class Understood:
    """What a text is about.

    `wishes`: those to answer when sure, the likeliest needs when unsure, only the facts told when outside,
    or when it only says for whom they write.
    """

    decision: Literal["sure", "unsure", "outside", "whom"]
    wishes: list[Wish]


async def need(subject: str) -> Go | None:
    """From words to a request. `subject`: of which offer, or organization, the link was opened (commands.py), or ''."""
    attempts = count(1)
    text = _FIRST
    wishes = await _offered(subject) if subject else []
    while True:
        wishes = wishes or await _wishes(attempts, text)
        if not wishes:
            return Go("human")
        outcome, code = await _served(attempts, wishes)
        if outcome == "person":
            return Go("human", code)
        if outcome != "again":
            return None
        text = "Allora me lo scriva con altre parole. O tocchi il tema più vicino."
        wishes = []


async def _offered(link: str) -> list[Wish]:
    """What that whose link was opened is for; nothing when it is there no more, and so they are asked."""
    if link.startswith(OF_ORGANIZATION):
        wishes = await look("proposte", wishes_for, link.removeprefix(OF_ORGANIZATION))
    else:
        found = await look("offerta", wish_for, link)
        wishes = [found] if found else []
    if not wishes:
        await say("Questa proposta non c'è più. Ne cerchiamo un'altra.")
        return []
    wish = wishes[0] if len(wishes) == 1 else await _chosen(wishes)
    if wish is None:
        return []
    await say(phrase("Ho capito: {needs}.", needs=need_list([wish.need])))
    return [wish]


async def _chosen(wishes: list[Wish]) -> Wish | None:
    """One of several; None for something else."""
    among = (*(need_option(wish.need) for wish in wishes), BACK)
    code = await ask("proposta", Choice("Che cosa serve?", label="Che cosa serve", among=among))
    return next((wish for wish in wishes if wish.need == code), None)


def wishes_for(tx: Transaction, uid: str) -> list[Wish]:
    """The needs that an organization's active offers answer first, each with the offer that does."""
    owner = organizations.find(tx, uid)
    listed = offers.listed(tx, active=True) if owner else []
    theirs = {offer.needs[0]: offer.id for offer in listed if owner and offer.organization_id == owner.id}
    return [Wish(code, offer=id) for code, id in theirs.items() if code in NEEDS]


def wish_for(tx: Transaction, uid: str) -> Wish | None:
    """The first need of an active offer."""
    offer = next((one for one in offers.listed(tx, active=True) if one.uid == uid), None)
    return Wish(offer.needs[0], offer=offer.id) if offer else None


async def _served(attempts: Iterator[int], wishes: list[Wish]) -> tuple[Outcome, str]:
    """Each need in turn, until one is with a person or was misunderstood; and its code."""
    reach = None
    outcome: Outcome = "stopped"
    for number, wish in enumerate(wishes):
        at = f"richiesta.{next(attempts)}"
        if number and not await ask(f"{at}.anche", YesNo(_also(wish.need))):
            await say("Va bene. Quando vuole, mi scriva di nuovo.")
            continue
        outcome, reach = await request(at, wish, reach)
        if outcome in ("person", "again"):
            return outcome, wish.need
        if outcome == "stopped":
            await say("Va bene, non ho inviato niente. Quando vuole, mi scriva di nuovo.")
    return outcome, ""


async def _wishes(attempts: Iterator[int], text: Words) -> list[Wish]:
    """What is needed, with what else was told; nothing: the person wants somebody."""
    told = Wish("")
    for attempt in attempts:
        mark = "" if attempt == 1 else f".{attempt}"
        answer = await ask(f"bisogno{mark}", Tell(text, label="Il bisogno", among=(*group_options(), PERSON)))
        if answer.option == PERSON.id:
            return []
        if answer.option:
            among = (*need_options(answer.option), BACK)
            code = await ask(f"voce{mark}", Choice("Che cosa serve?", label="Che cosa serve", among=among))
            if code != BACK.id:
                return [replace(told, need=code)]
            text = "Scelga un altro tema. O me lo scriva con parole sue."
            continue
        heard = await look(f"capito{mark}", understood, answer.text)
        wishes = [_beside(told, wish) for wish in heard.wishes]
        told = wishes[0]
        if heard.decision == "sure":
            await say(phrase("Ho capito: {needs}.", needs=need_list([wish.need for wish in wishes])))
            if len(wishes) > 1:
                await say("Una cosa alla volta: cominciamo dalla prima.")
            return wishes
        if heard.decision == "unsure":
            among = (*(need_option(wish.need) for wish in wishes), NEITHER)
            code = await ask(
                f"intende{mark}", Choice("Intende una di queste cose?", label="Che cosa serve", among=among)
            )
            if code != NEITHER.id:
                return [replace(told, need=code, asked=True)]
            text = "Me lo scriva con altre parole. O tocchi il tema più vicino."
        elif heard.decision == "whom":
            await say(_WRITES_FOR[told.whom])
            text = "Mi racconti che cosa serve. Oppure tocchi un tema."
        else:
            await say(elsewhere.said(await look(f"altrove{mark}", elsewhere.elsewhere_for, answer.text)))
            text = "Cerca un aiuto? Me lo scriva con altre parole, o tocchi un tema."
    raise AssertionError("counting never ends")


def understood(tx: Transaction, text: str) -> Understood:
    """The needs and the facts in a text that was prepared, and in its clauses. Raises needs.NotPrepared."""
    for_whom = on_behalf(text)
    places = {place.id: (place.name, *place.other_names) for place in tx.store.territory.localities.values()}
    told_in = cache(partial(facts.facts, localities=places))

    def wish(code: str, part: str) -> Wish:
        told = told_in(part)
        relation = told.relation or (for_whom.relation if for_whom else None)
        whom = _RELATIONS.get(relation, "relative") if relation else "other" if for_whom else ""
        whom = whom or (ME if told.whom == "me" else "")
        if relation == "partner" and code.partition(".")[0] == DISCREET:
            whom = ""  # perhaps it is not for the partner but because of them: it is asked
        return Wish(code, text, Who(told.area or told_in(text).area, told.age, told.group, told.home), whom)

    if for_whom and for_whom.alone:
        return Understood("whom", [wish("", text)])
    ranked = needs.ranked(text)
    parts = [(part, needs.ranked(part)) for part in clauses(text)]
    sure = {one.ranking[0][0]: part for part, one in parts if one.decision == "sure" and one.ranking[0][1] >= CLEAR}
    whole = ranked.ranking[0][0]
    if ranked.decision == "outside" and not sure:
        return Understood("outside", [wish("", text)])
    if ranked.decision == "sure" or len(sure) > 1 or whole in sure:
        codes = dict.fromkeys([whole, *sure] if ranked.decision == "sure" or whole in sure else sure)
        told = sure if len(codes) > 1 else {}
        return Understood("sure", [wish(code, told.get(code, text)) for code in codes][:MOST])
    likely = [code for code, probability in ranked.ranking[:MOST] if probability >= LIKELY] or [whole]
    wishes = [wish(code, text) for code in dict.fromkeys([*sure, *likely])][:MOST]
    alone = len(wishes) == 1 and ranked.ranking[0][1] * (1 - ranked.outside) >= CLEAR  # nothing to choose from
    return Understood("sure" if alone else "unsure", wishes)


def _beside(told: Wish, wish: Wish) -> Wish:
    """A wish with the facts that were told before it and not again."""
    before, now = told.who, wish.who
    who = replace(
        now, area=now.area or before.area, age=before.age if now.age is None else now.age,
        group=now.group or before.group, home=now.home or before.home,
    )  # fmt: skip
    return replace(wish, who=who, whom=wish.whom or told.whom)


def _also(code: str) -> Words:
    return phrase("Mi ha chiesto anche: {need}. Vediamo adesso?", need=need_words(code))
