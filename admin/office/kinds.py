"""What can wait for somebody here: a register of kinds. Each says who may see it, how urgent it is, and which page.

A new part of the program adds its kind to KINDS; the page of the day shows it by itself. What is listed says nothing of
whose it is: names, words and numbers are on the page that it leads to, where looking is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from admin.office.access import FOLLOWERS, STAFF
from catalog_store import applications, approvals, board, closures, messages, offer_board, pacts, waiting
from catalog_store.board import Filters
from catalog_store.connect import Transaction
from catalog_store.sessions import Visitor
from catalog_store.taxonomy import NEEDS
from catalog_store.waiting import Waiting

NOTICE = timedelta(days=max(pacts.REMINDERS))  # before the end of the pact
LONGEST = 50  # entries of a kind that are shown; how many there are is said


@dataclass(frozen=True)
class Item:
    """One entry. `href`: its page; `action` and `does`: what can be done at once, by a form; `worst`: above all."""

    uid: str
    title: str
    about: str
    since: datetime
    due: datetime | None
    href: str
    staff_id: int | None = None
    action: str = ""
    does: str = ""
    worst: bool = False


@dataclass(frozen=True)
class Kind:
    """What can wait. `urgency`: 0 comes first. `listed` and `counted` read it, for whoever asks."""

    name: str
    title: str
    urgency: int
    roles: frozenset[str]
    listed: Callable[[Transaction, Visitor], Sequence[Item]]
    counted: Callable[[Transaction, Visitor], int]


DANGERS = {
    "violenza_in_corso": "violenza", "suicidio": "suicidio", "autolesionismo": "autolesionismo",
    "emergenza_medica": "emergenza medica", "minore_in_pericolo": "minore in pericolo", "tratta": "tratta",
    "incendio_gas": "incendio o gas",
}  # fmt: skip
LEVELS = {"now": "adesso", "worrying": "preoccupa", "today": "entro oggi", "asked": "non è chiaro, è stato chiesto"}


def need_called(code: str) -> str:
    """A need as it is called in Italian; '' for what is no need."""
    return NEEDS[code].words["it"].label if code in NEEDS else ""


def _of_queue(name: str, title: str, urgency: int, kinds: Sequence[str], item: Callable[[Waiting], Item]) -> Kind:
    """A kind whose entries are rows of the operators' queue."""
    return Kind(
        name, title, urgency, STAFF,
        lambda tx, _: [item(row) for row in waiting.of_kinds(tx, kinds, LONGEST)],
        lambda tx, _: waiting.count(tx, kinds),
    )  # fmt: skip


def _danger(row: Waiting) -> Item:
    told = DANGERS.get(row.note.get("kind", ""), "pericolo")
    seen = "acknowledged" in row.note
    about = ", ".join(
        filter(None, (LEVELS.get(row.note.get("level", ""), ""), "forse un minore" * ("child" in row.note)))
    )
    return Item(
        row.uid, f"Pericolo: {told}", about, row.created_at, None, f"/chat/{row.uid}", row.staff_id,
        "" if seen else f"/attese/{row.uid}/visto", "" if seen else "Me ne occupo io",
        worst=row.note.get("level") == waiting.NOW and not seen,
    )  # fmt: skip


def _chat(row: Waiting) -> Item:
    title = "Chiede un mediatore" if row.kind == "mediator" else "Chiede una persona"
    title = "Chat cominciata da noi" if "ours" in row.note else title
    about, spoken = need_called(row.note.get("about", "")), row.note.get("language", "")
    said = ", ".join(filter(None, (about, f"lingua: {spoken}" if spoken else "")))
    return Item(row.uid, title, said, row.created_at, row.due_at, f"/chat/{row.uid}", row.staff_id)


def _call(row: Waiting) -> Item:
    tried = f"{row.tries} tentativi" if row.tries > 1 else "1 tentativo" if row.tries else ""
    code = row.note.get("code", "")
    return Item(
        row.uid, "Telefonata da fare", ", ".join(filter(None, (code, tried))), row.created_at, row.due_at,
        f"/telefonate/{row.uid}", row.staff_id,
    )  # fmt: skip


def _requests(tx: Transaction, _: Visitor) -> list[Item]:
    """Requests that nobody took; each ends when something is done on its page."""
    rows = waiting.of_kinds(tx, ("referral",), LONGEST)
    named = board.named(tx, {row.referral_id for row in rows if row.referral_id})
    items = []
    for row in rows:
        uid, code, need = named.get(row.referral_id or 0, ("", "", ""))
        done = ("", "") if uid else (f"/attese/{row.uid}/fatto", "Fatto")  # what it was about is gone
        items.append(
            Item(row.uid, f"Richiesta {code}".strip(), need_called(need), row.created_at, row.due_at,
                 f"/richieste/{uid}" if uid else "", row.staff_id, *done)
        )  # fmt: skip
    return items


