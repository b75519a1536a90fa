"""From a need that was understood to a request that was sent: questions, offers, for whom, summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from catalog_store.matching import Who
from catalog_store.offers import DESKS
from dialogs import proposals
from dialogs.contact import Reach
from dialogs.naming import PERSON, area_options, areas, need_words, people_options
from dialogs.proposals import SHOWN, Proposal
from dialogs.questions import Choice, Number, Place
from dialogs.referral_words import CORRECTIONS, REACH, WHOM, confirmation, consent, summary, through_desk
from dialogs.sending import Request, Sent, desk_for, known_reach, send, unmet
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import phrase, sentences

Outcome = Literal["sent", "again", "person", "stopped"]
QUESTIONS = 3  # at most, before the offers; one of them is "for whom" when that was not told
OTHER = Option("more", "Altre proposte", also=("altre", "altri", "more"))
NONE = Option("none", "Nessuna va bene", also=("nessuna", "nessuno", "none"))
REASONS = (
    Option("far", "È lontano", also=("lontano", "troppo lontano", "far", "too far")),
    Option("hours", "L'orario", also=("orario", "gli orari", "time", "hours")),
    Option("cost", "Il costo", also=("costo", "costa troppo", "price", "too expensive")),
    Option("other", "Non è questo", row="Non è quello che cerco", also=("altro", "something else")),
)
ANYWHERE = Option("any", "Non importa", also=("salta", "ovunque", "anywhere"))  # first: the list is long
MOMENTS = (
    Option("morning", "Di mattina", also=("mattina", "morning")),
    Option("afternoon", "Di pomeriggio", also=("pomeriggio", "afternoon")),
    Option("evening", "Di sera", also=("sera", "evening")),
    Option("weekend", "Nel fine settimana", also=("sabato", "domenica", "weekend")),
)
SEND = Option("send", "Sì, invia", also=("si", "sì", "invia", "va bene", "ok", "yes", "send"))
WAIT = Option("send", "Sì, in lista", also=("si", "sì", "in lista", "va bene", "ok", "yes"))
CORRECT = Option("correct", "Correggi", also=("correggere", "cambia", "correct"))
CANCEL = Option("cancel", "Non inviare", also=("no", "annulla", "cancel"))


@dataclass(frozen=True)
class Wish:
    """What somebody needs, as far as it is known. `whom`: ME, a relation, or '' when it was not told.

    `asked`: it took a question to know what is needed, and one less is asked. `offer`: the one whose link they opened.
    """

    need: str
    text: str = ""
    who: Who = field(default_factory=Who)
    whom: str = ""
    asked: bool = False
    offer: int = 0


async def request(at: str, wish: Wish, reach: Reach | None) -> tuple[Outcome, Reach | None]:
    """One need, until a request is sent or nothing more can be done here. `at` begins every key.

    `reach` is how the person is reached, if that was told for another need; it is given back.
    """
    who, found = await _narrowed(at, wish)
    wish = replace(wish, who=who)
    without: list[int] = []
    refused = ""
    for turn in count(1):
        here = f"{at}.{turn}"
        if turn > 1:
            found = await look(f"{here}.offerte", proposals.found, wish.need, wish.who, without, refused)
        if not found:
            await do(f"{here}.senza", unmet, wish.need, wish.who.area, refused or "no_offer")
            await say(
                phrase(
                    "Per «{need}» adesso non trovo altro. La richiesta però non si perde.", need=need_words(wish.need)
                )
            )
            return "person", reach
        found = sorted(found, key=lambda proposal: proposal.id != wish.offer)
        choice, shown = await _picked(here, found)
        if choice == PERSON.id:
            return "person", reach
        if choice == NONE.id:
            refused = await ask(f"{here}.perche", Choice("Mi dispiace. Che cosa non va bene?", among=REASONS))
            if refused == "other":
                return "again", reach
            without += [proposal.id for proposal in shown]
            wish = replace(wish, who=await _clearer(here, wish.who, refused))
            continue
        proposal = next(one for one in found if str(one.id) == choice)
        wish, reach = await _applicant(here, wish, reach)
        sent, wish, reach = await _applied(here, proposal, wish, reach)
        if sent is None:
            return "stopped", reach
        if sent.outcome in ("full", "gone"):
            without += [proposal.id]
            await say("Nel frattempo i posti sono finiti. Vediamo chi altro può aiutare.")
        elif sent.outcome != "changed":
            return "sent", reach
    raise AssertionError("counting never ends")


async def _narrowed(at: str, wish: Wish) -> tuple[Who, list[Proposal]]:
    """Ask only what changes the answer; then the offers."""
    who, most = wish.who, QUESTIONS - (not wish.whom) - wish.asked
    asked: list[str] = []
    while True:
        step = await look(f"{at}.cerca.{len(asked)}", proposals.search, wish.need, who, asked, most)
        if step.question is None:
            return who, step.offers
        asked = [*asked, step.question]
        who = await _told(at, step.question, who)


async def _told(at: str, name: str, who: Who) -> Who:
    """One fact more about the person; what is skipped stays unknown."""
    if name == "area":
        listed = await look(f"{at}.zone", areas)
        place = Place("In quale zona serve?", label="La zona", among=(ANYWHERE, *area_options(listed)))
        area = await ask(f"{at}.area", place)
        return replace(who, area=None if area == ANYWHERE.id else area)
    if name == "age":
        text = "Quanti anni ha la persona che ha bisogno?"
        return replace(who, age=await ask(f"{at}.eta", Number(text, label="L'età", skip="Salta", least=0, most=120)))
    if name == "group":
        text = "La persona è in una di queste situazioni?"
        nobody = Option("none", "Nessuna di queste", also=("nessuna", "no", "none"))
        group = await ask(
            f"{at}.gruppo", Choice(text, label="La situazione", skip="Salta", among=(*people_options(), nobody))
        )
        return replace(who, group="" if group == nobody.id else group)
    text = "Quando andrebbe meglio?"
    return replace(who, when=await ask(f"{at}.quando", Choice(text, label="Quando", skip="Non importa", among=MOMENTS)))


async def _clearer(here: str, who: Who, refused: str) -> Who:
    """What a refusal makes worth knowing."""
    if refused == "far" and who.area is None:
        return await _told(here, "area", who)
    if refused == "hours":
        return await _told(here, "when", replace(who, when=None))
    return who


async def _picked(here: str, found: Sequence[Proposal]) -> tuple[str, Sequence[Proposal]]:
    """The id of the option tapped, and the offers that were shown until then."""
    free, lists = [one for one in found if not one.full], tuple(_in_line(one) for one in found if one.full)
    for page in count():
        first = page * SHOWN
        some, left = free[first : first + SHOWN], free[first + SHOWN :]
        among = (*map(proposals.option, some), *((OTHER,) if left else ()), *lists, NONE, PERSON)
        text = "A quale posso inviare la sua richiesta?" if len(some) > 1 else "Posso inviare la sua richiesta?"
        text = text if some else "Adesso un posto libero non c'è. Che cosa preferisce?"
        choice = await ask(f"{here}.scelta.{page}", Choice(text, label="Il servizio", among=among))
        if choice != OTHER.id:
            return choice, free[: first + len(some)]
    raise AssertionError("counting never ends")


def _in_line(proposal: Proposal) -> Option:
    """Waiting for a place of an offer that is full, as something to tap."""
    told = sentences(proposals.told(proposal), "Qui i posti sono finiti. Può aspettarne uno in lista.")
    also = ("lista", "in lista", "lista d'attesa", "aspetto", "waiting list")
    return Option(str(proposal.id), "Mettermi in lista", also=also, told=told)


async def _applicant(here: str, wish: Wish, reach: Reach | None) -> tuple[Wish, Reach]:
    """For whom it is and how to reach whoever asks; what is known is not asked."""
    if not wish.whom:
        wish = replace(wish, whom=await ask(f"{here}.per_chi", WHOM))
    reach = reach or await look(f"{here}.recapito_noto", known_reach)
    return wish, reach or await ask(f"{here}.recapito", REACH)


async def _applied(here: str, proposal: Proposal, wish: Wish, reach: Reach) -> tuple[Sent | None, Wish, Reach]:
    """The summary, corrected as often as wanted, and the request sent; None: the person does not want it sent."""
    through = proposal.parts.access in DESKS and not proposal.full  # a place in the line is no request yet
    desk = await look(f"{here}.sportello", desk_for, proposal.parts.access) if through else None
    listed = await look(f"{here}.nomi", areas)
    if desk:
        await say(through_desk(proposal.parts.access))
    for turn in count(1):
        area = next((one.name for one in listed if one.id == wish.who.area), "")
        await say(summary(wish.need, wish.whom, area, proposal, desk, reach))
        question = Choice(consent(proposal, desk, wish.whom), among=(WAIT if proposal.full else SEND, CORRECT, CANCEL))
        answer = await ask(f"{here}.invio.{turn}", question)
        if answer == CANCEL.id:
            return None, wish, reach
        if answer == SEND.id:
            who = wish.who
            known = (who.area, who.group, who.age, who.home)
            request = Request(wish.need, proposal.id, *known, wish.text, wish.whom, reach, proposal.full)
            sent = await do(f"{here}.inviata", send, request, undo="my_request")
            if sent.code:
                await say(confirmation(sent, proposal.parts.organization, desk))
            return sent, wish, reach
        what = await ask(f"{here}.correggi.{turn}", Choice("Che cosa vuole correggere?", among=CORRECTIONS))
        if what == "offer":
            return Sent("changed"), wish, reach
        if what == "area":
            wish = replace(wish, who=await _told(f"{here}.{turn}", "area", wish.who))
            reached = await look(f"{here}.{turn}.offerte", proposals.found, wish.need, wish.who, [], "")
            if proposal.id not in [one.id for one in reached]:
                await say("In questa zona quel servizio non arriva. Ecco che cosa c'è.")
                return Sent("changed"), wish, reach
        elif what == "whom":
            wish = replace(wish, whom=await ask(f"{here}.{turn}.per_chi", WHOM))
        else:
            reach = await ask(f"{here}.{turn}.recapito", REACH)
    raise AssertionError("counting never ends")
