"""What an association writes in one line, as it is understood on Tuesday 10 March 2026."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.understand.updates import Unclear, Update, read

TODAY = date(2026, 3, 10)
SAID = {  # what is written: what it changes, and the number, or the days from and to
    "posti 3": ("places", 3),
    "Posti: 3": ("places", 3),
    "3 posti": ("places", 3),
    "tre posti": ("places", 3),
    "un posto": ("places", 1),
    "ora abbiamo 3 posti": ("places", 3),
    "restano solo 2 posti": ("places", 2),
    "ci sono ancora 5 posti liberi": ("places", 5),
    "posti liberi 4": ("places", 4),
    "posti 0": ("places", 0),
    "ripetizioni: posti 3": ("places", 3),
    "posti 3 per le ripetizioni": ("places", 3),
    "posti per il doposcuola 3": ("places", 3),
    "posti finiti": ("places", 0),
    "i posti sono esauriti": ("places", 0),
    "al completo": ("places", 0),
    "siamo al completo!": ("places", 0),
    "il doposcuola è al completo": ("places", 0),
    "siamo pieni": ("places", 0),
    "non ci sono più posti": ("places", 0),
    "non abbiamo più posto": ("places", 0),
    "niente posti": ("places", 0),
    "posti senza limite": ("places", None),
    "3 places": ("places", 3),
    "we are full": ("places", 0),
    "chiuso fino al 7": ("close", date(2026, 3, 10), date(2026, 4, 7)),
    "chiusi fino a venerdì": ("close", date(2026, 3, 10), date(2026, 3, 13)),
    "siamo chiusi fino al 7 gennaio": ("close", date(2026, 3, 10), date(2027, 1, 7)),
    "Ferie dal 5 al 20 agosto.": ("close", date(2026, 8, 5), date(2026, 8, 20)),
    "siamo in ferie dal 5 al 20 agosto": ("close", date(2026, 8, 5), date(2026, 8, 20)),
    "in ferie ad agosto": ("close", date(2026, 8, 1), date(2026, 8, 31)),
    "chiuso per lavori fino al 30 aprile": ("close", date(2026, 3, 10), date(2026, 4, 30)),
    "chiuso domani": ("close", date(2026, 3, 11), date(2026, 3, 11)),
    "domani siamo chiusi": ("close", date(2026, 3, 11), date(2026, 3, 11)),
    "oggi chiuso": ("close", date(2026, 3, 10), date(2026, 3, 10)),
    "chiuso la settimana prossima": ("close", date(2026, 3, 16), date(2026, 3, 22)),
    "chiusura dal 24 dicembre al 6 gennaio": ("close", date(2026, 12, 24), date(2027, 1, 6)),
    "doposcuola chiuso fino al 7": ("close", date(2026, 3, 10), date(2026, 4, 7)),
    "sospendi il doposcuola fino al 7": ("close", date(2026, 3, 10), date(2026, 4, 7)),
    "riapriamo il 21 agosto": ("close", date(2026, 3, 10), date(2026, 8, 20)),
    "closed until 7 may": ("close", date(2026, 3, 10), date(2026, 5, 7)),
    "siamo chiusi": ("close", date(2026, 3, 10), None),
    "chiuso per ferie": ("close", date(2026, 3, 10), None),
    "abbiamo ricominciato": ("reopen",),
    "abbiamo riaperto": ("reopen",),
    "Riaperti!": ("reopen",),
    "siamo di nuovo aperti": ("reopen",),
    "riprendiamo": ("reopen",),
    "riattiva ripetizioni": ("reopen",),
    "we are back": ("reopen",),
    "sospendi": ("pause",),
    "sospendi ripetizioni": ("pause",),
    "metti in pausa la spesa": ("pause",),
    "togli ripetizioni": ("end",),
    "chiudiamo per sempre": ("end",),
    "non facciamo più ripetizioni": ("end",),
    "cambia orario": ("hours", ""),
    "cambia orario lun 9-12": ("hours", "lun 9-12"),
    "nuovi orari: lunedì e giovedì 16-18": ("hours", "lunedi e giovedi 16-18"),
    "le mie offerte": ("list",),
    "le nostre offerte": ("list",),
    "nuova offerta": ("new",),
    "aggiungi un'offerta": ("new",),
    "è ancora tutto vero": ("true",),
    "confermo": ("true",),
}
UNCLEAR = {
    "posti": "places",
    "posti tanti": "places",
    "posti 3 o 4": "places",
    "posti -2": "places",
    "posti 2,5": "places",
    "posti 99999": "places",
    "chiuso dal 31 febbraio": "close",
    "chiuso dalle 9 alle 12": "close",
    "chiuso dal 5 all'8 e dal 20 al 25": "close",
}
OTHERWISE = (  # said by somebody who needs help, or of something else
    "",
    "ciao",
    "grazie",
    "riprendi",
    "cancella tutto",
    "la mia richiesta",
    "cerco 3 posti letto",
    "quanti posti ci sono?",
    "mia mamma è in ferie dal 5",
    "non ho un posto dove dormire",
    "ho perso il posto di lavoro",
    "sono chiuso in casa e non riesco a uscire",
    "i negozi vicino a casa sono tutti chiusi e non so come fare la spesa",
    "ho bisogno di aiuto, ho finito i posti dove stare",
)


def test_there_are_phrasings_enough() -> None:
    assert len(SAID) + len(UNCLEAR) + len(OTHERWISE) >= 80


@pytest.mark.parametrize("text", SAID)
def test_what_is_written_is_understood(text: str) -> None:
    found = read(text, TODAY)
    assert isinstance(found, Update)
    kind, *rest = SAID[text]
    assert found.kind == kind
    assert found.text == text
    if kind == "places":
        assert [found.n] == rest
    elif kind == "close":
        assert [found.first, found.last] == rest
    elif kind == "hours":
        assert [found.rest] == rest


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_cannot_be_told_is_asked(text: str) -> None:
    assert read(text, TODAY) == Unclear(UNCLEAR[text])  # type: ignore[arg-type]


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_is_no_update_is_left_alone(text: str) -> None:
    assert read(text, TODAY) is None
