"""The form of an organization in the chat: who begins it, left and taken up again, corrected, sent once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.house import House
from catalog_store import applications, approvals, enrolments, forms, organizations, waiting
from catalog_store.applications import Application
from catalog_store.enrolments import Enrolment
from catalog_store.organizations import Organization
from catalog_store.schema import applications as sent_forms
from catalog_store.schema import consents
from dialogs import association
from dialogs.questions import Text
from dialogs.talk import ask
from tests.forms import LINES, START, open_call, types
from tests.houses import clock, opened
from tests.network import invited, operator
from tests.offices import joined
from tests.talker import Talker

SUMMARY = LINES.index("Anpas Toscana") + 1  # what is typed from here on corrects and sends


@pytest.fixture
def anna(house: House) -> Talker:
    """Somebody who writes while the call is open."""
    open_call(house.store)
    return Talker(house, "anna")


def forms_of(house: House) -> list[Application]:
    with house.store.reading() as tx:
        uids = tx.execute(select(sent_forms.c.uid).order_by(sent_forms.c.id)).scalars().all()
        return [one for one in (applications.get(tx, uid) for uid in uids) if one]


def approve(house: House) -> str:
    """The only form is approved; the organization's uid."""
    (one,) = forms_of(house)
    member = joined(house.store, "operator", "Ada")
    with house.store.begin() as tx:
        approvals.approve(tx, one.uid, member.id)
        return organizations.get(tx, one.organization_id).uid


def test_a_form_is_sent_once_and_waits_for_an_operator(anna: Talker, house: House) -> None:
    desk = operator(house, "olga")
    types(anna, LINES[:-1])
    last = anna.seen[-1]
    anna.tap("Sì, invia")
    assert "Fatto, il modulo è inviato" in anna.text
    anna.tap("Sì, invia", bubble=last)
    (one,) = forms_of(house)
    assert (one.kind, one.state, one.form["denominazione"]) == ("first", "sent", "Il Filo ODV")
    assert [seat["localita"] for seat in one.form["sedi"]] == ["centro", "capalle"]
    assert "anziani.spesa_farmaci_domicilio" in one.form["bisogni"], "it was recognised in what they wrote"
    assert forms.failed(one.form) == []
    with house.store.reading() as tx:
        agreed = tx.execute(select(consents.c.purpose, consents.c.language)).one()
        assert tuple(agreed) == ("organization_form", "it")
        assert organizations.listed(tx, approved=True) == []
    desk.read()
    assert "Il Filo ODV" in desk.text


def test_nobody_is_asked_for_the_tax_code_of_a_person(anna: Talker) -> None:
    types(anna, LINES)
    asked = [bubble.text for bubble in anna.seen if "codice fiscale" in bubble.sentences[-1]]
    assert len(asked) == 1
    assert "codice fiscale dell'ente" in asked[0]


def test_while_no_call_is_open_it_is_said_when_the_next_one_opens(house: House) -> None:
    with house.store.begin() as tx:
        enrolments.put(tx, Enrolment("La prossima", "Testo", date(2026, 9, 1)))
    anna = types(Talker(house, "anna"), [START])
    assert "Adesso non si raccolgono iscrizioni. Riaprono martedì 1 settembre" in anna.text


def test_while_no_call_is_known_the_site_is_named(house: House) -> None:
    anna = types(Talker(house, "anna"), [START])
    assert "il Comune lo scrive sul suo sito" in anna.text


def test_who_was_invited_and_comes_too_late_is_told_so(house: House) -> None:
    _, code = invited(house.store, "Il Filo ODV")
    anna = types(Talker(house, "anna"), [f"/start {code}"])
    assert "Adesso non si raccolgono iscrizioni" in anna.text


def test_who_was_invited_is_led_into_the_form_and_what_is_known_is_not_asked(anna: Talker, house: House) -> None:
    body, code = invited(house.store, "Il Filo ODV")
    types(anna, [f"/start {code}"])
    assert "Da ora lei risponde qui per Il Filo ODV" in anna.text
    assert "Che tipo di ente siete?" in anna.text
    with house.store.reading() as tx:
        assert organizations.find(tx, body.uid).state == "started"  # type: ignore[union-attr]
    types(anna, ["ODV"])
    assert "Qual è il codice fiscale dell'ente?" in anna.text, "the name was on the list"
    types(anna, LINES[LINES.index("80016750483") :])
    (one,) = forms_of(house)
    with house.store.reading() as tx:
        sent = organizations.get(tx, one.organization_id)
    assert (sent.uid, sent.state) == (body.uid, "sent")


