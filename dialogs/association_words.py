"""The form of an organization in words: what each answer is called, what can be tapped, how an answer is told.

Said to associations and operators; the form itself is in `catalog_store/forms.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from catalog_store import forms
from catalog_store.forms import EVERYWHERE, Form
from catalog_store.taxonomy import GROUPS, NEEDS
from dialogs.bodies import since_words
from dialogs.locale import NAMES
from dialogs.naming import need_option, people_options, shortened
from dialogs.talk import Option
from dialogs.words import Each, Joined, Verbatim, Words, lines, phrase

_LONGEST = 200  # characters of an answer in a summary: seven of them fit into a message on every channel
Named = Mapping[str, str]  # localities of the territory: their names by id

SECTIONS: dict[str, Words] = {
    "chi": "Chi siete",
    "dove": "Dove siete",
    "cosa": "Che cosa fate",
    "esperienza": "La vostra storia",
    "persone": "Le persone",
    "registri": "Registri e reti",
}
LABELS: dict[str, Words] = {
    "natura": "Il tipo di ente",
    "denominazione": "Il nome",
    "codice_fiscale": "Il codice fiscale",
    "costituita_il": "La costituzione",
    "atto": "L'atto",
    "sede_legale": "La sede legale",
    "sedi": "Le sedi in città",
    "telefono": "Il telefono",
    "email": "La e-mail",
    "pec": "La PEC",
    "sito": "Il sito",
    "attivita": "Le attività",
    "gruppi": "A chi vi rivolgete",
    "bisogni": "Gli ambiti",
    "riservata": "Indirizzo riservato",
    "zone": "Le zone",
    "lingue": "Le lingue",
    "esperienza_anni": "Anni di esperienza",
    "esempio_1": "Un esempio",
    "esempio_2": "Un altro esempio",
    "attiva_qui_dal": "In città dal",
    "presidente": "Chi rappresenta",
    "carica": "La carica",
    "delegato": "Chi ci risponde",
    "delegato_telefono": "Il suo telefono",
    "soci": "I soci",
    "volontari": "I volontari",
    "assicurazione": "L'assicurazione",
    "registri": "I registri",
    "affiliazione": "L'affiliazione",
}
FAILED: dict[str, Words] = {
    "register": "Manca il registro che la rete chiede a questo tipo di ente",
    "experience": "Manca l'esperienza in attività solidali",
    "presence": "Non ci sono sedi, né attività in città",
    "insurance": "I volontari non sono assicurati",
}
KINDS = (
    Option("aps", "APS", description="Associazione di promozione sociale", also=("promozione sociale",)),
    Option("odv", "ODV", description="Organizzazione di volontariato", also=("volontariato", "onlus")),
    Option("social_cooperative", "Cooperativa sociale", also=("coop sociale", "social cooperative")),
    Option("cooperative", "Altra cooperativa", also=("cooperativa", "coop", "cooperative")),
    Option(
        "third_sector", "Altro ente", row="Altro ente non profit", also=("associazione", "fondazione", "comitato"),
        description="Un'altra associazione, una fondazione, un comitato",
    ),
    Option("sport", "Società sportiva", also=("asd", "ssd", "associazione sportiva", "polisportiva", "sports club")),
    Option("parish", "Parrocchia", also=("chiesa", "parish")),
    Option("club", "Circolo", also=("circolo ricreativo", "circolo culturale", "club")),
    Option("company", "Impresa", also=("azienda", "ditta", "negozio", "company")),
    Option("public", "Servizio pubblico", also=("ausl", "asl", "scuola", "comune", "public service")),
)  # fmt: skip
RUNTS: dict[str, Words] = {
    "odv": "Volontariato (ODV)",
    "aps": "Promozione (APS)",
    "filantropici": "Enti filantropici",
    "imprese_sociali": "Imprese sociali",
    "reti": "Reti associative",
    "mutuo_soccorso": "Mutuo soccorso",
    "altri": "Altri enti",
}
REGISTERS: dict[str, Words] = {
    "runts": "RUNTS",
    "regionale": "Registro regionale",
    "albo_cooperative": "Albo coop. sociali",
    "rasd": "RASD (sport)",
    "comunale": "Registro comunale",
    "onlus": "ONLUS in passaggio",
    "altro": "Un altro registro",
}
WANTED: dict[str, Words] = {  # which of them the network asks of a kind: forms.REGISTERED in words
    "aps": "il RUNTS, sezione APS, o il vecchio registro regionale",
    "odv": "il RUNTS, sezione ODV, o il vecchio registro regionale",
    "social_cooperative": "l'albo regionale delle cooperative sociali",
    "sport": "il RASD",
}
OFFICES = (
    Option("presidente", "Presidente", also=("president", "la presidente")),
    Option("rappresentante", "Rappresentante", row="Legale rappresentante", also=("legale", "amministratore")),
    Option("parroco", "Parroco", also=("don", "parish priest")),
    Option("direttore", "Direttore", row="Direttore o direttrice", also=("direttrice", "dirigente", "director")),
)
YES: Words = "Sì"
NO: Words = "No"
LEFT_OUT: Words = "–"
ALL_TOWN = Option(EVERYWHERE, "Tutto il comune", also=("tutto", "ovunque", "tutta la città", "everywhere"))


@cache
def needs_of(groups: tuple[str, ...]) -> tuple[Option, ...]:
    """The needs of these groups, as fields of work."""
    return tuple(need_option(need.code) for need in NEEDS.values() if need.group in groups)


@cache
def languages() -> tuple[Option, ...]:
    """The languages that may be spoken there, each as the reader calls it."""
    return tuple(Option(code, Each(partial(_language, code)), also=(name,)) for code, name in NAMES.items())


def _language(code: str, reader: str) -> str:
    from babel import Locale  # slow to import, and few replies need it

    return str(Locale(reader).languages[code]).capitalize()


def told(form: Form, section: str, areas: Named) -> Words:
    """A section of the form, a line for each answer, the beginning of a long one; what was not asked is not there."""
    kind = form.get("natura", "")
    fields = [one for one in forms.FIELDS if one.section == section and kind in one.kinds and one.key in form]
    answers = ((inner(LABELS[one.key]), shortened(put(one.key, form, areas), _LONGEST)) for one in fields)
    return lines(*(phrase("– {label}: {answer}", label=label, answer=answer) for label, answer in answers))


def put(key: str, form: Form, areas: Named) -> Words:
    """The answer to one question, in words. `areas`: the localities' names by id."""
    value = form.get(key)
    if value is None or value in ("", []):
        return LEFT_OUT
    if key in _AMONG:
        return _several(_AMONG[key](), value if isinstance(value, list) else [value])
    if key in ("costituita_il", "attiva_qui_dal"):
        return since_words(value)
    if key in ("zone", "sedi", "registri"):
        return Joined(tuple(_item(key, one, areas) for one in value), "; ")
    if isinstance(value, bool):
        return inner(YES if value else NO)
    return Verbatim(str(value))


