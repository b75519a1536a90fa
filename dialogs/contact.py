"""How to call a person and how to reach them: one question, answered by writing or with a tap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from dialogs.questions import Phone
from dialogs.talk import Heard, Option, Problem, Question
from dialogs.words import Verbatim, Words, phrase

_LONGEST, _WORDS = 60, 6  # characters and words of a name
_NO_NAME = (
    "si", "sì", "ok", "va bene", "certo", "yes", "grazie", "oui", "merci", "d'accord", "так", "добре", "дякую",
)  # fmt: skip  # an answer to a question that was not asked
_DIGITS = 5  # as many make a telephone number, right or wrong
_HERE = (
    "qui", "here", "in chat", "no", "no grazie", "nessuno", "anonimo", "anonima", "senza nome", "salta",
    "ici", "non", "non merci", "sans nom", "passer", "сюди", "тут", "ні", "без імені", "пропустити",
)  # fmt: skip
_BEFORE = re.compile(
    r"^(ciao|salve|buongiorno|mi chiamo|io sono|sono|il mio nome è|il mio nome e|nome|my name is|i am|i'm|"
    r"bonjour|je m'appelle|je suis|mon nom est|nom|вітаю|добрий день|мене звати|моє ім'я|ім'я|я)\b[\s,:]*",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"\b((e|et|і) )?((il|mon|мій) )?(mio )?(numero|telefono|cellulare|tel|cell|phone|number|"
    r"numéro|téléphone|portable|номер|телефон)( è| is| est)?\b\.?:?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reach:
    """A name, '' if not given, and a telephone number in E.164, '' to be answered in the chat."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Contact(Question[Reach]):
    """A name, a telephone number, both, or neither."""

    value_type: ClassVar[object] = Reach

    def choices(self) -> tuple[Option, ...]:
        return (Option("here", "Scrivetemi qui", row="Qui, senza il mio nome", also=_HERE),)

    def take(self, option: str) -> Reach:
        del option
        return Reach()

    def read(self, text: str, heard: Heard) -> Reach | Problem:
        phone, rest = "", text
        if sum(character.isdigit() for character in text) >= _DIGITS:
            found = Phone("").read(text, heard)
            if isinstance(found, Problem):
                return found
            phone, rest = found, re.sub(r"\+?\d[\d\s./\-()]*", " ", text)
        name = _AROUND.sub(" ", _BEFORE.sub("", _BEFORE.sub("", rest.strip())))
        name = " ".join(name.replace(",", " ").replace(";", " ").split()).strip(" .:-")
        if len(name) > _LONGEST or len(name.split()) > _WORDS:
            return Problem("È un po' lungo per un nome.", "Per esempio: «Anna, 333 000 0000».")
        named = any(character.isalpha() for character in name) and "?" not in name and name.casefold() not in _NO_NAME
        if not phone and not named:
            return Problem(
                "Non ho trovato né un nome né un numero.", "Per esempio: «Anna», oppure «Anna, 333 000 0000»."
            )
        return Reach(name if named else "", phone)

    def accepts(self, value: Reach) -> bool:
        return isinstance(value, Reach)

    def put(self, value: Reach) -> Words:
        return how(value)

    @property
    def numbered(self) -> bool:
        return False


@dataclass(frozen=True)
class KnownPhone(Phone):
    """A telephone number; one that we know already can be tapped."""

    known: str = ""

    def choices(self) -> tuple[Option, ...]:
        return (Option(self.known, Verbatim(self.known)),) if self.known else ()

    @property
    def numbered(self) -> bool:
        return False


def how(reach: Reach) -> Words:
    """The answer in words, for a summary."""
    if reach.name and reach.phone:
        return phrase("{name}, al telefono {phone}", name=reach.name, phone=reach.phone)
    if reach.phone:
        return phrase("al telefono {phone}", phone=reach.phone)
    return phrase("{name}, in questa chat", name=reach.name) if reach.name else phrase("in questa chat, senza nome")
