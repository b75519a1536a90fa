"""Reading a reply: always against the screen that was shown, never against a fresher one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from dialogs.nods import YES, means
from dialogs.play import Journal, Screen, recorded
from dialogs.talk import SKIPPED, Heard, Problem, Question
from dialogs.understand.times import number_words
from dialogs.words import Verbatim, phrase

SURE, PERHAPS, MARGIN = 84, 62, 8  # likeness of a misspelt label (0–100): taken, asked about, ahead of the next
_LONGEST_LABEL = 60  # characters: a longer text is not a label


@dataclass(frozen=True)
class Reply:
    """What a person did: wrote, tapped an option of a screen, or sent something that is not text."""

    text: str = ""
    tap: str = ""  # conversation:screen:option number, as the channel gave it back
    media: str = ""  # voice | image | video | document | sticker; `text` is then its caption
    place: tuple[float, float] | None = None  # latitude and longitude, where a place was shared
    edited: bool = False  # the text of a message that was sent before, as it was changed to
    spoken: str = ""  # what was understood of a voice message: nobody has confirmed it

    def __post_init__(self) -> None:
        """Half a picture and the NUL, which no database keeps, are left out of the text."""
        whole = self.text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
        object.__setattr__(self, "text", whole)

    @property
    def said(self) -> str:
        """What danger is looked for in: what was written, or else what was understood of a voice."""
        return self.text.strip() or self.spoken


@dataclass(frozen=True)
class Shown:
    """A screen as it went out: kept with the conversation, the only thing that a reply is read against."""

    name: str
    options: tuple[tuple[str, str], ...] = ()  # id and wording, all of them, in order
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    first: int = 0  # index of the first option on the page
    count: int = 0  # how many are on the page
    language: str = "it"
    numbered: bool = True  # may an option be chosen by its number?
    meant: str = ""  # the option proposed by "Intendeva …?"
    taken: str = ""  # the tap that led away from this screen
    heard: dict[str, Any] = field(default_factory=dict)  # a voice to be confirmed: its words, what was shown before


@dataclass(frozen=True)
class Answered:
    """The reply was an answer: the journal with it."""

    journal: Journal
    free_text: bool


@dataclass(frozen=True)
class Page:
    """The reply asks for other options of the same screen, from this one on."""

    first: int


Read = Answered | Page | Problem

CHANGED = Problem("Intanto la domanda è cambiata. Ecco quella di adesso.")
_OTHERS = (
    "altre", "altri", "altro", "avanti", "more", "next", "ancora", "更多", "其他", "下一页", "المزيد", "غيرها",
    "autres", "d autres", "encore", "suivant", "інші", "ще", "далі",
)  # fmt: skip
_ORDINALS = ("prim", "second", "terz", "quart", "quint", "sest", "settim", "ottav", "non", "decim")
_ENGLISH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"({'|'.join(_ORDINALS)})[aoei]")
_NO_WORD = re.compile(r"[\W_]+")
_BEFORE_NUMBER = re.compile(r"^(?:il|la|l|numero|n|nr|scelgo|opzione|the|number|option|risposta) ?(?=\w)")


def read(screen: Screen, shown: Shown, reply: Reply, heard: Heard) -> Read:
    """What this reply does to the conversation."""
    if screen.question is None or shown.name != screen.name:
        return CHANGED
    option = tapped(shown, reply.tap) if reply.tap else chosen(shown, reply.text, strict=screen.question.strict)
    if isinstance(option, Problem | Page):
        return option
    value = screen.question.read(reply.text, heard) if option is None else taken(screen.question, option)
    if isinstance(value, Problem) and option is None and (option := _counted(shown, bare(reply.text))):
        value = taken(screen.question, option)  # no answer of its own: then it counts the options
    if isinstance(value, Problem):
        return value
    return Answered(recorded(screen, value), free_text=option is None)


def taken(question: Question[Any], option: str) -> Any:
    """The answer that choosing an option gives."""
    return None if option == SKIPPED else question.take(option)


def _counted(shown: Shown, said: str) -> str | None:
    """The option that this number counts on the page."""
    if said.isdecimal() and 1 <= int(said[:4]) <= shown.count:
        return shown.options[shown.first + int(said[:4]) - 1][0]
    return None


def tapped(shown: Shown, tap: str) -> str | Page | Problem:
    """The option id of a tap on this very screen."""
    screen, _, last = tap.rpartition(":")
    if screen.rpartition(":")[2] != shown.name:
        return CHANGED
    if last == "more":
        return _next_page(shown)
    ids = {str(number): id for number, (id, _) in enumerate(shown.options)}
    return ids.get(last, CHANGED)


def chosen(shown: Shown, text: str, *, strict: bool) -> str | Page | Problem | None:
    """The option id in what was written: number, number word, label, other name, or (if strict) a misspelt label."""
    said = bare(text)
    if not shown.options or not said or len(said) > _LONGEST_LABEL:
        return None
    if shown.meant and means(said) == YES:
        return shown.meant
    called = _called(shown, said)
    if len(called) == 1:
        return called.pop()
    paged = len(shown.options) > shown.count
    if paged and not called and said in _OTHERS:
        return _next_page(shown)
    if shown.numbered and (number := _number(said)) is not None:
        if 1 <= number <= shown.count:
            return shown.options[shown.first + number - 1][0]
        if paged and number == shown.count + 1:  # "altre" stands in the list, with a number of its own
            return _next_page(shown)
        if strict or said.isdecimal():
            return Problem(phrase("Le risposte vanno da 1 a {n}.", n=shown.count), "Scriva soltanto il numero.")
    return _misspelt(shown, said) if strict else _nearly(shown, said)


def named(shown: Shown, text: str) -> str | None:
    """The option whose number, label or other name this is, to the letter."""
    said = bare(text)
    if not said or len(said) > _LONGEST_LABEL:
        return None
    called = _called(shown, said)
    return (_counted(shown, said) if shown.numbered else None) or (called.pop() if len(called) == 1 else None)


def _nearly(shown: Shown, said: str) -> str | None:
    """Beside free text a label may only be a little misspelt."""
    near = {id for name, id in _names(shown) if fuzz.ratio(name, said) > SURE + 6}
    return near.pop() if len(near) == 1 else None


def _misspelt(shown: Shown, said: str) -> str | Problem | None:
    scores = {id: 0.0 for id, _ in shown.options}
    for name, id in _names(shown):
        likeness = fuzz.ratio(name, said)
        if len(said) > 2 and (set(name.split()) <= set(said.split()) or set(said.split()) <= set(name.split())):  # noqa: PLR2004
            likeness = max(likeness, SURE - 1)  # the label within a sentence, or a word of the label: ask
        scores[id] = max(scores[id], likeness)
    ranked = sorted(scores, key=lambda id: -scores[id])
    best, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0
    if best >= SURE and best - second >= MARGIN:
        return ranked[0]
    asks_yes = not _called(shown, "si")  # beside a yes of the screen's own, a yes to "Intendeva …?" would be two things
    if asks_yes and best >= PERHAPS and best - second >= MARGIN / 2 and len(said) > 2:  # noqa: PLR2004
        wording = dict(shown.options)[ranked[0]]
        return Problem(phrase("Intendeva «{label}»?", label=Verbatim(wording)), meant=ranked[0])
    return None


def _names(shown: Shown) -> list[tuple[str, str]]:
    """Every way to name an option, in its bare form, with the option's id."""
    names = [(_label(wording), id) for id, wording in shown.options]
    names += [(_label(other), id) for id, _ in shown.options for other in shown.also.get(id, ())]
    return [(name, id) for name, id in names if name]


