"""One request: what it says, what has happened to it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import FOLLOWERS, STAFF, Missing
from admin.office.board import STATE, URGENCY
from admin.office.kinds import need_called
from admin.office.office import Here, Who
from catalog_store import audit, board, casework, matching, offers, referrals, staff, waiting
from catalog_store.board import Case, Line
from catalog_store.casework import Different
from catalog_store.connect import Transaction
from catalog_store.matching import Match
from catalog_store.matching import Who as Needy
from catalog_store.referrals import Full, Late, Referral, Step
from catalog_store.sessions import Visitor
from catalog_store.staff import Colleague
from dialogs import chats, sending
from dialogs.appointment import Appointment

router = APIRouter(default_response_class=HTMLResponse)
MOST = 9  # offers to choose from
OUTCOMES = {
    "helped": "È servito",
    "partly": "È servito in parte",
    "not_helped": "Non è servito",
    "unknown": "Non si sa",
}
ACTORS = {"citizen": "la persona", "association": "l’associazione", "operator": "un operatore", "clock": "il programma"}
STEPS = {
    "new": "Da portare a mano", "queued": "In lista d’attesa", "offered": "Proposto un posto",
    "sent": "Inviata", "reminded": "Ricordata all’associazione", "accepted": "Accettata",
    "declined": "Non accettata", "unanswered": "Senza risposta", "handed": "Passata a un operatore",
    "under_way": "L’aiuto è cominciato", "closed": "Chiusa", "withdrawn": "Ritirata", "trial": "Prova",
    "urgency": "Cambiata l’urgenza", "merged": "Unita con un’altra uguale",
}  # fmt: skip
REASONS = {
    "no_places": "non c’è posto", "not_eligible": "non è per loro", "outside_area": "fuori zona",
    "no_answer": "la persona non risponde", "wrong_data": "dati sbagliati", "other": "un altro motivo",
    "merged": "è la stessa di un’altra", **URGENCY,
}  # fmt: skip
WHOM = {
    "me": "Per sé", "parent": "Per un genitore", "child": "Per un figlio o una figlia", "relative": "Per un familiare",
    "other": "Per un’altra persona",
}  # fmt: skip
Text = Annotated[str, Form()]


@dataclass(frozen=True, repr=False)
class Seen:
    """What the page shows. `chat`: the uid of the person's chat with us, where there is one."""

    case: Case
    proposal: Appointment | None
    steps: Sequence[Step]
    offers: dict[int, str]
    follower: str
    colleagues: Sequence[Colleague]
    others: Sequence[Line]
    chat: str | None


@router.get("/richieste/{uid}")
async def request_page(request: Request, office: Here, who: Who, uid: str) -> Response:
    """One request; that its person's data were looked at is written down."""
    look = office.read if who.role == "reader" else office.write
    seen = await look(_looked_at, who, uid)
    areas = {place.id: place.name for place in office.store.territory.localities.values()}
    return pages.page(
        request, "request.html", seen=seen, one=seen.case.referral, areas=areas, called=need_called, state=STATE,
        urgencies=URGENCY, outcomes=OUTCOMES, actors=ACTORS, steps=STEPS, reasons=REASONS, whom=WHOM,
        acts=who.role in FOLLOWERS, ours=who.role in STAFF, untaken=referrals.UNTAKEN,
    )  # fmt: skip


