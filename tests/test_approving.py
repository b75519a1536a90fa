"""A form is decided about, in the office or from an operator's telephone, and its association is told in chat."""

from __future__ import annotations

import pytest

from bot.house import House
from catalog_store import applications, audit
from tests.houses import clock
from tests.network import operator, sent, state
from tests.offices import Desk, words
from tests.talker import Talker


@pytest.fixture
def maria(house: House) -> Talker:
    return operator(house, "Maria Rossi")


@pytest.fixture
def luca(house: House) -> Talker:
    return operator(house, "Luca Bianchi")


@pytest.fixture
def anna(house: House) -> Talker:
    """Who answers for the association; she has written once."""
    talker = Talker(house, "anna")
    talker.write("buongiorno")
    return talker


def test_an_operator_approves_from_the_telephone_and_the_association_is_told(
    house: House, maria: Talker, anna: Talker
) -> None:
    one = sent(house.store)
    (asked,) = maria.read()
    for said in ("Il Ponte ODV ha mandato il modulo", "È: ODV", "80016750483", "Portiamo la spesa a casa"):
        assert said in asked.text
    assert "Lia Verdi" not in asked.text, "nobody's name goes to a telephone"
    assert "non hanno trovato niente" in asked.text
    (done,) = maria.tap("Approvo")
    assert "Approvato" in done.text
    assert state(house.store, one) == ("approved", "approved")
    (told,) = anna.read()
    assert "Buone notizie: Il Ponte ODV è nella rete" in told.text
    assert "Va bene." in anna.tap("Più tardi")[-1].text


def test_two_operators_never_decide_twice(house: House, maria: Talker, luca: Talker, anna: Talker) -> None:
    one = sent(house.store)
    maria.read()
    luca.read()
    maria.tap("Approvo")
    luca.tap("Rifiuto")
    luca.tap("Non opera sul territorio")
    (late,) = luca.tap("Niente altro")
    assert "Ha già deciso un'altra persona" in late.text
    assert state(house.store, one) == ("approved", "approved")
    assert [bubble.text for bubble in anna.read() if "accettato" in bubble.text] == []


def test_checks_are_said_to_who_decides(house: House, maria: Talker) -> None:
    sent(house.store, registri=[], assicurazione=False)
    (asked,) = maria.read()
    assert "Manca il registro" in asked.text
    assert "I volontari non sono assicurati" in asked.text


def test_something_is_asked_and_answered_in_words_and_comes_back(house: House, maria: Talker, anna: Talker) -> None:
    one = sent(house.store)
    maria.read()
    maria.tap("Chiedo qualcosa")
    (done,) = maria.write("Quanti soci avete? Menu compreso.")
    assert "Chiesto." in done.text
    (asked,) = anna.read()
    assert "Quanti soci avete? Menu compreso." in asked.text
    anna.tap("Rispondo qui")
    (thanks,) = anna.write("Siamo quaranta soci.")
    assert "Grazie! La leggiamo, e le scriviamo entro" in thanks.text
    (again,) = maria.read()
    assert "Siamo quaranta soci." in again.text
    maria.tap("Approvo")
    assert state(house.store, one) == ("approved", "approved")
    assert "Buone notizie" in anna.read()[-1].text


def test_what_is_asked_about_an_answer_is_answered_by_correcting_the_form(
    house: House, maria: Talker, anna: Talker
) -> None:
    one = sent(house.store)
    desk = Desk(house.store, house.settings, "operator", "Olga Bini")
    desk.post(f"/moduli/{one.uid}/chiedi", words="Quanti soci avete?", key="soci")
    (asked,) = anna.read()
    assert "Riguarda: I soci." in asked.text
    anna.tap("Correggo il modulo")
    assert "Quanti soci avete?" in anna.text
    anna.tap("Le persone")
    anna.tap("Cambia qualcosa")
    anna.tap("I soci")
    anna.write("40")
    anna.tap("Va bene")
    assert "Fatto, il modulo è inviato." in anna.tap("Sì, invia")[-1].text
    assert state(house.store, one) == ("replaced", "sent")
    assert "Il Ponte ODV ha mandato il modulo" in maria.read()[-1].text


def test_it_is_refused_with_a_reason_and_there_is_a_person_to_talk_to(
    house: House, maria: Talker, anna: Talker
) -> None:
    one = sent(house.store)
    maria.read()
    maria.tap("Rifiuto")
    maria.tap("Un altro motivo")
    maria.write("Lo statuto non è depositato.")
    assert state(house.store, one) == ("refused", "refused")
    (told,) = anna.read()
    assert "non è stato accettato" in told.text
    assert "Lo statuto non è depositato." in told.text
    (human,) = anna.tap("Sì")
    assert "Le risponde qui entro" in human.text


