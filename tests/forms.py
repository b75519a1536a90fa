"""Forms of organizations that tests send, and the call in which they may."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from catalog_store import enrolments
from catalog_store.connect import Store
from catalog_store.enrolments import Enrolment
from tests.talker import Talker

START = "iscrivere un'associazione"
_TOLD = (Path(__file__).parent / "transcripts" / "enrol_odv.txt").read_text(encoding="utf-8").splitlines()
LINES = [line[2:] for line in _TOLD if line.startswith("> ")]  # of an ODV with two seats: all that is typed

ODV: dict[str, Any] = {
    "natura": "odv",
    "denominazione": "Il Filo ODV",
    "codice_fiscale": "80016750483",
    "costituita_il": "2004-03-12",
    "atto": "Scrittura privata registrata a Firenze",
    "sede_legale": "Via di Prova 3, 50013 Campi Bisenzio (FI)",
    "sedi": [
        {"id": 1, "indirizzo": "Via di Prova 3", "localita": "centro", "nome": "Sede", "accessibile": True},
        {"id": 2, "indirizzo": "Via dei Saggi 8", "localita": "capalle", "nome": "Magazzino", "accessibile": False},
    ],
    "telefono": "+390550000000",
    "email": "info@example.org",
    "attivita": "Portiamo la spesa a casa di chi non può uscire.",
    "gruppi": ["anziani"],
    "bisogni": ["anziani.spesa_farmaci"],
    "zone": ["centro", "capalle"],
    "lingue": ["it", "en"],
    "esperienza_anni": 12,
    "esempio_1": "La spesa a casa, dal 2012.",
    "attiva_qui_dal": 2004,
    "presidente": "Maria Bianchi",
    "carica": "presidente",
    "soci": 40,
    "volontari": 18,
    "assicurazione": True,
    "registri": [{"id": 1, "registro": "runts", "sezione": "odv", "numero": "1234", "data": "2022-11-07"}],
}


def open_call(store: Store) -> None:
    """Organizations may ask to join, since the day before the first of the tests."""
    with store.begin() as tx:
        enrolments.put(tx, Enrolment("La rete Tessere", "Cerchiamo chi aiuta.", date(2026, 3, 9)))


def types(who: Talker, lines: list[str]) -> Talker:
    """They write these, one after the other."""
    for line in lines:
        who.write(line)
    return who
