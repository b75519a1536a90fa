"""An offer as a page shows it, in the reader's language; what its organization wrote stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog_store import matching
from catalog_store.matching import Match, Parts
from catalog_store.showcase import Showcase
from dialogs import proposals
from dialogs.following import DISCREET
from dialogs.locale import ITALIAN, spoken
from dialogs.naming import people_words
from dialogs.words import Moment, Words

from . import words
from .words import WORDS


@dataclass(frozen=True)
class Line:
    """One line. `language`: whose it is when it is not the page's; `href`: where it leads; `label`: what it is."""

    text: str
    language: str = ""
    href: str = ""
    label: str = ""


@dataclass(frozen=True)
class Card:
    """An offer in a list. `facts`: cost, where, whether it is open, places left; `delicate`: it is about violence."""

    uid: str
    name: str
    owner: str
    owner_uid: str
    facts: Sequence[Line]
    demonstration: bool
    delicate: bool


@dataclass(frozen=True)
class Section:
    """A part of the page of an offer, as in the model of a service's page of the public administration (AgID)."""

    id: str
    title: str
    lines: Sequence[Line]


def card(showcase: Showcase, match: Match, at: datetime, language: str) -> Card:
    """The offer in a list."""
    parts = _parts(showcase, match, at, language)
    where = _where(parts, language)
    facts = (
        _ours(proposals.cost(parts), language), *where[:1], _ours(proposals.opens(parts), language),
        _ours(proposals.left(parts), language),
    )  # fmt: skip
    offer = match.offer
    return Card(
        offer.uid,
        offer.name,
        match.organization.name,
        match.organization.uid,
        _told(facts),
        _is_invented(match),
        _is_delicate(match),
    )


def sections(showcase: Showcase, match: Match, at: datetime, language: str, *, lasting: bool = False) -> list[Section]:
    """The page of an offer, in the order of the model. `lasting`: on paper, without what is so at this moment only."""
    parts, offer = _parts(showcase, match, at, language), match.offer
    if lasting:
        parts = replace(parts, opens_at=None, open_now=False, places_left=None)
    everybody = not offer.group and (offer.age_from, offer.age_to) == (None, None)
    spoken_there = words.speaks(", ".join(language_name(one, language) for one in offer.languages))
    told: dict[str, Sequence[Line]] = {
        "whom": (
            _ours(WORDS["everybody"] if everybody else people_words(offer.group) if offer.group else "", language),
            _ours(words.aged(offer.age_from, offer.age_to), language),
            _ours(_areas(parts), language),
            _ours(spoken_there, language),
        ),
        "how": (
            _ours(proposals.ACCESS.get(offer.access, WORDS["open_to_all"]), language), _theirs(offer.access_words)
        ),
        "bring": (_theirs(offer.bring) if offer.bring else _ours(WORDS["nothing_to_bring"], language),),
        "get": (_theirs(offer.description or offer.name),),
        "times": (
            _ours(proposals.left(parts) or WORDS["no_limit"], language),
            _ours(words.confirmed(Moment(offer.confirmed_on)) if offer.confirmed_on else "", language),
        ),
        "price": (_ours(proposals.cost(parts), language),),
        "where": (
            *_where(parts, language), _ours(_steps(match), language),
            _ours(WORDS["discreet"] if match.organization.discreet else "", language),
            _ours(proposals.when(parts), language), _ours(proposals.opens(parts), language),
        ),
        "contacts": contacts(match, language),
    }  # fmt: skip
    return [Section(name, spoken(WORDS[name], language), _told(lines)) for name, lines in told.items()]


def contacts(match: Match, language: str) -> Sequence[Line]:
    """Of the offer; of its organization where the offer has none of its own."""
    offer, owner = match.offer, match.organization
    return (
        _theirs(offer.contact_role),
        *reached(offer.contact_phone or owner.phone, offer.contact_email or owner.email, owner.website, language),
    )


def reached(phone: str, email: str, website: str, language: str, pec: str = "") -> list[Line]:
    """Ways to reach somebody, as links."""
    site = website if website.startswith(("https://", "http://")) else ""
    ways = (
        (WORDS["telephone"], phone, f"tel:{''.join(c for c in phone if c.isdigit() or c == '+')}"),
        (WORDS["email"], email, f"mailto:{email}"),
        (WORDS["certified"], pec, f"mailto:{pec}"),
        (WORDS["website"], website, site),
    )
    return [Line(text, ITALIAN, href, spoken(label, language)) for label, text, href in ways if text]


def _is_delicate(match: Match) -> bool:
    """Is it about violence?"""
    return any(need.partition(".")[0] == DISCREET for need in match.offer.needs) or match.offer.group == DISCREET


def language_name(code: str, language: str) -> str:
    """What a language is called in another."""
    from babel import Locale  # slow to import

    return str(Locale(language).languages.get(code, code))


def _parts(showcase: Showcase, match: Match, at: datetime, language: str) -> Parts:
    return matching.explain(showcase.catalogue, match, at, language)


def _where(parts: Parts, language: str) -> list[Line]:
    if parts.at_home:
        return [_ours("viene a casa", language)]
    place = ", ".join(dict.fromkeys(filter(None, (parts.place, parts.address, parts.locality))))
    return [_theirs(place)] if place else []


def _areas(parts: Parts) -> Words:
    return words.for_areas(", ".join(parts.areas)) if parts.areas else WORDS["everywhere"]


def _steps(match: Match) -> Words:
    known = match.location.accessible if match.location else None
    return "" if known is None else WORDS["steps_free"] if known else WORDS["steps"]


def _is_invented(match: Match) -> bool:
    return match.offer.demonstration or match.organization.demonstration


def _ours(said: Words, language: str) -> Line:
    text = spoken(said, language)
    return Line(text[:1].upper() + text[1:])


def _theirs(text: str) -> Line:
    return Line(text, ITALIAN)


def _told(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.text]
