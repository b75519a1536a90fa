"""Whole conversations, as the terminal shows and records them, replayed turn by turn; every bubble fits every channel.

`pytest --rewrite tests/test_transcripts.py` writes them anew. To record one: `python -m bot chat --record FILE`.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels import webchat
from bot.channels.terminal import Terminal
from bot.deliver import Letter
from bot.house import House
from catalog_store import pacts
from dialogs import pacting, screens
from dialogs.screens import Bubble
from tests.clock import Clock
from tests.forms import open_call
from tests.pacting import opened

ROME = ZoneInfo("Europe/Rome")
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def pact_opens(house: House) -> None:
    """The pact is opened, and proposed to every association."""
    with house.store.begin() as tx:
        pact = opened(tx, text=pacts.drafted(tx.store.territory))
        pacting.ask(tx, pact, [one.id for one in pacts.missing(tx, pact)])


def copy_comes(house: House) -> None:
    """The signed copy of who has adhered is recorded."""
    with house.store.begin() as tx:
        ((party, _, uid),) = pacts.to_record(tx, 1)
        assert pacts.record(tx, party.uid, tx.store.calendar.day(tx.now), "77/2026")
        pact = pacts.get(tx, uid)
        assert pact
        pacting.ask(tx, pact, [party.organization_id])


def clock_ticks(house: House) -> None:
    """The clock looks at what ends."""
    with house.store.begin() as tx:
        pacting.tick(tx)


STAFF = {
    "il patto si apre": pact_opens,
    "la copia firmata è registrata": copy_comes,
    "l'orologio guarda le scadenze": clock_ticks,
}


class Stage:
    """Terminals of several people over one store: a line `@name` says whose turn it is to type.

    `@name@whatsapp` is the same on another channel. `@@ 2026-03-14 22:00` sets the town's clock, `@@call` opens a call
    to organizations. `! …` is what operators do meanwhile, one of STAFF. `{code}` is the code that was shown last.
    """

    def __init__(self, house: House) -> None:
        self.house, self.bubbles, self.lines = house, list[Bubble](), list[str]()
        self.code = ""
        self.terminals: dict[str, Terminal] = {}

    def write(self, text: str) -> None:
        self.lines.extend(f"< {line}".rstrip() for line in text.splitlines())
        self.code = next(iter(re.findall(r"codice ([A-Z0-9]{8})\b", text)), self.code)

    def terminal(self, who: str) -> Terminal:
        if who not in self.terminals:
            name, _, channel = who.partition("@")
            made = Terminal(self.house, name, write=self.write, account=channel or "terminal")
            send = made.send

            async def remember(letter: Letter) -> str | None:
                self.bubbles.append(letter.bubble)
                return await send(letter)

            made.send = remember  # type: ignore[method-assign]  # the same terminal, and its bubbles kept
            self.terminals[who] = made
        return self.terminals[who]


async def replay(stage: Stage, text: str, codes: dict[str, str]) -> str:
    """What the transcript becomes when its typed lines are typed again."""
    who, clock = "me", stage.house.store.clock
    assert isinstance(clock, Clock)
    for line in text.splitlines():
        if line.startswith("<"):
            continue
        stage.lines.append(line)
        if line == "@@call":
            open_call(stage.house.store)
        elif line.startswith("@@ "):  # what time it is in the town
            clock.now = datetime.fromisoformat(line[3:]).replace(tzinfo=ROME).astimezone(UTC)
        elif line.startswith("! "):
            STAFF[line[2:]](stage.house)
        elif line.startswith("@"):
            who = line[1:].strip()
            await stage.terminal(who).show()
        elif line.startswith("> "):
            typed = re.sub(r"\{(.+?)\}", lambda match: codes.get(match[1], stage.code), line[2:])
            await stage.terminal(who).hear(typed)
            clock.advance(seconds=20)
            await stage.terminal(who).show()  # what was held in case more followed
    return re.sub(r"R-[A-Z0-9]{4,6}|(?<=codice )[A-Z0-9]{8}\b", _hidden, "\n".join(stage.lines)) + "\n"


def _hidden(code: re.Match[str]) -> str:
    return "R-····" if code[0].startswith("R-") else "········"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_is_what_is_said_today(
    path: Path, demonstration_house: House, codes: dict[str, str], request: pytest.FixtureRequest
) -> None:
    stage = Stage(demonstration_house)
    written = path.read_text(encoding="utf-8")
    today = asyncio.run(replay(stage, written, codes))
    if request.config.getoption("--rewrite"):
        path.write_text(today, encoding="utf-8")
    else:
        assert today == written
    assert stage.bubbles
    for bubble in stage.bubbles:
        fits_every_channel(bubble)


def fits_every_channel(bubble: Bubble) -> None:
    telegram, whatsapp = screens.telegram(bubble), screens.whatsapp(bubble)
    assert bubble.text in telegram["text"]
    assert bubble.text in whatsapp["body"]
    page, terminal = json.loads(json.dumps(webchat._bubble(1, "", bubble.to_json()))), screens.numbered(bubble)
    for channel, limits in screens.LIMITS.items():
        assert screens.fits(bubble, channel), f"no room on {channel}, also as numbered text"
        assert len(terminal) <= limits.text
    assert list(bubble.sentences) == page["sentences"]
    assert [button.tap for button in bubble.buttons] == [button["tap"] for button in page["buttons"]]
    assert len(bubble.buttons) <= screens.LIMITS["webchat"].options
    for button in bubble.buttons:
        assert button.row in terminal
        assert button.row in str(telegram)
        assert button.row in str(whatsapp) or button.label in str(whatsapp)
    for button in bubble.buttons:
        assert len(button.tap.encode()) <= screens.TAP
        assert len(button.row) <= screens.ROW
        assert len(button.description) <= screens.DESCRIPTION
