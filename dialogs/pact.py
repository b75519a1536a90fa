"""The pact with an association: it is read, its legal representative binds it, and may take it out again."""

from __future__ import annotations

from datetime import date
from itertools import count

from dialogs.pacting import Counter, Situation, Theirs, adhere, counter, leave, page_of, situation
from dialogs.questions import Choice, Common, Text, YesNo
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Verbatim, Words, lines, phrase, sentences

NEAR = 90  # days before the end from which it is said
READ = Option("read", "Leggere il testo", also=("leggo", "leggere", "testo", "read"))
JOIN = Option("join", "Aderire", also=("aderisco", "aderiamo", "sì", "si", "join", "yes"))
LEAVE = Option("leave", "Recedere", row="Uscire dal patto", also=("recesso", "recediamo", "uscire", "withdraw"))
LATER = Option("later", "Più tardi", also=("dopo", "non ora", "no", "later"))
FINE = Option("fine", "Va bene così", also=("va bene", "ok", "grazie", "fine"))
NEXT = Option("next", "Continua", also=("avanti", "ancora", "next"))
CLOSE = Option("close", "Basta leggere", also=("basta", "chiudi", "stop reading"))
OFFICE = Common(
    "Con quale carica?",
    label="La carica",
    example="Per esempio: presidente.",
    most=60,
    among=(
        Option("presidente", "Presidente", also=("president", "chair")),
        Option("legale rappresentante", "Legale rappr.", row="Legale rappresentante", also=("legal representative",)),
        Option("amministratore", "Amministratore", also=("amministratrice", "director")),
        Option("parroco", "Parroco", also=("don", "parish priest")),
    ),
)
FAILED: dict[str, Words] = {
    "already": "L'adesione c'è già: l'ha data un altro telefono. Non serve altro.",
    "changed": "Nel frattempo il testo è cambiato. Non ho registrato niente. Per leggere il nuovo, scriva «patto».",
    "closed": "Nel frattempo le adesioni a questo testo si sono chiuse. Non ho registrato niente.",
}


async def pact(subject: str) -> None:
    """`subject` is the uid of the version for which it was opened, or ''; what is open today is what is shown."""
    del subject
    known = await look("patto", situation)
    if known is None:
        await say("Adesso non c'è un patto aperto. Quando c'è, lo scrivo qui.")
        return
    if not known.theirs:
        await say("Il patto è per le associazioni della rete. Qui non risulta che lei risponda per una di loro.")
        return
    mine = known.theirs[0]
    if len(known.theirs) > 1:
        which = await ask("quale", Choice("Per quale associazione?", label="L'associazione", among=_listed(known)))
        mine = next((one for one in known.theirs if str(one.organization_id) == which), mine)
    bound = bool(mine.state) and not mine.renewed
    await say(_standing(known, mine) if bound else _opening(known, mine))
    if mine.state == "adhered" and bound:
        await say(_copy(await look("sportello", counter), known))
    among = (READ, LEAVE, FINE) if bound else (READ, JOIN, LEAVE, LATER) if mine.renewed else (READ, JOIN, LATER)
    choice = await _chosen(known, among)
    if choice == JOIN.id:
        await _join(known, mine)
    elif choice == LEAVE.id:
        await _leave(mine)
    else:
        await say("Va bene. Quando vuole, scriva «patto».")


async def _chosen(known: Situation, among: tuple[Option, ...]) -> str:
    """What is wanted, after the text was read as often as wanted."""
    for turn in count(1):
        choice = await ask(f"scelta.{turn}", Choice("Che cosa vuole fare?", label="La scelta", among=among))
        if choice != READ.id:
            return choice
        for number in range(1, known.pages + 1):
            page = await look(f"testo.{turn}.{number}", page_of, known.uid, number)
            where = phrase("Pagina {n} di {all}.", n=number, all=known.pages)
            more = (NEXT, CLOSE) if number < known.pages else (CLOSE,)
            if await ask(f"pagina.{turn}.{number}", Choice(lines(Verbatim(page), where), among=more)) == CLOSE.id:
                break
    raise AssertionError("counting never ends")


async def _join(known: Situation, mine: Theirs) -> None:
    if not await _is_representative(mine):
        return
    asked = "Come si chiama? Scriva nome e cognome."
    name = await ask("nome", Text(asked, label="Il nome", example="Per esempio: Maria Rossi.", least=5, most=60))
    office = await ask("carica", OFFICE)
    binds = phrase(
        "{name}, {office}: a nome di {organization} aderisce al patto, versione {version}, fino al {end}. Conferma?",
        name=name, office=office, organization=mine.name, version=known.version, end=_on(known.ends),
    )  # fmt: skip
    if not await ask("conferma", YesNo(binds, label="La conferma", yes="Sì, aderiamo", no="No, non ora")):
        await say("Va bene, non ho registrato niente. Quando vuole, scriva «patto».")
        return
    done = await do("adesione", adhere, known.uid, mine.organization_id, known.hash, name, office, undo="pact")
    if done != "done":
        await say(FAILED[done])
        return
    await say(
        phrase(
            "Grazie! L'adesione di {organization} è registrata. Versione {version}, codice del testo {mark}.",
            organization=mine.name, version=known.version, mark=known.hash[:12],
        )
    )  # fmt: skip
    await say(_copy(await look("sportello", counter), known))


