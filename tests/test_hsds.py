"""The open data: every document is HSDS, only what is public is in it, and whatever is asked is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from limits import RateLimitItemPerMinute
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import delete
from typer.testing import CliRunner

from admin import hsds as api
from admin.__main__ import app as commands
from catalog_store import offers, organizations, schema
from catalog_store.connect import Store, Transaction
from catalog_store.exchange import hsds, hsds_parts
from catalog_store.exchange.hsds_feed import Feed
from catalog_store.offers import Offer
from catalog_store.organizations import Location, Organization
from catalog_store.settings import load
from catalog_store.taxonomy import GROUPS, NEEDS
from tests.clock import Clock
from tests.houses import RING, fill, lay
from tests.hsds_spec import valid
from tests.test_export import ORGANIZATIONS, offer_of, place_of

NEED = "anziani.spesa_farmaci_domicilio"
PERSON = "RSSMRA80A01D612Y"


@dataclass
class Client:
    """Somebody who reads the open data."""

    app: FastAPI

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://town.test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())


def client_of(store: Store, public: str = "") -> Client:
    return Client(api.application(store, load({"PUBLIC_BASE_URL": public} if public else {})))


def put(tx: Transaction, name: str, offered: str = "Spesa a casa", *, place: bool = True, **given: Any) -> Offer:
    """An organization with a seat and an offer."""
    owner = organizations.put(tx, Organization(name, **given))
    seat = organizations.put_location(tx, Location(owner, "Sede", "capalle", address="Via Segreta 1", latitude=43.8))
    return offers.get(
        tx,
        offers.put(tx, Offer(owner, offered, "Spesa", "Spesa", (NEED,), location_id=seat if place else None)),
    )


def pages(client: Client, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["contents"]]


@pytest.fixture
def town(store: Store) -> Client:
    fill(store)
    return client_of(store)


LISTS = {
    "service": "services", "organization_document": "organizations", "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms", "service_at_location_document": "service_at_locations",
}  # fmt: skip
SCHEDULES = (
    "", "DTSTART;TZID=Europe/Rome:20260105T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2\nDURATION:PT3H0M",
    "DTSTART;TZID=Europe/Rome:20260105T220000\nRRULE:FREQ=DAILY\nDURATION:PT8H0M",
    "DTSTART;TZID=Europe/Rome:20260105T090000\nRRULE:FREQ=DAILY;INTERVAL=3\nDURATION:PT3H0M",
    "DTSTART;TZID=Europe/Rome:20260103T100000\nRRULE:FREQ=MONTHLY;BYDAY=1SA;UNTIL=20261231\nDURATION:PT2H0M",
    "DTSTART;TZID=Europe/Rome:20260105T100000\nRRULE:FREQ=MONTHLY;COUNT=5\nDURATION:PT2H0M",
    "DTSTART;TZID=Europe/Rome:20260105T100000\nDURATION:PT2H0M",
    "DTSTART;TZID=Europe/Rome:20261102T100000\nRRULE:FREQ=WEEKLY;BYMONTH=11,12\nDURATION:PT2H0M",
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_every_document_is_what_hsds_says(store: Store, data: st.DataObject) -> None:
    with store.begin() as tx:
        tx.execute(delete(schema.organizations))
        for owner in data.draw(st.lists(ORGANIZATIONS, min_size=1, max_size=3)):
            owner_id = organizations.put(tx, owner)
            seat = organizations.put_location(tx, data.draw(place_of(owner_id)))
            offer = data.draw(offer_of(owner_id, seat))
            schedule, cost = data.draw(st.sampled_from(SCHEDULES)), data.draw(st.sampled_from(("", "5 euro", "a 2 €")))
            offers.put(tx, Offer(**{**plain_of(offer), "schedule": schedule, "cost": cost}))
        feed = Feed.load(tx)
    valid_all(feed)
    public = {one.id for one in feed.organizations.values()}
    assert all(one.state == "approved" for one in feed.organizations.values())
    assert all(one.organization_id in public and one.state == "active" for one in feed.offers)


def plain_of(one: Offer) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def valid_all(feed: Feed) -> None:
    for document in json.loads(json.dumps(hsds.package(feed))):
        valid("service", document)
    for offer in feed.offers:
        valid("service", hsds.service(feed, offer, full=False))
        if feed.place(offer):
            for full in (True, False):
                valid("service_at_location_document", hsds.service_at_location(feed, offer, full=full))
    for owner in feed.organizations.values():
        for full, services in ((True, False), (True, True), (False, False)):
            valid("organization_document", hsds.organization(feed, owner, full=full, services=services))
    for code in hsds_parts.TERMS:
        valid("taxonomy_term", hsds_parts.term(code))
    valid("taxonomy", hsds_parts.taxonomy())


def test_the_demonstration_is_hsds_and_says_that_it_is_one(store: Store) -> None:
    fill(store)
    with store.reading() as tx:
        feed = Feed.load(tx)
    valid_all(feed)
    found = hsds.package(feed)
    assert len(found) == len(feed.offers) > 50
    assert all(one["alert"].startswith("Dimostrazione") for one in found)
    assert all(one["organization"]["description"].startswith("Dimostrazione") for one in found)


def test_what_hsds_does_not_know_is_not_let_pass() -> None:
    with pytest.raises(ValidationError):
        valid("taxonomy", {**hsds_parts.taxonomy(), "colour": "red"})
    with pytest.raises(ValidationError):
        valid("taxonomy", {**hsds_parts.taxonomy(), "id": "tessere"})
    with pytest.raises(ValidationError):
        valid("taxonomy", {"id": hsds_parts.taxonomy()["id"], "name": "x"})


def test_when_it_is_open_is_said_in_hsds_fields_where_it_has_them(store: Store) -> None:
    with store.begin() as tx:
        offer = put(tx, "La Panca")
        said = {}
        for schedule in SCHEDULES[1:]:
            offers.put(tx, Offer(**{**plain_of(offer), "schedule": schedule}))
            feed = Feed.load(tx)
            (said[schedule],) = hsds.service(feed, feed.offers[0])["schedules"]
    week, daily, third_day, month, numbered, once, season = said.values()
    assert (week["freq"], week["byday"], week["interval"]) == ("WEEKLY", "MO,TH", 2)
    assert (week["opens_at"], week["closes_at"], week["dtstart"]) == ("09:00", "12:00", "2026-01-05")
    assert (daily["freq"], daily["byday"], daily["closes_at"]) == ("WEEKLY", "MO,TU,WE,TH,FR,SA,SU", "06:00")
    assert (month["freq"], month["byday"], month["until"]) == ("MONTHLY", "1SA", "2026-12-31")
    assert (numbered["bymonthday"], numbered["count"]) == ("5", 5)
    assert (once["valid_from"], once["valid_to"], "freq" in once) == ("2026-01-05", "2026-01-05", False)
    assert not {"freq", "opens_at"} & (third_day.keys() | season.keys()), "what has no field is in words only"
    assert season["description"] == "lunedì, 10-12, da novembre a dicembre"


def test_only_what_is_public_is_there(store: Store) -> None:
    with store.begin() as tx:
        shown = put(tx, "La Panca", tax_code="80016750483", address="Via Roma 1", pec="panca@pec.example.org")
        house = put(tx, "La Casa", discreet=True, address="Via Segreta 9")
        offers.put(tx, replace(house, areas=("capalle",)))
        put(tx, "Ditta Rossi", kind="company", tax_code=PERSON)
        for state in organizations.STATES:
            if state != "approved":
                put(tx, f"Non {state}", f"Offerta {state}", state=state)
        for state in ("paused", "hidden"):
            offers.put(tx, Offer(shown.organization_id, f"Offerta {state}", "x", "x", (NEED,), state=state))
    client = client_of(store)
    assert sorted(names(pages(client, "/organizations"))) == ["Ditta Rossi", "La Casa", "La Panca"]
    assert names(pages(client, "/services")) == ["Spesa a casa"] * 3
    listed = pages(client, "/organizations", full=True, full_service=True)["contents"]
    home = next(one for one in listed if one["name"] == "La Casa")
    assert "locations" not in home
    (served,) = home["services"][0]["service_areas"]
    assert served["name"] == store.territory.municipality, "which locality it serves would say where it is"
    assert pages(client, "/service_at_locations")["total_items"] == 2
    everything = "".join(
        client.get(path, params={"full": True, "full_service": True}).text
        for path in ("/services", "/organizations", "/service_at_locations")
    )
    assert PERSON not in everything
    assert "Via Segreta 9" not in everything
    assert everything.count("80016750483") == 1
    with store.begin() as tx:
        organizations.put(tx, Organization("La Panca", uid=uid_of(tx, "La Panca"), state="withdrawn"))
    assert "La Panca" not in names(pages(client, "/organizations")), "at the next request"


def uid_of(tx: Transaction, name: str) -> str:
    return next(one.uid for one in organizations.listed(tx) if one.name == name)


def test_lists_have_pages_and_lead_to_each_thing(town: Client) -> None:
    first = pages(town, "/services", per_page=10)
    total = first["total_items"]
    assert (first["size"], first["first_page"], first["last_page"], first["empty"]) == (10, True, False, False)
    assert first["total_pages"] == -(-total // 10)
    last = pages(town, "/services", per_page=10, page=first["total_pages"])
    assert (last["last_page"], last["page_number"], last["size"]) == (True, first["total_pages"], (total - 1) % 10 + 1)
    assert pages(town, "/services", per_page=10, page=1000)["empty"]
    seen = {one["id"] for page in range(1, 10) for one in pages(town, "/services", page=page)["contents"]}
    assert len(seen) == total
    for kind, path in LISTS.items():
        found = pages(town, f"/{path}", per_page=2)
        for one in found["contents"]:
            valid(kind, one)
            whole = pages(town, f"/{path}/{one['id']}")
            valid(kind, whole)
            assert whole.keys() >= one.keys()
            assert "[" not in json.dumps(one), "a list has what there is one of"
        assert town.get(f"/{path}/{hsds_parts.part(str(hsds_parts.TAXONOMY), 'nothing')}").status_code == 404
        assert town.get(f"/{path}/nothing").status_code == 422
    assert pages(town, "/taxonomy_terms")["total_items"] == len(GROUPS) + len(NEEDS)
    assert pages(town, "/taxonomy_terms", top_only=True)["total_items"] == len(GROUPS)


def test_services_are_found_by_words_terms_organization_and_when_they_changed(store: Store, clock: Clock) -> None:
    with store.begin() as tx:
        put(tx, "La Panca", "Spesa e farmaci", description="Per chi è solo")
        put(tx, "Il Ponte", "Compagnia", groups=("disabilita",))
        stranger = put(tx, "La Sfera", "Ripetizioni")
        offers.put(tx, Offer(**{**plain_of(stranger), "needs": ("infanzia_famiglia.sport",)}))
    client = client_of(store)
    assert names(pages(client, "/services", search="FARMACI panca")) == ["Spesa e farmaci"]
    assert pages(client, "/services", search="ripetizioni ponte")["empty"]
    need, group = hsds_parts.term_id(NEED), hsds_parts.term_id("anziani")
    assert sorted(names(pages(client, "/services", taxonomy_term_id=need))) == ["Compagnia", "Spesa e farmaci"]
    assert sorted(names(pages(client, "/services", taxonomy_term_id=group))) == ["Compagnia", "Spesa e farmaci"]
    assert names(pages(client, "/organizations", taxonomy_term_id=hsds_parts.term_id("disabilita"))) == ["Il Ponte"]
    assert pages(client, "/services", taxonomy_id=hsds_parts.TAXONOMY)["total_items"] == 3
    assert pages(client, "/services", taxonomy_id=need)["empty"]
    owner = pages(client, "/organizations", search="sfera")["contents"][0]["id"]
    assert names(pages(client, "/services", organization_id=owner)) == ["Ripetizioni"]
    clock.advance(hours=1)
    with store.begin() as tx:
        changed = next(one for one in organizations.listed(tx) if one.name == "Il Ponte")
        organizations.put(tx, changed)
    after = (clock() - timedelta(minutes=1)).isoformat()
    assert names(pages(client, "/services", modified_after=after)) == ["Compagnia"], "who offers it has changed"
    (one,) = pages(client, "/services", modified_after=after, minimal=True)["contents"]
    assert one.keys() == {"id", "modified_date"}
    assert datetime.fromisoformat(one["modified_date"]) == clock().astimezone(UTC)


def test_a_version_is_sent_once_and_a_new_one_at_the_next_request(store: Store) -> None:
    with store.begin() as tx:
        put(tx, "La Panca")
    client = client_of(store)
    first = client.get("/services")
    again = client.get("/services", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["last-modified"].endswith("GMT")
    with store.begin() as tx:
        put(tx, "Il Ponte")
    new = client.get("/services", headers={"If-None-Match": first.headers["etag"]})
    assert (new.status_code, new.json()["total_items"]) == (200, 2)


def test_any_site_may_read_and_nobody_may_write_or_ask_without_end(
    town: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = town.get("/services", headers={"Origin": "https://altrove.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert town.ask("POST", "/services").status_code == 405
    monkeypatch.setattr(api, "WINDOW", RateLimitItemPerMinute(2))
    assert [town.get("/").status_code for _ in range(3)][-1] == 429
    assert town.get("/").headers["retry-after"] == "60"


def test_it_says_what_it_is(store: Store) -> None:
    told = pages(client_of(store, "https://chat.example.org"), "/")
    assert (told["version"], told["publisher"]["name"]) == ("3.0", "Campi Bisenzio")
    assert told["openapi_url"] == "https://chat.example.org/hsds/openapi.json"
    assert pages(client_of(store), "/")["openapi_url"] == "http://127.0.0.1:8000/hsds/openapi.json"
    assert pages(client_of(store), "/openapi.json")["info"]["title"].startswith("Tessere Campi Bisenzio")


def test_a_request_asks_the_database_one_thing(store: Store) -> None:
    from tests.test_office_load import statements

    fill(store)
    client = client_of(store)
    client.get("/services")
    for path in ("/services?search=spesa&full=true", "/organizations?full_service=true&per_page=100", "/taxonomies"):
        with statements(store) as ran:
            assert client.get(path).status_code == 200
        assert len(ran) <= 1, ran


CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzzed') / 'tessere.db'}"
    lay(url)
    store = Store(url, RING)
    fill(store)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(api, "WINDOW", RateLimitItemPerMinute(10**6))
        yield api.application(store, load({}))
    store.close()


@pytest.fixture(scope="module")
def described(fuzzed: FastAPI) -> list[Any]:
    """What the API says can be asked."""
    operations: Any = schemathesis.openapi.from_asgi("/openapi.json", fuzzed).get_all_operations()
    return [one.ok() for one in operations]


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_asked_is_answered_as_the_api_says(described: list[Any], data: st.DataObject) -> None:
    assert len(described) == 11
    case = data.draw(data.draw(st.sampled_from(described)).as_strategy())
    case.call_and_validate(checks=CHECKS)


def test_the_command_writes_the_open_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    run = CliRunner()
    assert run.invoke(commands, ["demo", "load"]).exit_code == 0
    assert run.invoke(commands, ["export", str(tmp_path / "open"), "--hsds"]).exit_code == 0
    for document in json.loads((tmp_path / "open" / "services.json").read_text("utf-8")):
        valid("service", document)
