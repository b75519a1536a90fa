"""What one turn says: one bubble, in the person's language, and no sentence of it three times running."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from catalog_store import messages, people
from catalog_store.connect import Transaction
from dialogs import screens
from dialogs.locale import LANGUAGES, both, spoken
from dialogs.words import Verbatim, Weighty, Words, phrase

INSTEAD: tuple[Words, ...] = (
    "Risponda come vuole, anche con parole sue.",
    "Sono qui: risponda quando vuole.",
    "Se vuole una persona, scriva «operatore».",
)  # said where a sentence would be said a third time running

PRIVACY: tuple[Words, ...] = (
    Weighty(
        "Quello che mi scrive è cifrato. Serve solo a trovarle aiuto. "
        "Lo legge una persona se lei lo chiede o c'è un pericolo."
    ),
    "Con «i miei dati» vede che cosa conservo. Con «cancella tutto» lo cancello.",
)


class Saying:
    """The words of a turn, and the bubble that they become."""

    def __init__(self, tx: Transaction, person: people.Person) -> None:
        self.tx = tx
        tx.person, tx.person_id = person, person.id
        self.before: list[Words] = []  # said before the screen
        self.bubble: screens.Bubble | None = None
        self.lane = messages.REPLY  # in which the bubble goes out
        self.beside = ""  # the language in which the answer is said as well, while theirs is in doubt
        self.replaces = 0  # the bubble, already sent, that this one stands for

    @property
    def person(self) -> people.Person:
        """Whose turn it is, as they are now: a dialogue may have changed their language or profile."""
        return people.me(self.tx)

    @person.setter
    def person(self, person: people.Person) -> None:
        self.tx.person = person

    def say(self, *words: Words) -> None:
        """Say something before the screen."""
        self.before.extend(words)

    def welcome(self) -> bool:
        """The first time: who this is, what happens to what is written, and the language. True when it was said."""
        person = self.person
        if person.welcomed_at is not None:
            return False
        town = Verbatim(self.tx.store.territory.municipality)
        self.say(
            phrase("Buongiorno! Sono Tessere, l'assistente di {town} e delle sue associazioni.", town=town),
            "Sono un programma, non una persona. Se vuole una persona, scriva «operatore».",
            PRIVACY[0], "For English, write «English».",
        )  # fmt: skip
        self.person = replace(person, welcomed_at=self.tx.now)
        return True

    def alarm(self, words: Sequence[Words], *, human: bool = False, then: Sequence[Words] = ()) -> None:
        """Say who helps now, whatever else was to be said; `human`: with a button for a person.

        Numbers are said every time: a third, in one line.
        """
        language, worn = self.person.language, self._worn()
        said = [spoken(one, language) for one in words]
        numbers = [sentence for sentence in said if any(c.isdigit() for c in sentence)]
        if any(_mark(sentence) in worn for sentence in numbers):
            said = [spoken(phrase("Le ripeto chi chiamare: {numbers}", numbers=" ".join(numbers)), language)]
        said += [spoken(one, language) for one in then]
        label = spoken("Una persona", language)
        buttons = (screens.Button(label, label, "", f"{screens.COMMAND}operatore"),) if human else ()
        self.lane = messages.DANGER
        self.give(screens.Bubble(tuple(said), buttons))

    def apologise(self, fault: str, danger: Sequence[Words] = ()) -> None:
        """Something broke: say so, after who helps in a `danger`, and leave the conversation where it was."""
        sorry: tuple[Words, ...] = (
            phrase("Mi dispiace. Qualcosa non ha funzionato da parte mia (guasto {fault}).", fault=fault),
            "Il suo messaggio non è perso. Una persona è stata avvisata.",
        )
        if danger:
            self.alarm(danger, then=sorry)
        else:
            self.say(*sorry)
            self.speak()

    def speak(self) -> None:
        """Answer with what was said, and no question."""
        language = self.person.language
        said = (both(words, language, self.beside or language) for words in self.before)
        self.give(screens.Bubble(tuple(filter(None, said)), self.to_change()))

    def give(self, bubble: screens.Bubble) -> None:
        """This is the bubble of the turn."""
        self.bubble = replace(self._fresh(bubble), replaces=self.replaces)

    def to_change(self) -> tuple[screens.Button, ...]:
        """One tap takes the language that was said beside."""
        if not self.beside:
            return ()
        return (screens.Button(LANGUAGES[self.beside], LANGUAGES[self.beside], "", screens.COMMAND + self.beside),)

    def _worn(self) -> set[str]:
        """Marks of what both of the last two replies said (one more is kept, as the last may be taken back)."""
        last = [set(marks.split()) for marks in self.person.recent[-2:]]
        return last[0] & last[1] if len(last) == 2 else set()  # noqa: PLR2004

    def _fresh(self, bubble: screens.Bubble) -> screens.Bubble:
        """No sentence is said three times running: what the last two replies both said is left out or put otherwise."""
        worn = self._worn()
        kept = tuple(sentence for sentence in bubble.sentences if _mark(sentence) not in worn)
        if not kept:
            other = (spoken(words, self.person.language) for words in INSTEAD)
            kept = (next(sentence for sentence in other if _mark(sentence) not in worn),)
        marks = " ".join(sorted({_mark(sentence) for sentence in kept}))
        self.person = replace(self.person, recent=(*self.person.recent[-2:], marks))
        return replace(bubble, sentences=kept)


def _mark(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:10]
