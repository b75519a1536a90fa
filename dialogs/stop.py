"""Asking us to stop: no more reminders, surveys and notices. What somebody has asked for goes on, or is taken back."""

from __future__ import annotations

from catalog_store import people
from catalog_store.connect import Transaction
from dialogs.following import News, mine, withdraw
from dialogs.naming import need_words
from dialogs.questions import Choice
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Verbatim, Words, lines, phrase

KEEP = Option("keep", "No, resta aperta", also=("no", "resta", "tienila", "keep", "keep it"))
WITHDRAW = Option("withdraw", "Sì, la ritiro", also=("si", "sì", "ritiro", "ritirala", "yes", "withdraw"))
NONE = Option("keep", "No, restano aperte", also=("no", "nessuna", "none", "keep them"))
ALL = Option("all", "Sì, le ritiro tutte", also=("si", "sì", "tutte", "yes", "all"))


async def stop(subject: str) -> None:
    """Nothing is sent any more that was not asked for; with a request open, should it be withdrawn? Asked once."""
    del subject
    first = await do("fermato", no_more)
    if first:
        await say("Va bene. Non le mando più promemoria, domande e avvisi.")
    else:
        await say("È già così. Non le mando promemoria, domande e avvisi.")
    await say("Se cambia idea, scriva «riprendi».")
    if not first:
        return
    open_now = await look("aperte", mine, "")
    if not open_now:
        return
    answer = await ask("richieste", _question(open_now))
    withdrawn = [one.uid for one in open_now if answer in (one.uid, WITHDRAW.id, ALL.id)]
    if withdrawn:
        await do("ritirate", take_back, withdrawn)
        await say("Fatto, è ritirata. Quando vuole, mi scriva di nuovo.")
    if len(withdrawn) < len(open_now):
        await say("Quello che resta aperto va avanti. Le scrivo solo se c'è una novità.")


def no_more(tx: Transaction) -> bool:
    """Whoever's turn it is wants no reminder, survey or broadcast from now on; false when they had said so before."""
    return people.stop(tx)


def take_back(tx: Transaction, uids: list[str]) -> None:
    """Withdraw these requests, and tell who had them."""
    for uid in uids:
        withdraw(tx, uid)


def _question(listed: list[News]) -> Choice:
    """Keep or withdraw: the one request, or one of several, or all."""
    if len(listed) == 1:
        text = phrase("Ha una richiesta aperta ({code}). La ritiro?", code=listed[0].code)
        return Choice(text, among=(KEEP, WITHDRAW))
    codes = tuple(Option(one.uid, Verbatim(one.code), description=need_words(one.need)) for one in listed)
    return Choice(_several(listed), among=(NONE, *codes, ALL))


def _several(listed: list[News]) -> Words:
    return lines(phrase("Ha {n} richieste aperte.", n=len(listed)), "Ne ritiro una, o tutte?")
