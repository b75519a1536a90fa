"""What is said when no association deals with it: honestly that, and who to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from catalog_store.connect import Transaction
from catalog_store.taxonomy import DEFAULT
from catalog_store.territory import Territory
from dialogs.naming import language
from dialogs.sending import Desk
from dialogs.small_talk import REPLIES
from dialogs.understand.topics import topic_of
from dialogs.words import Each, Joined, Verbatim, Words, lines, phrase, sentences

ABOUT_US: Final = "chi_sei"  # a question about the assistant itself
NOBODYS: Final = frozenset(
    {"abuso_bot", "chiacchiere", "frammenti", "generali", "insulti", "nonsenso", "pubblicita", "saluti", "tecnologia"}
)
"""Topics that no office is asked about."""


@dataclass(frozen=True)
class Elsewhere:
    """Who to ask. `about`, `ask` and `how` by language; `about` is empty where the topic is not known."""

    topic: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    ask: Mapping[str, str] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    desk: Desk | None = None


def elsewhere_for(tx: Transaction, text: str) -> Elsewhere:
    """Who deals with what a text is about; the town's public desk when that is not clear."""
    return elsewhere_in(tx.store.territory, text, language(tx))


def elsewhere_in(town: Territory, text: str, language: str) -> Elsewhere:
    """The same, for whoever reads this language."""
    topic = topic_of(text) or ""
    if topic == ABOUT_US or topic in NOBODYS:
        return Elsewhere(topic)
    asked = town.asked(topic)
    office = town.offices.get(asked.office) if asked else town.office("other")
    desk = Desk.of(office, language) if office else None
    if asked is None:
        return Elsewhere(topic, desk=desk)
    return Elsewhere(topic, asked.about, asked.ask, asked.how, asked.phone, desk)


def said(elsewhere: Elsewhere) -> Words:
    """The answer, before what is open is asked again."""
    if elsewhere.topic == ABOUT_US:
        return REPLIES["who_are_you"][0]
    honest: Words = (
        "Mi dispiace. Di questo non mi occupo. Io conosco solo gli aiuti delle associazioni e dei servizi sociali."
    )
    desk = elsewhere.desk
    at = [Verbatim(part) for part in (desk.address, desk.hours, desk.phone) if part] if desk else []
    if elsewhere.ask:
        who = Joined((_words(elsewhere.ask), *at), ", ")
        how = sentences(_words(elsewhere.how), Verbatim(elsewhere.phone))
        return lines(
            honest, phrase("Per {about} può chiedere a: {desk}.", about=_words(elsewhere.about), desk=who), how
        )
    if desk:
        return lines(honest, phrase("Può chiedere a: {desk}.", desk=Joined((Verbatim(desk.name), *at), ", ")))
    return honest


def _words(by_language: Mapping[str, str]) -> Words:
    """Data that has its words by language, Italian where a language has none."""
    return Each(lambda language: by_language.get(language, by_language.get(DEFAULT, "")))
