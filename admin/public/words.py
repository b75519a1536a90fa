"""What the public pages say. Templates name these; their sentences are translated as all others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dialogs.locale import spoken
from dialogs.words import Phrase, Words, phrase, plural

WORDS: dict[str, Words] = {
    "title": "Aiuti vicino a lei",
    "skip": "Vai al contenuto",
    "emergency": "In pericolo? Chiami il 112.",
    "leave": "Esci in fretta",
    "menu": "Pagine",
    "languages": "Lingua / Language",
    "themes": "Tutti i temi",
    "zones": "Per zona",
    "everywhere": "In tutto il comune",
    "associations": "Le associazioni",
    "open_now": "Aperto adesso",
    "chat": "Scriva in chat",
    "ask": "Che cosa le serve? Lo scriva con parole sue.",
    "search": "Cerca",
    "not_kept": "Non teniamo quello che scrive qui.",
    "intends": "Intende una di queste cose?",
    "none_of_these": "Nessuna? Lo scriva con altre parole, oppure in chat.",
    "whom_only": "Ho capito per chi scrive. Mi dica anche che cosa serve.",
    "nothing_written": "Non ho trovato parole. Scriva che cosa serve.",
    "too_long": "È troppo lungo. Bastano poche parole.",
    "all_of_them": "Tutti gli aiuti di questo tipo",
    "offers": "Gli aiuti",
    "filters": "Scelga che cosa vedere",
    "need": "Che cosa serve",
    "zone": "In che zona",
    "language": "Si parla",
    "any": "Non importa",
    "free": "Gratis",
    "accessible": "Senza gradini, o a casa sua",
    "show": "Mostra",
    "clear": "Tolga le scelte",
    "results": "Che cosa c'è",
    "forward": "Avanti",
    "back": "Indietro",
    "pages": "Altre pagine",
    "empty": "Qui adesso non c'è niente.",
    "empty_what": "Ci scriva in chat. Oppure telefoni o vada qui:",
    "no_organizations": "Ancora non c'è nessuna associazione.",
    "ask_in_chat": "Chieda in chat",
    "ask_telegram": "Chieda su Telegram",
    "ask_whatsapp": "Chieda su WhatsApp",
    "whom": "Per chi è",
    "how": "Come fare",
    "bring": "Cosa serve",
    "get": "Che cosa riceve",
    "times": "I tempi",
    "price": "Quanto costa",
    "where": "Dove e quando",
    "contacts": "I contatti",
    "on_this_page": "In questa pagina",
    "everybody": "Per tutti",
    "open_to_all": "Ci scriva in chat, oppure chiami chi lo fa.",
    "nothing_to_bring": "Non serve portare niente.",
    "no_limit": "Non c'è un numero di posti.",
    "steps_free": "Non ci sono gradini.",
    "steps": "Ci sono dei gradini.",
    "discreet": "L'indirizzo non è pubblico. Lo dice chi risponde.",
    "telephone": "Telefono",
    "email": "E-mail",
    "website": "Sito",
    "certified": "PEC",
    "who": "Chi lo fa",
    "seats": "Le sedi",
    "print_poster": "La locandina da stampare (PDF)",
    "print_booklet": "L'opuscolo da stampare (PDF)",
    "print_list": "L'elenco da stampare (PDF)",
    "scan": "Inquadri il codice con il telefono.",
    "demonstration": "Dimostrazione",
    "invented": "Sono associazioni inventate. È una prova.",
    "trial": "PROVA",
    "nobody_receives": "Questa è una prova. Le richieste non arrivano a nessuno.",
    "listening": "Qualcuno le fa paura o le fa male? Qui la ascoltano.",
    "privacy": "Che cosa facciamo dei suoi dati",
    "missing": "Questa pagina non c'è",
    "missing_why": "L'indirizzo è sbagliato, o l'aiuto non c'è più.",
    "busy": "Sono molte domande insieme",
    "busy_why": "Aspetti un minuto, e provi di nuovo.",
    "broken": "Qualcosa non ha funzionato",
    "broken_why": "Provi di nuovo fra poco. Se ha fretta, telefoni.",
    "home": "Inizio",
    "you_are_here": "Dove si trova",
}


@cache
def said(language: str) -> Mapping[str, str]:
    """All of it in one language."""
    return {name: spoken(words, language) for name, words in WORDS.items()}


def many(total: int) -> Phrase:
    """How many offers there are."""
    return plural("{n} aiuto", "{n} aiuti", total)


def paged(number: int, pages: int) -> Words:
    """Which page it is."""
    return phrase("Pagina {number} di {pages}", number=number, pages=pages)


def aged(first: int | None, last: int | None) -> Words:
    """For which ages; nothing for all."""
    if first is not None and last is not None:
        return phrase("Da {first} a {last} anni", first=first, last=last)
    if first is not None:
        return phrase("Da {first} anni in su", first=first)
    return phrase("Fino a {last} anni", last=last) if last is not None else ""


def speaks(languages: str) -> Words:
    """In which languages."""
    return phrase("Si parla: {languages}", languages=languages)


def for_areas(places: str) -> Words:
    """For which parts of the town."""
    return phrase("Per chi abita qui: {places}", places=places)


def confirmed(day: Words) -> Words:
    """When its organization last said that it is still so."""
    return phrase("Confermato: {day}", day=day)


def helps_in(place: str) -> Words:
    """The title of what one part of the town has."""
    return phrase("Gli aiuti a {place}", place=place)


def for_tonight(number: str) -> Words:
    """Who has nothing for tonight."""
    return phrase("Per stanotte può chiamare il {number}.", number=number)
