"""The words of availability: a message becomes tokens that are the same for Italian and English.

A table of what people say, tried from the top at each place of the folded text; words that are in no row are passed
over. A misspelt word is first put right, if one word of the table is near.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from rapidfuzz.distance import OSA

from dialogs.understand.plain import fold
from dialogs.understand.times import number_word

LONGEST: Final = 3_000  # characters read of one message
_DAYS = (
    r"lun(?:edi)?|mon(?:days?)?", r"mart?(?:edi)?|tue(?:s|sdays?)?", r"merc?(?:oledi)?|wed(?:nesdays?)?",
    r"giov?(?:edi)?|thu(?:rs|rsdays?|r)?", r"ven(?:erdi)?|fri(?:days?)?", r"sab(?:ato|ati)?|sat(?:urdays?)?",
    r"dom(?:enica|eniche)?|sun(?:days?)?",
)  # fmt: skip
_MONTHS = (
    r"gen(?:naio)?|january|jan", r"feb(?:b|braio|ruary)?", r"marzo|march", r"apr(?:ile|il)?",
    r"mag(?:gio)?|may(?= \d)|(?:(?<=\d )|(?<=th )|(?<=of )|(?<=in )|(?<=from )|(?<=until )|(?<=to ))may",
    r"giu(?:gno)?|june?", r"lug(?:lio)?|july?", r"ago(?:sto)?|aug(?:ust)?", r"set(?:tembre)?|sept?(?:ember)?",
    r"ott(?:obre)?|oct(?:ober)?", r"nov(?:embre|ember)?", r"dic(?:embre)?|dec(?:ember)?",
)  # fmt: skip
_DAY, _MONTH = "|".join(_DAYS), "|".join(_MONTHS)
_FILE: Final = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class _Row:
    """What people say for one thing, as regular expressions."""

    kind: str
    value: Any
    pattern: str


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _left_alone() -> frozenset[str]:
    return frozenset(_data()["left_alone"].split())


@cache
def _rows() -> tuple[_Row, ...]:
    data = _data()
    names = {"{can}": "|".join(data["can"].split("\n")[:-1]), "{day}": _DAY}
    return tuple(_Row(row["kind"], _frozen(row.get("value")), _filled(row["says"], names)) for row in data["row"])


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _filled(says: str, names: dict[str, str]) -> str:
    pattern = "|".join(says.split("\n")[:-1])
    for name, meant in names.items():
        pattern = pattern.replace(name, meant)
    return pattern


_HABITUAL = re.compile(r"sabati|domeniche|\w+days|weds|mons")
_ABBREVIATED = re.compile(
    r"\b(lun|mart?|merc?|giov?|ven|sab|dom|matt|pome?r?|ser|h|ore|sett?|prox|gen|febb?|apr|mag|giu|lug|ago|ott|nov|dic"
    r"|mon|tues?|wed|thurs?|fri|sat|sun|jan|aug|sept|oct|dec)\."
)
_EITHER = re.compile(rf"\b(?:1|un|una) ({_DAY}) (?:si,? (?:e )?(?:1|uno|un|una)(?: (?:{_DAY}))? no|ogni 2)\b")
_SPLIT_DAY = (
    (re.compile(r"\b(?:(?<=l )|(?<=all )|(?<=alle )|(?<=dalle ))una\b"), "1"),
    (re.compile(r"\b(?:stasera|stanotte|tonight)\b"), "oggi sera"),
    (re.compile(r"\b(?:stamattina|stamani|stamane)\b"), "oggi mattina"),
    (re.compile(r"\bdomattina\b"), "domani mattina"),
    (re.compile(r"\bquest[oa] (?=(?:mattin[ao]|mattinata|pomeriggio|sera|serata)\b)"), "oggi "),
    (re.compile(r"\bthis (?=(?:morning|afternoon|evening)\b)"), "oggi "),
    (re.compile(r"\b(?:domani|tomorrow) notte\b"), "domani sera"),
    (re.compile(rf"\bprimo (?=(?:{_MONTH})\b)"), "1 "),
)
_HOUR_BEFORE = re.compile(r"\b(?:d?al(?:le)?|le|il|ore)\s$")  # "sei" is also "you are"
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_FUZZY: Final = 5  # letters
_TWO_ERRORS: Final = 9  # letters from which two are allowed


@dataclass(frozen=True)
class Token:
    """One word of ours in a message; `value` depends on its kind."""

    kind: str
    value: Any = None


@cache
def _table() -> re.Pattern[str]:
    """Every row as one pattern: the name of a row's group is its position."""
    days = [f"(?P<day{n}>(?:{names})(?!\\w))" for n, names in enumerate(_DAYS)]
    months = [f"(?P<month{n}>(?:{names})(?!\\w))" for n, names in enumerate(_MONTHS, 1)]
    rows = []
    for at, row in enumerate(_rows()):
        own = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{at}>", row.pattern)
        own = re.sub(r"\(\?P=(\w+)\)", rf"(?P=\1_{at})", own)
        end = "" if row.kind in _SIGNS else r"(?![^\W\d_])"
        rows.append(f"(?P<row{at}>(?:{own}){end})")
    first_number = next(at for at, row in enumerate(_rows()) if row.kind == "date")
    return re.compile("|".join([*rows[:first_number], *days, *months, *rows[first_number:]]))


