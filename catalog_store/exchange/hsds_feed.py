"""What is public of one version of the catalogue: what the open data says, and how it is found.

Public are approved organizations, and their active offers. Of a discreet one no place is said, nor the localities
that it serves, which would say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from uuid import NAMESPACE_URL, uuid5

from catalog_store import counters, offers, organizations
from catalog_store.connect import Transaction
from catalog_store.exchange.body_columns import plain
from catalog_store.exchange.hsds_parts import TERMS, part, term_id
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.territory import Territory


@dataclass(frozen=True)
class Feed:
    """What is public in one version of the catalogue; offers and organizations in the order in which they are listed.

    Ids are UUIDs, derived from our own: the same in every export of an installation, and other than another town's.
    """

    version: int
    day: date  # agreements begin and end without a change of the catalogue
    territory: Territory
    organizations: Mapping[int, Organization]
    locations: Mapping[int, Location]
    offers: Sequence[Offer]

    @classmethod
    def load(cls, tx: Transaction) -> Feed:
        """Read it."""
        owners = {one.id: one for one in organizations.listed(tx, approved=True)}
        open_to_all = {id for id, one in owners.items() if not one.discreet}
        places = {one.id: one for one in organizations.listed_locations(tx) if one.organization_id in open_to_all}
        listed = [
            one if one.organization_id in open_to_all else replace(one, location_id=None, areas=(EVERYWHERE,))
            for one in offers.listed(tx, active=True)
        ]
        return cls(counters.value(tx), tx.store.calendar.day(tx.now), tx.store.territory, owners, places, listed)

    def is_of(self, tx: Transaction) -> bool:
        """Is it as the catalogue is now?"""
        return (self.version, self.day) == (counters.value(tx), tx.store.calendar.day(tx.now))

    def id(self, one: Organization | Location | Offer) -> str:
        """The id of one of its things."""
        return _id(self.territory.istat, type(one).__name__, one.uid)

    def called(self, locality: str) -> str:
        """The name of a locality, also of one that the territory file has no more."""
        if locality == EVERYWHERE:
            return self.territory.municipality
        return self.territory.localities[locality].name if locality in self.territory.localities else locality

    def at(self, offer: Offer) -> str:
        """The id of an offer's being at its location."""
        return part(self.id(offer), "at_location")

    def changed(self, one: Organization | Offer) -> datetime | None:
        """When it, or what its document says beside it, was last changed; None: since before that was written down."""
        times = [one.changed_at]
        if isinstance(one, Offer):
            times += [self.organizations[one.organization_id].changed_at, *(at.changed_at for at in self.place(one))]
        return max(filter(None, times), default=None)

    def place(self, offer: Offer) -> tuple[Location, ...]:
        """Where an offer is given, if that is said."""
        found = self.locations.get(offer.location_id or 0)
        return (found,) if found else ()

    @cached_property
    def offers_of(self) -> Mapping[int, Sequence[Offer]]:
        """The offers of each organization, by its row."""
        found: dict[int, list[Offer]] = {id: [] for id in self.organizations}
        for offer in self.offers:
            found[offer.organization_id].append(offer)
        return found

    @cached_property
    def modified(self) -> datetime | None:
        """When anything in it was last changed."""
        among: list[Organization | Offer] = [*self.organizations.values(), *self.offers]
        return max(filter(None, map(self.changed, among)), default=None)

    @cached_property
    def owners(self) -> Mapping[str, Organization]:
        """Organizations by their ids."""
        return {self.id(one): one for one in self.organizations.values()}

    @cached_property
    def services(self) -> Mapping[str, Offer]:
        """Offers by their ids."""
        return {self.id(one): one for one in self.offers}

    @cached_property
    def placed(self) -> Mapping[str, Offer]:
        """Offers that have a location, by the ids of their being there."""
        return {self.at(one): one for one in self.offers if self.place(one)}

    def has(self, one: Organization | Offer, search: str) -> bool:
        """Is it found by these words, all of them?"""
        words = self._words[self.id(one)]
        return all(word in words for word in plain(search).split())

    @cached_property
    def _words(self) -> Mapping[str, str]:
        """Their own words, those of their needs, and who offers them."""
        found: dict[str, str] = {}
        for owner in self.organizations.values():
            said = f"{owner.name} {owner.description}"
            found[self.id(owner)] = plain(said)
            for offer in self.offers_of[owner.id]:
                terms = [TERMS[code].text() for code in offer.needs if code in TERMS]
                needs = " ".join(f"{words.row} {words.description}" for words in terms)
                found[self.id(offer)] = plain(f"{offer.name} {offer.description} {needs} {said}")
        return found

    def terms(self, one: Organization | Offer) -> set[str]:
        """The ids of the terms that describe it and of those above; of an organization, also of what it offers."""
        codes = {*one.needs, one.group} if isinstance(one, Offer) else set(one.groups)
        for offer in self.offers_of[one.id] if isinstance(one, Organization) else ():
            codes |= set(offer.needs)
        codes |= {code.partition(".")[0] for code in codes}
        return {term_id(code) for code in codes if code in TERMS}


@lru_cache(maxsize=1 << 17)
def _id(town: str, kind: str, uid: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"tessere:{town}/{kind}/{uid}"))
