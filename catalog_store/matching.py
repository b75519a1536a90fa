"""Needs and a person → offers, best first, each with its reasons. Pure: everything is read from the index.

Eligibility is hard (area, age, group, places); the rest is a sum of weighted terms between 0 and 1. A need weighs more
than everything else together, then coming to the home of somebody who cannot go out, then distance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

import numpy as np

from catalog_store.closures import reopens
from catalog_store.hours import in_words
from catalog_store.index import WHEN, Array, Catalogue, CatalogueHolder, either
from catalog_store.offers import EVERYWHERE, STALE, Offer
from catalog_store.organizations import Location, Organization
from catalog_store.schedules import openings, parse

__all__ = ["Catalogue", "CatalogueHolder", "Match", "Parts", "Question", "Reason", "Refusal", "Weights", "Who",
           "after", "explain", "find", "question"]  # fmt: skip

Question = Literal["area", "age", "group", "when"]
Refusal = Literal["far", "hours", "cost", "other"]
SHOWN = 3  # offers at a time
_CONSIDERED = 60  # matches explained, and looked at when choosing a question
_UNLIKELY = 1e-9  # a need said with no probability at all is still one that was asked for
_WORTH = 0.1  # a question that changes less than this on average is not asked
_FAR, _LATE, _OLD = 8.0, 14 * 24 * 60, 365  # km, minutes and days at which nearness, soonness and freshness are 0
_SUNK = -2.0  # the freshness of an offer that nobody has confirmed for STALE days
_AGES = (4, 9, 13, 17, 25, 40, 55, 63, 70, 85)  # one of each age of life
_NOBODY: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of the person who needs it; None is not known. `group` '' is none of the groups, `area` a locality.

    `home`: cannot go out. `when`: one of index.WHEN. `languages`: those the person speaks.
    """

    area: str | None = None
    age: int | None = None
    group: str | None = None
    home: bool = False
    when: str | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term counts. `need` and `home` outweigh all that follows them."""

    need: float = 16.0
    home: float = 5.0
    near: float = 1.2
    when: float = 0.6
    soon: float = 0.4
    language: float = 0.4
    fits: float = 0.4
    focus: float = 0.5
    free: float = 0.3
    direct: float = 0.3
    fresh: float = 0.2


PLAIN = Weights()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer fits. `code`: need, home, near (km), when, open, language, age, group, free."""

    code: str
    value: str | float = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that fits. `places_left` is None without a limit."""

    offer: Offer
    organization: Organization
    location: Location | None
    why: tuple[Reason, ...]
    score: float
    places_left: int | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What one plain sentence about an offer says. Empty texts are left out; `cost` '' is free.

    `opens_at` is None when it is open now, or goes by arrangement (`when` is '' then); `reopens`: the day after the
    closure under way.
    """

    name: str
    organization: str
    place: str
    address: str
    locality: str
    areas: tuple[str, ...]  # names; () the whole municipality
    at_home: bool
    when: str
    open_now: bool
    opens_at: datetime | None
    cost: str
    why: tuple[Reason, ...]
    access: str
    access_words: str
    bring: str
    places_left: int | None
    demonstration: bool
    reopens: date | None = None


@dataclass(frozen=True)
class _Candidates:
    rows: Array
    fit: Array  # how likely the need is, against the likeliest
    topics: frozenset[str] = field(default_factory=frozenset)  # groups of the needs

    def only(self, keep: Array) -> _Candidates:
        return _Candidates(self.rows[keep], self.fit[keep], self.topics)


def find(  # noqa: PLR0913  what an answer depends on
    catalogue: Catalogue,
    needs: Sequence[tuple[str, float]],
    who: Who,
    at: datetime,
    *,
    without: frozenset[int] = frozenset(),
    taken: Mapping[int, int] = _NOBODY,
    weights: Weights = PLAIN,
    full: bool = False,
) -> list[Match]:
    """The best offers for the needs (code, probability), at most 60, best first; ties by id.

    `without` are ids of offers not to show; `taken` how many places of an offer are held (offers.taken). `full`: those
    that have no place left, instead of those that have.
    """
    found = _candidates(catalogue, needs)
    found = found.only(_eligible(catalogue, found, who) & _free(catalogue, found, without, taken, full=full))
    scores = _scores(catalogue, found, who, at, weights)
    order = _order(catalogue, found, scores)[:_CONSIDERED]
    return [_match(catalogue, found, who, at, int(i), float(scores[i]), dict(needs), taken) for i in order]


