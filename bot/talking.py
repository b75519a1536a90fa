"""The conversations of one person during one turn: which is open, what is shown next, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.saying import Saying
from catalog_store import conversations, dispatch, identity, messages, people, referrals, roles
from catalog_store.connect import Transaction
from catalog_store.conversations import HUMAN, OPEN, OVER, PARKED, Conversation
from dialogs import REGISTER, replies, screens
from dialogs.locale import spoken
from dialogs.play import Journal, Screen, empty, play
from dialogs.replies import Shown
from dialogs.talk import Call, Go
from dialogs.words import Joined, Verbatim, Words, phrase

ENDED: Words = "Il codice con cui era entrato non vale più. Se è un errore, ne chieda un altro."
KNOWN = "known"  # the dialogue that asks who writes
STEPS = 5  # dialogues that may follow one another in one turn


class UnknownDialogue(Exception):
    """A newer program opened this conversation: it is left for that one."""


class Talking(Saying):
    """A turn's view of a person: what they have under way, and the one bubble that answers them."""

    def __init__(self, tx: Transaction, person: people.Person, *, pause: timedelta, reads: bool = False) -> None:
        """`pause`: after which what a screen shows is looked at again; `reads`: can they be read to, where they are?"""
        super().__init__(tx, person)
        self.pause, self.reads = pause, reads
        self._load()
        self.current: Conversation | None = None  # the one that the bubble shows
        self.acted = False

    def _load(self) -> None:
        """What this person has under way; while it is not sure that it is they, only what was begun since."""
        person = self.person
        self.whose, self.all = (person.id, person.sure), conversations.of(self.tx, person.id)
        if not person.sure:
            asked = next((talk.id for talk in self.all if talk.dialogue == KNOWN), None)
            self.all = [talk for talk in self.all if asked is not None and talk.id >= asked]

    def leave_what_is_not_theirs(self) -> None:
        """End what they hold by a role that they have no more, and say so, once."""
        for talk in [talk for talk in self.all if not self._may_hold(talk)]:
            self.drop(talk)
            self.all.remove(talk)
            self.before = [ENDED]

    def _may_hold(self, talk: Conversation) -> bool:
        """Has this person still the role that the dialogue is for? Its code may have been revoked meanwhile."""
        who = REGISTER[talk.dialogue].who if talk.dialogue in REGISTER else "anyone"
        return who == "anyone" or any(held.role == who for held in roles.of(self.tx, self.person.id))

    def reload(self) -> bool:
        """True when the turn has become another person's, or theirs for sure: what they have under way counts now."""
        if self.whose == (self.person.id, self.person.sure):
            return False
        self._load()
        for talk in self.all:
            if talk.state == PARKED and on_doorstep(talk):
                self._move(talk, OVER)
        return True

    def guard(self, since: datetime) -> Conversation | None:
        """Where it is asked who writes, not sure `since` then; None: there is nothing to ask, and they begin anew."""
        asked = next((talk for talk in self.all if talk.dialogue == KNOWN), None)
        if asked is None and identity.facts(self.tx) == identity.Facts():
            identity.begin_anew(self.tx, since)
            self.reload()
        elif asked is None:
            conversations.park(self.tx)
            self.all = [asked := conversations.start(self.tx, KNOWN, since.isoformat(), empty())]
        return asked

    @property
    def open(self) -> Conversation | None:
        """The one that is being talked about."""
        return next((talk for talk in self.all if talk.state == OPEN), None)

    @property
    def with_human(self) -> Conversation | None:
        """The one that was handed to a person."""
        return next((talk for talk in self.all if talk.state == HUMAN), None)

    def find(self, id: int) -> Conversation | None:
        """One of this person's, over or not."""
        under_way = next((talk for talk in self.all if talk.id == id), None)
        return under_way or (conversations.get(self.tx, id) if self.person.sure else None)

    def screen(self, talk: Conversation, *, refresh: bool = False) -> Screen:
        """Play it. What was done stays done, in this transaction."""
        dialogue = REGISTER.get(talk.dialogue)
        if dialogue is None:
            raise UnknownDialogue(talk.dialogue)
        self.tx.conversation_id = talk.id
        screen = play(
            dialogue.function, talk.subject, talk.journal, self._perform, retired=dialogue.retired, refresh=refresh
        )
        talk.journal = screen.journal
        self.acted = self.acted or screen.acted
        return screen

    def shown(self, talk: Conversation) -> Shown | None:
        """What the person was last shown of it."""
        return replies.from_json(talk.shown) if talk.shown else None

    def start(self, dialogue: str, subject: str = "") -> Conversation:
        """Begin a dialogue; what was open is parked. The same dialogue on the same subject is taken up again."""
        if subject:
            messages.opened(self.tx, self.person.id, dialogue, subject)
        known = self._known(dialogue, subject)
        if known is None:
            return self.begin_another(dialogue, subject)
        self.resume(known)
        return known

    def begin(self, dialogue: str, subject: str = "") -> None:
        """Begin a dialogue, or take it up again, and show where it stands."""
        talk = self.start(dialogue, subject)
        self.present(talk, back=bool(talk.shown))

    def tell(self, dialogue: str, subject: str) -> None:
        """Say what a dialogue that asks nothing has to say, beside the open question, or with what was left aside."""
        screen = play(REGISTER[dialogue].function, subject, empty(), self._perform)
        if screen.acted:
            self._load()
        if not screen.said:
            return
        if self.open is None and self.with_human is None and (left := self._left_aside()) is not None:
            self.say(*screen.said)
            self._go_on_with(left)
            self.present(left, back=True)
        else:
            self.aside(*screen.said)

    def aside(self, *words: Words) -> None:
        """A short answer that keeps the open question."""
        self.say(*words)
        talk = self.open
        if talk is not None:
            self.present(talk, again=True)
        else:
            self.speak()

    def open_again(self, dialogue: str, subject: str) -> Conversation:
        """A question of ours is due: what was begun goes on where it stood, as long as it would still be asked."""
        known = self._known(dialogue, subject)
        if known is not None and self._still_asked(known):
            self.resume(known)
            self.say(phrase("Torniamo a «{title}».", title=self.title(known)))
            return known
        for earlier in filter(None, (known, self._known(REGISTER[dialogue].follows, subject))):
            self._move(earlier, OVER)
            dispatch.supersede(self.tx, earlier.id)
        return self.begin_another(dialogue, subject)

    def _still_asked(self, talk: Conversation) -> bool:
        """Would it ask anything if it began today? News always begins again: what it tells has changed."""
        dialogue = REGISTER[talk.dialogue]
        return not dialogue.anew and play(dialogue.function, talk.subject, empty(), self._perform).key is not None

    def _perform(self, call: Call[Any]) -> Any:
        return call.function(self.tx, *call.args)

    def _known(self, dialogue: str, subject: str) -> Conversation | None:
        about = (dialogue, subject)
        return next((talk for talk in self.all if (talk.dialogue, talk.subject) == about and talk.state != HUMAN), None)

    def park(self) -> None:
        """Leave what is open for later, and say so; a mere invitation to speak is simply dropped."""
        talk = self.open
        if talk is None:
            return
        if on_doorstep(talk):
            self._move(talk, OVER)
        else:
            self._move(talk, PARKED)
            self.say(phrase("Intanto lascio da parte «{title}». La riprendiamo dopo.", title=self.title(talk)))

    def leave(self, talk: Conversation) -> None:
        """They go on with it another time: it waits, and how to have it again is said."""
        self._move(talk, OVER if on_doorstep(talk) else PARKED)
        self.say("Va bene, ci fermiamo qui. Per riprendere scriva «in sospeso», anche fra qualche giorno.")
        self.speak()

    def resume(self, talk: Conversation) -> None:
        """Make it the open one."""
        if talk.state == OPEN:
            return
        self.park()
        self._move(talk, OPEN)

    def title(self, talk: Conversation) -> Words:
        """How it is named to the person, with the code of the request that it is about."""
        dialogue = REGISTER.get(talk.dialogue)
        about = referrals.get(self.tx, talk.subject) if talk.subject else None
        title = phrase(dialogue.title) if dialogue else Verbatim("")
        return Joined((title, Verbatim(about.code)), ", ") if about else title

    def _move(self, talk: Conversation, state: str) -> None:
        talk.state = state
        conversations.save(self.tx, talk)

    def begin_another(self, dialogue: str, subject: str = "") -> Conversation:
        """Begin a dialogue even if the same one is under way."""
        self.park()
        talk = conversations.start(self.tx, dialogue, subject, empty())
        self.all.insert(0, talk)
        return talk

    def drop(self, talk: Conversation) -> None:
        """End it without finishing it."""
        talk.piece = None
        self._move(talk, OVER)

    def offer(
        self, talk: Conversation, name: str, text: Words, options: Sequence[tuple[str, str, str]],
        also: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """A list that is no screen of the dialogue: (id, label, description). The choice comes back under `name`.

        `also`: by id, what else an option is called by whoever writes it.
        """
        buttons = tuple(
            screens.Button(label, label, about, f"{talk.id}:{name}:{n}") for n, (_, label, about) in enumerate(options)
        )
        language = self.person.language
        wording = tuple((id, label) for id, label, _ in options)
        talk.shown = replies.to_json(Shown(name, wording, dict(also), count=len(options), language=language))
        talk.shown_at, talk.piece, self.current = self.tx.now, None, talk
        said = (spoken(words, language) for words in (*self.before, text))
        self.give(screens.Bubble(tuple(said), buttons, conversation=talk.id, screen=name))

    def read_aloud(self) -> None:
        """The last bubble again, as a voice; it may be asked for as often as they like."""
        last = messages.last_to(self.tx, self.person.address_id)
        if not self.reads:
            self.aside("Qui non so leggere ad alta voce. Con «richiamatemi» una persona le telefona.")
        elif last is None:
            self.aside("Non c'è ancora niente da leggere.")
        else:
            self.bubble = replace(screens.Bubble.from_json(last), replaces=0, aloud=True)

    def close(self, outbox_id: int | None) -> None:
        """The bubble is in the outbox: write the conversation back."""
        talk = self.current
        if talk is not None and talk.state != OVER:
            if talk.piece is not None and outbox_id is not None and talk.piece.get("outbox") is None:
                talk.piece["outbox"] = outbox_id
            conversations.save(self.tx, talk)

    def answered(self, talk: Conversation, journal: Journal, *, tap: str = "") -> None:
        """Take the answer and show what follows."""
        talk.journal, talk.misses = journal, 0
        self.present(talk, tap=tap)

    def present(
        self, talk: Conversation, *, again: bool = False, back: bool = False, first: int = 0, tap: str = "",
        meant: str = "", extra: Sequence[screens.Button] = (),
    ) -> None:  # fmt: skip
        """Show where the conversation stands. `again`: only the question, not what the dialogue said before it.

        `back`: it was left a while ago, and what it shows is looked at again if that was long.
        """
        back, left_aside = back or again, False
        for _ in range(STEPS):
            paused = talk.shown_at is not None and self.tx.now - talk.shown_at > self.pause
            stale = left_aside or (back and paused)
            screen = self.screen(talk, refresh=stale or self._in_another_language(talk))
            if screen.key is not None:
                self._show(talk, screen, again=again, first=first, tap=tap, meant=meant, extra=extra)
                return
            self.say(*screen.said)
            following = self._over(talk, screen.go)
            if following is None:
                self.speak()
                return
            again, first, tap, talk, left_aside = False, 0, "", following, following.state == PARKED
            if left_aside:
                self._go_on_with(talk)
        raise RuntimeError("dialogues follow one another without end")

    def _in_another_language(self, talk: Conversation) -> bool:
        """Was it shown in a language that the person has left since?"""
        shown = self.shown(talk)
        return shown is not None and shown.language != self.person.language

    def _over(self, talk: Conversation, go: Go | None) -> Conversation | None:
        """A dialogue has ended: what comes next, if anything."""
        hands_over = REGISTER[talk.dialogue].hands_over
        talk.piece = None
        self._move(talk, HUMAN if hands_over else OVER)
        if self.reload():
            self.welcome()  # who begins anew in the middle of a turn meets us now
        if self.tx.erased:  # nothing else of theirs is left
            self.all = []
        elif go is not None:
            return self.start(go.dialogue, go.subject)
        messages.hasten(self.tx, self.person.id)
        if hands_over:  # what is written now is for that person; what is parked waits
            return None
        return self._left_aside()

    def _left_aside(self) -> Conversation | None:
        """What was parked last."""
        return next((other for other in self.all if other.state == PARKED), None)

    def _go_on_with(self, talk: Conversation) -> None:
        self._move(talk, OPEN)
        self.say(phrase("Torniamo a «{title}».", title=self.title(talk)))

    def _show(
        self, talk: Conversation, screen: Screen, *, again: bool, first: int, tap: str, meant: str,
        extra: Sequence[screens.Button],
    ) -> None:  # fmt: skip
        seen = self.shown(talk)
        turned = seen is not None and seen.first != first  # another page of the same options
        bubble, shown = screens.show(
            screen, conversation=talk.id, dialogue=talk.dialogue, channel=self.person.channel,
            language=self.person.language, before=self.before, first=first,
            repeat=again, turned=turned, extra=(*extra, *self.to_change()), beside=self.beside,
        )  # fmt: skip
        talk.shown = replies.to_json(replace(shown, meant=meant, taken=tap))
        talk.shown_at = self.tx.now
        self.current = talk
        self.give(bubble)


def on_doorstep(talk: Conversation) -> bool:
    """Nothing has been answered yet, and the question is only an invitation to speak."""
    dialogue = REGISTER.get(talk.dialogue)
    return bool(dialogue and dialogue.doorstep and not talk.journal["answers"])


def busy(talk: Conversation | None, now: datetime, minutes: float) -> datetime | None:
    """Until when a question of ours must wait, because one was shown a moment ago and is not answered."""
    if talk is None or talk.shown_at is None or on_doorstep(talk):
        return None
    until = talk.shown_at + timedelta(minutes=minutes)
    return until if until > now else None
