"""Text without what people type differently: case, accents, apostrophes, scripts' variants."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 10_000  # characters read of one message
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "œ": "oe", "æ": "ae", "ة": "ه", "ى": "ي"})
_CYRILLIC_APOSTROPHE = re.compile(r"(?<=[а-я])'(?=[а-яє-ї])")
_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+|[.!?;\n。！？]+")
_REPEATED = re.compile(r"([^\W\d_])\1+")


def fold(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe."""
    if text.isascii():
        return text[:LONGEST].translate(_VARIANTS).lower()
    marks = unicodedata.normalize("NFKD", text[:LONGEST].translate(_VARIANTS))
    bare = "".join(c for c in marks if not unicodedata.combining(c) and c != "ـ")
    return _CYRILLIC_APOSTROPHE.sub("", bare.casefold().translate(_VARIANTS))


def words(text: str) -> list[str]:
    """The folded words; each Chinese character is one, and so is the end of a sentence: ".".

    >>> words("Non c’è. Perché?")
    ['non', 'c', 'e', '.', 'perche', '.']
    """
    return [w if w[0].isalnum() else "." for w in _WORD.findall(fold(text))]


def squeeze(word: str) -> str:
    """The word without doubled letters, where most spelling mistakes of Italian are: "amazza", "aiutooo"."""
    return _REPEATED.sub(r"\1", word)
