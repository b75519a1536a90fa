"""A Bot API server for tests and demonstrations, over real HTTP: strict about the documented limits, wicked on demand.

What it holds is what people see: a chat is a list of messages with later edits applied. Updates go to whoever polls, or
to the webhook, again until they are taken.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import telegram_rules as rules
from tests.fakes.serving import serving
from tests.fakes.telegram_rules import Refused, bad

TOKEN = "42:TESTtoken_of-nobody"
PATIENCE = 60.0  # seconds that a test waits before it fails
TYPING = 5.0  # seconds that the chat shows it, or until the next message of the bot
AGAIN = 0.05  # seconds before the webhook is called again


class Garbled(Exception):
    """The answer is cut in the middle, as by a proxy that breaks."""


@dataclass
class Chat:
    """A private chat with one person."""

    id: int
    user: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    started: bool = False
    blocked: bool = False
    typing: int = 0  # how often it was said that somebody types
    typing_until: float = 0.0  # of time.monotonic


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    method: str
    kind: str  # flood | blocked | error | drop | slow | garbled | the words of a 400
    chat: int | None = None
    times: int = 1
    seconds: float = 3


class BotApi:
    """One bot's world. Everything it holds is read and changed under `changed`, which also tells of each change."""

    def __init__(self, token: str = TOKEN, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.token, self.clock = token, clock
        self.changed = threading.Condition(threading.RLock())
        self.chats: dict[int, Chat] = {}
        self.updates: list[dict[str, Any]] = []  # not confirmed
        self.calls: list[tuple[str, dict[str, Any]]] = []  # every method called, in order
        self.answered: list[str] = []  # callback queries
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}
        self.statuses: list[int] = []  # what the webhook answered
        self.faults: list[Fault] = []
        self.left: list[int] = []  # chats that the bot left
        self.files: dict[str, bytes] = {}
        self.strangers = 0  # calls with another token
        self.keyboards = True  # false: whatever is to be tapped is refused
        self.closing = False
        self._last_update, self._last_message, self._polls = 1000, 0, 0

    # ------------------------------------------------------------------------------------------------ for the driver

    def until(self, holds: Callable[[], Any], what: str = "what was expected") -> Any:
        """Wait until something holds, and what it gave; fails after PATIENCE."""
        with self.changed:
            found = self.changed.wait_for(holds, PATIENCE)
            assert found, f"{what} did not happen; called: {[method for method, _ in self.calls[-20:]]}"
            return found

    def misbehave(self, method: str, kind: str, **how: Any) -> None:
        """The next calls of this method go wrong."""
        with self.changed:
            self.faults.append(Fault(method, kind, **how))

    def happens(self, times: int = 1, **update: Any) -> dict[str, Any]:
        """An update for the bot, which may come more than once."""
        with self.changed:
            self._last_update += 1
            made = {"update_id": self._last_update, **update}
            self.updates.extend([made] * times)
            self.changed.notify_all()
            return made

    def said(self, chat: Chat, **message: Any) -> dict[str, Any]:
        """A message in a chat, by its person unless it says otherwise."""
        with self.changed:
            self._last_message += 1
            made = {
                "message_id": self._last_message, "from": chat.user, "date": int(self.clock().timestamp()),
                "chat": {"id": chat.id, "type": "private", "first_name": chat.user["first_name"]}, **message,
            }  # fmt: skip
            chat.messages.append(made)
            self.changed.notify_all()
            return made

    # ---------------------------------------------------------------------------------------------------- the methods

    def call(self, method: str, asked: dict[str, Any]) -> Any:
        """What a method answers. Raises Refused."""
        act = getattr(self, f"do_{method}", None)
        if act is None:
            raise Refused(404, "Not Found: method not found")
        with self.changed:
            self.calls.append((method, asked))
            fault = self._fault(method, asked.get("chat_id"))
            if fault is None or fault.kind in ("drop", "slow"):
                result = act(asked)
            self.changed.notify_all()
        if fault is not None:
            _go_wrong(fault)
        return result

    def _fault(self, method: str, chat: Any) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.chat in (None, chat) and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def do_getMe(self, asked: dict[str, Any]) -> Any:  # noqa: N802  methods are called as the Bot API calls them
        del asked
        return {"id": 42, "is_bot": True, "first_name": "Tessere", "username": "tessere_bot", "can_join_groups": True}

    def do_getUpdates(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        if self.webhook.get("url"):
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first",
            )
        self._polls += 1
        mine = self._polls
        self.changed.notify_all()  # who polled before is told to stop
        if offset := asked.get("offset"):
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        kinds = asked.get("allowed_updates")

        def wanted() -> list[dict[str, Any]]:
            self.updates = [update for update in self.updates if _wanted(update, kinds)]
            return self.updates

        self.changed.wait_for(lambda: wanted() or self.closing or self._polls != mine, asked.get("timeout", 0))
        if self._polls != mine:
            raise Refused(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return self.updates[:100]

    def do_setWebhook(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        rules.check_webhook(asked)
        self.webhook = asked
        return True

    def do_deleteWebhook(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {}
        if asked.get("drop_pending_updates"):
            self.updates.clear()
        return True

    def do_getWebhookInfo(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        del asked
        return {
            "url": self.webhook.get("url", ""), "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }  # fmt: skip

    def do_sendMessage(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(asked)
        text = rules.check_text(asked.get("text"), asked.get("parse_mode"))
        keyboard = rules.check_keyboard(asked.get("reply_markup"))
        if keyboard and not self.keyboards:
            raise bad("BUTTON_TYPE_INVALID")
        bot, chat.typing_until = self.do_getMe({}), 0.0
        return self.said(chat, **{"from": bot}, text=text, **({"reply_markup": keyboard} if keyboard else {}))

    def do_sendVoice(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(asked)
        keyboard = rules.check_keyboard(asked.get("reply_markup"))
        sound = asked.get("voice", b"")
        if not isinstance(sound, bytes) or not sound.startswith(b"OggS"):
            raise bad("wrong file identifier/HTTP URL specified")
        self.files[file := f"sent-{len(self.files)}"] = sound
        voice = {"file_id": file, "file_unique_id": file, "duration": 1}
        return self.said(
            chat, **{"from": self.do_getMe({})}, voice=voice, **({"reply_markup": keyboard} if keyboard else {})
        )

    def do_editMessageText(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        text = rules.check_text(asked.get("text"), asked.get("parse_mode"))
        return self._edit(asked, text=text)

    def do_editMessageReplyMarkup(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        return self._edit(asked)

    def do_deleteMessage(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(asked)
        chat.messages.remove(self._own(chat, asked))
        return True

    def do_answerCallbackQuery(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        if asked["callback_query_id"] in self.answered:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered.append(asked["callback_query_id"])
        return True

    def do_sendChatAction(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(asked)
        chat.typing, chat.typing_until = chat.typing + 1, time.monotonic() + TYPING
        return True

    def do_setMyCommands(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        self.commands[asked.get("language_code", "")] = rules.check_commands(asked.get("commands"))
        return True

    def do_leaveChat(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        self.left.append(asked["chat_id"])
        return True

    def do_getFile(self, asked: dict[str, Any]) -> Any:  # noqa: N802
        if asked["file_id"] not in self.files:
            raise bad("invalid file_id")
        return {"file_id": asked["file_id"], "file_unique_id": asked["file_id"], "file_path": f"any/{asked['file_id']}"}

    def _reachable(self, asked: dict[str, Any]) -> Chat:
        chat = self.chats.get(asked["chat_id"])
        if chat is None:
            raise bad("chat not found")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _own(self, chat: Chat, asked: dict[str, Any]) -> dict[str, Any]:
        for message in chat.messages:
            if message["message_id"] == asked["message_id"]:
                if not message["from"]["is_bot"]:
                    raise bad("message can't be edited")
                return message
        raise bad("message to edit not found")

    def _edit(self, asked: dict[str, Any], **new: Any) -> Any:
        message = self._own(self._reachable(asked), asked)
        keyboard = rules.check_keyboard(asked.get("reply_markup"))
        if message["text"] == new.get("text", message["text"]) and message.get("reply_markup") == keyboard:
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        message.update(new)
        message.pop("reply_markup", None)
        if keyboard:
            message["reply_markup"] = keyboard
        return message

    # ---------------------------------------------------------------------------------------------------- over HTTP

    def application(self, *more: Route) -> Starlette:
        """The server, and whatever else it shows."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
                Route("/file/bot{token}/any/{id}", self._file),
                *more,
            ]
        )

    async def _method(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            with self.changed:
                self.strangers += 1
                self.changed.notify_all()
            return _answer(Refused(401, "Unauthorized"))
        asked = await _parameters(request)
        try:
            return JSONResponse(
                {"ok": True, "result": await run_in_threadpool(self.call, request.path_params["method"], asked)}
            )
        except Refused as refused:
            return _answer(refused)
        except Garbled:
            return Response(f'{{"ok": true, "result": {asked}')

    async def _file(self, request: Request) -> Response:
        held = self.files.get(request.path_params["id"])
        return Response(held, 200 if held is not None else 404)

    def call_webhook(self) -> None:
        """Bring updates to the webhook, one after the other, each again until it is taken; until closed."""
        with httpx.Client(timeout=60) as client:
            while not self.closing:
                with self.changed:
                    self.changed.wait_for(lambda: self.closing or (self.updates and self.webhook.get("url")))
                    if self.closing:
                        return
                    update, webhook = self.updates[0], dict(self.webhook)
                if _wanted(update, webhook.get("allowed_updates")):
                    status = _bring(client, webhook, update)
                    with self.changed:
                        self.statuses.append(status)
                        self.changed.notify_all()
                        if not 200 <= status < 300:
                            self.changed.wait(AGAIN)
                            continue
                with self.changed:
                    self.updates.pop(0)
                    self.changed.notify_all()

    def close(self) -> None:
        """Let go of whoever waits."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()


@contextmanager
def bot_api(
    clock: Callable[[], datetime] = lambda: datetime.now(UTC), *, token: str = TOKEN, port: int = 0
) -> Iterator[tuple[BotApi, str]]:
    """The server on this machine, and its base address."""
    api = BotApi(token, clock)
    calling = threading.Thread(target=api.call_webhook, name="telegram calls", daemon=True)
    calling.start()
    with serving(api.application(), port=port, closing=api.close) as base:
        yield api, base
    calling.join()


def _wanted(update: dict[str, Any], kinds: list[str] | None) -> bool:
    return not kinds or any(kind in update for kind in kinds)


def _bring(client: httpx.Client, webhook: dict[str, Any], update: dict[str, Any]) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]} if "secret_token" in webhook else {}
    try:
        return client.post(webhook["url"], json=update, headers=headers).status_code
    except httpx.HTTPError:
        return 0


async def _parameters(request: Request) -> dict[str, Any]:
    """From the address, a form or JSON; in the first two, what is no text is JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        asked: dict[str, Any] = await request.json()
        return asked
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return _parts(request.headers["content-type"], await request.body())
    given = {**request.query_params, **dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))}
    return {name: value if name in ("text", "url", "secret_token", "file_id", "callback_query_id") else _json(value)
            for name, value in given.items()}  # fmt: skip


def _parts(content_type: str, body: bytes) -> dict[str, Any]:
    """A form with a file in it, whose content is what is asked by its name."""
    form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    asked = dict[str, Any]()
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        asked[name] = content if part.get_filename() else _json(content.decode())
    return asked


def _json(value: Any) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _answer(refused: Refused) -> Response:
    told: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    return JSONResponse({**told, **({"parameters": refused.parameters} if refused.parameters else {})}, refused.code)


def _go_wrong(fault: Fault) -> None:
    match fault.kind:
        case "flood":
            wait = int(fault.seconds)
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        case "blocked":
            raise Refused(403, "Forbidden: bot was blocked by the user")
        case "garbled":
            raise Garbled
        case "slow":
            time.sleep(fault.seconds)
        case "error":
            raise Refused(500, "Internal Server Error")
        case "drop":  # done, and the answer is lost
            raise Refused(502, "Bad Gateway")
        case refusal:
            raise bad(refusal)
