"""An association makes an offer, changes it in a line and keeps it true; whoever looks for help sees it at once."""

from __future__ import annotations

from datetime import date

import pytest

from bot import chase
from bot.clock import _chase, _keep_true
from bot.house import House
from catalog_store import closures, freshness, offers, organizations
from catalog_store.closures import Closure
from catalog_store.connect import Store
from catalog_store.offers import Offer
from catalog_store.reach import Ways
from catalog_store.schedules import parse
from catalog_store.schema import organizations as bodies
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import RING
from tests.towns import Town

FOOD = "poverta.generi_alimentari"
TOLD = "ho bisogno di un pacco di alimenti"
ANSWERS = (
    "Diamo un pacco di alimenti alle famiglie in difficoltà", "Pacco di alimenti", "Va bene così", "NAME",
    "Per tutti", "Tutte le età", "Sede", "Tutto il comune", "lunedì e giovedì dalle 16 alle 18", "1", "In tutto",
    "gratis", "Chiunque", "una borsa robusta", "la segreteria", "055 123456", "Nessuna", "italiano e inglese",
)  # fmt: skip


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


def made(town: Town, *, name: str = "Pacco settimanale") -> Chat:
    """The interview up to its summary."""
    chat = Chat(town.store, "ponte", "offer")
    for answer in ANSWERS:
        chat.says(name if answer == "NAME" else answer)
    return chat


def mine(store: Store, name: str = "Il Ponte") -> Offer:
    with store.begin() as tx:
        owner = next(one for one in organizations.listed(tx) if one.name == name)
        (offer,) = offers.of_organization(tx, owner.id)
    return offer


def write(town: Town, text: str, *taps: str, who: str = "ponte") -> str:
    """An update, and what is tapped after it; what is said at the end."""
    chat = Chat(town.store, who, "offer_updates").says(text)
    for tap in taps:
        chat.says(tap)
    assert chat.over, chat.text
    return chat.text


def test_what_is_published_is_found_at_once_in_another_process(town: Town, database_url: str) -> None:
    other = Store(database_url, RING, clock=town.store.clock, synchronous="NORMAL")
    before = Chat(other, "anna", "need").says(TOLD)
    assert "non trovo altro" in before.text
    assert "pubblicata" in made(town).taps("Sì, pubblica").text
    with other.begin() as tx:
        other.catalogue.current(tx)
    other.catalogue.settle()
    chat = Chat(other, "bruno", "need").says(TOLD)
    assert "Pacco settimanale, Il Ponte" in chat.text
    assert "resta 1 posto" in chat.text
    chat.taps("Pacco").taps("Per me").says("Bruno").taps("Sì, invia")
    assert "Mettermi in lista" in Chat(town.store, "carla", "need").says(TOLD).buttons
    other.close()


def test_every_answer_is_in_the_catalogue(town: Town) -> None:
    made(town).taps("Sì, pubblica")
    offer = mine(town.store)
    assert (offer.name, offer.label, offer.row, offer.needs) == ("Pacco settimanale",) * 3 + ((FOOD,),)
    assert (offer.places, offer.period, offer.cost, offer.access) == (1, "", "", "anyone")
    assert (offer.contact_role, offer.contact_phone, offer.bring) == (
        "la segreteria",
        "+39055123456",
        "una borsa robusta",
    )
    assert (offer.areas, offer.languages, offer.location_id) == (("*",), ("it", "en"), town.seat)
    assert {day for slot in parse(offer.schedule) for _, day in slot.days} == {0, 3}
    assert offer.confirmed_on == date(2026, 3, 10)


