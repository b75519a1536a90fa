"""An association and the pact, in chat: who binds it, what is told and when, and how it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import clock as ticking
from bot.house import House
from catalog_store import invitations, organizations, pacts
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact
from dialogs import pacting
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import opened as house_of
from tests.pacting import LAST, TEXT, adhered, founded, opened
from tests.talker import Talker
from tests.towns import Town


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with house_of(sqlite_url, tmp_path) as house:
        yield Town(house.store)


@pytest.fixture
def pact(town: Town) -> Pact:
    with town.store.begin() as tx:
        return opened(tx)


def state(town: Town, pact: Pact, name: str = "Il Ponte") -> str:
    with town.store.reading() as tx:
        party = pacts.party_of(tx, pact, town.ids[name])
    return party.state if party else ""


def ticked(town: Town, day: date | None = None) -> int:
    """The clock's tick on a day; with how many the pact is opened."""
    clock = town.store.clock
    assert isinstance(clock, Clock)
    if day:
        clock.advance(days=(day - clock.now.date()).days)
    with town.store.begin() as tx:
        return pacting.tick(tx)


def joins(town: Town, address: str = "ponte") -> Chat:
    chat = Chat(town.store, address, "pact").taps("Aderire").taps("Sì")
    return chat.says("Maria Rossi").taps("Presidente").taps("Sì, aderiamo")


def test_the_representative_reads_the_summary_and_the_text_and_adheres(town: Town, pact: Pact) -> None:
    chat = Chat(town.store, "ponte", "pact", pact.uid)
    assert "Aiutiamo chi ha bisogno." in chat.text
    assert "1/1/2029" in chat.text
    chat.taps("Leggere il testo")
    assert "Articolo 1\n\nLavoriamo insieme.\n\n- Con rispetto" in chat.text
    assert "#" not in chat.text
    chat.taps("Basta leggere").taps("Aderire")
    assert "legale rappresentante di Il Ponte" in chat.text
    chat.taps("Sì").says("Maria Rossi").taps("Presidente")
    assert "Maria Rossi, presidente: a nome di Il Ponte aderisce al patto, versione 1" in chat.text
    assert state(town, pact) == ""
    chat.taps("Sì, aderiamo")
    assert state(town, pact) == "adhered"
    assert pact.hash[:12] in chat.text
    assert "copia firmata" in chat.text
    with town.store.reading() as tx:
        party = pacts.party_of(tx, pact, town.ids["Il Ponte"])
    assert party
    assert (party.name, party.office, party.hash) == ("Maria Rossi", "presidente", pact.hash)


def test_a_delegate_is_told_who_must_do_it_and_has_words_to_forward(town: Town, pact: Pact) -> None:
    chat = Chat(town.store, "ponte", "pact").taps("Aderire").taps("No")
    assert "solo il legale rappresentante" in chat.text
    assert "«Per il patto di rete serve lei, come legale rappresentante di Il Ponte." in chat.text
    assert chat.over
    assert state(town, pact) == ""


def test_who_says_no_in_the_end_has_adhered_to_nothing(town: Town, pact: Pact) -> None:
    chat = Chat(town.store, "ponte", "pact").taps("Aderire").taps("Sì").says("Maria Rossi").says("vicepresidente")
    assert "Maria Rossi, vicepresidente:" in chat.text
    assert "non ho registrato niente" in chat.taps("No, non ora").text
    assert state(town, pact) == ""


def test_two_telephones_of_one_association_adhere_once(town: Town, pact: Pact) -> None:
    town.contact("altro", "Il Ponte")
    late = Chat(town.store, "altro", "pact").taps("Aderire").taps("Sì").says("Anna Bini").taps("Presidente")
    joins(town)
    assert "un altro telefono" in late.taps("Sì, aderiamo").text
    with town.store.reading() as tx:
        ((_, party),) = pacts.parties(tx, pact)
    assert party.name == "Maria Rossi"


