"""How often help is needed, as social workers note it: "2 vv/sett", "ogni 15 gg", "mart. e giov.", "visita il 14/5"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dialogs.understand.times import number_word

MONTHS: Final = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")


@dataclass(frozen=True)
class Frequency:
    """How often: `n` times, or `hours`, in each `per`: day, week, month, once, "3 weeks"."""

    per: str
    n: int | None = None
    hours: int | None = None


_UNITS: Final = {"day": r"giorn\w*|gg|g|die|di", "week": r"settiman\w*|sett|sttimana", "month": r"mes[ei]|mensil\w+"}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_EACH = r" ?(?:a|al|alla|/|per|x|ogni|all[ae]|di)? ?"
_HOURS_EACH = re.compile(rf"\b(?P<n>\d{{1,2}}) ?(?:h|ore|ora)\b(?: \w+)?{_EACH}(?:{_UNIT})\b")
_TIMES_EACH = re.compile(
    rf"\b(?P<n>\d{{1,2}}) ?(?!anni|aa|ore|ora|h\b|mesi|ogni)(?:[a-z]+ ){{0,2}}?(?:[a-z]+)?"
    rf" ?(?:a|al|alla|la|/|per|x|volte|vv?)"
    rf" ?(?:{_UNIT})\b"
)
_EVERY_SO_MANY = re.compile(rf"\bogni (?P<many>\d{{1,2}}) ?(?:{_UNIT})\b")
_EVERY = re.compile(rf"\b(?:ogni|tutt[ie] (?:i|le)|al|alla|a) (?:{_UNIT})\b")
_ADVERB = {
    "day": r"quotid\w*|giornalier\w+|giornalmente", "week": r"settimanal\w+|sett\.?le", "month": r"mensil\w+|mens",
    "2 days": r"giorni alterni", "2 weeks": r"quindicinal\w+|bisettimanal\w+|settimane alterne",
}  # fmt: skip
_DAY_NAMES: Final = r"lun(?:edi)?|mart?(?:edi)?|merc?(?:oledi)?|giov?(?:edi)?|ven(?:erdi)?|sab(?:ato|ati)?|domenic[ae]"
_WEEKDAY = re.compile(rf"(?<!entro )(?<!entro il )(?<!scorso )\b(?P<day>{_DAY_NAMES})\b(?! (?:scorso|prossim\w))")
_NOT_WHEN = "".join(
    f"(?<!{word} )" for word in ("dal", "fino al", "entro", "entro il", "nato il", "nata il", "scade il")
)
_ON_A_DATE = re.compile(
    rf"{_NOT_WHEN}\b(?:(?:il|{_DAY_NAMES}) \d{{1,2}}\b(?! ?(?:h|ore|anni|aa)\b)(?![/.-]\d{{1,2}}[/.-])"
    rf"|\d{{1,2}}/\d{{1,2}}\b(?!/)|\d{{1,2}} (?:{'|'.join(MONTHS)})[a-z]*\b)"
)
_APPOINTMENT = re.compile(
    r"\b(?:visit[ae]|appuntamento|esam[ei]|colloquio|ricovero|dimission[ei]|operazione|prelievo)\b"
)
_HOURS = re.compile(r"\b(?P<n>\d{1,2}) ?(?:h|ore|ora)\b")
_ONCE = re.compile(r"\b(?:1 tantum|(?:1|sola) volta sola|1 sola volta|1 volta|occasionale|solo 1 volta)\b")
_HALF_DAYS = re.compile(r"\b(?P<n>\d) (?:pom(?:eriggi[o]?)?|mattin[ea]|giorni|volte|vv?)\b")
_TIMES_SO_MANY = re.compile(rf"\b(?P<n>\d{{1,2}}) ?[a-z]* ?ogni (?P<many>\d{{1,2}}) ?(?:{_UNIT})\b")


def frequency_of(said: str) -> Frequency | None:
    """How often, from a folded message without its abbreviations; None where it is not said."""
    text = re.sub(r"[a-z]+", lambda word: _number(word[0]), said)
    if found := _HOURS_EACH.search(text):
        return Frequency(_unit(found), hours=int(found["n"]))
    if found := _TIMES_SO_MANY.search(text) or _EVERY_SO_MANY.search(text):
        return Frequency(_long(int(found["many"]), _unit(found)), n=int(found.groupdict().get("n") or 1))
    if found := _TIMES_EACH.search(text):
        return Frequency(_unit(found), n=int(found["n"]))
    if found := _EVERY.search(text):
        return Frequency(_unit(found), n=1)
    return _on_days(text) or _in_a_word(text)


def _on_days(text: str) -> Frequency | None:
    """Days of the week are so many times a week; a date, or the day of a visit, is once."""
    days = {found["day"][:3] for found in _WEEKDAY.finditer(text)}
    visit = _APPOINTMENT.search(text) and len(days) == 1 and "ogni" not in text.split()
    if visit or _ON_A_DATE.search(text):
        return Frequency("once", n=1)
    hours = _HOURS.search(text)
    return (Frequency("week", hours=int(hours["n"])) if hours else Frequency("week", n=len(days))) if days else None


def _in_a_word(text: str) -> Frequency | None:
    for per, pattern in _ADVERB.items():
        if re.search(rf"\b(?:{pattern})\b", text):
            return Frequency(per, n=1)
    if _ONCE.search(text):
        return Frequency("once", n=1)
    return Frequency("week", n=int(found["n"])) if (found := _HALF_DAYS.search(text)) else None


def _number(word: str) -> str:
    return "1" if word in ("un", "una", "uno") else in_digits(word)


def _unit(found: re.Match[str]) -> str:
    return next(name for name in _UNITS if found[name])


def _long(many: int, unit: str) -> str:
    """Such as "ogni 15 gg" is every two weeks."""
    weeks, days = divmod(many, 7)
    if unit == "day" and many > 1 and days <= 1 and weeks:
        many, unit = weeks, "week"
    return unit if many == 1 else f"{many} {unit}s"


def in_digits(word: str) -> str:
    """A number word in digits; any other word as it is."""
    number = number_word(word)
    return word if number is None or word == "sei" else str(number)
