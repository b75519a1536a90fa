"""A message as a channel hands it to a turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dialogs.replies import Reply


@dataclass(frozen=True)
class Inbound:
    """Who wrote, where, when and what. `provider_id` is the channel's own id of the message: seen twice, taken once.

    `language` is the one that the channel believes they read ('' if it does not say): a hint, before they have written.
    `also` is another address that the channel says is theirs too ('' if it does not say).
    `file` is where the channel has the sound of a voice message ('' if it is none, or too long): it is not kept.
    """

    channel: str
    address: str
    provider_id: str
    reply: Reply
    at: datetime
    account: str = ""
    language: str = ""
    also: str = ""
    file: str = field(default="", compare=False)

    def to_json(self) -> dict[str, Any]:
        """What is kept with the inbox row, enough to take the message again."""
        names = {"account": self.account, "language": self.language, "also": self.also}
        return {**vars(self.reply), "address": self.address, **names}

    @classmethod
    def from_json(cls, channel: str, provider_id: str, at: datetime, kept: dict[str, Any]) -> Inbound:
        """As read back from an inbox row."""
        place = tuple(kept["place"]) if kept.get("place") else None
        more = kept.get("edited", False), kept.get("spoken", "")
        reply = Reply(kept["text"], kept["tap"], kept["media"], place, *more)
        names = kept.get("language", ""), kept.get("also", "")
        return cls(channel, kept["address"], provider_id, reply, at, kept["account"], *names)
