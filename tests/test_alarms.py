"""What happens around a danger: who is told, what is said at that hour, what is asked, and what is never sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import alarms, chase
from bot.house import House
from catalog_store import audit, invitations, territory, waiting
from catalog_store.reach import Ways
from dialogs import safety
from tests.houses import clock
from tests.talker import Talker
from tests.test_turn import contact, send_request

SATURDAY_NIGHT = datetime(2026, 3, 14, 21, 0, tzinfo=UTC)  # ten in the evening in Italy
BEATEN = "mio marito mi sta picchiando, aiuto"
NO_BED = "stanotte non so dove dormire"


@pytest.fixture
def anna(demonstration_house: House) -> Talker:
    return Talker(demonstration_house, "anna")


def queue(house: House) -> list[waiting.Waiting]:
    with house.store.reading() as tx:
        return waiting.open_rows(tx)


def on_call(house: House) -> Talker:
    """An operator whose own chat the territory file names."""
    operator = Talker(house, "operator", "telegram")
    operator.write("/start")
    town = territory.DEFAULT.read_text("utf-8").replace('on_call_chat = ""', 'on_call_chat = "telegram operator"')
    file = house.settings.data / "town.toml"
    file.parent.mkdir(exist_ok=True)
    town = town.replace('on_call = ""', 'on_call = "055 0000 008"')
    file.write_text(town.replace('on_call_public = ""', 'on_call_public = "055 0000 009"'), "utf-8")
    house.store.territory = territory.load(file)
    return operator


def test_who_writes_three_times_of_a_danger_is_one_alert_listed_first(anna: Talker) -> None:
    bruno = Talker(anna.house, "bruno")
    bruno.write("operatore")
    clock(anna.house).advance(days=2)  # whoever waited is late by now
    for text in (BEATEN, "mi picchia ancora", "mi ammazza, venite"):
        anna.write(text)
    first, *others = queue(anna.house)
    assert (first.kind, first.note["level"]) == ("danger", "now")
    assert "mi picchia ancora" in first.note["text"]
    assert [row.kind for row in others] == ["operator"]


def test_the_operator_on_call_is_told_at_once_and_once_more_unless_they_see_to_it(anna: Talker) -> None:
    operator = on_call(anna.house)
    anna.write(BEATEN)
    (alarm,) = operator.read()
    assert "Allarme n." in alarm.text
    assert "picchia" not in alarm.text
    clock(anna.house).advance(minutes=6)
    for _ in range(2):
        with anna.house.store.begin() as tx:
            alarms.tell_again(tx)
    (again,) = operator.read()
    assert "Allarme n." in again.text
    operator.tap("Me ne occupo io", bubble=again)
    assert "Il numero della reperibilità è 055 0000 008." in operator.text
    danger = queue(anna.house)[0]
    assert danger.note["acknowledged"]
    with anna.house.store.reading() as tx:
        assert [(one.action, one.uid) for one in audit.listed(tx)] == [("acknowledged", danger.uid)]


def test_an_alarm_that_was_acknowledged_is_not_told_again(anna: Talker) -> None:
    operator = on_call(anna.house)
    anna.write(BEATEN)
    operator.read()
    operator.tap("Me ne occupo io")
    clock(anna.house).advance(minutes=10)
    with anna.house.store.begin() as tx:
        alarms.tell_again(tx)
    assert operator.read() == []


def test_outside_the_hours_nobody_reads_and_that_is_said(anna: Talker) -> None:
    (by_day,) = anna.write(BEATEN)
    assert "Ho avvisato una persona" in by_day.text
    clock(anna.house).now = SATURDAY_NIGHT
    (by_night,) = Talker(anna.house, "carla").write(BEATEN)
    assert "Adesso nessuno legge questi messaggi" in by_night.text
    assert "Ho avvisato" not in by_night.text


def test_at_night_a_line_that_is_closed_is_said_to_be_and_comes_last(anna: Talker) -> None:
    clock(anna.house).now = SATURDAY_NIGHT.replace(hour=2)
    (said,) = anna.write("voglio ammazzarmi, ho deciso")
    numbers = [one for one in said.sentences if one.startswith(("112", "02"))]
    assert numbers[0].startswith("112")
    assert numbers[-1].endswith("(adesso è chiuso)")


def test_what_is_worrying_gets_who_listens_and_a_person_and_nobody_is_alerted(anna: Talker) -> None:
    operator = on_call(anna.house)
    (said,) = anna.write("mi taglio le braccia quando sto male, ma non voglio morire")
    assert "02 2327 2327" in said.text
    assert [button.row for button in said.buttons] == ["Una persona"]
    assert operator.read() == []
    assert queue(anna.house)[0].note["level"] == "worrying"
    (handed,) = anna.tap("Una persona", bubble=said)
    assert "Ho avvisato una persona" in handed.text


def test_a_child_gets_short_words_and_is_asked_nothing(anna: Talker) -> None:
    (said,) = anna.write("ho 9 anni e papà mi picchia")
    assert "114" in said.text
    assert "1 96 96" in said.text
    assert "?" not in said.text
    assert said.buttons == ()
    ours = [one for one in said.sentences if not one[0].isdigit()]
    assert max(len(part.split()) for one in ours for part in one.split(". ")) <= 10


def test_a_roof_for_tonight_is_looked_for_before_anything_is_asked_and_the_request_is_urgent(anna: Talker) -> None:
    on_call(anna.house)
    clock(anna.house).now = SATURDAY_NIGHT
    (said,) = anna.write(NO_BED)
    assert "Aperto adesso: Posto letto per la notte" in said.text
    assert "055 0000 009" in said.text
    assert "Una persona può leggerla da lunedì 16 marzo alle 9" in said.text
    assert said.text.index("Aperto adesso") < said.text.index("Ho capito")
    assert queue(anna.house)[0].note["level"] == "today"


def test_for_tonight_the_staff_are_told_their_own_number_and_nobody_else_is(anna: Talker) -> None:
    on_call(anna.house)
    with anna.house.store.begin() as tx:
        code = invitations.invite(tx, "social_worker", None, days=7)
    worker = Talker(anna.house, "worker")
    worker.write(f"/start {code}")
    worker.write(NO_BED)
    assert "Per stanotte può chiamare il 055 0000 008." in worker.text
    anna.write(NO_BED)
    assert "Per stanotte può chiamare il 055 0000 009." in anna.text
    assert "055 0000 008" not in "".join(bubble.text for bubble in anna.seen)


def test_on_a_tuesday_morning_the_same_words_say_what_opens_next(anna: Talker) -> None:
    (said,) = anna.write(NO_BED)
    assert "Adesso non trovo niente di aperto." in said.text
    assert "Apre martedì 10 marzo alle 19" in said.text
    assert "avviso una persona" in said.text


def test_whoever_answers_for_an_association_is_not_interrupted(anna: Talker, codes: dict[str, str]) -> None:
    association = contact(anna.house, codes)
    send_request(anna)
    association.read()
    association.tap("Non possiamo")
    before = len(queue(anna.house))
    (said,) = association.write("la signora è stata picchiata ieri dal figlio, la sta minacciando")
    assert "112" in said.text
    assert len(queue(anna.house)) == before + 1
    assert queue(anna.house)[0].note.get("level") != "now"


def test_after_violence_nothing_is_sent_for_thirty_days_unless_they_write(anna: Talker, codes: dict[str, str]) -> None:
    association = contact(anna.house, codes)
    send_request(anna)
    association.read()
    anna.write(BEATEN)
    association.tap("Accettiamo")
    while not any("Grazie" in one.text or "data" in one.text for one in association.seen[-1:]):
        association.tap(association.seen[-1].buttons[0].row)
    seen = len(anna.seen)
    for _ in range(30 * 4):
        clock(anna.house).advance(hours=6)
        with anna.house.store.begin() as tx:
            chase.overdue(tx, Ways())
            alarms.tell_again(tx)
        anna.read()
    assert anna.seen[seen:] == []
    assert anna.write("la mia richiesta")


def doubtful() -> str:
    """A message that may say danger or not, whatever the present weights make of each."""
    some = (
        "il vicino grida forte con la moglie la sera",
        "la badante tratta male mia madre",
        "mio marito alza la voce e ho un po' paura",
        "mio figlio non torna da scuola e non risponde",
    )
    weighed = zip(some, safety.check_many(some), strict=True)
    return next(text for text, danger in weighed if danger is not None and not danger.sure)


def test_a_doubt_is_asked_with_the_number_and_yes_is_an_alarm(anna: Talker) -> None:
    operator = on_call(anna.house)
    (asked,) = anna.write(doubtful())
    assert "112" in asked.text
    assert asked.sentences[-1] == "Sta succedendo adesso? Qualcuno è in pericolo?"
    assert operator.read() == []
    assert queue(anna.house)[0].note["level"] == "asked"
    (said,) = anna.tap("Sì, adesso")
    assert "Ho avvisato una persona" in said.text
    assert [row.note["level"] for row in queue(anna.house)] == ["now"]
    assert any("Allarme n." in bubble.text for bubble in operator.read() or operator.seen)


@pytest.mark.parametrize("yes", ["sì", "si", "SI!", "sì, adesso", "1", "yes"])
def test_a_doubt_is_answered_by_a_yes_in_any_words(anna: Talker, yes: str) -> None:
    anna.write(doubtful())
    (said,) = anna.write(yes)
    assert "Ho avvisato una persona" in said.text


def test_a_doubt_that_is_none_goes_on_with_what_was_written(anna: Talker) -> None:
    anna.write(doubtful())
    (on,) = anna.write("no")
    assert "Sta succedendo adesso?" not in on.text
    assert on.screen
    assert "Non ho capito" not in on.text


def test_whatever_else_is_written_to_a_doubt_is_read_as_if_it_had_not_been_asked(anna: Talker) -> None:
    anna.write(doubtful())
    (on,) = anna.write("mi serve un doposcuola per mio figlio di otto anni")
    assert "Doposcuola e compiti" in on.text or "Doposcuola e compiti" in [button.row for button in on.buttons]
