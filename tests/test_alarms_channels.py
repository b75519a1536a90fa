"""A danger on each channel: one alert, listed first, told to who is on call; then silence until the person writes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from admin.__main__ import app
from bot import alarms, chase, turn
from bot.channels.terminal import Terminal
from bot.house import House
from bot.start import association_links
from catalog_store import demonstration, messages, secrets, territory
from catalog_store.schema import addresses, inbox, outbox
from tests.fakes.telegram_town import town as telegram_town
from tests.houses import clock, opened
from tests.talker import Talker
from tests.test_alarms import BEATEN, NO_BED
from tests.test_turn import NEED, contact, send_request
from tests.test_web import Page, serving
from tests.whatsapp_town import town as whatsapp_town

MORE = "mi picchia ancora"


@dataclass
class Side:
    """A house, and two people with the same channel in their hands: Anna, and an operator who is on call."""

    house: House
    channel: str
    anna: str  # her address
    on_call: str  # as a territory file names the operator's chat
    writes: Callable[[str], object]  # what Anna does; it returns when she has her answer
    alarms: Callable[[], list[str]]  # what the operator was told of dangers
    on_duty: Callable[[], object]  # the operator writes to the assistant, as WhatsApp wants it every day

    def told(self) -> list[dict[str, object]]:
        """All that Anna was sent, or is about to be, the oldest first."""
        with self.house.store.reading() as tx:
            mine = addresses.c.hash == secrets.ring().hash(self.channel, self.anna)
            rows = tx.execute(select(outbox).join(addresses, addresses.c.id == outbox.c.address_id).where(mine))
            return [row.body.open(row.uid) for row in sorted(rows, key=lambda row: row.id)]

    def passes(self, **time: float) -> None:
        """Time passes, and whatever is due is done."""
        clock(self.house).advance(**time)
        with self.house.store.begin() as tx:
            chase.overdue(tx, self.house.settings.ways())
            alarms.tell_again(tx)
        while asyncio.run(turn.take_due(self.house)):
            pass


@contextmanager
def terminal(folder: Path) -> Iterator[Side]:
    with opened(f"sqlite:///{folder / 'tessere.db'}", folder) as house:
        read: list[str] = []
        said: list[str] = []
        anna, operator = Terminal(house, "anna", write=said.append), Terminal(house, "operator", write=read.append)

        def told() -> list[str]:
            asyncio.run(operator.show())
            return [text for text in read if "Allarme" in text]

        yield Side(
            house,
            "terminal",
            "anna",
            "terminal operator",
            lambda text: asyncio.run(anna.hear(text)),
            told,
            lambda: asyncio.run(operator.hear("/start")),
        )


@contextmanager
def webchat(folder: Path) -> Iterator[Side]:
    now_answered = {"TESSERE_HOLD_SECONDS": "0", "TESSERE_PIECES_SECONDS": "0"}
    with opened(f"sqlite:///{folder / 'tessere.db'}", folder, **now_answered) as house, serving(house) as base:
        page, operator = Page(base), Talker(house, "12345", "telegram")
        with page.client:
            page.history()

            def told() -> list[str]:
                operator.read()
                return [bubble.text for bubble in operator.seen if "Allarme" in bubble.text]

            token = page.client.cookies["tessere_c"]
            yield Side(house, "webchat", token, "telegram 12345", page.post, told, lambda: operator.write("/start"))


@contextmanager
def telegram(folder: Path) -> Iterator[Side]:
    with telegram_town(folder) as here:
        anna, operator = here.person(), here.person("Olga")

        def writes(text: str) -> None:
            before = len(made.told())
            anna.writes(text)
            here.api.until(lambda: len(made.told()) > before, "an answer")

        def told() -> list[str]:
            operator.reads("Allarme")
            return [text for text in operator.heard() if "Allarme" in text]

        def on_duty() -> None:
            operator.writes("/start")
            operator.reads("Buongiorno")

        made = Side(here.house, "telegram", str(anna.id), f"telegram {operator.id}", writes, told, on_duty)
        yield made


@contextmanager
def whatsapp(folder: Path) -> Iterator[Side]:
    with whatsapp_town(f"sqlite:///{folder / 'tessere.db'}", folder) as here:
        anna, operator = here.phone(), here.phone("whatsapp:+393330000009")

        def told() -> list[str]:
            here.settle()
            return [one["body"] for one in operator.chat() if "Allarme" in one["body"]]

        on_call = "whatsapp +39 333 000 0009"
        yield Side(
            here.house,
            "whatsapp",
            anna.address,
            on_call,
            lambda text: here.say(anna, text),
            told,
            lambda: here.say(operator, "buongiorno"),
        )


@pytest.fixture(params=[terminal, webchat, telegram, whatsapp], ids=lambda made: made.__name__)
def side(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    with request.param(tmp_path) as made:
        with made.house.store.begin() as tx:
            demonstration.load_demonstration(tx)
        file = tmp_path / "town.toml"
        town = territory.DEFAULT.read_text("utf-8")
        file.write_text(town.replace('on_call_chat = ""', f'on_call_chat = "{made.on_call}"'), "utf-8")
        made.house.store.territory = territory.load(file)
        for name, value in (
            ("DATA", tmp_path / "data"), ("DATABASE_URL", f"sqlite:///{tmp_path / 'tessere.db'}"),
            ("KEY_FILE", tmp_path / "keys"),
        ):  # fmt: skip
            monkeypatch.setenv(f"TESSERE_{name}", str(value))
        yield made


def waiting() -> list[str]:
    """What `python -m admin waiting` lists: the first line of each entry."""
    shown = CliRunner().invoke(app, ["waiting"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    return re.findall(r"^│ \d+ .*$", shown.output, re.MULTILINE)


def test_it_is_one_alert_listed_first_and_told_to_who_is_on_call_without_a_word_of_it(side: Side) -> None:
    Talker(side.house, "bruno").write("operatore")
    clock(side.house).advance(days=2)  # he has waited longer than he was promised
    side.on_duty()
    side.writes(NEED)
    side.writes(BEATEN)
    side.writes(MORE)
    danger, person = waiting()
    assert "PERICOLO" in danger
    assert "violenza_in_corso" in danger
    assert "PERICOLO" not in person
    (alarm,) = side.alarms()
    assert "picchia" not in alarm
    answered = side.told()[-1]
    assert answered["buttons"] == []
    assert not [sentence for sentence in answered["sentences"] if sentence.rstrip().endswith("?")]  # type: ignore[attr-defined]


def test_after_it_nothing_is_asked_until_they_write_and_then_it_goes_on(side: Side) -> None:
    side.writes(NEED)
    asked = side.told()[-1]
    side.writes("mia madre non respira, è svenuta")
    told = len(side.told())
    for _ in range(8):
        side.passes(hours=6)
    assert len(side.told()) == told
    side.writes("buongiorno")
    assert side.told()[-1]["screen"] == asked["screen"]


def test_after_violence_nothing_is_sent_for_thirty_days_unless_they_write(side: Side) -> None:
    side.writes("ciao")
    anna = Talker(side.house, side.anna, side.channel)
    with side.house.store.reading() as tx:
        anna.last_id = max((row.id for row in messages.after(tx, side.channel, side.anna, 0)), default=0)
    send_request(anna)
    association = contact(side.house, dict(association_links(side.house)))
    side.writes(BEATEN)
    association.read()
    association.tap("Accettiamo")
    while "La proposta è partita" not in association.text:
        association.tap(association.seen[-1].buttons[0].row)
    told = len(side.told())
    for _ in range(30):
        side.passes(days=1)
    assert len(side.told()) == told
    side.writes("la mia richiesta")
    assert len(side.told()) > told


def test_a_roof_for_tonight_is_urgent_on_every_channel_and_alarms_nobody(side: Side) -> None:
    side.writes(NO_BED)
    assert "PERICOLO" in waiting()[0]
    assert "Adesso non trovo niente di aperto." in side.told()[-1]["sentences"]  # type: ignore[operator]
    with side.house.store.reading() as tx:
        assert tx.execute(select(inbox.c.id).where(inbox.c.kind == "opening")).all() == []
