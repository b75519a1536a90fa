"""Offers as a person reads them: at most three at a time, each in one plain sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from catalog_store import matching, offers
from catalog_store.connect import Transaction
from catalog_store.matching import Catalogue, Match, Parts, Reason, Refusal, Who
from catalog_store.taxonomy import GROUPS
from dialogs.naming import inside, language, people_words
from dialogs.talk import Option
from dialogs.words import Joined, Moment, Verbatim, Words, phrase, plural

SHOWN, KEPT = matching.SHOWN, 9  # offers in one bubble, and that can be paged through
ACCESS: dict[str, Words] = {
    "social_service": phrase("si passa dal servizio sociale"),
    "listening_point": phrase("si passa dal punto di ascolto"),
    "documents": phrase("servono dei documenti"),
}
_PRICE = re.compile(r"(?P<n>\d+(?:,\d+)?) euro(?P<monthly> al mese)?", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """An offer as it is proposed. `trial`: nobody will receive anything; `full`: one waits for a place there."""

    id: int
    label: str
    row: str
    parts: Parts
    trial: bool
    full: bool = False


@dataclass(frozen=True)
class Search:
    """What to ask next (area, age, group, when), or the offers when nothing is left to ask: as `found` gives them."""

    question: str | None
    offers: list[Proposal]


def search(tx: Transaction, need: str, who: Who, asked: list[str], most: int) -> Search:
    """The question that would change the offers most, while fewer than `most` were asked; otherwise the best offers."""
    catalogue = tx.store.catalogue.current(tx)
    who = replace(who, languages=(language(tx),))
    needs, taken = [(need, 1.0)], offers.taken(tx)
    matches = matching.find(catalogue, needs, who, tx.now, taken=taken)
    if len(asked) < most:
        name = matching.question(catalogue, matches, needs, who, tx.now, asked=frozenset(asked))
        if name is not None:
            return Search(name, [])
    free = [of(tx, catalogue, match, who) for match in matches[:KEPT]]
    return Search(None, [*free, *_full(tx, catalogue, need, who, taken, [], matches)])


def found(tx: Transaction, need: str, who: Who, without: list[int], refused: str) -> list[Proposal]:
    """The best offers for a need, at most KEPT, and after them one that is full, if it would be better.

    `without`: those not to show; `refused`: why others were not wanted.
    """
    catalogue = tx.store.catalogue.current(tx)
    who = replace(who, languages=(language(tx),))
    taken = offers.taken(tx)
    matches = matching.find(
        catalogue, [(need, 1.0)], who, tx.now, without=frozenset(without), taken=taken,
        weights=matching.after(cast("Refusal", refused)) if refused else matching.PLAIN,
    )  # fmt: skip
    better = [match for match in matches if _overcomes(match, refused, who)]
    free = [of(tx, catalogue, match, who) for match in better[:KEPT]]
    return free if refused else [*free, *_full(tx, catalogue, need, who, taken, without, matches)]


def _full(
    tx: Transaction, catalogue: Catalogue, need: str, who: Who, taken: Mapping[int, int], without: list[int],
    free: Sequence[Match],
) -> list[Proposal]:  # fmt: skip
    """The best offer that fits and has no place left, alone; none, where as many as are shown at once are better."""
    fits = matching.find(
        catalogue, [(need, 1.0)], who, tx.now, without=frozenset(without), taken=taken, full=True
    )[:1]  # fmt: skip
    better = len(free) >= SHOWN and bool(fits) and free[SHOWN - 1].score >= fits[0].score
    return [] if better else [replace(of(tx, catalogue, one, who), full=True) for one in fits]


def of(tx: Transaction, catalogue: Catalogue, match: Match, who: Who) -> Proposal:
    """A match as it is proposed, in the first of the person's languages."""
    parts = matching.explain(catalogue, match, tx.now, *who.languages[:1])
    return Proposal(match.offer.id, match.offer.label, match.offer.row, parts, tx.store.trial)


def _overcomes(match: Match, refused: str, who: Who) -> bool:
    """Is it better in what others were refused for?"""
    why = {reason.code for reason in match.why}
    if refused == "cost":
        return not match.offer.cost
    if refused == "far" and who.area:
        return match.offer.at_home or "near" in why
    return refused != "hours" or not who.when or "when" in why


def option(proposal: Proposal) -> Option:
    """An offer as something to tap, and the sentence about it."""
    return Option(str(proposal.id), Verbatim(proposal.label), row=Verbatim(proposal.row), told=told(proposal))


def told(proposal: Proposal) -> Words:
    """The one sentence about an offer: what, where, when, cost, why it fits, what it requires, places left, opening."""
    parts = proposal.parts
    places = "" if proposal.full else left(parts)
    said = (_where(parts), when(parts), cost(parts), _why(parts.why), requires(parts), places, opens(parts))
    return phrase("{what}: {how}.", what=named(proposal), how=Joined(said, "; "))


def named(proposal: Proposal) -> Words:
    """The offer and whose it is, marked if it is a trial or a demonstration."""
    parts = proposal.parts
    if proposal.trial:
        return phrase("PROVA – {name}, {organization}", name=parts.name, organization=parts.organization)
    if parts.demonstration:
        return phrase("{name}, {organization} (dimostrazione)", name=parts.name, organization=parts.organization)
    return phrase("{name}, {organization}", name=parts.name, organization=parts.organization)


def requires(parts: Parts) -> Words:
    """How one gets in, when it is not open to anyone."""
    through = ACCESS.get(parts.access, "")
    return inside(parts.access_words, gist=through) if parts.access_words else through


def _where(parts: Parts) -> Words:
    if parts.at_home:
        return "viene a casa"
    return Verbatim(", ".join(dict.fromkeys(filter(None, (parts.place, parts.address, parts.locality)))))


def when(parts: Parts) -> Words:
    """The opening hours, in the language that they were explained in."""
    return Verbatim(parts.when.replace("; ", " / ")) if parts.when else "su appuntamento"


def cost(parts: Parts) -> Words:
    """What is paid."""
    if not parts.cost:
        return "gratis"
    if parts.cost.casefold() == "offerta libera":
        return "offerta libera"
    if price := _PRICE.fullmatch(parts.cost):
        return phrase("{n} euro al mese" if price["monthly"] else "{n} euro", n=price["n"])
    return inside(parts.cost)


def _why(reasons: tuple[Reason, ...]) -> Words:
    """The most telling reason; that it answers the need goes without saying."""
    by_code = {reason.code: reason.value for reason in reasons}
    if "home" in by_code:
        return "adatto a chi non può uscire"
    if "group" in by_code and by_code["group"] in GROUPS:
        return phrase("pensato per: {people}", people=people_words(str(by_code["group"])))
    if "near" in by_code:
        return phrase("a circa {km} km", km=max(1, round(float(by_code["near"])))) if by_code["near"] else "vicino"
    if "when" in by_code:
        return "nel momento che preferisce"
    if "age" in by_code:
        return "adatto all'età"
    return "si parla anche la sua lingua" if "language" in by_code else ""


def left(parts: Parts) -> Words:
    """How many places are left, where they are counted."""
    return "" if parts.places_left is None else plural("resta {n} posto", "restano {n} posti", parts.places_left)


def opens(parts: Parts) -> Words:
    """That it is open, or when it opens; nothing by arrangement."""
    if parts.open_now:
        return "aperto adesso"
    if parts.reopens:
        return phrase("riapre {day}", day=Moment(parts.opens_at or parts.reopens))
    return phrase("apre {day}", day=Moment(parts.opens_at)) if parts.opens_at else ""
