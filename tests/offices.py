"""Who works in the back office, for tests: an account of each role, and a client that is inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
from fastapi import FastAPI

from admin.office.app import application
from bot.house import House
from catalog_store import invitations, sessions, staff
from catalog_store.connect import Transaction
from catalog_store.staff import Member

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
        return httpx.AsyncClient(transport=transport, base_url="http://ufficio.test", headers=OURS)

    def inside(self, role: str, name: str = "Maria Rossi", **given: Any) -> tuple[httpx.AsyncClient, Member]:
        """Somebody of a role who has entered, and their browser."""
        client = self.client()
        with self.house.store.begin() as tx:
            member = employed(tx, role, name, **given)
            client.cookies.set("ufficio", sessions.begin(tx, member.id, "una prova"), domain="ufficio.test")
        return client, member


def employed(
    tx: Transaction, role: str, name: str, *, organization_id: int | None = None, unit: str = ""
) -> Member:  # fmt: skip
    """An account, made by a code as every other."""
    code = invitations.invite(tx, role, organization_id, 1, office=unit, note=name)
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
