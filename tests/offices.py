"""Somebody inside the back office in a test: an account of a role, let in, and the pages over ASGI."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx

from admin.office import access
from admin.office.app import application
from admin.office.office import Office
from catalog_store import invitations, sessions, staff
from catalog_store.connect import Store
from catalog_store.settings import Settings
from catalog_store.staff import Member

BASE = "http://ufficio.test"


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
        office: Office = self.app.state.office
        with store.begin() as tx:
            self.cookies = {access.cookie(office): sessions.begin(tx, self.member.id, "Firefox, Linux")}
        self.root = office.root

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Look at a page."""
        return self._send("GET", path, **more)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form of ours; a page that it leads to is fetched."""
        response = self._send("POST", path, data=form, headers={"sec-fetch-site": "same-origin"})
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
    """A new account, by an invitation, with an e-mail address made of its name and no password."""
    with store.begin() as tx:
        code = invitations.invite(tx, role, given.pop("organization_id", None), 7, **given)
        email = f"{re.sub(r'[^a-z]+', '.', name.casefold())}@comune.example.it"
        member = staff.join(tx, code, email=email, name=name, password=None, totp=None)
    assert isinstance(member, Member), member
    return member
