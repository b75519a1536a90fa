"""A reply is read against the screen that was shown: by tap, number, number word, label, or nearly so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import screens
from dialogs.locale import spoken
from dialogs.play import Dialogue, play
from dialogs.questions import Choice, Number, Tell, Text, YesNo, options
from dialogs.replies import CHANGED, Answered, Page, Reply, Shown, chosen, named, read
from dialogs.talk import Heard, Option, Problem, Question, ask
from tests.playing import HEARD, Talk

GROUPS = (
    Option("food", "Cibo e spesa", row="Cibo e spesa a casa", also=("mangiare",)),
    Option("lifts", "Passaggi in auto"),
    Option("papers", "Documenti"),
)
MANY = options((f"o{n}", f"Offerta numero {word}") for n, word in enumerate("abcdefghilmnopqrstu"))


def asking(question: Question[Any]) -> Dialogue:
    async def dialogue(subject: str) -> None:
        del subject
        await ask("domanda", question)

    return dialogue


def choosing(*among: Option) -> Talk:
    return Talk(asking(Choice("Quale?", among or GROUPS)))


def answer_to(talk: Talk, text: str) -> object:
    """The answer that was taken; None if it was not."""
    return talk.journal["answers"]["domanda"] if isinstance(talk.hear(Reply(text)), Answered) else None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", "food"),
        (" 2. ", "lifts"),
        ("٣", "papers"),
        ("il 3", "papers"),
        ("numero due", "lifts"),
        ("tre", "papers"),
        ("la seconda", "lifts"),
        ("il terzo", "papers"),
        ("two", "lifts"),
        ("Documenti", "papers"),
        ("DOCUMENTI!!", "papers"),
        ("cibo e spesa", "food"),
        ("Cibo e spesa a casa", "food"),
        ("mangiare", "food"),
        ("docmenti", "papers"),
        ("pasaggi in auto", "lifts"),
        ("📄 documenti", "papers"),
    ],
)
def test_an_option_is_named_in_many_ways(said: str, meant: str) -> None:
    assert answer_to(choosing(), said) == meant


@pytest.mark.parametrize("said", ["", "4", "0", "ventidue", "boh", "non lo so proprio", "😀", "documenti " * 30])
def test_what_names_no_option_is_refused(said: str) -> None:
    talk = choosing()
    assert isinstance(talk.hear(Reply(said)), Problem)
    assert talk.journal["answers"] == {}


def test_a_number_out_of_range_is_told_the_range() -> None:
    heard = choosing().hear(Reply("7"))
    assert isinstance(heard, Problem)
    assert spoken(heard.text, "it") == "Le risposte vanno da 1 a 3."


def test_a_label_far_from_any_is_asked_about_and_a_yes_takes_it() -> None:
    talk = choosing()
    heard = talk.hear(Reply("vorrei i documenti"))
    assert isinstance(heard, Problem)
    assert spoken(heard.text, "it") == "Intendeva «Documenti»?"
    assert heard.meant == "papers"
    talk.show(meant=heard.meant)
    assert answer_to(talk, "Sì!") == "papers"


def test_a_no_to_what_was_meant_takes_nothing() -> None:
    talk = choosing()
    talk.show(meant="papers")
    assert isinstance(talk.hear(Reply("no")), Problem)
    assert answer_to(talk, "cibo e spesa") == "food"


def test_beside_a_yes_of_its_own_no_screen_asks_what_was_meant() -> None:
    talk = Talk(asking(YesNo("Posso inviare?", yes="Sì, invia", no="No, aspetta")))
    heard = talk.hear(Reply("aspetta un attimo"))
    assert isinstance(heard, Problem)
    assert heard.meant is None
    assert answer_to(talk, "no, non voglio") is False


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ok", True), ("d’accordo", True), ("va bene", True), ("no grazie", False), ("oui", True), ("oui, merci", True),
        ("non merci", False), ("так", True), ("так, дякую", True), ("ні", False), ("ні, дякую", False),
    ],
)  # fmt: skip
def test_yes_and_no_are_said_in_many_ways(said: str, meant: bool) -> None:  # noqa: FBT001
    assert answer_to(Talk(asking(YesNo("Posso inviare?"))), said) is meant


@pytest.mark.parametrize(
    ("said", "meant"), [("oui", "send"), ("так", "send"), ("是", "send"), ("non", "cancel"), ("ні", "cancel")]
)
def test_where_a_yes_chooses_an_option_so_does_the_yes_of_another_language(said: str, meant: str) -> None:
    send, cancel = Option("send", "Sì, invia", also=("sì",)), Option("cancel", "Non inviare", also=("no",))
    assert answer_to(choosing(send, cancel), said) == meant


def test_two_options_with_one_name_are_never_guessed_between() -> None:
    twins = (Option("a", "Mensa"), Option("b", "Mensa"), Option("c", "Docce"))
    talk = choosing(*twins)
    assert isinstance(talk.hear(Reply("mensa")), Problem)
    assert named(talk.shown, "mensa") is None
    assert answer_to(talk, "2") == "b"


def test_an_options_own_wording_comes_before_another_name_of_its_neighbour() -> None:
    talk = choosing(Option("a", "Pacco", also=("mensa",)), Option("b", "Mensa"))
    assert answer_to(talk, "mensa") == "b"


def test_options_without_letters_can_be_chosen_by_number() -> None:
    talk = choosing(Option("a", "👍"), Option("b", "👎"))
    assert isinstance(talk.hear(Reply("boh")), Problem)
    assert answer_to(talk, "2") == "b"


# ------------------------------------------------------------------------------------------------------------- pages


def test_other_options_are_on_further_pages_and_the_last_leads_to_the_first() -> None:
    talk = choosing(*MANY)
    firsts = []
    for said in ("altre", "Altre 8", "12", "dall'inizio"):
        heard = talk.hear(Reply(tap=talk.bubble.buttons[-1].tap) if said.startswith(("A", "d")) else Reply(said))
        assert isinstance(heard, Page)
        firsts.append(heard.first)
        talk.show(first=heard.first)
    assert firsts == [11, 0, 11, 0]


def test_a_number_counts_on_the_page_that_is_shown() -> None:
    talk = choosing(*MANY)
    talk.show(first=11)
    assert answer_to(talk, "1") == "o11"


def test_a_label_of_another_page_is_taken_too() -> None:
    assert answer_to(choosing(*MANY), "Offerta numero u") == "o18"


def test_every_option_of_every_page_can_be_tapped() -> None:
    for wanted, _ in enumerate(MANY):
        talk = choosing(*MANY)
        talk.show(first=11 * (wanted // 11))
        talk.hear(Reply(tap=talk.bubble.buttons[wanted % 11].tap))
        assert talk.journal["answers"]["domanda"] == f"o{wanted}"


def test_an_option_called_other_is_not_the_next_page() -> None:
    talk = choosing(*MANY[:12], Option("other", "Altro"))
    assert answer_to(talk, "altro") == "other"


# ----------------------------------------------------------------------------------------------- free text, numbers


def test_where_a_number_may_be_the_answer_it_is_not_an_option() -> None:
    talk = Talk(asking(Number("Quanti siete?", skip="Preferisco non dirlo")))
    assert answer_to(talk, "1") == 1
    assert Talk(asking(Number("Quanti?", skip="Salta"))).hear(Reply("Salta")) == Answered(
        {"answers": {"domanda": None}, "looks": {}, "done": {}}, free_text=False
    )


def test_beside_free_text_a_label_is_still_a_label_and_the_rest_is_text() -> None:
    def told(said: str) -> object:
        return answer_to(Talk(asking(Tell("Che cosa le serve?", among=GROUPS))), said)

    assert told("Documenti") == {"text": "", "option": "papers"}
    assert told("documentii") == {"text": "", "option": "papers"}
    assert told("2") == {"text": "", "option": "lifts"}
    assert told("ho perso i documenti") == {"text": "ho perso i documenti", "option": ""}
    assert told("sei gentile, grazie") == {"text": "sei gentile, grazie", "option": ""}


@pytest.mark.parametrize("media", ["voice", "image", "document", "sticker", "contact", "location"])
def test_what_is_not_text_is_answered_kindly_and_changes_nothing(media: str) -> None:
    talk = choosing()
    heard = talk.hear(Reply(media=media))
    assert isinstance(heard, Problem)
    assert heard.example
    assert talk.journal["answers"] == {}


def test_the_words_under_a_picture_are_read() -> None:
    talk = choosing()
    assert isinstance(talk.hear(Reply("Documenti", media="image")), Answered)


# ------------------------------------------------------------------------------------------------ the screen as shown


def test_labels_are_read_in_the_wording_that_was_shown() -> None:
    screen = play(asking(Choice("Quale?", GROUPS)), "", {"answers": {}, "looks": {}, "done": {}}, lambda _: None)
    in_english = Shown(
        screen.name, (("food", "Food"), ("lifts", "Lifts"), ("papers", "Documents")), count=3, language="en"
    )
    heard = read(screen, in_english, Reply("documents"), Heard(HEARD.at, "en"))
    assert isinstance(heard, Answered)
    assert heard.journal["answers"] == {"domanda": "papers"}


def test_a_reply_to_a_question_that_has_changed_is_not_read() -> None:
    talk = choosing()
    talk.dialogue = asking(Text("Di che cosa ha bisogno?"))
    for reply in (Reply("1"), Reply("Documenti"), Reply(tap=talk.bubble.buttons[0].tap), Reply(media="voice")):
        assert talk.hear(reply) is CHANGED


@pytest.mark.parametrize(
    "tap", ["", ":", "1", "0:0", "1:x:0", "1:{name}:3", "1:{name}:-1", "1:{name}:٠", "1:{name}:01"]
)
def test_a_tap_that_is_not_of_this_screen_is_not_read(tap: str) -> None:
    talk = choosing()
    assert not isinstance(talk.hear(Reply(tap=tap.replace("{name}", talk.shown.name) or ":")), Answered)


def test_a_tap_of_any_length_is_refused() -> None:
    talk = choosing()
    assert talk.hear(Reply(tap=f"1:{talk.shown.name}:" + "9" * 10_000)) is CHANGED


option_ids = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@given(shown=option_ids, today=option_ids, page=st.integers(0, 7), data=st.data())
def test_a_reply_is_never_read_against_another_screen_than_the_one_shown(
    shown: list[str], today: list[str], page: int, data: st.DataObject
) -> None:
    def with_options(ids: list[str]) -> Dialogue:
        return asking(Choice("Quale?", options((id, f"Offerta {id}") for id in ids)))

    talk = Talk(with_options(shown))
    talk.show(first=page)
    number = data.draw(st.integers(1, len(talk.bubble.buttons)))
    meant = talk.shown.options[talk.shown.first + number - 1]
    reply = data.draw(
        st.sampled_from([Reply(str(number)), Reply(meant[1]), Reply(tap=talk.bubble.buttons[number - 1].tap)])
    )
    talk.dialogue = with_options(today)
    heard = talk.hear(reply)
    if shown == today:
        assert talk.journal["answers"] == {"domanda": meant[0]}
    else:
        assert heard is CHANGED
        assert talk.journal["answers"] == {}


@given(text=st.text(max_size=70), strict=st.booleans(), numbered=st.booleans(), data=st.data())
def test_whatever_is_written_names_an_option_that_was_shown_or_none(
    text: str, strict: bool, numbered: bool, data: st.DataObject  # noqa: FBT001
) -> None:  # fmt: skip
    labels = data.draw(st.lists(st.text(max_size=12), max_size=5))
    wording = tuple((str(n), label) for n, label in enumerate(labels))
    shown = Shown("name", wording, count=len(wording), numbered=numbered)
    option = chosen(shown, text, strict=strict)
    assert option is None or isinstance(option, Problem | Page) or option in dict(wording)


def test_a_screen_is_shown_alike_to_who_writes_and_who_taps() -> None:
    talk = choosing()
    assert [button.row for button in talk.bubble.buttons] == [wording for _, wording in talk.shown.options]
    assert screens.numbered(talk.bubble).splitlines()[-1] == "  3. Documenti"


@given(st.text(st.characters() | st.sampled_from("\0\ud83d\ude00"), max_size=30))
def test_a_text_with_half_a_picture_or_a_nul_can_be_kept(text: str) -> None:
    kept = Reply(f"ciao {text}").text
    assert kept.startswith("ciao ")
    assert "\0" not in kept.encode().decode()


def test_the_two_halves_of_a_picture_are_one() -> None:
    assert Reply("\ud83d\ude00").text == "😀"
