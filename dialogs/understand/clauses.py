"""A message that asks for several things, in the parts that may each be a need; and what it says it does not ask."""

from __future__ import annotations

import re
from typing import Final

MOST, LEAST_WORDS = 4, 3  # parts, and words in one: a longer message is a story, told about one need
_APART = re.compile(r"[.;!?\n]+|, | (?:e|ed|poi|inoltre|and|also) ")
_LEFT: Final = 6  # letters that must be left when what is not asked goes

# How somebody says that a thing is not what they need; "not only" is no refusal. What follows it, up to the next sign
# or "but", is what they do not need.
_REFUSED: Final = re.compile(
    r"(?:^|(?<=[\s,.;:!?，。؟،]))(?:"
    r"non (?:(?:mi|ci|gli|le|vi|ti) )?(?:serv\w+(?! (?:più )?a )|interess\w+|occorr\w+)|non (?:cerc|chied)\w+"
    r"|non (?:ho|abbiamo|ha|hanno) bisogno|non (?:vogli\w+|vuole) (?:un|una|uno|il|la|lo|i|gli|le|altr\w)\b"
    r"|(?:i|we|he|she|they) (?:don'?t|doesn'?t|do not|does not) (?:need|want) (?!to die)|i'?m not looking for"
    r"|je n'ai pas besoin|je ne (?:cherche|veux) pas (?:de|d'|un|une|le|la|les)\b|on n'a pas besoin"
    r"|no (?:necesit\w+|busc\w+)|no quiero (?:un|una|el|la|los|las)\b"
    r"|nu (?:am|avem|are) nevoie|nu (?:caut|vreau) (?:un|o)\b"
    r"|nuk (?:kam|kemi|ka) nevojë|s'(?:kam|kemi) nevojë"
    r"|(?:(?:мені|нам) )?не потріб\w+|не шукаю"
    r"|(?:我|我们)?不需要|(?:我|我们)?不是要|لا (?:أحتاج|نحتاج|يحتاج)|ما (?:أحتاج|نحتاج|بدي)"
    r")(?! ?(?:solo|soltanto|solamente|only|just|seulement|que|solamente|doar|vetëm|лише|тільки|只|فقط))"
    r"(?:(?! (?:ma|però|bensì|but|mais|sino|pero|ci|dar|por|але|а) )[^,.;:!?\n，。；！？؟،])*"
    r"(?:[,.;:!?\n，。；！？؟،]|(?= (?:ma|però|bensì|but|mais|sino|pero|ci|dar|por|але|а) )|$)",
    re.IGNORECASE,
)


def clauses(text: str) -> tuple[str, ...]:
    """The parts, in order; () when there is only one, or too many to be a list of needs.

    >>> clauses("cerco un doposcuola per mio figlio e qualcuno che porti la spesa a mia nonna")
    ('cerco un doposcuola per mio figlio', 'qualcuno che porti la spesa a mia nonna')
    >>> clauses("pane e latte")
    ()
    """
    parts = tuple(part.strip() for part in _APART.split(text) if len(part.split()) >= LEAST_WORDS)
    return parts if 1 < len(parts) <= MOST else ()


def asked(text: str) -> str:
    """The text without what it says is not needed; the whole of it when little else is said.

    >>> asked("Non mi serve la mensa, mi serve un letto per stanotte")
    'mi serve un letto per stanotte'
    >>> asked("non mi serve nulla")
    'non mi serve nulla'
    """
    if "\0" in text:
        return text
    rest = _REFUSED.sub(" ", text).strip(" ,.;:，。")
    return rest if sum(c.isalpha() for c in rest) >= _LEFT and rest != text.strip(" ,.;:，。") else text
