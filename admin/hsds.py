"""`/hsds`: the catalogue as open data, by the API of Open Referral HSDS 3.0. It only reads, and has nothing of people.

An answer is of one version of the catalogue: what is public of it is kept in memory until it changes, so that a request
asks the database one number, whatever it searches for. A version that is unchanged is not sent again (ETag).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel
from starlette.middleware.cors import CORSMiddleware

from catalog_store import VERSION
from catalog_store.connect import Store
from catalog_store.exchange import hsds, hsds_parts
from catalog_store.exchange.body_columns import plain
from catalog_store.exchange.hsds_feed import Feed
from catalog_store.exchange.hsds_parts import TAXONOMY, TERMS, Document, some, term_id
from catalog_store.offers import Offer
from catalog_store.organizations import Organization
from catalog_store.settings import Settings

HERE = "/hsds"
MOST = 100  # things on a page
WINDOW = RateLimitItemPerMinute(300)  # requests of one address on the network
PROFILE = "https://docs.openreferral.org/en/v3.0/"
T = TypeVar("T")


class Refusal(BaseModel):
    """Why there is no answer."""

    detail: str


class About(BaseModel):
    """What this API is."""

    version: str
    profile: str
    openapi_url: str
    description: str
    publisher: dict[str, str]


class Page(BaseModel):
    """A page of a list, by HSDS's own words."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


@dataclass
class Public:
    """What is public of the newest version of the catalogue."""

    store: Store
    feed: Feed | None = None
    reading: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Feed:
        """The catalogue as it is now: read anew when it has changed."""
        with self.reading, self.store.reading() as tx:
            if self.feed is None or not self.feed.is_of(tx):
                self.feed = Feed.load(tx)
            return self.feed


def application(store: Store, settings: Settings) -> FastAPI:
    """The API of one installation, to be mounted at HERE."""
    town = store.territory.municipality
    app = FastAPI(
        title=f"Tessere {town}: servizi e associazioni", version=VERSION, docs_url=None, redoc_url=None,
        description="Open Referral HSDS 3.0, in sola lettura.", dependencies=[Depends(_bounded)],
        responses={404: {"model": Refusal}, 429: {"model": Refusal}},
    )  # fmt: skip
    app.state.public = Public(store)
    app.state.base = (settings.public_base_url or f"http://{settings.host}:{settings.port}") + HERE
    app.state.limiter = FixedWindowRateLimiter(MemoryStorage())
    app.include_router(router)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], expose_headers=["ETag", "Last-Modified"]
    )
    return app


async def _bounded(request: Request) -> None:
    address = request.client.host if request.client else ""
    if not request.app.state.limiter.hit(WINDOW, address):
        raise HTTPException(429, "Troppe richieste: riprovi fra un minuto.", {"Retry-After": "60"})


def _feed(request: Request, response: Response) -> Feed:
    """The catalogue; 304 when the asker has it as it is."""
    feed: Feed = request.app.state.public.current()
    tag = f'W/"{VERSION}-{feed.version}-{feed.day:%Y%m%d}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if feed.modified:
        headers["Last-Modified"] = format_datetime(feed.modified.astimezone(UTC), usegmt=True)
    if tag in map(str.strip, request.headers.get("if-none-match", "").split(",")):
        raise HTTPException(304, headers=headers)
    response.headers.update(headers)
    return feed


Here = Annotated[Feed, Depends(_feed)]
Search = Annotated[str, Query(max_length=200, description="Words, all of which are to be found.")]
Number = Annotated[int, Query(ge=1, le=1_000_000, description="Page number.")]
PerPage = Annotated[int, Query(ge=1, le=MOST, description="How many things on a page.")]
Full = Annotated[bool, Query(description="With everything that belongs to each of them.")]
TermId = Annotated[UUID | None, Query(description="Only what a term of the taxonomy describes, or one below it.")]
TaxonomyId = Annotated[UUID | None, Query(description="Only what terms of this taxonomy describe.")]
router = APIRouter()


@dataclass(frozen=True)
class Asked:
    """What a list of services is narrowed to."""

    search: Search = ""
    taxonomy_term_id: TermId = None
    taxonomy_id: TaxonomyId = None
    organization_id: Annotated[UUID | None, Query(description="Only what this organization offers.")] = None
    modified_after: Annotated[datetime | None, Query(description="Only what was modified then or later.")] = None

    def find(self, feed: Feed) -> list[Offer]:
        """The services that are asked for."""
        after, owner = self.modified_after, self.organization_id
        after = after.replace(tzinfo=feed.territory.zone) if after and after.tzinfo is None else after
        return [
            offer
            for offer in feed.offers
            if feed.has(offer, self.search)
            and _described(feed.terms(offer), self.taxonomy_term_id, self.taxonomy_id)
            and (owner is None or feed.id(feed.organizations[offer.organization_id]) == str(owner))
            and (after is None or ((changed := feed.changed(offer)) is not None and changed >= after))
        ]


Filters = Annotated[Asked, Depends()]


