"""When somebody can help: what volunteers write is read, said back, and read again as the same."""

from datetime import date, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogs.availability_words import said_back
from dialogs.locale import spoken
from dialogs.understand.availability import Conventions, read
from dialogs.understand.availability.result import ANY, DAYS, Absence, Availability, OnDate, Slot, Weekly, as_json

WEDNESDAY = date(2026, 3, 4)
HOURS = st.times(time(0), time(23, 58)).map(lambda at: at.replace(second=0, microsecond=0))
SOON = st.dates(WEDNESDAY, date(2029, 12, 31))


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    start, end = sorted(draw(st.lists(HOURS, min_size=2, max_size=2, unique=True)))
    return Slot(draw(st.sampled_from((start, None))), draw(st.sampled_from((end, None))))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    """A period of more than a week: in a shorter one weekdays are days of the calendar."""
    since = draw(SOON)
    return since, since + timedelta(draw(st.integers(8, 400)))


@st.composite
def habits(draw: st.DrawFn) -> Weekly:
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1).map(lambda some: tuple(d for d in DAYS if d in some)))
    days = draw(st.sampled_from((days, (ANY,))))
    nth = draw(st.sampled_from((None, None, 1, 2, 3, 4, -1))) if days not in ((ANY,), DAYS) else None
    since, until = draw(spans())
    since_said, until_said = draw(st.sampled_from(((since, until), (since, None), (None, until), (None, None))))
    every = draw(st.sampled_from((None, 2))) if nth is None else None
    return Weekly(days, draw(slots()), nth, every, since_said, until_said)


@st.composite
def absences(draw: st.DrawFn) -> tuple[Absence, ...]:
    """In order, with a day between one and the next: those that touch are one."""
    found, since = [], draw(SOON)
    for _ in range(draw(st.integers(0, 3))):
        until = since + timedelta(draw(st.integers(0, 60)))
        found.append(Absence(since, until, draw(slots())))
        since = until + timedelta(draw(st.integers(2, 30)))
    if draw(st.booleans()):
        found.append(Absence(since, None))
    return tuple(found)


@st.composite
def availabilities(draw: st.DrawFn) -> Availability:
    weekly = tuple(draw(st.lists(habits(), max_size=3)))
    dates = tuple(OnDate(day, draw(slots())) for day in draw(st.lists(SOON, max_size=2, unique=True)))
    removed = [Weekly(one.days, one.slot, one.nth) for one in draw(st.lists(habits(), max_size=2))]
    removed = [one for one in removed if one.days != (ANY,) or one.slot != Slot()]
    away = draw(absences())
    empty = not (weekly or dates or removed or away)
    replaces = bool(weekly) and draw(st.booleans())
    if empty:
        return Availability(status="stopped") if draw(st.booleans()) else Availability(status="active")
    return Availability(weekly, dates, away, tuple(removed), replaces)


@pytest.mark.parametrize("language", ["it", "en"])
@given(found=availabilities())
@settings(max_examples=60)
def test_what_is_said_back_is_read_as_the_same(found: Availability, language: str) -> None:
    said = spoken(said_back(found, WEDNESDAY), language)
    assert as_json(read(said, WEDNESDAY)) == as_json(found), said


def test_what_is_unclear_is_said_back_as_unclear() -> None:
    for language in ("it", "en"):
        assert read(spoken(said_back(Availability(ask=True), WEDNESDAY), language), WEDNESDAY).ask


SAID = """
il lunedì giovedi sabati domani dal al dalle alle 3 10 15.30 31 99 12/3 29/2 2026 mattina pomeriggio no non posso più
tranne invece di ogni primo ultimo settimana prossima fino a giugno per due settimane torno rientro solo , . e -
natale patrono weekend from to until Monday mornings next week not before 3pm half past am estate scuola festivi
esclusi lavoro poi sposto aggiungo ora quindi altri giorni volta mese ogni due ore per
"""
WORDS = st.sampled_from(SAID.split())


@given(st.one_of(st.text(), st.lists(WORDS, max_size=14).map(" ".join)), st.dates())
@example("dal 31 al 30", date(2026, 2, 28))
@example("per 99 mesi", date.max)
def test_whatever_is_written_gives_a_valid_result(text: str, today: date) -> None:
    found = read(text, today)
    told: tuple[Weekly | OnDate | Absence, ...] = (*found.weekly, *found.dates, *found.absences, *found.removed)
    slots = [one.slot for one in told]
    assert all(slot.start < slot.end for slot in slots if slot.start and slot.end)
    assert all(one.since <= one.until for one in found.absences if one.until)
    assert all(one.since <= one.until for one in found.weekly if one.since and one.until)
    assert found.ask == (found == Availability(ask=True))
    assert found != Availability()


@given(text=st.lists(WORDS, max_size=10).map(" ".join))
def test_capitals_and_accents_change_nothing(text: str) -> None:
    bare = text.translate(str.maketrans("ìùò", "iuo"))
    assert read(text.upper(), WEDNESDAY) == read(bare, WEDNESDAY) == read(text, WEDNESDAY)


def test_the_patron_is_known_where_the_town_says_who_it_is() -> None:
    assert read("per il patrono non ci sono", WEDNESDAY).ask
    day = date(2026, 4, 23)
    known = read("per il patrono non ci sono", WEDNESDAY, Conventions(patron=(4, 23)))
    assert known.absences == (Absence(day, day),)


def test_a_town_may_have_longer_mornings() -> None:
    early = Conventions(parts={**Conventions().parts, "mattina": Slot(time(7), time(12))})
    assert read("giovedì mattina, fisso", WEDNESDAY, early).weekly == (Weekly(("thu",), Slot(time(7), time(12))),)


def test_schools_may_open_on_another_day() -> None:
    alps = Conventions(spans={**Conventions().spans, "scuola": ((9, 7), (6, 16))})
    found = read("durante la scuola il martedì", date(2026, 7, 1), alps).weekly
    assert found == (Weekly(("tue",), since=date(2026, 9, 7), until=date(2027, 6, 16)),)


def test_winter_ends_with_february_whatever_its_last_day() -> None:
    for year, last in ((2026, 28), (2028, 29)):
        found = read("in inverno non ci sono", date(year, 2, 10)).absences
        assert found == (Absence(date(year, 2, 10), date(year, 2, last)),)


def test_which_of_the_month_is_one_habit_in_the_result() -> None:
    found = as_json(read("il primo e il terzo sabato, 9-12", WEDNESDAY))
    assert found == {"weekly": [{"days": ["sat"], "start": "09:00", "end": "12:00", "nth": [1, 3]}]}


def test_a_common_word_is_never_put_right_into_one_of_ours() -> None:
    for said in ("perso la busta il martedì", "in banca il martedì", "parlo il martedì", "alla chiesa il martedì"):
        assert read(said, WEDNESDAY).weekly == (Weekly(("tue",)),), said
    assert read("giovdi matina", WEDNESDAY) == read("giovedì mattina", WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("giovdi pome", "Disponibile di giovedì dalle 14.00 alle 18.00"),
        ("dal 3 al 10 no", "Assente da venerdì 3 aprile a venerdì 10 aprile"),
        ("basta, cancellatemi", "Non più disponibile."),
        ("forse sabato, dipende", "Non ho capito quando."),
        ("solo weekend", "Da ora in poi solo così.\nDisponibile di sabato e domenica"),
    ],
)  # fmt: skip
def test_what_a_volunteer_writes_is_said_back_in_plain_words(text: str, said: str) -> None:
    assert spoken(said_back(read(text, WEDNESDAY), WEDNESDAY), "it") == said
