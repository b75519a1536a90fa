"""What is said to somebody in danger: what to do, who to call at this hour and in this language, who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from dialogs.safety import Danger
from dialogs.safety.helplines import CHILD, Helpline, Kind, helplines
from dialogs.words import Phrase, Weighty, Words, phrase

EMERGENCIES: Final = "112"
CHILDREN: Final = ("114", "1 96 96")
EMERGENCY: Final[Phrase] = phrase("Se il pericolo è adesso, chiami subito il {number}.", number=EMERGENCIES)


@dataclass(frozen=True)
class Moment:
    """When and to whom it is answered. `at`: the town's own time of day; `covered`: somebody of the staff is there."""

    at: time | None = None  # None: not known, and every line is said
    language: str = "it"
    covered: bool | None = None  # None: nobody could be told


NOWHEN: Final = Moment()


def numbers_for(danger: Danger, moment: Moment = NOWHEN) -> tuple[Helpline, ...]:
    """Who to call: 112 first; then who answers now and in this language, who answers now, who is closed."""
    children = [helplines()[number] for number in CHILDREN if number in helplines()] if danger.child else []
    kind = danger.kind or CHILD
    lines = [line for line in helplines().values() if kind in line.dangers and line not in children]
    first = [line for line in lines if line.number == EMERGENCIES]
    others = [*children, *(line for line in lines if line not in first)]
    return (
        *first,
        *sorted(others, key=lambda line: (not line.is_open(moment.at), moment.language not in line.languages)),
    )


def answer(danger: Danger, moment: Moment = NOWHEN) -> tuple[Words, ...]:
    """What is said, one sentence each. Nothing is asked."""
    return tuple(Weighty(words) for words in _answer(danger, moment))


def calls(danger: Danger, moment: Moment = NOWHEN) -> tuple[Words, ...]:
    """Only who to call, for where nobody talks with them: a page."""
    first = _CHILD if danger.child else (EMERGENCY,)
    said = (line.said(moment.at, moment.language) for line in numbers_for(danger, moment))
    return tuple(Weighty(words) for words in (*first, *said))


def _answer(danger: Danger, moment: Moment) -> tuple[Words, ...]:
    lines = numbers_for(danger, moment)
    said = tuple(line.said(moment.at, moment.language) for line in lines)
    if danger.child:
        return (*_CHILD, *said, *_reads_to_child(moment), "Non serve il tuo nome. Scrivimi quando vuoi.")
    if danger.level == "worrying":
        listening = tuple(line.said(moment.at, moment.language) for line in lines if line.number != EMERGENCIES)
        return (_THANKS, *listening, EMERGENCY, *_UNSEEN.get(danger.kind or "", ()), _OFFER)
    before, after = _SENTENCES[danger.kind or "emergenza_medica"]
    return (*before, *said, *after, *_reads(moment), _HERE)


def _reads(moment: Moment) -> tuple[Words, ...]:
    """Is there somebody who reads it now? Nothing is said where that is not known."""
    if moment.covered is None:
        return ()
    if moment.covered:
        return ("Ho avvisato una persona. Forse non legge subito. Non aspetti, chiami.",)
    return ("Adesso nessuno legge questi messaggi. Chiami Lei.",)


def _reads_to_child(moment: Moment) -> tuple[Words, ...]:
    if moment.covered is None:
        return ()
    return (
        ("Ho avvisato un adulto. Tu chiama subito.",)
        if moment.covered
        else ("Adesso qui non legge nessuno. Chiama tu.",)
    )


_CHILD: Final[tuple[Words, ...]] = (
    "Hai fatto bene a scrivere. Non è colpa tua.",
    phrase("Se hai paura adesso, chiama il {number}.", number=EMERGENCIES),
)
_THANKS: Final = "Grazie che me lo ha scritto. Non resti da solo o da sola."
_OFFER: Final = "Vuole parlare con una persona? Scriva «operatore»."
_HERE: Final = (
    "Io sono un programma e non posso mandare aiuto. Quando vuole, mi scriva. Andiamo avanti da dove eravamo."
)
_ERASE: Final = "Se altri possono leggere, cancelli i messaggi. Poi chiuda la pagina."
_QUIET: Final = "Da ora non le scrivo io per primo. Rispondo solo se Lei scrive."
_UNSEEN: Final[dict[str, tuple[Words, ...]]] = {"violenza_in_corso": (_ERASE, _QUIET), "tratta": (_ERASE,)}
_SENTENCES: Final[dict[Kind, tuple[tuple[Words, ...], tuple[Words, ...]]]] = {
    "violenza_in_corso": (
        (EMERGENCY, "Se può, vada dove ci sono altre persone. Meglio se c'è una porta sulla strada."),
        (_ERASE, _QUIET),
    ),
    "suicidio": (
        (
            "Mi dispiace che sia così dura. Non resti da solo o da sola. Ne parli adesso con una persona.",
            EMERGENCY,
        ),
        ("Se può, metta lontano quello che può ferire. Chieda a una persona di starle vicino.",),
    ),
    "autolesionismo": (
        ("Mi dispiace che faccia così male. Se una ferita perde sangue, la prema con un panno.", EMERGENCY),
        ("Se può, chieda a una persona di starle vicino.",),
    ),
    "emergenza_medica": (
        (phrase("Chiami subito il {number} e metta il vivavoce. Le dicono che cosa fare.", number=EMERGENCIES),),
        ("Dica dove si trova e non riagganci per primo. Se può, mandi qualcuno ad aprire la porta.",),
    ),
    "incendio_gas": (
        (
            phrase("Esca subito con tutti. Non prenda niente. Da fuori chiami il {number}.", number=EMERGENCIES),
            "Non accenda luci o fiamme. Non usi l'ascensore.",
        ),
        ("Non può uscire? Chiuda la porta. Stia alla finestra e si faccia vedere.",),
    ),
    "minore_in_pericolo": (
        (EMERGENCY, "Se il bambino o la bambina è con Lei, resti vicino e al sicuro. Se è Lei, non è colpa Sua."),
        ("Le prove non servono. Basta dire quello che ha visto o sentito.",),
    ),
    "tratta": (
        (EMERGENCY, "Nessuno può tenerle i documenti o obbligarla a lavorare. Non è colpa Sua."),
        (_ERASE,),
    ),
}
