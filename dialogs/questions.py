"""The kinds of question. Each refuses what it cannot take, saying what was wrong and giving an example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar, Literal

from dialogs import small_talk
from dialogs.talk import Heard, Option, Problem, Question
from dialogs.understand import times
from dialogs.understand.plain import words
from dialogs.words import Moment, Verbatim, Words, phrase

_ONE_LINE = 60  # characters: an answer this short is a name or a title, not a text with lines


@dataclass(frozen=True)
class Text(Question[str]):
    """A few words: `least` to `most` characters."""

    example: Words = "Va bene anche una parola sola."
    least: int = 1
    most: int = 300
    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        said = " ".join(text.split()) if self.most <= _ONE_LINE else text.strip()
        if not any(character.isalnum() for character in said):
            return Problem("Non ho trovato parole nella risposta.", self.example)
        if len(said) < self.least:
            return Problem(phrase("È un po' corto: servono almeno {least} caratteri.", least=self.least), self.example)
        if len(said) > self.most:
            wrong = phrase("È un po' lungo. Sono {n} caratteri, ne bastano {most}.", n=len(said), most=self.most)
            return Problem(wrong, self.example)
        return said

    def accepts(self, value: str) -> bool:
        return bool(value)

    def put(self, value: str) -> Words:
        return Verbatim(value)


@dataclass(frozen=True)
class Common(Text):
    """A few words. The common ones can be tapped, and the answer is then the option's id."""

    among: tuple[Option, ...] = ()

    def choices(self) -> tuple[Option, ...]:
        return self.among

    def put(self, value: str) -> Words:
        return Choice("", self.among).put(value)


@dataclass(frozen=True)
class Choice(Question[str]):
    """One of these. The answer is the option's id."""

    among: tuple[Option, ...] = ()
    value_type: ClassVar[Any] = str

    def choices(self) -> tuple[Option, ...]:
        return self.among

    def read(self, text: str, heard: Heard) -> str | Problem:
        del text, heard
        return Problem("Non ho capito quale sceglie.", phrase("Tocchi una risposta, o scriva il numero: {n}.", n=1))

    def accepts(self, value: str) -> bool:
        return any(option.id == value for option in self.among)

    def put(self, value: str) -> Words:
        return next((option.row or option.label for option in self.among if option.id == value), Verbatim(value))

    @property
    def strict(self) -> bool:
        return True


_YES = (
    "sì", "ok", "va bene", "certo", "d'accordo", "esatto", "giusto", "yes", "da", "po",
    "是", "是的", "对", "好", "好的", "可以", "نعم", "اي نعم", "موافق",
    "oui", "d'accord", "bien sûr", "так", "добре", "гаразд", "згода", "звісно",
)  # fmt: skip
_NO = (
    "no", "no grazie", "non ora", "per niente", "no thanks", "not now", "jo", "nu",
    "不", "不是", "不要", "不用", "لا", "لا شكرا", "ليس الآن",
    "non", "non merci", "pas maintenant", "ні", "ні, дякую", "не зараз",
)  # fmt: skip


@dataclass(frozen=True)
class YesNo(Question[bool]):
    """Yes or no; the labels may say what each means."""

    yes: Words = "Sì"
    no: Words = "No"
    value_type: ClassVar[Any] = bool

    def choices(self) -> tuple[Option, ...]:
        return Option("yes", self.yes, also=_YES), Option("no", self.no, also=_NO)

    def take(self, option: str) -> bool:
        return option == "yes"

    def read(self, text: str, heard: Heard) -> bool | Problem:
        del heard
        said = words(text)[:6]  # "sì, grazie", "no, non voglio": it is said at the beginning
        yes, no = bool({"si", "yes", "oui", "так"} & set(said)), bool({"no", "ні"} & set(said))
        if yes is no or said[0] not in ("si", "yes", "oui", "так", "no", "ні"):
            return Problem("Non ho capito se è un sì o un no.", "Scriva «sì» oppure «no».")
        return yes

    def accepts(self, value: bool) -> bool:  # noqa: FBT001  the answer is itself a yes or a no
        return isinstance(value, bool)

    @property
    def enough(self) -> str | None:
        return "no"

    def put(self, value: bool) -> Words:  # noqa: FBT001  the same
        return self.yes if value else self.no

    @property
    def strict(self) -> bool:
        return True


