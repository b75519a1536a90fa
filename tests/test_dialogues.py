"""The dialogues as people hold them: a small town, real turns of the engine, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog_store import offers, organizations, people
from catalog_store.connect import Store
from catalog_store.hours import from_words
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from dialogs.understand import needs
from tests.chat import Chat
from tests.houses import opened

MEDICINES = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"
ITALIAN = "vorrei un corso di italiano"


class Town:
    """A few organizations and offers, and a contact for the first."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin() as tx:
            self.ids = {name: organizations.put(tx, Organization(name)) for name in ("Il Ponte", "La Spesa", "Insieme")}
            self.seat = organizations.put_location(
                tx, Location(self.ids["Il Ponte"], "Sede", "centro", address="Via di Prova 3")
            )

    def offer(self, organization: str, name: str, need: str, **more: object) -> int:
        """Add an offer of one of the organizations."""
        schedule = from_words(str(more.pop("hours", "lun,gio 9-12")), "Europe/Rome", date(2025, 1, 1))
        with self.store.begin() as tx:
            made = Offer(
                self.ids[organization], name, name[:20], name[:24], (need,), schedule=schedule, location_id=self.seat,
                confirmed_on=date(2026, 3, 1), **more,
            )  # fmt: skip
            return offers.put(tx, made)

    def contact(self, address: str, organization: str) -> None:
        """Somebody answers for an organization."""
        with self.store.begin() as tx:
            person = people.recognise(tx, "webchat", address)
            people.redeem(tx, person.id, people.invite(tx, "association", self.ids[organization], 30))


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        made = Town(house.store)
        made.contact("ponte", "Il Ponte")
        made.contact("spesa", "La Spesa")
        yield made


def citizen(town: Town, first: str) -> Chat:
    """A conversation that begins with these words."""
    return Chat(town.store, "anna", "need").says(first)


def test_from_a_clear_message_to_sent_in_four_messages(town: Town) -> None:
    town.offer("Il Ponte", "Spesa e medicine a casa", "anziani.spesa_farmaci_domicilio", at_home=True, age_from=65)
    chat = citizen(town, MEDICINES)
    assert "Ho capito: Spesa e farmaci a casa." in chat.text
    assert (
        "1. Spesa e medicine a casa, Il Ponte: viene a casa; lunedì e giovedì, 9-12; gratis; adatto a chi" in chat.text
    )
    chat.taps("Spesa e medicine").says("Mi chiamo Anna, 333 123 4567")
    assert "per un suo genitore" in chat.text
    assert "Anna, al telefono +393331234567" in chat.text
    assert "la persona lo sa ed è d'accordo" in chat.text
    chat.taps("Sì, invia")
    assert chat.over
    assert "Ho inviato la richiesta R-" in chat.text
    assert "entro gio 12 mar alle 17.00" in chat.text
