"""The catalogue in memory, in columns: what matching reads instead of the database.

Built off the turn from one version of the catalogue and swapped whole; never changed in place. Row numbers are
positions in `offers`; an array has one entry a row unless it says otherwise.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError

from catalog_store import closures, counters, offers, organizations
from catalog_store.closures import Closure
from catalog_store.connect import Store, Transaction
from catalog_store.offers import EVERYWHERE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.schedules import Closed, Schedule, openings, parse
from catalog_store.territory import EARTH, Territory

Array: TypeAlias = NDArray[Any]
WHEN = ("morning", "afternoon", "evening", "weekend")  # bit 0, 1, 2, 3
NEVER = np.iinfo(np.int64).max  # an opening that does not come
_AHEAD = 8  # openings kept of each schedule: two days of three a day, and the next
_OLDEST, _ANY = 200, -1
_TRIES = 3  # a rebuilding may have begun before the change that is waited for
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Catalogue:
    """The active offers of one version. Distances are km; `starts` and `ends` are minutes since 1970, by schedule."""

    version: int
    built: date
    territory: Territory
    offers: Sequence[Offer]
    organizations: Mapping[int, Organization]
    locations: Mapping[int, Location]
    row_of: Mapping[int, int]  # of an offer's id
    by_need: Mapping[str, Array]  # rows, ascending
    served: Mapping[str, Array]  # by locality; EVERYWHERE for somebody from elsewhere
    km: Mapping[str, Array]  # from each locality; nan where the offer has no place
    groups: tuple[str, ...]  # what the numbers in columns["group"] mean
    languages: tuple[str, ...]  # what the bits in columns["languages"] mean
    columns: Mapping[str, Array]
    starts: Array
    ends: Array
    shut: Mapping[int, tuple[Closure, ...]] = field(default_factory=dict)  # by an offer's id
    waits: dict[int, Array] = field(default_factory=dict, compare=False, repr=False)  # of the last minute asked about

    def wait(self, minute: int) -> Array:
        """Minutes until each schedule opens, from `minute` (since 1970): 0 open now, NEVER when it does not."""
        known = self.waits.get(minute)
        if known is None:
            column = (self.ends > minute).argmax(axis=1)
            start = np.take_along_axis(self.starts, column[:, None], axis=1)[:, 0] if len(self.starts) else column
            known = np.where(start == NEVER, NEVER, np.maximum(start - minute, 0))
            self.waits.clear()
            self.waits[minute] = known
        return known

    @classmethod
    def load(cls, tx: Transaction) -> Catalogue:
        """Read the catalogue as this transaction sees it."""
        return cls.of(
            offers.listed(tx, active=True),
            organizations.listed(tx),
            organizations.listed_locations(tx),
            tx.store.territory,
            tx.now,
            counters.value(tx),
            closures.current(tx),
        )

    @classmethod
    def of(
        cls,
        listed: Sequence[Offer],
        owners: Sequence[Organization],
        places: Sequence[Location],
        territory: Territory,
        at: datetime,
        version: int = 0,
        closed: Sequence[Closure] = (),
    ) -> Catalogue:
        """Build the columns; openings are those from `at` on, without the days that are `closed`."""
        locations = {place.id: place for place in places}
        groups = tuple(sorted({offer.group for offer in listed} | {""}))
        languages = tuple(sorted({language for offer in listed for language in offer.languages}))
        shut = closures.by_offer(closed, {offer.id: offer.organization_id for offer in listed})
        times = [(offer.schedule, shut.get(offer.id, ())) for offer in listed]
        numbers = {one: number for number, one in enumerate(dict.fromkeys(times))}
        schedules = [(parse(text), days) for text, days in numbers]
        starts, ends = _openings(schedules, at, territory)
        parts = np.array([_parts(schedule) for schedule, _ in schedules], np.uint8)
        columns = _columns(listed, groups, languages)
        columns["schedule"] = np.array([numbers[one] for one in times], np.int64)
        columns["when"] = parts[columns["schedule"]] if listed else np.zeros(0, np.uint8)
        return cls(
            version,
            at.astimezone(territory.zone).date(),
            territory,
            listed,
            {owner.id: owner for owner in owners},
            locations,
            {offer.id: row for row, offer in enumerate(listed)},
            _by_need(listed),
            _served(listed, territory),
            _distances([locations.get(offer.location_id or 0) for offer in listed], territory),
            groups,
            languages,
            columns,
            starts,
            ends,
            shut,
        )


class CatalogueHolder:
    """Keeps the newest catalogue of this process and rebuilds it beside the turns when its version or day is over."""

    def __init__(self) -> None:
        self._catalogue: Catalogue | None = None
        self._building = threading.Lock()
        self._thread: threading.Thread | None = None

    def current(self, tx: Transaction) -> Catalogue:
        """The catalogue to use now: built here at the very first call, later possibly the one before the newest."""
        return self._at(tx, counters.value(tx))

    def _at(self, tx: Transaction, version: int) -> Catalogue:
        found = self._catalogue
        if found is None:
            found = self._catalogue = Catalogue.load(tx)
        today = tx.now.astimezone(found.territory.zone).date()
        if (found.version, found.built) != (version, today) and self._building.acquire(blocking=False):
            self._thread = threading.Thread(target=self._rebuild, args=(tx.store,), name="catalogue", daemon=True)
            self._thread.start()
        return found

    def newest(self, tx: Transaction) -> Catalogue:
        """The catalogue as it is now, for whoever reads a page: waits for the rebuilding. Not for turns."""
        wanted, day = counters.value(tx), tx.now.astimezone(tx.store.territory.zone).date()
        for _ in range(_TRIES):
            if (found := self._at(tx, wanted)).version >= wanted and found.built >= day:
                break
            with self._building:  # until who builds is done
                pass
        return found

    def settle(self) -> None:
        """Wait for a rebuilding under way."""
        if self._thread:
            self._thread.join()

    def _rebuild(self, store: Store) -> None:
        try:
            with store.reading() as tx:
                self._catalogue = Catalogue.load(tx)
        except SQLAlchemyError as error:  # the present catalogue serves until the database is back
            _log.warning("catalogue not rebuilt: %s", type(error).__name__)
        finally:
            self._building.release()


def _columns(listed: Sequence[Offer], groups: tuple[str, ...], languages: tuple[str, ...]) -> dict[str, Array]:
    group, bit = {name: n for n, name in enumerate(groups)}, {name: 1 << n for n, name in enumerate(languages)}
    told = {spoken: sum(bit[one] for one in spoken) for spoken in {offer.languages for offer in listed}}
    return {
        "id": np.array([o.id for o in listed], np.int64),
        "age_from": np.array([o.age_from or 0 for o in listed], np.int16),
        "age_to": np.array([_OLDEST if o.age_to is None else o.age_to for o in listed], np.int16),
        "by_age": np.array([(o.age_from, o.age_to) != (None, None) for o in listed], bool),
        "focus": np.array([1 / max(1, len(o.needs)) for o in listed], np.float32),
        "group": np.array([group[o.group] for o in listed], np.int16),
        "places": np.array([_ANY if o.places is None else o.places for o in listed], np.int32),
        "languages": np.array([told[o.languages] for o in listed], np.int64),
        "at_home": np.array([o.at_home for o in listed], bool),
        "free": np.array([not o.cost for o in listed], bool),
        "direct": np.array([o.access == "anyone" for o in listed], bool),
        "confirmed": np.array([_confirmed(o) for o in listed], np.int32),
    }


def _confirmed(offer: Offer) -> int:
    """The day on which it was last said to be true; never confirmed, that on which it was written; 0 not known."""
    day = offer.confirmed_on or (offer.changed_at.date() if offer.changed_at else None)
    return day.toordinal() if day else 0


def _by_need(listed: Sequence[Offer]) -> Mapping[str, Array]:
    rows: dict[str, list[int]] = {}
    for row, offer in enumerate(listed):
        for need in offer.needs:
            rows.setdefault(need, []).append(row)
    return {need: np.array(found, np.int64) for need, found in rows.items()}


def _served(listed: Sequence[Offer], territory: Territory) -> Mapping[str, Array]:
    everywhere = np.array([EVERYWHERE in offer.areas for offer in listed], bool)
    served = {place: everywhere.copy() for place in territory.localities}
    for row, offer in enumerate(listed):
        for area in offer.areas:
            if area in served:
                served[area][row] = True
    return {**served, EVERYWHERE: everywhere}


def _distances(places: Sequence[Location | None], territory: Territory) -> Mapping[str, Array]:
    """Kilometres from each locality's centre to each place: its own point, or its locality's centre."""
    points = np.full((len(places), 2), np.nan)
    for row, place in enumerate(places):
        if place and place.latitude is not None and place.longitude is not None:
            points[row] = place.latitude, place.longitude
        elif place and (centre := territory.localities.get(place.locality)):
            points[row] = centre.latitude, centre.longitude
    latitude, longitude = np.radians(points).T
    found = {}
    for name, centre in territory.localities.items():
        a, b = np.radians(centre.latitude), np.radians(centre.longitude)
        half = np.sin((latitude - a) / 2) ** 2 + np.cos(a) * np.cos(latitude) * np.sin((longitude - b) / 2) ** 2
        found[name] = (2 * EARTH * np.arcsin(np.sqrt(half))).astype(np.float32)
    return found


def _openings(
    schedules: Sequence[tuple[Schedule, tuple[Closure, ...]]], at: datetime, territory: Territory
) -> tuple[Array, Array]:
    starts = np.full((len(schedules), _AHEAD), NEVER)
    ends = np.full((len(schedules), _AHEAD), NEVER)
    for number, (schedule, closed) in enumerate(schedules):
        for column, (start, end) in enumerate(islice(openings(schedule, at, either(territory, closed)), _AHEAD)):
            starts[number, column], ends[number, column] = start.timestamp() // 60, end.timestamp() // 60
    return starts, ends


def either(territory: Territory, closed: Sequence[Closure]) -> Closed:
    """Is a day a holiday, or one of these closures?"""
    return lambda day: territory.closed(day) or any(one.covers(day) for one in closed)


def _parts(schedule: Schedule) -> int:
    """The bits of WHEN in which it opens; all of them when it goes by arrangement."""
    if not schedule:
        return (1 << len(WHEN)) - 1
    bits = 0
    for slot in schedule:
        opens = slot.start.hour + slot.start.minute / 60
        closes = opens + slot.duration.total_seconds() / 3600
        spans = ((6, 13), (13, 18), (18, 30))
        bits |= sum(1 << bit for bit, (first, last) in enumerate(spans) if opens < last and closes > first)
        days = {day for _, day in slot.days} or ({slot.start.weekday()} if not slot.frequency else set(range(7)))
        bits |= (1 << WHEN.index("weekend")) if days & {5, 6} else 0
    return bits
