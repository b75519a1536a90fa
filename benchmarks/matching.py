"""Matching by need and area in catalogues of 1,000, 10,000 and 100,000 offers: milliseconds of one `find`."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from time import perf_counter

from catalog_store import territory
from catalog_store.hours import from_words
from catalog_store.matching import Catalogue, Who, find, question
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.taxonomy import NEEDS

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
CALLS = 400
EVERYWHERE_SHARE, AT_HOME_SHARE = 0.3, 0.2  # of the offers


def catalogue(size: int, seed: int = 7) -> Catalogue:
    """An invented catalogue: each offer answers one to three needs in one to four localities, or everywhere."""
    chance = random.Random(seed)
    town = territory.load()
    places, needs = list(town.localities), list(NEEDS)
    days = ("lun", "mar,gio", "mer", "ven", "sab", "lun-ven", "1sab")
    hours = ("9-12", "15-18", "16:30-19", "20-22")
    schedules = ["", *(from_words(f"{d} {h}", town.zone.key, date(2026, 1, 1)) for d in days for h in hours)]
    offers = [
        Offer(
            organization_id=number % 500 + 1,
            location_id=number % 700 + 1,
            name=f"Offerta {number}",
            label="Offerta",
            row="Offerta",
            needs=tuple(chance.sample(needs, chance.randint(1, 3))),
            areas=(EVERYWHERE,)
            if chance.random() < EVERYWHERE_SHARE
            else tuple(chance.sample(places, chance.randint(1, 4))),
            age_from=chance.choice((None, None, 6, 18, 65)),
            schedule=chance.choice(schedules),
            cost=chance.choice(("", "", "5 euro")),
            places=chance.choice((None, None, 10)),
            at_home=chance.random() < AT_HOME_SHARE,
            confirmed_on=date(2026, 1, 1) + timedelta(days=chance.randrange(300)),
            id=number + 1,
        )
        for number in range(size)
    ]
    owners = [Organization(f"Associazione {number}", id=number) for number in range(1, 501)]
    seats = [Location(1, "Sede", chance.choice(places), id=number) for number in range(1, 701)]
    return Catalogue.of(offers, owners, seats, town, AT)


def measure(size: int) -> dict[str, float]:
    """Build a catalogue of `size` offers and match against it `CALLS` times, at a place and for two likely needs."""
    begun = perf_counter()
    index = catalogue(size)
    built, chance, taken = perf_counter() - begun, random.Random(1), []
    for _ in range(CALLS):
        needs = list(zip(chance.sample(list(NEEDS), 2), (0.8, 0.15), strict=True))
        who = Who(area=chance.choice(list(index.territory.localities)))
        begun = perf_counter()
        matches = find(index, needs, who, AT)
        taken.append(1000 * (perf_counter() - begun))
        assert matches
    begun = perf_counter()
    question(index, matches, needs, who, AT)
    asked = 1000 * (perf_counter() - begun)
    cuts = quantiles(taken, n=100)
    figures = {"p50_ms": cuts[49], "p99_ms": cuts[98], "question_ms": asked, "build_s": built}
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> dict[str, float]:
    """Print the figures of each size, and give them by name."""
    figures: dict[str, float] = {}
    for size in SIZES:
        found = measure(size)
        print(f"matching, {size:>7,} offers: " + ", ".join(f"{name} {value}" for name, value in found.items()))
        figures.update({f"matching_{size}_{name}": value for name, value in found.items()})
    return figures


if __name__ == "__main__":
    main()