@dataclass(frozen=True)
class Told:
    """What somebody said in their own words, or the option they tapped instead."""

    text: str = ""
    option: str = ""


@dataclass(frozen=True)
class Tell(Question[Told]):
    """In your own words; or tap. Any length is taken."""

    among: tuple[Option, ...] = ()
    example: Words = "Per esempio: «non riesco a fare la spesa da sola»."
    value_type: ClassVar[Any] = Told

    def choices(self) -> tuple[Option, ...]:
        return self.among

    def take(self, option: str) -> Told:
        return Told(option=option)

    def read(self, text: str, heard: Heard) -> Told | Problem:
        del heard
        if not any(character.isalpha() for character in text) or small_talk.hear(text) == "ok":
            return Problem("Non ho trovato parole nel messaggio.", self.example)
        return Told(text.strip())

    def accepts(self, value: Told) -> bool:
        return bool(value.text) or any(option.id == value.option for option in self.among)

    @property
    def story(self) -> bool:
        return True

    def put(self, value: Told) -> Words:
        return Verbatim(value.text) if value.text else Choice("", self.among).put(value.option)


_WHOLE = re.compile(r"[-−]?\d+[.,]?")


@dataclass(frozen=True)
class Number(Question[int]):
    """A whole number from `least` to `most`."""

    least: int = 0
    most: int = 1_000_000
    value_type: ClassVar[Any] = int

    def read(self, text: str, heard: Heard) -> int | Problem:
        del heard
        example = phrase("Per esempio: {n}.", n=max(self.least, min(self.most, 3)))
        found = re.findall(r"[-−]?\d[\d.,]*", re.sub(r"(?<=\d)[. ](?=\d{3}\b)", "", text[:1000]))
        if any(not _WHOLE.fullmatch(one) for one in found):
            return Problem("Mi serve un numero intero.", example)
        numbers = [int(one.rstrip(".,").replace("−", "-")) for one in found] or times.number_words(text)
        if len(numbers) != 1:
            wrong: Words = "Mi serve un numero." if not numbers else "Ho trovato più di un numero: me ne serve uno."
            return Problem(wrong, example)
        if not self.least <= numbers[0] <= self.most:
            limits = phrase("Il numero deve stare fra {least} e {most}.", least=self.least, most=self.most)
            return Problem(limits, example)
        return numbers[0]

    def accepts(self, value: int) -> bool:
        return self.least <= value <= self.most

    def put(self, value: int) -> Words:
        return phrase("{n}", n=value)


@dataclass(frozen=True)
class Date(Question[date]):
    """A day; `when` says on which side of today it must lie (checked when it is read, never again)."""

    when: Literal["any", "future", "past"] = "any"
    value_type: ClassVar[Any] = date

    def read(self, text: str, heard: Heard) -> date | Problem:
        today = heard.here.date()
        day = times.day_in(text, today)
        example = phrase("Per esempio: {day}.", day=Moment(today))
        if day is None:
            return Problem("Non ho capito il giorno.", example)
        if self.when == "future" and day < today:
            return Problem(phrase("{day} è già passato.", day=Moment(day)), example)
        if self.when == "past" and day > today:
            return Problem(phrase("{day} deve ancora venire.", day=Moment(day)), example)
        return day

    def accepts(self, value: date) -> bool:
        return isinstance(value, date)

    def put(self, value: date) -> Words:
        return Moment(value)


@dataclass(frozen=True)
class Hour(Question[time]):
    """An hour of the day."""

    value_type: ClassVar[Any] = time

    def read(self, text: str, heard: Heard) -> time | Problem:
        del heard
        return times.hour_in(text) or Problem("Non ho capito l'ora.", "Per esempio: «alle 15» oppure «9.30».")

    def accepts(self, value: time) -> bool:
        return isinstance(value, time)

    def put(self, value: time) -> Words:
        return Moment(value)


