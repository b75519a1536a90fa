"""The catalogue on paper: read back by other libraries, as it is now, and where its codes lead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.house import House
from catalog_store import offers
from tests.papers import codes, read
from tests.publics import BASE, Reader, put


@pytest.fixture
def town(demonstration_house: House) -> Reader:
    return Reader.of(demonstration_house)


def test_a_booklet_has_the_offers_of_a_place_with_pages_and_an_index_by_need(town: Reader) -> None:
    pdf = town.get("/opuscolo/capalle.pdf").content
    reader, said = read(pdf)
    pages = [page.extract_text() for page in reader.pages]
    assert "Gli aiuti a Capalle" in pages[0]
    assert "Sono associazioni inventate" in pages[0]
    assert codes(pdf) == [f"{BASE}/"]
    assert "Pacco di alimenti al Rosi" in said, "it serves Capalle"
    assert "Pacco di alimenti a San Donnino" not in said, "it does not"
    assert f"2 / {len(pages)}" in pages[1]
    index = "\n".join(pages[-2:])
    at = next(n for n, page in enumerate(pages, 1) if "Pacco di alimenti al Rosi" in page)
    line = next(line for line in index.splitlines() if line.startswith("Pacco di alimenti:"))
    assert f"pagina {at}" in line
    heights = {item.height for item in text_items(reader) if item.text.strip()}
    assert min(heights) >= 11, "large type, at the foot of the page too"


def text_items(reader: Any) -> list[Any]:
    """Pieces of text with the size of their letters, in points."""
    from types import SimpleNamespace

    found: list[Any] = []

    def visit(text: str, cm: Any, tm: Any, fonts: Any, size: float) -> None:  # noqa: ARG001
        found.append(SimpleNamespace(text=text, height=round(size * abs(tm[3] or 1), 1)))

    reader.pages[3].extract_text(visitor_text=visit)
    return found


def test_each_code_opens_the_chat_at_its_offer(town: Reader) -> None:
    link = f"{BASE}/?offerta=demo-sporta-amica-01"
    pdf = town.get("/offerte/demo-sporta-amica-01/locandina.pdf").content
    reader, said = read(pdf)
    assert len(reader.pages) == 1
    assert codes(pdf) == [link]
    for told in ("Borsa della spesa", "La Sporta Amica ODV", "Gratis", "Dimostrazione"):
        assert told in said
    svg = town.get("/offerte/demo-sporta-amica-01/codice.svg")
    assert svg.headers["content-type"] == "image/svg+xml"


def test_an_organizations_code_opens_the_chat_at_what_it_offers_or_else_its_page(house: House) -> None:
    offer, owner = put(house.store)
    reader = Reader.of(house)
    poster = f"/associazioni/{owner.uid}/locandina.pdf"
    with house.store.begin() as tx:
        offers.put(tx, replace(offer, uid="un-altra", name="Compagnia"))
    pdf = reader.get(poster).content
    assert codes(pdf) == [f"{BASE}/?associazione={owner.uid}"]
    assert "Compagnia" in read(pdf)[1]
    with house.store.begin() as tx:
        for one in offers.listed(tx):
            offers.put(tx, replace(one, state="paused"))
    assert codes(reader.get(poster).content) == [f"{BASE}/catalogo/associazioni/{owner.uid}"]


def test_the_list_has_every_association_of_today(town: Reader) -> None:
    _, said = read(town.get("/associazioni.pdf").content)
    assert "Aggiornato al" in said
    assert "La Sporta Amica ODV" in said
    assert "055 0000 101" in said
    put(town.store, owner="Zeta Nuova APS")
    assert "Zeta Nuova APS" in read(town.get("/associazioni.pdf").content)[1]


@pytest.mark.parametrize(
    "path", ["/associazioni.pdf", "/opuscolo/limite.pdf", "/offerte/demo-sporta-amica-01/locandina.pdf"]
)
def test_a_paper_is_sent_again_only_when_it_has_changed(town: Reader, path: str) -> None:
    first = town.get(path)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    assert town.get(path, **{"if-none-match": etag}).status_code == 304
    put(town.store, "Un aiuto nuovo", owner="Zeta Nuova APS", locality="limite")
    with town.store.begin() as tx:
        known = next(one for one in offers.listed(tx) if one.uid == "demo-sporta-amica-01")
        offers.put(tx, replace(known, description="È cambiata."))
    again = town.get(path, **{"if-none-match": etag})
    assert again.status_code == 200
    assert again.headers["etag"] != etag


def test_every_paper_can_be_listened_to(town: Reader) -> None:
    for path in ("/associazioni.pdf", "/opuscolo/limite.pdf", "/associazioni/demo-sporta-amica/locandina.pdf"):
        reader, _ = read(town.get(path).content)
        root: Any = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"], path
        assert b"pdfuaid" in root["/Metadata"].get_data(), path


@pytest.mark.parametrize(
    "path", ["/opuscolo/marte.pdf", "/offerte/niente/locandina.pdf", "/associazioni/niente/locandina.pdf"]
)
def test_a_paper_of_nothing_is_not_there(town: Reader, path: str) -> None:
    assert town.get(path).status_code == 404


def test_who_asks_for_too_many_papers_is_told_to_wait(demonstration_house: House) -> None:
    reader = Reader.of(demonstration_house, a_minute=1)
    assert [reader.get("/associazioni.pdf").status_code for _ in range(2)] == [200, 429]
