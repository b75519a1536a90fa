"""A town with a pact, for tests: a text that is open, and the organizations that adhere to it."""

from __future__ import annotations

from datetime import date

from catalog_store import organizations, pacts
from catalog_store.connect import Store, Transaction
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact

TEXT = "# Il patto\n\nAiutiamo chi ha bisogno.\n\n## Articolo 1\n\nLavoriamo insieme.\n\n- Con rispetto\n- In tempo"
FIRST, LAST = date(2026, 1, 1), date(2029, 1, 1)


def drafted(tx: Transaction, version: str = "1", *, first: date = FIRST, last: date = LAST, text: str = TEXT) -> Pact:
    """A draft."""
    assert pacts.put(tx, Pact(version, "Patto di rete", text, first, last)) is None
    return next(one for one in pacts.listed(tx) if one.version == version)


def opened(tx: Transaction, version: str = "1", *, first: date = FIRST, last: date = LAST, text: str = TEXT) -> Pact:
    """A version that organizations adhere to."""
    pact = pacts.open_to_all(tx, drafted(tx, version, first=first, last=last, text=text).uid)
    assert pact
    return pact


def adhered(tx: Transaction, pact: Pact, organization_id: int) -> str:
    """An organization has adhered; the uid of the party."""
    assert pacts.adhere(tx, pact.uid, organization_id, pact.hash, "Maria Rossi", "presidente") == "done"
    party = pacts.party_of(tx, pact, organization_id)
    assert party
    return party.uid


def founded(store: Store, *names: str) -> list[int]:
    """Approved organizations; their ids."""
    with store.begin() as tx:
        return [organizations.put(tx, Organization(name)) for name in names]
