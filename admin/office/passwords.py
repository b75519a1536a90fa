"""What somebody enters with: a password (argon2id) and the code of the moment (TOTP, RFC 6238)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST, LONGEST = 12, 200  # characters of a password
STEP = 30  # seconds that a code lasts
_DRIFT = 1  # steps by which a telephone's clock may be wrong


@cache
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


def hashed(password: str) -> str:
    """The hash to keep; a quarter of a second of work, so in a thread."""
    return _hasher().hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Is it the one? It takes as long when there is nothing to compare with, so that nobody learns who works here."""
    if kept is None:
        _hasher().verify(password, _nobodys())
        return False
    return _hasher().verify(password, kept)


@cache
def _nobodys() -> str:
    return hashed("nobody's password, to take the same time")


def weakness(password: str, *known: str) -> str:
    """What is wrong with a new password, in one sentence; '' when it will do."""
    if len(password) < SHORTEST:
        return f"La password deve avere almeno {SHORTEST} caratteri: vanno bene tre o quattro parole."
    if len(password) > LONGEST:
        return f"La password può avere al massimo {LONGEST} caratteri."
    plain, parts = password.casefold(), re.split(r"\W+", " ".join(known).casefold())
    if len(set(plain)) < 5 or any(len(part) > 3 and part in plain for part in parts):  # noqa: PLR2004
        return "Questa password è facile da indovinare: scelga parole che non c’entrano con lei."
    return ""


def new_secret() -> str:
    """A secret for the codes of the moment, in base32."""
    import pyotp

    return pyotp.random_base32()


def step_of(code: str, secret: str | None, now: datetime) -> int | None:
    """The step of time that a code belongs to; None when it is wrong."""
    import pyotp

    digits = "".join(filter(str.isdecimal, code))
    if secret is None or not digits:
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    current = int(now.timestamp()) // STEP
    steps = range(current - _DRIFT, current + _DRIFT + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)


def picture(secret: str, email: str, issuer: str) -> tuple[str, str]:
    """What an authenticator app reads: (the address, the same as a QR code, as SVG)."""
    import pyotp
    import segno

    address = pyotp.TOTP(secret, interval=STEP, name=email, issuer=issuer).provisioning_uri()
    code = segno.make(address, micro=False)
    svg = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None, dark="#17324d", light="#fff")
    return address, svg
