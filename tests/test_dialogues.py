"""The citizen's dialogue as people hold it: a small town, real turns of the engine, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_store.taxonomy import needs_of
from tests.chat import Chat
from tests.houses import opened
from tests.towns import Town

MEDICINES = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"
AT_HOME = "anziani.spesa_farmaci_domicilio"
FOOD = "poverta.generi_alimentari"
A_PARCEL = "ho bisogno di un pacco di alimenti"


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def citizen(town: Town, first: str, address: str = "anna") -> Chat:
    """A conversation that begins with these words."""
    return Chat(town.store, address, "need").says(first)


def test_from_a_clear_message_to_sent_in_four_messages(town: Town) -> None:
    town.offer("Il Ponte", "Spesa e medicine a casa", AT_HOME, at_home=True, age_from=65)
    chat = citizen(town, MEDICINES)
    assert "Ho capito: Spesa e farmaci a casa." in chat.text
    assert "Spesa e medicine a casa, Il Ponte: viene a casa; lunedì e giovedì, 9-12; gratis; adatto a chi" in chat.text
    chat.taps("Spesa e medicine").says("Mi chiamo Anna, 333 123 4567")
    assert "per un suo genitore" in chat.text
    assert "Anna, al telefono +393331234567" in chat.text
    assert "la persona lo sa e che le va bene" in chat.text
    chat.taps("Sì, invia")
    assert chat.over
    assert "Ho inviato la richiesta R-" in chat.text
    assert "12 mar" in chat.text
    assert "alle 17.00" in chat.text
    (request,) = town.requests("anna")
    assert (request.state, request.need, request.group) == ("sent", AT_HOME, "anziani")
    assert town.openings("ponte") == [("respond", request.uid)]
    assert town.consents("anna") == [("share_with_organization", "2026-11-27", "it")]


def test_what_was_told_once_is_not_asked_again_for_the_next_request(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    citizen(town, A_PARCEL).taps("Pacco").taps("Per me").says("Anna").taps("Sì, invia")
    chat = citizen(town, A_PARCEL).taps("Pacco").taps("Per me")
    assert "Anna, in questa chat" in chat.text
    assert "Sì, invia" in chat.buttons


def test_a_group_and_a_need_can_be_tapped_instead_of_written(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = Chat(town.store, "anna", "need").taps("Persone anziane").taps("Un altro tema")
    assert "Scelga un altro tema" in chat.text
    chat.taps("Cibo, casa").taps("Pacco di alimenti")
    assert "1. Pacco alimenti, Il Ponte" in chat.text


def test_when_it_is_not_sure_it_asks_what_was_meant(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = citizen(town, "mi serve aiuto")
    assert "Intende una di queste cose?" in chat.text
    assert 2 <= len(chat.buttons) <= 4
    chat.taps("Nessuna di queste").says(A_PARCEL)
    assert "1. Pacco alimenti" in chat.text
    chat = citizen(town, "mi serve aiuto")
    chat.taps(chat.buttons[0])
    assert "Per «" in chat.text or "Posso inviare" in chat.text or "?" in chat.text


def test_what_is_outside_is_said_honestly_with_who_to_ask(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = citizen(town, "devo rinnovare la carta d'identità")
    assert "Di questo non mi occupo" in chat.text
    assert "Per documenti, residenza ed elezioni può chiedere a: Ufficio anagrafe del Comune, Piazza" in chat.text
    assert "Parlare con una persona" in chat.buttons
    chat.says(A_PARCEL)
    assert "1. Pacco alimenti" in chat.text


def test_several_needs_in_one_message_are_all_kept(town: Town) -> None:
    town.offer("Il Ponte", "Doposcuola", "infanzia_famiglia.doposcuola")
    town.offer("La Spesa", "La spesa a casa", AT_HOME, at_home=True)
    chat = citizen(town, "cerco un doposcuola per mio figlio e qualcuno che porti la spesa a casa a mia nonna")
    assert "Ho capito: Doposcuola e compiti, Spesa e farmaci a casa." in chat.text
    chat.taps("Doposcuola").says("Anna").taps("Sì, invia")
    assert "Ho inviato la richiesta" in chat.text
    assert "Mi ha chiesto anche: Spesa e farmaci a casa" in chat.text
    chat.taps("Sì").taps("La spesa a casa")
    assert "per una persona della sua famiglia" in chat.text
    chat.taps("Sì, invia")
    assert [one.need for one in town.requests("anna")] == [AT_HOME, "infanzia_famiglia.doposcuola"]


def test_the_second_need_can_wait(town: Town) -> None:
    town.offer("Il Ponte", "Doposcuola", "infanzia_famiglia.doposcuola")
    chat = citizen(town, "cerco un doposcuola per mio figlio e qualcuno che porti la spesa a casa a mia nonna")
    chat.taps("Doposcuola").says("Anna").taps("Sì, invia").taps("No")
    assert chat.over
    assert "Quando vuole" in chat.text


def test_only_what_changes_the_answer_is_asked_and_it_can_be_skipped(town: Town) -> None:
    for area in ("capalle", "san-donnino", "limite", "il-rosi", "la-villa"):
        town.offer("Il Ponte", f"Pacco di {area}", FOOD, areas=(area,))
    chat = citizen(town, A_PARCEL)
    assert "In quale zona serve?" in chat.text
    chat.says("capale")
    assert chat.buttons == ["Pacco di capalle", "Nessuna va bene", "Parlare con una persona"]
    skipped = citizen(town, A_PARCEL).taps("Non importa")
    assert "Altre proposte" in skipped.buttons
    assert "In quale zona" not in citizen(town, f"{A_PARCEL}, abito a Capalle").text


def test_what_was_told_before_it_was_understood_is_not_asked_again(town: Town) -> None:
    for area in ("capalle", "san-donnino", "limite"):
        town.offer("Il Ponte", f"Pacco di {area}", FOOD, areas=(area,))
    chat = citizen(town, "abito a Capalle, che tempo fa domani?").says(A_PARCEL)
    assert "In quale zona" not in chat.text
    assert chat.buttons[0] == "Pacco di capalle"


def test_one_likely_need_is_not_asked_about(town: Town) -> None:
    town.offer("Il Ponte", "Doposcuola del martedì", "infanzia_famiglia.doposcuola")
    chat = citizen(town, "mi serve il doposcuola per mia figlia di 9 anni a Capalle")
    assert "Ho capito: Doposcuola e compiti." in chat.text


@pytest.mark.parametrize("why", ["mi controlla i soldi", "è geloso di tutti"])
def test_a_request_because_of_a_partner_is_never_taken_to_be_for_them(town: Town, why: str) -> None:
    town.offer("Il Ponte", "Ascolto riservato", "violenza_genere.luoghi_ascolto")
    chat = citizen(town, f"mio marito {why}, cerco un centro antiviolenza per parlare con qualcuno in modo riservato")
    assert "Ho capito: Ascolto riservato" in chat.text
    chat.taps("Ascolto riservato")
    assert "Per chi è?" in chat.text


@pytest.mark.parametrize("words", [A_PARCEL, "un aiuto"])
def test_at_most_seven_messages_even_when_everything_is_asked(town: Town, words: str) -> None:
    for number, area in enumerate(("capalle", "san-donnino", "limite", "il-rosi", "la-villa", "centro")):
        ages: dict[str, Any] = {"age_from": 10 * number, "age_to": 10 * number + 30}
        group = "anziani" if number % 2 else "disabilita"
        for need in (one.code for one in needs_of("poverta")):
            areas = ("*",) if number % 3 else (area,)
            town.offer("Il Ponte", f"{number} {need}"[:20], need, areas=areas, group=group, **ages)
    chat, messages = citizen(town, words), 1
    while not chat.over:
        if "Sì, invia" in chat.buttons:
            chat.taps("Sì, invia")
        elif "Salta" in chat.buttons or "Non importa" in chat.buttons:
            chat.taps("Salta" if "Salta" in chat.buttons else "Non importa")
        else:
            chat.taps(chat.buttons[0])
        messages += 1
    assert "Ho inviato" in chat.text
    assert messages <= 7


def test_three_offers_at_a_time_then_the_others(town: Town) -> None:
    for number in range(1, 8):
        town.offer("Il Ponte", f"Pacco {number}", FOOD)
    chat = citizen(town, A_PARCEL)
    first = [row for row in chat.buttons if row.startswith("Pacco")]
    assert len(first) == 3
    chat.says("altre")
    second = [row for row in chat.buttons if row.startswith("Pacco")]
    assert len(second) == 3
    assert not set(first) & set(second)
    chat.taps("Altre proposte")
    assert "Altre proposte" not in chat.buttons


def test_refused_offers_are_not_shown_again_and_the_reason_counts(town: Town) -> None:
    town.offer("Il Ponte", "Pacco a pagamento", FOOD, cost="5 euro")
    town.offer("La Spesa", "Pacco gratis", FOOD)
    for _ in range(3):
        town.offer("Il Ponte", "Altro a pagamento", FOOD, cost="10 euro")
    chat = citizen(town, A_PARCEL)
    chat.taps("Nessuna va bene").taps("Il costo")
    assert "a pagamento" not in " ".join(chat.buttons)


def test_an_hour_that_does_not_suit_asks_when_would(town: Town) -> None:
    for number in range(4):
        town.offer("Il Ponte", f"Mattina {number}", FOOD)
    town.offer("La Spesa", "Di sera", FOOD, hours="mar 19-21")
    chat = citizen(town, A_PARCEL).taps("Nessuna va bene").taps("L'orario")
    assert "Quando andrebbe meglio?" in chat.text
    chat.taps("Di sera")
    assert "Per «" in chat.text or "Di sera" in chat.buttons


def test_what_is_too_far_asks_where_and_shows_what_is_near(town: Town) -> None:
    for number in range(3):
        town.offer("Il Ponte", f"In centro {number}", FOOD)
    town.offer("La Spesa", "A casa", FOOD, at_home=True, cost="1 euro")
    chat = citizen(town, A_PARCEL).taps("Non importa").taps("Nessuna va bene").taps("È lontano").says("San Donnino")
    assert chat.buttons[0] == "A casa"
    assert not any(row.startswith("In centro") for row in chat.buttons)


def test_when_it_is_not_what_was_meant_it_listens_again(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = citizen(town, A_PARCEL).taps("Nessuna va bene").taps("Non è quello che cerco")
    assert "altre parole" in chat.text
    assert not chat.over
    chat.says(A_PARCEL)
    assert "Ho capito: Pacco di alimenti." in chat.text


def test_nobody_is_left_without_an_answer_when_nothing_fits(town: Town) -> None:
    chat = citizen(town, A_PARCEL)
    assert chat.go is not None
    assert (chat.go.dialogue, chat.go.subject) == ("human", FOOD)
    assert town.unmet() == [(FOOD, "no_offer")]
    town.offer("Il Ponte", "Pacco alimenti", FOOD, cost="5 euro")
    chat = citizen(town, A_PARCEL).taps("Nessuna va bene").taps("Il costo")
    assert chat.go is not None
    assert town.unmet()[-1] == (FOOD, "cost")


def test_a_person_can_be_asked_for_at_each_step(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    first = Chat(town.store, "anna", "need").taps("Parlare con una persona")
    assert first.go is not None
    offered = citizen(town, A_PARCEL).taps("Parlare con una persona")
    assert offered.go is not None
    assert offered.go.subject == FOOD


def test_the_last_place_goes_to_the_first_and_the_other_hears_of_the_next_offer(town: Town) -> None:
    town.offer("Il Ponte", "Ultimo pacco", FOOD, places=1)
    town.offer("La Spesa", "Altro pacco", FOOD, cost="1 euro")
    anna, bruno = citizen(town, A_PARCEL, "anna"), citizen(town, A_PARCEL, "bruno")
    assert "resta 1 posto" in anna.text
    for chat, name in ((anna, "Anna"), (bruno, "Bruno")):
        chat.taps("Ultimo pacco").taps("Per me").says(name)
    anna.taps("Sì, invia")
    assert "Ho inviato" in anna.text
    bruno.taps("Sì, invia")
    assert "Nel frattempo i posti sono finiti" in bruno.text
    bruno.taps("Altro pacco").taps("Sì, invia")
    assert "a La Spesa" in bruno.text


@pytest.mark.parametrize(
    ("access", "desk"), [("social_service", "Sportello sociale"), ("listening_point", "Punto di ascolto")]
)
def test_what_goes_through_a_desk_opens_the_request_there(town: Town, access: str, desk: str) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, access=access)
    chat = citizen(town, A_PARCEL).taps("Pacco").taps("Per me").says("Anna")
    assert "Per questo aiuto si passa da" in chat.text
    assert f"passo questi dati a {desk}" in chat.text
    chat.taps("Sì, invia")
    assert f"è pronta per lo sportello «{desk}»" in chat.text
    assert "Può anche andarci" in chat.text
    assert "Da portare" in chat.text
    (request,) = town.requests("anna")
    assert request.next_actor == "operator"
    assert town.openings("ponte") == []
    assert town.waiting() == ["referral"]


def test_documents_are_said_before_sending(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, access="documents", access_words="Serve l’ISEE.", bring="L’ISEE.")
    chat = citizen(town, A_PARCEL)
    assert "; serve l’ISEE;" in chat.text
    chat.taps("Pacco").taps("Per me").says("Anna")
    assert "Da sapere: serve l’ISEE." in chat.text
    assert "Da portare: l’ISEE." in chat.text


def test_an_organization_without_a_contact_is_reached_by_hand(town: Town) -> None:
    town.offer("Insieme", "Pacco alimenti", FOOD)
    chat = citizen(town, A_PARCEL).taps("Pacco").taps("Per me").taps("Qui, senza").taps("Sì, invia")
    assert "Una persona del servizio porta la richiesta" in chat.text
    assert town.waiting() == ["referral"]


def test_everything_in_the_summary_can_be_corrected(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("La Spesa", "Borsa della spesa", FOOD, areas=("capalle",))
    chat = citizen(town, f"{A_PARCEL}, abito a Capalle")
    chat.taps("Borsa").taps("Per me").says("Anna")
    chat.taps("Correggi").taps("Per chi è").taps("Per un genitore")
    assert "per un suo genitore" in chat.text
    chat.taps("Correggi").taps("Come rispondere").says("Bruno, 055 123 4567")
    assert "Bruno, al telefono +39055" in chat.text
    chat.taps("Correggi").taps("La zona").taps("Capalle")
    assert "Zona: Capalle." in chat.text
    chat.taps("Correggi").taps("La zona").says("San Donnino")
    assert "quel servizio non arriva" in chat.text
    chat.taps("Pacco")
    assert "Bruno" in chat.text
    chat.taps("Correggi").taps("Il servizio scelto").taps("Pacco").taps("Non inviare")
    assert chat.over
    assert "non ho inviato niente" in chat.text
    assert town.requests("anna") == []


def test_in_a_trial_every_offer_says_so_and_nothing_is_sent(town: Town) -> None:
    town.store.trial = True
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = citizen(town, A_PARCEL)
    assert "1. PROVA – Pacco alimenti" in chat.text
    chat.taps("Pacco").taps("Per me").says("Anna")
    assert "passo questi dati" not in chat.text
    chat.taps("Sì, invia")
    assert "Questa è una PROVA. Non ho inviato niente" in chat.text
    assert town.openings("ponte") == []
    assert [one.state for one in town.requests("anna")] == ["trial"]


def test_a_demonstration_says_that_it_is_one(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, demonstration=True)
    assert "Pacco alimenti, Il Ponte (dimostrazione)" in citizen(town, A_PARCEL).text


def test_it_speaks_english_where_the_words_are_data(town: Town) -> None:
    town.offer("Il Ponte", "Food parcel", FOOD)
    town.language("anna", "en")
    assert "Monday and Thursday, 9-12" in citizen(town, A_PARCEL).text
