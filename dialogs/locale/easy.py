"""How easy an Italian sentence is, for somebody tired, frightened, or who left school early."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from dialogs.understand.plain import fold

EASY: Final = 80  # Gulpease from which a text is easy for whoever has a primary school's diploma
EASY_AT_WORK: Final = 60  # the same for a lower secondary school's: what associations and operators read
LONGEST: Final = 20  # words of one sentence
_WORD = re.compile(r"\{\w+\}|[^\W_]+(?:['’][^\W_]+)*")
_END = re.compile(r"[.!?…]+")
_NAME = re.compile(r"\{\w+\}")
_AVERAGE: Final = "parol"  # what a name will be is data: it counts as a word of five letters


def why_hard(text: str, *, at_work: bool = False) -> list[str]:
    """What makes an Italian text hard: its score, a sentence that is too long, a word of offices. Empty: it is easy.

    `at_work`: only people at work read it, who know the words of offices.
    """
    wrong, least = [], EASY_AT_WORK if at_work else EASY
    if (score := gulpease(text)) < least:
        wrong.append(f"Gulpease {score:.0f}, below {least}")
    if at_work:
        return wrong
    wrong += [f"{n} words in one sentence, more than {LONGEST}" for n in map(len, _sentences(text)) if n > LONGEST]
    wrong += [f"a word of offices: {word}" for word, form in _words_of_offices().items() if form.search(fold(text))]
    return wrong


def gulpease(text: str) -> float:
    """The index of P. Lucisano and M. E. Piemontese (1988): 89 + (300 sentences - 10 letters) / words, at most 100.

    Read strictly: only . ! ? … end a sentence, not : ; nor a new line, and an elided word is one with what it leans
    on ("l'aiuto"). Labels need no rule of their own: in few words the share of sentences is large, and only long
    words bring them down. A text without words has 100.

    >>> round(gulpease("Ho capito. Le scrivo qui."))
    100
    >>> round(gulpease("La presente comunicazione è inviata agli intestatari dell'utenza."))
    56
    """
    sentences = _sentences(_NAME.sub(_AVERAGE, text))
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 100.0
    letters = sum(c.isalnum() for word in words for c in word)
    return min(100.0, 89 + (300 * len(sentences) - 10 * letters) / len(words))


def _sentences(text: str) -> list[list[str]]:
    """The words of each sentence."""
    return [words for part in _END.split(text) if (words := _WORD.findall(part))]


@cache
def _words_of_offices() -> dict[str, re.Pattern[str]]:
    """Each with the pattern that finds it in folded text."""
    lists = tomllib.loads(Path(__file__).with_name("plain_words.toml").read_text("utf-8"))
    return {
        word: re.compile("|".join(rf"\b{fold(form).replace('$', chr(92) + 'b')}" for form in forms.split("|")))
        for words in lists.values()
        for word, forms in words.items()
    }
