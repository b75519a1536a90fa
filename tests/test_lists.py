"""Lists and parts: items keep their ids, a part keeps its keys to itself."""

from typing import Any

import pytest

from dialogs.play import AuthorError
from dialogs.questions import Text, YesNo
from dialogs.talk import Go, Listed, More, ask, do, many, part, say
from tests.playing import NOTE, Talk, register, registration, through_json


async def seat() -> str:
    street = await ask("via", Text("In che via?"))
    await ask("numero", Text("A che numero?", skip="Senza"))
    return street


async def association(subject: str) -> None:
    seats = await many("sedi", seat, More("Altre sedi?"))
    await say("Sedi: {seats}.", seats=", ".join(seats))
    await ask("nota", NOTE)
    await do("invio", register, subject)


def answers_about_seats(talk: Talk) -> dict[str, Any]:
    return {key: value for key, value in talk.journal["answers"].items() if key.startswith("sedi.")}


def test_a_list_grows_one_item_at_a_time() -> None:
    talk = Talk(association)
    assert talk.say("Via Roma", "1").key == "sedi"
    assert talk.say("Aggiungi").key == "sedi.2.via"
    talk.say("Via Pisa", "Senza", "Basta così")
    assert talk.bubble.sentences[0] == "Sedi: Via Roma, Via Pisa."


def test_an_item_is_changed_alone() -> None:
    talk = Talk(association)
    talk.say("Via Roma", "1", "Aggiungi", "Via Pisa", "2")
    assert talk.say("Cambia Via Roma").key == "sedi.1.via"
    assert talk.say("Via Lucca", "3").key == "sedi"
    talk.say("Basta così")
    assert talk.bubble.sentences[0] == "Sedi: Via Lucca, Via Pisa."


def test_an_item_taken_away_is_forgotten_and_its_id_is_never_used_again() -> None:
    talk = Talk(association)
    talk.say("Via Roma", "1", "Aggiungi", "Via Pisa", "2", "Togli Via Pisa")
    assert set(answers_about_seats(talk)) == {"sedi.1.via", "sedi.1.numero"}
    assert talk.say("Aggiungi").key == "sedi.3.via"


def test_an_item_taken_away_inside_a_part_is_forgotten_too() -> None:
    async def two(subject: str) -> None:
        del subject
        await part("nostre", many("sedi", seat, More("Altre sedi?")))

    talk = Talk(two)
    talk.say("Via Roma", "1", "Aggiungi", "Via Pisa", "2", "Togli Via Pisa")
    assert set(talk.journal["answers"]) == {"nostre.sedi", "nostre.sedi.1.via", "nostre.sedi.1.numero"}


def test_a_list_can_be_corrected_and_one_answer_of_an_item_too() -> None:
    talk = Talk(association)
    talk.say("Via Roma", "1", "Basta così")
    assert talk.correct("sedi")
    assert talk.say("Aggiungi", "Via Pisa", "2", "Basta così").key == "nota"
    assert talk.correct("sedi.2.via")
    assert talk.say("Via Prato").key == "nota"
    assert answers_about_seats(talk)["sedi.2.via"] == "Via Prato"


def test_going_back_walks_through_a_list() -> None:
    talk = Talk(association)
    talk.say("Via Roma", "1", "Basta così")
    keys = []
    while talk.back():
        keys.append(talk.play().key)
    assert keys == ["sedi", "sedi.1.numero", "sedi.1.via"]


def test_a_list_within_a_part_forgets_its_own_items() -> None:
    async def whole(subject: str) -> None:
        del subject
        await part("prima", many("sedi", seat, More("Altre sedi?")))
        await part("seconda", many("sedi", seat, More("Altre sedi?")))

    talk = Talk(whole)
    talk.say("Via Roma", "1", "Basta così", "Via Pisa", "2", "Togli Via Pisa")
    assert set(talk.journal["answers"]) == {"prima.sedi", "prima.sedi.1.via", "prima.sedi.1.numero", "seconda.sedi"}


def test_a_list_inserted_before_an_effect_already_done_takes_its_default() -> None:
    def listing(*default: Listed) -> Any:
        async def dialogue(subject: str) -> None:
            assert await many("sedi", seat, More("Altre?"), *default) == []
            await do("iscrizione", register, subject)
            await ask("nota", NOTE)

        return dialogue

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    assert talk.deploy(listing(Listed(closed=True))).play().key == "nota"
    with pytest.raises(AuthorError, match="sedi"):
        talk.deploy(listing())


def test_nothing_is_done_inside_a_list_that_can_still_change() -> None:
    async def hasty() -> str:
        street = await ask("via", Text("In che via?"))
        await do("subito", register, street)
        return street

    async def dialogue(subject: str) -> None:
        del subject
        await many("sedi", hasty, More("Altre?"))

    talk = Talk(dialogue)
    with pytest.raises(AuthorError, match=r"sedi\.1\.subito"):
        talk.say("Via Roma")


def test_a_part_prefixes_its_keys_and_returns_its_value() -> None:
    async def person() -> str:
        return await ask("nome", Text("Nome?")) + " " + await ask("cognome", Text("Cognome?"))

    async def couple(subject: str) -> None:
        del subject
        first = await part("prima", person())
        second = await part("seconda", person())
        await ask("conferma", YesNo("È giusto?"))
        await say("{first} e {second}", first=first, second=second)

    talk = Talk(couple)
    talk.say("Ada", "Rossi", "Bruno", "Neri")
    assert set(talk.journal["answers"]) == {"prima.nome", "prima.cognome", "seconda.nome", "seconda.cognome"}


def test_what_a_dialogue_says_is_shown_with_the_next_question_and_not_with_the_one_after() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    assert talk.bubble.text == "Registrata: numero 8.\n\nVuole aggiungere una nota?"
    talk.say("niente")
    assert talk.bubble.text == "Quanti soci avete?"


def test_a_dialogue_may_say_which_one_comes_next() -> None:
    async def handing_over(subject: str) -> Go:
        return Go("human", subject)

    assert Talk(handing_over).play().go == Go("human", "subject")


def test_a_journal_with_a_list_survives_json_at_every_step() -> None:
    talk = Talk(association)
    for text in ("Via Roma", "1", "Aggiungi", "Via Pisa", "Senza", "Basta così", "nota"):
        talk.say(text)
        assert through_json(talk.play().journal) == talk.play().journal
