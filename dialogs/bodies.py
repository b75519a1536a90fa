"""The kinds of question that are asked of bodies: their tax code, where they are, since when, how they are reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from dialogs.questions import Email, TaxCode, Text
from dialogs.replies import bare
from dialogs.talk import Heard, Option, Problem, Question
from dialogs.understand import times
from dialogs.words import Verbatim, Words, phrase

SAME = "same"  # the id of the option "it is at the registered office"
_OLDEST = 1000  # the year since which something may have existed
_PERSON, _BODY = 16, 11  # characters of a tax code
_POSTCODES = "00010", "98168"  # the first and the last of Italy
_NO_PEC = ("gmail", "googlemail", "libero", "hotmail", "outlook", "live", "yahoo", "virgilio", "tiscali", "icloud",
           "alice", "tin", "fastwebnet", "email", "msn")  # fmt: skip  # providers of plain mailboxes only
_STREET: Words = "Per esempio: «Via Roma 1»."
_SITE = re.compile(r"(?:https?://)?((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24})(/[^\s]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Story(Text):
    """A text that people may send in several messages."""

    @property
    def story(self) -> bool:
        return True


@dataclass(frozen=True)
class BodyTaxCode(TaxCode):
    """The tax code of a body: 11 digits. `person`: that of somebody who trades in their own name is one too."""

    person: bool = False

    def read(self, text: str, heard: Heard) -> str | Problem:
        example: Words = "Per esempio: 80016750483."
        code = super().read(text, heard)
        if isinstance(code, str) and len(code) == _PERSON and not self.person:
            return Problem("Questo è il codice di una persona. Serve quello dell'ente.", example)
        digits = re.sub(r"\D", "", text)
        if isinstance(code, Problem) and len(digits) not in (0, _BODY) and not self.person:
            return Problem(phrase("Il codice di un ente ha 11 cifre. Qui sono {n}.", n=len(digits)), example)
        return code


def unknown_office(code: str) -> bool:
    """Is the office in digits 8 to 10 of a body's tax code one that is not listed? The lists lag behind: a warning."""
    from stdnum.exceptions import InvalidComponent, ValidationError
    from stdnum.it import iva

    try:
        iva.validate(code)
    except InvalidComponent:
        return True
    except ValidationError:
        return False
    return False


@dataclass(frozen=True)
class Address(Question[str]):
    """Street and number, postcode, municipality, as one line. `postcodes` are those of the municipality `town`."""

    town: str = ""
    postcodes: tuple[str, ...] = ()
    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        said = " ".join(text.split()).strip(" .,;")
        example = self._example()
        if len(said) > 150:  # noqa: PLR2004
            return Problem("È un po' lungo: mi scriva soltanto l'indirizzo.", example)
        found = re.fullmatch(r"(.+?)[\s,;–-]+(\d{5})\b[\s,;–-]*(.*)", said)
        if found is None:
            return self._without(said, example)
        street, postcode, place = (part.strip(" ,;-–") for part in found.groups())
        if not _is_street(street):
            return Problem("Non ho trovato la via.", example)
        if not re.search(r"[^\W\d_]{2}", place):
            return Problem("Dopo il CAP manca il comune.", example)
        if not _POSTCODES[0] <= postcode <= _POSTCODES[1]:
            return Problem("Questo CAP non esiste.", example)
        if self.postcodes and _is_town(place, self.town) and postcode not in self.postcodes:
            return Problem(_wrong_postcode(self.town, self.postcodes), example)
        return f"{street}, {postcode} {place}"

    def _without(self, said: str, example: Words) -> str | Problem:
        """No postcode: the town's own, where it has only one and is named."""
        street = _before_town(said, self.town)
        if street and _is_street(street) and len(self.postcodes) == 1 and not re.search(r"\d{4,}", street):
            return f"{street}, {self.postcodes[0]} {self.town}"
        if re.search(r"\b\d{4}\b|\d{6,}", said):
            return Problem("Il CAP ha cinque cifre.", example)
        return Problem("Servono la via, il CAP e il comune.", example)

    def _example(self) -> Words:
        code = self.postcodes[0] if self.postcodes else "00100"
        return phrase("Per esempio: «Via Roma 1, {code} {town}».", code=code, town=Verbatim(self.town or "Roma"))

    def accepts(self, value: str) -> bool:
        return bool(value)

    def put(self, value: str) -> Words:
        return Verbatim(value)


