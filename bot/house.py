"""What every part of a running Tessere holds: the store, the settings, and the bell that says something is due."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from bot.reading import Mouth
    from catalog_store.connect import Store
    from catalog_store.settings import Settings

WAITING = 3  # turns that wait for a writer at once: what is to be delivered gets in between the others
POLL = 1.0  # seconds: behind the bell, in case it was not heard


class Bell:
    """Wakes whoever waits in this process; `ring` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def wake(self) -> None:
        """Something is due."""
        with self._lock:
            waiting = list(self._waiting)
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """An event that every ring sets, also while nobody waits for it: whoever clears it looks afterwards."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(entry)
        try:
            yield entry[1]
        finally:
            with self._lock:
                self._waiting.discard(entry)

    async def wait(self, timeout: float = POLL) -> None:  # noqa: ASYNC109  the bell is the point of waiting
        """Until something is due, or the time is up."""
        with self.heard() as event, suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await event.wait()


class Order:
    """One at a time for each key, in the order of arrival; others do not wait."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, ...], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, *key: str) -> AsyncIterator[None]:
        """Wait for one's turn, and have it."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = lock, waiting - 1


@dataclass(frozen=True)
class Part:
    """What else the web server serves. `said`: how the start says where it is, with {} for its address."""

    said: str
    app: ASGIApp


@dataclass
class House:
    """One installation, in one process."""

    store: Store
    settings: Settings
    wake: Bell = field(default_factory=Bell)
    order: Order = field(default_factory=Order)
    heard: dict[str, datetime] = field(default_factory=dict)  # when each channel account last reached this process
    hears: Callable[[bytes], str] | None = None  # the words in the sound of a voice message; None: not on this machine
    speaks: Mouth | None = None  # reads a text to who cannot; None: the same
    beside: dict[str, Part] = field(default_factory=dict)  # what else the web server serves, by path

    def __post_init__(self) -> None:
        self.abreast = asyncio.Semaphore(self.store.writers + WAITING)
