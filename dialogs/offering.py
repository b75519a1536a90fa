"""What an association's dialogues read of its offers and do with them. Only of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from catalog_store import closures, offers, organizations, queue, roles
from catalog_store.closures import Closure
from catalog_store.connect import Transaction
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Location, Organization
from dialogs.naming import Area, areas


@dataclass(frozen=True)
class Spot:
    """Where the organization receives people."""

    id: int
    name: str
    address: str


@dataclass(frozen=True)
class Known:
    """What an offer can be made of: an organization's own data."""

    organization_id: int
    uid: str
    name: str
    phone: str
    email: str
    spots: list[Spot]
    areas: list[Area]
    zone: str


@dataclass(frozen=True)
class Draft:
    """An offer before it is published. `address` and `locality` are of a place that is new."""

    description: str = ""
    needs: list[str] = field(default_factory=list)
    name: str = ""
    label: str = ""
    row: str = ""
    group: str = ""
    age_from: int | None = None
    age_to: int | None = None
    at_home: bool = False
    location_id: int | None = None
    address: str = ""
    locality: str = ""
    areas: list[str] = field(default_factory=lambda: [EVERYWHERE])
    schedule: str = ""
    places: int | None = None
    period: str = ""
    cost: str = ""
    access: str = "anyone"
    access_words: str = ""
    bring: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    languages: list[str] = field(default_factory=lambda: ["it"])


@dataclass(frozen=True)
class Mine:
    """An offer as its organization sees it. `left`: free places, None without a limit; `waits`: people in line."""

    uid: str
    name: str
    label: str
    row: str
    organization_id: int
    organization: str
    state: str
    schedule: str
    left: int | None
    waits: int
    reopens: date | None
    id: int


@dataclass(frozen=True)
class Change:
    """What is done with one offer (`uid`), or with all of an organization (`organization_id`)."""

    kind: str
    uid: str = ""
    organization_id: int = 0
    n: int | None = None
    first: date | None = None
    last: date | None = None
    schedule: str = ""


@dataclass(frozen=True)
class Done:
    """How it went: the names of the offers that changed, none where nothing did; `waits`: who waits in the line."""

    names: list[str] = field(default_factory=list)
    waits: int = 0


def owners(tx: Transaction, uid: str) -> list[Known]:
    """The approved organizations that whoever's turn it is answers for; with this `uid`, if it is one of them."""
    listed = [known(tx, one) for one in _owners(tx)]
    return [one for one in listed if not uid or one.uid == uid]


def known(tx: Transaction, owner: Organization) -> Known:
    """An organization, for an offer of it."""
    spots = [
        Spot(place.id, place.name, place.address)
        for place in organizations.listed_locations(tx)
        if place.organization_id == owner.id
    ]
    zone = tx.store.territory.zone.key
    return Known(owner.id, owner.uid, owner.name, owner.phone, owner.email, spots, areas(tx), zone)


def mine(tx: Transaction) -> list[Mine]:
    """What they offer, of all their organizations; not what is over."""
    today, shut = closures.today(tx), closures.current(tx)
    return [_mine(tx, owner, one, shut, today) for owner in _owners(tx) for one in _of(tx, owner.id)]


def draft_of(tx: Transaction, uid: str) -> Draft | None:
    """One of theirs, to be changed."""
    offer = _own(tx, uid)
    if offer is None:
        return None
    shared = {name: getattr(offer, name) for name in _SAME}
    return Draft(
        **shared, needs=list(offer.needs), areas=list(offer.areas), languages=list(offer.languages),
        role=offer.contact_role, phone=offer.contact_phone, email=offer.contact_email,
    )  # fmt: skip


def owner_of(tx: Transaction, uid: str) -> Known | None:
    """The organization of one of their offers."""
    offer = _own(tx, uid)
    return known(tx, organizations.get(tx, offer.organization_id)) if offer else None


def publish(tx: Transaction, organization_id: int, draft: Draft) -> str:
    """Put a new offer into the catalogue, where every process finds it at once; its uid, '' when they may not."""
    owner = next((one for one in _owners(tx) if one.id == organization_id), None)
    if owner is None:
        return ""
    made = Offer(owner.id, draft.name, draft.label, draft.row, tuple(draft.needs), demonstration=owner.demonstration)
    made = _filled(tx, made, draft)
    offers.put(tx, made)
    return made.uid