@dataclass(frozen=True)
class Seat(Address):
    """Street and number within the town; or, with a tap, the registered office's, `legal`."""

    legal: str = ""

    def choices(self) -> tuple[Option, ...]:
        return (Option(SAME, "La sede legale", also=("sede legale", "stessa", "la stessa")),) if self.legal else ()

    def take(self, option: str) -> str:
        del option
        return self.legal

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        said, example = " ".join(text.split()).strip(" .,;"), _STREET
        codes = re.findall(r"\b\d{5}\b", said)
        if any(self.postcodes and code not in self.postcodes for code in codes):
            return Problem(_wrong_postcode(self.town, self.postcodes), example)
        street = re.sub(r"[\s,;–-]*\b\d{5}\b.*", "", said)
        street = _before_town(street, self.town) or street
        if not _is_street(street) or len(street) > 100:  # noqa: PLR2004
            return Problem("Non ho trovato la via.", example)
        return street

    @property
    def numbered(self) -> bool:
        return False


@dataclass(frozen=True)
class Pec(Email):
    """An address of certified mail; one of a provider that has none is refused."""

    def read(self, text: str, heard: Heard) -> str | Problem:
        address = super().read(text, heard)
        if isinstance(address, str) and address.rpartition("@")[2].split(".")[0] in _NO_PEC:
            return Problem("Questa è una e-mail normale, non una PEC.", "Per esempio: associazione@pec.it.")
        return address


@dataclass(frozen=True)
class Website(Question[str]):
    """The address of a page; the answer begins with https:// or http://."""

    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        found = list(_SITE.finditer(text[:1000]))
        if len(found) != 1 or "@" in text or len(found[0][0]) > 190:  # noqa: PLR2004
            return Problem("Non ho trovato l'indirizzo di un sito.", "Per esempio: www.example.org.")
        whole = found[0][0].rstrip(".,;)")
        return whole if whole.casefold().startswith("http") else f"https://{whole}"

    def accepts(self, value: str) -> bool:
        return bool(value)

    def put(self, value: str) -> Words:
        return Verbatim(value)


@dataclass(frozen=True)
class Since(Question[str]):
    """A day or a year of the past; the answer is ISO 8601: "2004-03-12" or "2004"."""

    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        today = heard.here.date()
        example: Words = "Per esempio: «12/3/2004», oppure «2004»."
        years = re.findall(r"(?<!\d)\d{4}(?!\d)", text[:200])
        day = times.day_in(text[:200], today)
        if day is not None and (not re.search(r"\d{4}", text) and day > today):
            return Problem("Manca l'anno.", example)
        rest = re.findall(r"\d+", text.replace(years[0], " ")) if years else []  # at most a month beside the year
        if day is None and len(years) == 1 and len(rest) <= 1:
            return self._past(int(years[0]), today, years[0], example)
        if day is None:
            return Problem("Non ho capito la data.", example)
        if day > today:
            return Problem("Questa data deve ancora venire.", example)
        return self._past(day.year, today, f"{day}", example)

    def _past(self, year: int, today: date, answer: str, example: Words) -> str | Problem:
        if year > today.year:
            return Problem("Questo anno deve ancora venire.", example)
        return answer if year >= _OLDEST else Problem("Questo anno è troppo lontano.", example)

    def accepts(self, value: str) -> bool:
        return bool(value)

    def put(self, value: str) -> Words:
        return since_words(value)


def since_words(value: str) -> Words:
    """A day or a year as it is written."""
    return Verbatim(f"{date.fromisoformat(value):%d/%m/%Y}" if "-" in value else value)


def _is_street(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{3}", text))


def _is_town(place: str, town: str) -> bool:
    """Is this the town, with or without its province after it?"""
    return bool(town) and re.sub(r"\b[a-z]{2}$", "", bare(place)).strip() == bare(town)


def _before_town(said: str, town: str) -> str:
    """What stands before the town's name at the end; '' when it does not end so."""
    found = (
        re.fullmatch(rf"(.+?)[\s,;–-]+{re.escape(town)}(?:\s*\(?[a-z]{{2}}\)?)?", said, re.IGNORECASE) if town else None
    )
    return found[1].strip(" ,;-–") if found else ""


def _wrong_postcode(town: str, postcodes: tuple[str, ...]) -> Words:
    return phrase("Questo CAP non è di {town}: è {codes}.", town=Verbatim(town), codes=", ".join(postcodes))
