"""How long the form of an organization takes, from the transcript of one that fills it in."""

import re
from pathlib import Path

import pytest

TRANSCRIPTS = Path(__file__).parent / "transcripts"
READ, TYPED, TAP = 180, 150, 2 / 60  # words a minute, characters a minute, minutes for a tap
_WORD = re.compile(r"\w[\w'’@./-]*")
_OPTION = re.compile(r"<\s+(?:\d+\.|·) (.+?)(?: – .*)?$")


def minutes(transcript: str) -> float:
    """Reading all that is shown, typing what is not an option, tapping what is."""
    time, options = 0.0, list[str]()
    for line in transcript.splitlines():
        if line.startswith("<"):
            time += len(_WORD.findall(re.sub(r"^<\s+\d+\.", "", line))) / READ
            options += [found[1].casefold() for found in [_OPTION.match(line)] if found]
        elif line.startswith("> "):
            said = line[2:].casefold()
            tapped = said in options or (said.isdecimal() and int(said) <= len(options))
            time += TAP if tapped else len(said) / TYPED
            options = []
    return time


@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("enrol_*.txt")), ids=lambda path: path.stem)
def test_the_form_takes_twelve_minutes_at_most(path: Path) -> None:
    assert minutes(path.read_text(encoding="utf-8")) <= 12


def test_an_organization_for_volunteers_with_two_seats_is_among_them() -> None:
    told = (TRANSCRIPTS / "enrol_odv.txt").read_text(encoding="utf-8")
    assert told.count("> Una sede") == 2
    assert "Fatto, il modulo è inviato." in told


def test_reading_typing_and_tapping_count() -> None:
    assert minutes("< " + "una parola " * 90) == pytest.approx(1)
    assert minutes("> " + "x" * 150) == pytest.approx(1)
    assert minutes("<   1. Sì – certo\n> sì") == pytest.approx(2 / 180 + 2 / 60)
