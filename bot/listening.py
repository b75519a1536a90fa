"""What a message means in the state its writer is in: danger, then words that work anywhere, then an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot import commanding, confirming, correcting, emergency, pieces, stopping, unwritten
from bot.talking import Talking, on_doorstep
from catalog_store import people, roles
from catalog_store.conversations import HUMAN, OPEN, OVER, Conversation
from dialogs import REGISTER, commands, desk, replies, safety, screens, small_talk
from dialogs.locale import ITALIAN, LANGUAGES, spoken
from dialogs.naming import PERSON
from dialogs.replies import Answered, Page, Reply, Shown
from dialogs.talk import Heard, Problem
from dialogs.understand import needs, updates
from dialogs.understand.behalf import on_behalf
from dialogs.understand.language import Guess, guess
from dialogs.words import Words

STOPPING = ("stop", "basta", "riprendi")  # words of which the state decides what they mean
FREE = ("aiuto", "operatore", "mediatore", "richiamatemi", "privacy", "lingua", *LANGUAGES)  # whoever writes
INVITING = ("greeting", "present", "who_are_you", "vague")  # small talk after which the bot asks what the matter is
UPDATING = ("offer_updates", "my_offers")  # what an update takes the place of
FEW_WORDS = 3  # in fewer nobody tells a new need, in more nobody only asks for what was held
TWICE = 2  # replies not understood in a row, before a person is offered


class Listening:
    """One message, heard in the turn of the person who sent it."""

    def __init__(
        self, talking: Talking, reply: Reply, at: datetime, *, window: timedelta, hint: str = "", knocked: bool = False
    ) -> None:
        """`window`: how long after a reply more text is the same message; `hint`: the channel's guess of a language.

        `knocked`: they write because we said that a message waits, and have not read it yet.
        """
        self.hint, self.knocked = hint, knocked
        self.talking, self.reply, self.at, self.window = talking, reply, at, window
        self.tx = talking.tx
        self.settled = True  # false when further pieces of the same message may follow
        self.passed = False  # was it a tap on a question that had passed?
        self.told = ""  # what was told in pieces before this one

    @property
    def heard(self) -> Heard:
        """How the message came: a turn may change its writer's language."""
        return Heard(self.at, self.talking.person.language, self.tx.store.territory.zone)

    def hear(self) -> None:
        """Answer it. The bubble, if any, is in `talking`."""
        said = self.reply.said
        asked = self._asked()
        self.talking.leave_what_is_not_theirs()
        self._language(said)
        looked_at = said and not self._is_label(said) and not self._is_dictated()
        if not looked_at or not self._is_danger(said):  # of a voice too, before it is confirmed
            self._heed(asked)
        if self.talking.with_human is not None:
            desk.pass_on(self.tx)

    def _is_danger(self, said: str) -> bool:
        """Is it a danger, of which all that is said now has been said?"""
        danger = safety.check(said)
        return danger is not None and emergency.first(self.talking, danger, self.reply, self.told)

    def _asked(self) -> Conversation | None:
        """Where it is asked who writes, while that is not sure."""
        return None if self.talking.person.sure else self.talking.guard(min(self.at, self.tx.now))

    def _heed(self, asked: Conversation | None) -> None:
        """What is no danger."""
        text = self.reply.text.strip()
        if asked is not None and not self._is_free(text):
            self._guarded(asked, text)
        elif self.reply.tap:
            self._tap(self.reply.tap)
        elif self.reply.spoken and not text:
            self._voice(self.reply.spoken)
        elif self.reply.media and not text:
            unwritten.answer(self.talking, self.reply.media)
        elif self.reply.place is not None:
            self._place(*self.reply.place)
        elif self.reply.edited:
            self._edited(text)
        else:
            self._written(text)

    def _written(self, text: str) -> None:
        """Words that are no danger, from who writes for sure."""
        if self._is_dictated():
            self._answer(text)
        elif code := commands.invitation(text):
            commanding.redeem(self.talking, code)
        elif linked := commands.offer(text) or commands.organization(text):
            self.talking.welcome()
            self.talking.begin("need", linked)
        elif not (label := self._is_label(text)) and self._is_update(text):
            self._update()
        elif not label and (command := commands.listen(text)):
            self._obey(command)
        elif not label and (named := commands.request(text)):
            commanding.request(self.talking, named)
        elif self.talking.open is None and self.talking.with_human is not None:
            self._to_human(self.talking.with_human)
        elif self.knocked and len(text.split()) <= FEW_WORDS:
            self._let_in()
        elif not label and (kind := small_talk.hear(text)) and kind != "ok":
            self._small_talk(kind)
        else:
            self._answer(text)

    # ------------------------------------------------------------------------------------------------ words, people

    def _obey(self, command: str) -> None:
        if command in STOPPING:
            self._stopping(command)
        elif command == "leggimi":
            self.talking.read_aloud()
        else:
            commanding.obey(self.talking, command)

    def _stopping(self, command: str) -> None:
        """Words that stop what we send, or start it again; "basta" may also answer, nod, or be said to a person."""
        human, person = self.talking.with_human, self.talking.person
        if command == "riprendi" and person.stopped:
            people.start(self.tx)
            people.keep(self.tx, self.tx.me(), discreet=None)
            self.talking.aside("Va bene. Da ora le mando di nuovo promemoria, domande e avvisi.")
        elif command == "riprendi" and person.welcomed_at is None:
            self._small_talk("greeting")  # Telegram's own first word is "/start"
        elif command == "riprendi":
            self.talking.begin("menu")
        elif command == "basta" and human is not None and self.talking.open is None:
            self._to_human(human)
        elif command == "basta" and (self._nods_abroad() or stopping.is_answer(self.talking)):
            return
        elif not stopping.pause(self.talking, command):
            stopping.leave(self.talking)
            self.talking.begin("stop")

    def _nods_abroad(self) -> bool:
        """In English, "fine" is no end."""
        return self.heard.language != ITALIAN and self._nod()

    def _let_in(self) -> None:
        """What was held is the answer, and is on its way: a word written to have it answers no question of it."""
        if self._new_need():
            return
        talk = self.talking.open
        if talk is not None:  # it is asked now
            talk.shown_at, self.talking.current = self.tx.now, talk

    def _small_talk(self, kind: str) -> None:
        welcome = self.talking.welcome()
        talk = self.talking.open
        if talk is None and kind not in INVITING:
            self.talking.aside(self._varied(small_talk.REPLIES[kind]))
            return
        if talk is None or on_doorstep(talk):
            if not (welcome and kind == "greeting"):
                self.talking.say(self._varied(small_talk.REPLIES[kind]))
            talk = talk or self.talking.start("need")
            before = pieces.Before(talk.journal, None)
            pieces.keep(self.talking, talk, self.reply, self.told, before, welcome=welcome)
            self.settled = False
            self.talking.present(talk, again=not welcome)
            return
        self.talking.aside(self._varied(small_talk.REPLIES[kind]))

    def _varied(self, ways: tuple[Words, ...]) -> Words:
        """One of the ways to say it, another each time."""
        return ways[self.tx.now.minute % len(ways)]

    def _is_update(self, text: str) -> bool:
        """Is it what changes of an offer, from who answers for an association? In an interview it may be an answer."""
        talk = self.talking.open
        if updates.read(text, self.heard.here.date()) is None:
            return False
        if talk is not None and self._is_interview() and self._answers(talk, text):
            return False
        return any(role.role == "association" for role in roles.of(self.tx, self.tx.me()))

    def _update(self) -> None:
        """It is taken up beside whatever is open, which goes on after it; in the place of one that was not answered."""
        self.talking.welcome()
        talk = self.talking.open
        if talk is not None and talk.dialogue in UPDATING:
            self.talking.drop(talk)
        fresh = self.talking.begin_another("offer_updates")
        self._read(fresh, self._last(fresh))

    def _to_human(self, talk: Conversation) -> None:
        """A person is answering: the program records and keeps quiet, after saying so once."""
        self.talking.current, first = talk, talk.misses == 0
        talk.misses += 1
        if first:
            self.talking.say("Ho passato il messaggio alla persona che le risponde. Può continuare a scrivere qui.")
            self.talking.speak()

    def _language(self, text: str) -> None:
        """The first real sentence says in which language to answer; before it, what the channel believes."""
        person, talk = self.talking.person, self.talking.open
        new = person.welcomed_at is None
        more = talk is not None and talk.piece is not None and talk.piece["welcome"] and not commands.listen(text)
        if new or more:
            said = "" if text.startswith("/") or commands.invitation(text) else text  # a link, a code: no language
            found = guess(said) or Guess(self.hint if new else "")
            if found.language in LANGUAGES:
                self.talking.person = replace(person, language=found.language)
                beside = found.beside or ""
                self.talking.beside = beside if beside in LANGUAGES else ""

    # -------------------------------------------------------------------------------- who writes, what is not written

    def _is_free(self, text: str) -> bool:
        """Is it something that is answered whoever writes?"""
        command = self.reply.tap.removeprefix(screens.COMMAND) if self.reply.tap else commands.listen(text)
        if self.reply.tap and not self.reply.tap.startswith(screens.COMMAND):
            return True  # only what was begun since is found
        return command in FREE or (bool(self.reply.media) and not text)

    def _guarded(self, asked: Conversation, text: str) -> None:
        """It is not sure who writes: what they are asked comes first, and whoever was promised a person has them."""
        talk = self.talking.open
        elsewhere = commands.listen(text) or commands.invitation(text)
        if talk is None and self.talking.with_human is not None and not elsewhere:
            self._to_human(self.talking.with_human)
        elif talk is None or talk.shown is None or not text or elsewhere:
            self.talking.resume(asked)
            self.talking.present(asked, again=bool(asked.shown))
        elif (kind := small_talk.hear(text)) and kind != "ok":
            self._small_talk(kind)
        else:
            self._answer(text)

    def _voice(self, words: str) -> None:
        """What was understood of a voice is shown back; to "Giusto?", or to whether it is danger, it may answer."""
        talk, human = self.talking.open, self.talking.with_human
        shown = self.talking.shown(talk) if talk else None
        if talk is None and human is not None:
            self._to_human(human)
        elif talk is not None and shown is not None and self._is_spoken_answer(shown, words):
            self.reply = Reply(words)
            self._read(talk, shown)
        else:
            confirming.ask(self.talking, words)

    def _is_spoken_answer(self, shown: Shown, words: str) -> bool:
        """Does a voice say which of the two it is, on a screen that only asks about what was just said?"""
        if shown.name == emergency.DOUBT:
            return isinstance(replies.chosen(shown, words, strict=True), str)
        return confirming.option(shown, Reply(words)) is not None

    def _confirmed(self, talk: Conversation, shown: Shown) -> None:
        """It is taken as if it had been written, or said anew; what is written instead counts in its place."""
        option, tap = confirming.option(shown, self.reply), self.reply.tap
        talk.shown = shown.heard["shown"]
        if option == confirming.YES:
            self.reply = Reply(shown.heard["words"])
            self._heed(self._asked())  # whether it is danger was answered when it came
            if talk.shown:
                talk.shown = {**talk.shown, "taken": tap}  # a second tap of it is only acknowledged
        elif option == confirming.NO:
            confirming.once_more(self.talking, talk)
        else:
            self._take(talk, welcome=False)

    def _place(self, latitude: float, longitude: float) -> None:
        near = unwritten.locality(self.talking, latitude, longitude)
        if near:
            self.reply = replace(self.reply, text=near, place=None)
            self._answer(near)

    # ------------------------------------------------------------------------------------------------------- answers

    def _tap(self, tap: str) -> None:
        conversation, _, rest = tap.partition(":")
        if f"{conversation}:" == screens.COMMAND:
            self._obey(rest)
            return
        talk = self.talking.find(int(conversation)) if conversation.isascii() and conversation.isdigit() else None
        shown = self.talking.shown(talk) if talk else None
        name = rest.partition(":")[0]
        if talk is None or shown is None or talk.state in (OVER, HUMAN) or shown.name != name:
            if shown is None or shown.taken != tap:  # a second tap of what was just taken needs no answer
                self._passed()
            return
        self.talking.resume(talk)
        self._read(talk, shown)

    def _passed(self) -> None:
        self.passed = True
        self.talking.say("Questa domanda è passata.")
        talk = self.talking.open
        if talk is not None:
            self.talking.present(talk, again=True)
        else:
            self.talking.say("Se ha bisogno di qualcosa, mi scriva.")
            self.talking.speak()

    def _answer(self, text: str) -> None:
        welcome = self.talking.welcome()
        talk = self.talking.open or self.talking.start("need")
        self._take(talk, welcome=bool(self._join(talk, text)) or welcome)

    def _edited(self, text: str) -> None:
        """A message was changed: the last piece of a story is read anew, anything else counts as it was."""
        talk, human = self.talking.open, self.talking.with_human
        welcome = self._join(talk, text) if talk is not None else None
        if talk is not None and welcome is not None:
            self._take(talk, welcome=welcome)
        elif talk is None and human is not None:
            self._to_human(human)
        else:
            self.talking.aside("Ho visto la modifica, ma avevo già letto. Per cambiare una risposta scriva «correggi».")

    def _take(self, talk: Conversation, *, welcome: bool) -> None:
        if self.told and self._is_danger(self.reply.text):
            return  # said in pieces
        self._read(talk, self._last(talk), welcome=welcome)

    def _join(self, talk: Conversation, text: str) -> bool | None:
        """A message in pieces: the piece before is taken back, and the whole is read in its place.

        None when it is none; True when the reply taken back held the welcome, which is then said again.
        """
        edited = self.reply.edited
        if talk.piece is None or not text or (self._answers(talk, text) and not edited):
            return None
        piece = pieces.take_back(self.talking, talk, min(self.heard.at, self.tx.now) - self.window)
        if piece is None:
            return None
        self.told = piece.get("told", "") if edited else piece["text"]
        self.reply = replace(self.reply, text="\n".join(filter(None, (self.told, self.reply.text))))
        return bool(piece["welcome"])

    def _read(self, talk: Conversation, shown: Shown, *, welcome: bool = False) -> None:
        if shown.name == confirming.HEARD:
            self._confirmed(talk, shown)
            return
        if shown.name == emergency.DOUBT:
            reply = emergency.after_doubt(self.talking, talk, shown, self.reply)
            if reply is not None:
                self.reply = reply
                self._read(talk, self._last(talk))
            return
        if shown.name == correcting.CORRECT:
            correcting.corrected(self.talking, talk, shown, self.reply)
            return
        screen = self.talking.screen(talk)
        before = pieces.Before.of(talk)
        read = replies.read(screen, shown, self.reply, self.heard)
        match read:
            case Answered(journal, free_text):
                self.talking.answered(talk, journal, tap=self.reply.tap)
                told = screen.question is not None and screen.question.story
                self.settled = not (told and free_text and not self.talking.acted and talk.state == OPEN)
                talk.piece = None
                if not self.settled:
                    pieces.keep(self.talking, talk, self.reply, self.told, before, welcome=welcome)
            case Page(first):
                self.talking.present(talk, again=True, first=first)
            case Problem():
                self._not_understood(talk, shown, read)

    def _not_understood(self, talk: Conversation, shown: Shown, problem: Problem) -> None:
        if problem is not replies.CHANGED and problem.meant is None and (self._new_need() or self._nod()):
            return
        talk.piece = None
        if talk.misses == emergency.AFTER_ALARM:  # what comes after an alarm is seldom meant as the answer
            talk.misses = 0
            self.talking.say("Quando se la sente, si va avanti da qui.")
            self.talking.present(talk, again=True, first=shown.first)
            return
        if unwritten.is_phone(self.reply, self.heard) and not self._is_interview():
            self.talking.say("Grazie, ma adesso il telefono non mi serve. Quando mi serve, lo chiedo.")
            self.talking.present(talk, again=True, first=shown.first)
            return
        talk.misses += 0 if problem is replies.CHANGED else 1
        extra: tuple[screens.Button, ...] = ()
        if talk.misses >= TWICE and not any(id == PERSON.id for id, _ in shown.options):
            label = spoken("Una persona", self.heard.language)
            extra = (screens.Button(label, label, "", f"{screens.COMMAND}operatore"),)
            self.talking.say("Se è più facile, può parlare con una persona.")
        self.talking.say(problem.text, *([problem.example] if problem.example else []))
        self.talking.present(talk, again=True, first=shown.first, meant=problem.meant or "", extra=extra)

    def _nod(self) -> bool:
        """An "ok" that answers nothing is no mistake: the question just stays."""
        nod = small_talk.hear(self.reply.text) == "ok"
        if nod:
            self._small_talk("ok")
        return nod

    def _new_need(self) -> bool:
        """Free text beside an open question that clearly says another need: it is heard, and the question waits."""
        text, open_one = self.reply.text, self.talking.open
        said = len(text.split()) >= FEW_WORDS and any(c.isalpha() for c in text)
        if not said or not self.talking.person.sure or self._is_interview():
            return False
        told = on_behalf(text)
        elsewhere = told is not None and told.alone and open_one is not None and open_one.dialogue != "need"
        if not elsewhere and needs.ranked(text).decision != "sure":
            return False
        fresh = self.talking.begin_another("need")
        self._read(fresh, self._last(fresh))
        return True

    # ------------------------------------------------------------------------------------------------------- helpers

    def _last(self, talk: Conversation) -> Shown:
        """The screen last shown; where nothing was asked yet, only words can answer the first question."""
        return self.talking.shown(talk) or Shown(self.talking.screen(talk).name)

    def _answers(self, talk: Conversation, text: str) -> bool:
        """Does this answer the question that is open now, and so is no piece of what was told before it?"""
        question = self.talking.screen(talk).question
        if self._is_label(text) or question is None:
            return True
        return not question.story and not isinstance(question.read(text, self.heard), Problem)

    def _is_dictated(self) -> bool:
        """Is it written for somebody else, by one of us who answers them from here?"""
        talk = self.talking.open
        if talk is None or talk.dialogue not in REGISTER or REGISTER[talk.dialogue].who != "operator":
            return False
        question = self.talking.screen(talk).question
        return question is not None and question.dictated

    def _is_interview(self) -> bool:
        """Is the open question about somebody's work, so that what is no answer to it is nothing else either?"""
        return self.talking.open is not None and REGISTER[self.talking.open.dialogue].interview

    def _is_label(self, text: str) -> bool:
        """Is this the number or the label of an option of the open screen? Then it is an answer, not a command."""
        talk = self.talking.open
        shown = self.talking.shown(talk) if talk else None
        return shown is not None and isinstance(replies.named(shown, text), str)
