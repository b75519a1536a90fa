"""An identity broker, over HTTP on this machine: strict about what it is asked, and able to answer wrongly on purpose.

Rules: OpenID Connect Core 1.0 (sections 3.1.2, 3.1.3), RFC 6749 (section 4.1), RFC 7636 (S256 only).
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.fakes.serving import serving

CLIENT, SECRET = "tessere", "un segreto: con due punti"
ANNA = {"sub": "TINIT-ANNA", "name": "Anna Bianchi", "email": "anna.bianchi@comune.example.it"}


@cache
def key(name: str) -> RSAKey:
    """A key of the broker's, by its name; making one takes a moment."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@dataclass
class Broker:
    """The broker, who stands before it, and what it does wrong: `wrong` may be one of the words of `_token`."""

    returns: str
    now: Callable[[], datetime]
    base: str = ""
    person: dict[str, str] = field(default_factory=lambda: dict(ANNA))
    wrong: str = ""
    shows: bool = False  # a page, on which somebody has to agree
    method: str = "client_secret_basic"  # how a client says who it is
    signs: str = "first"  # the name of the key
    asked: list[str] = field(default_factory=list)  # the paths that it was asked for
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _held: threading.Event = field(default_factory=threading.Event)

    def application(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self._discovery)
        app.get("/chiavi")(self._keys)
        app.get("/autorizza")(self._authorize)
        app.post("/token")(self._token)
        return app

    def _discovery(self) -> Response:
        self.asked.append("discovery")
        if self.wrong == "slow":
            self._held.wait()
        if self.wrong == "broken":
            return Response("<h1>502</h1>", 502)
        return JSONResponse(
            {
                "issuer": "https://altro.example.org" if self.wrong == "other discovery" else self.base,
                "authorization_endpoint": f"{self.base}/autorizza",
                "token_endpoint": f"{self.base}/token",
                "jwks_uri": f"{self.base}/chiavi",
                "token_endpoint_auth_methods_supported": [self.method],
            }
        )

    def _keys(self) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [key(self.signs).as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        given = dict(request.query_params)
        right = (
            given.get("response_type") == "code" and given.get("client_id") == CLIENT
            and given.get("redirect_uri") == self.returns and "openid" in given.get("scope", "").split()
            and given.get("code_challenge_method") == "S256" and len(given.get("code_challenge", "")) == 43
            and len(given.get("state", "")) >= 32 and len(given.get("nonce", "")) >= 32
            and given.get("prompt") == "login"
        )  # fmt: skip
        if not right:
            return Response("This request is not right.", 400)
        answer = {"state": given["state"], "error": "access_denied"}
        if self.wrong != "access_denied":
            code = token_urlsafe(16)
            self._codes[code] = {**given, **self.person}
            answer = {"state": given["state"], "code": code}
        back = f"{self.returns}?{urlencode(answer)}"
        if self.shows:
            return HTMLResponse(f'<!doctype html><title>SPID</title><a href="{escape(back)}">Consenti</a>')
        return RedirectResponse(back, 302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        known = self._codes.pop(form.get("code", ""), None)
        basic = request.headers.get("authorization") == f"Basic {_basic()}"
        post = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if (basic, post) != (self.method == "client_secret_basic", self.method == "client_secret_post"):
            return JSONResponse({"error": "invalid_client"}, 401)
        right = (
            known is not None and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == known["redirect_uri"]
            and _challenge(form.get("code_verifier", "")) == known["code_challenge"]
        )  # fmt: skip
        if known is None or not right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.wrong == "no token":
            return JSONResponse({"access_token": "a", "token_type": "Bearer"})
        access = token_urlsafe(16)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": self._id_token(known, access)})

    def _id_token(self, known: dict[str, str], access: str) -> str:
        now = int(self.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.base, "aud": CLIENT, "sub": known["sub"], "nonce": known["nonce"], "iat": now, "exp": now + 300,
            "at_hash": _b64(hashlib.sha256(access.encode()).digest()[:16]),
        } | {name: known[name] for name in ("name", "email") if name in known}  # fmt: skip
        wrongly: dict[str, dict[str, Any]] = {
            "other nonce": {"nonce": "another"},
            "other audience": {"aud": "another"},
            "given to us": {"aud": "another", "azp": CLIENT},
            "also for another": {"aud": [CLIENT, "another"], "azp": "another"},
            "expired": {"exp": now - 3600, "iat": now - 3900},
            "not yet": {"iat": now + 3600, "exp": now + 3900},
            "other issuer": {"iss": "https://altro.example.org"},
            "other access token": {"at_hash": "AAAA"},
            "nobody": {"sub": ""},
        }
        claims |= wrongly.get(self.wrong, {})
        if self.wrong == "no nonce":
            del claims["nonce"]
        if self.wrong == "unsigned":
            return ".".join([*(_b64(JSONResponse(part).body) for part in ({"alg": "none"}, claims)), ""])
        if self.wrong == "shared secret":  # signed with what everybody knows
            return jwt.encode({"alg": "HS256", "kid": self.signs}, claims, OctKey.import_key(SECRET.encode()))
        signing = key("forger" if self.wrong == "bad signature" else self.signs)
        return jwt.encode({"alg": "RS256", "kid": self.signs}, claims, signing)


@contextmanager
def broker(returns: str, now: Callable[[], datetime]) -> Iterator[Broker]:
    """A broker that sends people back to `returns`, with its clock."""
    made = Broker(returns, now)
    with serving(made.application(), closing=made._held.set) as base:
        made.base = base
        yield made


def _basic() -> str:
    return base64.b64encode(f"{CLIENT}:{quote(SECRET, safe='')}".encode()).decode()


def _challenge(verifier: str) -> str:
    return _b64(hashlib.sha256(verifier.encode("ascii")).digest())


def _b64(raw: bytes | memoryview) -> str:
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