def test_it_is_corrected_before_and_changed_after(town: Town) -> None:
    chat = made(town).taps("Correggi").says("Quando").says("martedì dalle 9 alle 12")
    assert "Quando: martedì, 9-12." in chat.text
    chat.taps("Correggi").says("Dove").says("Un altro indirizzo").says("via Nuova 7").says("Capalle").says(
        "Capalle, Limite"
    )
    assert "Dove: via Nuova 7." in chat.text
    assert "Zona: Capalle, Limite." in chat.text
    chat.taps("Correggi").says("Come si entra").says("Con documenti o ISEE").says("Serve un ISEE fino a 9.000 euro")
    chat.taps("Sì, pubblica")
    offer = mine(town.store)
    assert (offer.access, offer.access_words) == ("documents", "Serve un ISEE fino a 9.000 euro")
    chat = Chat(town.store, "ponte", "my_offers").says("Pacco settimanale").says("Cambia qualcosa")
    assert chat.go
    chat = (
        Chat(town.store, "ponte", chat.go.dialogue, chat.go.subject).says("Il costo").says("2 euro").taps("Sì, salva")
    )
    assert mine(town.store).cost == "2 euro"
    assert mine(town.store).id == offer.id


def test_a_name_that_does_not_fit_is_shortened_and_asked_and_long_texts_are_refused_kindly(town: Town) -> None:
    chat = Chat(town.store, "ponte", "offer").says("Diamo" * 200)
    assert "È un po' lungo. Sono 1000 caratteri, ne bastano 300." in chat.text
    chat.says("Diamo un pacco di alimenti alle famiglie").says("Pacco di alimenti").says("Va bene così")
    chat.says("Pacco di alimenti per le famiglie numerose")
    assert "Va bene «Pacco di alimenti»?" in chat.text
    assert "È un po' lungo. Sono 26 caratteri, ne bastano 20." in chat.says("Pacco famiglie numerosissime"[:26]).text
    chat.says("Pacco famiglie")
    for answer in ANSWERS[4:]:
        chat.says(answer)
    chat.taps("Sì, pubblica")
    assert (mine(town.store).label, mine(town.store).row) == ("Pacco famiglie", "Pacco famiglie")


def test_nothing_is_published_twice_nor_when_they_think_again(town: Town) -> None:
    chat = made(town).taps("Non pubblicare")
    assert "non ho pubblicato niente" in chat.text
    with town.store.begin() as tx:
        assert not offers.of_organization(tx, town.ids["Il Ponte"])


def test_only_who_answers_for_an_approved_association_makes_offers(town: Town) -> None:
    assert "approvata" in Chat(town.store, "anna", "offer").text
    with town.store.begin() as tx:
        tx.execute(bodies.update().values(state="sent"))
    assert "approvata" in Chat(town.store, "ponte", "offer").text
    assert not any("offerte" in button for button in Chat(town.store, "ponte", "menu").buttons)


def test_the_menu_of_an_association_has_its_offers(town: Town) -> None:
    assert {"Le nostre offerte", "Posti, chiusure, orari", "Nuova offerta"} <= set(
        Chat(town.store, "ponte", "menu").buttons
    )
    assert "Nuova offerta" not in Chat(town.store, "anna", "menu").buttons


def test_each_quick_message_changes_the_offer(town: Town) -> None:
    id = town.offer("Il Ponte", "Pacco alimenti", FOOD)
    assert "3 posti liberi per «Pacco alimenti»" in write(town, "posti 3")
    assert mine(town.store).places == 3
    assert "senza limite" in write(town, "posti senza limite")
    assert mine(town.store).places is None
    assert "risultano finiti" in write(town, "posti finiti")
    assert mine(town.store).places == 0
    assert "Si riapre mercoledì 8 aprile" in write(town, "chiuso fino al 7", "Sì")
    assert "Si riapre venerdì 21 agosto" in write(town, "ferie dal 5 al 20 agosto", "Sì")
    assert "si riprende" in write(town, "abbiamo ricominciato")
    with town.store.begin() as tx:
        assert [(one.first.month, one.offer_id) for one in closures.current(tx)] == [(8, None)], "holidays to come stay"
    assert "in pausa" in write(town, "sospendi pacco", "Sì")
    assert mine(town.store).state == "paused"
    write(town, "riattiva pacco")
    assert mine(town.store).state == "active"
    with town.store.begin() as tx:
        offers.change(tx, id, state="hidden", confirmed_on=date(2025, 3, 10))
    write(town, "abbiamo ricominciato")
    with town.store.begin() as tx:
        again = offers.get(tx, id)
        assert (again.state, again.confirmed_on) == ("active", closures.today(tx))
    assert "martedì, 9-12" in write(town, "cambia orario: martedì 9-12", "Sì")
    assert "non ho cambiato niente" in write(town, "cambia orario", "lunedì 9-12", "No")
    assert "non si trova più" in write(town, "togli pacco", "Sì")
    with town.store.begin() as tx:
        assert offers.get(tx, id).state == "over"
        assert not offers.listed(tx, active=True)
    assert "non ci sono offerte" in write(town, "posti 3")