def test_a_text_that_changed_while_it_was_read_is_not_adhered_to(town: Town, pact: Pact) -> None:
    chat = Chat(town.store, "ponte", "pact").taps("Aderire").taps("Sì").says("Maria Rossi").taps("Presidente")
    with town.store.begin() as tx:
        pacts.put(tx, Pact("1", "Patto di rete", f"{TEXT}\n- Altro", pact.starts_on, pact.ends_on, uid=pact.uid))
    assert "il testo è cambiato" in chat.taps("Sì, aderiamo").text
    assert state(town, pact) == ""


def test_from_the_adhesion_to_the_withdrawal(town: Town, pact: Pact) -> None:
    """Adhesion, copy recorded, in force, 90 and 30 days, renewal, withdrawal: on a clock that only the test moves."""
    joins(town)
    assert "ha aderito al patto il 10/3/2026" in Chat(town.store, "ponte", "pact").text
    with town.store.begin() as tx:
        ((party, _, _),) = pacts.to_record(tx, 10)
        assert pacts.record(tx, party.uid, date(2026, 3, 12), "77/2026")
    assert "in vigore per Il Ponte, versione 1. Copia firmata: 12/3/2026, protocollo 77/2026" in (
        Chat(town.store, "ponte", "pact").text
    )
    assert ticked(town, date(2028, 10, 2)) == 0
    assert ticked(town, date(2028, 10, 3)) == 1
    assert town.openings("ponte") == [("pact", pact.uid)]
    assert "Mancano 90 giorni" in Chat(town.store, "ponte", "pact", pact.uid).text
    assert ticked(town) == 0, "once"
    assert ticked(town, date(2028, 12, 2)) == 1
    assert "Mancano 30 giorni" in Chat(town.store, "ponte", "pact", pact.uid).text
    assert ticked(town) == 0, "once"
    with town.store.begin() as tx:
        new = opened(tx, "2", first=date(2029, 1, 2), last=date(2032, 1, 2))
        assert pacting.ask(tx, new, [one.id for one in pacts.missing(tx, new)]) == 2
    assert town.openings("ponte")[-1] == ("pact", new.uid)
    chat = Chat(town.store, "ponte", "pact", new.uid)
    assert "versione 1, finisce il" in chat.text
    assert "Patto di rete, versione 2" in chat.text
    chat.taps("Aderire").taps("Sì").says("Maria Rossi").taps("Presidente").taps("Sì, aderiamo")
    assert (state(town, pact), state(town, new)) == ("in_force", "adhered")
    assert ticked(town, date(2029, 1, 2)) == 0
    assert (state(town, pact), state(town, new)) == ("over", "adhered")
    chat = Chat(town.store, "ponte", "pact").taps("Uscire dal patto").taps("Sì")
    assert "Conferma il recesso di Il Ponte?" in chat.text
    assert "registrato da oggi" in chat.taps("Sì, recediamo").text
    assert (state(town, pact), state(town, new)) == ("over", "withdrawn")


def test_a_delegate_takes_nobody_out_and_who_thinks_again_stays(town: Town, pact: Pact) -> None:
    joins(town)
    assert "solo il legale rappresentante" in Chat(town.store, "ponte", "pact").taps("Uscire dal patto").taps("No").text
    chat = Chat(town.store, "ponte", "pact").taps("Uscire dal patto").taps("Sì").taps("No, restiamo")
    assert "non è cambiato niente" in chat.text
    assert state(town, pact) == "adhered"


def test_one_accession_late_in_the_term_ends_with_it(town: Town, pact: Pact) -> None:
    ticked(town, date(2028, 11, 1))
    chat = joins(town)
    assert "registrata" in chat.text
    assert ticked(town, LAST) == 1, "the reminder of thirty days"
    assert ticked(town, date(2029, 1, 2)) == 0
    assert state(town, pact) == "over"
    assert "non c'è un patto aperto" in Chat(town.store, "ponte", "pact").text


