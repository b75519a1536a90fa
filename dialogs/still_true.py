"""Is what the catalogue says of an association still true? One tap confirms it, and shows again what was hidden."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_store import freshness
from catalog_store.connect import Transaction
from dialogs import offering
from dialogs.offer_words import standing
from dialogs.offering import Known, Mine
from dialogs.questions import Choice
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Words, lines, phrase, plural

TRUE = Option("true", "È ancora tutto vero", also=("sì", "si", "tutto vero", "confermo", "ok", "yes", "all true"))
CHANGE = Option("change", "Qualcosa è cambiato", also=("cambia", "cambiato", "change"))
ENDED = Option("ended", "Non c'è più", row="Qualcosa non c'è più", also=("no", "finito", "ended"))
SHOWN = 3  # offers and places that are told one by one
LATER = Option("later", "Dopo", also=("più tardi", "later"))


@dataclass(frozen=True)
class Asked:
    """What is to be confirmed of an organization: its own data, and these offers."""

    known: Known
    data: bool
    offers: list[Mine]


async def still_true(subject: str) -> Go | None:
    """`subject` is the uid of the organization; '' asks about the first of theirs of which something is due."""
    asked = await look("da_confermare", asked_of, subject)
    if asked is None or not (asked.data or asked.offers):
        await say("Grazie, per ora non c'è niente da confermare.")
        return None
    await say(_shown(asked))
    answer = await ask("vero", Choice("È ancora tutto vero?", label="La conferma", among=(TRUE, CHANGE, ENDED, LATER)))
    if answer == LATER.id:
        await say("Va bene. Quando può, scriva «tutto vero».")
        return None
    if answer != TRUE.id:
        await say("Grazie di averlo detto. Scelga l'offerta: può cambiarla, sospenderla o chiuderla.")
        return Go("my_offers")
    await do("confermato", confirm, asked.known.organization_id)
    await say("Grazie: è tutto confermato. Chi cerca aiuto trova informazioni vere.")
    return None


def asked_of(tx: Transaction, uid: str) -> Asked | None:
    """What is due of an organization of whoever's turn it is."""
    for known in offering.owners(tx, uid):
        due = freshness.due(tx, known.organization_id)
        ids = set(due.offer_ids)
        listed = [one for one in offering.mine(tx) if one.organization_id == known.organization_id and one.id in ids]
        if due.data or listed:
            return Asked(known, due.data, listed)
    return None


def confirm(tx: Transaction, organization_id: int) -> int:
    """All that is due of it is true; how many offers."""
    if organization_id not in [known.organization_id for known in offering.owners(tx, "")]:
        return 0
    due = freshness.due(tx, organization_id)
    return freshness.confirm(tx, organization_id, due.offer_ids, data=due.data)


def _shown(asked: Asked) -> Words:
    known, some = asked.known, asked.offers[:SHOWN]
    spots = known.spots[:SHOWN] if asked.data else []
    return lines(
        phrase("Da un po' nessuno conferma questi dati di {name}.", name=known.name),
        phrase("– telefono: {phone}", phone=known.phone) if asked.data and known.phone else "",
        phrase("– e-mail: {email}", email=known.email) if asked.data and known.email else "",
        *(phrase("– sede: {place}", place=spot.name) for spot in spots),
        *(phrase("– {offer}", offer=standing(one)) for one in some),
        plural("e {n} altra offerta", "e altre {n} offerte", len(asked.offers) - len(some))
        if len(some) < len(asked.offers)
        else "",
    )
