"""The parts of a running Tessere in a thread of their own, while a test is the people outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

Part = Callable[[], Coroutine[Any, Any, None]]


@contextmanager
def running(*parts: Part) -> Iterator[asyncio.AbstractEventLoop]:
    """Run them until the end of the block, then cancel them; what one of them raised is raised here."""
    started, ended = threading.Event(), list[BaseException]()
    held: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        held.append((asyncio.get_running_loop(), stop))
        tasks = [asyncio.create_task(part()) for part in parts]
        stopping = asyncio.create_task(stop.wait())
        started.set()
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (*tasks, stopping):
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        ended.extend(r for r in results if r is not None and not isinstance(r, asyncio.CancelledError))

    thread = threading.Thread(target=lambda: asyncio.run(main()), name="tessere")
    thread.start()
    started.wait()
    loop, stop = held[0]
    try:
        yield loop
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
    if ended:
        raise ended[0]