def test_who_answers_for_two_says_for_which_and_who_for_none_is_told(town: Town, pact: Pact) -> None:
    town.contact("ponte", "Insieme")
    chat = Chat(town.store, "ponte", "pact")
    assert chat.buttons == ["1. Il Ponte", "2. Insieme"]
    chat.says("Insieme").taps("Aderire").taps("Sì").says("Anna Bini").taps("Presidente").taps("Sì, aderiamo")
    assert (state(town, pact, "Insieme"), state(town, pact)) == ("adhered", "")
    assert "non risulta" in Chat(town.store, "anna", "pact").text


@pytest.mark.usefixtures("pact")
def test_one_that_is_not_approved_yet_has_nothing_to_adhere_to(town: Town) -> None:
    with town.store.begin() as tx:
        organizations.put(tx, Organization("Attesa", uid="attesa", state="sent"))
        attesa = organizations.find(tx, "attesa")
    assert attesa
    town.ids["Attesa"] = attesa.id
    town.contact("attesa", "Attesa")
    assert "non risulta" in Chat(town.store, "attesa", "pact").text


def test_a_long_text_is_read_in_pages_and_nothing_of_it_is_lost(town: Town) -> None:
    with town.store.begin() as tx:
        pact = opened(tx, text=pacts.drafted(tx.store.territory))
    chat = Chat(town.store, "ponte", "pact", pact.uid).taps("Leggere il testo")
    read = []
    while "Continua" in chat.buttons:
        read.append(chat.text)
        chat.taps("Continua")
    read.append(chat.text)
    assert len(read) == len(pacting.pages(pact.text)) > 3
    assert read[1].startswith("Articolo 2. "), "a title is on the page of what it is the title of"
    words = [word for page in read for word in page.split()]
    assert all(word.strip("#*") in words for word in pact.text.split() if word.strip("#*"))


def test_who_adhered_to_a_text_that_was_corrected_is_asked_again(town: Town, pact: Pact) -> None:
    joins(town)
    with town.store.begin() as tx:
        pacts.put(tx, Pact("1", "Patto di rete", f"{TEXT}\n- Altro", pact.starts_on, pact.ends_on, uid=pact.uid))
        changed = pacts.get(tx, pact.uid)
        assert changed
        pacting.changed(tx, changed)
    assert town.openings("ponte") == [("pact", pact.uid)]
    assert "Aderire" in Chat(town.store, "ponte", "pact").buttons
    joins(town)
    with town.store.begin() as tx:
        ((_, party),) = pacts.parties(tx, changed)
        assert party.same
        adhered(tx, changed, town.ids["La Spesa"])


def test_the_menu_of_an_association_leads_to_the_pact(town: Town) -> None:
    assert "Il patto di rete" in Chat(town.store, "ponte", "menu").buttons
    assert "Il patto di rete" not in Chat(town.store, "anna", "menu").buttons


def test_the_clock_of_the_program_tells_of_the_end_once_and_not_at_night(house: House) -> None:
    (ponte,) = founded(house.store, "Il Ponte")
    with house.store.begin() as tx:
        code = invitations.invite(tx, "association", ponte, 30)
        adhered(tx, opened(tx), ponte)
    contact, hours = Talker(house, "ponte"), house.store.clock
    contact.write(f"/start {code}")
    assert any(ticking._agree in job.args for job in ticking.scheduler(house).get_jobs())
    assert isinstance(hours, Clock)
    hours.now = datetime(2028, 10, 3, 22, tzinfo=UTC)
    for _ in range(2):
        ticking._agree(house)
    assert contact.read() == []
    hours.now = datetime(2028, 10, 4, 8, tzinfo=UTC)
    (told,) = contact.read()
    assert "Il patto finisce il 1/1/2029. Mancano 89 giorni." in told.text
