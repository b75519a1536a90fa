"""How far we go to reach somebody, as one pure function: it ends, never knocks too early, mails nothing private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalog_store import reach, territory
from catalog_store.reach import MARGIN, PURPOSES, WINDOW, Call, Door, Message, NotSent, Send, Step, Ways, next_step

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CHANNELS = ("telegram", "whatsapp", "webchat", "email")
ALL = Ways(frozenset(CHANNELS), frozenset({"it", "en"}))
LONG_AGO, JUST_NOW = NOW - timedelta(days=3), NOW - timedelta(minutes=5)
ZONE = territory.load(territory.DEFAULT).zone

TELEGRAM = Door(1, "telegram", inbound_at=LONG_AGO)
OPEN, CLOSED = Door(2, "whatsapp", inbound_at=JUST_NOW), Door(2, "whatsapp", inbound_at=LONG_AGO)
PAGE, MAILBOX = Door(3, "webchat", inbound_at=LONG_AGO), Door(4, "email")
BLOCKED = replace(TELEGRAM, state="unreachable")


@pytest.mark.parametrize(
    ("message", "doors", "ways", "tried", "step"),
    [
        (Message("news"), [TELEGRAM], ALL, [], Send(1, "tapped")),
        (Message("news", tappable=False), [TELEGRAM], ALL, [], Send(1, "numbered")),
        (Message("news"), [TELEGRAM], ALL, [(1, "tapped")], Send(1, "numbered")),
        (Message("news"), [replace(TELEGRAM, plain=True)], ALL, [], Send(1, "numbered")),
        (Message("news"), [OPEN], ALL, [], Send(2, "tapped")),
        (Message("news"), [CLOSED], ALL, [], Send(2, "knock")),
        (Message("news", language="uk"), [CLOSED], ALL, [], Send(2, "knock")),  # in Italian, rather than not at all
        (Message("news"), [CLOSED], replace(ALL, templates=frozenset()), [], Call()),
        (Message("news"), [CLOSED, TELEGRAM], replace(ALL, templates=frozenset()), [], Send(1, "tapped")),
        (Message("news"), [CLOSED, TELEGRAM], ALL, [(2, "knock")], Send(1, "tapped")),
        (Message("news"), [TELEGRAM, OPEN], Ways(frozenset({"whatsapp"})), [], Send(2, "tapped")),
        (Message("news"), [BLOCKED], ALL, [], Call()),
        (Message("news"), [], ALL, [], Call()),
        (Message("human"), [BLOCKED], ALL, [], Call()),
        (Message("danger"), [CLOSED], ALL, [], Call()),
        (Message("reply"), [BLOCKED], ALL, [], NotSent("no_way")),
        (Message("reply", phone=True), [BLOCKED], ALL, [], Call()),
        (Message("news"), [PAGE], ALL, [], Send(3, "tapped")),
        (Message("news", phone=True), [PAGE], ALL, [(3, "tapped"), (3, "numbered")], Call()),
        (Message("news"), [PAGE], ALL, [(3, "tapped"), (3, "numbered")], NotSent("unread")),
        (Message("request"), [BLOCKED], ALL, [], NotSent("no_way")),
        (Message("request"), [MAILBOX], ALL, [], Send(4, "knock")),
        (Message("request"), [MAILBOX], Ways(), [], NotSent("no_way")),
        (Message("news", phone=True), [MAILBOX], ALL, [], Call()),
        (Message("news"), [replace(TELEGRAM, state="unsure")], ALL, [], Call()),
        (Message("reply"), [replace(TELEGRAM, state="unsure")], ALL, [], Send(1, "tapped")),
        (Message("human"), [replace(TELEGRAM, state="unreachable"), replace(OPEN, state="unsure")], ALL, [], Call()),
        (Message("reminder", expires_at=NOW), [TELEGRAM], ALL, [], NotSent("expired")),
    ],
)
def test_the_ladder(message: Message, doors: list[Door], ways: Ways, tried: list[tuple[int, str]], step: Step) -> None:
    assert next_step(message, doors, ways, NOW, frozenset(tried)) == step


@pytest.mark.parametrize("purpose", PURPOSES)
def test_who_asked_us_to_stop_gets_no_reminder_survey_or_broadcast_and_everything_else(purpose: str) -> None:
    step = next_step(Message(purpose), [TELEGRAM], ALL, NOW, stopped=True)
    assert (step == NotSent("stopped")) == (purpose in {"reminder", "survey", "broadcast"})


@pytest.mark.parametrize(("ago", "closed"), [(WINDOW - 2 * MARGIN, False), (WINDOW - MARGIN, True), (WINDOW, True)])
def test_the_window_is_taken_for_closed_a_little_early(ago: timedelta, *, closed: bool) -> None:
    assert reach.is_closed(replace(OPEN, inbound_at=NOW - ago), NOW) is closed
    assert not reach.is_closed(replace(TELEGRAM, inbound_at=NOW - ago), NOW)


NIGHT = datetime(2026, 3, 10, 22, tzinfo=UTC)  # eleven in the evening in Italy


@pytest.mark.parametrize(
    ("purpose", "wrote", "waits"),
    [
        ("reminder", None, True), ("survey", None, True), ("broadcast", None, True), ("request", None, True),
        ("news", None, True), ("news", timedelta(minutes=59), False), ("news", timedelta(hours=2), True),
        ("danger", None, False), ("human", None, False), ("reply", None, False),
    ],
)  # fmt: skip
def test_what_disturbs_waits_for_the_morning(purpose: str, wrote: timedelta | None, *, waits: bool) -> None:
    inbound_at = None if wrote is None else NIGHT - wrote
    assert (reach.when(purpose, NIGHT, ZONE, inbound_at) > NIGHT) is waits


# Whatever the doors are -----------------------------------------------------------------------------------------------

instants = st.none() | st.integers(0, 60).map(lambda hours: NOW - timedelta(hours=hours))
states = st.sampled_from(["reachable", "unreachable", "unsure"])
doors_of = st.lists(
    st.builds(Door, st.integers(1, 5), st.sampled_from(CHANNELS), states, instants, st.booleans()),
    max_size=5, unique_by=lambda door: door.id,
)  # fmt: skip
ways_of = st.builds(Ways, st.frozensets(st.sampled_from(CHANNELS)), st.frozensets(st.sampled_from(["it", "en", "ro"])))
message_of = st.builds(
    Message, st.sampled_from(PURPOSES), st.sampled_from(["it", "en", "zh"]), st.booleans(),
    st.none() | st.just(NOW + timedelta(days=1)), st.booleans(),
)  # fmt: skip

Function = Callable[..., Step]


def followed(function: Function, message: Message, doors: list[Door], ways: Ways, *, stopped: bool) -> list[Step]:
    """Every step, each of them failing, to the last; AssertionError when there is no last, or one that must not be."""
    steps: list[Step] = []
    tried: frozenset[tuple[int, str]] = frozenset()
    known = {door.id: door for door in doors}
    for _ in range(3 * len(doors) + 1):
        step = function(message, doors, ways, NOW, tried, stopped)
        steps.append(step)
        if not isinstance(step, Send):
            break
        door = known[step.address_id]
        assert door.channel in ways.channels, "a channel that is not set up"
        if door.channel == "email":
            assert message.purpose == "request", "a mail with something of a citizen's own"
            assert step.form == "knock", "a mail with more than that something waits"
        else:
            closed = door.channel == "whatsapp" and not (
                door.inbound_at and NOW - door.inbound_at < timedelta(hours=23.5)
            )
            assert (step.form == "knock") == closed, "knocked inside the window, or spoke freely outside it"
        tried |= {(step.address_id, step.form)}
    last = steps[-1]
    assert not isinstance(last, Send), "it never ends"
    if message.purpose == "news":
        page = any(door.channel == "webchat" and door.state != "unreachable" for door in doors)
        assert isinstance(last, Call) or (page and not message.phone), "news that nobody brings"
    return steps


@given(message_of, doors_of, ways_of, st.booleans())
def test_it_ends_and_keeps_its_promises(message: Message, doors: list[Door], ways: Ways, stopped: bool) -> None:  # noqa: FBT001
    followed(next_step, message, doors, ways, stopped=stopped)


def forgets_what_was_tried(*given: Any) -> Step:
    message, doors, ways, now, _tried, stopped = given
    return next_step(message, doors, ways, now, frozenset(), stopped)


def has_no_window(*given: Any) -> Step:
    message, doors, *rest = given
    return next_step(message, [replace(door, inbound_at=NOW) for door in doors], *rest)


def knocks_whatever_the_time(*given: Any) -> Step:
    message, doors, *rest = given
    return next_step(message, [replace(door, inbound_at=None) for door in doors], *rest)


def mails_everybody(*given: Any) -> Step:
    message, *rest = given
    return next_step(replace(message, purpose="request"), *rest)


def never_calls(*given: Any) -> Step:
    step = next_step(*given)
    return NotSent("no_way") if isinstance(step, Call) else step


@pytest.mark.parametrize(
    "planted", [forgets_what_was_tried, has_no_window, knocks_whatever_the_time, mails_everybody, never_calls]
)
def test_a_planted_bug_is_found(planted: Function) -> None:
    @settings(phases=[Phase.generate], report_multiple_bugs=False)
    @given(message_of, doors_of, ways_of, st.booleans())
    def kept(message: Message, doors: list[Door], ways: Ways, stopped: bool) -> None:  # noqa: FBT001
        followed(planted, message, doors, ways, stopped=stopped)

    with pytest.raises(AssertionError):
        kept()
