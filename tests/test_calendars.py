"""What is promised counts the hours in which somebody is there, whatever clocks and holidays do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_store import territory
from catalog_store.calendars import Calendar, add_working, due, halfway, next_opening, of
from catalog_store.hours import from_words
from catalog_store.schedules import parse

ROME = ZoneInfo("Europe/Rome")
OFFICE = of(territory.load())  # lun-ven 9-13; mar,gio 15-17; closed on 23 April
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def calendar(hours: str) -> Calendar:
    return Calendar(parse(from_words(hours, "Europe/Rome", date(2024, 1, 1))), OFFICE.closed, ROME)


@pytest.mark.parametrize(
    ("urgency", "now", "expected"),
    [
        ("urgent", "2026-03-10 10:00", "2026-03-10 16:00"),  # three hours this morning, one in the afternoon
        ("urgent", "2026-03-13 12:00", "2026-03-16 12:00"),  # Friday noon: one hour, then three on Monday
        ("urgent", "2026-03-14 20:00", "2026-03-16 13:00"),  # Saturday night
        ("normal", "2026-03-09 10:00", "2026-03-11 13:00"),  # Monday → Wednesday's close
        ("normal", "2026-03-10 23:30", "2026-03-12 17:00"),
        ("normal", "2026-03-13 10:00", "2026-03-17 17:00"),  # over a weekend
        ("normal", "2026-04-22 10:00", "2026-04-27 13:00"),  # the patron's day, the 25th, a Sunday
        ("low", "2026-12-23 10:00", "2026-12-31 17:00"),  # Christmas and Santo Stefano, and a weekend
    ],
)
def test_an_answer_is_promised_by(urgency: str, now: str, expected: str) -> None:
    assert due(urgency, at(now), OFFICE) == at(expected)


def test_nine_stays_nine_when_the_clocks_change() -> None:
    assert next_opening(at("2026-03-28 12:00"), OFFICE) == at("2026-03-30 09:00")
    assert next_opening(at("2026-10-24 12:00"), OFFICE) == at("2026-10-26 09:00")


def test_open_means_now() -> None:
    now = at("2026-03-10 10:00")
    assert next_opening(now, OFFICE) == now


def test_openings_that_overlap_count_once() -> None:
    assert add_working(3 * HOUR, at("2026-03-09 09:00"), calendar("lun 9-11; lun-ven 10-12")) == at("2026-03-09 12:00")


def test_a_reminder_comes_when_half_of_the_opening_time_has_passed() -> None:
    now = at("2026-03-10 10:00")
    assert halfway(now, due("urgent", now, OFFICE), OFFICE) == at("2026-03-10 12:00")


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(ValueError, match="never opens"):
        next_opening(at("2026-03-10 10:00"), Calendar((), OFFICE.closed, ROME))


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
weeks = st.sampled_from(["lun-ven 9-13; mar,gio 15-17", "tutti 0-24", "dom 1-4", "sab 22-6; lun 8-9", "1sab 10-12"])
spans = st.timedeltas(timedelta(minutes=1), timedelta(hours=30))


@given(weeks, instants, spans, spans)
def test_working_time_adds_up(week: str, start: datetime, one: timedelta, other: timedelta) -> None:
    office = calendar(week)
    assert add_working(other, add_working(one, start, office), office) == add_working(one + other, start, office)


@given(weeks, instants, st.integers(1, 600))
def test_working_time_is_the_minutes_in_which_it_is_open(week: str, start: datetime, minutes: int) -> None:
    office, start = calendar(week), start.replace(second=0, microsecond=0)
    end = add_working(timedelta(minutes=minutes), start, office)
    counted = timedelta()
    for opening, closing in office.spans(start):
        if opening >= end:
            break
        counted += min(closing, end) - opening
    assert counted == timedelta(minutes=minutes)


@given(weeks, instants)
def test_openings_are_in_order_apart_and_never_on_a_holiday(week: str, start: datetime) -> None:
    last = start
    for (opening, closing), _ in zip(calendar(week).spans(start), range(12), strict=False):
        assert last <= opening < closing
        last = closing
        if week.startswith("lun-ven"):
            assert not OFFICE.closed(opening.astimezone(ROME).date())


@given(st.sampled_from(["urgent", "normal", "low"]), instants)
def test_a_promise_falls_in_the_future_and_when_somebody_is_there(urgency: str, now: datetime) -> None:
    by = due(urgency, now, OFFICE)
    assert by > now
    assert next_opening(by - timedelta(seconds=1), OFFICE) == by - timedelta(seconds=1)
    assert now <= halfway(now, by, OFFICE) <= by
