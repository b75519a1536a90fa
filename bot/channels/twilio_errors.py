"""Twilio's error numbers, and what each means for what we do next; the same for a refusal and for a status callback.

Sources: twilio.com/docs/api/errors/<number>, as read in 2026. A number that is not here is `content`: the row is seen
by an operator, and nothing is tried over and over.
"""

from __future__ import annotations

from bot.deliver import ChannelError, Fault

NUMBERS: dict[Fault, tuple[int, ...]] = {
    "window": (63016,),  # free text outside the 24 hours
    "blocked": (
        21211,  # not an address
        21610,  # unsubscribed
        63003,  # no such recipient
        63014,  # blocked by the person
        63015,  # has not joined the sandbox
        63024,  # not a recipient of this channel
        63032,  # WhatsApp does not let us write to this person
        63033,  # the same, until 2025
    ),
    "shape": (
        21654, 21655, 21656,  # the template, its SID or its variables
        21658,  # a variable that is too long
        63005, 63006,  # the content, or its form, for this channel
        63013,  # an empty variable, spaces, line breaks, a label that is too long
        63021,  # what this channel does not support
    ),
    "busy": (
        20003,  # our credentials: somebody is setting them right
        20429, 63018, 63038,  # too many at once, or today
        20500, 20503, 30001, 30008, 63010, 63012, 63023,  # Twilio or WhatsApp are ill
        131056,  # too many to this one person
    ),
    "content": (
        21617,  # more than 1,600 characters
        63027, 63028, 63040, 63041, 63042,  # the approved template: its language, its variables, its standing
        63049,  # WhatsApp chose not to deliver
    ),
}  # fmt: skip
FAULTS: dict[int, Fault] = {number: fault for fault, numbers in NUMBERS.items() for number in numbers}
TOO_MANY, ILL = 429, 500  # HTTP statuses


def error_of(number: int | None, *, status: int = 0, plain: bool = False) -> ChannelError:
    """What a refusal means. `status`: of HTTP, where the number says nothing; `plain`: it was text, with no shape."""
    fault = FAULTS.get(number or 0)
    if fault is None:
        fault = "busy" if status == TOO_MANY or status >= ILL else "content"
    if fault == "shape" and plain:
        fault = "content"
    return ChannelError(str(number or status), fault, kept=fault == "shape", doubtful=status >= ILL)
