"""What a message means in the state its writer is in: danger, then words that work anywhere, then an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.talking import Talking, on_doorstep
from catalog_store import messages, people, waiting
from catalog_store.conversations import HUMAN, OPEN, OVER, Conversation
from dialogs import commands, replies, safety, screens, small_talk
from dialogs.assessing import talked_of
from dialogs.locale import LANGUAGES, spoken
from dialogs.naming import PERSON
from dialogs.play import reopened
from dialogs.replies import Answered, Page, Reply, Shown
from dialogs.talk import Heard, Problem
from dialogs.understand import needs
from dialogs.understand.language import language_of
from dialogs.words import Verbatim, Words, phrase

STARTS = {
    "menu": "menu", "operatore": "human", "richiamatemi": "callback", "lingua": "language",
    "i_miei_dati": "my_data", "cancella_tutto": "erase", "la_mia_richiesta": "my_request", "in_sospeso": "pending",
}  # fmt: skip
SPEAKS = {"italiano": "it", "inglese": "en"}
INVITING = ("greeting", "present", "who_are_you", "vague")  # small talk after which the bot asks what the matter is
FEW_WORDS = 3  # a new need is heard beside an open question only in a sentence, not in a word or two
AFTER_ALARM = -1  # the count of misses when danger was answered and the question was left waiting
TWICE = 2  # replies not understood in a row, before a person is offered
CORRECT = "correct"  # the name of the screen that lists what can be corrected

HELP: tuple[Words, ...] = (
    "Può scrivere con parole sue, oppure toccare una risposta.",
    (
        "In ogni momento può scrivere: «indietro», «correggi», «menu», «operatore» per una persona, «richiamatemi», "
        "«la mia richiesta» o il suo codice, «in sospeso», «i miei dati», «cancella tutto», «lingua», «privacy»."
    ),
)
PRIVACY: tuple[Words, ...] = (
    (
        "Quello che mi scrive è cifrato e serve solo a trovarle aiuto; "
        "lo legge una persona se lei lo chiede o c'è pericolo."
    ),
    "Con «i miei dati» vede che cosa conservo, con «cancella tutto» lo cancello.",
)

REFUSED: dict[str, Words] = {
    "unknown": "Non conosco questo codice: lo controlli, per favore, e lo scriva di nuovo.",
    "expired": "Questo codice è scaduto: ne chieda uno nuovo a chi glielo ha dato.",
    "revoked": "Questo codice non vale più: ne chieda uno nuovo a chi glielo ha dato.",
    "used_up": "Questo codice è già stato usato: ne chieda uno nuovo a chi glielo ha dato.",
}


class Listening:
    """One message, heard in the turn of the person who sent it."""

    def __init__(
        self, talking: Talking, reply: Reply, at: datetime, *, pieces: timedelta, knocked: bool = False
    ) -> None:
        self.talking, self.reply, self.pieces = talking, reply, pieces
        self.knocked = knocked  # they write because we said that a message waits, and have not read it yet
        self.tx, self.lane = talking.tx, messages.REPLY
        self.heard = Heard(at, talking.person.language, self.tx.store.territory.zone)
        self.settled = True  # false when further pieces of the same message may follow
        self.passed = False  # was it a tap on a question that had passed?
        self.told = ""  # what was told in pieces before this one

    def hear(self) -> None:
        """Answer it. The bubble, if any, is in `talking`."""
        text = self.reply.text.strip()
        self._language(text)
        if text and (danger := safety.check(text)):
            self._danger(danger, text)
        elif self.reply.tap:
            self._tap(self.reply.tap)
        elif self.reply.edited:
            self._edited(text)
        elif code := commands.invitation(text):
            self._redeem(code)
        elif not self._is_label(text) and (command := commands.listen(text)):
            self._command(command)
        elif not self._is_label(text) and (named := commands.request(text)):
            self._request(named)
        elif self.talking.open is None and self.talking.with_human is not None:
            self._to_human(self.talking.with_human)
        elif self.knocked:
            self._let_in()
        elif not self._is_label(text) and (kind := small_talk.hear(text)) and kind != "ok":
            self._small_talk(kind)
        else:
            self._answer(text)

    # ---------------------------------------------------------------------------------------- danger, words, people

    def _danger(self, danger: safety.Danger, text: str) -> None:
        """Say who can help now; what was open stays as it is, and its question waits for the next message."""
        self.lane = messages.DANGER
        talk = self.talking.open
        note = {"kind": danger.kind, "level": danger.level, "text": text[:1000]}
        waiting.add(self.tx, "danger", self.tx.me(), note, self.tx.now, conversation_id=talk.id if talk else None)
        if talk is not None:
            talk.piece, talk.misses = None, AFTER_ALARM
            self.talking.current = talk
        self.talking.alarm(safety.answer(danger))

    def _command(self, command: str) -> None:
        talk = self.talking.open
        match command:
            case "indietro" if talk:
                self._back(talk)
            case "correggi" if talk:
                self._correct(talk)
            case "aiuto" if talk:
                self._aside(*HELP)
            case "aiuto":
                self._welcome()
                self.talking.say(*HELP)
                self._begin("need")
            case "privacy":
                self._aside(*PRIVACY)
            case "stop":
                self._stop()
            case _ if command in SPEAKS:
                self._speak(SPEAKS[command])
            case "indietro" | "correggi":
                self.talking.say("Adesso non c'è una domanda aperta.")
                self._begin("menu")
            case _:
                self._welcome()
                self._begin(STARTS[command])

    def _speak(self, language: str) -> None:
        """From now on in this language: what is open is said again in it."""
        people.speak(self.tx, language)
        self.heard = replace(self.heard, language=language)
        welcome = self._welcome()
        self.talking.say("Va bene: da ora le scrivo in italiano.")
        talk = self.talking.open or (self.talking.start("need") if welcome else None)
        if talk is not None:
            self.talking.present(talk)
        else:
            self.talking.speak()

    def _stop(self) -> None:
        talk = self.talking.open
        if talk is not None:
            self.talking.drop(talk)
        self.talking.say("Va bene, mi fermo qui: non ho inviato niente.", "Quando vuole, mi scriva di nuovo.")
        self.talking.speak()

    def _let_in(self) -> None:
        """What was held is the answer, and is on its way: a word written to have it answers no question of it."""
        if self._new_need():
            return
        talk = self.talking.open
        if talk is not None:  # it is asked now
            talk.shown_at, self.talking.current = self.tx.now, talk

    def _redeem(self, code: str) -> None:
        role = people.redeem(self.tx, self.tx.me(), code)
        if isinstance(role, people.Refusal):
            self._aside(REFUSED[role.reason])
            return
        self._welcome()
        self._begin("joined", role.role)

    def _request(self, code: str) -> None:
        """A request called by its code: to be answered by a contact, to be followed by its citizen."""
        about = talked_of(self.tx, code)
        if about is None:
            self._aside(phrase("Non conosco la richiesta {code}: controlli il codice, per favore.", code=code))
            return
        self._begin(*about)

    def _small_talk(self, kind: str) -> None:
        welcome = self._welcome()
        talk = self.talking.open
        if talk is None and kind not in INVITING:
            self._aside(self._varied(small_talk.REPLIES[kind]))
            return
        if talk is None or on_doorstep(talk):
            if not (welcome and kind == "greeting"):
                self.talking.say(self._varied(small_talk.REPLIES[kind]))
            talk = talk or self.talking.start("need")
            talk.piece = self._piece(talk.journal, None, welcome=welcome)
            self.settled = False
            self.talking.present(talk, again=not welcome)
            return
        self._aside(self._varied(small_talk.REPLIES[kind]))

    def _varied(self, ways: tuple[Words, ...]) -> Words:
        """One of the ways to say it, another each time."""
        return ways[self.tx.now.minute % len(ways)]

    def _to_human(self, talk: Conversation) -> None:
        """A person is answering: the program records and keeps quiet, after saying so once."""
        self.talking.current, first = talk, talk.misses == 0
        talk.misses += 1
        if first:
            self.talking.say("Ho passato il messaggio alla persona che le risponde. Può continuare a scrivere qui.")
            self.talking.speak()

    def _language(self, text: str) -> None:
        person = self.talking.person
        if person.welcomed_at is None and (found := language_of(text, None)) in LANGUAGES and found:
            self.talking.person = replace(person, language=found)
            self.heard = replace(self.heard, language=found)

    def _welcome(self) -> bool:
        """The first time: who this is, what happens to what is written, and the language. True when it was said."""
        person = self.talking.person
        if person.welcomed_at is not None:
            return False
        town = Verbatim(self.tx.store.territory.municipality)
        self.talking.say(
            phrase("Buongiorno, sono Tessere, l'assistente di {town} e delle sue associazioni.", town=town),
            "Sono un programma, non una persona; quando vuole una persona, scriva «operatore».",
            PRIVACY[0], "For English, write «English».",
        )  # fmt: skip
        self.talking.person = replace(person, welcomed_at=self.tx.now)
        return True

    # ------------------------------------------------------------------------------------------------------- answers

    def _tap(self, tap: str) -> None:
        conversation, _, rest = tap.partition(":")
        if f"{conversation}:" == screens.COMMAND:
            self._command(rest)
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
        welcome = self._welcome()
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
            self._aside(
                "Ho visto la modifica, ma il messaggio l'avevo già letto. Per cambiare una risposta scriva «correggi»."
            )

    def _take(self, talk: Conversation, *, welcome: bool) -> None:
        if danger := safety.check(self.reply.text):  # said in pieces
            self._danger(danger, self.reply.text)
            return
        shown = self.talking.shown(talk)
        if shown is None:  # nothing was asked yet: only words can answer the first question
            shown = Shown(self.talking.screen(talk).name)
        self._read(talk, shown, welcome=welcome)

    def _join(self, talk: Conversation, text: str) -> bool | None:
        """A message in pieces: the piece before is taken back, and the whole is read in its place.

        None when it is none; True when the reply taken back held the welcome, which is then said again.
        """
        piece, edited = talk.piece, self.reply.edited
        if piece is None or piece["outbox"] is None or not text or (self._answers(talk, text) and not edited):
            return None
        gone = messages.take_back(self.tx, piece["outbox"], min(self.heard.at, self.tx.now) - self.pieces)
        if gone is None:
            return None
        talk.journal, talk.shown = piece["journal"], piece["shown"]
        self.talking.replaces = piece["outbox"] if gone == "recent" else piece["replaces"]
        self.told = piece.get("told", "") if edited else piece["text"]
        self.reply = replace(self.reply, text="\n".join(filter(None, (self.told, self.reply.text))))
        self.talking.person = replace(self.talking.person, recent=self.talking.person.recent[:-1])
        if piece["welcome"]:
            self.talking.person = replace(self.talking.person, welcomed_at=None)
            self._welcome()
        return bool(piece["welcome"])

    def _piece(self, journal: dict[str, Any], shown: dict[str, Any] | None, *, welcome: bool) -> dict[str, Any]:
        """What it takes to read this text once more, together with the next."""
        kept = {"text": self.reply.text, "told": self.told, "journal": journal, "shown": shown}
        return {**kept, "outbox": None, "welcome": welcome, "replaces": self.talking.replaces}

    def _read(self, talk: Conversation, shown: Shown, *, welcome: bool = False) -> None:
        if shown.name == CORRECT:
            self._corrected(talk, shown)
            return
        screen = self.talking.screen(talk)
        before = talk.journal, talk.shown
        read = replies.read(screen, shown, self.reply, self.heard)
        match read:
            case Answered(journal, free_text):
                self.talking.answered(talk, journal, tap=self.reply.tap)
                told = screen.question is not None and screen.question.story
                pieces = told and free_text and not self.talking.acted and talk.state == OPEN
                talk.piece = self._piece(*before, welcome=welcome) if pieces else None
                self.settled = not pieces
            case Page(first):
                self.talking.present(talk, again=True, first=first)
            case Problem():
                self._not_understood(talk, shown, read)

    def _not_understood(self, talk: Conversation, shown: Shown, problem: Problem) -> None:
        if problem is not replies.CHANGED and problem.meant is None and (self._new_need() or self._nod()):
            return
        talk.piece = None
        if talk.misses == AFTER_ALARM:  # what comes after an alarm is seldom meant as the answer
            talk.misses = 0
            self.talking.say("Quando se la sente, riprendiamo da dove eravamo.")
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
        text = self.reply.text
        said = len(text.split()) >= FEW_WORDS and any(c.isalpha() for c in text)
        if not said or needs.ranked(text).decision != "sure":
            return False
        fresh = self.talking.begin_another("need")
        self._read(fresh, Shown(self.talking.screen(fresh).name))
        return True

    # --------------------------------------------------------------------------------------- going back, correcting

    def _back(self, talk: Conversation) -> None:
        screen = self.talking.screen(talk)
        keys = [passed.key for passed in screen.path[screen.sealed :]]
        journal = reopened(screen, keys[-1]) if keys else None
        if journal is None:
            self._sealed(talk, screen.undo)
            return
        self.talking.answered(talk, journal)

    def _correct(self, talk: Conversation) -> None:
        """List the answers that can still be changed."""
        screen = self.talking.screen(talk)
        passed = [one for one in screen.path[screen.sealed :] if one.question.label]
        if not passed:
            self._sealed(talk, screen.undo)
            return
        language = self.heard.language
        options = [
            (one.key, spoken(one.question.label, language), spoken(_put(one), language)[: screens.DESCRIPTION])
            for one in passed
        ]
        self.talking.offer(talk, CORRECT, "Che cosa vuole correggere?", options)

    def _corrected(self, talk: Conversation, shown: Shown) -> None:
        option = (
            replies.tapped(shown, self.reply.tap)
            if self.reply.tap
            else replies.chosen(shown, self.reply.text, strict=True)
        )
        screen = self.talking.screen(talk)
        journal = reopened(screen, option) if isinstance(option, str) else None
        if journal is None:
            self.talking.say("Non ho capito quale risposta vuole correggere: torniamo alla domanda.")
            self.talking.present(talk, again=True)
            return
        self.talking.answered(talk, journal, tap=self.reply.tap)

    def _sealed(self, talk: Conversation, undo: str | None) -> None:
        if undo is None:
            self._aside("Siamo all'inizio: non c'è niente da correggere.")
            return
        self.talking.say("Questo l'ho già inviato. Vuole cambiarlo o ritirarlo?")
        self._begin(undo, talk.subject)

    # ------------------------------------------------------------------------------------------------------- helpers

    def _begin(self, dialogue: str, subject: str = "") -> None:
        talk = self.talking.start(dialogue, subject)
        self.talking.present(talk, back=bool(talk.shown))

    def _aside(self, *words: Words) -> None:
        """A short answer that keeps the open question."""
        self.talking.say(*words)
        talk = self.talking.open
        if talk is not None:
            self.talking.present(talk, again=True)
        else:
            self.talking.speak()

    def _answers(self, talk: Conversation, text: str) -> bool:
        """Does this answer the question that is open now, and so is no piece of what was told before it?"""
        question = self.talking.screen(talk).question
        if self._is_label(text) or question is None:
            return True
        return not question.story and not isinstance(question.read(text, self.heard), Problem)

    def _is_label(self, text: str) -> bool:
        """Is this the number or the label of an option of the open screen? Then it is an answer, not a command."""
        talk = self.talking.open
        shown = self.talking.shown(talk) if talk else None
        return shown is not None and isinstance(replies.named(shown, text), str)


def _put(passed: Any) -> Words:
    return "–" if passed.value is None else passed.question.put(passed.value)
