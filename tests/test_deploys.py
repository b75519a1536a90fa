"""A conversation goes on under another version of its dialogue: nothing is asked, read or done that should not be."""

from typing import Any

import pytest

from dialogs.play import AuthorError
from dialogs.questions import Choice, Number, Text, options
from dialogs.replies import CHANGED, Answered, Reply
from dialogs.talk import ask, do
from tests.playing import NAME, NOTE, SURE, Talk, register, registration


def offering(*offers: str) -> Any:
    async def dialogue(subject: str) -> None:
        del subject
        chosen = await ask("offerta", Choice("Quale?", options((one, one) for one in offers)))
        await do("invio", register, chosen)
        await ask("nota", NOTE)

    return dialogue


def test_an_option_withdrawn_after_it_was_chosen_and_before_the_effect_is_asked_again() -> None:
    async def unsent(subject: str) -> None:
        await ask("offerta", Choice("Quale?", options([("docce", "Docce")])))
        await do("invio", register, subject)

    async def chosen(subject: str) -> None:
        await ask("offerta", Choice("Quale?", options([("mensa", "Mensa"), ("docce", "Docce")])))
        await ask("quando", Text("Quando?"))
        await do("invio", register, subject)

    talk = Talk(chosen)
    talk.say("Mensa")
    assert talk.deploy(unsent).play().key == "offerta"


def test_an_option_withdrawn_before_an_effect_already_done_changes_nothing() -> None:
    talk = Talk(offering("mensa", "pacco"))
    talk.say("pacco")
    later = talk.deploy(offering("mensa"))
    assert later.play().key == "nota"
    assert later.performed == {}


def test_an_option_added_while_a_screen_is_shown_makes_a_reply_unread() -> None:
    talk = Talk(offering("mensa", "pacco"))
    talk.dialogue = offering("docce", "mensa", "pacco")
    assert talk.hear(Reply("2")) is CHANGED
    talk.show()
    assert isinstance(talk.hear(Reply("2")), Answered)
    assert talk.journal["answers"]["offerta"] == "mensa"


async def inserted(subject: str) -> None:
    del subject
    name = await ask("nome", NAME)
    await ask("pec", Text("PEC?"))
    await ask("conferma", SURE)
    await do("iscrizione", register, name)
    await ask("nota", NOTE)


async def inserted_with_default(subject: str) -> None:
    del subject
    name = await ask("nome", NAME)
    assert await ask("pec", Text("PEC?"), "nessuna") == "nessuna"
    await ask("conferma", SURE)
    await do("iscrizione", register, name)
    await ask("nota", NOTE)


def test_a_question_inserted_before_an_effect_not_yet_done_is_simply_asked() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte")
    assert talk.deploy(inserted).play().key == "pec"
    assert talk.deploy(inserted_with_default).play().key == "pec"


def test_a_question_inserted_before_an_effect_already_done_needs_a_default() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    with pytest.raises(AuthorError, match=r"'pec'.*default"):
        talk.deploy(inserted)
    later = talk.deploy(inserted_with_default)
    assert later.play().key == "nota"
    assert later.journal["answers"]["pec"] == "nessuna"


def test_a_default_may_be_that_nothing_was_said() -> None:
    async def skippable(subject: str) -> None:
        assert await ask("pec", Text("PEC?", skip="Salta"), None) is None
        await do("iscrizione", register, subject)
        await ask("nota", NOTE)

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    assert talk.deploy(skippable).play().key == "nota"


def test_a_question_inserted_after_an_effect_already_done_is_simply_asked() -> None:
    async def longer(subject: str) -> None:
        del subject
        await do("iscrizione", register, await ask("nome", NAME))
        await ask("sede", Text("Dove siete?"))
        await ask("nota", NOTE)

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    later = talk.deploy(longer)
    assert later.play().key == "sede"
    assert later.say("Campi").key == "nota"


def test_a_question_removed_by_a_deploy_is_forgotten_at_the_end() -> None:
    async def shorter(subject: str) -> None:
        del subject
        await ask("conferma", SURE)

    talk = Talk(registration)
    talk.say("Il Ponte")
    assert talk.deploy(shorter).say("sì").journal["answers"] == {"conferma": True}


