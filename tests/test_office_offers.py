"""The offers in the back office: what nobody confirms waits there, and what is said on the telephone is noted."""

from __future__ import annotations

from datetime import date

import pytest

from catalog_store import audit, closures, freshness, offers, organizations
from catalog_store.connect import Store
from catalog_store.settings import Settings, load
from tests.clock import Clock
from tests.offices import Desk, words
from tests.towns import Town

FOOD = "poverta.generi_alimentari"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return load({"TESSERE_DATABASE_URL": database_url})


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


@pytest.fixture
def desk(town: Town, settings: Settings) -> Desk:
    return Desk(town.store, settings)


def uid(town: Town, id: int) -> str:
    with town.store.begin() as tx:
        return offers.get(tx, id).uid


def test_what_nobody_confirms_waits_for_the_office_until_somebody_has_telephoned(town: Town, desk: Desk) -> None:
    id = town.offer("Insieme", "Pacco alimenti", FOOD, confirmed_on=date(2026, 3, 10))
    assert "Offerte da confermare" not in words(desk.get("/"))
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(days=91)
    desk = Desk.of(town.store, desk.app.state.office.settings, desk.member)
    with town.store.begin() as tx:
        freshness.ask(tx)
    assert "Offerta da confermare Pacco alimenti, Insieme" in words(desk.get("/"))
    town.store.clock.advance(days=40)
    with town.store.begin() as tx:
        assert freshness.hide(tx) == 1
    desk = Desk.of(town.store, desk.app.state.office.settings, desk.member)
    assert "Pacco alimenti Insieme nascosta" in words(desk.get("/offerte?stato=stale"))
    assert "l’offerta è confermata" in words(desk.post(f"/offerte/{uid(town, id)}/conferma"))
    assert "Offerte da confermare" not in words(desk.get("/"))
    with town.store.begin() as tx:
        assert offers.get(tx, id).state == "active"
        assert any((look.action, look.what) == ("confirmed", "offer") for look in audit.listed(tx))


def test_it_is_paused_shown_and_closed_after_a_call(town: Town, desk: Desk) -> None:
    id = town.offer("Insieme", "Pacco alimenti", FOOD, places=4)
    page = f"/offerte/{uid(town, id)}"
    assert "Posti liberi 4" in words(desk.get(page))
    assert "Stato sospesa" in words(desk.post(f"{page}/stato", to="pause"))
    assert "Stato si vede" in words(desk.post(f"{page}/stato", to="show"))
    assert "riapre il 13/03/2026" in words(
        desk.post(f"{page}/chiusura", first="2026-03-09", last="2026-03-12", whole="1")
    )
    assert "tutta l’associazione" in words(desk.get(page))
    with town.store.begin() as tx:
        (closure,) = closures.current(tx)
    assert "Nessuna chiusura" in words(desk.post(f"{page}/chiusura/{closure.id}/togli"))
    for first, last in (("", ""), ("2026-03-12", "2026-03-09"), ("ieri", "oggi")):
        assert "in ordine" in words(desk.post(f"{page}/chiusura", first=first, last=last))
    assert desk.post(f"{page}/stato", to="over").status_code == 404
    assert desk.get("/offerte/nessuna").status_code == 404


def test_what_is_shown_again_after_long_is_not_hidden_at_once(town: Town, desk: Desk) -> None:
    id = town.offer("Insieme", "Pacco alimenti", FOOD, confirmed_on=date(2025, 3, 10), asked_on=date(2025, 6, 10))
    page = f"/offerte/{uid(town, id)}"
    desk.post(f"{page}/stato", to="pause")
    assert "Stato si vede" in words(desk.post(f"{page}/stato", to="show"))
    with town.store.begin() as tx:
        assert freshness.hide(tx) == 0


def test_the_list_is_filtered_by_its_address_and_goes_on(town: Town, desk: Desk) -> None:
    for n in range(52):
        town.offer("Insieme", f"Offerta {n:02}", FOOD)
    town.offer("Il Ponte", "Altra", FOOD)
    first = desk.get("/offerte")
    assert "Tutte 53" in words(first)
    assert "Offerta 49" in words(first)
    assert "Offerta 50" not in words(first)
    below = first.text.partition('href="/ufficio/offerte?dopo=')[2].partition('"')[0]
    assert "Offerta 50" in words(desk.get(f"/offerte?dopo={below}"))
    with town.store.begin() as tx:
        owner = offers.listed(tx)[-1].organization_id
        owner_uid = organizations.get(tx, owner).uid
    only = words(desk.get(f"/offerte?associazione={owner_uid}&stato=active"))
    assert "Altra" in only
    assert "Offerta 01" not in only
    assert desk.get("/offerte?stato=boh&dopo=x").status_code == 200


def test_who_is_no_operator_does_not_see_it(town: Town, settings: Settings) -> None:
    assert Desk(town.store, settings, "reader", "Leo Legge").get("/offerte").status_code == 403