def question(
    catalogue: Catalogue,
    matches: Sequence[Match],
    needs: Sequence[tuple[str, float]],
    who: Who,
    at: datetime,
    *,
    asked: frozenset[str] = frozenset(),
    weights: Weights = PLAIN,
) -> Question | None:
    """What to ask next: the unknown of `who` whose answer changes most which offers remain and which are shown first.

    An answer is as likely as the offers that it leaves are many: who asks is mostly who offers are for. None when no
    answer would change the first three enough to be worth asking.
    """
    rows = np.array([catalogue.row_of[id] for id in sorted(match.offer.id for match in matches)], np.int64)
    found = _candidates(catalogue, needs, rows)
    shown_now = {match.offer.id for match in matches[:SHOWN]}
    first = np.array([catalogue.offers[row].id in shown_now for row in rows.tolist()], bool)
    lasting = _lasting(catalogue, found, at, weights) + _personal(catalogue, found, who, weights)
    gains: dict[Question, float] = {}
    for name in get_args(Question):
        if name in asked or getattr(who, name) is not None:
            continue
        answers = _answers(catalogue, found, name)
        keep = _suits(catalogue, found, name, answers)
        scores = np.where(keep, -_rounded(lasting + _worth(catalogue, found, name, answers, weights)), np.inf)
        shown = np.argsort(scores, axis=1, kind="stable")[:, :SHOWN]  # ties by id, as the rows are
        still = (first[shown] & keep[np.arange(len(keep))[:, None], shown]).sum(1)
        remaining, moved = keep.sum(1), 1 - still / max(1, first.sum())
        if remaining @ moved:
            gains[name] = remaining @ (moved + 1 - remaining / len(rows)) / remaining.sum()
    best = max(gains, key=lambda name: gains[name], default=None)
    return best if best and gains[best] >= _WORTH else None


def after(reason: Refusal, weights: Weights = PLAIN) -> Weights:
    """How to weigh once offers were refused because of `reason`; leave those out with `without`."""
    stronger = {"far": ("near",), "hours": ("when", "soon"), "cost": ("free",), "other": ()}[reason]
    return replace(weights, **{name: 4 * getattr(weights, name) for name in stronger})


def explain(catalogue: Catalogue, match: Match, at: datetime, language: str = "it") -> Parts:
    """The parts of the sentence about a match, as of `at`, exactly (holidays too)."""
    offer, owner, town = match.offer, match.organization, catalogue.territory
    location = None if owner.discreet else match.location
    anywhere = owner.discreet or EVERYWHERE in offer.areas  # its localities would say where it is
    schedule = parse(offer.schedule)
    shut = catalogue.shut.get(offer.id, ())
    opens_at = next((start for start, _ in openings(schedule, at, either(town, shut))), None)
    open_now = opens_at is not None and opens_at <= at
    names = {place.id: place.name for place in town.localities.values()}
    return Parts(
        name=offer.name,
        organization=owner.name,
        place=location.name if location else "",
        address=location.address if location else "",
        locality=names.get(location.locality, "") if location else "",
        areas=() if anywhere else tuple(names.get(area, area) for area in offer.areas),
        at_home=offer.at_home,
        when=in_words(schedule, language),
        open_now=open_now,
        opens_at=None if open_now else opens_at,
        cost=offer.cost,
        why=match.why,
        access=offer.access,
        access_words=offer.access_words,
        bring=offer.bring,
        places_left=match.places_left,
        demonstration=offer.demonstration,
        reopens=reopens(shut, at.astimezone(town.zone).date()),
    )


