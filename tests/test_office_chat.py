"""Talking with a person from the back office: read, taken over, answered, given back; never by two at once."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.house import House
from catalog_store import audit, people, waiting
from tests.houses import clock, opened
from tests.offices import Desk
from tests.talker import Talker

BEATEN = "mio marito mi sta picchiando, aiuto"
FOOD = "mi serve un pacco di alimenti"
SATURDAY_NIGHT = datetime(2026, 3, 14, 21, 0, tzinfo=UTC)


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


@pytest.fixture
def maria(demonstration_house: House) -> Desk:
    return Desk(demonstration_house.store, demonstration_house.settings, name="Maria Rossi")


@pytest.fixture
def luca(demonstration_house: House) -> Desk:
    return Desk(demonstration_house.store, demonstration_house.settings, name="Luca Bianchi")


def waits(house: House, kind: str) -> str:
    """The path of the chat of who waits."""
    with house.store.reading() as tx:
        return next(f"/chat/{row.uid}" for row in waiting.open_rows(tx) if row.kind == kind)


def words(page: httpx.Response) -> str:
    """What is read on a page, without its frame."""
    main = page.text.partition("<main")[2].partition("<footer")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.partition(">")[2])).split())


def hidden(page: httpx.Response, name: str) -> str:
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page.text)[0])


def written(page: httpx.Response) -> str:
    """What stands in the field of the answer."""
    return html.unescape(re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page.text)[0])


def answers(desk: Desk, path: str, text: str, page: httpx.Response | None = None) -> httpx.Response:
    """Answer from the page as it was when it was looked at."""
    seen = hidden(page or desk.get(path), "seen")
    return desk.post(f"{path}/rispondi", text=text, seen=seen, signed="on")


def test_a_chat_is_taken_over_answered_and_given_back_where_it_was(anna: Talker, maria: Desk) -> None:
    anna.write(FOOD)
    asked = anna.text
    anna.write("operatore")
    path = waits(anna.house, "operator")
    assert "Rispondo io" in words(maria.get(path))
    anna.write("ho perso il lavoro e mi vergogno")
    page = maria.post(f"{path}/prendi")
    assert "ho perso il lavoro e mi vergogno" in words(page)
    sent = answers(maria, path, "Buongiorno, ci penso io.\nMi dice dove abita?", page)
    assert "Inviato." in words(sent)
    assert "in arrivo" in words(sent), "nobody has read it yet"
    (answer,) = anna.read()
    assert answer.sentences == ("Le risponde Maria, una persona:", "Buongiorno, ci penso io.\nMi dice dove abita?")
    assert anna.write("a Capalle") == [], "a person is answering: the program keeps quiet"
    assert "a Capalle" in words(maria.get(path))
    assert "La chat è tornata al programma." in words(maria.post(f"{path}/ridai"))
    (back,) = anna.read()
    assert "Da adesso le rispondo di nuovo io, il programma." in back.text
    assert back.sentences[-1] in asked, "the question that was open is asked again"
    assert back.buttons
    anna.tap(back.buttons[0].row)
    assert "Questa domanda è passata" not in anna.text
    assert maria.get(path).status_code == 404


def test_what_was_offered_and_what_was_tapped_is_seen(anna: Talker, maria: Desk) -> None:
    anna.write(FOOD)
    tapped = anna.seen[-1].buttons[0].row
    anna.tap(tapped)
    anna.write("operatore")
    page = maria.get(waits(anna.house, "operator"))
    assert f"{tapped} (ha scelto questa)" in words(page)


def test_who_is_in_danger_is_told_once_that_a_person_is_there(anna: Talker, maria: Desk) -> None:
    anna.write(BEATEN)
    path = waits(anna.house, "danger")
    page = maria.post(path.replace("chat", "attese") + "/visto")
    assert "Alla persona risponde ancora il programma." in words(page)
    maria.post(f"{path}/prendi")
    (told,) = anna.read()
    assert told.sentences[0] == "Da adesso le risponde una persona."
    maria.post(f"{path}/prendi")
    assert anna.read() == []
    anna.write("sono chiusa in bagno")
    assert "sono chiusa in bagno" in words(maria.get(path))
    answers(maria, path, "Resti lì, chiamo io il 112.")
    assert "chiamo io il 112" in anna.read()[-1].text
    with anna.house.store.reading() as tx:
        assert waiting.open_rows(tx)[0].note["acknowledged"]


def test_danger_that_is_written_to_a_person_still_has_its_numbers_and_is_the_same_chat(
    anna: Talker, maria: Desk
) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    maria.post(f"{path}/prendi")
    (said,) = anna.write(BEATEN)
    assert "112" in said.text
    page = maria.get(waits(anna.house, "danger"))
    assert "Risponde lei." in words(page)
    maria.post(f"{path}/ridai")
    with anna.house.store.reading() as tx:
        assert waiting.open_rows(tx) == []


def test_two_operators_never_answer_twice(anna: Talker, maria: Desk, luca: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    assert "Se ne occupa Maria Rossi" in words(luca.get(path))
    luca.post(f"{path}/prendi")
    assert "Se ne occupa Maria Rossi" in words(luca.get(path)), "it is taken from nobody who does not say so"
    refused = luca.post(f"{path}/rispondi", text="Eccomi", seen=hidden(page, "seen"))
    assert "La risposta non è partita." in words(refused)
    assert written(refused) == "Eccomi"
    assert anna.read() == []
    taken = luca.post(f"{path}/prendi", over="1", text="Eccomi", signed="on")
    assert written(taken) == "Eccomi"
    answers(luca, path, "Eccomi", taken)
    late = maria.post(f"{path}/rispondi", text="Buongiorno", seen=hidden(page, "seen"))
    assert "Adesso se ne occupa un’altra persona." in words(late)
    assert [bubble.sentences[1] for bubble in anna.read()] == ["Eccomi"]
    maria.post(f"{path}/ridai")
    assert luca.get(path).status_code == 200, "only who has it gives it back"


def test_an_answer_to_what_has_changed_is_shown_again_and_not_sent(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    anna.write("anzi, non serve più")
    stale = answers(maria, path, "La chiamo domani", page)
    assert stale.status_code == 409
    assert "Intanto è arrivato qualcosa di nuovo" in words(stale)
    assert "anzi, non serve più" in words(stale)
    assert written(stale) == "La chiamo domani"
    assert anna.read() == []
    answers(maria, path, "Va bene!", stale)
    again = answers(maria, path, "Va bene!", stale)
    assert again.status_code == 409, "the same form a second time is no second answer"
    assert len(anna.read()) == 1


def test_what_is_written_when_the_chat_was_given_back_is_not_lost(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    maria.post(f"{path}/ridai")
    late = answers(maria, path, "Ancora una cosa", page)
    assert "è già tornata al programma" in words(late)
    assert written(late) == "Ancora una cosa"
    assert [one.text for one in anna.read() if "Ancora" in one.text] == []


def test_the_page_comes_up_to_date_by_itself_and_looking_is_written_down_once(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    mark = re.findall(r"nuovi\?mark=(\w+)", maria.get(path).text)[0]
    for _ in range(3):
        assert maria.get(f"{path}/nuovi?mark={mark}").status_code == 204
    anna.write("c'è qualcuno?")
    news = maria.get(f"{path}/nuovi?mark={mark}")
    assert "c&#39;è qualcuno?" in news.text
    assert "<main" not in news.text
    with anna.house.store.reading() as tx:
        person = waiting.open_rows(tx)[0].person_id
        looks = [(one.action, one.what, one.staff_id) for one in audit.listed(tx) if one.whose == person]
    assert looks == [("read", "operator", maria.member.id)]


def test_everything_that_is_done_in_a_chat_is_in_the_audit(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    answers(maria, path, "Buongiorno", page)
    maria.post(f"{path}/ridai")
    with anna.house.store.reading() as tx:
        rows = [one for one in audit.listed(tx) if f"/chat/{one.uid}" == path]
    assert [one.action for one in reversed(rows)] == ["taken", "read", "answered", "read", "closed"]
    assert {one.staff_id for one in rows} == {maria.member.id}


def test_the_list_of_the_day_says_nothing_of_whose_it_is(anna: Talker, maria: Desk) -> None:
    with anna.house.store.begin() as tx:
        people.keep(tx, people.recognise(tx, "webchat", "anna").id, name="Annabella Verdi", phone="+393330000000")
    anna.write(BEATEN)
    anna.write("operatore")
    today = maria.get("/").text
    for personal in ("Annabella", "3330000000", "marito", "picchiando"):
        assert personal not in today
    page = words(maria.get(waits(anna.house, "danger")))
    for personal in ("Annabella Verdi", "+393330000000", BEATEN, "italiano", "chat del sito", "adesso aperto"):
        assert personal in page


def test_a_ready_sentence_is_put_beside_what_was_written(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    both = maria.post(f"{path}/rispondi", text="Buongiorno.", seen=hidden(page, "seen"), ready="cerco")
    assert written(both) == "Buongiorno.\nSto cercando una risposta. Le scrivo qui appena la trovo."
    assert 'name="signed">' in both.text, "whether it is signed stays as it was"
    assert anna.read() == []


def test_who_does_not_sign_is_a_person(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    sent = maria.post(f"{path}/rispondi", text="Eccomi", seen=hidden(page, "seen"))
    assert "checked" not in sent.text
    assert anna.read()[-1].sentences == ("Le risponde una persona:", "Eccomi")


@pytest.mark.parametrize(("text", "said"), [("  ", "Non c’è ancora niente da mandare."), ("a" * 8000, "troppo lunga")])
def test_what_cannot_be_said_is_not_sent(anna: Talker, maria: Desk, text: str, said: str) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    page = maria.post(f"{path}/prendi")
    assert said in words(answers(maria, path, text, page))
    assert anna.read() == []


def test_the_chat_of_who_is_to_be_called_can_be_read_and_begun(anna: Talker, maria: Desk) -> None:
    anna.write("richiamatemi")
    anna.write("055 123 4567")
    anna.tap("Appena possibile")
    path = waits(anna.house, "call")
    assert "+390551234567" in words(maria.get(path))
    page = maria.post(f"{path}/prendi")
    assert anna.read()[-1].sentences[0] == "Da adesso le risponde una persona."
    answers(maria, waits(anna.house, "operator"), "La chiamo alle tre.", page)
    assert "La chiamo alle tre." in anna.read()[-1].text
    assert maria.post(f"{path}/ridai").status_code == 404
    maria.post(waits(anna.house, "operator") + "/ridai")
    assert waits(anna.house, "call") == path, "the call is still to be made"


@pytest.mark.parametrize("role", ["social_worker", "reader"])
def test_whoever_is_no_operator_reads_no_chat(anna: Talker, role: str) -> None:
    anna.write("operatore")
    path = waits(anna.house, "operator")
    other = Desk(anna.house.store, anna.house.settings, role, "Paola Neri")
    assert {other.get(path).status_code, other.get(f"{path}/nuovi").status_code} == {403}
    assert {other.post(f"{path}/{what}").status_code for what in ("prendi", "rispondi", "ridai")} == {403}


TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret", "TWILIO_WHATSAPP_FROM": "whatsapp:+390550000",
    "PUBLIC_BASE_URL": "https://chat.example.org", "TWILIO_TEMPLATES": "it=HX" + "1" * 32,
}  # fmt: skip


@pytest.mark.parametrize(
    ("templates", "later"),
    [(TWILIO["TWILIO_TEMPLATES"], "WhatsApp lascia passare solo un avviso"), ("", "diventa una telefonata da fare")],
)
def test_outside_whatsapps_window_it_is_said_what_becomes_of_an_answer(
    tmp_path: Path, sqlite_url: str, templates: str, later: str
) -> None:
    with opened(sqlite_url, tmp_path, **TWILIO | {"TWILIO_TEMPLATES": templates}) as house:
        anna = Talker(house, "whatsapp:+393330000001", "whatsapp")
        anna.write("operatore")
        maria = Desk(house.store, house.settings)
        path = waits(house, "operator")
        assert "Le arriva subito su WhatsApp." in words(maria.post(f"{path}/prendi"))
        clock(house).advance(hours=24)
        maria = Desk(house.store, house.settings, name="Rita Blu")
        assert later in words(maria.post(f"{path}/prendi", over="1"))


def test_outside_the_hours_it_is_said_when_somebody_is_there(anna: Talker, maria: Desk) -> None:
    anna.write("operatore")
    assert "l'ufficio è chiuso" not in anna.text
    clock(anna.house).now = SATURDAY_NIGHT
    bruno = Talker(anna.house, "bruno")
    bruno.write("operatore")
    assert "Adesso l'ufficio è chiuso. Apre lunedì 16 marzo alle 9." in bruno.text
    assert "Gli orari sono: dal lunedì al venerdì, 9-13" in bruno.text
    maria = Desk(anna.house.store, anna.house.settings, name="Rita Blu")
    assert "adesso chiuso" in words(maria.get(waits(anna.house, "operator")))


def test_after_violence_a_chat_is_given_back_without_a_word_unless_they_have_just_written(
    anna: Talker, maria: Desk
) -> None:
    anna.write(BEATEN)
    path = waits(anna.house, "danger")
    maria.post(f"{path}/prendi")
    anna.read()
    clock(anna.house).advance(hours=1, minutes=30)
    assert "il telefono può averlo un altro" in words(maria.get(path))
    maria.post(f"{path}/ridai")
    assert anna.read() == []
    anna.write("menu")
    assert "Che cosa vuole fare?" in anna.text


def test_a_message_between_giving_back_and_its_turn_still_goes_to_a_person(anna: Talker, maria: Desk) -> None:
    anna.write(FOOD)
    anna.write("operatore")
    path = waits(anna.house, "operator")
    maria.post(f"{path}/prendi")
    maria.post(f"{path}/ridai")
    anna.write("grazie", read=False)
    said = [one.text for one in anna.read()]
    assert any("finita" in text for text in said)
    assert not any("Non ho capito" in text for text in said)
