"""One screen, shown by each channel within its real limits."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import screens
from dialogs.play import Screen, empty, play
from dialogs.questions import Choice, Text
from dialogs.replies import Shown
from dialogs.screens import DESCRIPTION, LABEL, LIMITS, ROW, TAP, Bubble, Button, show, telegram, whatsapp
from dialogs.talk import Option, Question, ask, say
from dialogs.words import Verbatim

LONGEST_ID = 2**63 - 1
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
options = st.builds(
    Option,
    st.uuids().map(str),
    st.text(min_size=1, max_size=LABEL).map(Verbatim),
    st.none() | st.text(min_size=1, max_size=ROW).map(Verbatim),
    st.none() | st.text(max_size=DESCRIPTION).map(Verbatim),
)
questions: st.SearchStrategy[Question[Any]] = st.builds(
    Choice, words.map(Verbatim), st.lists(options, max_size=40, unique_by=lambda option: option.id).map(tuple)
)
sentences = st.lists(st.text(max_size=30) | st.integers(100, 1500).map(lambda n: "parola 😀 " * (n // 8)), max_size=5)


def screen_of(question: Question[Any], *said: str) -> Screen:
    async def dialogue(subject: str) -> None:
        del subject
        for sentence in said:
            await say(Verbatim(sentence) if sentence else "")
        await ask("una.chiave.molto.lunga.1.numero_della_casa", question)

    return play(dialogue, "", empty(), lambda _: None)


def pages(screen: Screen, channel: str) -> list[tuple[Bubble, Shown]]:
    """Every page of a screen."""
    found, first = [], 0
    while True:
        bubble, shown = show(
            screen, conversation=LONGEST_ID, dialogue="need", channel=channel, language="it", first=first
        )
        found.append((bubble, shown))
        first = shown.first + shown.count
        if first >= len(shown.options):
            return found


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(questions, sentences, st.sampled_from(list(LIMITS)))
def test_a_button_beside_the_options_has_room_on_every_page(
    question: Question[Any], said: list[str], channel: str
) -> None:
    extra, screen = Button("Una persona", "Una persona", "", "command:operatore"), screen_of(question, *said)
    first = 0
    while True:
        bubble, shown = show(
            screen, conversation=1, dialogue="need", channel=channel, language="it", first=first, extra=(extra,)
        )
        assert bubble.buttons[-1] == extra
        assert len(bubble.buttons) <= LIMITS[channel].options
        assert shown.count <= 1 or screens.fits(bubble, channel)
        first = shown.first + shown.count
        if first >= len(shown.options):
            return


@given(questions, sentences)
def test_telegram_takes_every_screen(question: Question[Any], said: list[str]) -> None:
    for bubble, _ in pages(screen_of(question, *said), "telegram"):
        message = telegram(bubble)
        assert 1 <= units(message["text"]) <= 4096
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                assert 1 <= len(button["callback_data"].encode()) <= TAP
                assert button["text"]


@given(questions, sentences)
def test_whatsapp_takes_every_screen(question: Question[Any], said: list[str]) -> None:
    for bubble, _ in pages(screen_of(question, *said), "whatsapp"):
        message = whatsapp(bubble)
        assert units(message["body"]) <= (1600 if message["type"] == "text" else screens.TAPPED_TEXT)
        if message["type"] == "quick-reply":
            assert 1 <= len(message["actions"]) <= 3
            assert all(1 <= len(action["title"]) <= 20 for action in message["actions"])
        elif message["type"] == "list-picker":
            assert 1 <= len(message["items"]) <= 10
            assert all(1 <= len(item["item"]) <= 24 and len(item["id"]) <= 200 for item in message["items"])
            assert all(1 <= len(item.get("description", "–")) <= 72 for item in message["items"])
        else:
            assert message["type"] == "text"
            wide = any(units(b.row) > ROW or units(b.description) > DESCRIPTION for b in bubble.buttons)
            assert not bubble.buttons or wide or units(bubble.text) > screens.TAPPED_TEXT


@pytest.mark.parametrize("channel", LIMITS)
@given(question=questions)
def test_every_option_is_on_one_page_whole_and_in_order(channel: str, question: Question[Any]) -> None:
    screen, shown_ids, labels = screen_of(question), [], []
    for bubble, shown in pages(screen, channel):
        assert len(bubble.buttons) <= LIMITS[channel].options
        assert len({button.tap for button in bubble.buttons}) == len(bubble.buttons)
        shown_ids += [id for id, _ in shown.options[shown.first : shown.first + shown.count]]
        labels += [button.label for button in bubble.buttons[: shown.count]]
        more = bubble.buttons[shown.count :]
        assert [button.tap.rpartition(":")[2] for button in more] == (
            ["more"] if shown.count < len(shown.options) else []
        )
        assert all(len(button.row) <= LABEL for button in more)
    assert shown_ids == [option.id for option in question.options()]
    assert labels == [option.label.text for option in question.options() if isinstance(option.label, Verbatim)]


@given(questions, sentences)
def test_a_bubble_is_kept_as_json(question: Question[Any], said: list[str]) -> None:
    bubble, _ = pages(screen_of(question, *said), "webchat")[0]
    assert Bubble.from_json(json.loads(json.dumps(bubble.to_json()))) == bubble


@given(st.lists(st.text(max_size=40) | st.text("aè😀 ", max_size=300), max_size=6), st.integers(10, 200))
def test_sentences_are_left_out_whole_and_only_one_alone_is_cut(said: list[str], most: int) -> None:
    text = screens.fitted(said, most)
    assert units(text) <= most
    whole = ["\n\n".join(said[first:]) for first in range(len(said))]
    assert text in ["", *whole] or (text.endswith(" …") and said[-1].startswith(text.removesuffix(" …")))


@given(questions, sentences)
def test_every_page_fits_whatsapp_as_text_too_with_all_its_options(question: Question[Any], said: list[str]) -> None:
    for bubble, _ in pages(screen_of(question, *said), "whatsapp"):
        text = screens.written(bubble, 1600)
        assert units(text) <= 1600
        if units(screens.numbered(bubble)) > 1600:  # words alone, or one option beside them, are too long
            assert sum(not button.tap.endswith(":more") for button in bubble.buttons) <= 1
        else:
            assert text == screens.numbered(bubble)


def test_too_much_to_say_above_buttons_is_said_whole_with_numbers() -> None:
    welcome = ["Buongiorno.", "lungo " * 180]
    bubble, _ = pages(screen_of(Choice("Quale?", (Option("a", "Mensa"), Option("b", "Docce"))), *welcome), "whatsapp")[
        0
    ]
    assert whatsapp(bubble) == {"type": "text", "body": screens.numbered(bubble)}
    assert whatsapp(bubble)["body"].startswith("Buongiorno.")


def test_more_than_a_text_can_hold_shows_fewer_options() -> None:
    offers = tuple(Option(str(n), f"Offerta {n}", description="x" * 72) for n in range(10))
    found = pages(screen_of(Choice("Quale?", offers), "lungo " * 180), "whatsapp")
    assert [shown.count for _, shown in found] == [5, 5]
    assert all(units(whatsapp(bubble)["body"]) <= 1600 for bubble, _ in found)


def test_the_question_is_what_is_kept_when_there_is_too_much_to_say() -> None:
    bubble, _ = pages(screen_of(Text("Quale preferisce?"), "lungo " * 300, "Ecco le offerte."), "whatsapp")[0]
    assert whatsapp(bubble)["body"] == "Ecco le offerte.\n\nQuale preferisce?"


def test_what_is_told_of_an_option_stands_on_its_page_and_a_long_one_takes_the_place_of_others() -> None:
    offers = tuple(
        Option(str(n), f"Offerta {n}", told=Verbatim(f"tutto sull'offerta {n}: " + "x" * 600)) for n in "123"
    )
    shown = pages(screen_of(Choice("Quale?", offers), "Ecco."), "whatsapp")
    said = [[s[:25] for s in bubble.sentences if "tutto" in s] for bubble, _ in shown]
    assert said == [["1. tutto sull'offerta 1: ", "2. tutto sull'offerta 2: "], ["1. tutto sull'offerta 3: "]]
    assert all(screens.fits(bubble, "whatsapp") for bubble, _ in shown)
    again, _ = show(screen_of(Choice("Quale?", offers)), conversation=1, dialogue="need", channel="webchat",
                    language="it", repeat=True)  # fmt: skip
    assert again.sentences == ("Quale?",)


def test_two_buttons_that_say_the_same_are_a_list() -> None:
    same = tuple(Button("Sì", "Sì", "", f"1:a:{n}") for n in range(2))
    assert whatsapp(Bubble(("Quale?",), same))["type"] == "list-picker"


def test_descriptions_reach_every_channel() -> None:
    about = (Option("a", "Mensa", description="Pasti caldi ogni giorno"), Option("b", "Docce"))
    bubble, _ = pages(screen_of(Choice("Quale?", about)), "webchat")[0]
    assert "Mensa – Pasti caldi ogni giorno" in telegram(bubble)["text"]
    assert [item.get("description") for item in whatsapp(bubble)["items"]] == ["Pasti caldi ogni giorno", None]
    assert "1. Mensa – Pasti caldi ogni giorno" in screens.numbered(bubble)


def test_what_whatsapp_would_refuse_goes_as_numbered_text() -> None:
    name = "Un nome ben più lungo di quanto si può"
    wide = Button(name, name, "", "1:a:0")
    message = whatsapp(Bubble(("Quale?",), (wide,)))
    assert message == {"type": "text", "body": f"Quale?\n  1. {name}"}
    many = Bubble(("Quale?",), tuple(Button(f"Offerta {n}", f"Offerta {n}", "x" * 72, f"1:a:{n}") for n in range(30)))
    assert whatsapp(many)["type"] == "text"
    assert units(whatsapp(many)["body"]) <= 1600


def test_a_number_that_may_be_the_answer_is_not_written_before_an_option() -> None:
    bubble, shown = pages(screen_of(Text("Una nota?", skip="Salta")), "terminal")[0]
    assert not shown.numbered
    assert screens.numbered(bubble) == "Una nota?\n  · Salta"


def test_a_screen_shown_again_does_not_repeat_what_the_dialogue_said() -> None:
    screen = screen_of(Text("Come si chiama?"), "Registrata.")
    bubble, _ = show(
        screen, conversation=1, dialogue="need", channel="webchat", language="it", before=["Ecco."], repeat=True
    )
    assert bubble.sentences == ("Ecco.", "Come si chiama?")
