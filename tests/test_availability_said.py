"""What volunteers write of when they can come, kind by kind, and what is said back of it: availability_said.txt."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dialogs.availability_words import said_back
from dialogs.locale import spoken
from dialogs.understand.availability import read

TUESDAY = date(2026, 6, 16)
UNCLEAR = "Non ho capito quando."


def cases() -> Iterator[tuple[str, str]]:
    for case in Path(__file__).with_name("availability_said.txt").read_text("utf-8").split("\n> ")[1:]:
        text, *said = [line.removeprefix("< ") for line in case.splitlines() if line and not line.startswith("#")]
        yield text, UNCLEAR if said == ["?"] else "\n".join(said)


@pytest.mark.parametrize(("text", "said"), list(cases()))
def test_what_is_written_is_said_back(text: str, said: str) -> None:
    assert spoken(said_back(read(text, TUESDAY), TUESDAY), "it") == said


@pytest.mark.parametrize("text", [text for text, said in cases() if said != UNCLEAR])
def test_what_is_said_back_is_read_as_the_same(text: str) -> None:
    found = read(text, TUESDAY)
    for language in ("it", "en"):
        assert read(spoken(said_back(found, TUESDAY), language), TUESDAY) == found
