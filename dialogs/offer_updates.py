"""What changes of an offer, in one message: places, closures, holidays, opening times; and the list of one's offers.

What can be told is done at once and said back; where it could be another offer, or other days, it is asked with a tap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

from rapidfuzz.distance import OSA

from catalog_store import closures
from catalog_store.connect import Transaction
from dialogs.offer_questions import Hours, times_in, when_words
from dialogs.offer_words import ALL, options, standing, wholes
from dialogs.offering import Change, Done, Mine, apply, mine, owners
from dialogs.questions import Choice, Date, Number
from dialogs.talk import Go, Heard, Option, Problem, Question, ask, do, look, say
from dialogs.understand import updates
from dialogs.understand.plain import words
from dialogs.understand.updates import Unclear, Update
from dialogs.words import Moment, Verbatim, Words, phrase, plural, sentences

YES = Option("yes", "Sì", also=("si", "sì", "ok", "va bene", "giusto", "yes"))
NO = Option("no", "No, annulla", also=("no", "annulla", "cancel"))
NOTHING = Option("nothing", "Va bene così", also=("niente", "basta", "grazie", "nothing"))
ACTIONS = (
    Option("true", "È ancora vera", also=("confermo", "vero", "still true")),
    Option("change", "Cambia qualcosa", also=("cambiare", "modifica", "change")),
    Option("places", "I posti", also=("posti", "places")),
    Option("close", "Chiusa per un po'", also=("ferie", "chiusura", "closed")),
    Option("pause", "Sospendi", also=("sospendere", "pausa", "pause")),
    Option("reopen", "Riprendi", also=("riaperta", "ricomincia", "reopen")),
    Option("end", "Chiudi per sempre", also=("elimina", "togli", "end")),
    Option("offer", "Un'altra offerta", also=("nuova", "another")),
    NOTHING,
)
_COMMON = frozenset(words("""
posti posto chiuso chiusi chiusa ferie dal fino sospendi orario orari cambia nuovo nuova per con del della delle dei
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedi martedi mercoledi
giovedi venerdi sabato domenica aperto riaperto togli pausa casa
"""))  # fmt: skip  # words of updates that name no offer
_FUZZY = 6  # letters of a word in which one may be wrong
_NONE: Words = "Qui non ci sono offerte sue. Per farne una scriva «nuova offerta»."
_EXAMPLE: Words = "Per esempio: «posti 3», «chiuso fino al 7», «ferie dal 5 al 20 agosto»."


@dataclass(frozen=True)
class UpdateOf(Question[Update]):
    """An update in one line."""

    value_type: ClassVar[Any] = Update

    def read(self, text: str, heard: Heard) -> Update | Problem:
        found = updates.read(text, heard.here.date())
        if found is None:
            return Problem("Non ho capito che cosa cambia.", _EXAMPLE)
        if isinstance(found, Unclear):
            return UNCLEAR[found.kind]
        return found

    def accepts(self, value: Update) -> bool:
        return isinstance(value, Update)

    def put(self, value: Update) -> Words:
        return Verbatim(value.text)

    @property
    def numbered(self) -> bool:
        return False


UNCLEAR = {
    "places": Problem("Non ho capito quanti posti ci sono adesso.", "Per esempio: «posti 3», oppure «posti finiti»."),
    "close": Problem("Non ho capito in quali giorni è chiuso.", "Per esempio: «chiuso dal 5 al 20 agosto»."),
}


async def offer_updates(subject: str) -> Go | None:
    """What an association writes, any time."""
    del subject
    update = await ask("novita", UpdateOf("Che cosa è cambiato? Per esempio: «posti 3».", label="La novità"))
    if update.kind == "list":
        return Go("my_offers")
    if update.kind == "new":
        return Go("offer")
    if update.kind == "true":
        return Go("still_true")
    listed = await look("mie", mine)
    if not listed:
        await say(_NONE)
        return None
    change = await _which(update, listed)
    if change is not None:
        await _changed("", update, change, listed)
    return None


async def my_offers(subject: str) -> Go | None:
    """What they offer, each as it is today, and what can be done with it. `subject` is the uid of one, or ''."""
    listed = await look("mie", mine)
    if not listed:
        await say(_NONE)
        return None
    chosen = next((one for one in listed if one.uid == subject), None)
    if chosen is None:
        among = (*options(listed, told=True), NOTHING)
        which = await ask("quale", Choice("Quale vuole cambiare?", label="L'offerta", among=among))
        if which == NOTHING.id:
            await say("Va bene. Se cambia qualcosa, me lo scriva.")
            return None
        chosen = next(one for one in listed if one.uid == which)
    await say(standing(chosen))
    shut = chosen.state == "paused" or chosen.reopens is not None
    among = tuple(one for one in ACTIONS if one.id != ("pause" if shut else "reopen"))
    text = phrase("Che cosa facciamo con «{name}»?", name=chosen.name)
    action = await ask("che_cosa", Choice(text, label="Che cosa fare", among=among))
    if action == "change":
        return Go("change_offer", chosen.uid)
    if action == "offer":
        return Go("offer")
    if action == NOTHING.id:
        await say("Va bene. Se cambia qualcosa, me lo scriva.")
        return None
    change = Change("confirm" if action == "true" else action, chosen.uid, chosen.organization_id)
    update = Update("places" if action == "places" else "close")
    if action == "places":
        n = await ask("posti", Number("Quanti posti ci sono adesso?", label="I posti", skip="Senza limite", most=9999))
        update = replace(update, n=n)
        change = replace(change, n=n)
    await _changed("fatta.", update, change, listed)
    return None


async def _which(update: Update, listed: list[Mine]) -> Change | None:
    """The offer that the update is about: the one that it names, the only one, or the one that is tapped."""
    named = about(update.text, listed)
    change = Change(update.kind, n=update.n, first=update.first, last=update.last)
    together = update.kind in ("close", "reopen", "pause")
    if len(named) == 1:
        return replace(change, uid=named[0].uid, organization_id=named[0].organization_id)
    if len(listed) == 1:
        only = listed[0]
        whole = update.kind in ("close", "reopen")
        return replace(change, uid="" if whole else only.uid, organization_id=only.organization_id)
    some = named or listed
    among = (*(wholes(some) if together else ()), *options(some), NO)
    which = await ask("quale", Choice("Di quale offerta parliamo?", label="L'offerta", among=among))
    if which == NO.id:
        await say("Va bene, non ho cambiato niente.")
        return None
    if which.startswith(f"{ALL} "):
        return replace(change, organization_id=int(which.removeprefix(f"{ALL} ")))
    chosen = next(one for one in listed if one.uid == which)
    return replace(change, uid=chosen.uid, organization_id=chosen.organization_id)


async def _changed(at: str, update: Update, change: Change, listed: list[Mine]) -> None:
    """What is missing is asked, what could be meant otherwise is shown, and it is done."""
    name = next((one.name for one in listed if one.uid == change.uid), "")
    what = phrase("«{name}»", name=name) if name else phrase("tutte le vostre offerte")
    if change.kind == "hours":
        known = await look(f"{at}giorno", today)
        zone = (await look(f"{at}associazione", owners, ""))[0].zone
        said = times_in(update.rest, known, zone) if update.rest else None
        text = "I nuovi giorni e le nuove ore? Per esempio: «lunedì e giovedì dalle 16 alle 18»."
        schedule = said if isinstance(said, str) else None
        asked = Hours(text, label="L'orario", skip="Su appuntamento", zone=zone)
        schedule = schedule or await ask(f"{at}orario", asked)
        change = replace(change, schedule=schedule or "")
    if change.kind == "close":
        change = await _until(at, change)
    if (question := _sure(change, what)) is not None:
        answer = await ask(f"{at}conferma", Choice(question, label="La conferma", among=(YES, NO)))
        if answer == NO.id:
            await say("Va bene, non ho cambiato niente. Può scriverlo di nuovo con altre parole.")
            return
    await say(_told(change, await do(f"{at}fatta", apply, change, undo="my_offers"), what))


async def _until(at: str, change: Change) -> Change:
    """Until when it is closed; who does not know suspends it, and says when it begins again."""
    if change.last is not None:
        return change
    text = "Fino a che giorno è chiuso? Per esempio: «fino al 20 agosto»."
    last = await ask(f"{at}fino", Date(text, label="Fino a quando", skip="Non si sa ancora", when="future"))
    if last is None:
        return replace(change, kind="pause")
    first = change.first or await look(f"{at}oggi", today)
    return replace(change, first=min(first, last), last=last)


def today(tx: Transaction) -> date:
    """The town's day."""
    return closures.today(tx)