@router.get("/")
def about(request: Request) -> About:
    """What this API is, and how it relates to HSDS."""
    town = request.app.state.public.store.territory.municipality
    return About(
        version="3.0", profile=PROFILE, openapi_url=f"{request.app.state.base}/openapi.json",
        publisher={"name": town},
        description=f"Servizi e associazioni di {town}, in italiano. Chi è inventato, per dimostrazione, lo dice.",
    )  # fmt: skip


@router.get("/services")
def services(
    feed: Here, asked: Filters, page: Number = 1, per_page: PerPage = 50, *, full: Full = False,
    minimal: Annotated[bool, Query(description="Only `id` and `modified_date`.")] = False,
) -> Page:  # fmt: skip
    """The services that are active."""
    shown = partial(_minimal, feed) if minimal else partial(hsds.service, feed, full=full)
    return _page(asked.find(feed), page, per_page, shown)


@router.get("/services/{id}")
def service(feed: Here, id: UUID) -> Document:
    """A service, with everything that belongs to it."""
    return hsds.service(feed, _known(feed.services.get(str(id))))


@router.get("/organizations")
def organizations(  # noqa: PLR0913  each is a parameter of HSDS
    feed: Here, search: Search = "", taxonomy_term_id: TermId = None, taxonomy_id: TaxonomyId = None,
    page: Number = 1, per_page: PerPage = 50, *, full: Full = False, full_service: Full = False,
) -> Page:  # fmt: skip
    """The organizations of the network."""
    found: list[Organization] = [
        one
        for one in feed.organizations.values()
        if feed.has(one, search) and _described(feed.terms(one), taxonomy_term_id, taxonomy_id)
    ]
    shown = partial(hsds.organization, feed, full=full or full_service, services=full_service)
    return _page(found, page, per_page, shown)


@router.get("/organizations/{id}")
def organization(feed: Here, id: UUID, *, full_service: Full = False) -> Document:
    """An organization, with which services it offers."""
    return hsds.organization(feed, _known(feed.owners.get(str(id))), services=full_service)


@router.get("/service_at_locations")
def service_at_locations(
    feed: Here, asked: Filters, page: Number = 1, per_page: PerPage = 50, *, full: Full = False
) -> Page:
    """Which service is given where."""
    found = [offer for offer in asked.find(feed) if feed.place(offer)]
    return _page(found, page, per_page, partial(hsds.service_at_location, feed, full=full))


@router.get("/service_at_locations/{id}")
def service_at_location(feed: Here, id: UUID) -> Document:
    """A service at its location."""
    return hsds.service_at_location(feed, _known(feed.placed.get(str(id))))


@router.get("/taxonomies")
def taxonomies(search: Search = "", page: Number = 1, per_page: PerPage = 50) -> Page:
    """The taxonomy by which services are described: ours."""
    return _terms([hsds_parts.taxonomy()], search, page, per_page)


@router.get("/taxonomies/{id}")
def taxonomy(id: UUID) -> Document:
    """The taxonomy."""
    return _known(hsds_parts.taxonomy() if id == TAXONOMY else None)


@router.get("/taxonomy_terms")
def taxonomy_terms(
    search: Search = "", taxonomy_id: TaxonomyId = None, parent_id: TermId = None, page: Number = 1,
    per_page: PerPage = 50, *, top_only: Annotated[bool, Query(description="Only those that have none above.")] = False,
) -> Page:  # fmt: skip
    """The groups of beneficiaries and, below them, the needs."""
    found = [
        one
        for one in map(hsds_parts.term, TERMS)
        if taxonomy_id in {None, TAXONOMY}
        and (parent_id is None or one.get("parent_id") == str(parent_id))
        and not (top_only and "parent_id" in one)
    ]
    return _terms(found, search, page, per_page)


@router.get("/taxonomy_terms/{id}")
def taxonomy_term(id: UUID) -> Document:
    """A group or a need."""
    return hsds_parts.term(_known(next((code for code in TERMS if term_id(code) == str(id)), None)))


def _page(found: Sequence[T], number: int, size: int, shown: Callable[[T], Document]) -> Page:
    here = found[(number - 1) * size : number * size]
    pages = -(-len(found) // size)
    return Page(
        total_items=len(found), total_pages=pages, page_number=number, size=len(here), first_page=number == 1,
        last_page=number >= pages, empty=not here, contents=[shown(one) for one in here],
    )  # fmt: skip


def _terms(among: Sequence[Document], search: str, number: int, size: int) -> Page:
    words = plain(search).split()
    found = [one for one in among if all(word in plain(f"{one['name']} {one['description']}") for word in words)]
    return _page(found, number, size, lambda one: one)


def _known(found: T | None) -> T:
    if found is None:
        raise HTTPException(404, "Non c’è.")
    return found


def _described(terms: set[str], term: UUID | None, taxonomy: UUID | None) -> bool:
    return (term is None or str(term) in terms) and taxonomy in {None, TAXONOMY}


def _minimal(feed: Feed, offer: Offer) -> Document:
    at = feed.changed(offer)
    return some(id=feed.id(offer), modified_date=at.isoformat(timespec="milliseconds") if at else None)
