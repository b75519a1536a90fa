"""Who works in the back office, for tests: an account of each role, and a browser in which they are inside."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
from fastapi import FastAPI

from admin.office import access
from admin.office.app import application
from admin.office.office import Office as Inside
from bot.house import House
from catalog_store import invitations, sessions, staff
from catalog_store.connect import Store, Transaction
from catalog_store.settings import Settings
from catalog_store.staff import Member

BASE = "http://ufficio.test"
OURS = {"sec-fetch-site": "same-origin"}
PASSWORD = "quattro parole messe a caso"
ORGANIZATION = "La Sporta Amica ODV"


@dataclass
class Office:
    """The back office of a house, and who works there."""

    house: House
    woken: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app: FastAPI = application(self.house.store, self.house.settings, lambda: self.woken.append(None))

    def client(self) -> httpx.AsyncClient:
        """A browser that nobody has entered with."""
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS)

    def inside(self, role: str, name: str = "Maria Rossi", **given: Any) -> tuple[httpx.AsyncClient, Member]:
        """Somebody of a role who has entered, and their browser."""
        client = self.client()
        with self.house.store.begin() as tx:
            member = employed(tx, role, name, **given)
            client.cookies.set("ufficio", sessions.begin(tx, member.id, "una prova"), domain="ufficio.test")
        return client, member


class Desk:
    """One browser, in which a member of the staff is inside. Paths are as in the address bar, after /ufficio."""

    def __init__(
        self, store: Store, settings: Settings, role: str = "operator", name: str = "Maria Rossi", **given: Any
    ) -> None:
        """A new account. `given`: of the invitation, `organization_id` or `office`."""
        self._enter(store, settings, joined(store, role, name, **given))

    @classmethod
    def of(cls, store: Store, settings: Settings, member: Member) -> Desk:
        """A browser of somebody who has an account."""
        desk = cls.__new__(cls)
        desk._enter(store, settings, member)
        return desk

    def _enter(self, store: Store, settings: Settings, member: Member) -> None:
        self.app, self.member = application(store, settings, lambda: None), member
        office: Inside = self.app.state.office
        with store.begin() as tx:
            self.cookies = {access.cookie(office): sessions.begin(tx, self.member.id, "Firefox, Linux")}
        self.root = office.root

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Look at a page."""
        return self._send("GET", path, **more)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form of ours; a page that it leads to is fetched."""
        response = self._send("POST", path, data=form, headers=OURS)
        if response.status_code != httpx.codes.SEE_OTHER:
            return response
        return self.get(response.headers["location"].removeprefix(self.root))

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies=self.cookies) as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())


def joined(store: Store, role: str, name: str = "Maria Rossi", **given: Any) -> Member:
    """A new account, by an invitation."""
    with store.begin() as tx:
        return employed(tx, role, name, **given)


def employed(
    tx: Transaction, role: str, name: str, *, organization_id: int | None = None, office: str = ""
) -> Member:  # fmt: skip
    """An account, made by a code as every other."""
    code = invitations.invite(tx, role, organization_id, 1, office=office, note=name)
    email = f"{re.sub('[^a-z]', '.', name.casefold())}@comune.example.it"
    member = staff.join(tx, code, email=email, name=name, password=None, totp=None)
    assert isinstance(member, Member)
    return member


def words(page: httpx.Response) -> str:
    """What a page says, without its marks."""
    said = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", said).strip()


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a field that is not seen."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def code_of(house: House, secret: str, steps: int = 0) -> str:
    """What an authenticator shows at the house's hour; `steps` later."""
    return pyotp.TOTP(secret).at(int(house.store.clock().timestamp()) + 30 * steps)
