"""Talking with a person: the conversation as they see it, taken over, answered and given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from admin.office import pages
from admin.office.access import Missing
from admin.office.kinds import DANGERS, LEVELS, need_called
from admin.office.office import Here, Office, Who
from catalog_store import audit, calendars, hours, people, reach, staff, waiting
from catalog_store.connect import Transaction
from catalog_store.reach import Ways
from catalog_store.sessions import Visitor
from catalog_store.waiting import Waiting
from dialogs import chats
from dialogs.chats import Line, Outcome
from dialogs.screens import LIMITS

router = APIRouter(default_response_class=HTMLResponse)
SIGNATURE = 80  # characters that are left for who answers
CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "webchat": "chat del sito", "terminal": "terminale"}
TITLES = {
    "danger": "Pericolo", "operator": "Chiede una persona", "mediator": "Chiede un mediatore", "fault": "Guasto",
    "call": "Telefonata da fare",
}  # fmt: skip
READY = {  # sentences to begin with; what they leave open is written by hand
    "saluto": "Buongiorno, ho letto quello che ha scritto.",
    "cerco": "Sto cercando una risposta. Le scrivo qui appena la trovo.",
    "chiamo": "La chiamo io oggi alle … . A quale numero?",
    "domanda": "Mi può dire qualcosa in più?",
    "saluti": "Abbiamo finito. Se le serve altro, scriva qui.",
}
REFUSED = {
    "empty": "Non c’è ancora niente da mandare.",
    "stale": "Intanto è arrivato qualcosa di nuovo, e la risposta non è partita. Legga, poi la mandi.",
    "taken": "Adesso se ne occupa un’altra persona. La risposta non è partita.",
    "over": "Questa chat è già tornata al programma. La risposta non è partita.",
    "long": "È troppo lunga per il suo canale. La divida in due.",
    "gone": "A questa persona non si può più scrivere.",
}
Refusal = Outcome | Literal["empty", "stale"]


@dataclass(frozen=True, repr=False)
class View:
    """What is shown. `mark`: of all that can change; `seen`: how far the conversation was read; `over`: it is done."""

    row: Waiting
    title: str
    about: str
    lines: Sequence[Line]
    holder: int | None
    in_chat: bool
    seen: str
    mark: str = ""
    person: people.Person | None = None
    phone: str = ""
    way: str = ""
    quiet: bool = False  # they wrote of violence: somebody else may read, unless they have just written
    most: int = 0
    opens: datetime | None = None
    hours: str = ""

    @property
    def over(self) -> bool:
        """Has it gone back to the program?"""
        return self.row.done_at is not None


@router.get("/chat/{uid}")
async def chat(request: Request, office: Here, who: Who, uid: str) -> Response:
    """The page; that it was looked at is written down."""
    view, names = await office.write(_opened, who, uid, office.settings.ways())
    return _page(request, view, names, signed=request.query_params.get("firma") != "no")


@router.get("/chat/{uid}/nuovi")
async def chat_news(request: Request, office: Here, who: Who, uid: str, mark: str = "") -> Response:
    """What was said, asked again and again by the page; nothing, where it is as `mark` says that it was."""
    if not await office.read(audit.has_read, who.id, uid):
        raise Missing  # the page was never opened: there it is written down
    view, names = await office.read(_seen, uid, office.settings.ways())
    if view.mark == mark:
        return Response(status_code=204)
    return _page(request, view, names, template="chat_lines.html")


@router.post("/chat/{uid}/prendi")
async def take_chat(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Answer oneself from now on; from whoever does, where that is asked for."""
    form = await request.form()
    row, taken = await office.write(_take, who, uid, over="over" in form)
    if row.done_at is not None:
        return pages.back(request, "/", "gia")
    if text := str(form.get("text", "")):  # what they wanted to say when somebody else had the chat
        return await _again(request, office, who, row.uid, text=text, signed="signed" in form)
    return pages.back(request, f"/chat/{row.uid}", "preso" if taken else "")


@router.post("/chat/{uid}/rispondi")
async def answer(request: Request, office: Here, who: Who, uid: str) -> Response:
    """Say it, unless something new has come; or put one of the ready sentences into what is being written."""
    form = await request.form()
    text, signed = str(form.get("text", "")).strip(), "signed" in form
    if (ready := READY.get(str(form.get("ready", "")))) is not None:
        return await _again(request, office, who, uid, text="\n".join(filter(None, (text, ready))), signed=signed)
    name = who.name if signed else ""
    outcome: Refusal = "empty"
    if text:
        outcome = await office.write(_answer, who, uid, text, str(form.get("seen", "")), name)
    if outcome == "sent":
        return pages.back(request, f"/chat/{uid}" + ("" if signed else "?firma=no"), "inviato")
    return await _again(request, office, who, uid, text=text, signed=signed, wrong=REFUSED[outcome])


@router.post("/chat/{uid}/ridai")
async def give_back(request: Request, office: Here, who: Who, uid: str) -> Response:
    """The program answers again, and takes up what was open before."""
    done = await office.write(_give_back, who, uid)
    return pages.back(request, "/" if done else f"/chat/{uid}", "ridata" if done else "")


async def _again(
    request: Request, office: Office, who: Visitor, uid: str, *, text: str, signed: bool, wrong: str = ""
) -> Response:
    """The page as it is now, with what was written in it."""
    view, names = await office.write(_looked, who, uid, office.settings.ways())
    return _page(request, view, names, text=text, signed=signed, wrong=wrong, status=409 if wrong else 200)


