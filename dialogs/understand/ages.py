"""The age told in a message: "85 anni", "85enne", "ottantacinque anni", "otto mesi", "85 years old".

Never a duration: "da 10 anni", "tre anni fa".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TENS: Final = dict(
    zip(
        ["venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"],
        range(20, 100, 10),
        strict=True,
    )
)
_UNITS: Final = (
    *[
        "zero",
        "uno",
        "due",
        "tre",
        "quattro",
        "cinque",
        "sei",
        "sette",
        "otto",
        "nove",
        "dieci",
        "undici",
        "dodici",
        "tredici",
        "quattordici",
    ],
    *["quindici", "sedici", "diciassette", "diciotto", "diciannove"],
)


def _number_words() -> Iterator[tuple[str, int]]:
    yield from ((word, n) for n, word in enumerate(_UNITS))
    yield from (("un", 1), ("cento", 100), ("centouno", 101), ("centodue", 102))
    for word, tens in _TENS.items():
        yield word, tens
        for n, unit in enumerate(_UNITS[1:10], 1):
            yield (word[:-1] if unit[0] in "uo" else word) + unit, tens + n


_NUMBERS: Final = dict(_number_words())
_NUMBER = rf"\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_AGE = re.compile(
    rf"\b(?P<before>\w+ )?(?:(?P<first>{_NUMBER}) (?:e|o|and|or) )?(?P<n>{_NUMBER})"
    r"(?: (?P<unit>anni|anno|mesi|years? old|year old|yo)\b|(?P<enne>enne)\b)(?P<after> \w+)?"
)
_AGED = re.compile(
    r"\b(?:aged|is|turned) (?P<n>\d{1,3})\b(?! (?:km|euro|euros|hours|days|weeks|months|minutes|people|kids"
    r"|children))"
)
_ENNE = re.compile(rf"\b(?P<stem>{'|'.join(t[:-1] for t in _TENS)})(?P<unit>\w{{0,7}})enne\b")
_DURATION = frozenset(
    ("da", "per", "tra", "fra", "ultimi", "dopo", "ogni", "altri", "primi", "entro", "circa da", "in", "for")
)
_NOT_AGE_AFTER = frozenset(("fa", "ago", "dopo", "prima", "che", "di", "scorsi", "insieme"))
_OLDEST: Final = 120


def age_of(said: str, relation: str | None) -> int | None:
    """The age told; None when none, or several. Of another person, the writer's own ("io ne ho 60") is left out."""
    ages = {
        age
        for match in _AGE.finditer(said)
        for age in _ages(match)
        if not (relation and (match["before"] or "").strip() == "ho" and not match["first"])
    }
    ages |= {int(match["n"]) for match in _AGED.finditer(said)}
    ages |= {n for m in _ENNE.finditer(said) if (n := _NUMBERS.get(_whole(m["stem"], m["unit"])))}
    return ages.pop() if len(ages) == 1 and max(ages) <= _OLDEST else None


def _ages(match: re.Match[str]) -> Iterator[int]:
    before, after = (match["before"] or "").strip(), (match["after"] or "").strip()
    if before in _DURATION or after in _NOT_AGE_AFTER:
        return
    months = match["unit"] == "mesi"
    if months and before not in ("ha", "di"):
        return
    for number in filter(None, (match["first"], match["n"])):
        value = int(number) if number.isdigit() else _NUMBERS[number]
        yield value // 12 if months else value


def _whole(stem: str, unit: str) -> str:
    """The number of "ottantacinquenne": the last vowel of each part is lost on the way."""
    return next(
        (w for w in _NUMBERS if w.startswith(stem) and w[:-1] == stem + unit[: len(w) - 1 - len(stem)] == stem + unit),
        "",
    )
