"""Agreements with public services: a need that one meets becomes a request that goes there, while it is agreed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from admin.hsds import Public
from admin.public.desk import Desk as PublicDesk
from catalog_store import agreements, offers, organizations, people, referrals
from catalog_store.agreements import Agreement
from catalog_store.connect import Store
from catalog_store.organizations import Location, Organization
from catalog_store.referrals import Full, Referral
from catalog_store.settings import load
from catalog_store.taxonomy import GROUPS, NEEDS
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import opened as house_of
from tests.offices import Desk, words
from tests.towns import Town

NEED = "disabilita.comunicazione_sensoriale"
HOW, TOLD = "Serve la richiesta del pediatra.", "serve la richiesta del pediatra"
SERVICE = "Servizio infanzia di prova"


def agreed(organization_id: int, *, since: date = date(2026, 3, 1), until: date | None = None) -> Agreement:
    return Agreement(organization_id, NEED, HOW, "Protocollo 12 del 1/3/2026", since, until)


def service(store: Store) -> int:
    """A public service with a seat."""
    with store.begin() as tx:
        id = organizations.put(tx, Organization(SERVICE, uid="servizio", kind="public", phone="055 0000 009"))
        organizations.put_location(tx, Location(id, "Ambulatorio", "capalle", address="Via di Prova 9"))
    return id


def pages_of(store: Store) -> PublicDesk:
    return PublicDesk(store, load({}))


def carried(store: Store) -> list[str]:
    """The offers that are in the catalogue."""
    with store.reading() as tx:
        return [one.name for one in offers.listed(tx, active=True)]


def test_an_agreement_is_kept_with_the_offer_that_carries_it(store: Store) -> None:
    one = agreed(service(store))
    with store.begin() as tx:
        agreements.put(tx, one)
        assert agreements.listed(tx) == [one]
        (offer,) = offers.listed(tx, active=True)
        assert (offer.uid, offer.needs, offer.access, offer.access_words) == (one.uid, (NEED,), "social_service", HOW)
        offers.put(tx, replace(offer, places=3, state="hidden"))
        agreements.put(tx, replace(one, how="Si telefona.", access="anyone", to_on=date(2026, 12, 31)))
        (offer,) = offers.listed(tx, active=True)
        assert (offer.access_words, offer.access, offer.places) == ("Si telefona.", "anyone", 3), "the rest stays"
        changed = agreements.get(tx, one.uid)
        assert changed
        assert (changed.how, changed.to_on) == ("Si telefona.", date(2026, 12, 31))
    with pytest.raises(ValueError, match="200"), store.begin() as tx:
        agreements.put(tx, replace(one, how="x" * 201))


def test_it_is_in_the_catalogue_from_its_first_to_its_last_day(store: Store, clock: Clock) -> None:
    id = service(store)
    with store.begin() as tx:
        agreements.put(tx, agreed(id, since=date(2026, 3, 11), until=date(2026, 3, 12)))
    public, pages = Public(store), pages_of(store)
    seen = []
    for _ in range(4):
        with store.reading() as tx:
            seen.append((len(carried(store)), len(public.current().offers), len(pages.showcase(tx).offers)))
        clock.advance(days=1)
    assert seen == [(0, 0, 0), (1, 1, 1), (1, 1, 1), (0, 0, 0)], "in the chat, the open data and on the pages"


def test_nobody_is_sent_by_one_that_has_ended(store: Store) -> None:
    one = agreed(service(store))
    with store.begin() as tx:
        agreements.put(tx, one)
        (offer,) = offers.listed(tx, active=True)
        assert agreements.end(tx, one.uid)
        assert not agreements.end(tx, one.uid)
        assert not agreements.end(tx, "altro")
        person = people.recognise(tx, "webchat", "anna")
        sent = referrals.create(tx, person.id, NEED, "", "", "normal", offer.id, {})
    assert sent == Full(gone=True), "also when the index of the catalogue is of yesterday"
    assert carried(store) == []


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with house_of(sqlite_url, tmp_path) as house:
        made = Town(house.store)
        made.ids[SERVICE] = service(house.store)
        yield made


def put(town: Town, **term: date) -> Agreement:
    one = agreed(town.ids[SERVICE], **term)
    with town.store.begin() as tx:
        agreements.put(tx, one)
    town.offer("Il Ponte", "Pacco alimenti", "poverta.generi_alimentari")  # and the index knows both
    return one


def asks(town: Town) -> Chat:
    need = NEEDS[NEED]
    return Chat(town.store, "anna", "need").taps(GROUPS[need.group].text().row).taps(need.text().row)


def test_a_need_that_only_a_public_service_meets_goes_to_its_desk(town: Town) -> None:
    put(town)
    chat = asks(town)
    assert SERVICE in chat.text
    assert "Via di Prova 9" in chat.text, "where"
    assert TOLD in chat.text, "how"
    chat.taps(chat.buttons[0]).taps("Per me").says("Anna")
    assert "Sportello sociale" in chat.text
    assert "Fatto." in chat.taps("Sì, invia").text
    (made,) = town.requests("anna")
    assert (made.need, made.organization_id, made.next_actor) == (NEED, town.ids[SERVICE], "operator")
    assert town.waiting() == ["referral"]


def test_where_one_goes_to_the_service_itself_its_contact_is_asked(town: Town) -> None:
    one = put(town)
    town.contact("servizio", SERVICE)
    with town.store.begin() as tx:
        agreements.put(tx, replace(one, access="anyone"))
    town.offer("Il Ponte", "Altro", "poverta.generi_alimentari")
    chat = asks(town)
    assert TOLD in chat.text
    chat.taps(chat.buttons[0]).taps("Per me").says("Anna").taps("Sì, invia")
    (made,) = town.requests("anna")
    assert isinstance(made, Referral)
    assert town.openings("servizio") == [("respond", made.uid)]


@pytest.mark.parametrize("term", [{"until": date(2026, 3, 9)}, {"since": date(2026, 3, 11)}])
def test_one_that_has_ended_or_has_not_begun_sends_nobody(town: Town, term: dict[str, date]) -> None:
    put(town, **term)
    chat = asks(town)
    assert SERVICE not in chat.text
    assert town.requests("anna") == []


def desk(town: Town) -> Desk:
    return Desk(town.store, load({}), "operator")


FORM = {
    "service": "servizio", "need": NEED, "how": HOW, "reference": "Delibera 12 del 3 marzo 2026",
    "starts": "2026-03-01", "ends": "", "access": "social_service",
}  # fmt: skip


def test_an_operator_adds_changes_and_ends_an_agreement(town: Town) -> None:
    office = desk(town)
    page = office.post("/accordi", **FORM)
    assert f"{SERVICE} {NEEDS[NEED].text().label}" in words(page)
    assert HOW in words(page)
    assert "dal 01/03/2026" in words(page)
    with town.store.reading() as tx:
        (one,) = agreements.listed(tx)
    assert HOW in office.get(f"/accordi/{one.uid}").text
    changed = office.post(f"/accordi/{one.uid}", **{**FORM, "how": "Si telefona.", "ends": "2026-12-31"})
    assert "Si telefona." in words(changed)
    assert "dal 01/03/2026 al 31/12/2026" in words(changed)
    assert len(carried(town.store)) == 1
    assert "finito" in words(office.post(f"/accordi/{one.uid}/fine"))
    assert carried(town.store) == []
    again = office.post("/accordi", **FORM)
    assert again.status_code == 200, "what has ended may be agreed anew"
    assert "c’è già un accordo" in words(office.post("/accordi", **FORM))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"service": ""}, "Scelga il servizio"),
        ({"need": "niente"}, "Scelga almeno un bisogno"),
        ({"how": " "}, "in parole semplici"),
        ({"how": "x" * 201}, "al massimo 200"),
        ({"reference": ""}, "numero e data"),
        ({"starts": "ieri"}, "primo giorno"),
        ({"ends": "2026-02-28"}, "primo giorno"),
        ({"ends": "mai"}, "primo giorno"),
    ],
)
def test_an_agreement_that_is_wrong_is_not_kept_and_not_lost(town: Town, changed: dict[str, str], said: str) -> None:
    page = desk(town).post("/accordi", **{**FORM, **changed})
    assert page.status_code == 400
    assert said in words(page)
    with town.store.reading() as tx:
        assert agreements.listed(tx) == []


def test_only_a_public_service_makes_an_agreement(town: Town) -> None:
    with town.store.reading() as tx:
        ponte = organizations.get(tx, town.ids["Il Ponte"])
    assert desk(town).post("/accordi", **{**FORM, "service": ponte.uid}).status_code == 400
