"""One look at the outbox for all open pages: a hundred pages that each ask would keep a small machine busy."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool

from bot.house import House
from bot.logs import log
from catalog_store import arrivals

PAUSE = 0.25  # seconds between two looks: a reply that waits for further pieces becomes due without a bell
BACK = timedelta(minutes=1)  # how far back a look goes: a commit may come well after the time that is written in it


class Lookout:
    """Rings the pages of an address when something is due to it. It looks while any page is open."""

    def __init__(self, house: House, account: str) -> None:
        self.house, self.account = house, account
        self._pages: defaultdict[bytes, set[asyncio.Event]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def page(self, address: str) -> Iterator[asyncio.Event]:
        """An event that is set when this address may have something to read."""
        key, event = arrivals.key(self.account, address), asyncio.Event()
        self._pages[key].add(event)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield event
        finally:
            self._pages[key].discard(event)
            if not self._pages[key]:
                del self._pages[key]
            if not self._pages:
                self._looking.cancel()
                self._looking = None

    def ring(self) -> None:
        """Wake every page."""
        for events in self._pages.values():
            for event in events:
                event.set()

    async def _look(self) -> None:
        while True:
            try:
                found = await run_in_threadpool(self._fresh)
            except Exception as error:  # noqa: BLE001  the next look may succeed, and pages also look for themselves
                log().warning("lookout.fault", kind=type(error).__name__)
                found = set()
            for key in found & self._pages.keys():
                for event in self._pages[key]:
                    event.set()
            await self.house.wake.wait(PAUSE)

    def _fresh(self) -> set[bytes]:
        with self.house.store.reading() as tx:
            return arrivals.fresh(tx, self.account, tx.now - BACK)