def about(text: str, listed: list[Mine]) -> list[Mine]:
    """The offers that a message names by some of their words, those that it names best; none when it names none."""
    said = [word for word in words(text) if len(word) > 3 and word not in _COMMON]  # noqa: PLR2004
    scores = {one.uid: sum(_in(word, said) for word in _called(one)) for one in listed}
    best = max(scores.values(), default=0)
    return [one for one in listed if best and scores[one.uid] == best]


def _called(one: Mine) -> set[str]:
    called = set(words(f"{one.name} {one.label} {one.row}"))
    return {word for word in called if len(word) > 3 and word not in _COMMON}  # noqa: PLR2004


def _in(word: str, said: list[str]) -> bool:
    return any(word == other or (len(word) >= _FUZZY and OSA.distance(word, other) <= 1) for other in said)


def _sure(change: Change, what: Words) -> Words | None:
    """What is asked before it is done: days may be meant otherwise, and an end is for good."""
    if change.kind == "close" and change.first and change.last:
        if change.first == change.last:
            return phrase("Chiusura {day}, per {what}. Giusto?", day=Moment(change.first), what=what)
        days = {"first": Moment(change.first), "last": Moment(change.last), "what": what}
        return phrase("Chiusura da {first} a {last} compreso, per {what}. Giusto?", **days)
    if change.kind == "end":
        return phrase("Chiudo per sempre {what}? Le persone non lo trovano più.", what=what)
    if change.kind == "pause":
        return phrase("Sospendo {what} fino a quando mi scrive che riprende?", what=what)
    if change.kind == "hours":
        return phrase("Nuovo orario per {what}: {when}. Giusto?", what=what, when=when_words(change.schedule))
    return None