def test_an_operator_looks_at_it_in_the_office(house: House, maria: Talker) -> None:
    one = sent(house.store)
    maria.read()
    assert "Lo trova nella pagina «Moduli»" in maria.tap("Lo guardo in ufficio")[-1].text
    desk = Desk(house.store, house.settings, "operator", "Olga Bini")
    assert f"/moduli/{one.uid}" in desk.get("/").text
    page = words(desk.get(f"/moduli/{one.uid}"))
    for said in ("Lia Verdi", "ODV", "Via di Prova 3", "Capalle", "RUNTS", "Non c’è niente da guardare"):
        assert said in page
    with house.store.reading() as tx:
        looked = next(row for row in audit.listed(tx) if row.action == "read" and row.what == "application")
    assert (looked.uid, looked.whose, looked.why) == (one.uid, one.person_id, "to decide")
    assert "Il Ponte ODV" in words(desk.get("/moduli"))
    assert "l’ente è nella rete" in words(desk.post(f"/moduli/{one.uid}/approva"))
    assert state(house.store, one) == ("approved", "approved")
    assert "Qualcun altro ha già deciso" in words(desk.post(f"/moduli/{one.uid}/rifiuta", reason="outside"))
    assert "Olga Bini" in words(desk.get("/moduli?stato=approved"))
    assert "Nessun modulo così." in words(desk.get("/moduli"))


def test_a_change_is_shown_old_and_new_and_only_what_waits_waits(house: House, anna: Talker) -> None:
    desk = Desk(house.store, house.settings, "operator", "Olga Bini")
    desk.post(f"/moduli/{sent(house.store).uid}/approva")
    anna.read()
    anna.tap("Più tardi")
    change = sent(house.store, presidente="Ugo Neri", telefono="+39055000002")
    page = desk.get(f"/moduli/{change.uid}")
    table = words(page).partition("Che cosa cambia")[2].partition("Chi siete")[0]
    assert "Lia Verdi Ugo Neri" in table
    assert "+39055000002" not in table, "the telephone has changed already"
    assert "Chiesto" in words(desk.post(f"/moduli/{change.uid}/chiedi", words="Da quando?", key="presidente"))
    (asked,) = anna.read()
    assert "Riguarda: Chi rappresenta." in asked.text
    assert "Da quando?" in asked.text
    anna.tap("Rispondo qui")
    anna.write("Da marzo.")
    desk.post(f"/moduli/{change.uid}/approva")
    assert "I cambiamenti di Il Ponte ODV sono approvati" in anna.read()[-1].text
    with house.store.reading() as tx:
        assert applications.current(tx, change.organization_id)["presidente"] == "Ugo Neri"


def test_in_the_office_what_is_missing_is_said(house: House) -> None:
    one, desk = sent(house.store), Desk(house.store, house.settings, "operator", "Olga Bini")
    assert desk.post(f"/moduli/{one.uid}/chiedi", words=" ").status_code == 400
    assert desk.post(f"/moduli/{one.uid}/chiedi", words="Perché?", key="altro").status_code == 400
    assert desk.post(f"/moduli/{one.uid}/rifiuta", reason="simpatia").status_code == 400
    assert desk.post(f"/moduli/{one.uid}/rifiuta", reason="other").status_code == 400
    assert state(house.store, one) == ("sent", "sent")
    assert desk.get(f"/moduli/{'0' * 32}").status_code == 404
    assert desk.post(f"/moduli/{'0' * 32}/approva").status_code == 404
    assert desk.get("/moduli?stato=altro").status_code == 404
    clock(house).advance(days=30)
    late = Desk.of(house.store, house.settings, desk.member)
    assert "scaduta" in words(late.get("/moduli"))


def test_an_administrator_decides_what_is_approved(house: House) -> None:
    desk = Desk(house.store, house.settings, "administrator", "Ada Rossi")
    page = desk.get("/moduli/regole")
    assert 'name="telefono" value="1">' in page.text
    assert 'name="presidente" value="1" checked>' in page.text
    again = desk.post("/moduli/regole", telefono="1")
    assert 'name="telefono" value="1" checked>' in again.text
    assert 'name="presidente" value="1">' in again.text
    assert Desk(house.store, house.settings).get("/moduli/regole").status_code == 403
