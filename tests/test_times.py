"""Days, hours and numbers as people write them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understand.times import day_in, hour_in, number_words

TODAY = date(2026, 11, 24)  # a Tuesday


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("giovedì", day(11, 26)),
        ("GIOVEDI'", day(11, 26)),
        ("giovedi prossimo", day(11, 26)),
        ("giov", day(11, 26)),
        ("martedì", day(12, 1)),
        ("domenica mattina", day(11, 29)),
        ("lunedì 7", day(12, 7)),
        ("sab 28", day(11, 28)),
        ("3 dic", day(12, 3)),
        ("il 3 dicembre alle 15", day(12, 3)),
        ("venti dicembre", day(12, 20)),
        ("1° dicembre", day(12, 1)),
        ("il primo di dicembre", day(12, 1)),
        ("l'8 dicembre", day(12, 8)),
        ("il 5", day(12, 5)),
        ("5", day(12, 5)),
        ("il cinque", day(12, 5)),
        ("giorno 30", day(11, 30)),
        ("oggi", TODAY),
        ("stasera", TODAY),
        ("domani", day(11, 25)),
        ("domani alle 9.30", day(11, 25)),
        ("dopodomani", day(11, 26)),
        ("domani l'altro", day(11, 26)),
        ("ieri", day(11, 23)),
        ("fra tre giorni", day(11, 27)),
        ("tra 2 settimane", day(12, 8)),
        ("3/12", day(12, 3)),
        ("03/12/2026", day(12, 3)),
        ("3-12", day(12, 3)),
        ("3.12.26", day(12, 3)),
        ("2026-12-03", day(12, 3)),
        ("12 12 2026", day(12, 12)),
        ("venerdì 27/11 ore 9.30", day(11, 27)),
        ("giovedì 3 alle 9", day(12, 3)),
        ("mar 1 dic", day(12, 1)),
        ("1 gennaio", day(1, 1, 2027)),
        ("29 febbraio", day(2, 29, 2028)),
        ("sabato 28 nov. 2026", day(11, 28)),
        ("December 3", day(12, 3)),
        ("3rd of December", day(12, 3)),
        ("next Monday", day(11, 30)),
        ("tomorrow", day(11, 25)),
    ],
)
def test_a_day_is_understood(said: str, meant: date) -> None:
    assert day_in(said, TODAY) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "non so",
        "quando volete",
        "ore 15",
        "9.30",
        "2 settimane",
        "10 ottimi motivi",
        "le tue",
        "giovedì o venerdì",
        "il 5 o il 6",
        "dal 3 al 5 dicembre",
        "oggi o domani",
        "martedì 7 dicembre",
        "31/02",
        "il 32",
        "30 febbraio",
        "333 1234567",
        "la settimana prossima",
    ],
)
def test_no_day_or_more_than_one_is_no_day(said: str) -> None:
    assert day_in(said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("alle 15", time(15)),
        ("ore 15", time(15)),
        ("h 15", time(15)),
        ("15", time(15)),
        ("15h30", time(15, 30)),
        ("9.30", time(9, 30)),
        ("9,30", time(9, 30)),
        ("9:30", time(9, 30)),
        ("9 e 30", time(9, 30)),
        ("alle nove", time(9)),
        ("alle nove e un quarto", time(9, 15)),
        ("le 4 meno un quarto", time(15, 45)),
        ("4 meno dieci", time(15, 50)),
        ("alle tre e mezza", time(15, 30)),
        ("alle tre", time(15)),
        ("all'una", time(13)),
        ("l'una e mezza", time(13, 30)),
        ("alle ventuno", time(21)),
        ("alle 7", time(7)),
        ("alle 8 di sera", time(20)),
        ("alle 6 di mattina", time(6)),
        ("stamattina alle 6", time(6)),
        ("mezzogiorno", time(12)),
        ("mezzogiorno e mezzo", time(12, 30)),
        ("mezzanotte", time(0)),
        ("00:30", time(0, 30)),
        ("giovedì 3 alle 9", time(9)),
        ("il 3 alle 15", time(15)),
        ("verso le 4", time(16)),
        ("dopo le 17", time(17)),
        ("7pm", time(19)),
        ("at 3", time(15)),
        ("half past three", time(15, 30)),
        ("10am", time(10)),
    ],
)
def test_an_hour_is_understood(said: str, meant: time) -> None:
    assert hour_in(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "non so",
        "24",
        "25",
        "alle 9.75",
        "alle 3 e 75",
        "9:5",
        "dalle 9 alle 12",
        "ore 9-12",
        "3331234567",
        "un'ora",
    ],
)
def test_no_hour_or_more_than_one_is_no_hour(said: str) -> None:
    assert hour_in(said) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("uno", [1]),
        ("siamo in due", [2]),
        ("ventuno", [21]),
        ("trentotto", [38]),
        ("quarantatre", [43]),
        ("three", [3]),
    ],
)
def test_a_number_is_read_in_words(said: str, meant: list[int]) -> None:
    assert number_words(said) == meant


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_any_day_written_in_full_is_that_day(meant: date, today: date) -> None:
    for said in (meant.isoformat(), f"{meant:%d/%m/%Y}", f"il {meant.day}.{meant.month}.{meant.year}"):
        assert day_in(said, today) == meant


@given(st.times())
def test_any_hour_of_the_clock_with_two_digits_is_that_hour(meant: time) -> None:
    morning = " di mattina" if 0 < meant.hour < 7 else ""
    assert hour_in(f"{meant:%H.%M}{morning}") == meant.replace(second=0, microsecond=0)


@given(st.text(max_size=40), st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_nothing_written_breaks_them(said: str, today: date) -> None:
    assert isinstance(day_in(said, today), date | None)
    assert isinstance(hour_in(said), time | None)


@given(st.text("0123456789/.-:, eilaledomanfrgivh°'", max_size=25), st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_nothing_that_looks_like_a_moment_breaks_them(said: str, today: date) -> None:
    assert isinstance(day_in(said, today), date | None)
    assert isinstance(hour_in(said), time | None)