def _candidates(catalogue: Catalogue, needs: Sequence[tuple[str, float]], only: Array | None = None) -> _Candidates:
    """The rows that answer any of the needs, and how likely the likeliest of those is."""
    fit = np.zeros(len(catalogue.offers))
    weight = {code: max(probability, _UNLIKELY) for code, probability in needs if code in catalogue.by_need}
    for code, probability in weight.items():
        rows = catalogue.by_need[code]
        fit[rows] = np.maximum(fit[rows], probability / max(weight.values()))
    rows = np.flatnonzero(fit) if only is None else only
    return _Candidates(rows, fit[rows], frozenset(code.split(".")[0] for code, _ in needs))


def _eligible(catalogue: Catalogue, found: _Candidates, who: Who) -> Array:
    keep = np.ones(len(found.rows), bool)
    for name, value in _known(who):
        keep &= _suits(catalogue, found, name, [value])[0]
    return keep


def _known(who: Who) -> list[tuple[Question, str | int]]:
    told = ((name, getattr(who, name)) for name in get_args(Question))
    return [(name, value) for name, value in told if value is not None]


def _suits(catalogue: Catalogue, found: _Candidates, name: Question, values: Sequence[Any]) -> Array:
    """Which offers (columns) are open to whoever gives such an answer (rows)."""
    columns, rows = catalogue.columns, found.rows
    match name:
        case "area":
            everywhere = catalogue.served[EVERYWHERE]
            return _stacked([catalogue.served.get(area, everywhere)[rows] for area in values], rows)
        case "age":
            ages = np.array(values)[:, None]
            return (columns["age_from"][rows] <= ages) & (columns["age_to"][rows] >= ages)
        case "group":
            number, groups = columns["group"][rows], catalogue.groups
            anybody = np.array([not group or group in found.topics for group in groups], bool)[number]
            return _stacked([anybody | (number == _number(groups, group)) for group in values], rows)
    return np.ones((len(values), len(rows)), bool)


def _stacked(arrays: Sequence[Array], rows: Array) -> Array:
    return np.stack(arrays) if arrays else np.ones((0, len(rows)), bool)


def _free(
    catalogue: Catalogue, found: _Candidates, without: frozenset[int], taken: Mapping[int, int], *, full: bool
) -> Array:  # fmt: skip
    places, row_of, ids = catalogue.columns["places"], catalogue.row_of, catalogue.columns["id"][found.rows]
    held = [offer for offer, held in taken.items() if offer in row_of and 0 <= places[row_of[offer]] <= held]
    keep: Array = places[found.rows] != 0
    if held:
        keep &= ~np.isin(ids, held)
    if full:
        keep = ~keep
    if without:
        keep &= ~np.isin(ids, list(without))
    return keep


def _scores(catalogue: Catalogue, found: _Candidates, who: Who, at: datetime, weights: Weights) -> Array:
    return _rounded(_lasting(catalogue, found, at, weights) + _personal(catalogue, found, who, weights))


def _rounded(scores: Array) -> Array:
    rounded: Array = np.round(scores, 6)
    return rounded


def _lasting(catalogue: Catalogue, found: _Candidates, at: datetime, weights: Weights) -> Array:
    """What an offer is worth to anybody."""
    columns, rows = catalogue.columns, found.rows
    scores = weights.need * found.fit + weights.focus * columns["focus"][rows]
    scores += weights.direct * columns["direct"][rows] + weights.free * columns["free"][rows]
    scores += weights.soon * _soon(catalogue, rows, at)
    days = at.toordinal() - columns["confirmed"][rows]
    lasting: Array = scores + weights.fresh * np.where(days > STALE, _SUNK, 1 - np.minimum(days, _OLD) / _OLD)
    return lasting


def _personal(catalogue: Catalogue, found: _Candidates, who: Who, weights: Weights) -> Array:
    """What it is worth to this person besides."""
    columns, rows = catalogue.columns, found.rows
    scores = np.zeros(len(rows))
    if who.home:
        scores += weights.home * columns["at_home"][rows]
    if who.languages:
        spoken = sum(1 << n for n, language in enumerate(catalogue.languages) if language in who.languages)
        scores += weights.language * ((columns["languages"][rows] & spoken) != 0)
    for name, value in _known(who):
        scores += _worth(catalogue, found, name, [value], weights)[0]
    return scores


