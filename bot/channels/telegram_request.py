"""How the library's client speaks HTTP: over aiohttp, in a quarter of the processor time of the library's own.

What cannot be read, or cannot be reached, is told by its kind alone: the address has the token, the answer has words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

AGENT = {"User-Agent": "Tessere"}


class Unanswered(NetworkError):
    """The connection was lost after something was sent: it may have been taken."""


def fields(said: Mapping[str, Any]) -> RequestData:
    """What a call of the Bot API says, as it is: no objects are made of it first."""
    return RequestData([RequestParameter(name, value, None) for name, value in said.items()])


class Request(BaseRequest):
    """At most `connections` requests at once, each for `patience` seconds unless its caller waits longer."""

    def __init__(self, connections: int, patience: float) -> None:
        self.connections, self.patience = connections, patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds; the library adds its own to it for a long poll."""
        return self.patience

    async def initialize(self) -> None:
        """Nothing: the session belongs to the loop of the first request."""

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body. Raises TimedOut, Unanswered, NetworkError."""
        del write_timeout, connect_timeout, pool_timeout
        seconds = read_timeout if isinstance(read_timeout, int | float) else self.patience
        try:
            async with self._open(url).request(
                method, url, timeout=aiohttp.ClientTimeout(total=seconds), **_body(request_data)
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientConnectorError as error:
            raise NetworkError(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unanswered(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Raises TelegramError when it is no JSON. The library's own would write it into the log."""
        try:
            parsed: dict[str, Any] = json.loads(payload)
        except ValueError:
            raise TelegramError("not JSON") from None
        return parsed

    def _open(self, url: str) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.connections), headers=AGENT, proxy=_proxy(url)
            )
        return self._session


def _proxy(url: str) -> str | None:
    """The proxy that the environment names, looked up once: aiohttp would ask two threads at each request."""
    to = urlsplit(url)
    return None if proxy_bypass(to.netloc) else getproxies().get(to.scheme)


def _body(data: RequestData | None) -> dict[str, Any]:
    """As JSON, which is made several times faster than a form; files need a form."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"json": data.parameters}
    form = aiohttp.FormData(data.json_parameters)
    for name, (file, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file, content_type=kind)
    return {"data": form}
