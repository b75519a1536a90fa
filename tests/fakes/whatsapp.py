"""A person with WhatsApp on their telephone: what they write, tap, pick and send, and the chat as it looks to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.twilio import ACCOUNT, SENDER, Twilio


@dataclass
class Phone:
    """One person's. `address` is what Twilio calls them, with or without a number."""

    twilio: Twilio
    address: str
    name: str = "Anna"
    hidden: str = ""  # the id that stays when their number does not show
    read_until: int = 0
    sids: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Send words."""
        self._send(Body=text)

    def tap(self, label: str) -> None:
        """Tap a button, or pick a row of a list, of the newest message that has it, by what it says."""
        for message in reversed(self._received()):
            for button in message["shown"]["buttons"]:
                if label.casefold() == button["title"].casefold():
                    self._tapped(message, button)
                    return
        raise AssertionError(f"nothing says {label!r}: {self.screen}")

    def tap_this(self, sid: str, id: str) -> None:
        """Tap this button of this message."""
        message = self.twilio.find(sid)
        self._tapped(message, next(one for one in message["shown"]["buttons"] if one["id"] == id))

    def chat(self) -> list[dict[str, Any]]:
        """Both sides, oldest first: {"mine", "sid", "body", "buttons", "list"}."""
        mine, theirs = ({"buttons": [], "list": ""}, self._received())
        said = [one for one in self.twilio.messages if one["from"] == self.address or one in theirs]
        return [
            {
                "mine": one["from"] == self.address,
                "sid": one["sid"],
                "body": one["body"] or f"({one.get('media') or '📍'})",
            }
            | one.get("shown", mine)
            for one in said
        ]

    def choose(self, label: str) -> None:
        """Tap it where it can be tapped; write its number where it is text."""
        if self._received()[-1]["shown"]["buttons"]:
            self.tap(label)
            return
        for line in self._received()[-1]["shown"]["body"].splitlines():
            number, _, said = line.strip().partition(". ")
            if number.isdigit() and said.partition(" – ")[0].casefold() == label.casefold():
                self.write(number)
                return
        self.write(label)

    def send_file(self, content_type: str, caption: str = "", content: bytes = b"") -> None:
        """A voice message (audio/ogg), a photo (image/jpeg), a sticker (image/webp), a document …"""
        name = f"ME{len(self.twilio.messages):032x}"
        url = f"{self.twilio.base}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{0:032x}/Media/{name}"
        if content:
            self.twilio.files[name] = content
        self._send(Body=caption, NumMedia="1", MediaContentType0=content_type, MediaUrl0=url)

    def send_place(self, latitude: float, longitude: float) -> None:
        """Share where they are."""
        self._send(Latitude=str(latitude), Longitude=str(longitude), MessageType="location")

    def _tapped(self, message: dict[str, Any], button: dict[str, str]) -> None:
        replied = {"Body": button["title"], "OriginalRepliedMessageSid": message["sid"]}
        if message["shown"]["list"]:
            self._send(ListId=button["id"], ListTitle=button["title"], MessageType="interactive", **replied)
        else:
            self._send(ButtonPayload=button["id"], ButtonText=button["title"], MessageType="button", **replied)

    def _send(self, **fields: str) -> None:
        own = {"ProfileName": self.name, "WaId": self.address.removeprefix("whatsapp:").lstrip("+")}
        also = {"ExternalUserId": self.hidden} if self.hidden else {}
        self.sids.append(self.twilio.receive(self.address, own | also | fields))

    def _received(self) -> list[dict[str, Any]]:
        return [m for m in self.twilio.messages if m["to"] == self.address and not m["number"] and m["from"] == SENDER]

    def news(self) -> list[str]:
        """What has come since the last look, as it looks."""
        received = self._received()
        new, self.read_until = received[self.read_until :], len(received)
        return [looks(message["shown"]) for message in new]

    @property
    def screen(self) -> str:
        """The last message that came, as it looks."""
        received = self._received()
        return looks(received[-1]["shown"]) if received else ""


def looks(shown: dict[str, Any]) -> str:
    """A message as words: its buttons, or its list with the button that opens it."""
    rows = [f"[{one['title']}]" + (f" {one['description']}" if one["description"] else "") for one in shown["buttons"]]
    return "\n".join([shown["body"], *([f"[{shown['list']}]:"] if shown["list"] else []), *rows])
