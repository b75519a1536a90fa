"""Asking us to stop, and to go on, in nine languages; and when the same words are an answer."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot import chase
from bot.house import House
from catalog_store import messages, people, referrals
from catalog_store.reach import Ways
from catalog_store.schema import inbox, outbox
from dialogs import REGISTER, Dialogue, replies
from dialogs.commands import listen
from dialogs.locale import LANGUAGES, spoken
from dialogs.questions import Text
from dialogs.talk import Listed, More
from tests.clock import Clock
from tests.talker import Talker

NEED = "mia mamma ha 85 anni, non può uscire, chi le porta le medicine?"
STOP = {
    "it": ("stop", "Basta!", "fine", "annulla iscrizione", "disiscrivimi", "non scrivetemi più", "basta messaggi"),
    "en": ("stop", "unsubscribe", "opt out", "no more messages", "enough", "please stop messages"),
    "zh": ("停止", "退订", "取消订阅", "不要再发消息", "够了"),
    "ro": ("opreste", "dezabonare", "nu-mi mai scrieți", "fără mesaje", "ajunge"),
    "sq": ("ndalo", "mos më shkruani më", "nuk dua më mesazhe", "mjaft"),
    "ar": ("توقف", "إلغاء الاشتراك", "لا تراسلوني", "كفى"),
    "es": ("parar", "darme de baja", "cancelar suscripción", "no me escriban más", "basta ya"),
    "uk": ("стоп", "відписатися", "не пишіть мені більше", "досить"),
    "fr": ("arrêtez", "désabonner", "ne m'écrivez plus", "plus de messages", "ça suffit"),
}
AGAIN = {
    "it": ("riprendi", "ricomincia", "sì, scrivetemi ancora"),
    "en": ("start", "resume", "yes, write to me again"),
    "zh": ("恢复", "重新订阅"),
    "ro": ("reluați", "scrieți-mi din nou"),
    "sq": ("rifillo", "më shkruani përsëri"),
    "ar": ("استئناف", "راسلوني من جديد"),
    "es": ("reanudar", "sí, escríbanme de nuevo"),
    "uk": ("відновити", "пишіть мені знову"),
    "fr": ("reprendre", "oui, écrivez-moi encore"),
}


def table(words: dict[str, tuple[str, ...]]) -> list[Any]:
    return [pytest.param(word, id=f"{language} {word}") for language, said in words.items() for word in said]


def told(person: Talker, sentence: str) -> bool:
    """Is it said, in whichever language?"""
    return any(spoken(sentence, language) in person.text for language in LANGUAGES)


def stopped(person: Talker) -> bool:
    with person.house.store.begin() as tx:
        return people.recognise(tx, person.channel, person.name).stopped


@pytest.mark.parametrize("word", table(STOP))
def test_who_says_so_is_sent_no_reminder_any_more(house: House, word: str) -> None:
    anna = Talker(house, "anna")
    anna.write(word)
    assert stopped(anna)
    assert told(anna, "Se cambia idea, scriva «riprendi».")


@pytest.mark.parametrize("word", table(AGAIN))
def test_who_says_so_is_sent_them_again_and_is_told(house: House, word: str) -> None:
    anna = Talker(house, "anna")
    anna.write("stop")
    anna.write(word)
    assert not stopped(anna)
    assert told(anna, "Va bene. Da ora le mando di nuovo promemoria, domande e avvisi.")


@pytest.mark.parametrize("word", ["ricomincia", "start", "riprendi"])
def test_who_had_stopped_nothing_begins_at_the_menu(house: House, word: str) -> None:
    anna = Talker(house, "anna")
    anna.write(word)
    assert "Mi scriva che cosa succede" in anna.text  # nobody knows her yet
    anna.write(word)
    assert "Che cosa vuole fare?" in anna.text


def test_nine_languages_have_both() -> None:
    assert STOP.keys() == AGAIN.keys()
    assert len(STOP) == 9
    assert {listen(word) for said in STOP.values() for word in said} == {"stop", "basta"}
    assert {listen(word) for said in AGAIN.values() for word in said} == {"riprendi"}


# With a request open --------------------------------------------------------------------------------------------------


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


def send_request(person: Talker) -> None:
    before = len(person.seen)
    person.write(NEED)
    while not any("Fatto." in bubble.text for bubble in person.seen[before:]):
        labels = [button.row for button in person.seen[-1].buttons]
        usual = ("Capalle", "Spesa e farmaci a casa", "Qui, senza il mio nome", "Sì, invia")
        person.tap(next((label for label in usual if label in labels), labels[0]))


def states(person: Talker) -> list[str]:
    with person.house.store.begin() as tx:
        known = people.recognise(tx, person.channel, person.name)
        return [one.state for one in referrals.for_person(tx, known.id)]


def test_with_a_request_open_it_is_asked_once_whether_to_withdraw_it(anna: Talker) -> None:
    send_request(anna)
    anna.write("stop")
    assert "Ha una richiesta aperta (R-" in anna.text
    anna.tap("No, resta aperta")
    assert "Le scrivo solo se c'è una novità" in anna.text
    assert states(anna) == ["new"]
    anna.write("stop")
    assert "È già così" in anna.text
    assert "La ritiro?" not in anna.text


def test_it_can_be_withdrawn(anna: Talker) -> None:
    send_request(anna)
    anna.write("non scrivetemi più")
    anna.write("sì, ritirala")
    assert "Fatto, è ritirata." in anna.text
    assert states(anna) == ["withdrawn"]
    assert stopped(anna)


def test_of_several_one_or_all_can_be_withdrawn(anna: Talker) -> None:
    send_request(anna)
    send_request(anna)
    anna.write("stop")
    assert "Ha 2 richieste aperte." in anna.text
    anna.write("tutte")
    assert states(anna) == ["withdrawn", "withdrawn"]


def test_news_of_a_request_that_stays_open_still_arrives(anna: Talker, codes: dict[str, str]) -> None:
    contact = Talker(anna.house, "contact")
    contact.write(f"/start {codes['La Sporta Amica ODV']}")
    send_request(anna)
    contact.read()
    anna.write("stop")
    anna.tap("No, resta aperta")
    contact.tap("Non possiamo")
    contact.tap("Adesso non c'è posto")
    assert any("non può seguire" in bubble.text for bubble in anna.read())


def test_the_news_that_it_was_accepted_arrives_and_after_it_nobody_asks_how_it_went(
    anna: Talker, codes: dict[str, str]
) -> None:
    contact = Talker(anna.house, "contact")
    contact.write(f"/start {codes['La Sporta Amica ODV']}")
    send_request(anna)
    contact.read()
    anna.write("stop")
    anna.tap("No, resta aperta")
    accepted(contact)
    assert any("ha accettato" in bubble.text for bubble in anna.read())
    its_day_passes(anna.house)
    assert anna.read() == []
    assert states(anna) == ["under_way"]


def test_who_did_not_stop_is_asked_how_it_went_and_not_the_news_again(anna: Talker, codes: dict[str, str]) -> None:
    contact = Talker(anna.house, "contact")
    contact.write(f"/start {codes['La Sporta Amica ODV']}")
    send_request(anna)
    contact.read()
    accepted(contact)
    anna.read()
    its_day_passes(anna.house)
    assert "Com'è andata?" in anna.read()[-1].text
    with anna.house.store.reading() as tx:
        assert tx.execute(select(outbox.c.purpose).order_by(outbox.c.id.desc()).limit(1)).scalar_one() == "survey"
    anna.tap("Sì, è servito")
    assert "Che bello saperlo" in anna.text
    assert "Torniamo a" not in anna.text


def accepted(contact: Talker) -> None:
    contact.tap("Accettiamo")
    contact.write("giovedì")
    contact.write("15")
    while "Confermo questa proposta?" not in contact.text:
        labels = [button.row for button in contact.seen[-1].buttons]
        contact.tap(next((label for label in ("Salta", "Come di solito") if label in labels), labels[0]))
    contact.tap("Sì, conferma")


def its_day_passes(house: House) -> None:
    assert isinstance(house.store.clock, Clock)
    house.store.clock.advance(days=8)
    with house.store.begin() as tx:
        assert chase.overdue(tx, Ways()) == 1


def test_no_question_that_was_not_asked_for_is_opened(anna: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    menu = REGISTER["menu"]
    monkeypatch.setitem(REGISTER, "menu", Dialogue("menu", "menu", menu.title, menu.keep, "survey"))
    anna.write("stop")
    with anna.house.store.begin() as tx:
        messages.opening(tx, 1, "menu", "")
    assert anna.read() == []
    anna.write("riprendi")
    with anna.house.store.begin() as tx:
        messages.opening(tx, 1, "menu", "")
    assert len(anna.read()) == 1
    with anna.house.store.reading() as tx:
        assert set(tx.execute(select(inbox.c.state)).scalars()) == {"taken"}


# The same words as an answer ------------------------------------------------------------------------------------------


def test_in_the_middle_of_a_question_what_was_told_is_dropped_and_it_is_said(anna: Talker) -> None:
    anna.write(NEED)
    anna.write("stop")
    assert anna.text.startswith("Va bene, mi fermo qui: non ho inviato niente.")
    anna.write("grazie")
    assert "zona" not in anna.text


@pytest.mark.parametrize("word", ["basta", "fine", "enough", "досить"])
def test_basta_to_a_question_that_can_be_left_out_leaves_it_out(anna: Talker, codes: dict[str, str], word: str) -> None:
    contact = Talker(anna.house, "contact")
    contact.write(f"/start {codes['La Sporta Amica ODV']}")
    send_request(anna)
    contact.read()
    contact.tap("Accettiamo")
    contact.write("giovedì")
    contact.write("15")
    while not any(button.row == "Salta" for button in contact.seen[-1].buttons):
        contact.tap(contact.seen[-1].buttons[0].row)
    before = contact.seen[-1].screen
    contact.write(word)
    assert not stopped(contact)
    assert contact.seen[-1].screen != before
    assert "non le mando più" not in contact.text


def test_basta_ends_a_list() -> None:
    question = More("Altre sedi?", listed=Listed((1,), 2))
    assert question.enough == "enough"
    assert replies.taken(question, "enough").closed
    assert More("Altre sedi?", listed=Listed((), 1)).enough is None, "not before it has what it needs"
    assert Text("Come si chiama?").enough is None, "a name is no place for it"


def test_basta_to_a_yes_or_no_is_a_no(anna: Talker) -> None:
    anna.write("cancella tutto")
    anna.write("basta")
    assert "non ho cancellato niente" in anna.text
    assert not stopped(anna)


def test_fine_is_a_nod_in_english(anna: Talker) -> None:
    anna.write("English")
    anna.write("fine")
    assert not stopped(anna)


def test_basta_said_to_a_person_goes_to_the_person(anna: Talker) -> None:
    anna.write("operatore")
    anna.write("basta")
    assert not stopped(anna)
    assert "persona che le risponde" in anna.text
