"""Which locality a message names, even misspelt.

A name of one short word ("Campi", "Villa") is also a common word: it counts only after a word of place, or alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Final

from rapidfuzz.distance import OSA

from dialogs.understand.plain import words

_PLACE: Final = frozenset(
    (
        *["a", "in", "di", "zona", "abito", "abita", "vivo", "vive", "sto", "sta", "verso", "da", "frazione"],
        "localita",
        "vicino",
        "at",
        "near",
        "from",
    )
)
_ARTICULATED: Final = {
    "il": ("al", "del", "dal", "nel"),
    "la": ("alla", "della", "dalla", "nella"),
    "le": ("alle", "delle", "dalle", "nelle"),
}
_LEAST_FUZZY: Final = 6  # letters
_UNCOMMON: Final = 7  # letters of a name that needs no word of place before it
_TWO_ERRORS: Final = 10  # letters from which two are allowed


def area_of(said: Sequence[str], localities: Mapping[str, Sequence[str]]) -> str | None:
    """The one locality that is named: by its official name before its others, exactly before misspelt."""
    initials = {word[0] for word in said}  # nothing that begins with another letter is near: cheap
    for misspelt in (False, True):
        named = {place: _named(said, names, initials, misspelt=misspelt) for place, names in localities.items()}
        for places in (
            [place for place, ways in named.items() if 0 in ways],
            [place for place, ways in named.items() if ways],
        ):
            if places:
                return places[0] if len(places) == 1 else None
    return None


def _named(said: Sequence[str], names: Sequence[str], initials: Collection[str], *, misspelt: bool) -> set[int]:
    """Which of the names are in the message, by their position."""
    return {
        at
        for at, name in enumerate(names)
        if (name_words := _words_of(name))
        and (
            (name_words[0][0] in initials and _names(said, name_words, misspelt=misspelt))
            or (name[0].isupper() and name_words[0] in _ARTICULATED and _with_article(said, name_words))
        )
    }


@cache
def _words_of(name: str) -> tuple[str, ...]:
    return tuple(words(name))


def _with_article(said: Sequence[str], name: tuple[str, ...]) -> bool:
    """Whether the article of the name is joined to a word of place: "al Rosi", "alla Villa"."""
    text = f" {' '.join(said)} "
    return any(f" {' '.join((word, *name[1:]))} " in text for word in _ARTICULATED[name[0]])


def _names(said: Sequence[str], name: tuple[str, ...], *, misspelt: bool) -> bool:
    size = len(name)
    whole = " ".join(name)
    if misspelt and len(whole) < _LEAST_FUZZY:
        return False
    for at in range(len(said) - size + 1):
        if said[at][0] != whole[0]:
            continue
        piece = " ".join(said[at : at + size])
        if not (_near(piece, whole) if misspelt else piece == whole):
            continue
        unmistakable = (size > 1 and name[0] not in _ARTICULATED) or (
            size == 1 and not misspelt and len(whole) >= _UNCOMMON
        )
        if unmistakable or size == sum(w != "." for w in said) or (at and said[at - 1] in _PLACE):
            return True
    return False


def _near(piece: str, name: str) -> bool:
    allowed = 2 if len(name) >= _TWO_ERRORS else 1
    return OSA.distance(piece, name, score_cutoff=allowed) <= allowed
