"""What delivery and a channel agree on: a letter, how it may go, and what a refusal means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from catalog_store.reach import Form
from dialogs.screens import Bubble

Fault = Literal["busy", "blocked", "window", "shape", "content"]


class ChannelError(Exception):
    """The channel could not take it. `reason` is a code of ours or the provider's, never words of people.

    busy: later, at `retry_at` if the provider says when; blocked: this address takes nothing from us any more; window:
    only a template may be sent now; shape: nothing to tap is taken here, words are; content: it will never be taken.
    `kept`: the channel itself remembers which shape it was; `doubtful`: it may have been taken all the same.
    """

    def __init__(
        self, reason: str, fault: Fault = "busy", *, retry_at: datetime | None = None, kept: bool = False,
        doubtful: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.reason, self.fault, self.retry_at = reason, fault, retry_at
        self.kept, self.doubtful = kept, doubtful


@dataclass(frozen=True)
class Letter:
    """What a channel is handed: to whom, what, in which language it is written, and in which form it may go.

    tapped: with what can be tapped; numbered: as text alone; knock: only the approved template of `language`, which
    says that a message waits. `doubt`: since when it may have been taken already, by a try that was not answered.
    """

    address: str
    bubble: Bubble
    language: str = "it"
    form: Form = "tapped"
    expires_at: datetime | None = None  # past this it is better not to arrive
    doubt: datetime | None = None


class Channel(Protocol):
    """What delivery needs of a channel: to send, and to end. `account` is the channel's name."""

    account: str
    pace: float  # seconds between two bubbles to one address
    rate: float  # bubbles a second, to all addresses together; 0: no limit

    async def send(self, letter: Letter) -> str | None:
        """Send, unless it is in doubt and found to be there; the provider's id, if it has one. Raises ChannelError."""

    async def close(self) -> None:
        """Let go of what it holds, when nothing more is sent; most hold nothing."""
        del self
