"""An availability said back in plain words before it is saved, one line for each thing understood.

What is said in Italian and in English is read by `understand.availability` as the same availability again.
"""

from __future__ import annotations

from datetime import date, time, timedelta

from dialogs.understand.availability.result import ANY, DAYS, Absence, Availability, OnDate, Slot, Weekly
from dialogs.words import Each, Moment, Phrase, Words, lines, phrase, sentences

_YEAR = timedelta(364)  # a day farther than this is said with its year


def said_back(found: Availability, today: date) -> Words:
    """What was understood; a day within the year that follows `today` is said without its year."""
    if found.ask:
        return "Non ho capito quando."
    return lines(
        _status(found),
        "Da ora in poi solo così." if found.replaces else "",
        *(phrase("Disponibile {when}", when=_habit(one, today)) for one in found.weekly),
        *(phrase("Disponibile {when}", when=_on(one, today)) for one in found.dates),
        *(phrase("Non più {when}", when=_habit(one, today)) for one in found.removed),
        *(phrase("Assente {when}", when=_absence(one, today)) for one in found.absences),
    )


def _status(found: Availability) -> Words:
    if found.status == "stopped":
        return "Non più disponibile."
    return "Di nuovo disponibile." if found.status == "active" else ""


def _habit(one: Weekly, today: date) -> Words:
    return sentences(_days(one), _hours(one.slot), _period(one.since, one.until, today))


def _days(one: Weekly) -> Words:
    days = phrase("di {days}", days=_names(one.days))
    if one.days == (ANY,):
        days = phrase("nei giorni già detti")
    elif one.days == DAYS:
        days = phrase("tutti i giorni")
    if one.nth:
        days = _of_month(days, one.nth)
    return phrase("a settimane alterne {days}", days=days) if one.every else days


def _of_month(days: Phrase, nth: int) -> Phrase:
    return {
        1: phrase("{days}, la prima volta nel mese", days=days),
        2: phrase("{days}, la seconda volta nel mese", days=days),
        3: phrase("{days}, la terza volta nel mese", days=days),
        4: phrase("{days}, la quarta volta nel mese", days=days),
        -1: phrase("{days}, l'ultima volta nel mese", days=days),
    }[nth]


def _names(days: tuple[str, ...]) -> Each:
    """Such as "lunedì, mercoledì e venerdì", in each language."""

    def text(language: str) -> str:
        from babel.dates import get_day_names
        from babel.lists import format_list

        names = get_day_names("wide", locale=language)
        return format_list([names[DAYS.index(day)] for day in days if day in DAYS], locale=language)

    return Each(text)


def _on(one: OnDate, today: date) -> Words:
    return sentences(_day(one.day, today), _hours(one.slot))


def _absence(one: Absence, today: date) -> Words:
    if one.until == one.since:
        return sentences(_day(one.since, today), _hours(one.slot))
    return sentences(_period(one.since, one.until, today), _hours(one.slot))


def _hours(slot: Slot) -> Words:
    if slot.start and slot.end:
        return phrase("dalle {start} alle {end}", start=_hour(slot.start), end=_hour(slot.end))
    if slot.start:
        return phrase("dalle {start} in poi", start=_hour(slot.start))
    return phrase("fino alle {end}", end=_hour(slot.end)) if slot.end else ""


def _hour(at: time) -> Each:
    """With a zero before it, an hour is in the morning: "alle 3" would be in the afternoon."""
    return Each(lambda language: f"{at:%H.%M}" if language == "it" else f"{at:%H:%M}")


def _period(since: date | None, until: date | None, today: date) -> Words:
    if since and until:
        return phrase("da {since} a {until}", since=_day(since, today), until=_day(until, today))
    if since:
        return phrase("da {since} in poi", since=_day(since, today))
    return phrase("fino a {until}", until=_day(until, today)) if until else ""


def _day(day: date, today: date) -> Words:
    if today <= day <= today + min(_YEAR, date.max - today):
        return Moment(day)

    def text(language: str) -> str:
        from babel.dates import format_date

        return format_date(day, "full", {"en": "en_GB"}.get(language, language))

    return Each(text)
