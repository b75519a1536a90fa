"""The town that an installation serves: localities, offices, holidays and contacts, read from one TOML file.

Another municipality writes its own file; nothing else changes. The commented example is
`territories/campi-bisenzio.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError, ValidationInfo
from pydantic.dataclasses import dataclass

from catalog_store.hours import from_words
from catalog_store.schedules import Schedule, parse

EARTH = 6371.0  # km, mean radius
NEAR = 2.5  # km from a locality's centre within which a point is taken to be there
DEFAULT = Path(__file__).with_name("territories") / "campi-bisenzio.toml"
DRAFT = DEFAULT.with_name("informativa.md")  # the notice that comes with the program, for a DPO to correct
FRESH_FOR = timedelta(days=365)  # who deals with what changes seldom
_SINCE = date(2024, 1, 1)  # the opening hours of a file have no beginning of their own


class TerritoryFault(Exception):
    """The file cannot be used; one sentence says which entry and why."""


def _zone(value: Any) -> Any:
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, OSError, LookupError):
        raise ValueError("it should be the name of a time zone, like “Europe/Rome”") from None


def _hours(value: Any, info: ValidationInfo) -> Schedule:
    if not isinstance(value, str):
        raise ValueError("hours should be a text like “lun-ven 9-13”")  # noqa: TRY004  pydantic reads ValueError
    return parse(from_words(value, str(info.context), _SINCE))


def _day(value: Any) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError("it should be month and day, like “04-23”") from None
    return day.month, day.day


def _days(value: Any) -> tuple[date, date]:
    first, _, last = str(value).partition("/")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError("it should be a day or two, like “2026-12-24” or “2026-08-10/2026-08-21”") from None
    if days[1] < days[0]:
        raise ValueError("the first day should come before the last")
    return days


Hours = Annotated[Schedule, PlainValidator(_hours)]
_EXACT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True, config=_EXACT)
class Locality:
    """A part of the town that people name. Degrees are WGS 84."""

    id: str
    name: str
    latitude: float
    longitude: float
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, config=_EXACT)
class Office:
    """A public desk. `kind`: social_service | listening_point | other; `bring` is said to people as it stands."""

    id: str
    name: str
    kind: str
    locality: str
    address: str
    hours: Hours
    phone: str = ""
    email: str = ""
    bring: str = ""
    demonstration: bool = False


@dataclass(frozen=True, config=_EXACT)
class Elsewhere:
    """Who to ask for what no association deals with. What is read has its words by language, Italian among them.

    `topics`: what a message is about, as in `dialogs/understand/topics.toml`. `about` completes «Per …», `ask` says
    who. `how`: one more sentence, which `phone` ends where there is one. `office`: the id of one of the town's, whose
    address and hours are said. `source`: where the number was read.
    """

    id: str
    topics: tuple[str, ...]
    about: Mapping[str, str]
    ask: Mapping[str, str]
    checked: date
    how: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    phone: str = ""
    source: str = ""

    def due(self, today: date) -> bool:
        """Whether somebody must verify it again."""
        return today - self.checked > FRESH_FOR


@dataclass(frozen=True, config=_EXACT)
class Territory:
    """One municipality. `operators` are the hours in which a person of the staff answers."""

    municipality: str
    istat: str
    zone: Annotated[ZoneInfo, PlainValidator(_zone)]
    localities: Mapping[str, Locality]
    offices: Mapping[str, Office]
    operators: Hours
    patron: str
    patron_day: Annotated[tuple[int, int], PlainValidator(_day)]  # month, day
    privacy: str  # who answers for the data, and how the data protection officer is reached: said to people
    notice: str = ""  # the municipality's own notice (GDPR, art. 13): a Markdown file beside this one
    closures: tuple[Annotated[tuple[date, date], PlainValidator(_days)], ...] = ()  # first and last day
    postcodes: tuple[str, ...] = ()  # of the municipality (CAP); () where they are not told, and any is taken
    on_call: str = ""  # a number for verified operators; never said to citizens
    on_call_chat: str = ""  # channel and address of the operator's own chat, as in "telegram 12345"; '' for none
    on_call_public: str = ""  # a number that may be said to who has nothing for tonight
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)

    def distance(self, one: str, other: str) -> float:
        """Kilometres in a straight line between two localities' centres."""
        a, b = self.localities[one], self.localities[other]
        return haversine(a.latitude, a.longitude, b.latitude, b.longitude)

    def nearest(self, locality: str) -> tuple[str, ...]:
        """All localities, the given one first, then by distance."""
        return tuple(sorted(self.localities, key=lambda other: (self.distance(locality, other), other)))

    def at(self, latitude: float, longitude: float) -> Locality | None:
        """The locality whose centre is nearest to a point in degrees; None when all are farther than NEAR."""
        away = {haversine(latitude, longitude, one.latitude, one.longitude): one for one in self.localities.values()}
        return away[min(away)] if min(away) <= NEAR else None

    def office(self, kind: str) -> Office | None:
        """The first desk of a kind."""
        return next((office for office in self.offices.values() if office.kind == kind), None)

    def asked(self, topic: str) -> Elsewhere | None:
        """Who deals with a topic; None when the file names nobody."""
        return next((one for one in self.elsewhere.values() if topic in one.topics), None)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name of a locality, as written in the file, to its id."""
        return MappingProxyType({name: at.id for at in self.localities.values() for name in (at.name, *at.other_names)})

    @cached_property
    def _national(self) -> Mapping[date, str]:
        from holidays import country_holidays

        return country_holidays("IT")

    def closed(self, day: date) -> bool:
        """Is it a national holiday, the patron's day, or one on which the municipality says that it is closed?"""
        if (day.month, day.day) == self.patron_day or day in self._national:
            return True
        return any(first <= day <= last for first, last in self.closures)

    def informed(self) -> str:
        """The notice to people, as Markdown: all but its `$retention` is in its place."""
        draft = Path(self.notice) if self.notice else DRAFT
        given = {"municipality": self.municipality, "privacy": self.privacy}
        return Template(draft.read_text("utf-8")).safe_substitute(given)


