"""The pages that are read: the six groups, offers by what one chooses, one offer, organizations."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from admin.public import cards, links, pages, words
from admin.public.desk import HERE, Desk, Here, Language, Missing
from catalog_store.connect import Transaction
from catalog_store.showcase import Filters, Showcase
from catalog_store.taxonomy import GROUPS, NEEDS, needs_of
from dialogs.following import DISCREET
from dialogs.locale import spoken
from dialogs.words import Words

router = APIRouter(default_response_class=HTMLResponse)
_SITEMAP = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
MOST = 100_000  # the number of a page
Asked = Annotated[str, Field(max_length=64)]
Number = Annotated[int, Field(ge=1, le=MOST)]


@router.get("/")
async def home(request: Request, desk: Here, language: Language) -> HTMLResponse:
    """The six groups, the parts of the town, and a search."""
    counts = await desk.read(lambda tx: desk.showcase(tx).counted)
    groups = [(group.code, group.text(language), counts[group.code]) for group in GROUPS.values()]
    return pages.page(request, "home.html", groups=groups, zones=desk.store.territory.localities.values())


@router.get("/temi/{group}")
async def theme(request: Request, desk: Here, language: Language, group: str) -> HTMLResponse:
    """The needs of a group, with how many offers there are."""
    if group not in GROUPS:
        raise Missing
    counts = await desk.read(lambda tx: desk.showcase(tx).counted)
    needs = [(need.code, need.text(language), counts.get(need.code, 0)) for need in needs_of(group)]
    return pages.page(
        request, "theme.html", delicate=group == DISCREET, group=group, words=GROUPS[group].text(language), needs=needs
    )


class Chosen(BaseModel):
    """What one chooses, as it stands in the address of a list."""

    tema: Asked = ""
    bisogno: Asked = ""
    zona: Asked = ""
    lingua: Asked = ""
    gratis: bool = False
    accessibile: bool = False
    aperto: bool = False
    pagina: Number = 1

    def filters(self) -> Filters:
        """The same for the showcase. Of a need, its group says nothing more."""
        return Filters(
            self.bisogno, "" if self.bisogno else self.tema, self.zona, "", self.lingua,
            free=self.gratis, accessible=self.accessibile, open_now=self.aperto,
        )  # fmt: skip


@router.get("/offerte")
async def offers_list(
    request: Request, desk: Here, language: Language, chosen: Annotated[Chosen, Query()]
) -> HTMLResponse:
    """Offers by what one chooses; what is chosen is in the address."""
    filters = chosen.filters()
    found = await desk.read(lambda tx: listed(tx, desk, desk.showcase(tx), filters, chosen.pagina, language))
    group = chosen.bisogno.partition(".")[0] or chosen.tema
    return pages.page(
        request, "list.html", delicate=group == DISCREET, heading=_heading(desk, filters, language),
        chosen=chosen.model_dump(exclude={"pagina"}), groups=_themes(language),
        zones=desk.store.territory.localities.values(), **found,
    )  # fmt: skip


@router.get("/offerte/{uid}")
async def offer_page(request: Request, desk: Here, language: Language, uid: str) -> HTMLResponse:
    """One offer."""

    def read(tx: Transaction) -> dict[str, Any]:
        showcase = desk.showcase(tx)
        match = showcase.one(tx, uid)
        if match is None:
            raise Missing
        card = cards.card(showcase, match, tx.now, language)
        return {
            "offer": match.offer, "owner": match.organization, "delicate": card.delicate, "card": card,
            "sections": cards.sections(showcase, match, tx.now, language),
            "needs": [(code, NEEDS[code].text(language).row) for code in match.offer.needs if code in NEEDS],
        }  # fmt: skip

    found = await desk.read(read)
    return pages.page(request, "offer.html", ways=links.to_offer(desk.settings, desk.base, uid), **found)


@router.get("/associazioni")
async def associations(request: Request, desk: Here) -> HTMLResponse:
    """All that are in the network, by name."""
    owners = await desk.read(lambda tx: list(desk.showcase(tx).organizations.values()))
    return pages.page(request, "associations.html", owners=owners)


@router.get("/associazioni/{uid}")
async def association_page(
    request: Request, desk: Here, language: Language, uid: str, pagina: Number = 1
) -> HTMLResponse:
    """One organization: who it is, how it is reached, where, and what it offers."""

    def read(tx: Transaction) -> dict[str, Any]:
        showcase = desk.showcase(tx)
        owner = showcase.organizations.get(uid)
        if owner is None:
            raise Missing
        names = {place.id: place.name for place in tx.store.territory.localities.values()}
        seats = [(one, names.get(one.locality, "")) for one in showcase.locations.get(owner.id, ())]
        reached = cards.reached(owner.phone, owner.email, owner.website, language, owner.pec)
        found = listed(tx, desk, showcase, Filters(organization=uid), pagina, language)
        delicate = DISCREET in owner.groups or any(card.delicate for card in found["cards"])
        return {"owner": owner, "seats": seats, "contacts": reached, "delicate": delicate, **found}

    ways = links.to_organization(desk.settings, desk.base, uid)
    return pages.page(request, "association.html", ways=ways, **await desk.read(read))


@router.get("/sitemap.xml", response_class=Response)
async def sitemap(desk: Here) -> Response:
    """For search engines, where the installation has a public address: every page that stays."""
    showcase = await desk.read(desk.showcase)
    here = desk.settings.public_base_url
    paths = ["/", "/associazioni", *(f"/temi/{group}" for group in GROUPS)]
    paths += [f"/associazioni/{uid}" for uid in showcase.organizations]
    paths += [f"/offerte/{offer.uid}" for offer in showcase.offers][: 49_000 - len(paths)]  # sitemaps.org: 50,000
    every = "".join(f"<url><loc>{escape(here + HERE + path)}</loc></url>" for path in paths if here)
    return Response(f"{_SITEMAP}{every}</urlset>", media_type="application/xml")


def listed(
    tx: Transaction, desk: Desk, showcase: Showcase, filters: Filters, number: int, language: str
) -> dict[str, Any]:
    """The offers of a page of a list, as templates show them."""
    page = showcase.page(tx, filters, number)
    return {
        "cards": [cards.card(showcase, match, tx.now, language) for match in page.shown],
        "total": spoken(words.many(page.total), language),
        "number": page.number,
        "pages": page.pages,
        "paged": spoken(words.paged(page.number, page.pages), language),
        "tongues": _tongues(showcase, language),
        "offices": pages.offices(desk, language),
    }


def _tongues(showcase: Showcase, language: str) -> list[tuple[str, str]]:
    """(code, name) of the languages that offers are in, by name."""
    named = [(code, cards.language_name(code, language)) for code in showcase.languages]
    return sorted(named, key=lambda one: one[1])


def _themes(language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(code, name, its needs) of each group."""
    return [
        (group.code, group.text(language).row, [(need.code, need.text(language).row) for need in needs_of(group.code)])
        for group in GROUPS.values()
    ]


def _heading(desk: Desk, filters: Filters, language: str) -> str:
    """What the list is of."""
    if filters.need in NEEDS:
        return NEEDS[filters.need].text(language).row
    if filters.group in GROUPS:
        return GROUPS[filters.group].text(language).row
    place = desk.store.territory.localities.get(filters.locality)
    title: Words = words.helps_in(place.name) if place else words.WORDS["offers"]
    return spoken(title, language)
