"""Opening hours as people say and write them: `in_words` for readers, `from_words` for whoever fills in a table.

Written: days, hours and, if not all year, months; entries apart by a semicolon. "lun,gio 16-18; sab 9:30-12",
"lun-ven 9-13,15-18", "1sab 10-12" (the first Saturday of the month, "-1sab" the last), "tutti 20-8 nov-mar".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from dateutil.rrule import rrulestr

from catalog_store.schedules import DAYS, Schedule, ScheduleFault, Slot

_DAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_MONTHS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
_HOUR = re.compile(r"(\d{1,2})(?::([0-5]\d))?-(\d{1,2})(?::([0-5]\d))?")


@dataclass(frozen=True)
class _Phrases:
    """How one language says openings, as `hours.toml` explains."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    feminine: tuple[int, ...]
    ordinals: tuple[tuple[str, ...], ...]
    daily: str
    both: str
    run: str
    monthly: str
    dated: str
    every: str
    every_days: str
    every_months: str
    season: str
    only: str
    until: str
    times: str
    whole: str
    date: str

    def nth(self, n: int, day: int) -> str:
        """The nth such day, -1 the last, as in "il primo" and "la prima"."""
        forms = self.ordinals[-1] if day in self.feminine else self.ordinals[0]
        return forms[n - 1 if n > 0 else n]


@cache
def _words(language: str) -> _Phrases:
    """Italian where the language is not written yet."""
    tables = tomllib.loads(Path(__file__).with_name("hours.toml").read_text("utf-8"))
    return _Phrases(**tables.get(language, tables["it"]))


def in_words(schedule: Schedule, language: str = "it") -> str:
    """The openings in plain words, e.g. "lunedì e giovedì, 16-18"; '' when by arrangement."""
    words = _words(language)
    hours: dict[tuple[str, str], list[str]] = {}
    for slot in schedule:
        hours.setdefault((_days(slot, words), _season(slot, words)), []).append(_hours(slot, words))
    return "; ".join(
        ", ".join(filter(None, (days, _list(list(dict.fromkeys(told)), words), season)))
        for (days, season), told in hours.items()
    )


def from_words(text: str, zone: str, since: date) -> str:
    """The RFC 5545 text of written hours, starting on the first such day from `since` on. Raises ScheduleFault."""
    blocks: list[str] = []
    for entry in filter(None, map(str.strip, text.split(";"))):
        days, _, rest = entry.casefold().partition(" ")
        hours, _, season = rest.strip().partition(" ")
        rule = _rule(days, entry) + (f";BYMONTH={_season_rule(season.strip(), entry)}" if season.strip() else "")
        blocks.extend(_block(part.strip(), rule, zone, since, entry) for part in hours.split(","))
    return "\n".join(blocks)


def _days(slot: Slot, words: _Phrases) -> str:
    if not slot.frequency:
        return _date(slot.start, words)
    if slot.frequency == "DAILY":
        return words.daily if slot.interval == 1 else words.every_days.format(slot.interval)
    if slot.frequency == "MONTHLY":
        told = [words.monthly.format(words.nth(n, day), words.days[day]) for n, day in slot.days]
        text = _list(told or [words.dated.format(slot.start.day)], words)
        return text if slot.interval == 1 else words.every_months.format(slot.interval, text)
    numbers = sorted({day for _, day in slot.days})
    if len(numbers) == len(DAYS):
        text = words.daily
    elif len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:  # noqa: PLR2004  a run of three or more
        text = words.run.format(words.days[numbers[0]], words.days[numbers[-1]])
    else:
        text = _list([words.days[day] for day in numbers], words)
    return text if slot.interval == 1 else words.every.format(slot.interval, text)


def _hours(slot: Slot, words: _Phrases) -> str:
    if slot.duration == timedelta(days=1):
        return words.whole
    opens, closes = (
        f"{t.hour}:{t.minute:02}" if t.minute else str(t.hour) for t in (slot.start, slot.start + slot.duration)
    )
    return f"{opens}-{closes if closes != '0' else '24'}"


def _season(slot: Slot, words: _Phrases) -> str:
    parts, months = [], sorted(slot.months)
    first = next((m for m in months if (m - 2) % 12 + 1 not in months), 0)
    run = [(first - 1 + i) % 12 + 1 for i in range(len(months))]
    if len(months) == 1 or (months and sorted(run) != months):
        parts.append(words.only.format(_list([words.months[m - 1] for m in months], words)))
    elif first:
        parts.append(words.season.format(words.months[run[0] - 1], words.months[run[-1] - 1]))
    if slot.until:
        parts.append(words.until.format(_date(slot.until, words)))
    if slot.count:
        parts.append(words.times.format(slot.count))
    return ", ".join(parts)


def _date(day: datetime, words: _Phrases) -> str:
    return words.date.format(day.day, words.months[day.month - 1], day.year)


def _list(items: Sequence[str], words: _Phrases) -> str:
    return words.both.format(", ".join(items[:-1]), items[-1]) if len(items) > 1 else "".join(items)


def _rule(days: str, entry: str) -> str:
    if days == "tutti":
        return "FREQ=DAILY"
    if re.fullmatch(r"(-1|[1-5])[a-z]{3}", days) and days[-3:] in _DAYS:
        return f"FREQ=MONTHLY;BYDAY={days[:-3]}{DAYS[_DAYS.index(days[-3:])]}"
    numbers: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ScheduleFault(f"“{entry}”: the days should be like lun,gio or lun-ven or 1sab or tutti")
        start, length = _DAYS.index(first), (_DAYS.index(last or first) - _DAYS.index(first)) % 7
        numbers.update((start + i) % 7 for i in range(length + 1))
    return "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[n] for n in sorted(numbers))


def _season_rule(text: str, entry: str) -> str:
    first, _, last = text.partition("-")
    if first not in _MONTHS or (last or first) not in _MONTHS:
        raise ScheduleFault(f"“{entry}”: the months should be like nov-mar")
    start, length = _MONTHS.index(first), (_MONTHS.index(last or first) - _MONTHS.index(first)) % 12
    return ",".join(str(n) for n in sorted((start + i) % 12 + 1 for i in range(length + 1)))


def _block(hours: str, rule: str, zone: str, since: date, entry: str) -> str:
    match = _HOUR.fullmatch(hours)
    opens, closes = (
        (60 * int(match[1]) + int(match[2] or 0), 60 * int(match[3]) + int(match[4] or 0)) if match else (0, 0)
    )
    if opens == closes or opens >= 24 * 60 or closes > 24 * 60:
        raise ScheduleFault(f"“{entry}”: the hours should be like 9-12 or 16:30-18 or 9-12,15-18")
    minutes = (closes - opens) % (24 * 60) or 24 * 60
    start = datetime(since.year, since.month, since.day, opens // 60, opens % 60)  # noqa: DTZ001  wall time
    first: datetime = next(iter(rrulestr(rule, dtstart=start)))
    return f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}\nRRULE:{rule}\nDURATION:PT{minutes // 60}H{minutes % 60}M"
