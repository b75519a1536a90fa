"""The demonstration is worth trying, reaches nobody, and goes without leaving anything or taking anything else."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from admin.__main__ import app
from catalog_store import demonstration, offers, organizations, territory
from catalog_store.connect import Store, Transaction
from catalog_store.demonstration import DemonstrationFault, load_demonstration, remove_demonstration
from catalog_store.exchange.catalogue import DEMONSTRATION, Counts
from catalog_store.matching import Catalogue, Who, explain, find
from catalog_store.migrate import migrate
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Organization
from catalog_store.schema import invitations, metadata, people, referrals, roles
from catalog_store.secrets import KeyRing, Private
from catalog_store.taxonomy import NEEDS

TOWN = territory.load()
SHOPPING = "anziani.spesa_farmaci_domicilio"
RING = KeyRing((b"k" * 32,), b"a" * 32)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('demonstration')}/tessere.db", RING, synchronous="OFF")
    migrate(store)
    with store.begin() as tx:
        load_demonstration(tx)
        loaded = Catalogue.load(tx)
    store.close()
    return loaded


def rows(tx: Transaction) -> dict[str, int]:
    return {
        name: tx.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in metadata.tables.items()
        if name != "counters"
    }


def test_it_is_big_enough_and_every_need_is_covered_twice(catalogue: Catalogue) -> None:
    assert len(catalogue.organizations) >= 25
    assert len(catalogue.offers) >= 80
    covered = Counter(need for offer in catalogue.offers for need in offer.needs)
    assert set(covered) == set(NEEDS)
    assert min(covered.values()) >= 2


def test_every_locality_has_a_seat_and_every_need_an_offer(catalogue: Catalogue) -> None:
    assert {place.locality for place in catalogue.locations.values()} == set(TOWN.localities)
    for need in NEEDS:
        reached = {area for offer in catalogue.offers if need in offer.needs for area in offer.areas}
        assert EVERYWHERE in reached or reached >= set(TOWN.localities), need


def test_everything_in_it_is_marked(catalogue: Catalogue) -> None:
    assert all(owner.demonstration for owner in catalogue.organizations.values())
    assert all(offer.demonstration for offer in catalogue.offers)
    uids = [offer.uid for offer in catalogue.offers] + [owner.uid for owner in catalogue.organizations.values()]
    assert all(uid.startswith(DEMONSTRATION) for uid in (*uids, *(place.uid for place in catalogue.locations.values())))


def test_nobody_can_be_reached_through_it(catalogue: Catalogue) -> None:
    phones = [owner.phone for owner in catalogue.organizations.values()] + [o.contact_phone for o in catalogue.offers]
    emails = [owner.email for owner in catalogue.organizations.values()] + [o.contact_email for o in catalogue.offers]
    assert all(re.fullmatch(r"055 0\d{3} \d{3}", phone) for phone in phones), "no subscriber's number begins with 0"
    assert all(email.endswith("@example.org") for email in emails)
    assert all(re.fullmatch(r"https://[a-z-]+\.example", owner.website) for owner in catalogue.organizations.values())
    assert {offer.contact_role for offer in catalogue.offers} <= {
        "Segreteria",
        "Coordinamento",
        "Accoglienza",
        "Sportello",
    }


def test_it_shows_all_that_an_offer_can_have(catalogue: Catalogue) -> None:
    listed = catalogue.offers
    assert {offer.access for offer in listed} == {"anyone", "social_service", "listening_point", "documents"}
    assert {"it", "en", "zh", "ar", "ro", "es", "fr"} <= {language for offer in listed for language in offer.languages}
    for shown in ("cost", "schedule", "places", "age_from", "age_to", "group", "bring"):
        values = [bool(getattr(offer, shown)) for offer in listed]
        assert 3 <= sum(values) < len(values), shown


def test_labels_tell_offers_apart(catalogue: Catalogue) -> None:
    for text in ("label", "row", "name"):
        assert Counter(getattr(offer, text) for offer in catalogue.offers).most_common(1)[0][1] == 1


@pytest.mark.parametrize("place", TOWN.localities)
def test_a_mother_of_85_who_cannot_go_out_has_her_medicines_brought(catalogue: Catalogue, place: str) -> None:
    at = TOWN.operators[0].start.replace(tzinfo=TOWN.zone)
    matches = find(catalogue, [(SHOPPING, 0.9)], Who(area=place, age=85, home=True), at)
    assert len(matches) >= 2
    assert all(match.offer.at_home for match in matches[:2])
    parts = explain(catalogue, matches[0], at)
    assert parts.at_home
    assert parts.when
    assert [reason.code for reason in parts.why][:2] == ["need", "home"]


def test_a_second_loading_touches_nothing(store: Store) -> None:
    with store.begin() as tx:
        assert demonstration.is_catalogue_empty(tx)
        counts = load_demonstration(tx)
        assert load_demonstration(tx) == Counts()
        assert demonstration.is_demonstration_present(tx)
        assert len(demonstration.organizations(tx)) == counts.organizations


def test_removing_it_leaves_exactly_what_was_there_before(store: Store) -> None:
    with store.begin() as tx:
        owner = organizations.put(tx, Organization("Associazione vera", uid="vera"))
        real = Offer(owner, "Offerta vera", "Offerta", "Offerta", (SHOPPING,), uid="vera")
        offers.put(tx, real)
        before = rows(tx)
        counts = load_demonstration(tx)
        theirs, _ = demonstration.organizations(tx)[0]
        offers.put(tx, replace(real, organization_id=theirs, uid="added-by-its-contact"))
        removed = remove_demonstration(tx)
        assert (removed.organizations, removed.locations) == (counts.organizations, counts.locations)
        assert removed.offers == counts.offers + 1
        assert rows(tx) == before
        assert offers.listed(tx) == [real]
        assert not demonstration.is_demonstration_present(tx)
        assert not demonstration.is_catalogue_empty(tx)


def test_a_request_to_a_demonstration_association_survives_it(store: Store) -> None:
    with store.begin() as tx:
        load_demonstration(tx)
        offer = offers.listed(tx)[0]
        person = tx.execute(
            insert(people).values(created_at=tx.now, seen_at=tx.now).returning(people.c.id)
        ).scalar_one()
        tx.execute(
            insert(referrals).values(
                uid="r1", code="R-1", person_id=person, need=SHOPPING, state="sent", next_actor="association",
                due_at=tx.now, offer_id=offer.id, organization_id=offer.organization_id, details=Private("r1", {}),
                created_at=tx.now, changed_at=tx.now, month="2026-11",
            )
        )  # fmt: skip
        tx.execute(
            insert(roles).values(
                person_id=person, role="association", organization_id=offer.organization_id, since=tx.now
            )
        )
        tx.execute(
            insert(invitations).values(
                uid="i1", hash=b"h" * 32, code=Private("i1", "code"), role="association", expires_at=tx.now,
                organization_id=offer.organization_id,
            )
        )  # fmt: skip
        remove_demonstration(tx)
        request = tx.execute(select(referrals)).mappings().one()
        assert (request["state"], request["offer_id"], request["organization_id"]) == ("sent", None, None)
        assert (rows(tx)["roles"], rows(tx)["invitations"], rows(tx)["people"]) == (0, 0, 1)


def test_another_town_is_told_that_it_does_not_fit(tmp_path: Path) -> None:
    text = territory.DEFAULT.read_text(encoding="utf-8")
    text = text.replace("[localities.capalle]", "[localities.altrove]").replace('"Capalle"', '"Altrove"')
    path = tmp_path / "altrove.toml"
    path.write_text(text, encoding="utf-8")
    store = Store(f"sqlite:///{tmp_path}/tessere.db", RING, territory=path)
    migrate(store)
    with pytest.raises(DemonstrationFault, match="TESSERE_TERRITORY"), store.begin() as tx:
        load_demonstration(tx)
    store.close()


def test_the_commands_load_and_remove_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TESSERE_KEY_FILE", str(tmp_path / "keys"))
    outputs = [CliRunner().invoke(app, ["demo", command]).output for command in ("load", "load", "remove", "remove")]
    numbers = [[int(number) for number in re.findall(r"\d+", output)] for output in outputs]
    assert numbers[1] == numbers[3] == [0, 0]
    assert numbers[0] == numbers[2]
    assert numbers[0][1] >= 80
