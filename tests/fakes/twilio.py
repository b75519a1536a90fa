"""A Twilio of our own, as strict as the real one documents itself: what it takes, refuses, and tells afterwards.

It knows WhatsApp only. Sources: twilio.com/docs/messaging/api/message-resource, /docs/content, /docs/api/errors. The
rules of a Content template are those for approval (`strict`); a message that WhatsApp refuses is taken first, and its
failure is told by a status callback, as the real one does. Nothing of it is called from the program itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

ACCOUNT, TOKEN = "AC" + "a1" * 16, "12345"
SENDER = "whatsapp:+390550000000"
WINDOW = timedelta(hours=24)
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
TITLE, ITEM, DESCRIPTION, CONTENT_BODY, ROW_ID, BODY = 20, 24, 72, 1024, 200, 1600
LONG_SPACES, LINE_BREAKS = re.compile(r"[^\S\n]{5,}"), re.compile(r"\n\s*\n")


class Refused(Exception):
    """An answer of Twilio's that is not a success: HTTP status, error number."""

    def __init__(self, status: int, number: int, words: str) -> None:
        super().__init__(words)
        self.status, self.number, self.words = status, number, words


@dataclass
class Moods:
    """How it misbehaves. `answers`: HTTP statuses given to the next requests instead of doing them."""

    answers: deque[int] = field(default_factory=deque)
    slow: float = 0.0  # seconds before each answer
    unanswered: int = 0  # so many messages are taken, and the connection is cut before the answer
    refuse_interactive: int = 0  # the number with which every message that can be tapped is refused
    refuse_at_once: bool = False  # by the answer itself, instead of a status callback
    lost: bool = False  # no webhook is called
    twice: bool = False  # each webhook is called twice
    shuffled: random.Random | None = None  # status callbacks come in any order, some twice
    early: bool = False  # the callbacks come before the answer
    silent: bool = False  # no status callback at all