def _of_board(name: str, title: str, urgency: int, roles: frozenset[str], filters: Filters) -> Kind:
    """A kind whose entries are requests."""

    def listed(tx: Transaction, visitor: Visitor) -> list[Item]:
        return [
            Item(one.uid, f"Richiesta {one.code}", need_called(one.need), one.created_at, one.due_at,
                 f"/richieste/{one.uid}", one.staff_id)
            for one in board.listed(tx, visitor, filters, LONGEST)
        ]  # fmt: skip

    def counted(tx: Transaction, visitor: Visitor) -> int:
        counts = board.counted(tx, visitor, filters)
        return sum(counts.get(state, 0) for state in board.STATES[filters.state])

    return Kind(name, title, urgency, roles, listed, counted)


def _fault(row: Waiting) -> Item:
    return Item(
        row.uid, "Guasto in una conversazione", "", row.created_at, row.due_at, f"/chat/{row.uid}", row.staff_id
    )


def _stale(tx: Transaction, _: Visitor) -> list[Item]:
    """Offers that nobody confirms: each ends when it is, or when it is paused."""
    zone = tx.store.territory.zone
    return [
        Item(one.uid, "Offerta nascosta" if one.state == "hidden" else "Offerta da confermare",
             f"{one.name}, {one.organization}", datetime.combine(one.confirmed_on or closures.today(tx), time(), zone),
             None, f"/offerte/{one.uid}")
        for one in offer_board.listed(tx, offer_board.Filters("stale"), LONGEST)
    ]  # fmt: skip


def _letters(tx: Transaction, _: Visitor) -> list[Item]:
    dead = [
        Item(str(row.id), f"Messaggio non consegnato ({row.account})", row.reason or "", row.created_at, None, "",
             None, f"/lettere/{row.id}/rimanda", "Rimanda")
        for row in messages.dead_letters(tx, LONGEST)
    ]  # fmt: skip
    last = set(messages.failures(tx))  # of the others it is too late: the same person has written since
    failed = [
        Item(str(row.id), "Messaggio arrivato e non letto", f"guasto {row.fault or ''}", row.at, None, "", None,
             *((f"/lettere/{row.id}/rileggi", "Rileggi") if row.id in last else ()))
        for row in messages.failed_messages(tx, LONGEST)
    ]  # fmt: skip
    return [*failed, *dead]


def _approvals(tx: Transaction, _: Visitor) -> list[Item]:
    """Forms of organizations that nobody has decided about."""
    told = {"first": "chiede di entrare nella rete", "change": "cambia qualcosa"}
    return [
        Item(one.uid, f"Modulo di {one.organization}", told[one.kind], one.sent_at, one.due_at, f"/moduli/{one.uid}")
        for one in approvals.listed(tx, ("sent",), limit=LONGEST)
    ]


def _copies(tx: Transaction, _: Visitor) -> list[Item]:
    """Adhesions to the pact whose signed copy has not been recorded."""
    return [
        Item(one.uid, f"Copia firmata: {called}", "", one.adhered_at, None, f"/patto/{pact}#parti")
        for one, called, pact in pacts.to_record(tx, LONGEST)
    ]


def _ending(tx: Transaction, _: Visitor) -> list[Item]:
    """The pact that ends soon, until another text renews it."""
    pact = pacts.to_renew(tx)
    if pact is None:
        return []
    midnight = time(tzinfo=tx.store.territory.zone)
    since, end = (datetime.combine(day, midnight) for day in (pact.ends_on - NOTICE, pact.ends_on))
    return [Item(pact.uid, f"Patto {pact.version}: sta per finire", "serve un testo nuovo", since, end, "/patto")]


KINDS: tuple[Kind, ...] = (
    _of_queue("danger", "Pericolo", 0, ("danger",), _danger),
    _of_queue("chat", "Chi aspetta una persona", 1, ("operator", "mediator"), _chat),
    _of_queue("call", "Telefonate da fare", 2, ("call",), _call),
    Kind("referral", "Richieste ferme", 3, STAFF, _requests, lambda tx, _: waiting.count(tx, ("referral",))),
    _of_board("due", "Richieste scadute che segue lei", 3, FOLLOWERS, Filters(holder="me", late=True)),
    _of_board("asked", "Richieste per la sua associazione", 3, frozenset({"association"}), Filters(state="sent")),
    Kind("approvals", "Moduli da approvare", 3, STAFF, _approvals, lambda tx, _: applications.count(tx)),
    _of_queue("fault", "Guasti", 4, ("fault",), _fault),
    Kind("copies", "Copie del patto da registrare", 5, STAFF, _copies, lambda tx, _: pacts.count_to_record(tx)),
    Kind("ending", "Patto da rinnovare", 5, STAFF, _ending, lambda tx, _: int(pacts.to_renew(tx) is not None)),
    Kind("stale", "Offerte da confermare", 4, STAFF, _stale, lambda tx, _: offer_board.stale(tx)),
    Kind("letters", "Messaggi che non passano", 5, STAFF, _letters, lambda tx, _: messages.count_stuck(tx)),
)  # fmt: skip


def waiting_for(tx: Transaction, visitor: Visitor) -> list[tuple[Kind, int, Sequence[Item]]]:
    """What waits for somebody, by kind, the most urgent first; kinds of which nothing waits are left out."""
    seen = [(kind, kind.counted(tx, visitor)) for kind in KINDS if visitor.role in kind.roles]
    return [
        (kind, count, kind.listed(tx, visitor)) for kind, count in sorted(seen, key=lambda one: one[0].urgency) if count
    ]
