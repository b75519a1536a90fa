"""An association describes what it offers, in its own words; it is published once, and found from then on.

What is understood is confirmed; everything can be corrected before it is published, and changed after.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from catalog_store.connect import Transaction
from catalog_store.taxonomy import NEEDS
from dialogs.naming import LABEL, area_options, group_options, need_list, need_option, need_options, people_options
from dialogs.offer_questions import Ages, EmailOf, Hours, PhoneOf, Spoken, Zones, shortened
from dialogs.offer_words import ACCESSES, PARTS, PERIODS, is_long, summary
from dialogs.offering import Draft, Known, draft_of, owner_of, owners, publish, save
from dialogs.questions import Choice, Common, Number, Place, Text
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.understand import needs
from dialogs.understand.clauses import clauses
from dialogs.understand.plain import fold
from dialogs.words import Verbatim, Words, lines, phrase

LIKELY, MOST = 0.06, 3  # what is proposed as a need: as likely as this, and how many
NEEDS_MOST = 5  # needs that one offer answers
ROW = 24  # characters of an option in a list
DONE = Option("done", "Va bene così", also=("basta", "sì", "si", "ok", "va bene", "done"))
ELSE = Option("else", "Un altro tema", also=("altro", "nessuna", "no", "other"))
HOME = Option("home", "A casa loro", row="A casa della persona", also=("a casa", "domicilio", "at home"))
NEW = Option("new", "Un altro indirizzo", also=("altro", "nuovo", "new"))
PUBLISH = Option("publish", "Sì, pubblica", also=("si", "sì", "ok", "va bene", "yes", "pubblica"))
CORRECT = Option("correct", "Correggi", also=("correggere", "cambia", "correct"))
CANCEL = Option("cancel", "Non pubblicare", also=("no", "annulla", "cancel"))
SAVE = Option("publish", "Sì, salva", also=("si", "sì", "ok", "va bene", "yes", "salva"))
STOP = Option("cancel", "Lascia com'era", also=("no", "annulla", "cancel"))
_FREE = frozenset(("gratis", "gratuito", "gratuita", "niente", "nulla", "0", "0 euro", "free"))
_NOBODY: Words = "Le offerte le fa chi risponde per un'associazione approvata. Per sapere come, scriva «operatore»."


async def offer(subject: str) -> Go | None:
    """`subject` is the uid of the organization; '' asks which, when there are several."""
    listed = await look("associazioni", owners, subject)
    if not listed:
        await say(_NOBODY)
        return None
    known = listed[0]
    if len(listed) > 1:
        among = tuple(
            Option(one.uid, Verbatim(shortened(one.name)), row=Verbatim(shortened(one.name, ROW)),
                   description=Verbatim(one.name[:72]))
            for one in listed
        )  # fmt: skip
        which = await ask("associazione", Choice("Per quale associazione?", label="L'associazione", among=among))
        known = next(one for one in listed if one.uid == which)
    draft = Draft()
    for option in PARTS:
        draft = await _told("", option.id, known, draft)
    final = await _corrected(known, draft, (PUBLISH, CORRECT, CANCEL), "Pubblico questa offerta?")
    if final is None:
        await say("Va bene, non ho pubblicato niente.")
        return None
    uid = await do("pubblicata", publish, known.organization_id, final, undo="my_offers")
    if uid:
        await say("Fatto. L'offerta è pubblicata e da adesso le persone la trovano.")
        await say("Se cambia qualcosa, me lo scriva: «posti 3», «chiuso fino al 7», «le nostre offerte».")
    else:
        await say(_NOBODY)
    return None


async def change_offer(subject: str) -> None:
    """`subject` is the uid of an offer of theirs."""
    known, draft = await look("associazione", owner_of, subject), await look("offerta", draft_of, subject)
    if known is None or draft is None:
        await say("Questa offerta non c'è più.")
        return
    text = phrase("Che cosa vuole cambiare di «{name}»?", name=draft.name)
    part = await ask("che_cosa", Choice(text, label="Che cosa cambiare", among=PARTS))
    draft = await _told("", part, known, draft)
    final = await _corrected(known, draft, (SAVE, CORRECT, STOP), "Salvo così?")
    if final is None:
        await say("Va bene, resta com'era.")
    elif await do("salvata", save, subject, final, undo="my_offers"):
        await say("Fatto: da adesso l'offerta si legge così.")
    else:
        await say("Questa offerta non c'è più.")


async def _corrected(known: Known, draft: Draft, among: tuple[Option, ...], text: Words) -> Draft | None:
    """The summary, with any part corrected as often as wanted; None: nothing is to be kept."""
    for turn in count(1):
        first, then = summary(draft, known)
        answer = DONE.id
        if is_long(draft, known):  # more than one message of WhatsApp holds
            await say(first)
            answer = await ask(f"parte.{turn}", Choice("Fin qui va bene?", among=(DONE, CORRECT)))
        if answer == DONE.id:
            await say(then if is_long(draft, known) else lines(first, then))
            answer = await ask(f"conferma.{turn}", Choice(text, among=among))
        if answer != CORRECT.id:
            return draft if answer == PUBLISH.id else None
        part = await ask(f"correggi.{turn}", Choice("Che cosa vuole correggere?", among=PARTS))
        draft = await _told(f"{turn}.", part, known, draft)
    raise AssertionError("counting never ends")


async def _told(at: str, part: str, known: Known, draft: Draft) -> Draft:
    """The draft with this part asked (again). `at` begins every key."""
    return await _PARTS[part](at, known, draft)


async def _when(at: str, known: Known, draft: Draft) -> Draft:
    text = "In che giorni e a che ore? Per esempio: «lunedì e giovedì dalle 16 alle 18»."
    hours = await ask(f"{at}quando", Hours(text, label="Quando", skip="Su appuntamento", zone=known.zone))
    return replace(draft, schedule=hours or "")


async def _cost(at: str, known: Known, draft: Draft) -> Draft:
    del known
    donation = Option("offerta libera", "Offerta libera", also=("offerta", "donazione"))
    example = "Per esempio: «5 euro al mese»."
    text = "Quanto costa alla persona?"
    asked = Common(text, label="Il costo", skip="È gratis", most=72, example=example, among=(donation,))
    cost = await ask(f"{at}costo", asked)
    return replace(draft, cost="" if not cost or fold(cost).strip(" .") in _FREE else cost)


async def _bring(at: str, known: Known, draft: Draft) -> Draft:
    del known
    text = "La persona deve portare qualcosa?"
    bring = await ask(f"{at}portare", Text(text, label="Che cosa portare", skip="Niente", most=200))
    return replace(draft, bring=bring or "")


async def _languages(at: str, known: Known, draft: Draft) -> Draft:
    del known
    text = "In quali lingue potete parlare? Le scriva tutte."
    return replace(draft, languages=await ask(f"{at}lingue", Spoken(text, label="Le lingue")))


async def _what(at: str, known: Known, draft: Draft) -> Draft:
    """The description, and the needs that are found in it: confirmed, taken away, added."""
    del known
    example = "Per esempio: «aiutiamo i ragazzi delle medie a fare i compiti»."
    text = "Che cosa offrite? Lo racconti con parole sue."
    told = await ask(f"{at}descrizione", Text(text, label="La descrizione", least=10, most=300, example=example))
    found = await look(f"{at}bisogni", needs_in, told)
    kept: list[str] = []
    among: list[str] = found
    for turn in count(1):
        here = f"{at}bisogno.{turn}"
        options = (*(need_option(code) for code in among if code not in kept), *((DONE,) if kept else ()), ELSE)
        if kept:
            await say(phrase("Finora: {needs}.", needs=need_list(kept)))
        asked: Words = "Serve anche ad altro?" if kept else "A quale di questi bisogni risponde?"
        code = await ask(here, Choice(asked, label="Il bisogno", among=options))
        if code == ELSE.id:
            group = await ask(f"{here}.tema", Choice("Di che cosa si tratta?", label="Il tema", among=group_options()))
            among = [one.id for one in need_options(group)][:9]
            continue
        kept = kept if code == DONE.id else [*kept, code]
        if code == DONE.id or len(kept) == NEEDS_MOST:
            return replace(draft, description=told, needs=kept)
    raise AssertionError("counting never ends")


def needs_in(tx: Transaction, text: str) -> list[str]:
    """The likeliest needs of a text and of its clauses, at most three. Raises needs.NotPrepared."""
    del tx
    whole = needs.ranked(text)
    sure = [one.ranking[0][0] for one in map(needs.ranked, clauses(text)) if one.decision == "sure"]
    likely = [code for code, chance in whole.ranking[:MOST] if chance >= LIKELY] or [whole.ranking[0][0]]
    return [code for code in dict.fromkeys([*sure, *likely]) if code in NEEDS][:MOST]


async def _named(at: str, known: Known, draft: Draft) -> Draft:
    """The name, and what of it stands on a button: proposed, and asked only where the whole does not fit."""
    del known
    text = "Come si chiama? Poche parole, come su un cartello."
    name = await ask(f"{at}nome", Text(text, label="Il nome", least=3, most=60, example="Per esempio: «Doposcuola»."))
    label = name
    if len(name) > LABEL:
        short = shortened(name)
        question = phrase("Sui bottoni ci stanno {n} lettere. Va bene «{short}»? O scriva altro.", n=LABEL, short=short)
        proposed = Option("short", Verbatim(short), also=("si", "sì", "ok", "va bene", "yes"))
        given = await ask(f"{at}bottone", Common(question, label="Sul bottone", least=3, most=LABEL, among=(proposed,)))
        label = short if given == proposed.id else given
    return replace(draft, name=name, label=label, row=name if len(name) <= ROW else label)


async def _whom(at: str, known: Known, draft: Draft) -> Draft:
    del known
    anybody = Option("any", "Per tutti", also=("tutti", "chiunque", "anyone"))
    text = "Per chi è? Scelga se è solo per un gruppo."
    group = await ask(f"{at}per_chi", Choice(text, label="Per chi", among=(anybody, *people_options())))
    text = "Per quali età? Per esempio: «dai 6 ai 14 anni»."
    ages = await ask(f"{at}eta", Ages(text, label="L'età", skip="Tutte le età"))
    first, last = (ages.first, ages.last) if ages else (None, None)
    return replace(draft, group="" if group == anybody.id else group, age_from=first, age_to=last)


async def _where(at: str, known: Known, draft: Draft) -> Draft:
    spots = tuple(
        Option(f"{spot.id}", Verbatim(spot.name[:LABEL]), row=Verbatim(spot.name[:ROW]),
               description=Verbatim(spot.address[:72]))
        for spot in known.spots
    )  # fmt: skip
    where = await ask(f"{at}dove", Choice("Dove si fa?", label="Dove", among=(*spots, HOME, NEW)))
    place = replace(draft, at_home=where == HOME.id, location_id=None, address="", locality="")
    if where == NEW.id:
        example = "Per esempio: «via Roma 12»."
        address = await ask(
            f"{at}indirizzo", Text("Qual è l'indirizzo?", label="L'indirizzo", least=5, most=120, example=example)
        )
        near = Place("In quale zona è?", label="La zona della sede", among=area_options(known.areas))
        place = replace(place, address=address, locality=await ask(f"{at}localita", near))
    elif where != HOME.id:
        place = replace(place, location_id=int(where))
    text = "Per chi abita dove? Tocchi una zona, o ne scriva più di una."
    return replace(place, areas=await ask(f"{at}zone", Zones(text, label="Le zone", listed=tuple(known.areas))))


async def _places(at: str, known: Known, draft: Draft) -> Draft:
    del known
    text = "Quanti posti ci sono?"
    places = await ask(f"{at}posti", Number(text, label="I posti", skip="Senza limite", least=0, most=9999))
    if places is None:
        return replace(draft, places=None, period="")
    period = await ask(f"{at}ogni", Choice("Ogni quanto?", label="Ogni quanto", among=PERIODS))
    return replace(draft, places=places, period="" if period == PERIODS[0].id else period)


async def _access(at: str, known: Known, draft: Draft) -> Draft:
    del known
    access = await ask(f"{at}accesso", Choice("Chi può venire?", label="Come si entra", among=ACCESSES))
    if access != "documents":
        return replace(draft, access=access, access_words="")
    example = "Per esempio: «serve un ISEE fino a 10.000 euro»."
    asked = Text("Quali documenti, o quale reddito?", label="I documenti", least=3, most=200, example=example)
    return replace(draft, access=access, access_words=await ask(f"{at}accesso_parole", asked))


async def _contact(at: str, known: Known, draft: Draft) -> Draft:
    text = "Chi risponde alle persone? Basta il ruolo, senza nomi."
    role = await ask(f"{at}ruolo", Text(text, label="Chi risponde", skip="Salta", most=80, example="La segreteria."))
    phone = await ask(
        f"{at}telefono", PhoneOf("A quale telefono?", label="Il telefono", skip="Nessuno", known=known.phone)
    )
    email = await ask(f"{at}email", EmailOf("A quale e-mail?", label="L'e-mail", skip="Nessuna", known=known.email))
    return replace(draft, role=role or "", phone=phone or "", email=email or "")


_PARTS = {
    "what": _what, "name": _named, "whom": _whom, "where": _where, "when": _when, "places": _places, "cost": _cost,
    "access": _access, "bring": _bring, "contact": _contact, "languages": _languages,
}  # fmt: skip
