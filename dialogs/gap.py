"""For longer than the channel keeps messages, none could reach us: whoever was in the middle of something is told."""

from __future__ import annotations

from datetime import datetime

from catalog_store.connect import Transaction
from dialogs.naming import here
from dialogs.talk import look, say
from dialogs.words import Moment


async def gap(subject: str) -> None:
    """`subject`: since when, an instant in ISO 8601."""
    since = await look("da_quando", began, subject)
    await say("Per qualche ora non ho ricevuto messaggi. Mi dispiace.")
    await say("Mi ha scritto dopo {since}? Per favore, lo scriva di nuovo.", since=Moment(since))


def began(tx: Transaction, since: str) -> datetime:
    """The instant on the town's clock."""
    return here(tx, datetime.fromisoformat(since))