def _page(  # noqa: PLR0913  each is shown
    request: Request, view: View, names: dict[int, str], *, text: str = "", wrong: str = "", signed: bool = True,
    status: int = 200, template: str = "chat.html",
) -> Response:  # fmt: skip
    return pages.page(
        request, template, status, view=view, names=names, text=text, wrong=wrong, signed=signed, ready=READY,
        channels=CHANNELS, language_called=_language_called,
    )  # fmt: skip


def _row(tx: Transaction, uid: str) -> Waiting:
    row = waiting.by_uid(tx, uid)
    if row is None or row.kind not in (*waiting.CHATS, "call"):
        raise Missing
    return row


def _opened(tx: Transaction, who: Visitor, uid: str, ways: Ways) -> tuple[View, dict[int, str]]:
    view, names = _looked(tx, who, uid, ways)
    if view.over:
        raise Missing
    return view, names


def _looked(tx: Transaction, who: Visitor, uid: str, ways: Ways) -> tuple[View, dict[int, str]]:
    """The page, and the row that says who looked; of a chat that is over nothing is shown."""
    view, names = _seen(tx, uid, ways)
    if not view.over:
        audit.note(tx, who.id, "read", view.row.kind, uid=uid, whose=view.row.person_id, why=view.row.kind)
    return view, names


def _seen(tx: Transaction, uid: str, ways: Ways) -> tuple[View, dict[int, str]]:
    row = _row(tx, uid)
    open_ones = [] if row.done_at is not None else waiting.chat_of(tx, row.person_id)
    lines = chats.conversation(tx, row.person_id) if row.done_at is None else []
    view = View(
        row, TITLES[row.kind], _about(row), lines, waiting.holder(open_ones), chats.in_chat(open_ones),
        chats.mark(lines),
    )  # fmt: skip
    if not view.over:
        view = _with_person(tx, view, ways)
    names = staff.names(tx)
    said = [(line.id, line.whose, line.text, line.state, line.offered) for line in lines]
    shown = repr((view.over, said, view.holder, names.get(view.holder or 0), view.in_chat, view.way))
    return replace(view, mark=sha256(shown.encode()).hexdigest()[:16]), names


def _with_person(tx: Transaction, view: View, ways: Ways) -> View:
    person, town = chats.reader(tx, view.row.person_id), tx.store.territory
    opens = calendars.next_opening(tx.now, tx.store.calendar)
    view = replace(view, opens=opens, hours=hours.in_words(town.operators))
    if person is None:
        return view
    most = LIMITS.get(person.channel, LIMITS["whatsapp"]).text - SIGNATURE
    phone = people.number_of(tx, person.id)
    return replace(
        view,
        person=person,
        phone=phone,
        way=_way(tx, person, ways, known=bool(phone)),
        most=most,
        quiet=people.is_quiet(person, tx.now),
    )


def _way(tx: Transaction, person: people.Person, ways: Ways, *, known: bool) -> str:
    """What becomes of an answer that is sent now."""
    doors = sorted(people.doors(tx, person.id), key=lambda door: door.id != person.address_id)
    message = reach.Message("human", person.language, tappable=False, phone=known)
    match reach.next_step(message, doors, ways, tx.now, stopped=person.stopped):
        case reach.Send(address_id, "knock"):
            return (
                "Non scrive da un giorno, e WhatsApp lascia passare solo un avviso: «C’è un messaggio per lei». "
                "La sua risposta la legge quando scrive di nuovo."
            )
        case reach.Send(address_id):
            door = next(one for one in doors if one.id == address_id)
            if door.channel in reach.PAGES:
                return "La legge quando apre la pagina della chat."
            return f"Le arriva subito su {CHANNELS.get(door.channel, door.channel)}."
        case reach.Call():
            return "In chat non le arriva. Quello che scrive diventa una telefonata da fare."
        case _:
            return "Adesso non c’è modo di fargliela arrivare."


def _about(row: Waiting) -> str:
    """What is known of why they wait."""
    note = row.note
    told = [
        DANGERS.get(note.get("kind", ""), ""), LEVELS.get(note.get("level", ""), ""),
        "forse un minore" if "child" in note else "", need_called(note.get("about", "")),
        "potrebbe scrivere un’altra persona" if "unsure" in note else "",
    ]  # fmt: skip
    return ", ".join(filter(None, told))


def _take(tx: Transaction, who: Visitor, uid: str, *, over: bool) -> tuple[Waiting, bool]:
    row = _row(tx, uid)
    if row.kind == "call" and row.done_at is None:
        row = chats.begin(tx, row.person_id)
    return row, chats.take_over(tx, row, who.id, over=over)


def _answer(tx: Transaction, who: Visitor, uid: str, text: str, seen: str, name: str) -> Refusal:
    row = _row(tx, uid)
    chat = waiting.chat_of(tx, row.person_id, held=True)  # before looking at what is new
    if waiting.holder(chat) == who.id and chats.mark(chats.conversation(tx, row.person_id)) != seen:
        return "stale"
    return chats.answer(tx, row, text, staff_id=who.id, name=name)


def _give_back(tx: Transaction, who: Visitor, uid: str) -> bool:
    row = _row(tx, uid)
    if row.kind == "call":  # it is done when somebody was called
        raise Missing
    return chats.finish(tx, row, who.id)


@cache
def _language_called(code: str) -> str:
    """What a language is called in Italian."""
    from babel import Locale

    return str(Locale("it").languages.get(code, code))
