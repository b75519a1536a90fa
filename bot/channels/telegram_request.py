"""How the library's client speaks HTTP: over aiohttp, in a quarter of the processor time of the library's own.

What cannot be read, or cannot be reached, is told by its kind alone: the address has the token, the answer has words.
"""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

AGENT = {"User-Agent": "Tessere"}


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
        """The status and the body. Raises TimedOut, NetworkError."""
        del write_timeout, connect_timeout, pool_timeout
        seconds = read_timeout if isinstance(read_timeout, int | float) else self.patience
        try:
            async with self._open().request(
                method, url, timeout=aiohttp.ClientTimeout(total=seconds), **_body(request_data)
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Raises TelegramError when it is no JSON. The library's own would write it into the log.

        Of a message of ours only its number is read back: to make objects of its buttons costs more than to send it.
        """
        try:
            parsed: dict[str, Any] = json.loads(payload)
        except ValueError:
            raise TelegramError("not JSON") from None
        match parsed:
            case {"result": {"message_id": _, "date": _, "chat": _} as sent}:
                parsed["result"] = {name: sent[name] for name in ("message_id", "date", "chat")}
        return parsed

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.connections), headers=AGENT, trust_env=True
            )
        return self._session


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
