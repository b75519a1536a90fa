"""Public pages made of templates, with what each of them shows: the town, the languages, the ways out."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from admin.public.desk import Desk, language_of, url
from admin.public.words import WORDS, said
from catalog_store.hours import in_words
from dialogs.locale import LANGUAGES, is_right_to_left, spoken
from dialogs.safety.helplines import helplines

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
FOR_VIOLENCE = "1522"


def page(request: Request, template: str, status: int = 200, *, delicate: bool = False, **values: Any) -> HTMLResponse:
    """A template, filled in. `delicate`: it is about violence, and says who listens."""
    desk: Desk = request.app.state.desk
    language, town = language_of(request), desk.store.territory
    listens = helplines().get(FOR_VIOLENCE) if delicate else None
    made = _templates().get_template(template).render(
        base=desk.base, url=partial(url, desk, language), t=SimpleNamespace(**said(language)), language=language,
        direction="rtl" if is_right_to_left(language) else "ltr", town=town.municipality,
        trial=desk.store.trial, languages=_languages(request, desk),
        listens=spoken(listens.said(language=language), language) if listens else "", **values,
    )  # fmt: skip
    return HTMLResponse(made, status)


def told(request: Request, status: int, what: str) -> HTMLResponse:
    """A page that says one thing: `what` is in WORDS, and so is why. The telephone of the town's desk is there too."""
    reason = WORDS[f"{what}_why"]
    language = language_of(request)
    return page(
        request, "told.html", status, heading=said(language)[what], reason=spoken(reason, language),
        offices=offices(request.app.state.desk, language),
    )  # fmt: skip


def offices(desk: Desk, language: str) -> list[tuple[str, str, str, str]]:
    """The town's desks: name, address, telephone, hours. Where to go when nothing was found."""
    return [
        (one.name, one.address, one.phone, in_words(one.hours, language))
        for one in desk.store.territory.offices.values()
    ]


def _languages(request: Request, desk: Desk) -> list[tuple[str, str, str]]:
    """(code, name, address of this page in it); of a page that answers a form, the first page."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    asked = {name: value for name, value in request.query_params.items() if name.isidentifier()}
    path, asked = (path, asked) if request.method == "GET" else ("/", {})
    query = f"?{urlencode(asked)}" if asked else ""
    return [(code, name, url(desk, code, path) + query) for code, name in LANGUAGES.items()]


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(HERE / "templates")
    return Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