@dataclass
class Twilio:
    """One account. `public` is the address that it believes it calls, `app` the one where the program listens."""

    app: str = ""
    public: str = "https://chat.example.org"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    strict: bool = True
    moods: Moods = field(default_factory=Moods)
    messages: list[dict[str, Any]] = field(default_factory=list)
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)  # by their SID
    base: str = "https://api.twilio.com"  # of the addresses of files
    written_at: dict[str, datetime] = field(default_factory=dict)  # address → their last message
    blocked: set[str] = field(default_factory=set)
    callbacks: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    telling: list[threading.Thread] = field(default_factory=list)  # those that come before the answer
    hooked: list[int] = field(default_factory=list)  # HTTP statuses that the webhook answered
    lock: threading.RLock = field(default_factory=threading.RLock)

    # ------------------------------------------------------------------------------------------------ what is sent

    def create(self, form: dict[str, str]) -> dict[str, Any]:
        """`POST Messages.json`. Raises Refused."""
        with self.lock:
            to, shown = form.get("To", ""), self._shown(form)
            if form.get("From") != SENDER:
                raise Refused(400, 21212, "The From is not a sender of this account")
            if not re.fullmatch(r"whatsapp:(\+\d{6,15}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})", to):
                raise Refused(400, 21211, "The To is not an address")
            if not 1 <= int(form.get("ValidityPeriod", "36000")) <= 36000:
                raise Refused(400, 20001, "ValidityPeriod is out of range")
            number = self._outcome(to, form, shown)
            if number and self.moods.refuse_at_once:
                raise Refused(400, number, "refused")
            made = self._message("outbound-api", SENDER, to, shown["body"], sid=form.get("ContentSid"))
            made |= {"shown": shown, "number": number, "validity": form.get("ValidityPeriod")}
            if callback := form.get("StatusCallback"):
                self._tell(made, callback)
            made["status"] = "queued"
        if self.moods.early:
            self.telling.append(threading.Thread(target=self.flush, daemon=True))
            self.telling[-1].start()
        return made

    def _shown(self, form: dict[str, str]) -> dict[str, Any]:
        """The message as it will look: {"body", "buttons": [{"title", "id", "description"}], "list": label}."""
        sid = form.get("ContentSid")
        if not sid:
            body = form.get("Body", "")
            if not body:
                raise Refused(400, 21619, "A body or a ContentSid is needed")
            if units(body) > BODY:
                raise Refused(400, 21617, "The body is over 1,600 characters")
            return {"body": body, "buttons": [], "list": ""}
        if sid not in self.contents:
            raise Refused(400, 21655, "There is no such ContentSid")
        given = _variables(form.get("ContentVariables", "{}"))
        return rendered(self.contents[sid], given)

    def _outcome(self, to: str, form: dict[str, str], shown: dict[str, Any]) -> int:
        """The number of the error that WhatsApp will answer; 0: it arrives."""
        sid = form.get("ContentSid", "")
        if to in self.blocked:
            return 63014
        if self.clock() - self.written_at.get(to, datetime.min.replace(tzinfo=UTC)) > WINDOW and (
            sid not in self.approved
        ):
            return 63016
        if sid and sid not in self.approved and self.moods.refuse_interactive:
            return self.moods.refuse_interactive
        values = json.loads(form.get("ContentVariables", "{}")).values()
        if sid and any(LONG_SPACES.search(value) or LINE_BREAKS.search(value) for value in values):
            return 63013
        return 63013 if sid and _too_long(shown) else 0

    def _tell(self, message: dict[str, Any], url: str) -> None:
        """Status callbacks: none for the initial status."""
        ends = ["failed" if message["number"] == 63016 else "undelivered"] if message["number"] else []
        for state in ends or ["sent", "delivered", "read"]:
            form = {
                "MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": state, "SmsStatus": state,
                "To": message["to"], "From": SENDER, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01",
                "ChannelPrefix": "whatsapp",
            }  # fmt: skip
            if message["number"]:
                form |= {"ErrorCode": str(message["number"]), "ErrorMessage": ""}
            self.callbacks.append((url, form))

    def flush(self) -> None:
        """Call the status callbacks that wait."""
        with self.lock:
            waiting, self.callbacks = self.callbacks, []
        if chance := self.moods.shuffled:
            waiting += [one for one in waiting if chance.random() < 0.5]
            chance.shuffle(waiting)
        for url, form in waiting:
            message = self.find(form["MessageSid"])
            message["status"], message["error_code"] = form["MessageStatus"], message["number"] or None
            if not (self.moods.lost or self.moods.silent):
                self.call(url, form)

    # -------------------------------------------------------------------------------------------- what is received

    def receive(self, sender: str, fields: dict[str, str]) -> str:
        """Somebody has sent this to us: it is listed, and the webhook is called. Its SID."""
        with self.lock:
            files = int(fields.get("NumMedia", "0"))
            made = self._message("inbound", sender, SENDER, fields.get("Body", ""), files=files)
            file = fields.get("MediaUrl0", "").rpartition("/")[2]
            made |= {"media": fields.get("MediaContentType0", ""), "file": file, "status": "received"}
            self.written_at[sender] = self.clock()
        form = {
            "SmsMessageSid": made["sid"], "NumMedia": "0", "SmsSid": made["sid"], "SmsStatus": "received",
            "Body": "", "To": SENDER, "NumSegments": "1", "ReferralNumMedia": "0", "MessageSid": made["sid"],
            "AccountSid": ACCOUNT, "From": sender, "ApiVersion": "2010-04-01", "MessageType": "text",
        } | fields  # fmt: skip
        for _ in range(0 if self.moods.lost else 2 if self.moods.twice else 1):
            self.hooked.append(self.call(f"{self.public}/whatsapp/webhook", form))
        return str(made["sid"])

    def call(self, url: str, form: dict[str, str], *, signature: str | None = None) -> int:
        """Post a form to the program, signed over the public address; the HTTP status that it answers."""
        headers = {"X-Twilio-Signature": signature if signature is not None else sign(url, form)}
        return httpx.post(self.app + url.removeprefix(self.public), data=form, headers=headers, timeout=90).status_code

    # ------------------------------------------------------------------------------------------------ what is kept

    def _message(
        self, direction: str, sender: str, to: str, body: str, *, files: int = 0, sid: str | None = None
    ) -> dict[str, Any]:
        at = self.clock().strftime("%a, %d %b %Y %H:%M:%S +0000")
        made = {
            "sid": f"SM{len(self.messages):032x}", "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": body,
            "date_created": at, "date_sent": at, "date_updated": at, "direction": direction, "error_code": None,
            "error_message": None, "from": sender, "messaging_service_sid": None, "num_media": str(files),
            "num_segments": "1", "price": None, "price_unit": "USD", "status": "", "to": to, "content": sid,
            "number": 0,
        }  # fmt: skip
        self.messages.append(made)
        return made

    def find(self, sid: str) -> dict[str, Any]:
        """`GET Messages/{sid}.json`. Raises Refused."""
        for message in self.messages:
            if message["sid"] == sid:
                return message
        raise Refused(404, 20404, "There is no such message")

    def listed(self, to: str = "", sender: str = "", after: datetime | None = None) -> list[dict[str, Any]]:
        """`GET Messages.json`: the newest first."""
        found = []
        for message in reversed(self.messages):
            sent = datetime.strptime(message["date_sent"], "%a, %d %b %Y %H:%M:%S %z")
            if (not to or message["to"] == to) and (not sender or message["from"] == sender):
                found += [message] if after is None or sent >= after else []
        return found

    def add_content(self, request: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/Content`. Raises Refused."""
        if self.strict and (fault := content_fault(request)):
            raise Refused(400, 92000, fault)
        with self.lock:
            sid = f"HX{len(self.contents):032x}"
            self.contents[sid] = {**request, "sid": sid, "account_sid": ACCOUNT}
            return self.contents[sid]


def sign(url: str, form: dict[str, str]) -> str:
    """As Twilio signs (twilio.com/docs/usage/security)."""
    said = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), said.encode(), hashlib.sha1).digest()).decode()


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def content_fault(request: dict[str, Any]) -> str:
    """What is wrong with a template; '' if nothing is."""
    ((kind, content),) = request["types"].items()
    body, written = content["body"], json.dumps(content)
    if kind not in ("twilio/quick-reply", "twilio/list-picker", "twilio/text"):
        return f"{kind} is not supported"
    if re.match(r"\s*\{\{", body) or re.search(r"\}\}\s*$", body):
        return "the body begins or ends with a variable"
    if re.search(r"\}\}\s*\{\{", body):
        return "two variables side by side"
    if set(VARIABLE.findall(written)) != {name for name, value in request["variables"].items() if value}:
        return "a variable without a sample, or a sample without its variable"
    rows = content.get("actions", content.get("items", [{}]))
    if not 1 <= len(rows) <= 10 or any(value is None for row in rows for value in row.values()):
        return "one to ten buttons or rows, and nothing null"
    return ""


def _variables(given: str) -> dict[str, str]:
    try:
        values = json.loads(given)
        if isinstance(values, dict) and all(isinstance(one, str) and one for one in values.values()):
            return values
    except ValueError:
        pass
    raise Refused(400, 21656, "The ContentVariables parameter is invalid")


def rendered(content: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """A template with its variables filled in; a sample stands where none is given."""
    values = content["variables"] | given

    def filled(text: str) -> str:
        return VARIABLE.sub(lambda name: values.get(name[1], ""), text)

    ((_, made),) = content["types"].items()
    rows = made.get("actions", made.get("items", []))
    buttons = [
        {
            "title": filled(row.get("title") or row["item"]), "id": filled(row["id"]),
            "description": filled(row.get("description", "")),
        }
        for row in rows
    ]  # fmt: skip
    return {"body": filled(made["body"]), "buttons": buttons, "list": filled(made.get("button", ""))}


def _too_long(shown: dict[str, Any]) -> bool:
    """Does WhatsApp refuse it? The whole message is, for one label."""
    buttons = shown["buttons"]
    title = ITEM if shown["list"] else TITLE
    wrong = units(shown["body"]) > CONTENT_BODY or units(shown["list"]) > TITLE
    wrong |= bool(buttons) and not shown["list"] and len(buttons) > 3
    wrong |= len({button["id"] for button in buttons}) < len(buttons)
    wrong |= not shown["list"] and len({button["title"] for button in buttons}) < len(buttons)
    return wrong or any(
        units(one["title"]) > title or units(one["description"]) > DESCRIPTION or units(one["id"]) > ROW_ID
        for one in buttons
    )