def _worth(
    catalogue: Catalogue, found: _Candidates, name: Question, values: Sequence[Any], weights: Weights,
) -> Array:  # fmt: skip
    """How much such an answer (rows) adds to the offers (columns)."""
    columns, rows = catalogue.columns, found.rows
    worth = np.zeros((len(values), len(rows)))
    if name == "area":
        known = [number for number, area in enumerate(values) if area in catalogue.km]
        km = _stacked([catalogue.km[values[number]][rows] for number in known], rows)
        near = 1 - np.minimum(np.where(np.isnan(km), _FAR / 2, km), _FAR) / _FAR
        worth[known] = weights.near * np.where(columns["at_home"][rows], 1.0, near)
    elif name == "age":
        worth[:] = weights.fits * columns["by_age"][rows]
    for line, value in zip(worth, values, strict=True):
        if name == "when" and value in WHEN:
            line[:] = weights.when * (columns["when"][rows] >> WHEN.index(value) & 1)
        elif name == "group" and value:
            line[:] = weights.fits * (columns["group"][rows] == _number(catalogue.groups, value))
    return worth


def _soon(catalogue: Catalogue, rows: Array, at: datetime) -> Array:
    """1 open now, 0 in two weeks or by arrangement."""
    wait = np.minimum(catalogue.wait(int(at.timestamp() // 60)), _LATE)
    return 1 - wait[catalogue.columns["schedule"][rows]] / _LATE


def _order(catalogue: Catalogue, found: _Candidates, scores: Array) -> Array:
    return np.lexsort((catalogue.columns["id"][found.rows], -scores))


def _number(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -1


def _answers(catalogue: Catalogue, found: _Candidates, name: Question) -> list[str | int]:
    """The answers that may tell the remaining offers apart."""
    columns, rows = catalogue.columns, found.rows
    if name == "area":
        return list(catalogue.territory.localities)
    if name == "when":
        return list(WHEN)
    if name == "group":
        told = {catalogue.groups[n] for n in columns["group"][rows].tolist()} - {""} - found.topics
        return ["", *sorted(told)] if told else []
    return list(_AGES)


def _match(  # noqa: PLR0913, PLR0917  what a match depends on
    catalogue: Catalogue,
    found: _Candidates,
    who: Who,
    at: datetime,
    position: int,
    score: float,
    needs: Mapping[str, float],
    taken: Mapping[int, int],
) -> Match:
    row = int(found.rows[position])
    offer = catalogue.offers[row]
    return Match(
        offer,
        catalogue.organizations[offer.organization_id],
        catalogue.locations.get(offer.location_id or 0),
        tuple(_reasons(catalogue, row, who, at, max(offer.needs, key=lambda need: needs.get(need, -1.0)))),
        score,
        None if offer.places is None else offer.places - taken.get(offer.id, 0),
    )


def _reasons(catalogue: Catalogue, row: int, who: Who, at: datetime, need: str) -> list[Reason]:
    offer = catalogue.offers[row]
    km = float(catalogue.km[who.area][row]) if who.area and who.area in catalogue.km else float("nan")
    told_where = not catalogue.organizations[offer.organization_id].discreet
    minute = int(at.timestamp() // 60)
    number = catalogue.columns["schedule"][row]
    opens = bool(((catalogue.starts[number] <= minute) & (catalogue.ends[number] > minute)).any())
    told = {
        "home": who.home and offer.at_home,
        "near": told_where and not offer.at_home and not np.isnan(km) and km < _FAR / 4,
        "when": who.when in WHEN and bool(offer.schedule) and bool(
            catalogue.columns["when"][row] >> WHEN.index(who.when) & 1),
        "open": opens,
        "language": any(language in offer.languages for language in who.languages if language != "it"),
        "age": who.age is not None and (offer.age_from, offer.age_to) != (None, None),
        "group": bool(who.group) and offer.group == who.group,
        "free": not offer.cost,
    }  # fmt: skip
    values: dict[str, str | float] = {"near": round(km, 1), "when": who.when or "", "group": offer.group}
    return [Reason("need", need), *(Reason(code, values.get(code, "")) for code, true in told.items() if true)]