def save(tx: Transaction, uid: str, draft: Draft) -> bool:
    """Change one of theirs; false when it is theirs no more."""
    offer = _own(tx, uid)
    if offer is None:
        return False
    offers.put(tx, _filled(tx, offer, draft))
    return True


def apply(tx: Transaction, change: Change) -> Done:
    """Do what an update says, to one offer or to all of an organization."""
    today = closures.today(tx)
    owner = next((one for one in _owners(tx) if one.id == change.organization_id), None)
    single = _own(tx, change.uid) if change.uid else None
    chosen = [single] if single else _of(tx, owner.id) if owner and not change.uid else []
    if not chosen:
        return Done()
    whole = single.id if single else None
    owner_id = chosen[0].organization_id
    match change.kind:
        case "close":
            first = change.first or today
            closures.put(tx, Closure(owner_id, whole, first, change.last or first))
        case "reopen":
            closures.reopen(tx, owner_id, whole)
    for offer in chosen:
        _one(tx, offer, change)
    return Done([offer.name for offer in chosen], sum(queue.waits(tx, offer.id) for offer in chosen))


def _one(tx: Transaction, offer: Offer, change: Change) -> None:
    match change.kind:
        case "places":
            offers.set_left(tx, offer.id, change.n)
        case "hours":
            offers.change(tx, offer.id, schedule=change.schedule)
        case "pause":
            offers.change(tx, offer.id, state="paused")
        case "reopen" if offer.state in {"paused", "hidden"}:  # who begins again says that it is true
            offers.change(tx, offer.id, confirmed_on=closures.today(tx), state="active")
        case "confirm":
            state = "active" if offer.state == "hidden" else offer.state
            offers.change(tx, offer.id, confirmed_on=closures.today(tx), state=state)
        case "end":
            offers.change(tx, offer.id, state="over")
            queue.dissolve(tx, offer.id)


_SAME = (
    "description", "name", "label", "row", "group", "age_from", "age_to", "at_home", "location_id", "schedule",
    "places", "period", "cost", "access", "access_words", "bring",
)  # fmt: skip  # what an offer and its draft call alike


def _filled(tx: Transaction, offer: Offer, draft: Draft) -> Offer:
    location = draft.location_id
    if draft.address:
        place = Location(offer.organization_id, draft.address[:120], draft.locality, address=draft.address)
        location = organizations.put_location(tx, place)
    shared = {name: getattr(draft, name) for name in _SAME if name != "location_id"}
    return replace(
        offer, **shared, location_id=location, needs=tuple(draft.needs), areas=tuple(draft.areas),
        languages=tuple(draft.languages), contact_role=draft.role, contact_phone=draft.phone,
        contact_email=draft.email, confirmed_on=closures.today(tx),
        state="active" if offer.state == "hidden" else offer.state,
    )  # fmt: skip


def _owners(tx: Transaction) -> list[Organization]:
    ids = dict.fromkeys(one.organization_id for one in roles.of(tx, tx.me()) if one.role == "association")
    found = (organizations.get(tx, id) for id in ids if id)
    return [owner for owner in found if owner.state == "approved"]


def _of(tx: Transaction, organization_id: int) -> list[Offer]:
    return [offer for offer in offers.of_organization(tx, organization_id) if offer.state != "over"]


def _own(tx: Transaction, uid: str) -> Offer | None:
    return next((offer for owner in _owners(tx) for offer in _of(tx, owner.id) if offer.uid == uid), None)


def _mine(tx: Transaction, owner: Organization, offer: Offer, shut: list[Closure], today: date) -> Mine:
    closed = [one for one in shut if one.organization_id == owner.id and one.offer_id in (None, offer.id)]
    return Mine(
        offer.uid, offer.name, offer.label, offer.row, owner.id, owner.name, offer.state, offer.schedule,
        offers.left(tx, offer.id), queue.waits(tx, offer.id), closures.reopens(closed, today), offer.id,
    )  # fmt: skip