@router.get("/richieste/{uid}/altrove")
async def elsewhere(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Where it could go instead."""
    one, found = await office.read(_fitting, who, uid)
    return pages.page(request, "elsewhere.html", one=one, found=found, called=need_called)


@router.post("/richieste/{uid}/altrove")
async def reassign(request: Request, office: Here, who: Who, uid: str, offer: Text) -> Response:
    """Send it there."""
    said = await office.write(_reassign, who, uid, offer)
    return pages.back(request, f"/richieste/{uid}", said)


@router.post("/richieste/{uid}/prendi")
async def take_request(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Follow it oneself."""
    said = await office.write(_follow, who, uid, who.uid)
    return pages.back(request, f"/richieste/{uid}", "preso" if said == "affidata" else said)


@router.post("/richieste/{uid}/affida")
async def hand_over(request: Request, office: Here, who: Who, uid: str, colleague: Text) -> Response:
    """Give it to a colleague; who sees only their own does not see it any more."""
    said = await office.write(_follow, who, uid, colleague)
    return pages.back(request, f"/richieste/{uid}" if who.role in STAFF else "/richieste", said)


@router.post("/richieste/{uid}/urgenza")
async def hurry(request: Request, office: Here, who: Who, uid: str, urgency: Text) -> Response:
    """Say how urgent it is."""
    said = await office.write(_hurry, who, uid, urgency)
    return pages.back(request, f"/richieste/{uid}", said)


@router.post("/richieste/{uid}/chiudi")
async def close_request(request: Request, office: Here, who: Who, uid: str, outcome: Text) -> Response:
    """It is over, and how it went."""
    said = await office.write(_close, who, uid, outcome)
    return pages.back(request, f"/richieste/{uid}", said)


@router.post("/richieste/{uid}/unisci")
async def merge_requests(
    request: Request, office: Here, who: Who, uid: str, code: Text, stays: Text = "this", confirmed: Text = "",
) -> Response:  # fmt: skip
    """Join it to another that asks the same: one of the two stays. Different needs are asked about first."""
    done = await office.write(_merge, who, uid, code, other_stays=stays == "other", confirmed=bool(confirmed))
    if isinstance(done, tuple):
        one, other = done
        return pages.page(request, "merge.html", one=one, other=other, stays=stays, called=need_called)
    if isinstance(done, Referral):
        return pages.back(request, f"/richieste/{done.uid}", "unita")
    return pages.back(request, f"/richieste/{uid}", done)


@router.post("/richieste/{uid}/scrivi")
async def write_to_person(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Talk with its person, through the bot."""
    chat = await office.write(_contact, who, uid)
    return pages.back(request, f"/chat/{chat}")


def _found(tx: Transaction, who: Visitor, uid: str) -> Referral:
    """The request, if they may see it. Raises Missing."""
    referral = board.get(tx, who, uid)
    if referral is None:
        raise Missing
    return referral


def _looked_at(tx: Transaction, who: Visitor, uid: str) -> Seen:
    case = board.case(tx, who, uid)
    if case is None:
        raise Missing
    one, acts = case.referral, who.role in FOLLOWERS
    if case.details is not None:
        audit.note(tx, who.id, "read", "referral", uid=uid, whose=one.person_id, why=_why(tx, who, one))
    steps = referrals.timeline(tx, uid)
    colleagues = staff.colleagues(tx) if acts else []
    follower = next((other.name for other in colleagues if other.id == one.staff_id), "")
    if one.staff_id and not follower:
        follower = staff.names(tx, {one.staff_id}).get(one.staff_id, "")
    return Seen(
        case,
        Appointment.from_json(one.proposal) if one.proposal and who.role != "reader" else None,
        steps,
        board.offers_called(tx, {step.offer_id for step in steps if step.offer_id}),
        follower,
        [other for other in colleagues if other.id not in (who.id, one.staff_id)],
        board.others_of(tx, who, one) if acts and one.is_open else [],
        _chat(tx, one.person_id) if who.role in STAFF else None,
    )


def _why(tx: Transaction, who: Visitor, one: Referral) -> str:
    """For what reason somebody looks at whose a request is."""
    if who.role == "association":
        return "accepted"
    if one.staff_id == who.id:
        return "follows it"
    if one.due_at is not None and one.due_at < tx.now:
        return "past due"
    return "waits for an operator" if one.next_actor == "operator" else "looked up"


def _fitting(tx: Transaction, who: Visitor, uid: str) -> tuple[Referral, list[Match]]:
    """A request, and the best offers to which it was not sent yet; none once somebody said yes."""
    case = board.case(tx, who, uid)
    if case is None:
        raise Missing
    one, told = case.referral, case.details or {}
    if one.state not in referrals.UNTAKEN:
        return one, []
    group = one.group if one.group != one.need.partition(".")[0] else None
    needy = Needy(area=one.area or None, age=told.get("age"), group=group, home=told.get("home", False))
    tried = frozenset(referrals.tried_offers(tx, one.uid))
    catalogue = tx.store.catalogue.current(tx)
    taken = offers.taken(tx)
    return one, matching.find(catalogue, [(one.need, 1.0)], needy, tx.now, without=tried, taken=taken)[:MOST]


def _reassign(tx: Transaction, who: Visitor, uid: str, offer: str) -> str:
    _, found = _fitting(tx, who, uid)
    chosen = next((match.offer for match in found if match.offer.uid == offer), None)
    if chosen is None:
        return "tardi"
    sent = casework.reassign(tx, uid, chosen.id)
    if not isinstance(sent, Referral):
        return "pieno" if isinstance(sent, Full) else "tardi"
    sending.opened(tx, sent)
    audit.note(tx, who.id, "sent elsewhere", "referral", uid=uid, whose=sent.person_id, why="handled")
    return "inviata"


def _follow(tx: Transaction, who: Visitor, uid: str, colleague: str) -> str:
    _found(tx, who, uid)
    member = next((one for one in staff.colleagues(tx) if one.uid == colleague), None)
    if member is None:
        raise Missing
    done = casework.follow(tx, uid, member.id)
    return _noted(tx, who, done, "taken" if member.id == who.id else "handed over", "affidata")


def _hurry(tx: Transaction, who: Visitor, uid: str, urgency: str) -> str:
    _found(tx, who, uid)
    if urgency not in casework.URGENCIES:
        raise Missing
    return _noted(tx, who, casework.hurry(tx, uid, urgency), "changed", "urgenza")


def _close(tx: Transaction, who: Visitor, uid: str, outcome: str) -> str:
    _found(tx, who, uid)
    if outcome not in referrals.OUTCOMES:
        raise Missing
    return _noted(tx, who, casework.close(tx, uid, outcome), "closed", "chiusa")


def _merge(
    tx: Transaction, who: Visitor, uid: str, code: str, *, other_stays: bool, confirmed: bool
) -> Referral | str | tuple[Referral, Referral]:
    one, other = _found(tx, who, uid), board.by_code(tx, who, code)
    if other is None or other.uid == uid:
        return "codice"
    kept, ended = (other, one) if other_stays else (one, other)
    done = casework.merge(tx, kept.uid, ended.uid, confirmed=confirmed)
    if isinstance(done, Different):
        return one, other
    if isinstance(done, Late):
        return "tardi"
    for each in (kept, ended):
        audit.note(tx, who.id, "merged", "referral", uid=each.uid, whose=each.person_id, why="handled")
    return done


def _chat(tx: Transaction, person_id: int) -> str | None:
    """The chat that a person has with us now."""
    return next((row.uid for row in waiting.chat_of(tx, person_id)), None)


def _contact(tx: Transaction, who: Visitor, uid: str) -> str:
    one = _found(tx, who, uid)
    audit.note(tx, who.id, "wrote", "referral", uid=uid, whose=one.person_id, why="handled")
    row = chats.begin(tx, one.person_id)
    waiting.take(tx, row.id, who.id)  # they are told of it by «Rispondo io», after what its page says of them
    return row.uid


def _noted(tx: Transaction, who: Visitor, done: Referral | Late, action: str, said: str) -> str:
    """Write down what was done; the notice that says it, or that it was too late."""
    if isinstance(done, Late):
        return "tardi"
    audit.note(tx, who.id, action, "referral", uid=done.uid, whose=done.person_id, why="handled")
    return said