_SIGNS = frozenset(("dash", "slashed", "comma", "end_of_sentence", "and"))


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The words to which a misspelt one is put right, by their first letter."""
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(_data()["spelt_right"].split()):
        found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}


def _put_right(match: re.Match[str]) -> str:
    word = match[0]
    number = number_word(word)
    if number is not None and (word != "sei" or _HOUR_BEFORE.search(match.string, 0, match.start())):
        return str(number)
    return _nearest(word) if len(word) >= _LEAST_FUZZY and word not in _left_alone() else word


@cache
def _spelt_right(word: str) -> bool:
    return any(word == known for known in _known().get(word[0], ())) or _table().fullmatch(word) is not None


def _nearest(word: str) -> str:
    if _spelt_right(word):
        return word
    allowed = 2 if len(word) >= _TWO_ERRORS else 1
    near = [
        (distance, known)
        for known in _known().get(word[0], ())
        if abs(len(known) - len(word)) <= allowed
        and (distance := OSA.distance(word, known, score_cutoff=allowed)) <= allowed
    ]
    return min(near, key=lambda pair: pair[0])[1] if near else word


def tokens(text: str) -> list[Token]:
    """The tokens of a message, in order; at most its first 3,000 characters are read."""
    said = fold(text[:LONGEST]).replace("'", " ")
    said = _ABBREVIATED.sub(r"\1 ", said)
    said = _WORD.sub(_put_right, re.sub(r"[^\S\n]+", " ", said))
    said = _EITHER.sub(r"settimane alterne il \1", said)
    for pattern, instead in _SPLIT_DAY:
        said = pattern.sub(instead, said)
    return list(_scan(said))


def _scan(said: str) -> list[Token]:
    found: list[Token] = []
    table, at = _table(), 0
    while at < len(said):
        match = table.match(said, at) if at == 0 or not (said[at].isalpha() and said[at - 1].isalpha()) else None
        if match is None or match.end() == at:
            at += 1
            continue
        found.append(_token(match))
        at = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    name = next(name for name, text in match.groupdict().items() if text is not None and name[:3] in _GROUPS)
    if name.startswith("day"):
        return Token("habitual" if _HABITUAL.fullmatch(match[0]) else "day", int(name[3:]))
    if name.startswith("month"):
        return Token("month", int(name[5:]))
    row = _rows()[int(name[3:])]
    kind, value = row.kind, row.value
    if kind in ("date", "slash", "hour", "ordinal", "num") and value is None:
        parts = {key.rpartition("_")[0]: text for key, text in match.groupdict().items() if text and "_" in key}
        return Token(kind, parts)
    return Token(kind, match[0] if kind == "number" else value)


_GROUPS = frozenset(("day", "mon", "row"))
