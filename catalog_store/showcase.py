"""The catalogue as everybody may read it: what is shown of each offer and organization, chosen and put in order.

Made from one version of the index and read from memory: a page costs two short queries, however long the catalogue is.
What is not for everybody never gets in here: organizations that are not approved, offers that are not active, and where
a discreet organization is, which is taken off before anything else is done.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from catalog_store import matching, offers
from catalog_store.connect import Transaction
from catalog_store.index import Array, Catalogue
from catalog_store.matching import Match, Who
from catalog_store.offers import EVERYWHERE, STALE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.taxonomy import GROUPS, needs_of

PAGE = 20  # offers on a page
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which offers. Texts are codes of needs, groups, localities and languages, and an organization's uid; '' is any.

    `group` is one of the six groups of needs; `accessible`: step-free, or at the person's home.
    """

    need: str = ""
    group: str = ""
    locality: str = ""
    organization: str = ""
    language: str = ""
    free: bool = False
    accessible: bool = False
    open_now: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the offers that were asked for. `number` counts from 1; `total` is of offers."""

    shown: Sequence[Match]
    number: int
    pages: int
    total: int


class Showcase:
    """One version of the catalogue, for everybody. Never changed in place."""

    def __init__(self, catalogue: Catalogue) -> None:
        owners = {id: _published(owner) for id, owner in catalogue.organizations.items() if owner.state == "approved"}
        hidden = {id for id, owner in owners.items() if owner.discreet}
        listed = [_everywhere(offer) if offer.organization_id in hidden else offer for offer in catalogue.offers]
        self.catalogue, self.offers = catalogue, listed
        self.organizations: Mapping[str, Organization] = {one.uid: one for one in sorted(owners.values(), key=_by_name)}
        self.locations: Mapping[int, Sequence[Location]] = _seats(catalogue, set(owners) - hidden)
        self._owners = owners
        self._rows = {offer.uid: row for row, offer in enumerate(listed)}
        self._discreet = np.array([offer.organization_id in hidden for offer in listed], bool)
        self._accessible = np.array([self._is_accessible(row) for row in range(len(listed))], bool)
        self._owned: Mapping[str, Array] = _owned(listed, owners)
        self._order = self._ordered()

    @property
    def version(self) -> int:
        """The version of the catalogue that it shows."""
        return self.catalogue.version

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that offers are in."""
        return self.catalogue.languages

    def page(self, tx: Transaction, filters: Filters, number: int = 1, size: int = PAGE) -> Page:
        """The offers that pass; the last page for a number beyond it."""
        rows = self._found(filters, tx.now)
        pages = max(1, -(-len(rows) // size))
        number = min(max(1, number), pages)
        chosen = rows[(number - 1) * size : number * size]
        taken = offers.taken(tx) if len(chosen) else {}
        return Page([self._match(int(row), taken) for row in chosen], number, pages, len(rows))

    def best(self, tx: Transaction, need: str, who: Who, size: int) -> Page:
        """The offers that answer a need of somebody, best first, as the chat ranks them; for where they are."""
        rows = set(self._found(Filters(need, locality=who.area or ""), tx.now).tolist())
        taken = offers.taken(tx)
        anywhere = replace(who, area=None)  # where a discreet one is would show in the order
        ranked = matching.find(self.catalogue, [(need, 1.0)], anywhere, tx.now, taken=taken)
        chosen = [row for one in ranked if (row := self.catalogue.row_of[one.offer.id]) in rows]
        return Page([self._match(row, taken) for row in chosen[:size]], 1, 1, len(rows))

    def one(self, tx: Transaction, uid: str) -> Match | None:
        """An offer; None for what is not shown."""
        row = self._rows.get(uid)
        return None if row is None else self._match(row, offers.taken(tx))

    @cached_property
    def counted(self) -> Mapping[str, int]:
        """How many offers there are for each need, and for each of the six groups."""
        counts = {code: len(rows) for code, rows in self.catalogue.by_need.items()}
        return counts | {group: int(self._of_group(group).sum()) for group in GROUPS}

    def _found(self, filters: Filters, at: datetime) -> Array:
        """The rows, in the order in which they are shown."""
        columns, count = self.catalogue.columns, len(self.offers)
        keep = np.ones(count, bool)
        if filters.need:
            keep &= self._of(self.catalogue.by_need, filters.need)
        if filters.group:
            keep &= self._of_group(filters.group)
        if filters.organization:
            keep &= self._of(self._owned, filters.organization)
        if filters.locality:
            keep &= self._discreet | self.catalogue.served.get(filters.locality, np.zeros(count, bool))
        if filters.language:
            keep &= self._speaks(filters.language)
        if filters.free:
            keep &= columns["free"]
        if filters.accessible:
            keep &= self._accessible
        if filters.open_now:
            keep &= self.catalogue.wait(int(at.timestamp() // 60))[columns["schedule"]] == 0
        rows: Array = self._order[keep[self._order]]
        return rows

    def _of_group(self, group: str) -> Array:
        mask = np.zeros(len(self.offers), bool)
        for need in needs_of(group):
            mask |= self._of(self.catalogue.by_need, need.code)
        return mask

    def _of(self, rows: Mapping[str, Array], name: str) -> Array:
        mask = np.zeros(len(self.offers), bool)
        mask[rows.get(name, _NONE)] = True
        return mask

    def _speaks(self, language: str) -> Array:
        known = self.catalogue.languages
        bit = 1 << known.index(language) if language in known else 0
        spoken: Array = (self.catalogue.columns["languages"] & bit) != 0
        return spoken

    def _is_accessible(self, row: int) -> bool:
        offer = self.offers[row]
        place = self.catalogue.locations.get(self.catalogue.offers[row].location_id or 0)
        return offer.at_home or (place is not None and place.accessible is True)

    def _match(self, row: int, taken: Mapping[int, int]) -> Match:
        offer = self.offers[row]
        left = None if offer.places is None else max(0, offer.places - taken.get(offer.id, 0))
        place = self.catalogue.locations.get(offer.location_id or 0)
        return Match(offer, self._owners[offer.organization_id], place, (), 0.0, left)

    def _ordered(self) -> Array:
        """By name; those that nobody has confirmed for long come last."""
        names = [_sorted_as(offer.name) for offer in self.offers]
        rank = {name: n for n, name in enumerate(sorted(set(names)))}
        old = self.catalogue.built.toordinal() - self.catalogue.columns["confirmed"] > STALE
        return np.lexsort((self.catalogue.columns["id"], np.array([rank[name] for name in names], np.int64), old))


def _published(owner: Organization) -> Organization:
    """An organization without what is not for everybody."""
    return replace(owner, address="", areas=()) if owner.discreet else owner


def _everywhere(offer: Offer) -> Offer:
    """A discreet organization's offer: neither where it is, nor for which localities, which would say it."""
    return replace(offer, location_id=None, areas=(EVERYWHERE,))


def _seats(catalogue: Catalogue, owners: set[int]) -> Mapping[int, Sequence[Location]]:
    seats: dict[int, list[Location]] = {}
    for place in catalogue.locations.values():
        if place.organization_id in owners:
            seats.setdefault(place.organization_id, []).append(place)
    return seats


def _owned(listed: Sequence[Offer], owners: Mapping[int, Organization]) -> Mapping[str, Array]:
    rows: dict[str, list[int]] = {}
    for row, offer in enumerate(listed):
        rows.setdefault(owners[offer.organization_id].uid, []).append(row)
    return {uid: np.array(found, np.int64) for uid, found in rows.items()}


def _by_name(owner: Organization) -> tuple[str, str]:
    return _sorted_as(owner.name), owner.uid


def _sorted_as(name: str) -> str:
    """Accents and capitals do not change where a name stands."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