def test_left_for_later_it_goes_on_days_after_in_another_process(sqlite_url: str, tmp_path: Path) -> None:
    half = LINES.index("Maria Bianchi")
    with opened(sqlite_url, tmp_path) as house:
        open_call(house.store)
        anna = types(Talker(house, "anna"), [*LINES[:half], "continuo dopo"])
        assert "Per riprendere scriva «in sospeso»" in anna.text
    with opened(sqlite_url, tmp_path) as house:
        clock(house).advance(days=5)
        again = Talker(house, "anna", last_id=anna.last_id, numbers=anna.numbers)
        types(again, ["in sospeso"])
        again.tap("L'iscrizione alla rete")
        assert "Chi rappresenta l'ente?" in again.text
        types(again, LINES[half:])
        assert len(forms_of(house)) == 1


@pytest.mark.parametrize("word", ["stop", "basta"])
def test_who_stops_in_the_middle_loses_nothing(word: str, anna: Talker) -> None:
    types(anna, [*LINES[: LINES.index("80016750483")], word])
    assert "Per riprendere scriva «in sospeso»" in anna.text
    types(anna, ["in sospeso", "1"])
    assert "Qual è il codice fiscale dell'ente?" in anna.text


def test_a_question_that_a_release_adds_is_asked_of_who_is_halfway(
    anna: Talker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Longer(association.Interview):
        """The next release: it also asks for a motto, after everything else."""

        async def complete(self, at: str = "") -> None:
            await super().complete(at)
            if "motto" not in self.form:
                self.form["motto"] = await ask(f"{at}motto", Text("Avete un motto?"))

    types(anna, LINES[: LINES.index("Anpas Toscana")])
    before = anna.seen[-1].screen
    monkeypatch.setattr(association, "Interview", Longer)
    anna.write("aiuto")
    assert anna.seen[-1].screen == before, "it stands where it stood"
    types(anna, ["Anpas Toscana"])
    assert "Avete un motto?" in anna.text
    types(anna, ["Insieme", *LINES[SUMMARY:]])
    (one,) = forms_of(house)
    assert (one.form["motto"], one.form["soci"]) == ("Insieme", 40)


def test_it_is_corrected_in_three_places_and_sent_once(anna: Talker, house: House) -> None:
    types(anna, LINES[: LINES.index("Maria Bianchi")])
    anna.write("correggi")
    while not any(button.row == "La e-mail" for button in anna.seen[-1].buttons):
        anna.write("altre")
    anna.tap("La e-mail")
    types(anna, ["segreteria@example.org", *LINES[LINES.index("Maria Bianchi") : SUMMARY]])
    anna.tap("Cambia qualcosa")
    anna.tap("Il nome")
    types(anna, ["Il Filo Rosso ODV"])
    assert "Il Filo Rosso ODV" in anna.text
    types(anna, ["Va bene"] * 6)
    anna.tap("Cambia qualcosa")
    anna.tap("Dove siete")
    anna.tap("Cambia qualcosa")
    anna.tap("Le sedi in città")
    anna.tap("N. 2")
    anna.tap("Nessuna")
    anna.tap("Basta così")
    types(anna, ["Va bene", "Sì, invia"])
    (one,) = forms_of(house)
    assert one.form["email"] == "segreteria@example.org"
    assert one.form["denominazione"] == "Il Filo Rosso ODV"
    assert [seat["localita"] for seat in one.form["sedi"]] == ["centro"]


def test_another_kind_is_asked_what_concerns_it_and_what_does_not_is_forgotten(anna: Talker, house: House) -> None:
    types(anna, LINES[:SUMMARY])
    anna.tap("Cambia qualcosa")
    anna.tap("Il tipo di ente")
    anna.write("APS")
    anna.tap("Nessuna")  # no register goes
    assert "il RUNTS, sezione APS" in anna.text
    anna.tap("Basta così")
    assert "Manca il registro che la rete chiede" in anna.text
    types(anna, ["Vado avanti", *LINES[SUMMARY:]])
    (one,) = forms_of(house)
    assert forms.failed(one.form) == ["register"]


def test_a_register_that_is_missing_is_said_may_be_added_and_is_seen(anna: Talker, house: House) -> None:
    types(anna, [*LINES[: LINES.index("Un registro")], "Basta così"])
    assert "Manca il registro che la rete chiede: il RUNTS, sezione ODV" in anna.text
    types(anna, ["Lo aggiungo", "Un registro", "Registro comunale", "12", "2004", "Basta così"])
    assert "Può inviare lo stesso. L'operatore vedrà che il registro manca." in anna.text
    types(anna, LINES[SUMMARY - 1 :])
    (one,) = forms_of(house)
    assert [register["registro"] for register in one.form["registri"]] == ["comunale"]
    assert forms.failed(one.form) == ["register"]


def test_what_looks_like_the_same_organization_is_said_and_kept(anna: Talker, house: House) -> None:
    with house.store.begin() as tx:
        organizations.put(tx, Organization("Amici di Prova", uid="a", tax_code="80016750483"))
        organizations.put(tx, Organization("Il Filo O.D.V.", uid="b", state="invited"))
    types(anna, LINES[: LINES.index("Il Filo ODV") + 1])
    assert "C'è già un ente con un nome simile: «Il Filo O.D.V.». È lo stesso?" in anna.text
    types(anna, ["no", "80016750483"])
    assert "C'è già un ente con questo codice fiscale: «Amici di Prova». È lo stesso?" in anna.text
    types(anna, ["sì"])
    assert "lo dico all'operatore" in anna.text
    types(anna, LINES[LINES.index("12 marzo 2004") :])
    (one,) = forms_of(house)
    assert one.form["doppioni"] == [{"uid": "b", "stessa": False}, {"uid": "a", "stessa": True}]


def test_an_office_that_is_not_listed_is_a_warning(anna: Talker) -> None:
    types(anna, [*LINES[: LINES.index("80016750483")], "12345678903"])
    assert "le cifre dall'ottava alla decima sono insolite" in anna.text
    assert "Quando siete nati?" in anna.text


def test_of_what_changes_later_only_what_needs_it_waits(anna: Talker, house: House) -> None:
    types(anna, LINES)
    uid = approve(house)
    anna.read()
    types(anna, [START])
    anna.tap("Il Filo ODV")
    assert "Ecco i vostri dati" in anna.text
    anna.tap("Dove siete")
    anna.tap("Cambia qualcosa")
    anna.tap("La e-mail")
    types(anna, ["nuova@example.org", "Va bene", "Sì, invia"])
    assert "I nuovi dati valgono da subito" in anna.text
    with house.store.reading() as tx:
        now = organizations.find(tx, uid)
    assert now is not None
    assert (now.email, now.state) == ("nuova@example.org", "approved")


def test_who_answers_for_one_may_enrol_another(anna: Talker, house: House) -> None:
    types(anna, [*LINES, START])
    anna.tap("Un altro ente")
    types(anna, ["Parrocchia", "Parrocchia di Prova"])
    assert "Qual è il codice fiscale dell'ente?" in anna.text
    assert len(forms_of(house)) == 1


def test_a_danger_that_is_told_of_ones_work_is_put_before_an_operator_and_interrupts_nothing(
    anna: Talker, house: House
) -> None:
    types(anna, [*LINES[: LINES.index("Dal 2012 la spesa a casa per 40 anziani.")]])
    anna.write("Aiuto, mio marito mi sta picchiando adesso, ho paura che mi ammazzi")
    assert "L'ho segnalato a una persona" in anna.text
    assert "E un'altra?" in anna.text, "it was the answer too"
    with house.store.begin() as tx:
        assert [row.kind for row in waiting.open_rows(tx)] == ["danger"]


def test_a_need_that_is_told_of_ones_work_begins_no_request(anna: Talker) -> None:
    types(anna, LINES[: LINES.index("www.example.org") + 1])
    anna.write("ho bisogno di un pacco di alimenti per mia mamma che non può uscire " * 12)
    assert "È un po' lungo" in anna.text
    assert "Che cosa fate?" in anna.text


def test_a_description_in_two_messages_is_one(anna: Talker, house: House) -> None:
    types(anna, LINES[: LINES.index("www.example.org") + 1])
    anna.write("Portiamo la spesa a casa degli anziani.", read=False)
    anna.write("Facciamo anche un po' di compagnia a chi è solo.")
    types(anna, LINES[LINES.index("anziani") :])
    (one,) = forms_of(house)
    assert one.form["attivita"].splitlines() == [
        "Portiamo la spesa a casa degli anziani.", "Facciamo anche un po' di compagnia a chi è solo.",
    ]  # fmt: skip
