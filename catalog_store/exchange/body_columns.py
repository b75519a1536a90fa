"""The columns of a municipality's list of bodies: by whatever name they have there, and how their cells are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from catalog_store.exchange.cells import BODY_CODE, CellFault, Column, organization_columns, tax_code
from catalog_store.exchange.kinds import CALLED, WRITTEN
from catalog_store.territory import Territory


@dataclass(frozen=True)
class Known:
    """A column that is understood: what it is called in a report, the names it may have, how it is read."""

    called: str
    names: str  # apart by semicolons; case, accents and punctuation do not count
    read: Callable[[str], str]
    example: str


def plain(text: str) -> str:
    """Text to compare by: small letters without accents, words apart by one space."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(char for char in apart if not unicodedata.combining(char))))


def body_columns(territory: Territory) -> Mapping[str, Known]:
    """What is read of a list, by the names of our own columns; `postal_code` and `town` are added to the address."""
    ours = organization_columns(territory)

    def known(name: str, called: str, names: str, read: Callable[[str], str] | None = None) -> Known:
        column: Column = ours[name]
        return Known(called, names, read or column.read, column.example)

    line = ours["address"].read
    return {
        "id": known("id", "id", "id; identificativo; codice ente; identifier"),
        "name": known(
            "name", "denominazione",
            "denominazione; nome; nome associazione; denominazione ente; associazione; ente; ragione sociale; "
            "organizzazione; nome ente; name; organization; organization name; organisation",
        ),
        "tax_code": known(
            "tax_code", "codice fiscale",
            "codice fiscale; c.f.; cf; cod. fiscale; cod. fisc.; codice fiscale ente; codice fiscale / p.iva; "
            "c.f. / p.iva; partita iva; p.iva; piva; tax code; tax id; vat number", _body_code,
        ),
        "kind": Known(
            "tipologia",
            "tipologia; tipo; natura; natura giuridica; forma giuridica; categoria; tipo ente; kind; type; legal form",
            _kind, "ODV",
        ),
        "email": known("email", "e-mail", "e-mail; mail; posta elettronica; indirizzo e-mail; email address", _lower),
        "pec": known("pec", "PEC", "pec; indirizzo pec; e-mail pec; posta elettronica certificata", _lower),
        "phone": known(
            "phone", "telefono",
            "telefono; tel.; numero di telefono; recapito telefonico; recapito; cellulare; cell.; phone; telephone; "
            "phone number; mobile", _phone,
        ),
        "website": known("website", "sito", "sito; sito web; sito internet; web; website; url; web site", _website),
        "address": known(
            "address", "indirizzo",
            "indirizzo; sede; sede legale; indirizzo sede legale; indirizzo sede; via; address; registered office",
        ),
        "postal_code": Known("CAP", "cap; codice postale; c.a.p.; postal code; zip", _postal_code, "50013"),
        "town": Known("comune", "comune; citta; localita; comune sede; city; town", line, "Campi Bisenzio"),
        "description": known("description", "attività", "attivita; descrizione; attivita svolta; scopo; description"),
    }  # fmt: skip


def places(header: Sequence[str], known: Mapping[str, Known]) -> dict[str, list[int]]:
    """Where each known column stands in a header; several may mean the same, as two for telephones."""
    meant = {_key(name): key for key, column in known.items() for name in (*column.names.split(";"), key)}
    found: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        if key := meant.get(_key(name)):
            found.setdefault(key, []).append(place)
    return found


def _key(name: str) -> str:
    return plain(name).replace(" ", "")


def _body_code(cell: str) -> str:
    code = tax_code(cell)
    if len(code) != BODY_CODE:
        raise CellFault("questo è il codice di una persona: qui va quello dell’ente, 11 cifre.")
    return code


_KINDS = {_key(words): kind for words, kind in WRITTEN.items()}


def _kind(cell: str) -> str:
    from rapidfuzz import process

    key = _key(cell)
    if key in _KINDS:
        return _KINDS[key]
    found = process.extractOne(plain(cell), list(WRITTEN), processor=plain, score_cutoff=75)
    guess = f"Forse «{found[0]}»?" if found else f"Si può scrivere: {', '.join(CALLED.values())}."
    raise CellFault(f"«{cell[:60]}» non si conosce. {guess}")


def _phone(cell: str) -> str:
    """One number, as people write it: an Italian one without its prefix."""
    import phonenumbers
    from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

    found = [match.number for match in PhoneNumberMatcher(cell[:200], "IT", Leniency.POSSIBLE)]
    if len(found) != 1:
        raise CellFault(
            f"in «{cell[:60]}» ci sono più numeri: qui ne va uno." if found else f"«{cell[:60]}» non è un numero."
        )
    italian = found[0].country_code == phonenumbers.country_code_for_region("IT")
    form = PhoneNumberFormat.NATIONAL if italian else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(found[0], form)


def _lower(cell: str) -> str:
    address = cell.removeprefix("mailto:").casefold()
    if not re.fullmatch(r"[^\s@;,<>]{1,90}@[^\s@;,<>]{1,90}\.[a-z]{2,20}", address):
        raise CellFault(f"«{cell[:60]}» non è un indirizzo, o è più di uno.")
    return address


def _website(cell: str) -> str:
    address = cell if re.match(r"https?://", cell, re.IGNORECASE) else f"https://{cell}"
    if not re.fullmatch(r"https?://[^\s/.]+(\.[^\s/.]+)+(/\S*)?", address, re.IGNORECASE) or len(address) > 198:  # noqa: PLR2004  the column's
        raise CellFault(f"«{cell[:60]}» non è un indirizzo web.")
    return address


def _postal_code(cell: str) -> str:
    if not re.fullmatch(r"\d{5}", cell, re.ASCII):
        raise CellFault(f"«{cell[:60]}» non è un CAP.")
    return cell
