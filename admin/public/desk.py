"""What every public page has at hand: the store, the settings, and the catalogue as it is at this request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from catalog_store.connect import Store, Transaction
from catalog_store.settings import Settings
from catalog_store.showcase import Showcase
from dialogs.locale import ITALIAN

P = ParamSpec("P")
T = TypeVar("T")
HERE = "/catalogo"  # where it is mounted
A_MINUTE = 30  # searches, and papers to make, that one address on the network may ask for


class Busy(Exception):
    """This address on the network has asked for too much in a minute, or the papers of others are still being made."""


class Missing(Exception):
    """There is no such thing, or it is not for everybody."""


@dataclass
class Desk:
    """One installation's public catalogue."""

    store: Store
    settings: Settings
    a_minute: int = A_MINUTE
    limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    _showcase: Showcase | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    @property
    def base(self) -> str:
        """The path of the whole installation, '' at the root of its address."""
        return urlsplit(self.settings.public_base_url).path

    def showcase(self, tx: Transaction) -> Showcase:
        """The catalogue as it is now, made anew after a change of any process."""
        newest = self.store.catalogue.newest(tx)
        with self._lock:
            if self._showcase is None or self._showcase.catalogue is not newest:
                self._showcase = Showcase(newest)
            return self._showcase

    async def read(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:  # fmt: skip
        """What a function finds in the store; nothing is written, and no writer is waited for."""

        def look() -> T:
            with self.store.reading() as tx:
                return function(tx, *args, **kwargs)

        return await run_in_threadpool(look)

    def count(self, request: Request, what: str) -> None:
        """Count something that costs. Raises Busy."""
        if not self.limiter.hit(
            RateLimitItemPerMinute(self.a_minute), what, request.client.host if request.client else ""
        ):
            raise Busy


def language_of(request: Request) -> str:
    """The language of the page, as its address says."""
    language: str = getattr(request.state, "language", ITALIAN)
    return language


def url(desk: Desk, language: str, path: str, **asked: object) -> str:
    """The address of a page of ours in a language; what is empty is left out of what is asked."""
    said = urlencode({name: "1" if value is True else value for name, value in asked.items() if value})
    spoken = "" if language == ITALIAN else f"/{language}"
    return f"{desk.base}{HERE}{spoken}{path}" + (f"?{said}" if said else "")


def outside(desk: Desk, request: Request) -> str:
    """How the installation is reached from outside, for a code on paper; no slash at the end."""
    return desk.settings.public_base_url or f"{request.url.scheme}://{request.url.netloc}"


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


Here = Annotated[Desk, Depends(_desk)]
Language = Annotated[str, Depends(language_of)]
