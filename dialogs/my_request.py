"""A person's own requests: where each stands, by when, and how to take one back."""

from __future__ import annotations

from dialogs.appointment import said
from dialogs.following import News, mine, withdraw
from dialogs.naming import need_words
from dialogs.questions import Choice, YesNo
from dialogs.referral_words import state_words
from dialogs.talk import Go, Option, ask, do, look, say
from dialogs.words import Verbatim, Words, lines, phrase

NEW = Option("new", "Un nuovo aiuto", row="Chiedere un altro aiuto", also=("nuovo", "altro aiuto", "new", "other help"))
WITHDRAW = Option(
    "withdraw", "Ritirarla", row="Ritirare la richiesta", also=("ritiro", "annulla", "withdraw", "cancel")
)
PERSON = Option("person", "Una persona", row="Scrivere a una persona", also=("operatore", "operator"))
FINE = Option("fine", "Va bene così", also=("ok", "niente", "grazie", "nothing", "fine", "thanks"))


async def my_request(subject: str) -> Go | None:
    """All of them, or the one whose uid is `subject`."""
    listed = await look("richieste", mine, subject)
    if not listed:
        new = await ask("nuova", YesNo("Non ha richieste aperte. Vuole chiedere un aiuto?", yes="Sì", no="No, grazie"))
        if new:
            return Go("need")
        await say("Va bene. Quando vuole, mi scriva.")
        return None
    for one in listed:
        await say(_told(one))
    chosen = listed[0]
    if len(listed) > 1:
        among = tuple(Option(one.uid, Verbatim(one.code), row=Verbatim(one.code)) for one in listed)
        which = await ask("quale", Choice("Di quale parliamo?", label="La richiesta", among=(*among, FINE)))
        if which == FINE.id:
            await say("Va bene. Le scrivo appena c'è una novità.")
            return None
        chosen = next(one for one in listed if one.uid == which)
        await say(_told(chosen))
    return await _about(chosen)


async def _about(one: News) -> Go | None:
    among = (FINE, WITHDRAW, PERSON, NEW) if one.open else (FINE, PERSON, NEW)
    what = await ask("che_cosa", Choice("Che cosa vuole fare?", among=among))
    if what == PERSON.id:
        return Go("human", one.uid)
    if what == NEW.id:
        return Go("need")
    if what == FINE.id:
        await say("Va bene. Le scrivo appena c'è una novità.")
        return None
    sure = phrase("Ritiro la richiesta {code}? Chi la stava guardando viene avvisato.", code=one.code)
    if await ask("sicuro", YesNo(sure, yes="Sì, la ritiro", no="No, resta")):
        await do("ritirata", withdraw, one.uid)
        await say("Fatto, la richiesta è ritirata. Quando vuole, mi scriva di nuovo.")
    else:
        await say("Va bene, resta com'è. Le scrivo appena c'è una novità.")
    return None


def _told(one: News) -> Words:
    return lines(
        phrase("{code}: {need}.", code=one.code, need=need_words(one.need)),
        state_words(one),
        said(one.proposal, phrase("a casa sua")) if one.proposal and one.state == "accepted" else "",
    )
