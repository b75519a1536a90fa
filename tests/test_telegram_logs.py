"""Neither the bot's token nor a word of a person is in the log, at its most talkative, whatever Telegram does."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.channels import telegram, telegram_hearing, telegram_polling, telegram_updates
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_town import town

MARKER = "Ermenegilda"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    logs.quiet("DEBUG")
    for module in (telegram, telegram_hearing, telegram_polling, telegram_updates):
        if hasattr(module, "log"):
            monkeypatch.setattr(module, "log", structlog.get_logger())
    yield written
    logging.getLogger().removeHandler(handler)
    structlog.reset_defaults()


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_whatever_goes_wrong(tmp_path: Path, log: io.StringIO, webhook: bool) -> None:  # noqa: FBT001
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
    written = log.getvalue()
    assert "telegram.unreadable" in written
    assert MARKER not in written
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written


def sends(calls: list[tuple[str, dict[str, object]]]) -> int:
    return sum(method == "sendMessage" for method, _ in calls)
