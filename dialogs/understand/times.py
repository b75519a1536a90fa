"""A day, an hour, a number as people write them. Italian and English; no clock: today is an argument."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta

_DAYS = ("lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica")
_DAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti"
).split()
_RELATIVE = {"oggi": 0, "today": 0, "domani": 1, "tomorrow": 1, "dopodomani": 2, "dopo domani": 2}
_LONGEST = 300  # characters: a day or an hour is said in few words
AFTERNOON_BEFORE = 7  # "alle 3" said without a part of day is the afternoon


def plain(text: str) -> str:
    """Lower case, no accents, one space."""
    bare = unicodedata.normalize("NFKD", text[:10_000].casefold().replace("’", "'"))  # noqa: RUF001
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def number_words(text: str) -> list[int]:
    """The numbers written out in words, up to twenty."""
    found = []
    for word in re.findall(r"[a-z]+", plain(text)):
        if word in ("un", "una"):
            found.append(1)
        elif word in _NUMBERS:
            found.append(_NUMBERS.index(word))
    return found


def day_in(text: str, today: date) -> date | None:
    """The day meant: "domani", "giovedì", "3 dicembre", "03/12/2026", "2026-12-03", "il 5". None when there is none."""
    said = plain(text[:_LONGEST])
    for word, days in sorted(_RELATIVE.items(), key=lambda pair: -len(pair[0])):
        if re.search(rf"\b{word}\b", said):
            return today + timedelta(days)
    if match := re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", said):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?\b", said):
        return _dated(int(match[1]), int(match[2]), match[3], today)
    months = "|".join(_MONTHS + _MONTHS_EN)
    if match := re.search(rf"\b(\d{{1,2}})°? (?:di |of )?({months})[a-z]*(?: (\d{{4}}))?", said):
        names = _MONTHS if match[2] in _MONTHS else _MONTHS_EN
        return _dated(int(match[1]), names.index(match[2]) + 1, match[3], today)
    for names in (_DAYS, _DAYS_EN):
        for number, name in enumerate(names):
            if re.search(rf"\b{name[:3]}(?:{name[3:]})?\b", said):
                return today + timedelta((number - today.weekday()) % 7 or 7)
    if match := re.search(r"\b(?:il|giorno|the) (\d{1,2})\b", said) or re.fullmatch(r"(\d{1,2})", said):
        return _next_with_day(int(match[1]), today)
    return None


def hour_in(text: str) -> time | None:
    """The hour meant: "alle 15", "9.30", "ore 9", "mezzogiorno", "le 3 e mezza". None when there is none."""
    said = plain(text[:_LONGEST])
    if re.search(r"\b(mezzogiorno|noon)\b", said):
        return time(12)
    match = re.search(r"(?<!\d)(\d{1,2})(?:[.:](\d{2})|( e mezza| e mezzo)|( e un quarto))?\s*(am|pm)?(?!\d)", said)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0) + (30 if match[3] else 0) + (15 if match[4] else 0)
    morning = match[5] == "am" or re.search(r"\bmattin[ao]?\b", said)
    if match[5] == "pm" or (hour < AFTERNOON_BEFORE and not morning and not match[1].startswith("0")):
        hour = hour % 12 + 12
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    """A day and month; without a year, the next such day."""
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)  # noqa: PLR2004
    found = _date(today.year, month, day)
    return found if found and found >= today else _date(today.year + 1, month, day)


def _next_with_day(day: int, today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(13):
        found = _date(year, month, day)
        if found and found >= today:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return None
