"""Each number of Twilio's means one thing to do next."""

from __future__ import annotations

import pytest

from bot.channels.twilio_errors import FAULTS, NUMBERS, error_of


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (63016, "window"),
        (63003, "blocked"), (63024, "blocked"), (63014, "blocked"), (63032, "blocked"), (63015, "blocked"),
        (21610, "blocked"), (21211, "blocked"),
        (63018, "busy"), (20429, "busy"), (20003, "busy"),
        (63013, "shape"), (63021, "shape"), (63005, "shape"), (21654, "shape"), (21655, "shape"), (21656, "shape"),
        (63027, "content"), (63028, "content"), (63041, "content"), (21617, "content"), (12345, "content"),
    ],
)  # fmt: skip
def test_a_number_is_a_thing_to_do(number: int, fault: str) -> None:
    error = error_of(number)
    assert (error.fault, error.reason) == (fault, str(number))


def test_no_number_stands_for_two_things() -> None:
    assert sum(len(numbers) for numbers in NUMBERS.values()) == len(FAULTS)


@pytest.mark.parametrize(("status", "fault"), [(429, "busy"), (500, "busy"), (503, "busy"), (400, "content")])
def test_without_a_number_the_status_says_it(status: int, fault: str) -> None:
    assert error_of(None, status=status).fault == fault


def test_text_has_no_shape_that_could_be_refused() -> None:
    assert error_of(63013, plain=True).fault == "content"
