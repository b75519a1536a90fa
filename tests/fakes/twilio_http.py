"""The fake Twilio over HTTP, on this machine: what the real client calls."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.fakes.twilio import ACCOUNT, TOKEN, Refused, Twilio

OWN = ("shown", "number", "validity", "content", "media", "file")  # what only the fake knows of a message
CREATED = 201
_MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"


class Handler(BaseHTTPRequestHandler):
    """One request of the client's."""

    twilio: Twilio

    def log_message(self, *arguments: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def do_DELETE(self) -> None:
        name = self.path.rpartition("/")[2]
        held: dict[str, Any] = self.twilio.files if name in self.twilio.files else self.twilio.contents
        self._answer(lambda: (204, held.pop(name, None) and {}))

    def _answer(self, act: Any) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self.sent = self.rfile.read(length).decode()
        moods = self.twilio.moods
        try:
            status, told = self._moody() or act()
            if moods.unanswered and status == CREATED:
                moods.unanswered -= 1
                self.close_connection = True
                return
        except Refused as refused:
            status = refused.status
            told = {"code": refused.number, "message": refused.words, "status": status, "more_info": ""}
        body = told if isinstance(told, bytes) else json.dumps(told).encode() if told is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "audio/ogg" if isinstance(told, bytes) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _moody(self) -> tuple[int, dict[str, Any]] | None:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {expected}":
            raise Refused(401, 20003, "Authenticate")
        moods = self.twilio.moods
        if moods.slow:
            time.sleep(moods.slow)
        if moods.answers:
            status = moods.answers.popleft()
            raise Refused(status, 20429 if status == 429 else 20500, "in a mood")
        return None

    def _get(self) -> tuple[int, dict[str, Any] | bytes]:
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if path == f"{_MESSAGES}.json":
            after = query.get("DateSent>")
            since = datetime.fromisoformat(after).astimezone(UTC) if after else None
            found = [shown(one) for one in self.twilio.listed(query.get("To", ""), query.get("From", ""), since)]
            return 200, _page(found, int(query.get("Page", "0")), int(query.get("PageSize", "50")), query)
        if media := re.fullmatch(rf"{_MESSAGES}/(SM\w+)/Media\.json", path):
            parent = self.twilio.find(media[1])
            sid = parent["file"] or "ME" + "0" * 32
            one = {"sid": sid, "content_type": parent["media"], "parent_sid": media[1]}
            listed = [one | {"uri": f"{_MESSAGES}/{media[1]}/Media/{sid}.json"}] if parent["media"] else []
            return 200, {"media_list": listed, "page": 0, "page_size": 50, "next_page_uri": None}
        if named := re.fullmatch(rf"{_MESSAGES}/(SM\w+)\.json", path):
            return 200, shown(self.twilio.find(named[1]))
        if path.startswith(_MESSAGES) and (name := path.rpartition("/")[2]) in self.twilio.files:
            return 200, self.twilio.files[name]
        if path == "/v1/Content":
            return 200, {"contents": list(self.twilio.contents.values()), "meta": {"key": "contents", "page": 0}}
        if (sid := path.rpartition("/")[2]) in self.twilio.contents:
            return 200, self.twilio.contents[sid]
        raise Refused(404, 20404, "Not found")

    def _post(self) -> tuple[int, dict[str, Any]]:
        if self.path == f"{_MESSAGES}.json":
            return CREATED, shown(self.twilio.create(dict(parse_qsl(self.sent, keep_blank_values=True))))
        if self.path == "/v1/Content":
            return CREATED, self.twilio.add_content(json.loads(self.sent))
        raise Refused(404, 20404, "Not found")


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the API tells it."""
    return {name: value for name, value in message.items() if name not in OWN}


def _page(found: list[dict[str, Any]], page: int, size: int, query: dict[str, str]) -> dict[str, Any]:
    from urllib.parse import urlencode

    more = len(found) > (page + 1) * size
    following = f"{_MESSAGES}.json?{urlencode(query | {'Page': str(page + 1), 'PageSize': str(size)})}"
    return {
        "messages": found[page * size : (page + 1) * size], "page": page, "page_size": size,
        "next_page_uri": following if more else None,
    }  # fmt: skip


@contextmanager
def answering(twilio: Twilio, port: int = 0) -> Iterator[str]:
    """The fake, answering; its base address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Answers", (Handler,), {"twilio": twilio}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
