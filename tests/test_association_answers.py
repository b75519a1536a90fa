"""Every wrong answer of every question of an organization's form is refused, saying what is wrong."""

from __future__ import annotations

import pytest

from bot.house import House
from catalog_store.forms import FIELDS
from tests.forms import LINES, START, open_call, types
from tests.talker import Talker


@pytest.fixture
def anna(house: House) -> Talker:
    open_call(house.store)
    return Talker(house, "anna")


def to(key: str, who: Talker) -> Talker:
    """Answer until this question is asked."""
    before = {
        "natura": START, "denominazione": "ODV", "codice_fiscale": "Il Filo ODV", "costituita_il": "80016750483",
        "atto": "12 marzo 2004", "sede_legale": "atto notarile n. 1234 del 2004",
        "sedi": "Via di Prova 3, 50013 Campi Bisenzio", "sedi.indirizzo": "Una sede", "sedi.localita": "La sede legale",
        "sedi.nome": "Campi centro", "sedi.accessibile": "Nessun nome", "email": "055 000 0000",
        "pec": "info@example.org", "sito": "Nessuna PEC", "attivita": "www.example.org",
        "lingue": "tutto il comune", "esempio_1": "20", "esempio_2": "Dal 2012 la spesa a casa per 40 anziani.",
        "attiva_qui_dal": "Le telefonate di compagnia nel 2020.", "presidente": "2004", "carica": "Maria Bianchi",
        "delegato": "Presidente", "delegato_telefono": "Luca Verdi", "soci": "333 000 0000", "volontari": "40",
        "assicurazione": "18", "registri.registro": "Un registro", "registri.numero": "1", "registri.data": "1234",
    }  # fmt: skip
    found = {name: LINES.index(line) for name, line in before.items()}
    closed = [number for number, line in enumerate(LINES) if line.casefold() == "basta così"]
    found |= dict(zip(("telefono", "bisogni", "zone", "esperienza_anni", "affiliazione"), closed, strict=True))
    found["gruppi"] = next(n for n, line in enumerate(LINES) if line.startswith("Portiamo la spesa"))
    found["registri"] = LINES.index("sì")
    return types(who, LINES[: found[key] + 1])


LONG = "Portiamo la spesa. " * 60
WRONG = {  # by question: what is written, and what is said of it
    "natura": [("boh", "Non ho capito quale sceglie"), ("99", "Le risposte vanno da 1 a 10")],
    "denominazione": [("?!", "Non ho trovato parole"), ("x", "almeno 2"), ("Filo " * 40, "un po' lungo")],
    "codice_fiscale": [
        ("80016750484", "L'ultimo carattere non va con gli altri"),
        ("8001675048", "ha 11 cifre. Qui sono 10"),
        ("RSSMRA70A01B507D", "il codice di una persona"),
        ("non lo so", "ha 11 cifre"),
    ],
    "costituita_il": [
        ("12 marzo", "Manca l'anno"), ("12/3/2031", "deve ancora venire"), ("2031", "deve ancora venire"),
        ("tanto tempo fa", "Non ho capito la data"), ("0712", "troppo lontano"), ("31/2/2004", "Non ho capito la data"),
    ],
    "atto": [("??", "Non ho trovato parole"), ("a " * 150, "un po' lungo")],
    "sede_legale": [
        ("Via Roma 1", "Servono la via, il CAP e il comune"),
        ("Via Roma 1, 5001 Campi Bisenzio", "Il CAP ha cinque cifre"),
        ("Via Roma 1, 50012 Campi Bisenzio", "Questo CAP non è di Campi Bisenzio: è 50013"),
        ("Via Roma 1, 99999 Firenze", "Questo CAP non esiste"),
        ("Via Roma 1, 50013", "manca il comune"),
        ("12, 50013 Campi Bisenzio", "Non ho trovato la via"),
        ("Via Roma " * 30, "un po' lungo"),
    ],
    "sedi": [("forse", "Non ho capito che cosa vuole fare")],
    "sedi.indirizzo": [("12", "Non ho trovato la via"), ("Via Roma 1, 50019 Sesto", "Questo CAP non è di")],
    "sedi.localita": [("Prato", "Non conosco questa località")],
    "sedi.nome": [("!!", "Non ho trovato parole")],
    "sedi.accessibile": [("dipende dal giorno di mercato", "Non ho capito quale sceglie")],
    "telefono": [("055", "manca o avanza qualche cifra"), ("055 000 0000 e 055 111 1111", "più di un numero")],
    "email": [("info.example.org", "manca la chiocciola"), ("info@", "non è completo")],
    "pec": [("ilfilo@gmail.com", "non una PEC"), ("ilfilo", "manca la chiocciola")],
    "sito": [("siamo su facebook", "Non ho trovato l'indirizzo di un sito")],
    "attivita": [("la spesa", "almeno 20"), (LONG, "un po' lungo"), ("....", "Non ho trovato parole")],
    "gruppi": [("marziani", "Non trovo «marziani»"), ("1, 44", "Mi scriva i nomi"), ("44", "da 1 a")],
    "bisogni": [("astronavi", "Non trovo «astronavi»")],
    "zone": [("Prato", "Non trovo «Prato»")],
    "lingue": [("klingon", "Non trovo «klingon»")],
    "esperienza_anni": [("tanti", "Mi serve un numero"), ("12 o 13", "più di un numero"), ("900", "fra 0 e 300")],
    "esempio_1": [("cose", "almeno 10"), (LONG, "un po' lungo")],
    "esempio_2": [("boh", "almeno 10")],
    "attiva_qui_dal": [("da sempre", "Non ho capito la data"), ("2040", "deve ancora venire")],
    "presidente": [
        ("RSSMRA70A01B507D", "il codice fiscale di una persona qui non serve"),
        ("Maria Bianchi RSSMRA70A01B507D", "il codice fiscale di una persona qui non serve"),
        ("Maria", "il nome e il cognome"), ("maria@example.org", "soltanto il nome"),
    ],
    "carica": [("?", "Non ho trovato parole")],
    "delegato": [("Luca 333 000 0000", "soltanto il nome"), ("Luca", "il nome e il cognome")],
    "delegato_telefono": [("12", "manca o avanza qualche cifra"), ("nel pomeriggio", "un numero di telefono")],
    "soci": [("molti", "Mi serve un numero"), ("-3", "deve stare fra")],
    "volontari": [("3,5", "un numero intero"), ("una decina o venti", "numero")],
    "assicurazione": [("forse", "Non ho capito se è un sì o un no")],
    "registri": [("forse", "Non ho capito che cosa vuole fare")],
    "registri.registro": [("anagrafe canina", "Non ho capito quale sceglie")],
    "registri.numero": [("?", "Non ho trovato parole")],
    "registri.data": [("2040", "deve ancora venire")],
    "affiliazione": [("?", "Non ho trovato parole")],
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_answer_is_refused_saying_what_is_wrong_and_the_question_stays(key: str, anna: Talker) -> None:
    to(key, anna)
    asked = anna.seen[-1].screen
    for written, said in WRONG[key]:
        (bubble,) = anna.write(written)
        assert said.casefold() in bubble.text.casefold(), written
        assert "Per esempio" in bubble.text or bubble.buttons, "what would be right"
        assert bubble.screen == asked, "the question stays"


def test_every_question_has_its_wrong_answers() -> None:
    assert {field.key for field in FIELDS} - set(WRONG) == {"riservata"}, "a yes or a no, as `assicurazione` is"
