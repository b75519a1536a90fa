"""The ladder, taken: in which form a row goes now, or which other way, and what a refusal changes. In a transaction.

What to try is decided by `catalog_store.reach`; here it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot import mailing
from bot.channel import ChannelError
from catalog_store import calendars, conversations, dispatch, messages, people, reach, referrals, waiting
from catalog_store.connect import Transaction
from catalog_store.dispatch import Due
from catalog_store.reach import Call, Form, NotSent, Send, Step, Ways
from catalog_store.referrals import Referral

FIRST_WAIT, LONGEST_WAIT = 2.0, 900.0  # seconds between the tries of one row
TRYING = timedelta(hours=6)  # how long one way is tried that is only busy, before another is taken
SHORTER = {"news": timedelta(hours=1), "danger": timedelta(minutes=10)}  # the other way may be a call
FREE: tuple[Form, ...] = ("tapped", "numbered")


@dataclass(frozen=True)
class Sent:
    """The channel took it; the provider's id of the message, if it has one."""

    provider_id: str | None


def form_of(tx: Transaction, due: Due, ways: Ways) -> Form | None:
    """The form in which it goes now; None when it goes another way, or not at all, which is then done."""
    step = reach.next_step(due.message, (due.door,), ways, tx.now, due.tried, due.stopped)
    if not isinstance(step, Send):
        step = _further(tx, due, ways)
    if not isinstance(step, Send) or step.address_id != due.door.id:
        _take(tx, due, step, ways)
        return None
    if step.form == "knock" and due.door.channel != reach.MAIL and dispatch.is_knocked(tx, due.door.id):
        dispatch.hold(tx, due)  # one knock is enough for all that waits
        return None
    return step.form


def settle(tx: Transaction, due: Due, form: Form, outcome: Sent | ChannelError) -> None:
    """What became of a send."""
    if isinstance(outcome, ChannelError):
        refused(tx, due, form, outcome)
    elif form == "knock" and due.door.channel != reach.MAIL:
        dispatch.hold(tx, due, knocked=outcome.provider_id or "")
    else:
        dispatch.sent(tx, due, outcome.provider_id)


def refused(tx: Transaction, due: Due, form: Form, error: ChannelError) -> None:
    """What a refusal says of the address is remembered; the row is due again, and then takes the next step."""
    forms: tuple[str, ...] = (form,)
    at = tx.now
    end = due.begun_at + SHORTER.get(due.message.purpose, TRYING)
    later = error.retry_at or min(tx.now + _wait(due.attempts), end)
    match error.fault:
        case "busy" if tx.now < end and later <= end:
            forms, at = (), later
        case "busy":
            forms = (*FREE, "knock")
        case "blocked":
            forms = (*FREE, "knock") if people.unreachable(tx, due.door.id, due.since) else ()
        case "window":
            forms = ()
            people.close_window(tx, due.door.id, due.since)
        case "shape" if form == "tapped" and not error.kept:
            people.plain(tx, due.door.id)
        case "content" if form != "knock":
            if isinstance(_further(tx, due, Ways(frozenset())), Call):
                _call(tx, due)
            messages.give_up(tx, due.id, error.reason)
            return
    dispatch.put_off(tx, due, at, error.reason, forms=forms, again=due.again or error.doubtful)


def _wait(attempts: int) -> timedelta:
    """Until the next try, after so many: twice as long each time."""
    return timedelta(seconds=min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT))


def refused_later(tx: Transaction, account: str, provider_id: str, error: ChannelError) -> bool:
    """The provider says afterwards that it could not deliver; False when it has said so before, or it is not ours."""
    due = dispatch.by_provider_id(tx, account, provider_id)
    if due is None:
        return False
    tappable = due.message.tappable and not due.door.plain and (due.door.id, "tapped") not in due.tried
    refused(tx, due, "knock" if due.state == "held" else "tapped" if tappable else "numbered", error)
    return True


def out_of_patience(tx: Transaction, ways: Ways) -> int:
    """The next step for what was held, or left unread, too long; for how many rows."""
    sent_to = ways.channels - frozenset(reach.PAGES)
    rows = dispatch.out_of_patience(tx, sent_to)
    for due in rows:
        here = {(due.door.id, form) for form in (*FREE, "knock")}
        step = _further(tx, replace(due, tried=due.tried | here), ways)
        if isinstance(step, Call):
            _call(tx, due)
        if isinstance(step, Send):
            _take(tx, due, step, ways)
        else:
            dispatch.wait_on(tx, due)
    return len(rows)


def _further(tx: Transaction, due: Due, ways: Ways) -> Step:
    """The next step when all addresses of the reader are looked at, and whether they can be called."""
    doors = people.doors(tx, due.person_id)
    own_first = sorted(doors, key=lambda door: door.id != due.door.id)
    from dialogs import calls  # with what matches, which a first answer does not wait for

    phone = bool(calls.phone(tx, due.person_id, _request(tx, due)))
    return reach.next_step(replace(due.message, phone=phone), own_first, ways, tx.now, due.tried, due.stopped)


def _take(tx: Transaction, due: Due, step: Step, ways: Ways) -> None:
    match step:
        case Send(address_id):
            door = next(one for one in people.doors(tx, due.person_id) if one.id == address_id)
            at = reach.when(due.message.purpose, tx.now, tx.store.territory.zone, door.inbound_at)
            dispatch.move(tx, due, door, at)
        case Call():
            _call(tx, due)
            dispatch.hold(tx, due, until=due.message.expires_at, reason="call")  # said here too, if they come back
        case NotSent(reason):
            if due.message.purpose == "request" and (referral := _request(tx, due)):
                mailing.announce(tx, referral, ways)
            messages.give_up(tx, due.id, reason)


def _call(tx: Transaction, due: Due) -> None:
    """A call to make: one for each person and request, which says the latest."""
    from dialogs import calls

    referral = _request(tx, due)
    note = calls.note(tx, due.person_id, due.message.purpose, referral)
    if due.message.purpose == "human":
        note["then"] = " ".join(due.body["sentences"][1:]) or note["then"]
    by = calendars.due("urgent", tx.now, tx.store.calendar)
    waiting.call(tx, due.person_id, note, by, due.conversation_id, referral.id if referral else None)


def _request(tx: Transaction, due: Due) -> Referral | None:
    """The request that a row is about, if it is about one."""
    subject = conversations.subject_of(tx, due.conversation_id) if due.conversation_id else ""
    return referrals.get(tx, subject) if subject else None
