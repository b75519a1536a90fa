"""The other half of a webhook: updates are brought as Telegram brings them, or worse.

Of one person one after the other, of many people together, each again until it is answered 2xx. With `twice` some are
brought two times, with `late` some are overtaken by those that came after them.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from random import Random
from typing import Any

import httpx

AT_ONCE = 40  # calls that are open at the same time, as many as Telegram opens unless told otherwise
AGAIN = 0.1  # seconds before the same update is brought again
LATE = 0.15  # seconds within which an update that is late, or a second copy, comes
Update = dict[str, Any]


class Bringer:
    """Brings what it is given from a thread of its own, until closed."""

    def __init__(
        self, webhook: Callable[[], dict[str, Any]], chance: Random, twice: float = 0, late: float = 0
    ) -> None:
        self.webhook, self.chance, self.twice, self.late = webhook, chance, twice, late
        self.brings: Callable[[Update], object] = whose  # told just before each call
        self.count = Counter[str]()  # what was done, by name
        self.strayed = set[int]()  # ids of updates that were brought twice, or late
        self.open = 0  # updates, and copies of them, that were not taken yet
        self._queues = defaultdict[int, deque[Update]](deque)
        self._loop = asyncio.new_event_loop()
        self._tasks = set[asyncio.Task[None]]()
        self._thread = threading.Thread(target=self._run, name="telegram calls", daemon=True)
        self._thread.start()

    def put(self, update: Update) -> None:
        """Bring this one too. From any thread."""
        self.open += 1
        self._loop.call_soon_threadsafe(self._put, update)

    def close(self) -> None:
        """Bring nothing more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._client = httpx.AsyncClient(timeout=60, limits=limits)
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def _put(self, update: Update) -> None:
        if self.chance.random() < self.twice:
            self.open += 1
            self.count["twice"] += 1
            self.strayed.add(update["update_id"])
            self._begin(self._later(update))
        if self.chance.random() < self.late:
            self.count["late"] += 1
            self.strayed.add(update["update_id"])
            self._begin(self._later(update))
            return
        queue = self._queues[whose(update)]
        queue.append(update)
        if len(queue) == 1:
            self._begin(self._in_order(whose(update)))

    def _begin(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_order(self, who: int) -> None:
        queue = self._queues[who]
        while queue:
            await self._bring(queue[0])
            queue.popleft()
        del self._queues[who]

    async def _later(self, update: Update) -> None:
        await asyncio.sleep(self.chance.uniform(0, LATE))
        await self._bring(update)

    async def _bring(self, update: Update) -> None:
        while True:
            webhook = self.webhook()
            headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]}
            self.brings(update)
            try:
                answer = await self._client.post(webhook["url"], json=update, headers=headers)
                taken = answer.is_success
            except httpx.HTTPError:
                taken = False
            self.count["taken" if taken else "brought again"] += 1
            if taken:
                self.open -= 1
                return
            await asyncio.sleep(AGAIN)


def whose(update: Update) -> int:
    """The id of the person who did it, which is their chat's too."""
    told = update.get("callback_query") or update["message"]
    who: int = told["from"]["id"]
    return who
