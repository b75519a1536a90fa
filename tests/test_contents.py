"""The pool of message shapes: made known to Twilio once, and never filled with what WhatsApp refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import content
from bot.channels import contents
from bot.channels.contents import SHAPES, Shape, shape_of, variables
from bot.content import ContentFault
from catalog_store import contents as known_contents
from catalog_store.settings import SettingsFault
from dialogs import screens
from dialogs.locale import LANGUAGES
from dialogs.screens import DESCRIPTION, LABEL, ROW, Bubble, Button
from tests.fakes.twilio import ACCOUNT, Refused, Twilio, content_fault, rendered
from tests.houses import opened
from tests.whatsapp_town import Town, town

label = st.text(min_size=1, max_size=ROW)
buttons = st.lists(st.builds(Button, label, label, st.text(max_size=DESCRIPTION), st.just("")), max_size=12).map(
    lambda made: tuple(replace(one, tap=f"1:a:{n}") for n, one in enumerate(made))
)
bubbles = st.builds(Bubble, st.lists(st.text(max_size=400), min_size=1, max_size=6).map(tuple), buttons)


@pytest.fixture
def here(tmp_path: Path, sqlite_url: str) -> Iterator[Town]:
    with town(sqlite_url, tmp_path, synced=False) as made:
        yield made


def test_every_template_is_one_that_twilio_takes() -> None:
    for request in (*(shape.request() for shape in SHAPES), *contents.knock_requests()):
        assert content_fault(request) == ""
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) == 23
    assert all(len(shape.name) <= 60 for shape in SHAPES)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{{1}}", "begins or ends"), ("{{1}} ↓", "begins or ends"), ("– {{1}}", "begins or ends"),
        ("– {{1}} {{2}} ↓", "side by side"), ("– {{1}} e {{2}} ↓", ""), ("– {{1}} e {{9}} ↓", "sample"),
    ],
)  # fmt: skip
def test_a_bare_variable_is_refused(body: str, fault: str) -> None:
    request = {
        "friendly_name": "x", "language": "it", "variables": {"1": "uno", "2": "due"} if "2" in body or "9" in body
        else {"1": "uno"}, "types": {"twilio/text": {"body": body}},
    }  # fmt: skip
    assert fault in content_fault(request)
    assert bool(content_fault(request)) == bool(fault)


@given(bubbles)
def test_whatever_is_said_fills_its_shape_within_the_limits(bubble: Bubble) -> None:
    message = screens.whatsapp(bubble)
    shape = shape_of(message)
    if shape is None:
        return
    assert shape in SHAPES
    twilio, given_variables = Twilio(), variables(message)
    sid = twilio.add_content(shape.request())["sid"]
    twilio.written_at["whatsapp:+393330000001"] = twilio.clock()
    form = {
        "From": "whatsapp:+390550000000", "To": "whatsapp:+393330000001", "ContentSid": sid,
        "ContentVariables": given_variables,
    }  # fmt: skip
    made = twilio.create(form)
    if made["number"]:  # two rows may only become the same by losing their spaces
        titles = [row["title"] for row in made["shown"]["buttons"]]
        assert len(set(titles)) < len(titles) == len(bubble.buttons)
    assert all(json.loads(given_variables).values())


def test_a_row_without_a_description_among_others_that_have_one() -> None:
    rows = (Button("Mensa", "Mensa", "Pasti caldi", "1:a:0"), Button("Altre 3", "Altre 3", "", "1:a:more"))
    message = screens.whatsapp(Bubble(("Quale?",), rows))
    shape = shape_of(message)
    assert shape == Shape("list-picker", 2, described=True)
    shown = rendered(shape.request(), json.loads(variables(message)))
    assert shown["body"] == "– Quale? ↓"
    assert [(one["title"], one["description"], one["id"]) for one in shown["buttons"]] == [
        ("Mensa", "Pasti caldi", "1:a:0"), ("Altre 3", "–", "1:a:more"),
    ]  # fmt: skip


def test_a_variable_has_no_runs_of_spaces_or_of_line_breaks() -> None:
    rows = (Button("Sì", "Sì", "", "1:a:0"),)
    filled = json.loads(
        variables(screens.whatsapp(Bubble(("Uno.     Due.", "\n\n Tre. \t\t\t\t\t\n\n\nQuale?"), rows)))
    )
    assert filled == {"1": "Uno. Due.\nTre.\nQuale?", "2": "Sì", "3": "1:a:0"}


def test_synced_twice_nothing_changes(here: Town) -> None:
    first = here.sync()
    kept = dict(here.twilio.contents)
    second = here.sync()
    assert all(created for _, _, created in first)
    assert not any(created for _, _, created in second)
    assert [(name, sid) for name, sid, _ in first] == [(name, sid) for name, sid, _ in second]
    assert here.twilio.contents == kept
    with here.house.store.reading() as tx:
        assert known_contents.known(tx, ACCOUNT) == {name: sid for name, sid, _ in first}


def test_a_changed_definition_is_another_template(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name for name, _, _ in here.sync()}
    monkeypatch.setattr(contents, "AFTER", " →")
    created = {name for name, _, created in here.sync() if created}
    assert len(created) == len(SHAPES)
    assert not created & before
    with here.house.store.reading() as tx:
        assert created < set(known_contents.known(tx, ACCOUNT))
        assert not set(known_contents.known(tx, ACCOUNT)) & (before - {n for n in before if "_message_" in n})


def test_too_many_at_once_is_tried_again_later(here: Town) -> None:
    here.twilio.moods.answers.extend([429, 429])
    assert len(here.sync()) == len(SHAPES) + len(LANGUAGES)
    here.twilio.moods.answers.extend([429] * 10)
    with pytest.raises(ContentFault, match="too much"):
        here.sync()


def test_what_twilio_refuses_is_said_and_nothing_is_remembered(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "BEFORE", "")
    with pytest.raises(ContentFault, match=r"tessere_quick_reply_1_\w+: 400"):
        here.sync()
    with here.house.store.reading() as tx:
        assert known_contents.known(tx, ACCOUNT) == {}
    with pytest.raises(Refused):
        here.twilio.add_content(SHAPES[0].request())


def test_without_twilio_there_is_nothing_to_sync(tmp_path: Path, sqlite_url: str) -> None:
    with opened(sqlite_url, tmp_path) as house, pytest.raises(SettingsFault, match="TWILIO_ACCOUNT_SID"):
        list(content.sync(house))


def test_the_command_prints_the_texts_to_have_approved() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "content", "templates"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == content.templates()
    assert "C'è un messaggio per lei" in done.stdout
    assert "There is a message for you" in done.stdout
    assert "button: Leggi (id: leggi)" in done.stdout
    assert LABEL == 20
