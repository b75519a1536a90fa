"""What is asked about an offer and is no plain text: opening times, ages, localities, languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, ClassVar

from dateutil.rrule import rrulestr

from catalog_store.hours import from_words, in_words
from catalog_store.offers import EVERYWHERE
from catalog_store.schedules import ScheduleFault, parse
from dialogs.locale import NAMES
from dialogs.naming import LABEL, Area, area_options
from dialogs.questions import Email, Phone
from dialogs.talk import Heard, Option, Problem, Question
from dialogs.understand import availability
from dialogs.understand.availability.result import ANY, DAYS, OnDate, Weekly
from dialogs.understand.places import area_of
from dialogs.understand.plain import fold, words
from dialogs.words import Each, Joined, Verbatim, Words, phrase

OLDEST = 120  # years
_ALWAYS = re.compile(r"\b(?:24 ?ore|h ?24|giorno e notte|24/24|24 hours)\b")
_FROM_TO = re.compile(r"\b(\d{1,3})(?: anni)? ?(?:-|–|a|ai|e i|e|to) ?(?:gli )?(\d{1,3})\b")
_ONWARDS = re.compile(
    r"\b(?:da(?:i|gli|ll')?|oltre|over|sopra|piu di|almeno|from)(?: i| gli)? ?(\d{1,3})\b"
    r"|\b(\d{1,3})(?: anni)? (?:in su|in poi|e oltre)"
)
_UP_TO = re.compile(r"\b(?:fino (?:a|ai|agli)|sotto|under|meno di|entro|up to)(?: i| gli)? ?(\d{1,3})\b")


@dataclass(frozen=True)
class Hours(Question[str]):
    """Opening times in words; the answer is RFC 5545 (schedules.py), in `zone`."""

    zone: str = "Europe/Rome"
    value_type: ClassVar[Any] = str

    def read(self, text: str, heard: Heard) -> str | Problem:
        return times_in(text, heard.here.date(), self.zone)

    def accepts(self, value: str) -> bool:
        return bool(value)

    def put(self, value: str) -> Words:
        return when_words(value)

    @property
    def numbered(self) -> bool:
        return False


def when_words(schedule: str) -> Words:
    """Opening times in plain words."""
    return Each(lambda language: in_words(parse(schedule), language)) if schedule else phrase("su appuntamento")


def times_in(text: str, today: date, zone: str) -> str | Problem:
    """The RFC 5545 text of opening times in words, from today on."""
    example: Words = "Per esempio: «lunedì e giovedì dalle 16 alle 18»."
    if _ALWAYS.search(fold(text)):
        return from_words("tutti 0-24", zone, today)
    try:
        if written := from_words(text, zone, today):
            parse(written)
            return written
    except ScheduleFault:
        pass  # not in the short form of tables: in words
    found = availability.read(text, today)
    told: list[Weekly | OnDate] = [*found.weekly, *found.dates]
    if found.ask or found.absences or found.removed or not told:
        return Problem("Non ho capito i giorni e le ore.", example)
    if any(isinstance(one, Weekly) and ANY in one.days for one in told):
        return Problem("Mi servono anche i giorni.", example)
    if any(one.slot.start is None or one.slot.end is None for one in told):
        return Problem("Mi servono anche le ore: da che ora a che ora.", example)
    try:
        schedule = "\n".join(_block(one, today, zone) for one in told)
        parse(schedule)
    except (ScheduleFault, StopIteration):
        return Problem("Non ho capito i giorni e le ore.", example)
    return schedule


def _block(one: Weekly | OnDate, today: date, zone: str) -> str:
    start, end = one.slot.start or time(), one.slot.end or time()
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    duration = f"DURATION:PT{minutes // 60}H{minutes % 60}M"
    if isinstance(one, OnDate):
        return f"DTSTART;TZID={zone}:{datetime.combine(one.day, start):%Y%m%dT%H%M%S}\n{duration}"
    days = ",".join(f"{one.nth or ''}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[DAYS.index(day)]}" for day in one.days)
    rule = f"FREQ={'MONTHLY' if one.nth else 'WEEKLY'};BYDAY={days}"
    rule += f";INTERVAL={one.every}" if one.every else ""
    rule += f";UNTIL={one.until:%Y%m%d}" if one.until else ""
    since = datetime.combine(max(one.since or today, today), start)
    first: datetime = next(iter(rrulestr(rule, dtstart=since)))
    return f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}\nRRULE:{rule}\n{duration}"


@dataclass(frozen=True)
class Span:
    """Ages, both ends included; None is without limit."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Ages(Question[Span]):
    """From an age to another, or one of the two."""

    value_type: ClassVar[Any] = Span

    def read(self, text: str, heard: Heard) -> Span | Problem:
        del heard
        example: Words = "Per esempio: «dai 6 ai 14 anni», oppure «oltre i 65»."
        said = fold(text[:200])
        first = last = None
        if both := _FROM_TO.search(said):
            first, last = int(both[1]), int(both[2])
        elif up := _UP_TO.search(said):
            last = int(up[1]) - (up[0].startswith(("sotto", "under", "meno")))
        elif onwards := _ONWARDS.search(said):
            first = int(onwards[1] or onwards[2]) + (onwards[0].startswith("piu di"))
        elif "minor" in said or "adult" in said or "maggior" in said:
            first, last = (None, 17) if "minor" in said else (18, None)
        else:
            return Problem("Non ho capito le età.", example)
        if max(first or 0, last or 0) > OLDEST or (first is not None and last is not None and first > last):
            return Problem("Queste età non tornano.", example)
        return Span(first, last)

    def accepts(self, value: Span) -> bool:
        return value != Span()

    def put(self, value: Span) -> Words:
        return ages_words(value)

    @property
    def numbered(self) -> bool:
        return False


