"""Letters that invite to the call: one page for each body, as one PDF that machines and screen readers can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog_store import hours
from catalog_store.enrolments import Enrolment
from catalog_store.territory import Territory

_TEMPLATE = Path(__file__).with_name("templates") / "letter.typ"
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
        import segno

        code = segno.make(self.link, micro=False, error="m")
        return code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None, dark="#17324d", light="#fff")


def pdf(territory: Territory, call: Enrolment, invited: Sequence[Invited]) -> bytes:
    """The letters, PDF/UA-1 (ISO 14289-1)."""
    import typst

    desk = territory.office(CONTACT)
    told = {
        "town": territory.municipality,
        "call": {
            "title": call.title, "text": call.text.split("\n\n"), "opens": f"{call.opens_on:%d/%m/%Y}",
            "closes": f"{call.closes_on:%d/%m/%Y}" if call.closes_on else "",
        },
        "desk": {
            "name": desk.name, "address": desk.address, "hours": hours.in_words(desk.hours, "it"),
            "phone": desk.phone, "email": desk.email,
        } if desk else None,
        "privacy": territory.privacy,
        "letters": [{"name": one.name, "code": one.code, "link": one.link, "qr": one.picture} for one in invited],
    }  # fmt: skip
    return bytes(
        typst.compile(
            _TEMPLATE, sys_inputs={"told": json.dumps(told)}, pdf_standards=["ua-1"], ignore_system_fonts=True
        )
    )