def test_questions_reordered_by_a_deploy_keep_their_answers() -> None:
    async def reordered(subject: str) -> None:
        del subject
        await ask("conferma", SURE)
        name = await ask("nome", NAME)
        await do("iscrizione", register, name)
        await ask("soci", Number("Quanti?"))
        await ask("nota", NOTE)

    talk = Talk(registration)
    talk.say("Il Ponte")
    before = talk.deploy(reordered)
    assert before.play().key == "conferma"
    assert before.say("sì").key == "soci"
    talk.say("sì", "una nota")
    after = talk.deploy(reordered)
    assert after.play().key == "soci"
    assert after.say("5").key is None
    assert after.performed == {}


def test_an_answer_whose_type_a_deploy_changed_is_asked_again_or_takes_the_default() -> None:
    def counting(*default: int) -> Any:
        async def dialogue(subject: str) -> None:
            await ask("nome", Number("Quanti?"), *default)
            await do("iscrizione", register, subject)
            await ask("nota", NOTE)

        return dialogue

    talk = Talk(registration)
    talk.say("Il Ponte")
    assert talk.deploy(counting()).play().key == "nome"
    talk.say("sì")
    assert talk.deploy(counting(3)).journal["answers"]["nome"] == 3
    with pytest.raises(AuthorError, match="nome"):
        talk.deploy(counting())


async def without_registration(subject: str) -> None:
    del subject
    await ask("nome", NAME)
    await ask("sito", Text("Avete un sito?"))
    await do("archivio", register, "x")


def test_an_effect_removed_by_a_deploy_is_declared_retired_and_then_seals_nothing() -> None:
    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    with pytest.raises(AuthorError, match="sito"):
        talk.deploy(without_registration)
    later = talk.deploy(without_registration, frozenset({"iscrizione"}))
    assert later.play().key == "sito"
    assert later.correct("nome")
    later.say("Il Ponte Verde", "no")
    assert later.performed == {"archivio": 1}
    assert set(later.journal["done"]) == {"iscrizione", "archivio"}


def test_a_dialogue_that_ends_before_an_effect_already_done_is_an_authors_error() -> None:
    async def ended(subject: str) -> None:
        del subject
        await ask("nome", NAME)

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    with pytest.raises(AuthorError, match="iscrizione"):
        talk.deploy(ended)


def test_an_effect_inserted_before_one_already_done_is_an_authors_error() -> None:
    async def earlier(subject: str) -> None:
        await do("prima", register, subject)
        await do("iscrizione", register, subject)

    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    with pytest.raises(AuthorError, match="prima"):
        talk.deploy(earlier)


def test_answers_off_the_path_do_not_count_and_are_forgotten_at_the_next_effect() -> None:
    async def branching(subject: str) -> None:
        who = await ask("chi", Choice("Per chi?", options([("me", "Per me"), ("altri", "Per altri")])))
        if who == "altri":
            await ask("relazione", Text("Chi è?"))
        await ask("quando", Text("Quando?"))
        await do("invio", register, subject)
        await ask("nota", NOTE)

    talk = Talk(branching)
    talk.say("Per altri", "mia madre")
    talk.correct("chi")
    assert talk.say("Per me").key == "quando"
    assert talk.journal["answers"]["relazione"] == "mia madre"
    assert [passed.key for passed in talk.play().path] == ["chi"]
    assert talk.say("domani").key == "nota"
    assert talk.journal["answers"] == {"chi": "me", "quando": "domani"}


def test_a_skip_withdrawn_by_a_deploy_is_asked_again() -> None:
    async def pressing(subject: str) -> None:
        del subject
        await ask("nota", Text("Una nota?"))
        await ask("soci", Number("Quanti?"))

    async def lenient(subject: str) -> None:
        del subject
        await ask("nota", NOTE)
        await ask("soci", Number("Quanti?"))

    talk = Talk(lenient)
    assert talk.say("No, grazie").key == "soci"
    assert talk.deploy(pressing).play().key == "nota"
