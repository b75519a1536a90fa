"""A screen as each channel shows it, within its real limits. Pure: bot sends it, the limits test checks it.

Sources of the limits: Telegram Bot API (text 4,096, callback data 64 bytes); Twilio Content (quick-reply: 3 buttons of
20 characters; list-picker: 10 items of 24, description 72, body 1,024) and Twilio messages (plain text 1,600).
What can be tapped may be refused anywhere: every page also fits its channel with its options written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialogs.locale import spoken
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

    @property
    def text(self) -> str:
        """All that is said, a paragraph a sentence."""
        return "\n\n".join(self.sentences)

    def to_json(self) -> dict[str, Any]:
        """As kept in the outbox."""
        return {**vars(self), "buttons": [vars(button) for button in self.buttons]}

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
) -> tuple[Bubble, Shown]:
    """The bubble for this screen, and what was shown. `repeat`: what the dialogue said before was already shown."""
    context, limits = f"{dialogue}.{screen.key}", LIMITS[channel]
    said = [spoken(words, language, dialogue) for words in before]
    said += [] if repeat else [spoken(words, language, dialogue) for words in screen.said]
    options = screen.question.options() if screen.question else ()
    if screen.question:
        said.append(spoken(screen.question.text, language, context))
    first = first if first < len(options) else 0
    numbers = bool(screen.question and screen.question.numbered)
    count = len(options) if len(options) <= limits.options else limits.options - 1
    made = Bubble(tuple(filter(None, said)), (), numbers, conversation, screen.name)
    while True:
        made = replace(made, buttons=_page(screen, conversation, language, context, first, count))
        if count <= 1 or _units(numbered(made)) <= limits.text:
            break
        count -= 1
    wording = tuple((option.id, spoken(option.row or option.label, language, context)) for option in options)
    shown = Shown(
        screen.name, wording, _also(screen, language, context), first, min(count, len(options) - first), language,
        numbered=numbers,
    )  # fmt: skip
    return made, shown


def _page(screen: Screen, conversation: int, language: str, context: str, first: int, count: int) -> tuple[Button, ...]:
    """`count` options from `first` on, and the way to those that are left."""
    options, buttons = screen.question.options() if screen.question else (), []
    for number, option in enumerate(options[first : first + count], first):
        label = spoken(option.label, language, context)
        row = spoken(option.row, language, context) if option.row else label
        about = spoken(option.description, language, context) if option.description else ""
        buttons.append(Button(label, row, about, f"{conversation}:{screen.name}:{number}"))
    if count < len(options):
        left = plural("Altra {n}", "Altre {n}", max(len(options) - first - count, 0))
        label = spoken(left if first + count < len(options) else "Dall'inizio", language)
        buttons.append(Button(label, label, "", f"{conversation}:{screen.name}:more"))
    return tuple(buttons)


def _also(screen: Screen, language: str, context: str) -> dict[str, tuple[str, ...]]:
    """Other names by which an option is known: its short label and what the dialogue adds."""
    if screen.question is None:
        return {}
    return {
        option.id: (spoken(option.label, language, context), *option.also)
        for option in screen.question.options()
        if option.row or option.also
    }


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
