"""Every kind of question takes what is right, and refuses the rest saying what was wrong and giving an example."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialogs.locale import spoken
from dialogs.play import decoded, encoded
from dialogs.questions import Choice, Date, Email, Hour, Number, Phone, Place, TaxCode, Tell, Text, Told, YesNo, options
from dialogs.replies import Answered, Reply
from dialogs.talk import Heard, More, Option, Problem, Question, ask
from tests.playing import HEARD, Talk

OPTIONS = options([("mensa", "Mensa"), ("docce", "Docce")])
TEXT, TELL = Text("Come si chiama?", least=2, most=40), Tell("Che cosa le serve?", among=OPTIONS)
QUESTIONS: list[Question[Any]] = [
    TEXT,
    TELL,
    Text("Una nota?", skip="Salta"),
    Choice("Quale?", OPTIONS),
    YesNo("È giusto?"),
    Number("Quanti?", least=1, most=50),
    Date("Quando?"),
    Date("Quando, poi?", when="future"),
    Date("Quando, prima?", when="past"),
    Hour("A che ora?"),
    Place("Dove?", OPTIONS),
    Phone("Numero?"),
    Email("E-mail?"),
    TaxCode("Codice?"),
    More("Altre?"),
]

anything = st.one_of(
    st.text(max_size=80),
    st.text("0123456789 +-./:,@'’ àèì AZ", max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "😀",
            "👍🏽👍🏽",
            "…",
            "0",
            "-1",
            "1" * 5000,
            "x" * 10_000,
            "9" * 10_000,
            "@" * 10_000,
            "a@" * 5000,
            "\u202e123",
            "٣",
            "三",
            "½",
            "null",
            "{name}",
            "%s",
            "\x00",
            "1e9",
            "+39" * 60,
            "l'" * 3000,
        ]
    ),
)


def taken_as_recorded(question: Question[Any], value: Any) -> None:
    """What was read is accepted, put in words, and survives JSON."""
    assert question.accepts(value)
    kept = json.loads(json.dumps(encoded(question.value_type, value, "key")))
    assert decoded(question.value_type, kept, "key") == value
    assert spoken(question.put(value), "it")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{type(question).__name__} {question.text}")
@given(text=anything)
@example(text="Per esempio: 80016750483.")
def test_whatever_is_written_is_an_answer_or_a_problem_with_an_example(question: Question[Any], text: str) -> None:
    read = question.read(text, HEARD)
    if isinstance(read, Problem):
        assert spoken(read.text, "it").endswith((".", "?"))
        assert spoken(read.example, "it") if read.example else False
    else:
        taken_as_recorded(question, read)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{type(question).__name__} {question.text}")
@given(text=anything, media=st.sampled_from(["", "voice", "image", "sticker"]))
def test_what_is_refused_changes_nothing(question: Question[Any], text: str, media: str) -> None:
    async def dialogue(subject: str) -> None:
        del subject
        await ask("prima", Text("Prima?"))
        await ask("poi", question)
        await ask("fine", Text("Fine?"))

    talk = Talk(dialogue)
    talk.say("una risposta")
    before = talk.journal
    heard = talk.hear(Reply(text, media=media))
    assert isinstance(heard, Answered) or talk.journal == before
    assert talk.journal["answers"]["prima"] == "una risposta"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{type(question).__name__} {question.text}")
def test_every_option_is_an_answer_that_is_kept(question: Question[Any]) -> None:
    for option in question.choices():
        value = question.take(option.id)
        if not isinstance(question, More):
            taken_as_recorded(question, value)
    assert len({option.id for option in question.options()}) == len(question.options())


@pytest.mark.parametrize(
    "question",
    [Number("?", least=1, most=50), Date("?"), Hour("?"), Phone("?"), Email("?"), TaxCode("?"), TEXT, TELL, YesNo("?")],
    ids=lambda question: type(question).__name__,
)
def test_the_example_that_is_given_would_be_taken(question: Question[Any]) -> None:
    refused = question.read("", HEARD)
    assert isinstance(refused, Problem)
    assert refused.example is not None
    offered = spoken(refused.example, "it").removesuffix(".")
    if isinstance(question, Hour | YesNo):  # these give two: the first
        offered = offered.partition("»")[0].partition("«")[2]
    assert not isinstance(question.read(offered, HEARD), Problem)


@pytest.mark.parametrize(
    ("question", "said", "meant"),
    [
        (TEXT, "  Il   Ponte ", "Il Ponte"),
        (Text("?"), "due\nrighe", "due\nrighe"),
        (TEXT, "桥", None),
        (TEXT, "杭州", "杭州"),
        (TELL, "non riesco a uscire", Told("non riesco a uscire")),
        (TELL, "12", None),
        (TELL, "x" * 9000, Told("x" * 9000)),
        (YesNo("?"), "sì grazie", True),
        (YesNo("?"), "no, non voglio", False),
        (YesNo("?"), "sì, anzi no", None),
        (YesNo("?"), "non so", None),
        (YesNo("?"), "forse sì", None),
        (Number("?"), "siamo in 4", 4),
        (Number("?"), "quattro", 4),
        (Number("?"), "1.200", 1200),
        (Number("?"), "12.", 12),
        (Number("?"), "3 o 4", None),
        (Number("?"), "9,5", None),
        (Number("?"), "-3", None),
        (Number("?"), "tanti", None),
        (Number("?", most=50), "51", None),
        (Number("?"), "9" * 400, None),
        (Number("?"), "٣", 3),
        (Date("?", when="future"), "giovedì", date(2026, 11, 26)),
        (Date("?", when="future"), "ieri", None),
        (Date("?", when="past"), "domani", None),
        (Date("?", when="past"), "12/5/1948", date(1948, 5, 12)),
        (Hour("?"), "9,30", time(9, 30)),
        (Hour("?"), "mezzanotte", time(0)),
        (Hour("?"), "boh", None),
        (Phone("?"), "il mio numero è 333-12.34.567 grazie", "+393331234567"),
        (Phone("?"), "055 89591", "+3905589591"),
        (Phone("?"), "0040 721 234 567", "+40721234567"),
        (Phone("?"), "333 12", None),
        (Phone("?"), "non ce l'ho", None),
        (Phone("?"), "055 123456 o 333 1234567", None),
        (Phone("?"), "3" * 300, None),
        (Email("?"), "la mia è «Ada.Rossi@example.org».", "ada.rossi@example.org"),
        (Email("?"), "ada.example.org", None),
        (Email("?"), "a@example.org o b@example.org", None),
        (Email("?"), "ada@example", None),
        (TaxCode("?"), "800 167 504 83", "80016750483"),
        (TaxCode("?"), "il codice è 80016750483", "80016750483"),
        (TaxCode("?"), "80016750484", None),
        (TaxCode("?"), "12345678903", "12345678903"),
        (TaxCode("?"), "rss mra 80a01 h501 u", "RSSMRA80A01H501U"),
        (TaxCode("?"), "RSSMRA80A01H501X", None),
        (TaxCode("?"), "RSSMRA", None),
    ],
)
def test_what_people_write_is_read(question: Question[Any], said: str, meant: object) -> None:
    read = question.read(said, HEARD)
    assert isinstance(read, Problem) if meant is None else read == meant


def test_what_was_wrong_is_said_in_its_own_words() -> None:
    assert problem(Text("?", most=300), "x" * 10_000) == "È un po' lungo. Sono 10000 caratteri, ne bastano 300."
    assert problem(TEXT, "a") == "È un po' corto: servono almeno 2 caratteri."
    assert problem(Number("?", least=1, most=50), "51") == "Il numero deve stare fra 1 e 50."
    assert problem(Phone("?"), "333 12") == "A questo numero manca o avanza qualche cifra."
    assert problem(Email("?"), "ada") == "Nell'indirizzo manca la chiocciola (@)."
    assert problem(Date("?", when="future"), "ieri") == "lunedì 23 novembre è già passato."
    assert problem(TaxCode("?"), "123").endswith("Qui sono 3.")


def problem(question: Question[Any], said: str) -> str:
    read = question.read(said, HEARD)
    assert isinstance(read, Problem)
    return spoken(read.text, "it")


def test_a_day_is_told_from_the_persons_own_clock() -> None:
    late = Heard(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))  # already Wednesday in Italy
    assert Date("?").read("oggi", late) == date(2026, 11, 25)


def test_an_option_that_today_is_gone_is_no_longer_accepted() -> None:
    assert not Choice("?", OPTIONS).accepts("corso")
    assert not TELL.accepts(Told(option="corso"))
    assert not Number("?", most=3).accepts(4)


def test_an_answer_is_put_in_words() -> None:
    said = [
        Choice("?", (Option("a", "Mensa", row="Mensa, da asporto"),)).put("a"),
        YesNo("?", yes="A me").put(True),  # noqa: FBT003
        Date("?").put(date(2026, 12, 3)),
        Hour("?").put(time(9, 5)),
        Number("?").put(4),
        TELL.put(Told(option="docce")),
    ]
    assert [spoken(words, "it") for words in said] == [
        "Mensa, da asporto",
        "A me",
        "giovedì 3 dicembre",
        "9.05",
        "4",
        "Docce",
    ]
