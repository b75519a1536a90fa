"""No word of a person reaches the log, whatever breaks: an error is provoked at every statement and at every send."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot import logs, turn
from bot.deliver import Channel, ChannelError, Delivery, Letter
from bot.house import House
from bot.inbound import Inbound
from catalog_store import messages
from dialogs.replies import Reply
from tests.talker import Talker

MARKER = "Ermenegilda"
NEED = f"mia zia {MARKER} ha 85 anni, non può uscire, chi le porta le medicine?"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the program logs at its most talkative."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    structlog.reset_defaults()
    logs.quiet("DEBUG")
    logs.log()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    yield written
    logging.getLogger().removeHandler(handler)
    structlog.reset_defaults()


def test_the_log_is_really_listened_to(log: io.StringIO) -> None:
    logs.log().error("turn.planted", words=MARKER)
    logging.getLogger("sqlalchemy.engine").warning(MARKER)
    assert log.getvalue().count(MARKER) >= 2


class Saboteur:
    """Breaks the n-th statement of the writing engine, with an error that quotes its parameters."""

    def __init__(self, house: House, kind: type[Exception]) -> None:
        self.left, self.kind, self.broke = -1, kind, False
        event.listen(house.store._writer, "before_cursor_execute", self._before)

    def _before(self, *arguments: Any) -> None:
        if arguments[2].startswith(("BEGIN", "PRAGMA")):
            return
        if self.left == 0:
            self.broke, self.left = True, -1
            words = f"{MARKER} in {arguments[3]!r}"
            raise (
                OperationalError(words, arguments[3], Exception(words))
                if self.kind is OperationalError
                else self.kind(words)
            )
        self.left -= 1


@pytest.mark.parametrize("kind", [RuntimeError, OperationalError])
def test_an_error_at_any_statement_leaves_no_word_in_the_log(
    demonstration_house: House, log: io.StringIO, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "RETRIES", ())
    saboteur, house = Saboteur(demonstration_house, kind), demonstration_house
    anna = Talker(house, f"{MARKER}'s telephone")
    broken = 0
    for number in range(40):
        saboteur.left, saboteur.broke = number, False
        inbound = Inbound("webchat", anna.name, f"{kind.__name__} {number}", Reply(NEED), house.store.clock())
        with suppress(turn.Unavailable):
            asyncio.run(turn.take(house, inbound))
        broken += saboteur.broke
        saboteur.left = -1
        if not saboteur.broke:
            break
    assert broken >= 8
    assert "fault" in log.getvalue() or "turn." in log.getvalue()
    assert MARKER not in log.getvalue()


class Refusing(Channel):
    """A channel that refuses everything, quoting what it was given."""

    account, pace, rate = "terminal", 0.0, 0.0

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def send(self, letter: Letter) -> str | None:
        del letter
        raise self.error


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RuntimeError(f"could not send to {MARKER}: {NEED}"), "waiting"),
        (ChannelError("63016", "content"), "dead"),
        (ChannelError("20429"), "waiting"),
    ],
)
def test_an_error_at_a_send_leaves_no_word_in_the_log_and_the_row_is_seen(
    demonstration_house: House, log: io.StringIO, error: Exception, state: str
) -> None:
    house = demonstration_house
    Talker(house, MARKER, channel="terminal").write(NEED, read=False)
    delivery = Delivery(house, Refusing(error), only=MARKER)
    assert asyncio.run(delivery.once()) == 1
    assert MARKER not in log.getvalue()
    with house.store.begin() as tx:
        letters = messages.dead_letters(tx)
        assert bool(letters) == (state == "dead")
        assert all(MARKER not in repr(letter) for letter in letters)
        if letters:
            assert messages.send_again(tx, letters[0].id)
            assert messages.dead_letters(tx) == []
