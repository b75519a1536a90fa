"""The small parts of Open Referral documents: ids, terms of our taxonomy, schedules, contacts (HSDS 3.0).

Source of names and types: Open Referral, Human Services Data Specification 3.0, https://docs.openreferral.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from catalog_store.hours import in_words
from catalog_store.schedules import DAYS, Slot, parse
from catalog_store.taxonomy import DEFAULT, GROUPS, NEEDS

Document = dict[str, Any]
TAXONOMY = UUID("5d0f3a52-6f3b-5c49-9d6e-3a1f2f0c7b11")  # of our vocabulary, the same in every installation
TERMS = {**GROUPS, **NEEDS}
_EVERY_DAY = ",".join(DAYS)
_EUROS = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?) ?(?:euro|€)", re.IGNORECASE)


def some(**fields: Any) -> Document:
    """A document of the fields that have something in them: HSDS knows no null."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], ())}


def part(owner: str, name: str) -> str:
    """The id of a part of something, always the same."""
    return str(uuid5(UUID(owner), name))


def taxonomy() -> Document:
    """Our vocabulary of needs."""
    return {
        "id": str(TAXONOMY),
        "name": "Bisogni e destinatari di Tessere",
        "description": f"{len(GROUPS)} ambiti e {len(NEEDS)} bisogni, con le parole che le persone leggono.",
    }


@cache
def term_id(code: str) -> str:
    """The id of a group or of a need."""
    return str(uuid5(TAXONOMY, code))


def term(code: str) -> Document:
    """A group, or a need below its group."""
    words = TERMS[code].text()
    return some(
        id=term_id(code),
        code=code,
        name=words.row,
        description=words.description,
        parent_id=term_id(NEEDS[code].group) if code in NEEDS else None,
        taxonomy=taxonomy()["name"],
        taxonomy_detail=taxonomy(),
        taxonomy_id=str(TAXONOMY),
        language=DEFAULT,
    )


def attributes(owner: str, entity: str, link_type: str, codes: Sequence[str]) -> list[Document]:
    """Which terms describe an entity, and as what (`link_type`); codes that are none of ours are left out."""
    return [
        {
            "id": part(owner, f"{link_type}/{code}"),
            "link_id": owner,
            "link_entity": entity,
            "link_type": link_type,
            "taxonomy_term_id": term_id(code),
            "taxonomy_term": term(code),
        }
        for code in codes
        if code in TERMS
    ]


def phones(owner: str, entity: str, number: str) -> list[Document]:
    """The telephone of an entity, if it has one."""
    return [{"id": part(owner, "phone"), f"{entity}_id": owner, "number": number, "type": "voice"}] if number else []


def languages(owner: str, entity: str, codes: Sequence[str]) -> list[Document]:
    """The languages that are spoken."""
    return [{"id": part(owner, f"language/{code}"), f"{entity}_id": owner, "code": code} for code in codes]


def costs(owner: str, cost: str) -> list[Document]:
    """What it costs: free when nothing is said; the amount where the words name one and no other."""
    named = _EUROS.findall(cost)
    amount = 0 if not cost else float(named[0].replace(",", ".")) if len(named) == 1 else None
    option = some(option=cost or "Gratis", amount=amount, currency="EUR" if amount is not None else None)
    return [{"id": part(owner, "cost"), "service_id": owner, **option}]


def metadata(owner: str, entity: str, at: datetime | None, town: str) -> list[Document]:
    """When something in an entity was last changed: which field it was is not kept."""
    if at is None:
        return []
    return [
        {
            "id": part(owner, "metadata"), "resource_id": owner, "resource_type": entity,
            "last_action_date": at.isoformat(timespec="milliseconds"), "last_action_type": "update",
            "field_name": "*", "previous_value": "", "replacement_value": "", "updated_by": town,
        }
    ]  # fmt: skip


def schedules(owner: str, text: str, how: str) -> list[Document]:
    """When a service is open; `how` it is attended. What HSDS has no fields for is said in words only."""
    return [
        some(
            id=part(owner, f"schedule/{number}"),
            service_id=owner,
            description=in_words((slot,)),
            attending_type=how,
            **dict(_fields(slot)),
        )
        for number, slot in enumerate(parse(text))
    ]


def _fields(slot: Slot) -> Iterator[tuple[str, Any]]:
    daily = slot.frequency == "DAILY"
    if slot.months or (daily and slot.interval > 1):
        return  # HSDS repeats by week and by month, and has no seasons
    # Wall time, without an offset from UTC: one that is right in winter is wrong in summer.
    yield "opens_at", f"{slot.start:%H:%M}"
    yield "closes_at", f"{slot.start + slot.duration:%H:%M}"
    yield "dtstart", slot.start.date().isoformat()
    if not slot.frequency:
        yield from (("valid_from", slot.start.date().isoformat()), ("valid_to", slot.start.date().isoformat()))
        return
    yield "freq", "WEEKLY" if daily else slot.frequency
    yield "interval", slot.interval
    yield "byday", ",".join(f"{which or ''}{DAYS[day]}" for which, day in slot.days) or (_EVERY_DAY if daily else None)
    if slot.frequency == "MONTHLY" and not slot.days:
        yield "bymonthday", str(slot.start.day)
    yield "until", slot.until.date().isoformat() if slot.until else None
    yield "count", slot.count
