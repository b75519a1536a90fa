"""Who types instead of tapping, in each of the nine languages: a yes, a no, and the words that stand on a button."""

from __future__ import annotations

import pytest

from bot.house import House
from catalog_store.schema import referrals
from dialogs import appointment, nods, request, respond, screens
from dialogs import news as told
from dialogs.locale import LANGUAGES, spoken
from dialogs.questions import Choice, YesNo
from dialogs.replies import Shown, bare, chosen
from dialogs.talk import Option
from tests.playing import Talk
from tests.talker import Talker
from tests.test_replies import asking
from tests.test_turn import NEED

YES = {
    "it": ("sì", "SI", "va bene", "certo", "ok", "sì, grazie"),
    "en": ("yes", "Yes!", "ok", "sure", "all right", "yes please"),
    "ro": ("da", "DA", "bine", "sigur", "da, vă rog", "de acord"),
    "sq": ("po", "Po.", "mirë", "në rregull", "po, ju lutem"),
    "zh": ("是", "是的", "好", "好的", "可以", "对", "行", "同意", "好，谢谢"),
    "ar": ("نعم", "نعم!", "أيوه", "موافق", "حسنًا", "نعم، من فضلكم"),
    "es": ("sí", "si", "vale", "de acuerdo", "claro", "sí, por favor"),
    "uk": ("так", "Так!", "добре", "гаразд", "звичайно", "так, будь ласка"),
    "fr": ("oui", "Oui.", "d'accord", "bien sûr", "oui, merci", "oui s'il vous plaît"),
}
NO = {
    "it": ("no", "no grazie"), "en": ("no", "no thanks", "no, thank you"), "ro": ("nu", "Nu!", "nu, mulțumesc"),
    "sq": ("jo", "Jo.", "jo, faleminderit"), "zh": ("不", "不是", "不要", "不用，谢谢"), "ar": ("لا", "لا شكرا", "كلا"),
    "es": ("no", "no, gracias"), "uk": ("ні", "Ні!", "ні, дякую"), "fr": ("non", "non merci", "Non."),
}  # fmt: skip
ACTIONS = {
    "the request": (request.SEND, request.CORRECT, request.CANCEL),
    "the proposal": (appointment.SEND, appointment.CORRECT, appointment.CANCEL),
    "the answer to it": (told.FINE, told.NOT_THEN, told.WITHDRAW),
    "the association": (respond.ACCEPT, respond.DECLINE, respond.QUESTION),
    "whether it helped": told.OUTCOMES,
    "yes or no": YesNo("").choices(),
}
NOES = {"no", "cancel", "not_then", "decline", "not_helped"}  # the option of each that a no chooses


def shown(options: tuple[Option, ...], language: str) -> Shown:
    """A screen as it went out in this language."""
    screen = Talk(asking(Choice("Quale?", options))).play()
    return screens.show(screen, conversation=1, dialogue="", channel="whatsapp", language=language)[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_yes_and_a_no_are_typed_in_every_language(action: str, language: str) -> None:
    options = ACTIONS[action]
    screen = shown(options, language)
    wanted = dict.fromkeys(YES[language], options[0].id)
    wanted |= {said: next(one.id for one in options if one.id in NOES) for said in NO[language]}
    assert {said: chosen(screen, said, strict=True) for said in wanted} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ACTIONS)
def test_the_words_on_a_button_are_typed_in_every_language(action: str, language: str) -> None:
    options = ACTIONS[action]
    screen = shown(options, language)
    for option in options:
        for said in (spoken(option.row or option.label, language), spoken(option.label, language)):
            assert chosen(screen, said, strict=True) == option.id, said
            assert chosen(screen, f"{said.upper()}!", strict=True) == option.id, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_typed_yes_sends_the_request_and_a_typed_no_does_not(demonstration_house: House, language: str) -> None:
    for said, sent in ((NO[language][0], 0), (YES[language][0], 1)):
        anna = Talker(demonstration_house, f"anna {said}")
        anna.write(LANGUAGES[language])
        anna.write(NEED)
        while spoken(request.SEND.label, language) not in [button.row for button in anna.seen[-1].buttons]:
            anna.tap(anna.seen[-1].buttons[0].row)
        anna.write(said)
        with demonstration_house.store.reading() as tx:
            assert len(tx.execute(referrals.select()).all()) == sent, anna.text


def test_the_words_of_a_nod_are_kept_as_they_are_looked_up() -> None:
    for words in (nods._YES, nods._NO, nods._COURTESY):
        for word in nods._listed(words):
            assert bare(word) == word