async def _leave(mine: Theirs) -> None:
    if not await _is_representative(mine):
        return
    sure = phrase(
        "Conferma il recesso di {organization}? Da oggi non fa più parte del patto. Le richieste accettate restano.",
        organization=mine.name,
    )
    if not await ask("recesso", YesNo(sure, label="Il recesso", yes="Sì, recediamo", no="No, restiamo")):
        await say("Va bene: non è cambiato niente.")
        return
    left = await do("receduto", leave, mine.party)
    if left:
        await say(phrase("Il recesso di {organization} è registrato da oggi. Grazie.", organization=mine.name))
    else:
        await say("Il recesso risulta già registrato. Non serve altro.")


async def _is_representative(mine: Theirs) -> bool:
    """Only who represents it before the law binds an organization, or takes it out; anybody else has words to pass on.

    It is what they say: the signed copy proves it.
    """
    asked = phrase("È lei il legale rappresentante di {organization}?", organization=mine.name)
    if await ask("legale", YesNo(asked, label="Il legale rappresentante")):
        return True
    await say("Va bene, grazie. Questo lo può fare solo il legale rappresentante. Può inoltrargli queste parole:")
    await say(
        phrase(
            "«Per il patto di rete serve lei, come legale rappresentante di {organization}. Usi questa chat dal mio "
            "telefono e scriva «patto». Oppure chieda al Comune un codice per il suo.»",
            organization=mine.name,
        )
    )
    return False


def _listed(known: Situation) -> tuple[Option, ...]:
    return tuple(
        Option(
            str(one.organization_id), Verbatim(f"{n}. {one.name}"[:20].strip()),
            row=Verbatim(f"{n}. {one.name}"[:24].strip()), description=Verbatim(one.name[:72]), also=(one.name,),
        )
        for n, one in enumerate(known.theirs, 1)
    )  # fmt: skip


def _opening(known: Situation, mine: Theirs) -> Words:
    """What it is, before it is adhered to."""
    before = phrase(
        "Il patto di adesso, versione {version}, finisce il {end}. C'è il testo nuovo, e serve una nuova adesione.",
        version=mine.version, end=_on(mine.ends),
    )  # fmt: skip
    term = phrase("Vale dal {start} al {end}, per tutti.", start=_on(known.starts), end=_on(known.ends))
    return lines(
        before if mine.renewed else "",
        phrase("{title}, versione {version}. {term}", title=known.title, version=known.version, term=term),
        phrase("In breve: {summary}", summary=Verbatim(known.summary)),
        phrase("Il testo intero è anche qui: {link}", link=Verbatim(known.link)) if known.link else "",
    )


def _standing(known: Situation, mine: Theirs) -> Words:
    """Where an organization stands that is bound by the text of today."""
    near = phrase(
        "Il patto finisce il {end}. Mancano {n} giorni. Quando c'è il testo nuovo, lo scrivo qui.",
        end=_on(known.ends), n=known.days_left,
    )  # fmt: skip
    until = near if known.days_left <= NEAR else phrase("Il patto finisce il {end}.", end=_on(known.ends))
    if mine.state == "in_force":
        state = phrase(
            "Il patto è in vigore per {organization}, versione {version}. Copia firmata: {day}, protocollo {protocol}.",
            organization=mine.name, version=known.version, protocol=Verbatim(mine.protocol),
            day=_on(mine.signed),
        )  # fmt: skip
    else:
        state = phrase(
            "{organization} ha aderito al patto il {day}, versione {version}.",
            organization=mine.name, day=_on(mine.adhered), version=known.version,
        )  # fmt: skip
    return sentences(state, until)


def _copy(to: Counter, known: Situation) -> Words:
    """What is still to be done, and how."""
    return lines(
        "Ora serve la copia firmata.",
        phrase("– La stampi da qui: {link}", link=Verbatim(known.link))
        if known.link
        else "– La chieda allo sportello.",
        "– La firma il legale rappresentante.",
        phrase("– La porti a: {name}, {address}.", name=Verbatim(to.name), address=Verbatim(to.address))
        if to.name
        else "",
        phrase("– Oppure la mandi a {email}.", email=Verbatim(to.email)) if to.email else "",
        "Quando il Comune la registra, il patto è in vigore e lo scrivo qui.",
    )


def _on(day: date | None) -> Words:
    """A day with its year: what is signed lasts for years."""
    return Verbatim(f"{day.day}/{day.month}/{day.year}" if day else "")
