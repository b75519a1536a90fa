"""Danger is recognised before anything else, and what only sounds like it is not."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import safety
from dialogs.safety import Danger, check
from dialogs.safety.answers import answer, numbers_for
from dialogs.safety.helplines import FRESH_FOR, SHIPPED, HelplinesFault, Kind, helplines, use
from dialogs.words import Joined, Phrase, Words


def _rows(name: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "evaluation" / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


MESSAGES, HELD_OUT = _rows("crisis"), _rows("crisis_heldout")
# Each part was written before the patterns had seen it. At first sight recall was 1.00 (a and b: worded as the patterns
# are), 0.67 (c), 0.63 (d: mostly said sideways) and 0.81 (e), false alarms 0 to 0.03. These floors keep what was won.
LEAST_RECALL = 0.95
LEAST_RIGHT_KIND = 0.93
MOST_FALSE_ALARMS = 0.03


def figures(rows: Sequence[dict[str, Any]]) -> tuple[float, float, float]:
    """Recall, share of dangers given their own kind, share of traps taken for danger."""
    dangers = [row for row in rows if row["kind"]]
    found = [check(row["text"]) for row in dangers]
    alarms = [row for row in rows if not row["kind"] and check(row["text"])]
    right = sum(danger is not None and danger.kind == row["kind"] for danger, row in zip(found, dangers, strict=True))
    return sum(map(bool, found)) / len(dangers), right / len(dangers), len(alarms) / (len(rows) - len(dangers))


@pytest.mark.parametrize("half", sorted({row["half"] for row in MESSAGES}))
def test_danger_is_found_and_traps_are_let_go(half: str) -> None:
    recall, right_kind, false_alarms = figures([row for row in MESSAGES if row["half"] == half])
    assert recall >= LEAST_RECALL
    assert right_kind >= LEAST_RIGHT_KIND
    assert false_alarms <= MOST_FALSE_ALARMS


def test_the_messages_cover_every_kind_and_language() -> None:
    every = [*MESSAGES, *_rows("crisis_development"), *HELD_OUT]
    assert {row["kind"] for row in every} == {None, *safety.KINDS}
    assert {row.get("level") for row in HELD_OUT} == {None, *safety.LEVELS}
    said = Counter((row["lang"], row["kind"]) for row in every)
    assert all(said[language, kind] for language in safety.LANGUAGES for kind in safety.KINDS)


def test_what_no_pattern_and_no_training_has_seen_is_found_too() -> None:
    """A third of the held-out half, as it comes: the figures of the whole are in the documents."""
    rows = HELD_OUT[::3]
    found = safety.check_many([row["text"] for row in rows])
    real = [(row, danger) for row, danger in zip(rows, found, strict=True) if row["level"]]
    alarms = [danger for row, danger in zip(rows, found, strict=True) if danger and not row["level"]]
    levels = [danger.level == row["level"] for row, danger in real if danger]
    assert len(levels) / len(real) >= 0.9
    assert len(alarms) / (len(rows) - len(real)) <= 0.07
    assert sum(levels) / len(levels) >= 0.9


def test_without_the_encoder_what_is_said_plainly_is_found_all_the_same() -> None:
    for text, kind in (
        ("brucia la casa, siamo al terzo piano", "incendio_gas"),
        ("puzza di gas per le scale", "incendio_gas"),
        ("mi incido la pelle con il compasso", "autolesionismo"),
        ("stanotte dormiamo in macchina", None),
        ("we have nowhere to sleep tonight", None),
    ):
        said = safety.ruled(text)
        assert said is not None, text
        assert said[0] == kind, text


def test_what_is_worrying_is_not_taken_for_what_is_happening() -> None:
    assert safety.ruled("si taglia le braccia quando litighiamo") == ("autolesionismo", "worrying")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "l'ho denunciato, mi aspetta sotto casa e ha un coltello",
            "l’ho denunciato, mi aspetta sotto casa e ha un coltello",
        ),
        ("non voglio più vivere", "NON VOGLIO PIU VIVERE!!!"),
        ("mi voglio ammazzare", "mi voglio amazare"),
        ("чоловік мене б'є", "чоловік мене б’є"),
        ("soțul mă bate", "sotul ma bate"),
    ],
)
def test_accents_apostrophes_and_doubled_letters_change_nothing(one: str, other: str) -> None:
    assert check(one) == check(other)
    assert check(one) is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("penso spesso alla morte", "suicidio"),
        ("la faccio finita con tutto", "suicidio"),
        ("my husband beats me", "violenza_in_corso"),
        ("il bambino ha ingoiato una pila", "emergenza_medica"),
        ("mia figlia ha bevuto l'idraulico liquido", "emergenza_medica"),
    ],
)
def test_an_idiom_hides_no_danger(text: str, kind: str) -> None:
    safety.weigh([text])
    danger = check(text)
    assert danger is not None
    assert danger.kind in (kind, "minore_in_pericolo")


@pytest.mark.parametrize(
    "text",
    [
        "I'm a skilled cook",
        "mia figlia fa pugilato",
        "",
        "ok",
        "mi avete salvato la vita",
        "ammazza che buono",
        "sto affogando nelle carte",
        "se cambiano ancora orario mi sparo ahahah",
        "I had a heart attack in 2019",
    ],
)
def test_a_word_inside_another_and_an_idiom_are_no_danger(text: str) -> None:
    assert check(text) is None


@pytest.mark.parametrize(
    "text", ["non è uno scherzo, mi ammazzo", "in 20 minutes my husband is home and he will hit me"]
)
def test_who_says_that_it_is_no_joke_is_believed_and_minutes_are_not_years(text: str) -> None:
    assert check(text) is not None


@pytest.mark.parametrize("kind", safety.KINDS)
def test_every_danger_is_answered_with_the_number_of_emergencies_first(kind: Kind) -> None:
    assert numbers_for(Danger(kind))[0].number == "112"
    assert "112" in "".join(map(repr, answer(Danger(kind))))


def test_no_answer_names_an_organization_or_what_the_person_suffers() -> None:
    said = " ".join(_sentences(answer(Danger("violenza_in_corso")))).lower()
    assert not any(
        word in said for word in ("violenza", "antiviolenza", "marito", "associazione", "centro", "stalking")
    )


def test_helplines_are_dated_sourced_and_fall_due_after_ninety_days() -> None:
    for line in helplines().values():
        assert line.source
        assert not line.due(line.checked + FRESH_FOR)
        assert line.due(line.checked + FRESH_FOR + timedelta(days=1))
        assert line.checked < date(2100, 1, 1)


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Callable[[str, str], Path]]:
    """A municipality's copy of the helplines, with one text replaced by another; what is said afterwards is ours."""

    def copy(old: str, new: str) -> Path:
        text = SHIPPED.read_text("utf-8")
        assert old in text
        (tmp_path / "helplines.toml").write_text(text.replace(old, new), "utf-8")
        return tmp_path / "helplines.toml"

    yield copy
    use(SHIPPED)


