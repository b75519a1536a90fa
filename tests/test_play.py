"""The engine keeps its word: a sentence for each rule between a dialogue, its journal and its author."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from dialogs.play import AuthorError, encoded, play
from dialogs.questions import Choice, Text, options
from dialogs.talk import Ask, ask, do, look, part, say
from tests.playing import NAME, NOTE, SURE, Talk, register, registration


def test_the_first_question_without_an_answer_is_the_screen() -> None:
    talk = Talk(registration)
    assert talk.play().key == "nome"
    assert talk.say("Il Ponte").key == "conferma"
    assert talk.say("sì", "una nota", "12").key is None


def test_answers_given_after_an_effect_are_kept() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte", "sì", "aperto il lunedì")
    assert talk.play().key == "soci"
    assert talk.play().journal["answers"]["nota"] == "aperto il lunedì"


def test_an_effect_seals_what_lies_before_it() -> None:
    talk = Talk(registration)
    screen = talk.say("Il Ponte", "sì")
    assert not talk.correct("nome")
    assert not talk.correct("conferma")
    assert not talk.back()
    assert screen.sealed == len(screen.path) == 2
    assert screen.undo == "ritiro"


def test_what_lies_after_the_effect_can_still_be_corrected() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte", "sì", "una nota")
    assert talk.correct("nota")
    assert talk.say("un'altra nota").key == "soci"
    assert talk.performed["iscrizione"] == 1


def test_correcting_an_answer_keeps_every_other() -> None:
    async def three(subject: str) -> None:
        for key in ("uno", "due", "tre", subject):
            await ask(key, NAME)

    talk = Talk(three)
    talk.say("a", "b", "c")
    assert talk.correct("uno")
    assert talk.play().key == "uno"
    assert talk.say("z").key == "subject"
    assert talk.journal["answers"] == {"uno": "z", "due": "b", "tre": "c"}


def test_going_back_reopens_the_last_answer_and_stops_at_the_beginning() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte")
    assert talk.back()
    assert talk.play().key == "nome"
    assert not talk.back()


def test_an_effect_happens_once_for_ever_whatever_becomes_of_its_function() -> None:
    def registered(tx: None, name: str, language: str) -> int:
        raise AssertionError(tx, name, language)

    async def renamed(subject: str) -> None:
        del subject
        name = await ask("nome", NAME)
        await ask("conferma", SURE)
        await say("Registrata: {n}.", n=await do("iscrizione", registered, name, "it"))
        await ask("nota", NOTE)

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    later = talk.deploy(renamed)
    assert later.play().key == "nota"
    assert later.performed == {}
    assert later.bubble.sentences[0] == "Registrata: 8."


def test_the_screen_says_whether_something_was_done_for_the_first_time() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte")
    talk.journal["answers"]["conferma"] = True
    assert play(registration, "", talk.journal, talk.perform, refresh=True).acted
    assert talk.play().acted
    assert not talk.play().acted


def with_a_look(finds: dict[str, list[str]]) -> Any:
    def offers_in(tx: None, area: str) -> list[str]:
        del tx
        return finds[area]

    async def dialogue(subject: str) -> None:
        del subject
        area = await ask("zona", Text("Dove?"))
        found = await look("offerte", offers_in, area)
        chosen = await ask("quale", Choice("Quale?", options((one, one) for one in found)))
        await ask("nota", Text("Perché {chosen}?"), chosen)
        await do("invio", register, chosen)
        await ask("poi", NOTE)

    return dialogue


def test_a_look_is_redone_only_when_its_arguments_differ() -> None:
    talk = Talk(with_a_look({"Campi": ["mensa", "pacco"], "Signa": ["docce"]}))
    talk.say("Campi")
    talk.play()
    assert talk.performed == {"offerte": 1}
    talk.correct("zona")
    talk.say("Signa")
    assert talk.performed == {"offerte": 2}
    assert [id for id, _ in talk.shown.options] == ["docce"]


def test_a_look_is_redone_when_the_screen_comes_back_after_a_pause() -> None:
    finds = {"Campi": ["mensa", "pacco"]}
    talk = Talk(with_a_look(finds))
    talk.say("Campi")
    finds["Campi"] = ["docce"]
    assert [id for id, _ in talk.shown.options] == ["mensa", "pacco"]
    screen = talk.show(refresh=True)
    assert [id for id, _ in talk.shown.options] == ["docce"]
    assert screen.recent == ("offerte",)


def test_a_look_before_an_answer_is_not_redone_after_a_pause() -> None:
    talk = Talk(with_a_look({"Campi": ["mensa"]}))
    talk.say("Campi", "mensa")
    assert talk.show(refresh=True).key == "nota"
    assert talk.performed == {"offerte": 1}


def test_a_sealed_look_keeps_what_it_saw_whatever_its_arguments_are_today() -> None:
    def elsewhere(tx: None, area: str, language: str) -> list[str]:
        raise AssertionError(tx, area, language)

    async def today(subject: str) -> None:
        del subject
        area = await ask("zona", Text("Dove?"))
        assert await look("offerte", elsewhere, area, "it") == ["mensa"]
        await do("invio", register, area)
        await ask("poi", NOTE)

    talk = Talk(with_a_look({"Campi": ["mensa"]}))
    talk.say("Campi", "mensa", "vicino")
    assert talk.deploy(today).show(refresh=True).key == "poi"


def test_a_look_whose_type_a_deploy_changed_is_redone_unless_it_is_sealed() -> None:
    def counted(tx: None, area: str) -> int:
        del tx
        return len(area)

    async def today(subject: str) -> None:
        del subject
        await look("offerte", counted, await ask("zona", Text("Dove?")))
        await do("invio", register, await ask("quale", Text("Quale?")))
        await ask("poi", NOTE)

    talk = Talk(with_a_look({"Campi": ["mensa"]}))
    talk.say("Campi")
    assert talk.deploy(today).performed == {"offerte": 1}
    talk.say("mensa", "vicino")
    with pytest.raises(AuthorError, match="offerte"):
        talk.deploy(today)


def test_a_stop_iteration_of_a_called_function_does_not_end_the_dialogue() -> None:
    def first(tx: None) -> str:
        del tx
        return next(iter(()))

    async def dialogue(subject: str) -> None:
        del subject
        await look("primo", first)

    with pytest.raises(StopIteration):
        Talk(dialogue)


@dataclass(frozen=True)
class Visit:
    day: date
    tags: tuple[str, ...] = ()


def visit_on(tx: None, day: date) -> Visit:
    del tx
    return Visit(day, ("mattina",))


def test_values_are_handed_over_decoded_at_the_first_play_too() -> None:
    seen: list[Any] = []

    def untyped(tx: None, given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        del tx
        return given

    async def dialogue(subject: str) -> None:
        del subject
        seen.append(await look("visita", visit_on, date(2026, 12, 3)))
        seen.append(await look("coppia", untyped, (1, 2)))
        await do("atto", visit_on, date(2026, 12, 3))
        await ask("nota", NOTE)

    talk = Talk(dialogue)
    talk.play()
    assert seen[:2] == seen[2:] == [Visit(date(2026, 12, 3), ("mattina",)), [1, 2]]


def test_a_default_is_handed_over_decoded_too() -> None:
    seen: list[Any] = []

    class Anything(Text):
        value_type = Any

    async def dialogue(subject: str) -> None:
        seen.append(await ask("coppia", Anything("?"), (1, 2)))
        await do("iscrizione", register, subject)
        await ask("nota", NOTE)

    talk = Talk(registration)
    talk.say("y", "sì")
    assert talk.deploy(dialogue).play().key == "nota"
    assert seen == [[1, 2], [1, 2]]


def test_a_key_used_twice_is_an_authors_error() -> None:
    async def twice(subject: str) -> None:
        del subject
        await ask("a", NAME)
        await ask("a", NAME)

    talk = Talk(twice)
    with pytest.raises(AuthorError, match="'a' twice"):
        talk.say("uno")


@pytest.mark.parametrize("within_a_part", [False, True])
def test_awaiting_anything_else_is_an_authors_error(within_a_part: bool) -> None:  # noqa: FBT001
    async def sleepy() -> None:
        await asyncio.sleep(0)

    async def dialogue(subject: str) -> None:
        del subject
        try:
            await (part("parte", sleepy()) if within_a_part else sleepy())
        except Exception:  # noqa: BLE001
            pytest.fail("an exception entered the dialogue")

    with pytest.raises(AuthorError, match="something other"):
        Talk(dialogue)


def test_exceptions_never_enter_a_dialogue() -> None:
    entered: list[Exception] = []

    def breaks(tx: None) -> None:
        raise LookupError(tx)

    async def dialogue(subject: str) -> None:
        del subject
        try:
            await look("rotto", breaks)
        except LookupError as error:
            entered.append(error)

    with pytest.raises(LookupError):
        Talk(dialogue)
    assert entered == []


def test_an_authors_error_names_keys_and_never_answers() -> None:
    secret = "la signora Bianchi"
    with pytest.raises(AuthorError) as raised:
        encoded(int, secret, "età")
    assert "età" in str(raised.value)
    assert raised.value.__suppress_context__
    talk = Talk(registration)
    talk.say(secret, "sì")

    async def unfinished(subject: str) -> None:
        del subject
        await ask("pec", await ask("nome", NAME) and NAME)

    with pytest.raises(AuthorError) as raised:
        talk.deploy(unfinished)
    assert secret not in str(raised.value)


def test_a_step_is_a_value_that_can_be_compared() -> None:
    assert ask("a", NAME, "x") == Ask("a", NAME, ("x",))
