"""What we keep about a person, in plain words, and the way to take their consent back or have it all erased."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from catalog_store import consents, identity, messages, privacy, referrals
from catalog_store.connect import Transaction
from catalog_store.identity import Where
from dialogs import following
from dialogs.naming import here
from dialogs.questions import Choice, YesNo
from dialogs.sending import CONSENT
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Joined, Moment, Verbatim, Weighty, Words, lines, phrase, plural

ERASE = Option("erase", "Cancella tutto", also=("cancellare", "cancella", "erase"))
PAIR = Option("pair", "Collega un canale", also=("collega", "link a channel"))
LEAVE = Option("leave", "Togli un canale", also=("togli", "scollega", "unlink a channel"))
TAKE_BACK = Option(
    "take_back", "Ritiro il mio sì", also=("ritiro", "ritiro il consenso", "revoco", "revoca", "withdraw my consent")
)
NOTHING = Option("nothing", "Va bene così", also=("niente", "ok", "no", "nothing", "fine"))

CHANNELS: dict[str, Words] = {
    "telegram": Verbatim("Telegram"), "whatsapp": Verbatim("WhatsApp"), "webchat": phrase("Chat del sito"),
    "terminal": phrase("Terminale"),
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What is kept about somebody."""

    name: str
    phone: str
    requests: list[str]
    messages: int
    channels: list[Where] = field(default_factory=list)
    agreed: date | None = None  # since when requests may be passed on, in the town's days; None: they may not


async def my_data(subject: str) -> Go | None:
    """Show it."""
    del subject
    known = await look("dati", kept)
    await say(
        lines(
            "Ecco che cosa conservo di lei:",
            phrase("– il nome: {name}", name=known.name) if known.name else "– nessun nome",
            phrase("– il telefono: {phone}", phone=known.phone) if known.phone else "– nessun numero di telefono",
            phrase("– le sue richieste: {codes}", codes=", ".join(known.requests))
            if known.requests
            else "– nessuna richiesta",
            phrase("– i canali: {channels}", channels=Joined(tuple(map(_channel, known.channels)), ", "))
            if len(known.channels) > 1
            else "",
            phrase("– il suo sì: passo i suoi dati a chi l'aiuta ({day})", day=Moment(known.agreed))
            if known.agreed
            else "",
            plural("– {n} messaggio, cifrato", "– {n} messaggi, cifrati", known.messages),
        )
    )
    await say(
        Weighty(
            "I suoi dati servono solo a trovarle un aiuto. Li vede chi accetta una sua richiesta. "
            "Li vede anche chi le risponde, se lei lo chiede o c'è un pericolo."
        )
    )
    others = [one for one in known.channels if not one.here]
    among = (NOTHING, PAIR, *([LEAVE] if others else []), *([TAKE_BACK] if known.agreed else []), ERASE)
    then = await ask("poi", Choice("Che cosa vuole fare?", among=among))
    if then in (ERASE.id, PAIR.id):
        return Go(then)
    if then == LEAVE.id:
        await _left(others)
        return None
    if then == TAKE_BACK.id:
        await _taken_back()
        return None
    await say("Va bene. Quando vuole, scriva «cancella tutto» e non ne resta traccia.")
    return None


async def _taken_back() -> None:
    """As easy as it was given (GDPR, article 7, paragraph 3), once what follows from it is known."""
    await say(
        Weighty(
            "Se ritira il suo sì, non passo più i suoi dati a nessuno. "
            "Ritiro le richieste aperte e avviso chi le ha. "
            "Quello che ho già passato resta dov'è. "
            "Per un'altra richiesta le chiedo un altro sì."
        )
    )
    if not await ask("ritiro", YesNo("Ritiro il suo sì?", yes="Sì, lo ritiri", no="No")):
        await say("Va bene, il suo sì resta.")
        return
    withdrawn = await do("ritirato", take_back)
    await say("Fatto. Non passo più i suoi dati a nessuno.")
    if withdrawn:
        await say(plural("Ho ritirato {n} richiesta.", "Ho ritirato {n} richieste.", withdrawn))


async def _left(others: list[Where]) -> None:
    """One of the other channels is taken away."""
    options = tuple(Option(str(one.address_id), _channel(one), also=(str(n),)) for n, one in enumerate(others, 1))
    which = await ask(
        "canale", Choice("Quale tolgo?", among=(*options, Option("none", "Nessuno", also=("no", "none"))))
    )
    if which == "none":
        await say("Va bene, restano tutti.")
        return
    await do("tolto", identity.leave, int(which))
    await say("Fatto. Chi scrive da lì ricomincia da capo, e non vede niente di suo.")


def _channel(one: Where) -> Words:
    return CHANNELS.get(one.channel, Verbatim(one.channel))


async def erase(subject: str) -> None:
    """Erase it, after a clear yes."""
    del subject
    sure = YesNo(
        "Cancello tutto: nome, messaggi e richieste? Le richieste aperte sono ritirate. Poi non si torna indietro.",
        yes="Sì, cancella tutto",
        no="No",
    )
    if not await ask("sicuro", sure):
        await say("Va bene, non ho cancellato niente.")
        return
    await do("cancellato", forget)
    await say("Fatto: ho cancellato tutto. Se vorrà tornare, ricominceremo da capo. Le auguro ogni bene.")


def kept(tx: Transaction) -> Kept:
    """What is kept about whoever's turn it is."""
    everything = privacy.what_we_keep(tx, tx.me())
    profile = everything["profile"]
    codes = [request["code"] for request in everything["requests"]]
    given = [one["given"] for one in everything["consents"] if one["purpose"] == CONSENT and not one["withdrawn"]]
    agreed = here(tx, datetime.fromisoformat(given[-1])).date() if given else None
    where = identity.where(tx)
    return Kept(profile.get("name", ""), profile.get("phone", ""), codes, everything["messages"], where, agreed)


def take_back(tx: Transaction) -> int:
    """Nothing more is passed on: the consent ends, and what is under way because of it; how many requests."""
    consents.withdraw(tx, tx.me(), CONSENT)
    under_way = [one for one in referrals.for_person(tx, tx.me()) if one.is_open]
    return sum(following.withdraw(tx, one.uid) for one in under_way)


def forget(tx: Transaction) -> None:
    """Erase whoever's turn it is, and tell who had a request of theirs that it was withdrawn, without a name."""
    for referral in privacy.erase(tx, tx.me()).withdrawn:
        for contact in referral.contacts:
            messages.opening(tx, contact, "respond", referral.code)
