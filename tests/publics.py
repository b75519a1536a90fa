"""The public catalogue, for tests: a reader of one installation's pages, without a browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import event

from admin.public.app import application
from bot.house import House
from catalog_store import offers, organizations
from catalog_store.connect import Store
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.settings import Settings, load

BASE = "http://catalogo.test"
ADDRESS = "Via dei Segreti 12"
SHOPPING = "anziani.spesa_farmaci_domicilio"


class Reader:
    """Somebody who reads. Paths are as in the address bar, after /catalogo."""

    def __init__(self, store: Store, settings: Settings | None = None, a_minute: int = 10_000) -> None:
        self.store = store
        self.app = FastAPI()
        self.app.mount("/catalogo", application(store, settings or load({}), a_minute))

    @classmethod
    def of(cls, house: House, a_minute: int = 10_000) -> Reader:
        return cls(house.store, house.settings, a_minute)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._send("GET", path, headers=headers)

    def search(self, text: str, language: str = "") -> httpx.Response:
        """Write in the field of the first page."""
        return self._send("POST", f"{language}/cerca", data={"parole": text})

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, f"/catalogo{path}", **more)

        return asyncio.run(send())

    def walk(self, start: str = "/", most: int = 400) -> dict[str, httpx.Response]:
        """Every page that links lead to from a first one, by its path; papers too."""
        found: dict[str, httpx.Response] = {}
        waiting = [start]
        while waiting and len(found) < most:
            path = waiting.pop(0)
            if path in found or path.startswith("/static"):
                continue
            found[path] = self.get(path)
            if "html" in found[path].headers.get("content-type", ""):
                hrefs = [unescape(one) for one in re.findall(r'href="/catalogo([^"#]*)', found[path].text)]
                waiting += [one for one in hrefs if not re.match(r"/(en|ro|sq|zh|ar|es|uk|fr)/", one)]
        return found


def put(
    store: Store, name: str = "Spesa a casa", owner: str = "Il Ponte ODV", locality: str = "capalle", **more: Any
) -> tuple[Offer, Organization]:
    """An approved organization with a seat and an active offer. `more` is of either, by its field's name."""
    of_owner = {key: more.pop(key) for key in ("state", "discreet", "phone", "description") if key in more}
    paused = more.pop("paused", False)
    with store.begin() as tx:
        organization = Organization(owner, address=ADDRESS, areas=(locality,), **of_owner)
        owner_id = organizations.put(tx, organization)
        seat = organizations.put_location(
            tx, Location(owner_id, "Sede segreta", locality, address=ADDRESS, latitude=43.83, longitude=11.13)
        )
        given = {"needs": (SHOPPING,), "areas": (locality,), "state": "paused" if paused else "active", **more}
        offer = Offer(owner_id, name, name[:20], name[:24], location_id=seat, **given)
        offers.put(tx, offer)
    return offer, organization


@contextmanager
def statements(store: Store) -> Iterator[Sequence[str]]:
    """What is asked of the database meanwhile."""
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:  # noqa: ARG001
        said.append(statement)

    engines = store._reader, store._writer
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
