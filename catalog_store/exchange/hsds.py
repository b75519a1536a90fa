"""What is public of the catalogue as Open Referral HSDS 3.0 documents. Pure.

Nothing of people is here: contacts are roles, and a tax code is left out where it is a person's. Of a discreet
organization no place is said. The demonstration says that it is one.
"""

from __future__ import annotations

from catalog_store.exchange.cells import BODY_CODE
from catalog_store.exchange.hsds_feed import Feed
from catalog_store.exchange.hsds_parts import (
    Document,
    attributes,
    costs,
    languages,
    metadata,
    part,
    phones,
    schedules,
    some,
)
from catalog_store.exchange.kinds import CALLED
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.taxonomy import GROUPS

DEMONSTRATION = "Dimostrazione: è inventato, e non risponde nessuno."


def package(feed: Feed) -> list[Document]:
    """Every service with all that belongs to it: what HSDS calls a service package."""
    return [service(feed, offer) for offer in feed.offers]


def service(feed: Feed, offer: Offer, *, full: bool = True) -> Document:
    """An offer. Not `full`: only what there is one of, as in a list."""
    id, owner = feed.id(offer), feed.organizations[offer.organization_id]
    single = some(
        id=id,
        organization_id=feed.id(owner),
        name=offer.name,
        alternate_name=offer.row if offer.row != offer.name else None,
        description=offer.description,
        email=offer.contact_email,
        status="active",
        application_process=offer.access_words,
        fees_description=offer.cost,
        eligibility_description=GROUPS[offer.group].people().description if offer.group in GROUPS else None,
        minimum_age=offer.age_from,
        maximum_age=offer.age_to,
        assured_date=offer.confirmed_on.isoformat() if offer.confirmed_on else None,
        alert=DEMONSTRATION if offer.demonstration else None,
        organization=organization(feed, owner, full=False),
    )
    return single | _lists(feed, offer, id) if full else single


def _lists(feed: Feed, offer: Offer, id: str) -> Document:
    town, documents = feed.territory, [offer.bring] if offer.bring else []
    served = [feed.called(one) for one in offer.areas]
    contact = some(title=offer.contact_role, email=offer.contact_email)
    contact_id = part(id, "contact")
    return some(
        phones=phones(id, "service", offer.contact_phone),
        schedules=schedules(id, offer.schedule, "A casa della persona" if offer.at_home else ""),
        service_areas=[{"id": part(id, f"area/{name}"), "service_id": id, "name": name} for name in served],
        service_at_locations=[_at_location(feed, offer)] if feed.place(offer) else [],
        languages=languages(id, "service", offer.languages),
        cost_options=costs(id, offer.cost),
        required_documents=[{"id": part(id, "document"), "service_id": id, "document": one} for one in documents],
        contacts=[{"id": contact_id, "service_id": id, **contact}] if offer.contact_role else [],
        attributes=[
            *attributes(id, "service", "need", offer.needs),
            *attributes(id, "service", "eligibility", [offer.group] if offer.group else []),
        ],
        metadata=metadata(id, "service", feed.changed(offer), town.municipality),
    )


def service_at_location(feed: Feed, offer: Offer, *, full: bool = True) -> Document:
    """That an offer is given at its location, with both. Raises ValueError when it has none, or none that is said."""
    given = service(feed, offer, full=full)
    given.pop("service_at_locations", None)
    return {**_at_location(feed, offer, full=full), "service": given}


def _at_location(feed: Feed, offer: Offer, *, full: bool = True) -> Document:
    (place,) = feed.place(offer)
    here = location(feed, place, full=full)
    return {"id": feed.at(offer), "service_id": feed.id(offer), "location_id": here["id"], "location": here}


def location(feed: Feed, place: Location, *, full: bool = True) -> Document:
    """Where people are received."""
    id = feed.id(place)
    single = some(
        id=id,
        location_type="physical",
        organization_id=feed.id(feed.organizations[place.organization_id]),
        name=place.name,
        description=feed.called(place.locality),
        latitude=place.latitude,
        longitude=place.longitude,
    )
    if not full:
        return single
    told = {True: "Si entra senza gradini.", False: "Ci sono gradini."}
    access = [] if place.accessible is None else [told[place.accessible]]
    return single | some(
        addresses=[_address(feed, part(id, "address"), place.address, "physical", id)] if place.address else [],
        accessibility=[{"id": part(id, "access"), "location_id": id, "description": one} for one in access],
    )


def organization(feed: Feed, owner: Organization, *, full: bool = True, services: bool = False) -> Document:
    """An organization; with `services`, its offers in full, otherwise only which they are."""
    id, said = feed.id(owner), owner.description or CALLED[owner.kind]
    single = some(
        id=id,
        name=owner.name,
        description=f"{DEMONSTRATION} {said}" if owner.demonstration else said,
        email=owner.email,
        website=owner.website,
        legal_status=CALLED[owner.kind],
    )
    if not full:
        return single
    code = owner.tax_code if len(owner.tax_code) == BODY_CODE else ""  # a longer one is a person's
    identifier = {"id": part(id, "tax_code"), "organization_id": id, "identifier_type": "Codice fiscale"}
    return single | some(
        phones=phones(id, "organization", owner.phone),
        contacts=[{"id": part(id, "pec"), "organization_id": id, "title": "PEC", "email": owner.pec}]
        if owner.pec
        else [],
        locations=[*_office(feed, owner, id), *(location(feed, one) for one in _seats(feed, owner))],
        organization_identifiers=[{**identifier, "identifier": code}] if code else [],
        attributes=attributes(id, "organization", "eligibility", owner.groups),
        metadata=metadata(id, "organization", feed.changed(owner), feed.territory.municipality),
        services=[_offered(feed, one, full=services) for one in feed.offers_of[owner.id]],
    )


def _offered(feed: Feed, offer: Offer, *, full: bool) -> Document:
    """An offer below its organization."""
    if not full:
        return {"id": feed.id(offer), "name": offer.name, "status": "active"}
    found = service(feed, offer)
    del found["organization"]
    return found


def _seats(feed: Feed, owner: Organization) -> list[Location]:
    return [one for one in feed.locations.values() if one.organization_id == owner.id]


def _office(feed: Feed, owner: Organization, id: str) -> list[Document]:
    """The registered office, as where letters are sent."""
    if owner.discreet or not owner.address:
        return []
    at = part(id, "office")
    address = _address(feed, part(at, "address"), owner.address, "postal", at)
    return [
        {"id": at, "organization_id": id, "location_type": "postal", "name": "Sede legale", "addresses": [address]}
    ]  # fmt: skip


def _address(feed: Feed, id: str, line: str, kind: str, location_id: str) -> Document:
    """Postal code and province are required, and not known: the catalogue keeps an address as one line."""
    return {
        "id": id, "location_id": location_id, "address_1": line, "city": feed.territory.municipality,
        "state_province": "", "postal_code": "", "country": "IT", "address_type": kind,
    }  # fmt: skip
