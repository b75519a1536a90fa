"""What the Bot API refuses, as documented (https://core.telegram.org/bots/api): in its own words and codes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

TEXT, DATA, BUTTONS = 4096, 64, 100  # UTF-16 units, bytes, buttons of one keyboard
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "a",
    "span",
    "tg-spoiler",
    "blockquote",
}


class Refused(Exception):
    """The Bot API says no: HTTP status, description, and `parameters` such as retry_after."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(why: str) -> Refused:
    """A 400."""
    return Refused(400, f"Bad Request: {why}")


def check_text(text: Any, parse_mode: str | None) -> str:
    """The text of a message. Raises Refused."""
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > TEXT:
        raise bad("message is too long")
    if parse_mode == "HTML":
        _Html().check(text)
    elif parse_mode is not None:
        raise bad("unsupported parse_mode")
    return text


def check_keyboard(markup: Any) -> dict[str, Any] | None:
    """An inline keyboard; None when there is none. Raises Refused."""
    if markup is None:
        return None
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise bad("object expected as reply markup")
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    if len(buttons) > BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        if not isinstance(button.get("text"), str) or not button["text"].strip():
            raise bad('can\'t parse inline keyboard button: field "text" must be of type String')
        if "callback_data" not in button:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button["callback_data"].encode()) <= DATA:
            raise bad("BUTTON_DATA_INVALID")
    return markup if buttons else None


def check_commands(commands: Any) -> list[dict[str, str]]:
    """The menu of commands. Raises Refused."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not COMMAND.fullmatch(one["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def check_webhook(asked: dict[str, Any]) -> None:
    """Where to call. Raises Refused. Plain http only on this machine, as a Bot API server of one's own has it."""
    if not re.match(r"https://|http://127\.0\.0\.1:", asked.get("url", "")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if "secret_token" in asked and not SECRET.fullmatch(asked["secret_token"]):
        raise bad("secret token contains unallowed characters")
    if not 1 <= int(asked.get("max_connections", 40)) <= 100:
        raise bad("MAX_CONNECTIONS_INVALID")


class _Html(HTMLParser):
    """Telegram's HTML: few tags, each closed in order."""

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        self.close()
        if self.open or re.search(r"<(?![a-zA-Z/])", text):
            raise bad("can't parse entities: unclosed start tag")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in TAGS:
            raise bad(f'can\'t parse entities: unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad("can't parse entities: unexpected end tag")
