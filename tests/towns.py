"""A small town for tests: three organizations, two of them with a contact, and the offers that a test adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from catalog_store import (
    conversations,
    invitations,
    messages,
    offers,
    organizations,
    people,
    referrals,
    roles,
    waiting,
)
from catalog_store.connect import Store
from catalog_store.hours import from_words
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.referrals import Referral
from catalog_store.schema import consents, inbox, unmet_needs


class Town:
    """What a test says about its people and their offers. People are named by their address."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin() as tx:
            self.ids = {name: organizations.put(tx, Organization(name)) for name in ("Il Ponte", "La Spesa", "Insieme")}
            place = Location(self.ids["Il Ponte"], "Sede", "centro", address="Via di Prova 3")
            self.seat = organizations.put_location(tx, place)
        self.contact("ponte", "Il Ponte")
        self.contact("spesa", "La Spesa")

    def offer(self, organization: str, name: str, need: str, *, hours: str = "lun,gio 9-12", **more: Any) -> int:
        """Add an offer of one of the organizations, and let the index know it."""
        schedule = from_words(hours, "Europe/Rome", date(2025, 1, 1)) if hours else ""
        made = Offer(
            self.ids[organization], name, name[:20], name[:24], (need,), schedule=schedule, location_id=self.seat,
            confirmed_on=date(2026, 3, 1),
        )  # fmt: skip
        with self.store.begin() as tx:
            id = offers.put(tx, replace(made, **more))
        with self.store.begin() as tx:
            self.store.catalogue.current(tx)
        self.store.catalogue.settle()
        return id

    def contact(self, address: str, organization: str) -> None:
        """Somebody answers for an organization."""
        with self.store.begin() as tx:
            person = people.recognise(tx, "webchat", address)
            roles.redeem(tx, person.id, invitations.invite(tx, "association", self.ids[organization], 30))

    def language(self, address: str, language: str) -> None:
        """Somebody reads another language."""
        with self.store.begin() as tx:
            people.save(tx, replace(people.recognise(tx, "webchat", address), language=language))

    def park(self, address: str, dialogue: str, subject: str = "") -> None:
        """Somebody has left a conversation for later."""
        id = self.id_of(address)
        with self.store.begin() as tx:
            tx.person_id = id
            left = conversations.start(tx, dialogue, subject, {})
            left.state = conversations.PARKED
            conversations.save(tx, left)

    def id_of(self, address: str) -> int:
        """The person behind an address."""
        with self.store.begin() as tx:
            return people.recognise(tx, "webchat", address).id

    def requests(self, address: str) -> list[Referral]:
        """What somebody asked for, the latest first."""
        id = self.id_of(address)
        with self.store.begin() as tx:
            return referrals.for_person(tx, id)

    def openings(self, address: str) -> list[tuple[str, str]]:
        """The dialogues that wait to be opened with somebody, which are then taken."""
        id = self.id_of(address)
        with self.store.begin() as tx:
            mine = (inbox.c.person_id == id) & (inbox.c.kind == "opening") & (inbox.c.state == "due")
            rows = [messages.pending(tx, row) for row in tx.execute(select(inbox.c.id).where(mine)).scalars().all()]
            for row in filter(None, rows):
                messages.taken(tx, row.id)
        return [(row.body["dialogue"], row.body["subject"]) for row in rows if row]

    def waiting(self) -> list[str]:
        """The kinds of what waits for a human."""
        with self.store.begin() as tx:
            return [row.kind for row in waiting.open_rows(tx)]

    def unmet(self) -> list[tuple[str, str]]:
        """The needs that nothing answered, and why."""
        with self.store.begin() as tx:
            return [tuple(row) for row in tx.execute(select(unmet_needs.c.need, unmet_needs.c.reason))]

    def consents(self, address: str) -> list[tuple[str, str, str]]:
        """What somebody agreed to: purpose, version of the text, language."""
        id = self.id_of(address)
        columns = (consents.c.purpose, consents.c.text_version, consents.c.language)
        with self.store.begin() as tx:
            return [tuple(row) for row in tx.execute(select(*columns).where(consents.c.person_id == id))]
