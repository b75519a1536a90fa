"""Who is shown what, in which order, and what is worth asking first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import matching as benchmark
from catalog_store import counters, offers, organizations, territory
from catalog_store.connect import Store
from catalog_store.hours import from_words
from catalog_store.matching import Catalogue, Who, after, explain, find, question
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.schema import people, referrals
from catalog_store.secrets import Private
from tests.clock import Clock

TOWN = territory.load()
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday, 10:30 in Italy
SHOPPING, LIFTS, PETS = (
    "anziani.spesa_farmaci_domicilio",
    "anziani.accompagnamento_commissioni",
    "disabilita.pet_therapy",
)
OWNER = Organization("La Panchina Verde ODV", id=1)
PLACES = [Location(1, f"Sede di {place.name}", place.id, id=n) for n, place in enumerate(TOWN.localities.values(), 1)]
HERE = {place.locality: place.id for place in PLACES}


def offer(number: int = 1, **more: object) -> Offer:
    base = Offer(1, f"Offerta {number}", f"Offerta {number}", f"Offerta {number}", (SHOPPING,), id=number)
    return replace(base, **more)  # type: ignore[arg-type]


def index(*listed: Offer) -> Catalogue:
    return Catalogue.of(listed, [OWNER], PLACES, TOWN, AT)


def shown(catalogue: Catalogue, who: Who, *needs: str, **more: object) -> list[int]:
    wanted = [(need, 1.0) for need in needs or (SHOPPING,)]
    return [match.offer.id for match in find(catalogue, wanted, who, AT, **more)]  # type: ignore[arg-type]


def hours(text: str) -> str:
    return from_words(text, "Europe/Rome", date(2026, 1, 1))


AREAS = st.sampled_from([EVERYWHERE, "centro", "capalle", "san-donnino"])
AGES = st.none() | st.integers(0, 100)
GROUPS = st.sampled_from(["", "", "anziani", "disabilita", "poverta"])
NEEDS = st.sampled_from([SHOPPING, LIFTS, PETS])
OFFERS = st.lists(
    st.builds(
        offer,
        needs=st.sets(NEEDS, min_size=1).map(tuple),
        areas=st.sets(AREAS, min_size=1).map(tuple),
        group=GROUPS,
        age_from=AGES,
        age_to=AGES,
        places=st.none() | st.integers(0, 3),
        location_id=st.none() | st.sampled_from(list(HERE.values())),
        schedule=st.sampled_from(["", "lun 9-12", "mar 10-12,15-18", "sab 20-23"]).map(hours),
        cost=st.sampled_from(["", "5 euro"]),
        at_home=st.booleans(),
        languages=st.sampled_from([("it",), ("it", "zh"), ()]),
        confirmed_on=st.none() | st.dates(date(2024, 1, 1), date(2026, 11, 1)),
    ),
    max_size=25,
).map(lambda listed: [replace(one, id=number) for number, one in enumerate(listed, 1)])
PEOPLE = st.builds(
    Who,
    area=st.none() | st.sampled_from(["centro", "capalle", "limite", "altrove"]),
    age=AGES,
    group=st.none() | GROUPS,
    home=st.booleans(),
    when=st.sampled_from([None, "morning", "evening", "weekend"]),
    languages=st.sampled_from([(), ("zh",)]),
)
WANTED = st.dictionaries(NEEDS, st.floats(0, 1), min_size=1).map(lambda needs: list(needs.items()))
TAKEN = st.dictionaries(st.integers(1, 25), st.integers(0, 3))


@given(OFFERS, WANTED, PEOPLE, TAKEN, st.frozensets(st.integers(1, 25)))
def test_nobody_is_shown_what_they_cannot_have(
    listed: list[Offer], wanted: list[tuple[str, float]], who: Who, taken: dict[int, int], without: frozenset[int]
) -> None:
    matches = find(index(*listed), wanted, who, AT, taken=taken, without=without)
    topics = {code.split(".")[0] for code, _ in wanted}

    def fits(one: Offer) -> bool:
        return (
            one.id not in without
            and bool(set(one.needs) & {code for code, _ in wanted})
            and (who.area is None or EVERYWHERE in one.areas or who.area in one.areas)
            and (who.age is None or (one.age_from or 0) <= who.age <= (200 if one.age_to is None else one.age_to))
            and (who.group is None or one.group in {"", who.group} | topics)
            and (one.places is None or one.places > taken.get(one.id, 0))
        )

    assert {match.offer.id for match in matches} == {one.id for one in listed if fits(one)}


@given(OFFERS, WANTED, PEOPLE)
def test_the_order_is_total_and_does_not_depend_on_how_the_catalogue_was_built(
    listed: list[Offer], wanted: list[tuple[str, float]], who: Who
) -> None:
    matches = find(index(*listed), wanted, who, AT)
    keys = [(-match.score, match.offer.id) for match in matches]
    assert keys == sorted(set(keys))
    again = find(index(*reversed(listed)), wanted, who, AT)
    assert again == matches


@given(OFFERS, WANTED, PEOPLE)
def test_for_who_cannot_go_out_what_comes_home_is_first_for_the_same_need(
    listed: list[Offer], wanted: list[tuple[str, float]], who: Who
) -> None:
    matches = find(index(*listed), wanted[:1], replace(who, home=True), AT)
    at_home = [match.offer.at_home for match in matches]
    assert at_home == sorted(at_home, reverse=True)


@given(OFFERS, WANTED, PEOPLE)
def test_what_is_asked_is_unknown_and_can_change_the_first_three(
    listed: list[Offer], wanted: list[tuple[str, float]], who: Who
) -> None:
    catalogue = index(*listed)
    matches = find(catalogue, wanted, who, AT)
    asked = question(catalogue, matches, wanted, who, AT)
    if asked is None:
        return
    assert getattr(who, asked) is None
    first = {match.offer.id for match in matches[:3]}
    answers: list[object] = list(
        {
            "area": TOWN.localities,
            "when": ("morning", "afternoon", "evening", "weekend"),
            "group": ("", "poverta", "disabilita", "anziani"),
            "age": range(101),
        }[asked]
    )
    people = (replace(who, **{asked: answer}) for answer in answers)  # type: ignore[arg-type]
    outcomes = (find(catalogue, wanted, person, AT)[:3] for person in people)
    assert any({match.offer.id for match in outcome} != first for outcome in outcomes)


def test_the_likelier_need_comes_first() -> None:
    catalogue = index(offer(1, needs=(LIFTS,)), offer(2))
    found = find(catalogue, [(SHOPPING, 0.8), (LIFTS, 0.2)], Who(), AT)
    assert [match.offer.id for match in found] == [2, 1]


def test_near_comes_before_far_and_free_before_paid() -> None:
    catalogue = index(
        offer(1, location_id=HERE["san-donnino"]),
        offer(2, location_id=HERE["centro"], cost="10 euro"),
        offer(3, location_id=HERE["centro"]),
    )
    assert shown(catalogue, Who(area="centro")) == [3, 2, 1]
    assert shown(catalogue, Who(area="san-donnino"))[0] == 1


def test_what_is_made_for_this_person_or_this_need_comes_before_what_is_for_all() -> None:
    catalogue = index(offer(1), offer(2, age_from=65), offer(3, needs=(SHOPPING, LIFTS)))
    assert shown(catalogue, Who(age=85)) == [2, 1, 3]


def test_a_refusal_weighs_in_the_next_choice() -> None:
    catalogue = index(
        offer(1, location_id=HERE["centro"], cost="10 euro", schedule=hours("sab 15-18")),
        offer(2, location_id=HERE["san-donnino"], schedule=hours("mar 10-12")),
    )
    who = Who(area="centro", when="morning")
    assert shown(catalogue, who, weights=after("far")) == [1, 2]
    assert shown(catalogue, who, weights=after("hours")) == [2, 1]
    assert shown(catalogue, who, weights=after("cost")) == [2, 1]
    assert after("other") == after("other", after("other"))


def test_where_is_asked_when_offers_are_for_one_place_each_and_never_twice() -> None:
    catalogue = index(*(offer(n, areas=(place,)) for n, place in enumerate(TOWN.localities, 1)))
    wanted = [(SHOPPING, 1.0)]
    matches = find(catalogue, wanted, Who(), AT)
    assert question(catalogue, matches, wanted, Who(), AT) == "area"
    assert question(catalogue, matches, wanted, Who(), AT, asked=frozenset({"area"})) is None


def test_age_is_asked_only_when_offers_differ_by_age() -> None:
    young, old = offer(1, age_to=17), offer(2, age_from=65)
    wanted = [(SHOPPING, 1.0)]
    for listed, expected in (((young, old), "age"), ((offer(1), offer(2)), None)):
        catalogue = index(*listed)
        assert question(catalogue, find(catalogue, wanted, Who(), AT), wanted, Who(), AT) == expected


def test_the_group_of_the_need_itself_is_not_asked() -> None:
    wanted = [(PETS, 1.0)]
    catalogue = index(offer(1, needs=(PETS,), group="disabilita"), offer(2, needs=(PETS,)))
    assert question(catalogue, find(catalogue, wanted, Who(), AT), wanted, Who(), AT) is None
    assert sorted(shown(catalogue, Who(group=""), PETS)) == [1, 2]


def test_an_offer_is_explained_in_all_its_parts() -> None:
    catalogue = index(
        offer(
            schedule=hours("mar 10-12; gio 15-17"),
            location_id=HERE["capalle"],
            areas=("capalle", "il-rosi"),
            places=4,
            access="social_service",
            access_words="Si chiede allo Sportello sociale.",
            bring="Un documento",
            demonstration=True,
        )
    )
    (match,) = find(catalogue, [(SHOPPING, 0.9)], Who(area="capalle", age=85), AT, taken={1: 1})
    parts = explain(catalogue, match, AT)
    assert (parts.place, parts.locality, parts.areas) == ("Sede di Capalle", "Capalle", ("Capalle", "Il Rosi"))
    assert (parts.when, parts.open_now, parts.opens_at) == ("martedì, 10-12; giovedì, 15-17", True, None)
    assert (parts.places_left, parts.cost, parts.bring, parts.demonstration) == (3, "", "Un documento", True)
    assert [reason.code for reason in parts.why] == ["need", "near", "open", "free"]
    later = explain(catalogue, match, AT + timedelta(hours=2), "en")
    assert (later.when, later.open_now) == ("Tuesday, 10-12; Thursday, 15-17", False)
    assert later.opens_at == datetime(2026, 11, 26, 14, tzinfo=UTC)


def test_where_a_discreet_organization_is_is_not_explained() -> None:
    catalogue = index(offer(1, location_id=HERE["capalle"], areas=("capalle",)))
    hidden = {id: replace(one, discreet=True) for id, one in catalogue.organizations.items()}
    catalogue = replace(catalogue, organizations=hidden)
    (match,) = find(catalogue, [(SHOPPING, 0.9)], Who(area="capalle"), AT)
    parts = explain(catalogue, match, AT)
    assert (parts.place, parts.address, parts.locality, parts.areas) == ("", "", "", ())
    assert "near" not in {reason.code for reason in parts.why}


def test_a_big_catalogue_is_searched_within_a_turn() -> None:
    assert benchmark.measure(10_000)["p50_ms"] < 50, "the full figures are printed by make bench"


def test_the_index_is_rebuilt_beside_the_turns_and_equals_a_fresh_one(store: Store, clock: Clock) -> None:
    clock.now = AT
    with store.begin() as tx:
        owner = organizations.put(tx, OWNER)
        first = offers.put(
            tx, offer(uid="first", organization_id=owner, languages=("it", "ro"), needs=(LIFTS, SHOPPING))
        )
        assert [match.offer.id for match in find(store.catalogue.current(tx), [(LIFTS, 1.0)], Who(), AT)] == [first]
    with store.begin() as tx:
        offers.put(tx, replace(offers.get(tx, first), state="paused"))
        second = offers.put(tx, offer(uid="second", organization_id=owner))
    with store.reading() as tx:
        stale = store.catalogue.current(tx)
        assert stale.version < counters.value(tx)
        store.catalogue.settle()
        fresh, rebuilt = Catalogue.load(tx), store.catalogue.current(tx)
    assert [one.id for one in rebuilt.offers] == [second]
    assert (rebuilt.offers, rebuilt.version) == (fresh.offers, fresh.version)
    assert all((rebuilt.columns[name] == fresh.columns[name]).all() for name in fresh.columns)


def test_offers_come_back_as_they_were_put_and_go_with_their_organization(store: Store) -> None:
    with store.begin() as tx:
        owner = organizations.put(tx, OWNER)
        place = organizations.put_location(tx, replace(PLACES[0], organization_id=owner))
        told = offer(uid="one", organization_id=owner, location_id=place, languages=("it", "zh"), areas=("capalle",),
                     confirmed_on=date(2026, 5, 1), places=3, at_home=True)  # fmt: skip
        offer_id = offers.put(tx, told)
        assert offers.put(tx, replace(told, name="Altro nome")) == offer_id
        assert offers.get(tx, offer_id) == replace(told, name="Altro nome")
        assert [organizations.get(tx, owner)] == organizations.listed(tx) == [OWNER]
        before = counters.value(tx)
        organizations.remove(tx, owner)
        left = [*offers.listed(tx), *organizations.listed_locations(tx), *organizations.listed(tx)]
        assert left == []
        assert counters.value(tx) > before


def test_places_held_by_requests_are_counted(store: Store) -> None:
    with store.begin() as tx:
        owner = organizations.put(tx, OWNER)
        limited, free = (
            offers.put(tx, offer(uid=uid, organization_id=owner, places=n)) for uid, n in (("a", 2), ("b", None))
        )
        tx.execute(people.insert().values(id=1, created_at=AT, seen_at=AT))
        for number, (state, which) in enumerate(
            [("sent", limited), ("accepted", limited), ("closed", limited), ("sent", free)]
        ):
            tx.execute(
                referrals.insert().values(
                    uid=f"r{number}", code=f"R-{number}", person_id=1, need=SHOPPING, state=state, offer_id=which,
                    next_actor="association", due_at=AT, details=Private(f"r{number}", {}), created_at=AT,
                    changed_at=AT, month="2026-11",
                )
            )  # fmt: skip
        held = offers.taken(tx)
        assert held == {limited: 2}
        found = find(Catalogue.load(tx), [(SHOPPING, 1.0)], Who(), AT, taken=held)
        assert [match.offer.id for match in found] == [free]
