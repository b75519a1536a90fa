"""A message that comes in pieces: each is kept with what stood before it, and is read once more with the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.talking import Talking
from catalog_store import messages
from catalog_store.conversations import Conversation
from dialogs.replies import Reply


@dataclass(frozen=True)
class Before:
    """A conversation as it stood before a piece was read."""

    journal: dict[str, Any]
    shown: dict[str, Any] | None

    @classmethod
    def of(cls, talk: Conversation) -> Before:
        """As it stands now."""
        return cls(talk.journal, talk.shown)


def keep(talking: Talking, talk: Conversation, reply: Reply, told: str, before: Before, *, welcome: bool) -> None:
    """Keep what it takes to read this text, `told` in it, once more: `welcome` was said in the reply."""
    talk.piece = {
        "text": reply.text, "told": told, "journal": before.journal, "shown": before.shown, "outbox": None,
        "welcome": welcome, "replaces": talking.replaces, "spoken": reply.spoken,
    }  # fmt: skip


def take_back(talking: Talking, talk: Conversation, since: datetime) -> dict[str, Any] | None:
    """The piece before, when its reply had not gone out by `since`: it is as if it had not been read. None: too late.

    The welcome that was in that reply is said again.
    """
    piece = talk.piece
    if piece is None or piece["outbox"] is None:
        return None
    gone = messages.take_back(talking.tx, piece["outbox"], since)
    if gone is None:
        return None
    talk.journal, talk.shown = piece["journal"], piece["shown"]
    talking.replaces = piece["outbox"] if gone == "recent" else piece["replaces"]
    talking.person = replace(talking.person, recent=talking.person.recent[:-1])
    if piece["welcome"]:
        talking.person = replace(talking.person, welcomed_at=None)
        talking.welcome()
    return piece
