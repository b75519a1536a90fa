"""What every page has at hand: the store, the settings, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from admin.office.broker import Broker
from catalog_store.connect import Store, Transaction
from catalog_store.sessions import Visitor
from catalog_store.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
HERE = "/ufficio"  # where it is mounted
TRIES = RateLimitItemPerMinute(20, 15)  # wrong ways in that one address on the network may try: 20 in 15 minutes


@dataclass
class Office:
    """One installation's back office. `wake` says that something is to be delivered."""

    store: Store
    settings: Settings
    wake: Callable[[], None]
    limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    broker: Broker | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.settings.oidc_issuer:
            returns = f"{self.settings.public_base_url}{HERE}/oidc/ritorno"
            self.broker = Broker(self.settings, returns, self.store.clock)

    @property
    def root(self) -> str:
        """The path of the back office, of an installation under a folder too."""
        return urlsplit(self.settings.public_base_url).path + HERE

    @property
    def base(self) -> str:
        """Where people open the installation."""
        return self.settings.public_base_url or f"http://{self.settings.host}:{self.settings.port}"

    @property
    def secure(self) -> bool:
        """Is the installation reached by https?"""
        return self.settings.public_base_url.startswith("https:")

    async def read(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:  # fmt: skip
        """What a function finds in the store; nothing is written, and no writer is waited for."""

        def look() -> T:
            with self.store.reading() as tx:
                return function(tx, *args, **kwargs)

        return await run_in_threadpool(look)

    async def write(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:  # fmt: skip
        """Do something in one transaction; what it put into the outbox then goes."""

        def act() -> T:
            with self.store.begin() as tx:
                return function(tx, *args, **kwargs)

        done = await self.store.write(act)
        self.wake()
        return done

    def allows(self, request: Request, what: str) -> bool:
        """May this address on the network try again? Only what was wrong counts: an office has one address for all."""
        return self.limiter.test(TRIES, what, _address(request))

    def failed(self, request: Request, what: str) -> None:
        """It was wrong."""
        self.limiter.hit(TRIES, what, _address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


Here = Annotated[Office, Depends(_office)]
Who = Annotated[Visitor, Depends(_visitor)]
