"""What is asked of an organization, one question for each answer that is not a list, with an example in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_store.forms import BY_KEY
from dialogs.association_words import KINDS, LABELS, OFFICES
from dialogs.bodies import Address, BodyTaxCode, Pec, Since, Story, Website
from dialogs.questions import Choice, Common, Email, Number, Phone, Text, YesNo
from dialogs.talk import Heard, Problem, Question
from dialogs.words import Verbatim, Words, phrase

_PERSONAL_CODE = re.compile(r"\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9A-Z]{7}\b", re.IGNORECASE)
_PEC: Words = "Qual è la vostra PEC? Per esempio: ente@pec.it."
_NAME, _LINE, _TEXT, _EXAMPLE = 120, 200, 600, 300  # characters


@dataclass(frozen=True)
class Person(Text):
    """A name and a surname, and nothing more of a person: their tax code is refused."""

    def read(self, text: str, heard: Heard) -> str | Problem:
        if _PERSONAL_CODE.search(text):
            return Problem("Il codice fiscale di una persona qui non serve. Mi basta il nome.", self.example)
        if re.search(r"\d|@", text):
            return Problem("Qui mi serve soltanto il nome.", self.example)
        said = super().read(text, heard)
        if isinstance(said, str) and len(said.split()) == 1:
            return Problem("Mi servono il nome e il cognome.", self.example)
        return said


@dataclass(frozen=True)
class Town:
    """The municipality: its name and its postcodes."""

    name: str
    postcodes: tuple[str, ...]


def question(key: str, town: Town, form: Mapping[str, Any]) -> Question[Any]:
    """The question whose answer is `key`. `form`: the answers before it."""
    kind = form.get("natura", "")
    match key:
        case "codice_fiscale":
            asked = "Qual è il codice fiscale dell'ente? Per esempio: 80016750483."
            return BodyTaxCode(asked, label=LABELS[key], person=kind == "company")
        case "sede_legale":
            text = phrase(
                "Dov'è la sede legale? Per esempio: «Via Roma 1, {code} {town}».",
                code=next(iter(town.postcodes), "00100"),
                town=Verbatim(town.name),
            )
            return Address(text, town=town.name, postcodes=town.postcodes, label=LABELS[key])
        case "pec":
            skip = None if kind in BY_KEY[key].required else "Nessuna PEC"
            return Pec(_PEC, label=LABELS[key], skip=skip)
        case "attiva_qui_dal":
            text = phrase("Da quando siete attivi a {town}? Per esempio: «2010».", town=Verbatim(town.name))
            return Since(text, label=LABELS[key])
        case "delegato_telefono":
            text = phrase("Che numero ha {name}? Non si pubblica. Per esempio: 333 000 0000.", name=form["delegato"])
            return Phone(text, label=LABELS[key], skip="Salta")
    return _ASKED[key]


_ASKED: Mapping[str, Question[Any]] = {
    "natura": Choice("Che tipo di ente siete? Per esempio: «ODV».", label=LABELS["natura"], among=KINDS),
    "denominazione": Text(
        "Come vi chiamate? Per esempio: «Il Filo ODV».",
        "Per esempio: «Il Filo ODV».", 2, _NAME,
        label=LABELS["denominazione"],
    ),
    "costituita_il": Since(
        "Quando siete nati? Per esempio: «12/3/2004», o «2004».", label=LABELS["costituita_il"]
    ),
    "atto": Text(
        "Con quale atto? Per esempio: «atto notarile n. 1234».",
        "Per esempio: «atto notarile n. 1234».", 3, _LINE,
        label=LABELS["atto"], skip="Non lo so",
    ),
    "telefono": Phone(
        "Qual è il telefono per il pubblico? Per esempio: 055 000 0000.",
        label=LABELS["telefono"], skip="Nessun telefono",
    ),
    "email": Email("Qual è la e-mail per il pubblico? Per esempio: info@example.org.", label=LABELS["email"]),
    "sito": Website("Avete un sito? Per esempio: www.example.org.", label=LABELS["sito"], skip="Nessun sito"),
    "attivita": Story(
        "Che cosa fate? I cittadini lo leggeranno. Per esempio: «Portiamo la spesa a chi non può uscire».",
        "Per esempio: «Portiamo la spesa a chi non può uscire».", 20, _TEXT,
        label=LABELS["attivita"],
    ),
    "riservata": YesNo(
        "Teniamo riservato l'indirizzo? Per esempio: dove si ascolta chi subisce violenza.",
        yes="Sì, riservato", no="No, è pubblico", label=LABELS["riservata"],
    ),
    "esperienza_anni": Number(
        "Da quanti anni fate attività solidali? Per esempio: 12.", 0, 300, label=LABELS["esperienza_anni"]
    ),
    "esempio_1": Story(
        "Ci racconti un'attività solidale che avete fatto. Per esempio: «il banco alimentare per 40 famiglie».",
        "Per esempio: «il banco alimentare per 40 famiglie».", 10, _EXAMPLE,
        label=LABELS["esempio_1"],
    ),
    "esempio_2": Story(
        "E un'altra? Per esempio: «il doposcuola nel 2024».",
        "Per esempio: «il doposcuola nel 2024».", 10, _EXAMPLE,
        label=LABELS["esempio_2"], skip="Solo una",
    ),
    "presidente": Person(
        "Chi rappresenta l'ente? Per esempio: «Maria Bianchi».",
        "Per esempio: «Maria Bianchi».", 3, _NAME,
        label=LABELS["presidente"],
    ),
    "carica": Common(
        "Con quale carica? Per esempio: «Presidente».",
        "Per esempio: «Presidente».", 3, 60,
        label=LABELS["carica"], among=OFFICES,
    ),
    "delegato": Person(
        "Chi tiene i contatti con noi? Per esempio: «Luca Verdi».",
        "Per esempio: «Luca Verdi».", 3, _NAME,
        label=LABELS["delegato"], skip="La stessa persona",
    ),
    "soci": Number("Quanti soci avete? Per esempio: 40.", 0, 1_000_000, label=LABELS["soci"], skip="Non lo so"),
    "volontari": Number("Quanti volontari attivi avete? Per esempio: 18.", 0, 100_000, label=LABELS["volontari"]),
    "assicurazione": YesNo(
        "I volontari sono assicurati? Per esempio: contro gli infortuni.", label=LABELS["assicurazione"]
    ),
    "affiliazione": Text(
        "Fate parte di una rete più grande? Per esempio: «Arci Firenze».",
        "Per esempio: «Arci Firenze».", 2, _LINE,
        label=LABELS["affiliazione"], skip="Nessuna rete",
    ),
}  # fmt: skip