def haversine(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres along the sphere between two points in degrees."""
    a, b, c, d = map(radians, (latitude, longitude, other_latitude, other_longitude))
    return 2 * EARTH * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


def load(path: Path = DEFAULT) -> Territory:
    """Read a territory file. Raises TerritoryFault with one sentence."""
    try:
        return _territory(tomllib.loads(path.read_text(encoding="utf-8")), path.parent)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TerritoryFault(f"{path}: cannot be read as a TOML file ({error})") from error
    except TerritoryFault as fault:
        raise TerritoryFault(f"{path}: {fault}") from None


def _territory(data: dict[str, Any], folder: Path) -> Territory:
    if notice := data.get("notice"):
        data["notice"] = str(folder / str(notice))
        if not Path(data["notice"]).is_file():
            raise TerritoryFault(f"notice: there is no file {notice} beside it")
    for table in ("localities", "offices", "elsewhere"):
        entries = data.setdefault(table, {})
        data[table] = {i: {**entries[i], "id": i} for i in entries if isinstance(entries[i], dict)}
    try:
        territory = TypeAdapter(Territory).validate_python(data, context=data.get("zone"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise TerritoryFault(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if not territory.localities:
        raise TerritoryFault("localities: a table [localities.…] is needed for each part of the town")
    if stray := [office.id for office in territory.offices.values() if office.locality not in territory.localities]:
        raise TerritoryFault(f"offices.{stray[0]}.locality: it should be one of {', '.join(territory.localities)}")
    for one in territory.elsewhere.values():
        _check(one, territory)
    names = [n.casefold() for place in territory.localities.values() for n in (place.name, *place.other_names)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise TerritoryFault(f"localities: two are called “{min(twice)}”")
    return territory


def _check(one: Elsewhere, territory: Territory) -> None:
    """Raises TerritoryFault when somebody could not be told who to ask, or by which number that was read where."""
    if silent := [name for name in ("about", "ask") if not getattr(one, name).get("it")]:
        raise TerritoryFault(f"elsewhere.{one.id}.{silent[0]}: the Italian words are missing ({silent[0]}.it)")
    if one.office and one.office not in territory.offices:
        raise TerritoryFault(f"elsewhere.{one.id}.office: it should be one of {', '.join(territory.offices)}")
    if one.phone and not one.source:
        raise TerritoryFault(f"elsewhere.{one.id}.source: say where the number was read")
    if twice := [topic for topic in one.topics if territory.asked(topic) is not one]:
        raise TerritoryFault(f"elsewhere.{one.id}.topics: “{twice[0]}” is somebody else's already")
