"""The catalogues of the languages beside Italian: kept level with what the code says, compiled when complete.

A sentence is one entry, wherever it is said; `#.` names the places. Where one place needs other words, a translator
adds the same sentence with `msgctxt "dialogue.key"` (or "dialogue"): `spoken` looks there first.

Every entry carries a mark, the translator's comment above it: `# draft`, or `# checked by NAME, 2026-11-27` once
somebody who speaks the language has read it. A new entry, and one that was reworded, is a draft.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dialogs.locale import CHECKED, DOMAIN, FOLDER, NAMES
from dialogs.locale.extract import Sentence, at_work, sentences

WORK = "en"  # spoken with people at work too; whoever reads another language reads Italian there
DRAFT = "draft"
_MARK = re.compile(rf"{DRAFT}|{CHECKED} [^,]+, \d{{4}}-\d{{2}}-\d{{2}}")


def path_of(language: str) -> Path:
    """Where its catalogue is."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def kept(language: str) -> Catalog:
    """The catalogue as it is on disk; an empty one for a language without."""
    path = path_of(language)
    if not path.exists():
        return Catalog(
            locale=language, domain=DOMAIN, project="Tessere", version="1", language_team=NAMES[language], fuzzy=False,
            header_comment="# What people read. The Italian sentence is the msgid: `python -m dialogs.locale`.",
            msgid_bugs_address="see publiccode.yml", last_translator="see the history of this file",
        )  # fmt: skip
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def levelled(language: str) -> Catalog:
    """The catalogue with exactly what the code says today; a sentence that was reworded comes as fuzzy."""
    catalogue, said = kept(language), said_in(language)
    today = Catalog(domain=DOMAIN, creation_date=catalogue.creation_date, fuzzy=False)
    for sentence, places in said.items():
        today.add(_id(sentence), auto_comments=places)
    for message in entries(catalogue):
        if message.context and _forms(message.id) in said:
            today.add(message.id, context=message.context)
    catalogue.update(today, update_header_comment=False)
    for message in entries(catalogue):
        if message.fuzzy or not message.user_comments:
            message.user_comments = [DRAFT]
    return catalogue


def said_in(language: str) -> dict[Sentence, list[str]]:
    """What is said in it, with the places; to people at work only Italian and WORK are spoken."""
    return {said: places for said, places in sentences().items() if language == WORK or not at_work(places)}


def entries(catalogue: Catalog) -> Iterator[Message]:
    """Its entries, without the header."""
    return (message for message in catalogue if message.id)


def wanting(catalogue: Catalog) -> list[str]:
    """What is to be translated, or looked at again, with what is wrong."""
    return [f"{wrong}: {message.id}" for message in entries(catalogue) if (wrong := _wrong(message))]


def compiled(catalogue: Catalog) -> bytes:
    """The form that is read when the program runs."""
    made = BytesIO()
    marked = Catalog(
        locale=catalogue.locale, domain=DOMAIN, fuzzy=False, creation_date=catalogue.creation_date,
        revision_date=catalogue.revision_date,
    )  # fmt: skip
    for message in entries(catalogue):
        marked.add(message.id, message.string, context=message.context)
        if message.user_comments != [DRAFT]:
            marked.add(_forms(message.id)[0], " ".join(message.user_comments), context=CHECKED)
    write_mo(made, marked)
    return made.getvalue()


def write(language: str, catalogue: Catalog) -> None:
    """Keep it as it is."""
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as file:
        write_po(file, catalogue, width=120, no_location=True, ignore_obsolete=True)


def refresh(language: str) -> list[str]:
    """Write the catalogue level with the code; compile it if it is complete, otherwise say what is wanting."""
    catalogue = levelled(language)
    write(language, catalogue)
    left = wanting(catalogue)
    if not left:
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalogue))
    return left


def languages() -> list[str]:
    """Those that have a catalogue, complete or not."""
    return [language for language in NAMES if path_of(language).exists()]


def _wrong(message: Message) -> str:
    said, translated = _forms(message.id), _forms(message.string or "")
    if not all(translated):
        return "not translated"
    if message.fuzzy:
        return "reworded, to be looked at"
    names = set().union(*map(_names, said))
    if any(_names(form) != names for form in translated):
        return f"the names must be {', '.join(sorted(names)) or 'none'}"
    if not _MARK.fullmatch(" ".join(message.user_comments or [DRAFT])):
        return f"the mark must be `{DRAFT}` or `{CHECKED} NAME, YEAR-MONTH-DAY`"
    return ""


def _names(text: str) -> set[str]:
    """The `{names}` of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _forms(text: str | list[str] | tuple[str, ...]) -> Sentence:
    return (text,) if isinstance(text, str) else tuple(text)


def _id(sentence: Sentence) -> str | Sentence:
    return sentence if len(sentence) > 1 else sentence[0]