def test_who_does_not_know_until_when_suspends(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = Chat(town.store, "ponte", "offer_updates").says("siamo chiusi")
    assert "Fino a che giorno è chiuso?" in chat.text
    chat.says("Non si sa ancora").says("Sì")
    assert mine(town.store).state == "paused"
    write(town, "siamo di nuovo aperti")
    assert mine(town.store).state == "active"
    assert "Si riapre sabato 21 marzo" in write(town, "siamo chiusi", "fino al 20 marzo", "Sì")


def test_of_several_offers_it_asks_which_and_closures_may_be_of_all(town: Town) -> None:
    food = town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("Il Ponte", "Doposcuola", "infanzia_famiglia.doposcuola")
    chat = Chat(town.store, "ponte", "offer_updates").says("posti 2")
    assert chat.buttons[:2] == ["Pacco alimenti", "Doposcuola"]
    chat.says("Pacco alimenti")
    with town.store.begin() as tx:
        assert offers.get(tx, food).places == 2
    assert "2 posti liberi per «Doposcuola»" in write(town, "posti 2 per il doposcola"), (
        "misspelt, and named all the same"
    )
    chat = Chat(town.store, "ponte", "offer_updates").says("chiuso fino al 7")
    assert chat.buttons[0] == "Tutte le offerte"
    chat.says("Tutte le offerte").says("Sì")
    write(town, "doposcuola chiuso dal 20 al 25 maggio", "Sì")
    with town.store.begin() as tx:
        assert [one.offer_id is None for one in closures.current(tx)] == [True, False]


def test_an_offer_that_is_closed_is_not_proposed_as_open(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, hours="mar 9-12")
    assert "aperto adesso" in Chat(town.store, "anna", "need").says(TOLD).text
    write(town, "chiuso fino al 20 marzo", "Sì")
    refresh(town)
    chat = Chat(town.store, "bruno", "need").says(TOLD)
    assert "aperto adesso" not in chat.text
    assert "riapre martedì 24 marzo" in chat.text
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(days=14)
    refresh(town)
    assert "aperto adesso" in Chat(town.store, "carla", "need").says(TOLD).text
    with town.store.begin() as tx:
        assert closures.forget(tx) == 1


def refresh(town: Town) -> None:
    """Another turn comes by, and the catalogue is built again beside it."""
    with town.store.begin() as tx:
        town.store.catalogue.current(tx)
    town.store.catalogue.settle()


def later(town: Town, days: int) -> list[tuple[str, str]]:
    """The clock's hour, so many days later; what is opened with the contact."""
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(days=days)
    with town.store.begin() as tx:
        freshness.ask(tx)
        freshness.hide(tx)
    return town.openings("ponte")


def test_what_nobody_confirms_is_asked_about_sinks_and_hides_and_one_tap_brings_it_back(town: Town) -> None:
    """Confirmed on 10 March: asked after 76 and 90 days, lower from 91, hidden after 120."""
    town.offer("Il Ponte", "Pacco alimenti", FOOD, confirmed_on=date(2026, 3, 10))
    other = town.offer("Insieme", "Altro pacco", FOOD, cost="5 euro", confirmed_on=date(2026, 3, 10))
    assert later(town, 75) == []
    ((dialogue, subject),) = later(town, 1)
    assert dialogue == "still_true"
    assert later(town, 1) == [], "asked once"
    with town.store.begin() as tx:
        freshness.confirm(tx, town.ids["Insieme"], [other])
    assert [name for name, _ in later(town, 13)] == ["still_true"], "and once more at its time"
    assert shown_first(town) == "Pacco alimenti"
    assert later(town, 1) == []
    assert shown_first(town) == "Altro pacco", "after ninety days it sinks"
    assert later(town, 28) == []
    assert mine(town.store).state == "active"
    assert [name for name, _ in later(town, 1)] == ["still_true"]
    assert mine(town.store).state == "hidden"
    refresh(town)
    assert "Pacco alimenti" not in Chat(town.store, "bruno", "need").says(TOLD).text
    chat = Chat(town.store, "ponte", "still_true", subject)
    assert "non si vede" in chat.text
    assert "confermato" in chat.taps("È ancora tutto vero").text
    assert mine(town.store).state == "active"
    refresh(town)
    assert shown_first(town) == "Pacco alimenti"
    assert later(town, 1) == []


def shown_first(town: Town) -> str:
    refresh(town)
    return Chat(town.store, "anna", "need").says(TOLD).buttons[0]


def test_the_data_of_an_organization_are_confirmed_every_year(town: Town) -> None:
    with town.store.begin() as tx:
        freshness.confirm(tx, town.ids["Il Ponte"], data=True)
    assert later(town, 350) == []
    ((dialogue, subject),) = later(town, 1)
    chat = Chat(town.store, "ponte", dialogue, subject)
    assert "– sede: Sede" in chat.text
    chat.taps("È ancora tutto vero")
    assert later(town, 20) == []
    assert "niente da confermare" in Chat(town.store, "ponte", "still_true", subject).text


def test_what_has_changed_leads_to_their_offers(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, confirmed_on=date(2025, 12, 1))
    later(town, 0)
    chat = Chat(town.store, "ponte", "still_true").taps("Qualcosa è cambiato")
    assert chat.go
    chat = Chat(town.store, "ponte", chat.go.dialogue, chat.go.subject).says("Pacco alimenti").says("È ancora vera")
    assert "confermato" in chat.text
    assert mine(town.store).confirmed_on == date(2026, 3, 10)


def test_whoever_waits_for_an_offer_that_ends_is_seen_to(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, places=0)
    chat = Chat(town.store, "anna", "need").says(TOLD)
    chat.taps("Mettermi in lista").taps("Per me").says("Anna").taps("Sì, in lista")
    assert "C'è 1 persona in lista" in write(town, "posti 1")
    write(town, "togli pacco", "Sì")
    with town.store.begin() as tx:
        chase.overdue(tx, Ways())
    assert town.waiting() == ["referral"]
    assert town.openings("anna")[-1][0] == "news"


def test_the_clock_asks_hides_forgets_and_proposes(house: House) -> None:
    town = Town(house.store)
    id = town.offer("Il Ponte", "Pacco alimenti", FOOD, places=0, confirmed_on=date(2025, 12, 10))
    chat = Chat(town.store, "anna", "need").says(TOLD)
    chat.taps("Mettermi in lista").taps("Per me").says("Anna").taps("Sì, in lista")
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
        closures.put(tx, Closure(town.ids["Insieme"], None, date(2026, 3, 10), date(2026, 3, 10)))
    _chase(house)
    _keep_true(house)
    assert [name for name, _ in town.openings("anna")] == ["place"]
    assert [name for name, _ in town.openings("ponte")] == ["still_true"]
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(days=31)
    _keep_true(house)
    assert mine(town.store).state == "hidden"
    with town.store.begin() as tx:
        assert not closures.current(tx)