def ages_words(span: Span) -> Words:
    """Ages in plain words; '' when there is no limit."""
    if span.first is not None and span.last is not None:
        return phrase("da {first} a {last} anni", first=span.first, last=span.last)
    if span.first is not None:
        return phrase("da {first} anni in su", first=span.first)
    return phrase("fino a {last} anni", last=span.last) if span.last is not None else ""


@dataclass(frozen=True)
class Zones(Question[list[str]]):
    """The localities that are served: all, one with a tap, several by writing their names."""

    listed: tuple[Area, ...] = ()
    value_type: ClassVar[Any] = list[str]

    def choices(self) -> tuple[Option, ...]:
        also = ("tutti", "tutto", "ovunque", "dappertutto", "everywhere")
        everywhere = Option(EVERYWHERE, "Tutto il comune", also=also)
        return (everywhere, *area_options(list(self.listed)))

    def take(self, option: str) -> list[str]:
        return [option]

    def read(self, text: str, heard: Heard) -> list[str] | Problem:
        del heard
        names = {area.id: (area.name, *area.other_names) for area in self.listed}
        parts = [part for part in re.split(r"[,;/\n]| e | and ", text[:500]) if part.strip()]
        found = [area_of(words(part), names) for part in parts]
        if not parts or None in found:
            example = phrase("Per esempio: {names}.", names=Verbatim(", ".join(area.name for area in self.listed[:2])))
            return Problem("Non conosco una di queste zone.", example)
        return list(dict.fromkeys(one for one in found if one))

    def accepts(self, value: list[str]) -> bool:
        return bool(value) and set(value) <= {EVERYWHERE, *(area.id for area in self.listed)}

    def put(self, value: list[str]) -> Words:
        return zones_words(value, self.listed)


def zones_words(areas: list[str] | tuple[str, ...], listed: tuple[Area, ...] | list[Area]) -> Words:
    """Localities by their names."""
    names = {area.id: area.name for area in listed}
    if EVERYWHERE in areas:
        return phrase("tutto il comune")
    return Verbatim(", ".join(names.get(area, area) for area in areas))


_BESIDE = frozenset((".", "e", "anche", "and", "in", "l", "il", "lo"))  # words between the names of languages


@dataclass(frozen=True)
class Spoken(Question[list[str]]):
    """The languages that are spoken there, by their ISO codes; Italian with a tap."""

    value_type: ClassVar[Any] = list[str]

    def choices(self) -> tuple[Option, ...]:
        return (Option("it", "Solo italiano", also=("italiano", "italian", "solo italiano")),)

    def take(self, option: str) -> list[str]:
        return [option]

    def read(self, text: str, heard: Heard) -> list[str] | Problem:
        del heard
        said = [word for word in words(text[:300]) if word not in _BESIDE]
        found = [_codes().get(word) for word in said]
        if not found or None in found:
            return Problem("Non conosco una di queste lingue.", "Per esempio: «italiano, inglese, cinese».")
        return list(dict.fromkeys(one for one in found if one))

    def accepts(self, value: list[str]) -> bool:
        return bool(value)

    def put(self, value: list[str]) -> Words:
        return languages_words(value)


@cache
def _codes() -> dict[str, str]:
    """The code of each language, by its folded name in Italian, English and itself."""
    from babel import Locale

    listed = [pair for locale in ("it", "en") for pair in Locale(locale).languages.items()]
    named = {fold(name): code for code, name in listed if len(code) == len("it")}
    return named | {fold(name): code for code, name in NAMES.items()}


def languages_words(codes: list[str] | tuple[str, ...]) -> Words:
    """Languages by their names, in the reader's."""

    def named(code: str) -> Each:
        from babel import Locale

        return Each(lambda language: str(Locale.parse(language).languages.get(code, code)))

    return Joined(tuple(named(code) for code in codes), ", ")


def shortened(name: str, most: int = LABEL) -> str:
    """As many whole words of a name as fit, without an article or a preposition at their end."""
    kept = ""
    for word in name.split():
        if len(f"{kept} {word}".strip()) > most:
            break
        kept = f"{kept} {word}".strip()
    while (last := kept.rpartition(" "))[0] and len(last[2].rstrip("'’")) <= 3 and last[2].islower():  # noqa: PLR2004
        kept = last[0]
    return kept.rstrip(" ,;:-–") or name[:most]


@dataclass(frozen=True)
class PhoneOf(Phone):
    """A telephone number; the one that the organization has already given can be tapped."""

    known: str = ""

    def choices(self) -> tuple[Option, ...]:
        return _known(self.known)

    def take(self, option: str) -> str:
        del option
        return self.known

    def accepts(self, value: str) -> bool:
        return value == self.known or super().accepts(value)

    @property
    def numbered(self) -> bool:
        return False


@dataclass(frozen=True)
class EmailOf(Email):
    """An e-mail address; the one that the organization has already given can be tapped."""

    known: str = ""

    def choices(self) -> tuple[Option, ...]:
        return _known(self.known)

    def take(self, option: str) -> str:
        del option
        return self.known


def _known(value: str) -> tuple[Option, ...]:
    if not value:
        return ()
    return (
        Option(
            "known", "Come sempre", row="Quello che ho già", description=Verbatim(value[:72]),
            also=("lo stesso", "la stessa", "si", "sì", "ok", "same"),
        ),
    )  # fmt: skip