def _called(shown: Shown, said: str) -> set[str]:
    """The options that are called this: those with this very wording, or else with this other name."""
    worded = {id for id, wording in shown.options if _label(wording) == said}
    return worded or _also(shown, said) or _also(shown, means(said))


def _also(shown: Shown, said: str) -> set[str]:
    return {id for name, id in _names(shown) if name == said}


def _number(said: str) -> int | None:
    words = _BEFORE_NUMBER.sub("", said)
    if words.isdecimal():
        return int(words)
    if ordinal := _ORDINAL.fullmatch(words):
        return _ORDINALS.index(ordinal[1]) + 1
    if words.removesuffix(" one") in _ENGLISH:
        return _ENGLISH.index(words.removesuffix(" one")) + 1
    found = number_words(words) if len(words.split()) == 1 else []
    return found[0] if found else None


def _next_page(shown: Shown) -> Page:
    following = shown.first + shown.count
    return Page(following if following < len(shown.options) else 0)


def bare(text: str) -> str:
    """Lower case, without accents, punctuation and pictures."""
    plain = unicodedata.normalize("NFKD", text[:500].casefold())
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", plain).strip()


_label = lru_cache(4096)(bare)  # labels come back at every turn; what people write is not kept here


def to_json(shown: Shown) -> dict[str, Any]:
    """As kept with the conversation; the release before knows nothing of a voice, and reads all that has none."""
    return {name: getattr(shown, name) for name in Shown.__dataclass_fields__ if name != "heard" or shown.heard}


def from_json(kept: dict[str, Any]) -> Shown:
    """As read back from the conversation."""
    options = tuple((id, wording) for id, wording in kept["options"])
    return Shown(**{**kept, "options": options, "also": {id: tuple(names) for id, names in kept["also"].items()}})
