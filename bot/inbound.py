"""A message as a channel hands it to a turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialogs.replies import Reply


@dataclass(frozen=True)
class Inbound:
    """Who wrote, where, when and what. `provider_id` is the channel's own id of the message: seen twice, taken once.

    `language` is the one that the channel believes they read ('' if it does not say): a hint, before they have written.
    """

    channel: str
    address: str
    provider_id: str
    reply: Reply
    at: datetime
    account: str = ""
    language: str = ""

    def to_json(self) -> dict[str, Any]:
        """What is kept with the inbox row, enough to take the message again."""
        return {**vars(self.reply), "address": self.address, "account": self.account, "language": self.language}

    @classmethod
    def from_json(cls, channel: str, provider_id: str, at: datetime, kept: dict[str, Any]) -> Inbound:
        """As read back from an inbox row."""
        place = tuple(kept["place"]) if kept.get("place") else None
        reply = Reply(kept["text"], kept["tap"], kept["media"], place, kept.get("edited", False))
        return cls(channel, kept["address"], provider_id, reply, at, kept["account"], kept.get("language", ""))