@dataclass(frozen=True)
class Place(Choice):
    """One of the territory's localities: the options carry their other names in `also`."""

    def read(self, text: str, heard: Heard) -> str | Problem:
        del text, heard
        names = [option.label for option in self.among[-1:]]  # the first may be no place, but "anywhere"
        return Problem("Non conosco questa località.", phrase("Per esempio: {name}.", name=names[0] if names else ""))


@dataclass(frozen=True)
class Phone(Question[str]):
    """A telephone number; the answer is in E.164. Without a prefix it is Italian."""

    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        import phonenumbers

        del heard
        example: Words = "Per esempio: 333 000 0000."
        if len(text) > 200:  # noqa: PLR2004  no number needs so many words around it
            return Problem("È un po' lungo: mi scriva soltanto il numero.", example)
        found = [match.number for match in phonenumbers.PhoneNumberMatcher(text, "IT", phonenumbers.Leniency.POSSIBLE)]
        if len(found) > 1:
            return Problem("Ho trovato più di un numero: me ne serve uno.", example)
        if not found:
            wrong = "A questo numero manca o avanza qualche cifra." if any(map(str.isdecimal, text)) else ""
            return Problem(wrong or "Non ho trovato un numero di telefono.", example)
        return phonenumbers.format_number(found[0], phonenumbers.PhoneNumberFormat.E164)

    def accepts(self, value: str) -> bool:
        return value.startswith("+")

    def put(self, value: str) -> Words:
        return Verbatim(value)


_EMAIL = re.compile(r"[^\s@<>(),;:«»\"]{1,64}@[^\s@<>(),;:«»\"]{1,190}\.[^\W\d_]{2,24}")


@dataclass(frozen=True)
class Email(Question[str]):
    """An e-mail address."""

    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        del heard
        example: Words = "Per esempio: nome.cognome@example.org."
        found = _EMAIL.findall(text[:1000])
        if len(found) == 1:
            return str(found[0]).lower()
        if "@" not in text:
            return Problem("Nell'indirizzo manca la chiocciola (@).", example)
        return Problem("L'indirizzo non è completo, o ce n'è più di uno.", example)

    def accepts(self, value: str) -> bool:
        return "@" in value

    def put(self, value: str) -> Words:
        return Verbatim(value)


_CODE = re.compile(r"(?<![A-Z0-9])(?:[A-Z]{6}[A-Z0-9]{10}|[0-9]{11})(?![A-Z0-9])")


@dataclass(frozen=True)
class TaxCode(Question[str]):
    """A codice fiscale, of a person (16 characters) or of a body (11 digits). A wrong check character is refused.

    An office code that is not known (digits 8–10 of a body's) is let pass: the lists of offices lag behind.
    """

    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        from stdnum import luhn
        from stdnum.exceptions import ValidationError
        from stdnum.it import codicefiscale

        del heard
        example: Words = "Per esempio: 80016750483."
        among = _CODE.findall(text[:1000].upper())
        code = among[0] if len(among) == 1 else re.sub(r"[\s.\-]", "", text).upper()
        if len(code) not in (11, 16) or not code.isascii() or not code.isalnum():
            wrong = phrase(
                "Un codice fiscale ha 16 caratteri. Quello di un'associazione ha 11 cifre. Qui sono {n}.", n=len(code)
            )
            return Problem(wrong, example)
        try:
            (luhn if len(code) == 11 else codicefiscale).validate(code)  # noqa: PLR2004
        except ValidationError:
            return Problem("L'ultimo carattere non va con gli altri. Forse uno è sbagliato.", example)
        return code

    def accepts(self, value: str) -> bool:
        return len(value) in (11, 16)

    def put(self, value: str) -> Words:
        return Verbatim(value)


def options(pairs: Iterable[tuple[str, Words]]) -> tuple[Option, ...]:
    """Options from (id, label) pairs."""
    return tuple(Option(id, label) for id, label in pairs)
