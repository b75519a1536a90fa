"""The municipality's identity broker: who somebody is, by OpenID Connect (authorization code, PKCE).

Rules: OpenID Connect Core 1.0, section 3.1; Discovery 1.0; RFC 7636. What travels is carried by httpx, since authlib's
own clients are moving to another library; authlib and joserfc check what came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from catalog_store import secrets
from catalog_store.settings import Settings, SettingsFault

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import KeySet
    from joserfc.jwt import Token

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "PS256", "ES256"]  # none, and those with a shared secret, are refused
KEPT = timedelta(hours=1)  # what the broker says of itself
LEEWAY = 60  # seconds by which its clock may be wrong
SECONDS = 10.0  # that it may take to answer
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Unreachable(Exception):
    """The broker does not answer, or not as it should: later it may."""


class Unproven(Exception):
    """What came does not prove who somebody is; it says why, without saying of whom."""


@dataclass(frozen=True, repr=False)
class Asked:
    """What only the browser that was sent to the broker may bring back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, repr=False)
class Identity:
    """Who somebody is for the broker; `subject` is a keyed hash. Name and e-mail may be missing."""

    subject: bytes
    name: str
    email: str


@dataclass(frozen=True, repr=False)
class _Known:
    """What the broker says of itself, and since when we know."""

    at: datetime
    says: dict[str, Any]
    keys: KeySet


def ready(settings: Settings) -> None:
    """Raise SettingsFault, with one sentence, where a broker is configured and what speaks with it is not installed."""
    if settings.oidc_issuer and not all(map(find_spec, ("authlib", "httpx"))):
        raise SettingsFault("OIDC_ISSUER: entering through a broker needs authlib, which `make oidc` installs")


class Broker:
    """One installation's broker. `returns` is the address that people come back to."""

    def __init__(self, settings: Settings, returns: str, clock: Callable[[], datetime]) -> None:
        ready(settings)
        self.settings, self.returns, self.clock = settings, returns, clock
        self.name = settings.oidc_name
        self._known: _Known | None = None

    async def away(self) -> tuple[str, Asked]:
        """The address to send a browser to, and what it has to bring back. Raises Unreachable."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        asked = Asked(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48))
        known = await self._about()
        address: str = prepare_grant_uri(
            known.says["authorization_endpoint"], self.settings.oidc_client_id, "code", redirect_uri=self.returns,
            scope=SCOPE, state=asked.state, nonce=asked.nonce, prompt="login", code_challenge_method="S256",
            code_challenge=create_s256_code_challenge(asked.verifier),
        )  # fmt: skip
        return address, asked

    async def identity(self, code: str, asked: Asked) -> Identity:
        """Who came back with this code. Raises Unreachable, Unproven."""
        known = await self._about()
        given = await self._tokens(known, code, asked)
        claims = await self._claims(known, given, asked)
        name = claims.get("name") or " ".join(filter(None, (claims.get("given_name"), claims.get("family_name"))))
        who = f"{claims['iss']}\0{claims['sub']}"
        return Identity(secrets.ring().hash("broker", who), str(name).strip(), str(claims.get("email") or "").strip())

    async def _tokens(self, known: _Known, code: str, asked: Asked) -> dict[str, Any]:
        """What the token endpoint gives for a code; who we are is said as RFC 6749, section 2.3.1, has it."""
        id, secret = self.settings.oidc_client_id, self.settings.oidc_client_secret
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.returns,
            "code_verifier": asked.verifier,
        }  # fmt: skip
        headers: tuple[str, str] | None = (quote(id, safe=""), quote(secret, safe=""))
        if "client_secret_basic" not in known.says.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            form |= {"client_id": id, "client_secret": secret}
            headers = None
        answer = await self._asked("POST", known.says["token_endpoint"], data=form, auth=headers)
        if 400 <= answer.status_code < 500:  # noqa: PLR2004  it does not take the code
            raise Unproven("code")
        return _object(answer)

    async def _claims(self, known: _Known, given: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """What the id_token says, once signature, issuer, audience, time and nonce are what they must be."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import InvalidKeyIdError, JoseError

        sent = given.get("id_token")
        if not isinstance(sent, str):
            raise Unproven("id_token")
        client = self.settings.oidc_client_id
        options = {"iss": {"value": known.says["issuer"]}, "aud": {"value": client}, "sub": {"essential": True}}
        params = {"nonce": asked.nonce, "client_id": client, "access_token": given.get("access_token")}
        try:
            try:
                token = _opened(sent, known.keys)
            except InvalidKeyIdError:  # signed with a key that is newer than what we know
                token = _opened(sent, (await self._about(anew=True)).keys)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(int(self.clock().timestamp()), LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unproven(getattr(error, "error", type(error).__name__)) from None
        if not (isinstance(claims["sub"], str) and claims["sub"]):
            raise Unproven("sub")
        return dict(claims)

    async def _about(self, *, anew: bool = False) -> _Known:
        """What it says of itself; asked once an hour, or `anew`."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        now = self.clock()
        if self._known is not None and not anew and now - self._known.at < KEPT:
            return self._known
        issuer = self.settings.oidc_issuer
        says = _object(await self._asked("GET", issuer.removesuffix("/") + WELL_KNOWN))
        if says.get("issuer") != issuer or not all(isinstance(says.get(name), str) for name in _NEEDED):
            raise Unreachable("it does not say of itself what OIDC_ISSUER says")
        published = _object(await self._asked("GET", says["jwks_uri"]))
        try:
            keys = KeySet.import_key_set({"keys": [one for one in published["keys"] if one.get("use") != "enc"]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise Unreachable("its keys cannot be read") from None
        self._known = _Known(now, says, keys)
        return self._known

    async def _asked(self, method: str, url: str, **given: Any) -> httpx.Response:
        """Its answer, whatever it says."""
        import httpx

        try:
            async with httpx.AsyncClient(timeout=SECONDS) as client:
                return await client.request(method, url, headers={"accept": "application/json"}, **given)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from None


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises Unreachable."""
    try:
        read = answer.json() if answer.is_success else None
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise Unreachable(f"it answers {answer.status_code}")
    return read


def _opened(sent: str, keys: KeySet) -> Token:
    from joserfc import jwt

    return jwt.decode(sent, keys, algorithms=ALGORITHMS)