def test_a_municipality_says_its_own_numbers(copied: Callable[[str, str], Path]) -> None:
    use(copied('number = "1522"', 'number = "055 000000"'))
    assert [line.number for line in numbers_for(Danger("violenza_in_corso"))] == ["112", "055 000000"]
    assert "055 000000" in "".join(map(repr, answer(Danger("violenza_in_corso"))))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[[helpline]]", "[[helpline", "cannot be read"),
        ("[[helpline]]", "[[number]]", "number"),
        ("checked = 2023-11-25", "checked = 1", "helpline.1.checked: "),
        ('["violenza_in_corso"]', '["violenza"]', "helpline.1.dangers.0: .*violenza_in_corso"),
        ('"emergenza_medica", ', "", "no number is said for emergenza_medica"),
    ],
)
def test_a_copy_that_would_leave_somebody_without_a_number_is_refused(
    old: str, new: str, sentence: str, copied: Callable[[str, str], Path]
) -> None:
    with pytest.raises(HelplinesFault, match=sentence) as caught:
        use(copied(old, new))
    assert "\n" not in str(caught.value)
    assert "112" in helplines()


def test_hours_are_said_when_a_number_does_not_answer_at_night() -> None:
    said = helplines()["02 2327 2327"].said()
    assert isinstance(said, Phrase)
    assert said.named["hours"] == Phrase(
        "ogni giorno dalle {opens} alle {closes}", {"opens": "09:00", "closes": "24:00"}
    )


@given(st.text(max_size=500))
def test_any_text_is_read(text: str) -> None:
    danger = check(text)
    assert danger is None or (danger.kind in (None, *safety.KINDS) and danger.level in safety.LEVELS)


@settings(max_examples=25, deadline=None)
@given(
    st.text(min_size=1, max_size=12)
    | st.sampled_from([row["text"] + " " for row in MESSAGES])
    | st.sampled_from(["mi ", "lui ", "打", "non ", "a a "])
)
def test_ten_thousand_characters_take_no_longer_for_what_they_say(piece: str) -> None:
    safety.prepare()
    text = (piece * 10_000)[:10_000]
    before = time.process_time()
    check(text)
    assert time.process_time() - before < 0.5


def test_an_ordinary_message_takes_little() -> None:
    safety.prepare()
    text = (
        "mia mamma ha 85 anni e vive sola, non può uscire di casa, cerchiamo chi le porti la spesa e le medicine " * 2
    )[:200]
    times = []
    for _ in range(100):
        before = time.process_time()
        check(text)
        times.append(time.process_time() - before)
    assert sorted(times)[50] < 0.001  # seconds; four times what it takes on a small machine


def _sentences(said: Sequence[Words]) -> list[str]:
    return [text for words in said for text in _texts(words)]


def _texts(said: Words) -> list[str]:
    match said:
        case str():
            return [said]
        case Phrase():
            return [
                said.msgid,
                *(text for value in said.named.values() if isinstance(value, str | Phrase) for text in _texts(value)),
            ]
        case Joined():
            return [text for part in said.parts for text in _texts(part)]
        case _:
            return []
