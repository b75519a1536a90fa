"""What is private is encrypted before it reaches the database, and bound to the one row it was written for.

AES-256-GCM; the additional data are table, column and the row's own random `uid`, so a value copied to another row or
column does not open. The first key of the ring seals, every key opens: to rotate, put a new line first in the key file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json, to_json
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_KEY = 32  # bytes, AES-256
_NONCE = 12  # bytes, the size that NIST SP 800-38D recommends for GCM
_KEY_ID = 4  # bytes


class KeyFault(Exception):
    """The key file is missing, unreadable, or does not open what the database holds."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """The keys of this installation: `sealing` newest first, `addresses` for the look-up hash of addresses."""

    sealing: tuple[bytes, ...]
    addresses: bytes

    def seal(self, about: bytes, value: Any) -> bytes:
        """Encrypt a JSON value; `about` is what it is bound to."""
        key, nonce = self.sealing[0], os.urandom(_NONCE)
        return _id(key) + nonce + _cipher(key).encrypt(nonce, to_json(value), about)

    def open(self, about: bytes, sealed: bytes) -> Any:
        """Decrypt what `seal` made. Raises KeyFault when no key of the ring opens it."""
        name, nonce, rest = sealed[:_KEY_ID], sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        for key in self.sealing:
            if _id(key) == name:
                try:
                    return from_json(_cipher(key).decrypt(nonce, rest, about))
                except InvalidTag:
                    break
        raise KeyFault("a private value does not open with the keys of TESSERE_KEY_FILE")

    def hash(self, channel: str, address: str) -> bytes:
        """The look-up hash of an address: keyed, so that a list of all phone numbers does not reveal whose it is."""
        return hmac.digest(self.addresses, f"{channel}\0{address}".encode(), hashlib.sha256)

    def mark(self) -> int:
        """31 bits by which a database knows its keys again; they say nothing of the keys, and outlive a rotation."""
        return int.from_bytes(self.hash("", "mark")[:4]) >> 1

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read the key file, or make one readable by its owner only. Raises KeyFault with one sentence."""
        try:
            if not path.exists():
                _make(path)
            return cls._read(path.read_text())
        except (OSError, ValueError) as error:
            raise KeyFault(f"TESSERE_KEY_FILE: cannot use {path} ({type(error).__name__})") from error

    @classmethod
    def _read(cls, text: str) -> KeyRing:
        pairs = [line.split() for line in text.splitlines() if line.strip()]
        keys = [(name, base64.b64decode(key, validate=True)) for name, key in pairs]
        sealing, addresses = ([key for kind, key in keys if kind == name] for name in ("seal", "address"))
        if not sealing or len(addresses) != 1 or any(len(key) != _KEY for _, key in keys):
            raise ValueError("one address key and at least one seal key, of 32 bytes each")
        return cls(tuple(sealing), addresses[0])


_ring: KeyRing | None = None


def use(ring: KeyRing) -> None:
    """Make `ring` the one that this process seals and opens with."""
    global _ring  # noqa: PLW0603  one process serves one installation
    _ring = ring


def ring() -> KeyRing:
    """The ring in use. Raises KeyFault when `use` was not called."""
    if _ring is None:
        raise KeyFault("no key ring in use: open the store first")
    return _ring


@dataclass(frozen=True, repr=False)
class Private:
    """A value on its way to a sealed column: `uid` is the random id of the row it is written to."""

    uid: str
    value: Any


@dataclass(frozen=True, repr=False)
class Box:
    """A value as read from a sealed column; it stays closed until `open(uid)`, so that printing a row shows nothing."""

    place: str
    sealed: bytes

    def open(self, uid: str) -> Any:
        """The JSON value. Raises KeyFault for another row's uid."""
        return ring().open(f"{self.place}\0{uid}".encode(), self.sealed)


class Sealed(TypeDecorator[Any]):
    """The encrypted column type: takes `Private(uid, value)`, gives a `Box`. `place` is 'table.column'."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Private | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Seal on the way in."""
        if value is None:
            return None
        return ring().seal(f"{self.place}\0{value.uid}".encode(), value.value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Box | None:  # noqa: ARG002
        """Leave it closed on the way out."""
        return None if value is None else Box(self.place, bytes(value))


def _make(path: Path) -> None:
    """Write new keys; of two processes that start together, one wins and the other reads its file, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [f"{name} {base64.b64encode(os.urandom(_KEY)).decode()}\n" for name in ("address", "seal")]
    handle, draft = tempfile.mkstemp(dir=path.parent)  # for its owner only
    with os.fdopen(handle, "w") as file:
        file.writelines(lines)
    with suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@cache
def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID]
