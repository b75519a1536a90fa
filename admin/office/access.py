"""Who may do what: one table of routes and roles, and the guard that holds every request to it.

A route without an entry is refused when the application is made. Whose things somebody may see among those of a page is
decided where they are read (`kinds.py`, `catalog_store/board.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from admin.office.office import Office
from catalog_store import sessions, staff
from catalog_store.sessions import Visitor
from catalog_store.staff import ROLES

COOKIE = "ufficio"
EVERYBODY = frozenset(ROLES)
STAFF = frozenset({"administrator", "operator"})
FOLLOWERS = frozenset(staff.FOLLOWERS)
ADMINISTRATOR = frozenset({"administrator"})
NOBODY_YET: frozenset[str] = frozenset()  # who is not inside: the door itself

MAY: Mapping[str, frozenset[str]] = {  # the name of each route's function: who is let through
    "door": NOBODY_YET,
    "enter": NOBODY_YET,
    "invited": NOBODY_YET,
    "join": NOBODY_YET,
    "away": NOBODY_YET,
    "returned": NOBODY_YET,
    "linking": EVERYBODY,
    "leave": EVERYBODY,
    "today": EVERYBODY,
    "today_list": EVERYBODY,
    "myself": EVERYBODY,
    "leave_elsewhere": EVERYBODY,
    "own_phone": frozenset({"administrator", "operator", "social_worker", "association"}),
    "take": STAFF,
    "acknowledge": STAFF,
    "call": STAFF,
    "called": STAFF,
    "unanswered": STAFF,
    "finish": STAFF,
    "chat": STAFF,
    "chat_news": STAFF,
    "take_chat": STAFF,
    "answer": STAFF,
    "give_back": STAFF,
    "send_again": STAFF,
    "replay": STAFF,
    "requests_board": EVERYBODY,
    "request_page": EVERYBODY,
    "elsewhere": FOLLOWERS,
    "reassign": FOLLOWERS,
    "take_request": STAFF,
    "hand_over": FOLLOWERS,
    "hurry": FOLLOWERS,
    "close_request": FOLLOWERS,
    "merge_requests": FOLLOWERS,
    "write_to_person": STAFF,
    "enrolment": STAFF,
    "put_enrolment": ADMINISTRATOR,
    "add_body": STAFF,
    "invite_bodies": STAFF,
    "applications_board": STAFF,
    "application": STAFF,
    "approve_application": STAFF,
    "ask_about_application": STAFF,
    "refuse_application": STAFF,
    "form_rules": ADMINISTRATOR,
    "put_form_rules": ADMINISTRATOR,
    "pact_printed": NOBODY_YET,  # what binds the network is public; a draft is not printed
    "pact_versions": STAFF,
    "make_pact": ADMINISTRATOR,
    "pact_page": STAFF,
    "change_pact": ADMINISTRATOR,
    "open_pact": ADMINISTRATOR,
    "record_copy": STAFF,
    "end_party": STAFF,
    "agreements_page": STAFF,
    "make_agreement": STAFF,
    "agreement_page": STAFF,
    "change_agreement": STAFF,
    "end_agreement": STAFF,
    "codes": ADMINISTRATOR,
    "make_code": ADMINISTRATOR,
    "revoke_code": ADMINISTRATOR,
    "members": ADMINISTRATOR,
    "end_member": ADMINISTRATOR,
    "looks": ADMINISTRATOR,
    "exchange": ADMINISTRATOR,
    "try_list": ADMINISTRATOR,
    "import_list": ADMINISTRATOR,
    "export_catalogue": ADMINISTRATOR,
    "offers_board": STAFF,
    "offer_page": STAFF,
    "confirm_offer": STAFF,
    "move_offer": STAFF,
    "close_offer": STAFF,
    "reopen_offer": STAFF,
    "phrases": STAFF,
    "try_phrase": STAFF,
    "teach": STAFF,
    "unteach": STAFF,
}
PASSIVE = frozenset({"today_list", "chat_news"})  # asked by the page itself: that somebody is there is not known by it


class Entry(Exception):
    """They are not inside: to the door, and then back to where they wanted to go."""


class Forbidden(Exception):
    """Their role does not do this, or what they ask for is somebody else's."""


class Missing(Exception):
    """There is no such thing."""


async def guard(request: Request) -> None:
    """Let a request through, as the table says. Raises Entry and Forbidden."""
    name = request.scope["route"].name
    allowed = MAY[name]
    if allowed is NOBODY_YET:
        return
    office: Office = request.app.state.office
    token = request.cookies.get(cookie(office), "")
    visitor: Visitor | None = await office.read(sessions.visitor, token) if token else None
    if visitor is None:
        raise Entry
    if visitor.role not in allowed:
        raise Forbidden
    if visitor.stale and name not in PASSIVE:
        await office.write(sessions.seen, visitor.session)
    request.state.visitor = visitor


def cookie(office: Office) -> str:
    """The name of the cookie: by https, one that no other site of the domain can set."""
    return f"__Host-{COOKIE}" if office.secure else COOKIE


def is_complete(app: FastAPI) -> None:
    """Raise RuntimeError for a route that the table does not know, or an entry without a route."""
    routes = {one.route.name for one in iter_route_contexts(app.routes) if isinstance(one.route, APIRoute)}
    if routes != set(MAY):
        raise RuntimeError(f"access.MAY and the routes differ: {sorted(routes ^ set(MAY))}")
