"""A person on Telegram in a test: writes, taps by the words on a button, and looks at the chat as it is now."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.fakes.telegram import BotApi, Chat

_IDS = count(7_000_001)


class Person:
    """Somebody with Telegram on their telephone."""

    def __init__(self, api: BotApi, name: str = "Anna", language: str = "it", id: int | None = None) -> None:
        self.api, self.id, self.seen = api, id or next(_IDS), 0
        user = {"id": self.id, "is_bot": False, "first_name": name, "language_code": language}
        self.chat = api.chats.setdefault(self.id, Chat(self.id, user))

    def writes(self, text: str, times: int = 1) -> dict[str, Any]:
        """Write a message."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
        return self.sends(times, text=text, **({"entities": [command]} if text.startswith("/") else {}))

    def sends(self, times: int = 1, **what: Any) -> dict[str, Any]:
        """Send anything: `voice={…}`, `contact={…}`, `location={…}`."""
        self.chat.started = True
        message = self.api.said(self.chat, **what)
        self.api.happens(times, message=dict(message))
        return message

    def speaks(self, sound: bytes, seconds: int = 4) -> dict[str, Any]:
        """Send a voice message."""
        file = f"voice-{len(self.api.files)}"
        self.api.files[file] = sound
        told = {"file_id": file, "file_unique_id": file, "duration": seconds, "file_size": len(sound)}
        return self.sends(voice={**told, "mime_type": "audio/ogg"})

    def edits(self, message: dict[str, Any], text: str) -> None:
        """Change a message that was sent."""
        with self.api.changed:
            message |= {"text": text, "edit_date": int(self.api.clock().timestamp())}
        self.api.happens(edited_message=dict(message))

    def shares_contact(self, number: str) -> None:
        """Share one's own telephone number."""
        self.sends(contact={"phone_number": number, "first_name": self.chat.user["first_name"], "user_id": self.id})

    def shares_place(self, latitude: float, longitude: float) -> None:
        """Share where one is."""
        self.sends(location={"latitude": latitude, "longitude": longitude})

    def taps(self, label: str, *, message: dict[str, Any] | None = None, times: int = 1) -> str:
        """Tap the button that says so, on the last message that has buttons or on `message`; the query's id."""
        on = message or self.with_buttons()
        data = next((data for text, data in buttons(on) if text == label), None)
        data = data or next((data for text, data in buttons(on) if text.startswith(label)), None)
        assert data, f"no button {label!r} among {[text for text, _ in buttons(on)]}"
        return self.taps_data(data, on, times)

    def taps_data(self, data: str, message: dict[str, Any], times: int = 1) -> str:
        """Tap what may not be shown any more, as an old screen can."""
        query = f"{self.id}{len(self.api.calls)}{len(self.api.updates)}{message['message_id']}"
        told = {"id": query, "from": self.chat.user, "message": dict(message), "chat_instance": "1", "data": data}
        self.api.happens(times, callback_query=told)
        return query

    def blocks(self) -> None:
        """Stop the bot."""
        self._changes(blocked=True)

    def comes_back(self) -> None:
        """Let it in again."""
        self._changes(blocked=False)

    def reads(self, words: str = "") -> str:
        """Wait for the next message of the bot that says this; its text. What comes before it counts as read."""
        return str(self.gets(words)["text"])

    def gets(self, words: str = "") -> dict[str, Any]:
        """The same; the message."""
        found: dict[str, Any] = self.api.until(lambda: self._next(words), f"a message with {words!r}: {self.screen()}")
        self.seen = found["message_id"]
        return found

    def screen(self) -> list[str]:
        """The chat as it looks: '>' is the person's, '[…]' are buttons."""
        with self.api.changed:
            return [_look(message) for message in self.chat.messages]

    def heard(self) -> list[str]:
        """The texts of the bot that stand in the chat."""
        with self.api.changed:
            return [message.get("text", "") for message in self.chat.messages if message["from"]["is_bot"]]

    def with_buttons(self) -> dict[str, Any]:
        """The last message that can be tapped."""
        found: dict[str, Any] = self.api.until(lambda: next(
            (message for message in reversed(self.chat.messages) if message.get("reply_markup")), None
        ), "a message with buttons")  # fmt: skip
        return found

    def _next(self, words: str) -> dict[str, Any] | None:
        new = (m for m in self.chat.messages if m["from"]["is_bot"] and m["message_id"] > self.seen)
        return next((message for message in new if words in message.get("text", "")), None)

    def _changes(self, *, blocked: bool) -> None:
        status = {True: "kicked", False: "member"}
        with self.api.changed:
            was, self.chat.blocked = self.chat.blocked, blocked
        bot = {"id": 42, "is_bot": True, "first_name": "Tessere", "username": "tessere_bot"}
        old, new = ({"user": bot, "status": status[state], "until_date": 0} for state in (was, blocked))
        self.api.happens(my_chat_member={
            "chat": {"id": self.id, "type": "private"}, "from": self.chat.user,
            "date": int(self.api.clock().timestamp()), "old_chat_member": old, "new_chat_member": new,
        })  # fmt: skip


def buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    """(words, callback data) of what can be tapped on a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button["callback_data"]) for row in rows for button in row]


def _look(message: dict[str, Any]) -> str:
    kinds = [kind for kind in ("voice", "photo", "contact", "location") if kind in message]
    text = message.get("text") or f"({', '.join(kinds)})"
    said = text if message["from"]["is_bot"] else f"> {text}"
    return "\n".join([said, *(f"[{label}]" for label, _ in buttons(message))])
