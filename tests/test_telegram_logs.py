"""Neither the bot's token nor a word of a person is in the log, at its most talkative, whatever Telegram does."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_town import town

MARKER = "Ermenegilda"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    logs.quiet("DEBUG")
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_whatever_goes_wrong(
    tmp_path: Path,
    written: io.StringIO,
    webhook: bool,  # noqa: FBT001
    capfd: pytest.CaptureFixture[str],
) -> None:
    with town(tmp_path, webhook=webhook) as here:
        anna = here.person(MARKER)
        for kind in ("flood", "error", "garbled", f"can't parse entities: {MARKER}"):
            here.api.misbehave("sendMessage", kind)
            here.api.misbehave("answerCallbackQuery", kind)
        here.api.misbehave("getUpdates", "garbled")
        here.api.misbehave("setWebhook", "garbled")
        here.api.happens(message={"strange": MARKER})
        for number in range(4):
            anna.writes(f"mia zia {MARKER} ha bisogno di aiuto, numero {number}")
            here.api.until(lambda number=number: sends(here.api.calls) > number)  # type: ignore[misc]
            here.clock.advance(seconds=60)
        here.api.token = "another"  # from now on nothing is taken
        anna.writes("grazie")
        here.api.until(lambda: here.api.strangers)
    log = written.getvalue() + capfd.readouterr().err
    assert "telegram.unreadable" in log
    assert MARKER not in log
    assert TOKEN not in log
    assert TOKEN.partition(":")[2] not in log


def sends(calls: list[tuple[str, dict[str, object]]]) -> int:
    return sum(method == "sendMessage" for method, _ in calls)
