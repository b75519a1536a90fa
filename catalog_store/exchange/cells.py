"""What each column holds: how a cell becomes a value, or is refused with what was wrong and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog_store import organizations
from catalog_store.hours import from_words
from catalog_store.offers import ACCESS, EVERYWHERE
from catalog_store.schedules import ScheduleFault, parse
from catalog_store.taxonomy import GROUPS, LABEL, NEEDS, ROW
from catalog_store.territory import Territory


class CellFault(ValueError):
    """The cell cannot be read: `str()` says what was wrong."""


@dataclass(frozen=True)
class Column:
    """A column: its reader, an example of a good cell, and whether it may be empty (`default` stands there then)."""

    read: Callable[[str], Any]
    example: str
    required: bool = False
    default: Any = ""


Columns = dict[str, Column]
FIELDS = {"id": "uid", "minimum_age": "age_from", "maximum_age": "age_to"}  # columns that are called otherwise here
TOLD = 2000  # characters of a description
BODY_CODE = 11  # digits of a body's tax code
OFFERED = ("active", "paused", "hidden")  # states of an offer
PERIODS = ("day", "week", "month", "year")
_EMAIL = r"[^@\s]{1,90}@[^@\s]{1,90}\.[a-zA-Z]{2,20}"
# Controls other than a new line or a tab, half characters, and the two that no XML file may hold.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SINCE = date(2026, 1, 1)  # the first day of hours written without one


def organization_columns(territory: Territory) -> Columns:
    """The columns of organizations.csv."""
    return {
        "id": _id(),
        "name": Column(_text(120), "La Panchina Verde ODV", required=True),
        "kind": Column(_one_of(organizations.KINDS), "association", default="association"),
        "description": Column(_text(TOLD), "Compagnia alle persone anziane"),
        **_contacts(""),
        "website": Column(_like(r"https?://\S{1,190}", "un indirizzo web"), "https://panchina.example"),
        "state": Column(_one_of(organizations.STATES), "approved", default="approved"),
        "tax_code": Column(tax_code, "80016750483"),
        "pec": Column(_like(_EMAIL, "un indirizzo di PEC"), "panchina@pec.example.org"),
        "address": Column(_text(200), "Via Roma 1, Campi Bisenzio"),
        "groups": Column(_list(_one_of(GROUPS)), "anziani disabilita", default=()),
        "areas": Column(_list(lambda cell: _locality(cell, territory)), "capalle il-rosi", default=()),
        "languages": _languages(),
        "discreet": Column(_yes_no, "no", default=False),
        "confirmed_on": Column(_date, "2026-10-31", default=None),
    }


def location_columns(territory: Territory) -> Columns:
    """The columns of locations.csv."""
    return {
        "id": _id(),
        "organization_id": _id(),
        "name": Column(_text(120), "Sede di Capalle", required=True),
        "address": Column(_text(200), "Via Roma 1"),
        "locality": Column(lambda cell: _locality(cell, territory), "capalle", required=True),
        "latitude": Column(_degrees(90), "43.8255", default=None),
        "longitude": Column(_degrees(180), "11.1325", default=None),
        "accessible": Column(_yes_no, "sì", default=None),
    }


def offer_columns(territory: Territory) -> Columns:
    """The columns of offers.csv. `schedule` takes written hours (hours.py) or RFC 5545."""
    return {
        "id": _id(),
        "organization_id": _id(),
        "location_id": Column(_code, "panchina-sede", default=None),
        "name": Column(_text(72), "Spesa e farmaci a casa", required=True),
        "label": Column(_text(LABEL), "Spesa e farmaci", required=True),
        "row": Column(_text(ROW), "Spesa e farmaci a casa", required=True),
        "description": Column(_text(TOLD), "Un volontario porta la spesa a casa"),
        "needs": Column(_list(_need), "anziani.spesa_farmaci_domicilio", required=True),
        "areas": Column(_list(lambda c: _locality(c, territory)), "capalle il-rosi", default=(EVERYWHERE,)),
        "group": Column(_one_of(GROUPS), "disabilita"),
        "minimum_age": Column(_number(0, 120), "65", default=None),
        "maximum_age": Column(_number(0, 120), "14", default=None),
        "places": Column(_number(0, 100_000), "20", default=None),
        "schedule": Column(lambda cell: _schedule(cell, territory), "lun,gio 16-18; sab 9:30-12"),
        "cost": Column(_text(72), "5 euro (vuoto: gratis)"),
        "languages": _languages(),
        "access": Column(_one_of(ACCESS), "social_service", default="anyone"),
        "access_words": Column(_text(200), "Si chiede allo Sportello sociale."),
        "bring": Column(_text(200), "Documento e tessera sanitaria"),
        "contact_role": Column(_text(80), "Segreteria"),
        **_contacts("contact_"),
        "at_home": Column(_yes_no, "sì", default=False),
        "confirmed_on": Column(_date, "2026-10-31", default=None),
        "state": Column(_one_of(OFFERED), "active", default="active"),
        "period": Column(_one_of(PERIODS), "week"),
    }


def _contacts(prefix: str) -> Columns:
    return {
        f"{prefix}phone": Column(_like(r"\+?[\d\s/.-]{3,39}", "un numero di telefono"), "055 0000 123"),
        f"{prefix}email": Column(_like(_EMAIL, "una e-mail"), "segreteria@example.org"),
    }


def _languages() -> Column:
    return Column(_list(_like(r"[a-z]{2,3}", "il codice di una lingua")), "it en", default=("it",))


def _id() -> Column:
    return Column(_code, "panchina-verde", required=True)


def _code(cell: str) -> str:
    return str(_like(r"[A-Za-z0-9._-]{1,64}", "un codice di lettere, numeri e trattini, fino a 64")(cell))


def tax_code(cell: str) -> str:
    """A codice fiscale: 11 digits of a body, 16 characters of a person. Raises CellFault.

    The check character is what is looked at: the lists of offices in digits 8-10 lag behind. A spreadsheet that took a
    code for a number has dropped its first zeros: they are put back.
    """
    from stdnum import luhn
    from stdnum.exceptions import ValidationError
    from stdnum.it import codicefiscale

    code = re.sub(r"[\s.\-]", "", cell).upper()
    code = code.zfill(BODY_CODE) if re.fullmatch(r"\d{8,10}", code, re.ASCII) else code
    if not re.fullmatch(r"\d{11}|[A-Z]{6}[A-Z0-9]{10}", code, re.ASCII):
        raise CellFault(f"«{cell[:60]}» non è un codice fiscale: quello di un ente ha 11 cifre.")
    try:
        (luhn if len(code) == BODY_CODE else codicefiscale).validate(code)
    except ValidationError as error:
        raise CellFault(f"«{cell[:60]}»: l’ultimo carattere non va con gli altri, forse uno è sbagliato.") from error
    return code


def _text(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        text = re.sub(r"\r\n?", "\n", cell)
        if len(text) > most:
            raise CellFault(f"il testo è lungo {len(text)} caratteri, al massimo {most}.")
        if _UNREADABLE.search(text):
            raise CellFault("ci sono caratteri che non si possono leggere.")
        return text

    return read


def _like(pattern: str, what: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not re.fullmatch(pattern, cell, re.ASCII):
            raise CellFault(f"«{cell[:60]}» non è {what}.")
        return cell

    return read


def _one_of(known: Collection[str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell not in known:
            raise CellFault(f"«{cell[:60]}» non si conosce. {_meant(cell, known)}")
        return cell

    return read


def _meant(cell: str, known: Collection[str]) -> str:
    from rapidfuzz import process

    found = process.extractOne(cell, list(known), processor=str.casefold, score_cutoff=60)
    return f"Forse «{found[0]}»?" if found else f"Si può scrivere: {', '.join(known)}."


def _need(cell: str) -> str:
    return _one_of(NEEDS)(cell)


def _locality(cell: str, territory: Territory) -> str:
    if cell == EVERYWHERE or cell in territory.localities:
        return cell
    names = {name.casefold(): place for name, place in territory.names.items()}
    return names.get(cell.casefold()) or _one_of(territory.localities)(cell)


def _list(one: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def read(cell: str) -> tuple[str, ...]:
        separator = r"\s*[,;|\n]\s*" if re.search(r"[,;|\n]", cell) else r"\s+"
        found = tuple(dict.fromkeys(one(part) for part in re.split(separator, cell) if part))
        if not found:
            raise CellFault("la lista è vuota.")
        return found

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        if not re.fullmatch(r"\d{1,9}", cell, re.ASCII) or not least <= int(cell) <= most:
            raise CellFault(f"«{cell[:60]}» non è un numero intero tra {least} e {most}.")
        return int(cell)

    return read


def _degrees(most: int) -> Callable[[str], float]:
    def read(cell: str) -> float:
        number = cell.replace(",", ".")
        if not re.fullmatch(r"-?\d{1,3}(\.\d+)?", number, re.ASCII) or abs(float(number)) > most:
            raise CellFault(f"«{cell[:60]}» non è un numero di gradi.")
        return float(number)

    return read


def _yes_no(cell: str) -> bool:
    if (word := cell.casefold()) not in {"sì", "si", "no", "yes", "true", "false"}:
        raise CellFault(f"«{cell[:60]}» non è sì o no.")
    return word not in {"no", "false"}


def _date(cell: str) -> date:
    try:
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell, re.ASCII):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(cell)
    except ValueError as error:
        raise CellFault(f"«{cell[:60]}» non è una data.") from error


def _schedule(cell: str, territory: Territory) -> str:
    try:
        text = (
            cell if (standard := cell.upper().startswith("DTSTART")) else from_words(cell, territory.zone.key, _SINCE)
        )
        parse(text)
    except ScheduleFault as fault:
        detail = f" ({fault})" if standard else ""  # whoever writes RFC 5545 reads its terms
        raise CellFault(f"l’orario «{cell[:60]}» non si legge{detail}.") from fault
    return text
