"""What may be said to somebody who has not written for a day, where a channel takes only a text that it approved.

One sentence for everybody, that says nothing about anybody: what waits is said when they answer.
"""

from __future__ import annotations

from dialogs.locale import LANGUAGES, spoken
from dialogs.words import Words

WAITS: Words = (
    "C'è un messaggio per lei. È nella chat che ha aperto con questo numero. Tocchi «Leggi», o scriva «leggi»."
)
READ: Words = "Leggi"  # small_talk.toml knows it: it answers no question that is open


def knocks() -> dict[str, tuple[str, str]]:
    """Language → the text to have approved, and its button."""
    return {language: (spoken(WAITS, language), spoken(READ, language)) for language in LANGUAGES}
