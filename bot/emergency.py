"""A danger in a message: what is said of it before anything else, or asked where it is not sure."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from bot import alarms, confirming, pieces
from bot.talking import Talking
from catalog_store import messages
from catalog_store.conversations import Conversation
from dialogs import REGISTER, replies, safety
from dialogs.locale import spoken
from dialogs.questions import YesNo
from dialogs.replies import Reply, Shown
from dialogs.safety import Danger, answers
from dialogs.safety.answers import EMERGENCY
from dialogs.safety.helplines import CHILD, Kind
from dialogs.words import Words

DOUBT, NO = "danger", "no"  # the screen that asks whether it is happening, and its other answer
AFTER_ALARM = -1  # the count of misses when danger was answered and the question was left waiting
HAPPENING: Words = "Sta succedendo adesso? Qualcuno è in pericolo?"
REPORTED: Words = "L'ho segnalato a una persona. Se è già tutto seguito, vada pure avanti."


def first(talking: Talking, danger: Danger, reply: Reply, told: str) -> bool:
    """Answer a danger, or say beside the answer what cannot wait. True when that is all that is said now.

    `told`: what of the reply was told in pieces before.
    """
    talk = talking.open
    if talk is not None and (REGISTER[talk.dialogue].who != "anyone" or REGISTER[talk.dialogue].interview):
        _beside(talking, danger, reply.said)
        return False
    alarms.note(talking, danger, reply.said)
    if danger.level == "today" and not danger.child:
        from dialogs import tonight  # the catalogue's arithmetic is not loaded for a tap

        talking.welcome()
        talking.say(*tonight.first_said(talking.tx, reply.said))
        return False
    if danger.sure:
        _answer(talking, danger)
    else:
        _doubt(talking, danger, reply, told)
    return True


def urgent(text: str) -> Danger | None:
    """The danger in what was written that is sure, and told of whatever else happens; None for everything else."""
    danger = safety.check(text) if text else None
    return danger if danger is not None and _is_urgent(danger) else None


def beside_fault(talking: Talking, text: str) -> tuple[Words, ...]:
    """Who helps, where a message of danger was not taken: it is put before the operators all the same."""
    danger = urgent(text)
    if danger is None:
        return ()
    alarms.note(talking, danger, text)
    return answers.answer(danger, alarms.moment(talking.tx, talking.person.language))


def after_doubt(talking: Talking, talk: Conversation, shown: Shown, reply: Reply) -> Reply | None:
    """Whether it is happening was answered. None: all is said; else what is read as if it had not been asked."""
    kept = talk.piece
    option = replies.tapped(shown, reply.tap) if reply.tap else replies.chosen(shown, reply.text, strict=True)
    talk.shown, talk.piece = (kept["shown"] if kept else None), None
    if isinstance(option, str) and option != NO:
        danger = Danger(cast("Kind", option))
        alarms.note(talking, danger, (kept["text"] or kept.get("spoken", "")) if kept else "")
        _answer(talking, danger)
        return None
    if option == NO and kept and kept.get("spoken"):
        confirming.ask(talking, kept["spoken"])
        return None
    return replace(reply, text=kept["text"] if kept and option == NO else reply.text, tap="")


def _beside(talking: Talking, danger: Danger, said: str) -> None:
    """Whoever describes another's case is not interrupted: it is put before an operator, and they go on."""
    if _is_urgent(danger):
        alarms.note(talking, replace(danger, sure=False), said)
        talking.say(EMERGENCY, REPORTED)


def _is_urgent(danger: Danger) -> bool:
    return danger.sure and danger.level != "today"


def _answer(talking: Talking, danger: Danger) -> None:
    """Say who helps now; what was open stays as it is, and its question waits for the next message."""
    talk = talking.open
    if talk is not None:
        talk.piece, talk.misses = None, AFTER_ALARM
        talking.current = talk
    said = answers.answer(danger, alarms.moment(talking.tx, talking.person.language))
    talking.alarm(said, human=danger.level == "worrying" and not danger.child)


def _doubt(talking: Talking, danger: Danger, reply: Reply, told: str) -> None:
    """It may be danger: ask, with the number to call, and keep the words for whoever answers no."""
    talking.lane = messages.DANGER
    welcome = talking.welcome()
    talk = talking.open or talking.start("need")
    before = pieces.Before.of(talk)
    language = talking.person.language
    yes, no = YesNo("").choices()
    here = danger.kind or CHILD
    talking.say(EMERGENCY)
    talking.offer(
        talk, DOUBT, HAPPENING,
        [(here, spoken("Sì, adesso", language), ""), (NO, spoken("No", language), "")],
        {here: yes.also, NO: no.also},
    )  # fmt: skip
    pieces.keep(talking, talk, reply, told, before, welcome=welcome)
