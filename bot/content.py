"""The message shapes made known to Twilio: what is missing is created, what is there is remembered, nothing twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.channels import contents
from bot.channels.twilio_client import connect
from bot.channels.twilio_errors import TOO_MANY
from bot.house import House
from catalog_store import contents as known_contents
from catalog_store.settings import SettingsFault

if TYPE_CHECKING:
    from twilio.rest import Client

T = TypeVar("T")
CREATED = (200, 201)
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # seconds, when Twilio says that it is too much


class ContentFault(Exception):
    """Twilio would not do it. Its number and words are about the template, never about a person."""


def sync(house: House, *, waits: tuple[float, ...] = WAITS) -> Iterator[tuple[str, str, bool]]:
    """(name, SID, whether it was created now) of each template. Raises SettingsFault, ContentFault."""
    settings = house.settings
    if not settings.twilio_account_sid:
        raise SettingsFault("TWILIO_ACCOUNT_SID: it is needed to make the message shapes known to Twilio")
    client = connect(settings)
    there = _patient(partial(_listed, client), waits)
    sids: dict[str, str] = {}
    for request in (*(shape.request() for shape in contents.SHAPES), *contents.knock_requests()):
        name = request["friendly_name"]
        sids[name] = there.get(name) or _patient(partial(_created, client, request), waits)
        yield name, sids[name], name not in there
    with house.store.begin() as tx:
        known_contents.remember(tx, settings.twilio_account_sid, sids)


def _patient(act: Callable[[], T], waits: tuple[float, ...]) -> T:
    """Do it, again when Twilio says "too many", each time later."""
    for wait in waits:
        with suppress(_TooMany):
            return act()
        time.sleep(wait)
    raise ContentFault("Twilio keeps saying that it is too much at once: try again later")


class _TooMany(Exception):
    """Twilio's 429."""


def _listed(client: Client) -> dict[str, str]:
    """Name → SID of every template in the account."""
    from twilio.base.exceptions import TwilioException

    try:
        return {str(one.friendly_name): str(one.sid) for one in client.content.v1.contents.list(page_size=500)}
    except TwilioException as error:  # of a page, the library says no more than the answer that it got
        status = getattr(error.args[-1], "status_code", 0)
        if status == TOO_MANY:
            raise _TooMany from None
        raise ContentFault(f"Twilio would not list the templates: {status}") from None


def _created(client: Client, wanted: dict[str, Any]) -> str:
    """Create it; its SID. The library's own method would also send a null for each kind of content that it is not."""
    answer = client.request(
        "POST", f"{client.content.base_url}/v1/Content", data=wanted, headers={"Content-Type": "application/json"}
    )
    if answer.status_code == TOO_MANY:
        raise _TooMany
    if answer.status_code not in CREATED:
        raise ContentFault(f"Twilio would not create {wanted['friendly_name']}: {answer.status_code} {answer.text}")
    return str(json.loads(answer.text)["sid"])


def templates() -> str:
    """The texts to submit for approval, as Twilio's console asks for them."""
    told = []
    for request in contents.knock_requests():
        quick = request["types"]["twilio/quick-reply"]
        (button,) = quick["actions"]
        told.append(
            f"{request['friendly_name']}\n  language: {request['language']}   category: UTILITY   type: quick reply\n"
            f"  body:   {quick['body']}\n  button: {button['title']} (id: {button['id']})"
        )
    return "\n\n".join(told)
