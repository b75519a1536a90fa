"""What we keep about a person, in plain words, and the way to have it erased."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_store import messages, privacy
from catalog_store.connect import Transaction
from dialogs.questions import Choice, YesNo
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import lines, phrase, plural

ERASE = Option("erase", "Cancella tutto", also=("cancellare", "cancella", "erase"))
NOTHING = Option("nothing", "Va bene così", also=("niente", "ok", "no", "nothing", "fine"))


@dataclass(frozen=True)
class Kept:
    """What is kept about somebody."""

    name: str
    phone: str
    requests: list[str]
    messages: int


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
            plural("– {n} messaggio, cifrato", "– {n} messaggi, cifrati", known.messages),
        )
    )
    await say(
        "I suoi dati servono solo a trovarle un aiuto. "
        "Li vede chi accetta una sua richiesta, e la persona che le risponde se lei lo chiede o c'è pericolo."
    )
    if await ask("poi", Choice("Che cosa vuole fare?", among=(NOTHING, ERASE))) == ERASE.id:
        return Go("erase")
    await say("Va bene. Quando vuole, scriva «cancella tutto» e non ne resta traccia.")
    return None


async def erase(subject: str) -> None:
    """Erase it, after a clear yes."""
    del subject
    sure = YesNo(
        "Cancello tutto: nome, messaggi e richieste? Le richieste aperte si ritirano, e non si può tornare indietro.",
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
    return Kept(profile.get("name", ""), profile.get("phone", ""), codes, everything["messages"])


def forget(tx: Transaction) -> None:
    """Erase whoever's turn it is, and tell who had a request of theirs that it was withdrawn, without a name."""
    for referral in privacy.erase(tx, tx.me()).withdrawn:
        for contact in referral.contacts:
            messages.opening(tx, contact, "respond", referral.code)
