"""Words become sentences of one language: gettext catalogues, with the Italian sentence as msgid."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from dialogs.words import Each, Joined, Moment, Phrase, Verbatim, Weighty, Words, Written

ITALIAN, DOMAIN = "it", "tessere"
CHECKED = "checked by"  # context of the entries of a compiled catalogue that say which sentences are no draft
FOLDER = Path(__file__).parent
NAMES = {
    "it": "Italiano", "en": "English", "ro": "Română", "sq": "Shqip", "zh": "中文", "ar": "العربية", "es": "Español",
    "uk": "Українська", "fr": "Français",
}  # fmt: skip
LANGUAGES = {
    code: name
    for code, name in NAMES.items()
    if code == ITALIAN or (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").exists()
}  # those in which everything can be said: a catalogue is compiled when it is complete
_RIGHT_TO_LEFT = {"ar"}
_ISOLATED = "\u2068{}\u2069"  # what is between keeps its own direction and leaves the text around it alone
_DAYS = {"en": "en_GB"}  # here the day comes before the month
_YEAR = re.compile(r"(,|\s'de')?\s?y+(\s?'р'\.|年)?")  # in the full format of a day


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


def spoken(words: Words, language: str, context: str = "") -> str:
    """The sentence in this language. `context` is dialogue.key, as in the catalogues' msgctxt."""
    match words:
        case str():
            return _translated(words, language, context)
        case Phrase(msgid, named, several):
            values = {name: _value(value, language, context) for name, value in named.items()}
            if several is None:
                return _translated(msgid, language, context).format_map(values)
            return _catalogue(language).ngettext(msgid, several, named["n"]).format_map(values)
        case Moment(at):
            return _moment(at, language)
        case Each(text):
            return text(language)
        case Verbatim() | Written():
            return _as_written(words, language)
        case Joined(parts, between):
            said = ((_value if isinstance(part, Verbatim) else spoken)(part, language, context) for part in parts)
            return between.join(sentence for sentence in said if sentence)
        case Weighty(inner):
            return spoken(inner, language, context) if is_checked(inner, language) else both(inner, language, ITALIAN)


def both(words: Words, language: str, beside: str, context: str = "") -> str:
    """The sentence in two languages, one below the other; in one, where they say it alike."""
    said = spoken(words, language, context)
    too = said if beside == language else spoken(words, beside, context)
    return said if too in said else f"{said}\n{too}"


def is_right_to_left(language: str) -> bool:
    """Is it written from right to left?"""
    return language in _RIGHT_TO_LEFT


def is_checked(words: Words, language: str) -> bool:
    """Has somebody who knows the language checked all of its sentences? Italian needs nobody."""
    match words:
        case _ if language == ITALIAN:
            return True
        case str():
            return _catalogue(language).pgettext(CHECKED, words) != words or not words
        case Phrase(msgid, named):
            return is_checked(msgid, language) and all(is_checked(one, language) for one in _said_within(named))
        case Joined(parts):
            return all(is_checked(part, language) for part in parts)
        case Weighty(inner):
            return is_checked(inner, language)
    return True


def _said_within(named: Mapping[str, Any]) -> list[Words]:
    """The sentences among what is named; a bare text there is data."""
    return [value for value in named.values() if isinstance(value, Phrase | Joined | Weighty)]


def _value(value: Any, language: str, context: str) -> str:
    """What stands in the place of a name: or beside a sentence: words in this language, or data as it is."""
    if isinstance(value, Phrase | Moment | Joined | Each | Written | Weighty):
        return spoken(value, language, context)
    return _data(value.text if isinstance(value, Verbatim) else str(value), language)


def _as_written(words: Verbatim | Written, language: str) -> str:
    """A text of somebody's; to whoever reads another language, with the name of the one it is in."""
    if isinstance(words, Verbatim) or words.language == language:
        return words.text
    marked = f"{_data(words.text, language)} ({_name_of(words.language, language)})"
    return f"{gist}: {marked}" if (gist := spoken(words.gist, language)) else marked


def _data(text: str, language: str) -> str:
    return _ISOLATED.format(text) if text and language in _RIGHT_TO_LEFT else text


def _name_of(written: str, language: str) -> str:
    """What a language is called in another: "Italian"."""
    from babel import Locale  # slow to import, and few replies need it

    return str(Locale(language).languages.get(written, NAMES.get(written, written)))


def _translated(msgid: str, language: str, context: str) -> str:
    if not msgid or language == ITALIAN:
        return msgid
    return translated(_catalogue(language), msgid, context)


def translated(catalogue: gettext.NullTranslations, msgid: str, context: str) -> str:
    """The sentence as the catalogue has it for dialogue.key, for the dialogue, or for any place."""
    for known in (context, context.partition(".")[0]):
        if known and (said := catalogue.pgettext(known, msgid)) != msgid:
            return said
    return catalogue.gettext(msgid)


def _moment(at: Any, language: str) -> str:
    from babel.dates import format_date, get_date_format  # slow to import, and few replies name a day

    if isinstance(at, time):
        return f"{at.hour}.{at.minute:02}" if language == ITALIAN else f"{at.hour}:{at.minute:02}"
    locale = _DAYS.get(language, language)
    day = format_date(at, _YEAR.sub("", get_date_format("full", locale).pattern), locale)
    if not isinstance(at, datetime):
        return day
    return spoken(Phrase("{day} alle {hour}", {"day": day, "hour": _moment(at.time(), language)}), language)
