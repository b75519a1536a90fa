"""How far we go to reach somebody: what to try next with a message, and when they may be disturbed. Pure functions.

The ladder, for each address in turn: with something to tap; as numbered text, where that is refused; only an approved
template (a knock), where the channel's window is closed. Then the person's other addresses. At the end, for what they
must know, a call to make; or it is not sent, and why is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)  # from one to the other nobody is disturbed
AWAKE = timedelta(hours=1)  # since they wrote: whoever has just written is there

Purpose = Literal["reply", "danger", "news", "request", "human", "reminder", "survey", "broadcast"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
STOPPABLE = frozenset({"reminder", "survey", "broadcast"})  # what whoever asked us to stop gets no more
DISTURBING = STOPPABLE | {"request"}  # what waits for the morning
ANSWERS = frozenset({"reply", "danger", "human"})  # what goes to its own address also while it is unsure who is there
CALLED = frozenset({"danger", "news", "human"})  # what somebody telephones for, in the end
MAILED = frozenset({"request"})  # what a mail may say that it waits; never anything of a citizen's own

Form = Literal["tapped", "numbered", "knock"]
WINDOWED, PAGES, MAIL = "whatsapp", ("webchat", "terminal"), "email"
WINDOW, MARGIN = timedelta(hours=24), timedelta(minutes=10)  # Twilio: from the last inbound; ours ends a little sooner
PATIENCE = timedelta(hours=24)  # how long a message waits for its reader, before the next step is taken


@dataclass(frozen=True)
class Message:
    """What is to arrive. `phone`: is a number known at which its reader can be called?"""

    purpose: str  # one of PURPOSES
    language: str = "it"
    tappable: bool = True
    expires_at: datetime | None = None
    phone: bool = False


@dataclass(frozen=True)
class Door:
    """An address of a person, as it is now. `plain`: nothing to tap is taken here."""

    id: int
    channel: str
    state: str = "reachable"  # reachable | unreachable | unsure
    inbound_at: datetime | None = None
    plain: bool = False


@dataclass(frozen=True)
class Ways:
    """The channels that are set up, and the languages that have an approved template."""

    channels: frozenset[str] = frozenset(PAGES)
    templates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Send:
    """To this address, in this form."""

    address_id: int
    form: Form


@dataclass(frozen=True)
class Call:
    """Somebody telephones: an entry of the operators' queue."""


@dataclass(frozen=True)
class NotSent:
    """Nothing more is tried: expired, stopped, unread (a page that shows it whenever it is opened) or no_way."""

    reason: str


Step = Send | Call | NotSent
Tried = frozenset[tuple[int, str]]  # (address id, form) of what was refused, or was not answered


def next_step(
    message: Message, doors: Sequence[Door], ways: Ways, now: datetime, tried: Tried = frozenset(),
    stopped: bool = False,  # noqa: FBT001, FBT002  a fact about the person, as the others are
) -> Step:  # fmt: skip
    """What to try now. `doors`: the addresses, the message's own at the head.

    >>> door = Door(1, "telegram")
    >>> next_step(Message("news"), [door], Ways(frozenset({"telegram"})), datetime(2026, 3, 10, tzinfo=UTC))
    Send(address_id=1, form='tapped')
    """
    if message.expires_at is not None and message.expires_at <= now:
        return NotSent("expired")
    if stopped and message.purpose in STOPPABLE:
        return NotSent("stopped")
    for door in doors:
        form = _form(message, door, ways, now, tried) if door.state != "unsure" or door is doors[0] else None
        if form is not None:
            return Send(door.id, form)
    page = any(door.channel in PAGES and door.state != "unreachable" for door in doors)
    if message.phone and (message.purpose in CALLED or message.purpose == "reply"):
        return Call()
    if message.purpose in CALLED and not page:
        return Call()
    return NotSent("unread" if page else "no_way")


def _form(message: Message, door: Door, ways: Ways, now: datetime, tried: Tried) -> Form | None:
    """The form in which this door would be tried now; None when there is none left."""
    if door.channel not in ways.channels or door.state == "unreachable":
        return None
    if door.state == "unsure" and message.purpose not in ANSWERS:
        return None
    if door.channel == MAIL:
        forms: list[Form] = ["knock"] if message.purpose in MAILED else []
    elif is_closed(door, now):
        knows = knock_language(message.language, ways.templates) is not None
        forms = ["knock"] if knows and message.purpose != "danger" else []  # danger is called for, not knocked for
    else:
        forms = ["tapped", "numbered"] if message.tappable and not door.plain else ["numbered"]
    return next((form for form in forms if (door.id, form) not in tried), None)


def is_closed(door: Door, now: datetime) -> bool:
    """Would the channel take nothing but a template here?"""
    if door.channel != WINDOWED:
        return False
    return door.inbound_at is None or now - door.inbound_at >= WINDOW - MARGIN


def knock_language(language: str, templates: Collection[str]) -> str | None:
    """The language of the template that says to this reader that a message waits; Italian rather than none."""
    return next((one for one in (language, "it") if one in templates), None)


def when(purpose: str, at: datetime, zone: ZoneInfo, inbound_at: datetime | None) -> datetime:
    """From when on it may go: what disturbs waits for the morning, and so does news unless they are there."""
    awake = inbound_at is not None and at - inbound_at < AWAKE
    quiet = purpose in DISTURBING or purpose == "news"
    return undisturbed(at, zone) if quiet and not awake else at


def undisturbed(at: datetime, zone: ZoneInfo) -> datetime:
    """`at`, or the end of the quiet hours it falls in.

    >>> undisturbed(datetime(2026, 3, 10, 21, 30, tzinfo=UTC), ZoneInfo("Europe/Rome")).isoformat()
    '2026-03-11T07:00:00+00:00'
    """
    local = at.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return at
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
