"""`make demo-telegram`: a conversation on Telegram that anyone can hold on this machine, without an account."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import Any

from tests.fakes import demo
from tests.fakes.serving import free_port
from tests.fakes.telegram import TOKEN, BotApi, bot_api
from tests.fakes.telegram_person import Person, buttons

OWNERS = {"Anna": "it", "Bruno": "it"}
SENT = {"voice": "messaggio vocale", "photo": "foto", "contact": "numero di telefono", "location": "posizione"}
FILE = {"file_id": "AwACAgQAAxkBAAIB", "file_unique_id": "AgADBQADtw"}
NUMBER = "393330000001"  # nobody's


def telephone(person: Person) -> demo.Telephone:
    """A person's, on the page."""
    photo = {**FILE, "width": 90, "height": 90}
    return demo.Telephone(
        f"Il telefono di {person.chat.user['first_name']}", partial(_chat, person), person.writes,
        partial(_tap, person),
        {
            "Manda un vocale": partial(person.sends, voice={**FILE, "duration": 3}),
            "Manda una foto": partial(person.sends, photo=[photo]),
            "Manda il suo numero": partial(person.shares_contact, NUMBER),
            "Manda la posizione": partial(person.shares_place, 43.8222, 11.1310),
        },
        partial(_typing, person), partial(_menu, person.api),
    )  # fmt: skip


def _chat(person: Person) -> list[dict[str, Any]]:
    """As it looks now: what was edited is edited, what was deleted is gone."""
    with person.api.changed:
        return [
            {
                "mine": not one["from"]["is_bot"], "id": str(one["message_id"]), "list": "",
                "body": one.get("text") or f"({next(SENT[kind] for kind in SENT if kind in one)})",
                "rows": [[{"id": data, "title": label, "description": ""}] for label, data in buttons(one)],
            }
            for one in person.chat.messages
        ]  # fmt: skip


def _tap(person: Person, message: str, data: str) -> None:
    """Nothing happens on a message that is gone by now."""
    with person.api.changed:
        for one in person.chat.messages:
            if str(one["message_id"]) == message:
                person.taps_data(data, one)


def _typing(person: Person) -> bool:
    return person.chat.typing_until > time.monotonic()


def _menu(api: BotApi) -> dict[str, str]:
    """What Telegram offers beside the keyboard; `/start` is the button of an empty chat."""
    commands = api.commands.get("", [])
    return {"/start": "Avvia"} | {f"/{one['command']}": one["description"] for one in commands}


def main() -> int:
    """Run until Ctrl-C."""
    at, port = demo.asked_port(), free_port()
    with bot_api() as (api, base):
        telephones = [telephone(Person(api, name, language)) for name, language in OWNERS.items()]
        variables = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": base}
        return demo.hold("Telegram", telephones, variables, at=at, port=port)


if __name__ == "__main__":
    sys.exit(main())
