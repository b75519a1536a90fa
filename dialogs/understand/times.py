"""A day, an hour, a number as people write them. Italian and English; no clock: today is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from dialogs.understand.plain import fold

_LONGEST = 300  # characters: a day or an hour is said in few words
_AFTERNOON_BEFORE = 7  # "alle 3" said without a part of day is the afternoon
_DAYS = (
    "lun(?:edi)?|mon(?:day)?", "mar(?:t|tedi)?|tue(?:s|sday)", "mer(?:c|coledi)?|wed(?:nesday)?",
    "gio(?:v|vedi)?|thu(?:rs|rsday)?", "ven(?:erdi)?|fri(?:day)?", "sab(?:ato)?|sat(?:urday)?",
    "dom(?:enica)?|sun(?:day)?",
)  # fmt: skip
_MONTHS = (
    "gen(?:naio)?|jan(?:uary)?", "feb(?:b|braio|ruary)?", "mar(?:zo|ch)?", "apr(?:ile|il)?", "mag(?:gio)?|may",
    "giu(?:gno)?|june?", "lug(?:lio)?|july?", "ago(?:sto)?|aug(?:ust)?", "set(?:t|tembre)?|sept?(?:ember)?",
    "ott(?:obre)?|oct(?:ober)?", "nov(?:embre|ember)?", "dic(?:embre)?|dec(?:ember)?",
)  # fmt: skip
_RELATIVE = (
    (r"l'altro ieri|ieri l'altro|altroieri|day before yesterday", -2), (r"ieri|yesterday", -1),
    (r"dopo ?domani|posdomani|domani l'altro|domani altro|day after tomorrow", 2),
    (r"domani|domattina|tomorrow", 1), (r"oggi|today|stamattina|stamani|stasera|tonight|stanotte", 0),
)  # fmt: skip
_UNITS = "zero un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
_TENS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve"
_PARTS = {
    "morning": r"mattin[ao]|stamattina|domattina|stamani|am|morning",
    "late": r"sera|stasera|pomeriggio|pm|evening",
}


def _spelt() -> Iterator[tuple[str, int]]:
    yield from ((word, number) for number, word in enumerate(_ENGLISH.split()))
    units = (*_UNITS.split(), "diciassette", "diciotto", "diciannove")
    yield from (("uno", 1), ("una", 1), *((word, number) for number, word in enumerate(units)))
    for ten, word in enumerate(_TENS.split(), 2):
        yield word, ten * 10
        for number, unit in enumerate(units[1:10], 1):
            stem = word[:-1] if unit[0] in "uo" else word  # ventuno, ventotto
            yield stem + unit, ten * 10 + number
            if number == 1:
                yield f"{stem}uno", ten * 10 + 1


_NUMBERS = dict(_spelt())
_NUMBER_WORD = re.compile(r"[a-z]+")


def number_words(text: str) -> list[int]:
    """The numbers written out in words, up to ninety-nine in Italian and twelve in English."""
    return [_NUMBERS[word] for word in _NUMBER_WORD.findall(fold(text)) if word in _NUMBERS]


def number_word(word: str) -> int | None:
    """The number that one folded word is: "tre" is 3; an article, "uno" or "una", is none."""
    return None if word in ("un", "uno", "una", "one") else _NUMBERS.get(word)


def day_in(text: str, today: date) -> date | None:
    """The one day meant: "domani", "giovedì", "3 dicembre", "03/12/2026", "2026-12-03", "il 5", "fra tre giorni".

    A day without a year, or without a month, is the next such day. None when there is none, or more than one, or when
    the day of the week does not agree with the date.
    """
    said = _in_digits(text)
    days, said = _dates(said, today)
    named = [number for number, names in enumerate(_DAYS) if re.search(rf"\b(?:{names})\b", said)]
    before = "|".join(["il", "giorno", "l'", "the", "di", "d?al", *(_DAYS[number] for number in named[:1])])
    numbers = re.findall(rf"\b(?:{before}) ?(\d{{1,2}})(?:st|nd|rd|th|°|º)?(?![\d.:,/]*\d|\w)", said)
    if bare := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|°|º)?[.!]?", said):
        numbers = [bare[1]]
    days |= {_next_with_day(int(number), today) for number in numbers}
    if not days and len(named) == 1:
        days = {today + timedelta((named[0] - today.weekday()) % 7 or 7)}
    found = days.pop() if len(days) == 1 else None
    return found if found and named in ([], [found.weekday()]) else None


def _dates(said: str, today: date) -> tuple[set[date | None], str]:
    """The days told by a date or by how far they are, and what is left of the text without them."""
    found: set[date | None] = set()
    for words, days in _RELATIVE:
        said, times = re.subn(rf"\b(?:{words})\b", " ", said)
        found |= {today + timedelta(days)} if times else set()

    def far(match: re.Match[str]) -> str:
        found.add(today + timedelta(int(match[1]) * (7 if match[2] in ("settiman", "week") else 1)))
        return " "

    def dated(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = parts["m"]
        number = int(month) if month.isdecimal() else next(
            n for n, names in enumerate(_MONTHS, 1) if re.fullmatch(names, month)
        )  # fmt: skip
        found.add(_dated(int(parts["d"]), number, parts.get("y"), today))
        return " "

    said = re.sub(r"\b(?:alle|ore|at|h) ?\d{1,2}(?:[.:,]\d{2})?\b(?! ?(?:/|\d))", " ", said)
    said = re.sub(r"\b(?:fra|tra|in) (\d{1,3}) (giorn|settiman|day|week)\w*", far, said)
    months = "|".join(_MONTHS)
    for pattern in (
        r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b",
        r"\b(?P<d>\d{1,2})(?P<by>[/.\- ])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4}|\d{2})\b",
        r"(?<![\d:.,])\b(?P<d>\d{1,2})[/.-](?P<m>0?[1-9]|1[0-2])\b(?![.,:/-]?\d)",
        rf"\b(?P<d>\d{{1,2}})(?:°|º|st|nd|rd|th)? ?(?:di |of )?(?P<m>{months})\b\.?(?:,? (?P<y>\d{{4}}))?(?!\w)",
        rf"\b(?P<m>{months})\.? (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?(?![.:,]?\d)\b",
    ):
        said = re.sub(pattern, dated, said)
    return found, said.strip()


def hour_in(text: str) -> time | None:
    """The one hour meant: "alle 15", "9.30", "9,30", "ore 9", "mezzogiorno", "le tre e mezza", "le 4 meno un quarto".

    Before seven, without a part of day, it is the afternoon. None when there is none, or more than one.
    """
    said = re.sub(r"\bmezzanotte\b|\bmidnight\b", "00", re.sub(r"\bmezzogiorno\b|\bnoon\b", "12", _in_digits(text)))
    said = re.sub(r"\bhalf past (\d+)", r"\1.30", re.sub(r"\bquarter past (\d+)", r"\1.15", said))
    hour = r"(\d{1,2})(?: ?[.:,h] ?(\d{2})| e (mezz[ao])| e (1) quarto| e (\d{1,2})\b| meno (1 quarto|\d{1,2}))?"
    after = r"(?![\d/.,:]*\d)(?! ?[-–] ?\d)(?!'? ?(?:or[ae]|minut|giorn))"
    found = list(re.finditer(rf"\b(?:d?alle?|d?all'|l'|ore|h|le|at|ora) ?{hour}{after}", said))
    found = found or list(re.finditer(rf"(?<![\d/.,:+-])(?<![-–] )\b{hour}(?:h|am|pm)?{after}", said))
    if len(found) != 1:
        return None
    match, parts = found[0], {name for name, words in _PARTS.items() if re.search(rf"(?:\b|\d)(?:{words})\b", said)}
    told = int(match[2] or match[5] or 0) + (30 if match[3] else 0) + (15 if match[4] else 0)
    less = 15 if match[6] == "1 quarto" else int(match[6] or 0)
    at = int(match[1])
    afternoon = "late" in parts or (at < _AFTERNOON_BEFORE and "morning" not in parts and match[1][0] != "0")
    hours, minutes = divmod((at + (12 if at < 12 and afternoon else 0)) * 60 + told - less, 60)  # noqa: PLR2004
    return time(hours, minutes) if 0 <= hours < 24 and told < 60 else None  # noqa: PLR2004


def _in_digits(text: str) -> str:
    """Folded, on one line, numbers in digits: "alle tre e mezza" becomes "alle 3 e mezza"."""
    said = " ".join(fold(text[:_LONGEST]).split())
    said = re.sub(r"\bprimo\b", "1", said)
    return _NUMBER_WORD.sub(lambda word: str(_NUMBERS.get(word[0], word[0])), said)


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    """A day and month; without a year, the next such day."""
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)  # noqa: PLR2004
    days = (_date(today.year + later, month, day) for later in range(5))
    return next((found for found in days if found and found >= today), None)


def _next_with_day(day: int, today: date) -> date | None:
    months = ((today.year + (today.month + later - 1) // 12, (today.month + later - 1) % 12 + 1) for later in range(13))
    days = (_date(year, month, day) for year, month in months)
    return next((found for found in days if found and found >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
