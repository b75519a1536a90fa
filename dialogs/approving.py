"""A form of an organization has arrived: an operator decides from their own telephone. The first to decide has decided.

What is said of it here is public, or about the body: nobody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from catalog_store import applications, approvals, organizations
from catalog_store.connect import Transaction
from dialogs.association_words import LABELS, failed_words, inner, put
from dialogs.desk import linked
from dialogs.questions import Choice, Text
from dialogs.talk import Option, ask, do, look, say
from dialogs.words import Joined, Verbatim, Words, lines, phrase

APPROVE = Option("approve", "Approvo", also=("approva", "sì", "si", "ok", "va bene", "approve"))
ASK = Option("ask", "Chiedo qualcosa", also=("chiedo", "domanda", "ask"))
REFUSE = Option("refuse", "Rifiuto", also=("no", "rifiuta", "refuse"))
IN_OFFICE = Option("office", "Lo guardo dopo", row="Lo guardo in ufficio", also=("dopo", "ufficio", "later"))
REASONS = (
    Option("register", "Manca il registro", row="Non è nel registro", also=("registro", "register")),
    Option("outside", "Non opera qui", row="Non opera sul territorio", also=("territorio", "fuori", "outside")),
    Option("purpose", "Non è per il bando", row="Fuori dalle attività", also=("attività", "scopo", "purpose")),
    Option("double", "C'è già", row="C'è già, con altro nome", also=("doppio", "doppione", "double")),
    Option("unverified", "Dati non verificati", also=("dati", "verifica", "unverified")),
    Option("other", "Un altro motivo", also=("altro", "other")),
)
_LONGEST, _MOST = 300, 5  # characters of a text that is told here, and entries of a list: the rest is on the page
_DECIDED: Words = "Ha già deciso un'altra persona, o è arrivato un modulo nuovo. Non è cambiato niente."


@dataclass(frozen=True)
class Arrived:
    """What is said of a form that waits: `answers` are those that are public; `changed`: keys, of a change."""

    name: str
    answers: dict[str, Any]
    changed: list[str]
    failed: list[str]
    same: list[str]
    odd_code: bool
    note: str


@dataclass(frozen=True)
class Message(Text):
    """What is said to the organization, in whatever words."""

    @property
    def dictated(self) -> bool:
        return True


async def approving(subject: str) -> None:
    """`subject`: the uid of the form."""
    form = await look("modulo", arrived, subject)
    if form is None:
        await say(_DECIDED)
        return
    await say(_summary(form))
    among = (APPROVE, ASK, REFUSE, IN_OFFICE)
    answer = await ask("decisione", Choice("Che cosa decide?", label="La decisione", among=among))
    if answer == IN_OFFICE.id:
        await say("Va bene. Lo trova nella pagina «Moduli» dell'ufficio.")
    elif answer == APPROVE.id:
        done = await do("approvato", approve, subject)
        await say("Approvato: l'ente è nella rete. Lo avviso io." if done else _DECIDED)
    elif answer == ASK.id:
        words = await ask("domanda", Message("Che cosa chiede all'ente? Lo legge così come lo scrive.", most=1000))
        done = await do("chiesto", ask_for, subject, words)
        await say("Chiesto. Il modulo torna da lei con la risposta." if done else _DECIDED)
    else:
        reason = await ask("motivo", Choice("Per quale motivo?", label="Il motivo", among=REASONS))
        skip: Words | None = None if reason == "other" else "Niente altro"
        text = "Che cosa vuole dire all'ente? Lo legge così come lo scrive."
        words_too = await ask("parole", Message(text, most=1000, skip=skip))
        done = await do("rifiutato", refuse, subject, reason, words_too or "")
        await say("Rifiutato. L'ente lo sa da me, e può parlarne con noi." if done else _DECIDED)


def _summary(form: Arrived) -> Words:
    """The form in a few lines, then what is found out about it."""
    head = (
        "{name} vuole cambiare il suo modulo." if form.changed else "{name} ha mandato il modulo per entrare in rete."
    )
    changed = Joined(tuple(inner(LABELS[key]) for key in form.changed[:_MOST]), ", ")
    code = form.answers["codice_fiscale"]
    found = [*map(failed_words, form.failed), *(phrase("Assomiglia a: {name}", name=name) for name in form.same)]
    if form.odd_code:
        found.append(phrase("Il codice fiscale è di un ufficio che non conosco"))
    return lines(
        phrase(head, name=form.name),
        phrase("Cambia: {what}.", what=changed) if form.changed else "",
        phrase("È: {kind}. Codice fiscale: {code}.", kind=put("natura", form.answers, {}), code=code),
        phrase("Che cosa fa: {what}", what=form.answers["attivita"]),
        phrase("Ci siamo detti: {what}", what=Verbatim(form.note)) if form.note else "",
        *(phrase("⚠ {what}.", what=one) for one in found[:_MOST]),
        "" if found else "I controlli non hanno trovato niente da guardare.",
        "Il resto è nella pagina «Moduli»." if max(len(found), len(form.changed)) > _MOST else "",
    )


def arrived(tx: Transaction, uid: str) -> Arrived | None:
    """The form, while it waits; None once somebody has decided, and for who is no operator any more."""
    one = applications.get(tx, uid)
    if one is None or one.state != "sent" or linked(tx) is None:
        return None
    owner = organizations.get(tx, one.organization_id)
    found = approvals.checks(tx, one, owner)
    answers = {
        "natura": one.form["natura"], "codice_fiscale": one.form["codice_fiscale"],
        "attivita": _short(one.form.get("attivita") or ""),
    }  # fmt: skip
    same, changed = [*found.twins, *found.alike], approvals.changes(tx, one, owner)[1]
    return Arrived(owner.name, answers, changed, list(found.failed), same, found.odd_code, _short(one.note))


def _short(text: str) -> str:
    return shorten(text, _LONGEST, placeholder=" …")


def approve(tx: Transaction, uid: str) -> bool:
    """False when somebody else was quicker."""
    member = linked(tx)
    return member is not None and approvals.approve(tx, uid, member.id) is not None


def ask_for(tx: Transaction, uid: str, words: str) -> bool:
    """The same."""
    member = linked(tx)
    return member is not None and approvals.ask(tx, uid, member.id, words) is not None


def refuse(tx: Transaction, uid: str, reason: str, words: str) -> bool:
    """The same."""
    member = linked(tx)
    return member is not None and approvals.refuse(tx, uid, member.id, reason, words) is not None
