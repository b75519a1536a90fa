"""An offer in words, as its organization reads it: the summary, the list, where each stands, what can be tapped."""

from __future__ import annotations

from catalog_store.offers import ACCESS
from dialogs.locale import ITALIAN, spoken
from dialogs.naming import LABEL, inside, need_list, people_words
from dialogs.offer_questions import Span, ages_words, languages_words, when_words, zones_words
from dialogs.offering import Draft, Known, Mine
from dialogs.talk import Option
from dialogs.words import Joined, Moment, Verbatim, Words, lines, phrase, plural, sentences

PARTS = (
    Option("what", "Che cosa", row="Che cosa offrite", also=("descrizione", "bisogni", "che cosa", "what")),
    Option("name", "Il nome", also=("nome", "titolo", "name")),
    Option("whom", "Per chi", also=("età", "gruppo", "for whom")),
    Option("where", "Dove", also=("luogo", "sede", "zona", "where")),
    Option("when", "Quando", also=("orario", "orari", "giorni", "when", "hours")),
    Option("places", "I posti", also=("posti", "places")),
    Option("cost", "Il costo", also=("costo", "prezzo", "cost")),
    Option("access", "Come si entra", also=("accesso", "access")),
    Option("bring", "Che cosa portare", also=("documenti", "portare", "bring")),
    Option("contact", "Il contatto", also=("telefono", "email", "contatto", "contact")),
    Option("languages", "Le lingue", also=("lingua", "lingue", "languages")),
)
PERIODS = (
    Option("all", "In tutto", also=("totale", "in all")),
    Option("day", "Al giorno", also=("giorno", "day")),
    Option("week", "Alla settimana", also=("settimana", "week")),
    Option("month", "Al mese", also=("mese", "month")),
    Option("year", "All'anno", also=("anno", "year")),
)
ACCESSES = (
    Option("anyone", "Chiunque", row="Chiunque, direttamente", also=("libero", "tutti", "anyone")),
    Option("social_service", "Servizio Sociale", row="Dal Servizio Sociale", also=("assistente sociale", "sociale")),
    Option("listening_point", "Punto di ascolto", row="Dal punto di ascolto", also=("ascolto", "caritas")),
    Option("documents", "Con documenti", row="Con documenti o ISEE", also=("isee", "reddito", "documenti")),
)
assert tuple(option.id for option in ACCESSES) == ACCESS  # noqa: S101  one word for each way in
LONG = 1000  # characters of a summary that is shown in two parts
ALL = "all"  # the choice of everything that an organization offers


def summary(draft: Draft, known: Known) -> tuple[Words, Words]:
    """All of it, a line each, in two parts: what, for whom and where; when, and how."""
    spot = next((one for one in known.spots if one.id == draft.location_id), None)
    where = Verbatim(", ".join(filter(None, (spot.name, spot.address)))) if spot else Verbatim(draft.address)
    contact = ", ".join(filter(None, (draft.role, draft.phone, draft.email)))
    ages = ages_words(Span(draft.age_from, draft.age_to))
    first = lines(
        phrase("{name}: {what}", name=draft.name, what=inside(draft.description)),
        phrase("Risponde a: {needs}.", needs=need_list(draft.needs)),
        phrase("Sul bottone: {label}", label=draft.label) if draft.label != draft.name else "",
        phrase(
            "Per chi: {people}.", people=Joined((people_words(draft.group) if draft.group else "per tutti", ages), ", ")
        ),
        phrase("Dove: {where}.", where=phrase("a casa della persona") if draft.at_home else where),
        phrase("Zona: {areas}.", areas=zones_words(draft.areas, known.areas)),
    )
    then = lines(
        phrase("Quando: {when}.", when=when_words(draft.schedule)),
        phrase("Posti: {places}.", places=places_words(draft.places, draft.period)),
        phrase("Costo: {cost}.", cost=Verbatim(draft.cost) if draft.cost else phrase("gratis")),
        phrase("Come si entra: {access}.", access=access_words(draft.access, draft.access_words)),
        phrase("Da portare: {bring}.", bring=inside(draft.bring)) if draft.bring else "",
        phrase("Contatto: {contact}.", contact=Verbatim(contact)) if contact else "",
        phrase("Lingue: {languages}.", languages=languages_words(draft.languages)),
    )
    return first, then


def is_long(draft: Draft, known: Known) -> bool:
    """Is its summary too long for one message?"""
    return sum(len(spoken(words, ITALIAN)) for words in summary(draft, known)) > LONG


def places_words(places: int | None, period: str) -> Words:
    """How many places, and in how long."""
    if places is None:
        return phrase("senza limite")
    return {
        "day": plural("{n} posto al giorno", "{n} posti al giorno", places),
        "week": plural("{n} posto alla settimana", "{n} posti alla settimana", places),
        "month": plural("{n} posto al mese", "{n} posti al mese", places),
        "year": plural("{n} posto all'anno", "{n} posti all'anno", places),
    }.get(period, plural("{n} posto in tutto", "{n} posti in tutto", places))


def access_words(access: str, words: str) -> Words:
    """How one gets in."""
    said = next((option.row or option.label for option in ACCESSES if option.id == access), Verbatim(access))
    return lines(said, inside(words)) if words and access == "anyone" else inside(words) if words else said


def standing(mine: Mine) -> Words:
    """One line of the list: the offer, and how it is today."""
    return sentences(phrase("{name}:", name=mine.name), _state(mine), _left(mine))


def _state(mine: Mine) -> Words:
    if mine.state == "hidden":
        return "non si vede, perché da tempo nessuno la conferma."
    if mine.state == "paused":
        return "sospesa."
    if mine.reopens:
        return phrase("chiusa, riapre {day}.", day=Moment(mine.reopens))
    return phrase("aperta, {when}.", when=when_words(mine.schedule))


def _left(mine: Mine) -> Words:
    if mine.left is None:
        return ""
    free = plural("Resta {n} posto.", "Restano {n} posti.", mine.left) if mine.left else "Posti finiti."
    return sentences(free, plural("{n} persona in lista.", "{n} persone in lista.", mine.waits) if mine.waits else "")


def options(listed: list[Mine], *, told: bool = False) -> tuple[Option, ...]:
    """Offers as something to tap; with several organizations, whose each is. `told`: and how each is today."""
    several = len({mine.organization_id for mine in listed}) > 1
    return tuple(
        Option(
            mine.uid,
            Verbatim(mine.label),
            row=Verbatim(mine.row),
            description=Verbatim(f"{mine.name}, {mine.organization}"[:72] if several else mine.name),
            told=standing(mine) if told else None,
        )
        for mine in listed
    )


def wholes(listed: list[Mine]) -> tuple[Option, ...]:
    """Everything of an organization at once, as something to tap."""
    owners = {mine.organization_id: mine.organization for mine in listed}
    if len(owners) == 1:
        return tuple(Option(f"{ALL} {id}", "Tutte", row="Tutte le offerte", also=("tutto", "tutti")) for id in owners)
    return tuple(
        Option(f"{ALL} {id}", phrase("Tutte: {name}", name=name[: LABEL - 7]), description=Verbatim(name[:72]))
        for id, name in owners.items()
    )
