"""A screen as each channel shows it, within its real limits. Pure: bot sends it, the limits test checks it.

Sources of the limits: Telegram Bot API (text 4,096, callback data 64 bytes); Twilio Content (quick-reply: 3 buttons of
20 characters; list-picker: 10 items of 24, description 72, body 1,024) and Twilio messages (plain text 1,600).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialogs.locale import both, spoken
from dialogs.play import Screen
from dialogs.replies import Shown
from dialogs.words import Words, plural

COMMAND = "command:"  # a button that is a command and no option: it counts as no number
LABEL, ROW, DESCRIPTION, TAP = 20, 24, 72, 64
QUICK, LISTED = 3, 10  # WhatsApp: quick replies, rows of a list
TAPPED_TEXT = 1000  # WhatsApp: above buttons or a list; of 1,024, some are left to the fixed words of their templates


@dataclass(frozen=True)
class Limits:
    """What a channel can show: characters of a bubble with its options written out, options on a page."""

    text: int
    options: int  # the way to the next page takes the place of one


LIMITS = {
    "webchat": Limits(8000, 12),
    "terminal": Limits(8000, 12),
    "telegram": Limits(4096, 8),
    "whatsapp": Limits(1600, 10),
}


@dataclass(frozen=True)
class Button:
    """An option as shown. `tap` is what the channel gives back, at most 64 bytes."""

    label: str
    row: str
    description: str
    tap: str


@dataclass(frozen=True)
class Bubble:
    """One reply: what goes into the outbox and through the channel."""

    sentences: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    numbered: bool = True
    conversation: int = 0
    screen: str = ""
    replaces: int = 0  # outbox id of the bubble that this one stands for
    aloud: bool = False  # read to the person, where the channel can

    @property
    def text(self) -> str:
        """All that is said, a paragraph a sentence."""
        return "\n\n".join(self.sentences)

    def to_json(self) -> dict[str, Any]:
        """As kept in the outbox."""
        kept = {**vars(self), "buttons": [vars(button) for button in self.buttons]}
        return kept if self.aloud else {name: value for name, value in kept.items() if name != "aloud"}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Bubble:
        """As read back from the outbox."""
        buttons = tuple(Button(**button) for button in kept["buttons"])
        return cls(**{**kept, "sentences": tuple(kept["sentences"]), "buttons": buttons})


def show(  # noqa: PLR0913  named by the caller, and all of them decide what is shown
    screen: Screen,
    *,
    conversation: int,
    dialogue: str,
    channel: str,
    language: str,
    before: Sequence[Words] = (),
    first: int = 0,
    repeat: bool = False,
    turned: bool = False,
    extra: Sequence[Button] = (),
    beside: str = "",
) -> tuple[Bubble, Shown]:
    """The bubble for this screen, and what was shown: as many options as the channel has room for, the rest on pages.

    `repeat`: what the dialogue said before was already shown; `turned`: not so what is told of this page's options.
    `extra`: buttons of every page, after its options. `beside`: another language in which the sentences are said too.
    """
    context, beside = f"{dialogue}.{screen.key}", beside or language
    said = [both(words, language, beside, dialogue) for words in before]
    said += [] if repeat else [both(words, language, beside, dialogue) for words in screen.said]
    asked = [both(screen.question.text, language, beside, context)] if screen.question else []
    numbered = bool(screen.question and screen.question.numbered)
    options = _options(screen, language, context)
    first = first if first < len(options) else 0
    most = LIMITS[channel].options - len(extra)
    for count in range(len(options) if len(options) <= most else most - 1, -1, -1):
        page = options[first : first + count]
        told = [] if repeat and not turned else _told(page, numbered=numbered)
        buttons = tuple(
            Button(one.label, one.row, one.description, f"{conversation}:{screen.name}:{number}")
            for number, one in enumerate(page, first)
        )
        if count < len(options):
            buttons = (*buttons, _more(len(options), first + count, f"{conversation}:{screen.name}:more", language))
        made = tuple(filter(None, (*said, *told, *asked)))
        bubble = Bubble(made, (*buttons, *extra), numbered, conversation, screen.name)
        if count <= 1 or fits(bubble, channel):
            break
    wording, also = tuple((one.id, one.row) for one in options), {one.id: one.also for one in options if one.also}
    return bubble, Shown(screen.name, wording, also, first, len(page), language, numbered=numbered)


@dataclass(frozen=True)
class _Worded:
    """An option in the words of one language."""

    id: str
    label: str
    row: str
    description: str
    told: str
    also: tuple[str, ...]


def _options(screen: Screen, language: str, context: str) -> list[_Worded]:
    """What can be tapped; an option is also known by its short label and by what the dialogue adds."""
    worded = []
    for option in screen.question.options() if screen.question else ():
        label = spoken(option.label, language, context)
        row, description, told = (
            spoken(words, language, context) if words else "" for words in (option.row, option.description, option.told)
        )
        also = (label, *option.also) if option.row or option.also else ()
        worded.append(_Worded(option.id, label, row or label, description, told, also))
    return worded


def _told(page: Sequence[_Worded], *, numbered: bool) -> list[str]:
    """What is said of the options of a page, each after its number when there are several."""
    told = [(number, one.told) for number, one in enumerate(page, 1) if one.told]
    return [f"{number}. {text}" if numbered else text for number, text in told]


def _more(options: int, shown: int, tap: str, language: str) -> Button:
    """The way to the next page, or back to the first."""
    left = plural("Altra {n}", "Altre {n}", max(options - shown, 0))
    label = spoken(left if shown < options else "Dall'inizio", language)
    return Button(label, label, "", tap)


def fits(bubble: Bubble, channel: str) -> bool:
    """Does the channel have room for all of it? Also as text alone: what can be tapped may be refused anywhere."""
    return _units(numbered(bubble)) <= LIMITS[channel].text


def telegram(bubble: Bubble) -> dict[str, Any]:
    """The bubble as `sendMessage` takes it; its buttons have no descriptions, so the text has them."""
    rows = [[{"text": button.row, "callback_data": button.tap}] for button in bubble.buttons]
    about = "\n".join(f"{button.row} – {button.description}" for button in bubble.buttons if button.description)
    text = fitted([*bubble.sentences, *filter(None, [about])], LIMITS["telegram"].text)
    return {"text": text, **({"reply_markup": {"inline_keyboard": rows}} if rows else {})}


def whatsapp(bubble: Bubble, language: str = "it") -> dict[str, Any]:
    """The bubble as Twilio Content: quick reply, list picker, or plain text when there is nothing to tap.

    Plain text with numbers as well where anything would be too long: the whole message would be refused. `language`:
    of the button that opens the list.
    """
    body, buttons = bubble.text, bubble.buttons
    if buttons and _units(body) <= TAPPED_TEXT:
        labels = {button.label.casefold() for button in buttons}  # two alike are refused
        quick_ones = all(_units(button.label) <= LABEL and not button.description for button in buttons)
        if quick_ones and len(labels) == len(buttons) <= QUICK:
            quick = [{"title": b.label, "id": b.tap} for b in buttons]
            return {"type": "quick-reply", "body": body, "actions": quick}
        if len(buttons) <= LISTED and all(
            _units(b.row) <= ROW and _units(b.description) <= DESCRIPTION for b in buttons
        ):
            about = [
                {"description": b.description} if b.description else {} for b in buttons
            ]  # an empty one is refused
            items = [{"item": b.row, "id": b.tap, **more} for b, more in zip(buttons, about, strict=True)]
            return {"type": "list-picker", "body": body, "button": spoken("Le risposte", language), "items": items}
    return {"type": "text", "body": written(bubble, LIMITS["whatsapp"].text)}


def numbered(bubble: Bubble) -> str:
    """The bubble as text alone: the terminal's form, and every channel's last resort."""
    return "\n".join([bubble.text, *_rows(bubble)])


def written(bubble: Bubble, most: int) -> str:
    """The same within `most` UTF-16 units: what is said first is left out before any option is."""
    *before, last = bubble.sentences or ("",)
    return fitted([*before, "\n".join([last, *_rows(bubble)])], most)


def _rows(bubble: Bubble) -> list[str]:
    return [
        (f"  {number}. " if bubble.numbered and not button.tap.startswith(COMMAND) else "  · ")
        + button.row
        + (f" – {button.description}" if button.description else "")
        for number, button in enumerate(bubble.buttons, 1)
    ]


def fitted(sentences: Sequence[str], most: int, between: str = "\n\n") -> str:
    """The sentences within a length: what comes first is left out, sentence by sentence, never cut.

    One sentence alone that is too long is cut between words. `most` is in UTF-16 units.
    """
    kept = list(sentences)
    while len(kept) > 1 and _units(between.join(kept)) > most:
        kept.pop(0)
    text = between.join(kept)
    if _units(text) <= most:
        return text
    head = text.encode("utf-16-le")[: 2 * (most - 2)].decode("utf-16-le", "ignore")
    return (head.rpartition(" ")[0] or head) + " …"


def _units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
