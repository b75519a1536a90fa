"""What a body is invited with: its link, its code, the same as a picture, and a letter of one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin import documents
from catalog_store import hours
from catalog_store.enrolments import Enrolment
from catalog_store.territory import Territory

CONTACT = "social_service"  # the kind of desk that answers questions about the call


@dataclass(frozen=True)
class Invited:
    """A body, its code, and where it opens it."""

    name: str
    code: str
    link: str

    @property
    def picture(self) -> str:
        """The link as a QR code, in SVG."""
        return documents.qr(self.link)


def letters(territory: Territory, call: Enrolment, invited: Sequence[Invited]) -> bytes:
    """One letter for each, as one PDF."""
    desk = territory.office(CONTACT)
    contact = (desk.name, desk.address, hours.in_words(desk.hours, "it"), desk.phone, desk.email) if desk else ()
    return documents.compile(
        "letter.typ",
        {
            "town": territory.municipality, "title": call.title, "text": call.text.split("\n\n"),
            "opens": f"{call.opens_on:%d/%m/%Y}", "closes": f"{call.closes_on:%d/%m/%Y}" if call.closes_on else "",
            "contact": ". ".join(filter(None, contact)), "privacy": territory.privacy,
            "letters": [{"name": one.name, "code": one.code, "link": one.link, "qr": one.picture} for one in invited],
        },
    )  # fmt: skip