def _told(change: Change, done: Done, what: Words) -> Words:
    if not done.names:
        return "Questa offerta non c'è più: non ho cambiato niente."
    first = done.waits and (change.kind == "reopen" or (change.kind == "places" and change.n != 0))
    waits = plural("C'è {n} persona in lista: la avviso.", "Ci sono {n} persone in lista: le avviso.", done.waits)
    return sentences(_said(change, what), waits if first else "")


def _said(change: Change, what: Words) -> Words:
    if change.kind == "places" and change.n is not None:
        return _free(change.n, what)
    if change.kind == "close" and change.last:
        again = Moment(change.last + timedelta(days=1))
        return phrase("Fatto: chiusura registrata per {what}. Si riapre {day}.", what=what, day=again)
    said: dict[str, Words] = {
        "places": phrase("Fatto: {what} da ora è senza limite di posti.", what=what),
        "reopen": phrase("Fatto, si riprende: {what}.", what=what),
        "pause": phrase("Fatto, in pausa: {what}. Quando si riprende, scriva «abbiamo ricominciato».", what=what),
        "hours": phrase("Fatto: il nuovo orario per {what} è {when}.", what=what, when=when_words(change.schedule)),
        "end": sentences(
            phrase("Fatto: {what} non si trova più.", what=what), "Le richieste già inviate restano da seguire."
        ),
    }
    return said.get(change.kind, phrase("Grazie, confermato: {what}.", what=what))


def _free(n: int, what: Words) -> Words:
    if n:
        return plural("Fatto: {n} posto libero per {what}.", "Fatto: {n} posti liberi per {what}.", n, what=what)
    return sentences(
        phrase("Fatto: i posti per {what} risultano finiti.", what=what), "Chi lo cerca può mettersi in lista."
    )
