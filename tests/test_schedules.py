"""Opening hours are read, said and computed the same way, on any day of the year."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog_store.hours import from_words, in_words
from catalog_store.schedules import HORIZON, LONGEST, ScheduleFault, is_open, next_opening, openings, parse

ROME = ZoneInfo("Europe/Rome")
SINCE = date(2025, 1, 1)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.sampled_from(["lun", "mar,gio", "lun-ven", "sab", "dom", "ven-lun", "tutti", "1sab", "-1dom", "5ven"])
HOURS = st.builds(
    lambda opens, length, half: f"{opens}{':30' if half else ''}-{(opens + length) % 24 or 24}",
    st.integers(0, 23),
    st.integers(1, 12),
    st.booleans(),
)
SEASONS = st.sampled_from(["", "", " nov-mar", " giu-ago", " ott"])
ENTRIES = st.builds(lambda days, hours, season: f"{days} {hours}{season}", DAYS, HOURS, SEASONS)
WRITTEN = st.lists(ENTRIES, min_size=1, max_size=3).map("; ".join)


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def hours(text: str) -> str:
    return from_words(text, "Europe/Rome", SINCE)


@pytest.mark.parametrize(
    ("written", "italian", "english"),
    [
        ("lun,gio 16-18", "lunedì e giovedì, 16-18", "Monday and Thursday, 16-18"),
        ("lun,gio 16-18; sab 9:30-12", "lunedì e giovedì, 16-18; sabato, 9:30-12",
         "Monday and Thursday, 16-18; Saturday, 9:30-12"),
        ("lun-ven 9-13,15-18", "dal lunedì al venerdì, 9-13 e 15-18", "Monday to Friday, 9-13 and 15-18"),
        ("1sab 10-12", "il primo sabato del mese, 10-12", "the first Saturday of the month, 10-12"),
        ("-1dom 15-24", "l’ultima domenica del mese, 15-24", "the last Sunday of the month, 15-24"),
        ("tutti 20-8 nov-mar", "tutti i giorni, 20-8, da novembre a marzo", "every day, 20-8, from November to March"),
        ("lun-dom 0-24", "tutti i giorni, giorno e notte", "every day, day and night"),
        ("mar 9-11 ott", "martedì, 9-11, solo a ottobre", "Tuesday, 9-11, only in October"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_hours_are_said_in_plain_words(written: str, italian: str, english: str) -> None:
    schedule = parse(hours(written))
    assert (in_words(schedule), in_words(schedule, "en")) == (italian, english)


@pytest.mark.parametrize(
    ("lines", "italian"),
    [
        ("DTSTART;TZID=Europe/Rome:20260615T090000\nDURATION:PT4H", "15 giugno 2026, 9-13"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nDURATION:PT1H",
         "ogni 2 settimane: lunedì, 16-17"),
        ("DTSTART;TZID=Europe/Rome:20260110T160000\nRRULE:FREQ=MONTHLY;UNTIL=20260630\nDURATION:PT90M",
         "il 10 di ogni mese, 16-17:30, fino al 30 giugno 2026"),
        ("DTSTART;TZID=Europe/Rome:20260110T160000\nRRULE:FREQ=DAILY;COUNT=3\nDURATION:PT1H",
         "tutti i giorni, 16-17, per 3 volte"),
    ],
)  # fmt: skip
def test_calendars_of_other_programs_are_said_too(lines: str, italian: str) -> None:
    assert in_words(parse(lines)) == italian


def test_open_now_and_opening_next() -> None:
    schedule = parse(hours("lun,gio 16-18"))
    assert is_open(schedule, rome("2026-11-23T16:00"))
    assert not is_open(schedule, rome("2026-11-23T18:00"))
    assert next_opening(schedule, rome("2026-11-23T16:01")) == rome("2026-11-26T16:00")


def test_a_night_shelter_is_open_after_midnight() -> None:
    schedule = parse(hours("tutti 20-8"))
    assert is_open(schedule, rome("2026-11-24T03:00"))
    assert not is_open(schedule, rome("2026-11-24T08:00"))


def test_hours_stay_the_same_when_the_clocks_change() -> None:
    schedule = parse(hours("dom 9-12"))
    for day in ("2026-03-29", "2026-10-25"):
        assert is_open(schedule, rome(f"{day}T09:00"))
        assert not is_open(schedule, rome(f"{day}T12:00"))


def test_holidays_are_skipped() -> None:
    schedule = parse(hours("tutti 9-12"))
    christmas = date(2026, 12, 25)
    assert next_opening(schedule, rome("2026-12-25T08:00"), christmas.__eq__) == rome("2026-12-26T09:00")


def test_what_repeats_a_number_of_times_ends() -> None:
    schedule = parse("DTSTART;TZID=Europe/Rome:20260110T160000\nRRULE:FREQ=DAILY;COUNT=3\nDURATION:PT1H")
    assert next_opening(schedule, rome("2026-01-12T15:00")) == rome("2026-01-12T16:00")
    assert next_opening(schedule, rome("2026-01-12T16:30")) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("aperto il lunedì", "not a line of DTSTART"),
        ("RRULE:FREQ=DAILY", "RRULE stands where DTSTART"),
        ("DTSTART:20260105T160000\nDURATION:PT2H", "time zone"),
        ("DTSTART;TZID=Europe/Rome:domani\nDURATION:PT2H", "DTSTART:domani"),
        ("DTSTART;TZID=Europe/Rome:99990105T160000\nDURATION:PT2H", "DTSTART:9999"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000", "DURATION"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nDURATION:P9D", "DURATION:P9D"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=YEARLY\nDURATION:PT2H", "FREQ=YEARLY"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=WEEKLY;BYDAY=LU\nDURATION:PT2H", "BYDAY=LU"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=WEEKLY;BYDAY=TU\nDURATION:PT2H", "not one of the days"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=DAILY;BYSETPOS=1\nDURATION:PT2H", "BYSETPOS"),
        ("DTSTART;TZID=Europe/Rome:20260105T160000\nRRULE:FREQ=DAILY;INTERVAL=0\nDURATION:PT2H", "INTERVAL=0"),
    ],
)
def test_what_is_wrong_in_a_schedule_is_named(text: str, named: str) -> None:
    with pytest.raises(ScheduleFault, match=named):
        parse(text)


@pytest.mark.parametrize("text", ["lunedì 9-12", "lun", "lun 9", "lun 25-26", "lun 9-9", "9-12", "lun 9-12 inverno"])
def test_what_is_wrong_in_written_hours_is_shown_with_an_example(text: str) -> None:
    with pytest.raises(ScheduleFault, match="should be like"):
        hours(text)


@example("5ven 0-1 ott", datetime(2028, 1, 1, tzinfo=UTC))
@given(WRITTEN, INSTANTS)
def test_openings_come_in_order_and_the_next_is_the_first_not_begun(written: str, at: datetime) -> None:
    schedule = parse(hours(written))
    found = list(islice(openings(schedule, at), 12))
    assert all(end > at and timedelta(0) < end - start <= timedelta(hours=25) for start, end in found)
    assert [start for start, _ in found] == sorted(start for start, _ in found)
    assert is_open(schedule, at) == any(start <= at for start, _ in found)
    begins = next_opening(schedule, at)
    if begins is None:
        assert written.startswith("5"), "only the fifth such day of one month may be more than HORIZON away"
        return
    assert begins >= at
    assert is_open(schedule, begins)


@given(WRITTEN, INSTANTS, st.integers(0, 3000))
def test_looking_from_earlier_finds_the_same_openings(written: str, at: datetime, days: int) -> None:
    schedule = parse(hours(written))
    later = at + timedelta(days=days % 60)
    both_see = at + HORIZON - LONGEST  # farther ahead only the later look reaches
    seen_later = [pair for pair in openings(schedule, later) if pair[0] < both_see]
    seen_before = [pair for pair in openings(schedule, at) if pair[1] > later and pair[0] < both_see]
    assert seen_before[:5] == seen_later[:5]


@given(st.text() | st.text("DTSRULEAION;:=,0123456789PHMZ\n", max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    for read in (parse, hours):
        try:
            read(text)
        except ScheduleFault as fault:
            assert str(fault)  # noqa: PT017  both ways are right
