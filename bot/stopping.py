"""Words like "stop" and "basta": who asks us to stop, who answers a question, who only nods."""

from __future__ import annotations

from bot.talking import Talking, on_doorstep
from catalog_store import people
from dialogs import REGISTER, replies
from dialogs.play import recorded
from dialogs.words import Words

NAME = "stop"
DROPPED: Words = "Va bene, mi fermo qui: non ho inviato niente."


def is_answer(talking: Talking) -> bool:
    """Is "basta" the answer to the open question: that is all, nothing more, no? Then it is taken."""
    talk = talking.open
    if talk is None or talk.dialogue == NAME:
        return False
    screen = talking.screen(talk)
    option = screen.question.enough if screen.question else None
    if screen.question is None or option is None:
        return False
    talking.answered(talk, recorded(screen, replies.taken(screen.question, option)))
    return True


def pause(talking: Talking, command: str) -> bool:
    """Many answers were given to an interview: they stay, for later. True when it was one."""
    talk = talking.open
    if talk is None or not REGISTER[talk.dialogue].interview:
        return False
    if command == "stop":
        people.stop(talking.tx)
        talking.say("Va bene. Non le mando più promemoria, domande e avvisi.")
    talking.leave(talk)
    return True


def leave(talking: Talking) -> None:
    """What they were telling us is dropped; a question of ours is left for later."""
    talk = talking.open
    if talk is None or talk.dialogue == NAME or REGISTER[talk.dialogue].purpose != "reply":
        return
    talking.drop(talk)
    if not on_doorstep(talk):
        talking.say(DROPPED)
