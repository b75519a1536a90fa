"""What associations answer and what citizens hear of it, message by message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_store import referrals
from dialogs import menu
from tests.chat import Chat
from tests.houses import opened
from tests.towns import Town

FOOD = "poverta.generi_alimentari"
LISTENING = "violenza_genere.luoghi_ascolto"
A_PARCEL = "ho bisogno di un pacco di alimenti"


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with opened(sqlite_url, tmp_path) as house:
        yield Town(house.store)


def sent(town: Town, offer: str = "Pacco", address: str = "anna") -> str:
    """A request of somebody's to the organization of this offer; its uid."""
    chat = Chat(town.store, address, "need").says(A_PARCEL).taps(offer)
    chat.taps("Per un genitore").says("Anna, 333 123 4567").taps("Sì, invia")
    assert "Fatto." in chat.text
    return town.requests(address)[0].uid


def accepted(town: Town, uid: str) -> Chat:
    """The association proposes its first day and hour at its seat."""
    chat = Chat(town.store, "ponte", "respond", uid).taps("Accettiamo")
    chat.taps(chat.buttons[0]).taps("9.00").taps("Sede").says("la segreteria").taps("Niente").taps("Sì, conferma")
    assert chat.over
    return chat


def test_before_accepting_nobody_reads_who_it_is_nor_what_they_wrote(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    chat = Chat(town.store, "ponte", "respond", sent(town))
    assert "C'è una richiesta per «Pacco alimenti»: R-" in chat.text
    assert "Pacco di alimenti" in chat.text
    assert "La risposta serve entro" in chat.text
    for private in ("Anna", "333", "genitore", "ho bisogno"):
        assert private not in chat.text


def test_an_acceptance_is_made_of_parts_and_the_citizen_hears_it_at_once(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    chat = Chat(town.store, "ponte", "respond", uid).taps("Accettiamo")
    assert "In che giorno?" in chat.text
    assert len(chat.buttons) == 5
    chat.says("domenica 15 marzo 2026").says("alle 16.30").taps("A casa della persona").taps("Salta").says(
        "Un documento"
    )
    assert "Quando: domenica 15 marzo, alle 16.30." in chat.text
    assert "Dove: a casa della persona." in chat.text
    chat.taps("Correggi").taps("Giorno e ora").says("domani").taps("15.00")
    chat.taps("Correggi").taps("Il posto").taps("Sede")
    chat.taps("Correggi").taps("Chi incontra").says("la segreteria")
    chat.taps("Correggi").taps("Che cosa portare").says("La tessera")
    assert "mercoledì 11 marzo, alle 15.00." in chat.text
    chat.taps("Sì, conferma")
    assert "il nome: Anna" in chat.text
    assert "+393331234567" in chat.text
    assert "per un suo genitore" in chat.text
    assert town.openings("anna") == [("news", uid)]
    news = Chat(town.store, "anna", "news", uid)
    assert "Il Ponte ha accettato la richiesta R-" in news.text
    assert "Quando: mercoledì 11 marzo, alle 15.00." in news.text
    assert "Dove: Sede, Via di Prova 3." in news.text
    assert "Chi incontra: la segreteria." in news.text
    assert "Da portare: la tessera." in news.text
    assert "tutto confermato" in news.taps("Va bene").text


def test_without_a_schedule_the_working_days_of_the_town_are_proposed(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD, hours="")
    chat = Chat(town.store, "ponte", "respond", sent(town)).taps("Accettiamo")
    assert chat.buttons[0] == "mercoledì 11 marzo"
    chat.says("ieri")
    assert "è già passato" in chat.text


def test_who_confirms_nothing_can_come_back_later(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    chat = Chat(town.store, "ponte", "respond", uid).taps("Accettiamo")
    chat.taps(chat.buttons[0]).taps("9.00").taps("Sede").taps("Salta").taps("Niente").taps("Non confermare")
    assert "non ho confermato niente" in chat.text
    menu = Chat(town.store, "ponte", "menu")
    assert menu.buttons[0].startswith("Richiesta R-")
    menu.taps("Richiesta R-")
    assert menu.go is not None
    assert (menu.go.dialogue, menu.go.subject) == ("respond", uid)


def test_an_association_can_ask_us(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    chat = Chat(town.store, "ponte", "respond", uid).taps("Ho una domanda")
    assert chat.go is not None
    assert (chat.go.dialogue, chat.go.subject) == ("human", uid)


def test_a_request_is_shown_only_to_the_organization_that_has_it(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    assert "non c'è più" in Chat(town.store, "spesa", "respond", uid).text
    assert "non c'è più" in Chat(town.store, "bruno", "respond", uid).text
    assert "non c'è più" in Chat(town.store, "bruno", "news", uid).text


def test_after_a_refusal_the_next_offer_is_proposed_and_receives_it(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("La Spesa", "Borsa spesa", FOOD, cost="1 euro")
    uid = sent(town)
    chat = Chat(town.store, "ponte", "respond", uid).taps("Non possiamo").taps("Adesso non c'è posto")
    assert "cerchiamo subito qualcun altro" in chat.text
    assert town.openings("anna") == [("news", uid)]
    news = Chat(town.store, "anna", "news", uid)
    assert "Mi dispiace. Il Ponte non può seguire" in news.text
    assert "In questo momento non ha posto" in news.text
    assert "1. Borsa spesa, La Spesa" in news.text
    news.taps("Sì, inviate")
    assert "a La Spesa" in news.text
    assert town.openings("spesa") == [("respond", uid)]
    assert [one.state for one in town.requests("anna")] == ["sent"]


def test_after_a_silence_it_says_sorry_and_shows_the_others(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    for number in range(5):
        town.offer("La Spesa", f"Borsa {number}", FOOD, cost="1 euro")
    uid = sent(town)
    with town.store.begin() as tx:
        referrals.unanswered(tx, uid)
    news = Chat(town.store, "anna", "news", uid)
    assert "non ha risposto in tempo" in news.text
    news.taps("Vedere altre")
    assert len([row for row in news.buttons if row.startswith("Borsa")]) == 3
    news.taps("Vedere altre").taps("Borsa 4")
    assert "a La Spesa" in news.text


def test_an_offer_that_fills_up_meanwhile_leads_to_the_next(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("La Spesa", "Borsa uno", FOOD, cost="1 euro", places=1)
    town.offer("La Spesa", "Borsa due", FOOD, cost="9 euro", access="documents")
    uid = sent(town)
    Chat(town.store, "ponte", "respond", uid).taps("Non possiamo").taps("Un altro motivo")
    news = Chat(town.store, "anna", "news", uid)
    first = "uno" if "Borsa uno" in news.text else "due"
    assert first == "uno"
    sent(town, "Borsa uno", "bruno")
    news.taps("Sì, inviate")
    assert "i posti sono finiti" in news.text
    assert "Borsa due" in news.text
    news.taps("Sì, inviate")
    assert "Fatto." in news.text


def test_when_there_is_no_next_offer_a_person_takes_over(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    Chat(town.store, "ponte", "respond", uid).taps("Non possiamo").taps("È fuori zona")
    news = Chat(town.store, "anna", "news", uid)
    assert "Ora ci pensa una persona. Le scrive qui entro" in news.text
    assert town.waiting() == ["referral"]
    assert town.unmet() == [(FOOD, "declined")]
    again = Chat(town.store, "anna", "news", uid)
    assert "Se ne occupa una persona" in again.text


def test_a_person_or_nothing_can_be_chosen_after_a_refusal(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("La Spesa", "Borsa", FOOD, cost="1 euro")
    for answer, expected in (("Parlare con una persona", "una persona"), ("Non mi serve più", "ho ritirato")):
        uid = sent(town)
        Chat(town.store, "ponte", "respond", uid).taps("Non possiamo").taps("Un altro motivo")
        assert expected in Chat(town.store, "anna", "news", uid).taps(answer).text


def test_another_hour_or_taking_it_back_reaches_who_had_accepted(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    accepted(town, uid)
    assert "Le scrive qui entro" in Chat(town.store, "anna", "news", uid).taps("Non posso").text
    assert town.waiting() == ["referral"]
    other = sent(town)
    accepted(town, other)
    town.openings("ponte")
    Chat(town.store, "anna", "news", other).taps("Non mi serve più")
    assert town.openings("ponte") == [("respond", other)]
    assert "è stata ritirata: non deve fare altro" in Chat(town.store, "ponte", "respond", other).text


def test_an_answer_that_comes_too_late_changes_nothing(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    slow, refusing = Chat(town.store, "ponte", "respond", uid), Chat(town.store, "ponte", "respond", uid)
    refusing.taps("Non possiamo")
    slow.taps("Accettiamo")
    slow.taps(slow.buttons[0]).taps("9.00").taps("Sede").taps("Salta").taps("Niente")
    with town.store.begin() as tx:
        referrals.withdraw(tx, uid)
    for chat, answer in ((slow, "Sì, conferma"), (refusing, "Un altro motivo")):
        assert "Nel frattempo la richiesta è cambiata" in chat.taps(answer).text
    assert town.openings("anna") == []


def test_news_that_is_overtaken_says_so(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    town.offer("La Spesa", "Borsa", FOOD, cost="1 euro")
    uid = sent(town)
    with town.store.begin() as tx:
        referrals.unanswered(tx, uid)
    news, other = Chat(town.store, "anna", "news", uid), Chat(town.store, "anna", "news", uid)
    accepted(town, uid)
    assert "La richiesta è cambiata" in news.taps("Sì, inviate").text
    with town.store.begin() as tx:
        referrals.withdraw(tx, uid)
    assert "La richiesta è cambiata" in other.taps("Parlare con una persona").text
    assert "L'ha ritirata" in Chat(town.store, "anna", "news", uid).text


@pytest.mark.parametrize("outcome", ["Sì, è servito", "In parte", "No", "Non ancora"])
def test_afterwards_it_asks_whether_it_helped(town: Town, outcome: str) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    accepted(town, uid)
    with town.store.begin() as tx:
        referrals.under_way(tx, uid)
    news = Chat(town.store, "anna", "survey", uid)
    assert "Com'è andata?" in news.text
    news.taps(outcome)
    assert town.requests("anna")[0].state == ("under_way" if outcome == "Non ancora" else "closed")
    if outcome in ("In parte", "No"):
        assert "Cerchiamo un altro aiuto?" in news.text
        assert news.taps("No, grazie").over
        again = Chat(town.store, "anna", "news", uid)
        assert "È conclusa" in again.text


def test_news_about_violence_never_names_a_need_or_an_organization(town: Town) -> None:
    town.offer("Il Ponte", "Ascolto", LISTENING)
    town.offer("La Spesa", "Altro ascolto", LISTENING, cost="1 euro")

    def asked() -> str:
        chat = Chat(town.store, "anna", "need").taps("Violenza").taps("Ascolto riservato")
        if "Non importa" in chat.buttons:
            chat.taps("Non importa")
        chat.taps("Ascolto").taps("Per me")
        if not chat.text.startswith("Ecco"):
            chat.taps("Qui, senza")
        chat.taps("Sì, invia")
        return town.requests("anna")[0].uid

    def discreet(chat: Chat) -> Chat:
        for word in ("Ponte", "Spesa", "scolto", "iolenza"):
            assert word not in chat.text
            assert word not in " ".join(chat.buttons)
        return chat

    uid = asked()
    accepted(town, uid)
    news = discreet(Chat(town.store, "anna", "news", uid))
    assert "è un sì" in news.text
    assert "Quando:" in news.taps("Leggere adesso").text
    uid = asked()
    Chat(town.store, "ponte", "respond", uid).taps("Non possiamo").taps("Un altro motivo")
    news = discreet(Chat(town.store, "anna", "news", uid))
    discreet(news.taps("Sì, inviate"))
    assert news.over
    assert town.requests("anna")[0].organization_id == town.ids["La Spesa"]
    discreet(Chat(town.store, "anna", "news", uid))


def test_my_request_tells_where_each_stands(town: Town) -> None:
    assert "Non ha richieste aperte" in Chat(town.store, "anna", "my_request").text
    assert Chat(town.store, "anna", "my_request").taps("No, grazie").over
    start = Chat(town.store, "anna", "my_request").taps("Sì")
    assert start.go is not None
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    uid = sent(town)
    chat = Chat(town.store, "anna", "my_request")
    assert "Pacco di alimenti" in chat.text
    assert "Aspetta la risposta di Il Ponte, entro" in chat.text
    assert chat.taps("Va bene così").over
    accepted(town, uid)
    second = sent(town)
    chat = Chat(town.store, "anna", "my_request")
    assert "Il Ponte l'ha accettata" in chat.text
    assert "Quando: " in chat.text
    chat.taps(town.requests("anna")[0].code).taps("Ritirare la richiesta").taps("No, resta")
    assert "resta com'è" in chat.text
    chat = Chat(town.store, "anna", "my_request", second).taps("Ritirare").taps("Sì, la ritiro")
    assert "la richiesta è ritirata" in chat.text
    assert [one.state for one in town.requests("anna")] == ["withdrawn", "accepted"]
    person = Chat(town.store, "anna", "my_request").taps("Scrivere a una persona")
    assert person.go is not None
    assert (person.go.dialogue, person.go.subject) == ("human", uid)
    new = Chat(town.store, "anna", "my_request").taps("Chiedere un altro aiuto")
    assert new.go is not None


def test_somebody_answers_by_a_time_that_is_said(town: Town) -> None:
    chat = Chat(town.store, "anna", "human")
    assert chat.over
    assert "Le risponde qui entro martedì 10 marzo" in chat.text
    assert "112" in chat.text
    assert town.waiting() == ["operator"]


def test_somebody_calls_back_on_the_number_known_or_on_another(town: Town) -> None:
    chat = Chat(town.store, "anna", "callback").says("333")
    assert "A questo numero manca o avanza qualche cifra" in chat.text
    chat.says("333 123 4567").taps("Di mattina")
    assert "la chiama al +393331234567 entro" in chat.text
    assert town.waiting() == ["call"]
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    sent(town)
    again = Chat(town.store, "anna", "callback")
    assert again.buttons == ["+393331234567"]
    assert "entro" in again.taps("+39333").taps("Appena possibile").text


def test_what_is_kept_is_told_and_erased_at_their_word(town: Town) -> None:
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    sent(town)
    code = town.requests("anna")[0].code
    town.openings("ponte")
    chat = Chat(town.store, "anna", "my_data")
    for kept in ("Anna", "+393331234567", code):
        assert kept in chat.text
    assert chat.taps("Va bene così").over
    chat = Chat(town.store, "anna", "my_data").taps("Cancella tutto")
    assert chat.go is not None
    assert chat.go.dialogue == "erase"
    assert "non ho cancellato niente" in Chat(town.store, "anna", "erase").taps("No").text
    assert "ho cancellato tutto" in Chat(town.store, "anna", "erase").taps("Sì, cancella").text
    assert town.requests("anna") == []
    assert "nessun nome" in Chat(town.store, "anna", "my_data").text
    assert town.openings("ponte") == [("respond", code)]
    told = Chat(town.store, "ponte", "respond", code)
    assert f"La richiesta {code} è stata ritirata" in told.text
    assert "Anna" not in told.text


def test_the_menu_leads_everywhere(town: Town) -> None:
    for label, dialogue in (
        ("Chiedere un aiuto", "need"), ("La mia richiesta", "my_request"), ("Parlare con una persona", "human"),
        ("Farmi richiamare", "callback"), ("I miei dati", "my_data"), ("Lingua", "language"),
    ):  # fmt: skip
        chat = Chat(town.store, "anna", "menu").taps(label)
        assert chat.go is not None
        assert (chat.go.dialogue, chat.go.subject) == (dialogue, "")


def test_the_language_changes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "LANGUAGES", {"it": "Italiano", "en": "English"})
    chat = Chat(town.store, "anna", "language").taps("English")
    assert chat.over
    town.offer("Il Ponte", "Pacco alimenti", FOOD)
    assert "Monday" in Chat(town.store, "anna", "need").says(A_PARCEL).text


def test_what_was_left_is_taken_up_again(town: Town) -> None:
    assert "Non c'è niente in sospeso" in Chat(town.store, "anna", "pending").text
    town.park("anna", "my_data")
    town.park("anna", "news", "abc")
    chat = Chat(town.store, "anna", "pending").taps("Le notizie di ")
    assert chat.go is not None
    assert (chat.go.dialogue, chat.go.subject) == ("news", "abc")
    assert "in sospeso" in Chat(town.store, "anna", "pending").taps("Niente").text