def _item(key: str, one: Any, areas: Named) -> Words:
    if key == "registri":
        return register_words(one)
    return seat_words(one, areas) if key == "sedi" else zone_words(one, areas)


def zone_words(zone: str, areas: Named) -> Words:
    """A part of the town, or all of it."""
    return inner(ALL_TOWN.label) if zone == EVERYWHERE else Verbatim(areas.get(zone, zone))


def seat_words(seat: Mapping[str, Any], areas: Named) -> Words:
    """A seat: where it is, and whether one gets in without steps."""
    steps: dict[bool | None, Words] = {True: "senza scalini", False: "con scalini", None: ""}
    name, area = seat.get("nome") or "", areas.get(seat["localita"], seat["localita"])
    known = (Verbatim(part) for part in (name, seat["indirizzo"], area) if part)
    return Joined((*known, steps[seat.get("accessibile")]), ", ")


def register_words(register: Mapping[str, Any]) -> Words:
    """A register: which, its section, number and date."""
    section, since = register.get("sezione"), register.get("data")
    return Joined(
        (
            Verbatim(register["nome"]) if register.get("nome") else REGISTERS[register["registro"]],
            RUNTS[section] if section else "",
            phrase("n. {number}", number=register["numero"]) if register.get("numero") else "",
            phrase("dal {since}", since=since_words(since)) if since else "",
        ),
        ", ",
    )


def failed_words(code: str) -> Words:
    """What the network asks and the form does not have (`forms.failed`)."""
    what, _, key = code.partition(" ")
    return FAILED[what] if not key else phrase("Manca la risposta: {label}", label=inner(LABELS[key]))


def inner(words: Words) -> Words:
    """A sentence of ours within another: bare text there would be data."""
    return phrase(words) if isinstance(words, str) else words


def _several(among: Sequence[Option], ids: Sequence[str]) -> Words:
    worded = {one.id: inner(one.row or one.label) for one in among}
    return Joined(tuple(worded.get(id, Verbatim(id)) for id in ids), ", ")


_AMONG: Mapping[str, Callable[[], Sequence[Option]]] = {  # answers that are ids of what can be tapped
    "natura": lambda: KINDS,
    "carica": lambda: OFFICES,
    "gruppi": people_options,
    "bisogni": lambda: needs_of(tuple(GROUPS)),
    "lingue": languages,
}
