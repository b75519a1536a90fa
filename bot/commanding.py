"""What each word that works anywhere does, and each code that is written: an invitation's, a request's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot import correcting
from bot.saying import PRIVACY
from bot.talking import Talking
from catalog_store import pairing, people, roles
from catalog_store.conversations import Conversation
from catalog_store.invitations import Refusal
from dialogs.assessing import talked_of
from dialogs.locale import LANGUAGES, NAMES
from dialogs.words import Verbatim, Words, phrase

STARTS = {
    "menu": "menu", "operatore": "human", "mediatore": "mediator", "richiamatemi": "callback", "lingua": "language",
    "i_miei_dati": "my_data", "cancella_tutto": "erase", "la_mia_richiesta": "my_request", "in_sospeso": "pending",
    "iscrivere_associazione": "association", "patto": "pact",
}  # fmt: skip

WITHIN: Mapping[str, Callable[[Talking, Conversation], None]] = {  # what is only said of something that is open
    "indietro": correcting.back, "correggi": correcting.correct, "continuo_dopo": Talking.leave,
}  # fmt: skip

HELP: tuple[Words, ...] = (
    "Scriva con parole sue, o tocchi una risposta.",
    "Queste parole valgono in ogni momento.",
    "«Menu»: tutto quello che si può fare.",
    "«Indietro»: la domanda di prima.",
    "«Correggi»: per cambiare una risposta.",
    "«Operatore» e «richiamatemi»: per una persona.",
    "«Mediatore»: chi parla la sua lingua.",
    "«La mia richiesta», o il suo codice: a che punto è.",
    "«Continuo dopo»: ci si ferma qui. Le risposte restano.",
    "«In sospeso»: le cose lasciate a metà.",
    "«I miei dati» e «cancella tutto»: quello che so di lei.",
    "«Collega»: per un altro canale. «Leggimi»: per ascoltare.",
    "E poi «lingua», «privacy» e «stop».",
)
PASSES: dict[str, Words] = {
    "telegram": "Quello che scrive qui passa da Telegram.",
    "whatsapp": "Quello che scrive qui va a Twilio e a WhatsApp.",
}
REFUSED: dict[str, Words] = {
    "unknown": "Non conosco questo codice. Lo guardi bene, per favore, e lo scriva di nuovo.",
    "expired": "Questo codice è scaduto. Ne chieda uno nuovo a chi glielo ha dato.",
    "revoked": "Questo codice non vale più. Ne chieda uno nuovo a chi glielo ha dato.",
    "used_up": "Questo codice è già stato usato. Ne chieda uno nuovo a chi glielo ha dato.",
}


def obey(talking: Talking, command: str) -> None:
    """Do what one of `commands.listen`'s words says."""
    talk = talking.open
    match command:
        case _ if talk and command in WITHIN:
            WITHIN[command](talking, talk)
        case "aiuto" if talk:
            talking.aside(*HELP)
        case "aiuto":
            talking.welcome()
            talking.say(*HELP)
            talking.begin("need")
        case "privacy":
            talking.aside(*PRIVACY, *_notice(talking))
        case "collega":
            talking.present(talking.begin_another("pair"))  # a new code each time
        case _ if command in LANGUAGES:
            _speak(talking, command)
        case _ if command in NAMES:  # not one of those that we speak yet
            talking.begin("language")
        case _ if command in WITHIN:
            talking.say("Adesso non c'è una domanda aperta.")
            talking.begin("menu")
        case _:
            talking.welcome()
            talking.begin(STARTS[command])


def _notice(talking: Talking) -> tuple[Words, ...]:
    """Who answers for the data, which other companies it passes through, and where all of it is written."""
    channel, base = talking.person.channel, talking.tx.store.public
    return (
        phrase("Chi tratta i dati: {who}", who=Verbatim(talking.tx.store.territory.privacy)),
        *((PASSES[channel],) if channel in PASSES else ()),
        *((phrase("Qui c'è tutto: {address}", address=Verbatim(f"{base}/privacy")),) if base else ()),
    )


def _speak(talking: Talking, language: str) -> None:
    """From now on in this language: what is open is said again in it."""
    people.speak(talking.tx, language)
    welcome = talking.welcome()
    talking.say("Va bene: da ora le scrivo in italiano.")
    talk = talking.open or (talking.start("need") if welcome else None)
    if talk is not None:
        talking.present(talk)
    else:
        talking.speak()


def redeem(talking: Talking, code: str) -> None:
    """Take what an invitation code gives: a role, or the way to oneself on another channel."""
    if pairing.is_offered(talking.tx, code):
        talking.begin("pair", code)
        return
    role = roles.redeem(talking.tx, talking.tx.me(), code)
    if isinstance(role, Refusal):
        talking.aside(REFUSED[role.reason])
        return
    talking.welcome()
    talking.begin("joined", role.role)


def request(talking: Talking, code: str) -> None:
    """A request called by its code: to be answered by a contact, to be followed by its citizen."""
    about = talked_of(talking.tx, code)
    if about is None:
        talking.aside(phrase("Non conosco la richiesta {code}. Guardi bene il codice, per favore.", code=code))
        return
    talking.begin(*about)
