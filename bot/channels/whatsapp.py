"""WhatsApp through Twilio, outgoing: a bubble as what can be tapped, as numbered text, or as the knock.

A shape that WhatsApp refused is left out for a day: its bubbles go as numbered text at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from bot import voice
from bot.channels import contents, whatsapp_forms
from bot.channels.contents import Shape
from bot.channels.twilio_client import CONNECTIONS, TIMEOUT, connect
from bot.channels.twilio_errors import error_of
from bot.deliver import Channel, ChannelError, Letter
from bot.house import House
from bot.logs import log
from bot.voice import Unheard
from catalog_store import contents as known_contents
from catalog_store import deliveries
from dialogs import screens

if TYPE_CHECKING:
    from requests import Response
    from twilio.rest import Client

P = ParamSpec("P")
T = TypeVar("T")
CHANNEL = "whatsapp"
OWN = ".twilio.com"  # the end of every host that Twilio keeps files on
PACE, RATE = 1.0, 80.0  # seconds: two messages sent at once may arrive in any order; Twilio: 80 a second
REFUSED = timedelta(days=1)  # how long a refused shape is left out
SKEW = timedelta(minutes=1)  # between Twilio's clock and ours
LONGEST = 36_000  # seconds that Twilio keeps what it cannot hand over, if not told otherwise
STATUS = "/whatsapp/status"  # where Twilio tells what became of a message


class WhatsApp(Channel):
    """The WhatsApp sender of one installation."""

    account, pace, rate = CHANNEL, PACE, RATE

    def __init__(self, house: House) -> None:
        self.house = house
        self.templates = house.settings.templates()
        self._hands = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="whatsapp")

    @cached_property
    def client(self) -> Client:
        """Twilio's client, made when first needed."""
        return connect(self.house.settings)

    async def send(self, letter: Letter) -> str | None:
        """Hand it to Twilio; the message's SID. Raises ChannelError."""
        return await self.work(self._send, letter)

    async def say(self, address: str, text: str) -> None:
        """Say this at once, past the outbox. Raises ChannelError."""
        await self.work(partial(self._create, plain=True), address, {"body": text})

    async def sound(self, url: str) -> bytes:
        """What is in a file that somebody sent. Raises Unheard, and the errors of requests."""
        return await self.work(self._sound, url)

    async def forget(self, url: str) -> None:
        """Have Twilio delete such a file; where it does not, its own time limit does."""
        from requests.exceptions import RequestException

        try:
            await self.work(self._file, "DELETE", url)
        except (RequestException, Unheard) as error:
            log().warning("whatsapp.file_kept", kind=type(error).__name__)

    async def close(self) -> None:
        """Let the threads go; what they are sending ends by itself."""
        self._hands.shutdown(wait=False)

    async def work(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Speak with Twilio in a thread of this channel's own: a slow Twilio keeps nothing else waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._hands, partial(act, *args, **named))

    def _sound(self, url: str) -> bytes:
        with self._file("GET", url) as answer:
            sound = answer.raw.read(voice.SIZE + 1)
        if len(sound) > voice.SIZE:
            raise Unheard
        return bytes(sound)

    def _file(self, method: str, url: str) -> Response:
        """Ask for a file with our credentials, which are shown to nobody but Twilio."""
        import requests

        settings, at = self.house.settings, urlsplit(url)
        ours = at.scheme == "https" and (at.hostname or "").endswith(OWN)
        if not ours and not (settings.twilio_api_base and url.startswith(f"{settings.twilio_api_base}/")):
            raise Unheard
        credentials = settings.twilio_account_sid, settings.twilio_auth_token
        answer = requests.request(method, url, auth=credentials, timeout=TIMEOUT, stream=method == "GET")
        answer.raise_for_status()
        return answer

    def _send(self, letter: Letter) -> str:
        content = self._content(letter)
        if letter.doubt is not None and (there := self._there(letter.address, content, letter.doubt)):
            return there
        if letter.expires_at is not None:
            left = int((letter.expires_at - self.house.store.clock()).total_seconds())
            if left < LONGEST:
                content["validity_period"] = max(left, 1)
        try:
            return self._create(letter.address, content, plain="content_sid" not in content)
        except ChannelError as error:
            shape = contents.shape_of(screens.whatsapp(letter.bubble)) if error.fault == "shape" else None
            if shape is not None:
                refuse(self.house, shape)
            raise

    def _there(self, address: str, content: dict[str, Any], since: datetime) -> str | None:
        """The SID under which Twilio took this all the same: one that we were not told. None also where none is told.

        Twilio lists a message's words, but not every kind's.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        words = content.get("body") or json.loads(content.get("content_variables", "{}")).get("1", "")
        sender = self.house.settings.twilio_whatsapp_from
        try:
            listed = self.client.messages.list(to=address, from_=sender, date_sent_after=since - SKEW, limit=50)
        except (RequestException, TwilioException) as error:
            log().warning("whatsapp.doubt_stays", kind=type(error).__name__)
            return None
        with self.house.store.reading() as tx:
            ours = deliveries.known(tx, CHANNEL, [str(one.sid) for one in listed])
        for one in listed:
            failed = whatsapp_forms.STATES.get(str(one.status)) == "failed"
            if one.sid not in ours and not failed and _bare(words) in _bare(one.body or words):
                return str(one.sid)
        return None

    def _content(self, letter: Letter) -> dict[str, Any]:
        """The parameters of Twilio's request that say what is sent."""
        if letter.form == "knock":
            sid = self.templates.get(letter.language) or self.templates.get("it")
            if sid is None:
                raise ChannelError("no_template", "content")
            return {"content_sid": sid}
        message = screens.whatsapp(letter.bubble, letter.language)
        shape = contents.shape_of(message) if letter.form == "tapped" else None
        sid = self._sid(shape) if shape else None
        if sid is None:
            return {"body": screens.written(letter.bubble, screens.LIMITS[CHANNEL].text)}
        return {"content_sid": sid, "content_variables": contents.variables(message)}

    def _sid(self, shape: Shape) -> str | None:
        account = self.house.settings.twilio_account_sid
        with self.house.store.reading() as tx:
            return known_contents.sid(tx, account, shape.name, refused_before=tx.now - REFUSED)

    def _create(self, address: str, content: dict[str, Any], *, plain: bool) -> str:
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException, TwilioRestException

        settings = self.house.settings
        try:
            made = self.client.messages.create(
                to=address, from_=settings.twilio_whatsapp_from,
                status_callback=f"{settings.public_base_url}{STATUS}", **content,
            )  # fmt: skip
        except TwilioRestException as error:  # what it says may quote the message
            raise error_of(error.code, status=int(error.status), plain=plain) from None
        except (RequestException, TwilioException) as error:
            raise ChannelError(type(error).__name__, doubtful=_may_be_taken(error)) from None
        return str(made.sid)


def _may_be_taken(error: Exception) -> bool:
    """Surely not only where no connection came about; what is cut later may have been taken before."""
    from requests.exceptions import ConnectTimeout, RequestException
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, RequestException) and not isinstance(error, ConnectTimeout) and (
        not isinstance(reason, NewConnectionError)
    )  # fmt: skip


def _bare(text: str) -> str:
    """Without spaces and line breaks, of which Twilio keeps not all."""
    return "".join(text.split())


def refuse(house: House, shape: Shape) -> None:
    """WhatsApp would not take this shape: for a day its bubbles go as numbered text."""
    with house.store.begin() as tx:
        known_contents.refuse(tx, shape.name)
