"""An appointment made of parts, by taps or by writing: a day, an hour, a place, who is there, what to bring."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from itertools import count, islice
from typing import Any

from catalog_store import offers, organizations
from catalog_store.connect import Transaction
from catalog_store.schedules import openings as openings_of
from catalog_store.schedules import parse
from dialogs.naming import LABEL, inside, language, lowered_words
from dialogs.questions import Choice, Common, Date, Hour
from dialogs.talk import Option, ask, look, say
from dialogs.words import Moment, Phrase, Verbatim, Words, lines, phrase

DAYS, HOURS = 5, 6  # proposed to be tapped
ROW, DESCRIPTION = 24, 72  # characters of an option in a list, and of its description
_USUAL = tuple(time(hour) for hour in (9, 10, 11, 15, 16, 17))
_HOME = Option(
    "home", "A casa sua", row="A casa della persona", also=("a casa", "a domicilio", "casa", "home", "at home")
)
SEND = Option("send", "Sì, conferma", also=("si", "sì", "conferma", "ok", "va bene", "yes"))
CORRECT = Option("correct", "Correggi", also=("correggere", "cambia", "correct", "change"))
CANCEL = Option("cancel", "Non confermare", also=("no", "annulla", "cancel"))
PARTS = (
    Option("day", "Giorno e ora", also=("il giorno", "l'ora", "giorno", "ora", "day", "time", "hour")),
    Option("place", "Il posto", also=("posto", "luogo", "place")),
    Option("who", "Chi incontra", also=("chi", "who")),
    Option("bring", "Che cosa portare", also=("portare", "bring")),
)
# Said so often that it can be tapped; each side then reads it in their own language. The id is what is kept.
WHO = (
    Option("volunteer", "Un volontario", also=("una volontaria", "volontario", "volontaria", "a volunteer")),
    Option("office", "La segreteria", also=("segreteria", "the office", "office")),
    Option("manager", "Il responsabile", also=("la responsabile", "responsabile", "the manager")),
)
BRING = (
    Option("document", "Un documento", also=("documento", "il documento", "carta d'identità", "id document")),
    Option("health_card", "La tessera sanitaria", also=("tessera sanitaria", "health card")),
    Option("isee", "L'ISEE", also=("isee",)),
)


@dataclass(frozen=True)
class Appointment:
    """What an association proposes. `hour` is wall time of the town; `place` '' is at the person's home.

    `who` and `bring` are of WHO and BRING, or free words in the languages `who_in` and `bring_in`.
    """

    day: date
    hour: time
    place: str = ""
    who: str = ""
    bring: str = ""
    who_in: str = "it"
    bring_in: str = "it"

    def to_json(self) -> dict[str, Any]:
        """As kept with the request."""
        return {**asdict(self), "day": f"{self.day}", "hour": f"{self.hour:%H:%M}"}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Appointment:
        """As read back from the request."""
        return cls(**{**kept, "day": date.fromisoformat(kept["day"]), "hour": time.fromisoformat(kept["hour"])})


@dataclass(frozen=True)
class OpenDay:
    """A day on which the offer is open, and the hours of it that can be proposed."""

    day: date
    hours: list[time]


@dataclass(frozen=True)
class Spot:
    """A place where the organization receives people."""

    name: str
    address: str


@dataclass(frozen=True)
class Premises:
    """What an appointment can be made of. `bring` is what the offer always asks for; `language` is the writer's."""

    days: list[OpenDay]
    spots: list[Spot]
    bring: str
    language: str = "it"


@dataclass(frozen=True)
class DayOf(Date):
    """A day to come: one of these with a tap, any other by writing it."""

    among: tuple[date, ...] = ()

    def choices(self) -> tuple[Option, ...]:
        return tuple(Option(f"{day}", Verbatim(f"{day:%d/%m}"), row=Moment(day)) for day in self.among)

    def take(self, option: str) -> date:
        return date.fromisoformat(option)

    @property
    def numbered(self) -> bool:
        return False


@dataclass(frozen=True)
class HourOf(Hour):
    """An hour: one of these with a tap, any other by writing it."""

    among: tuple[time, ...] = ()

    def choices(self) -> tuple[Option, ...]:
        return tuple(Option(f"{hour:%H:%M}", Moment(hour)) for hour in self.among)

    def take(self, option: str) -> time:
        return time.fromisoformat(option)

    @property
    def numbered(self) -> bool:
        return False


def premises(tx: Transaction, offer_id: int, organization_id: int) -> Premises:
    """The days of the offer's schedule, or the staff's working days, and the organization's places."""
    offer = offers.get(tx, offer_id)
    town = tx.store.territory
    spots = [
        Spot(place.name, place.address)
        for place in organizations.listed_locations(tx)
        if place.organization_id == organization_id
    ]
    opens: dict[date, list[time]] = {}
    tomorrow = tx.now.astimezone(town.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    schedule = parse(offer.schedule) or town.operators
    for start, end in islice(openings_of(schedule, tomorrow, town.closed), 3 * DAYS):
        if start >= tomorrow:
            hours = [start + timedelta(hours=n) for n in range(max(1, int((end - start) / timedelta(hours=1))))]
            opens.setdefault(start.date(), []).extend(hour.time() for hour in hours if hour.date() == start.date())
    days = [OpenDay(day, list(dict.fromkeys(hours))[:HOURS]) for day, hours in islice(opens.items(), DAYS)]
    return Premises(days, spots, offer.bring, language(tx))


async def appointment(offer_id: int, organization_id: int) -> Appointment | None:
    """The parts, the summary, and corrections as often as wanted; None: nothing is confirmed."""
    known = await look("dove_e_quando", premises, offer_id, organization_id)
    made = Appointment(date.min, time())
    for part in PARTS:
        made = await _told("", part.id, known, made)
    for turn in count(1):
        await say(said(made, phrase("a casa della persona")))
        answer = await ask(f"conferma.{turn}", Choice("Confermo questa proposta?", among=(SEND, CORRECT, CANCEL)))
        if answer != CORRECT.id:
            return made if answer == SEND.id else None
        part = await ask(f"correggi.{turn}", Choice("Che cosa vuole correggere?", among=PARTS))
        made = await _told(f"{turn}.", part, known, made)
    raise AssertionError("counting never ends")


async def _told(at: str, part: str, known: Premises, made: Appointment) -> Appointment:
    """The appointment with this part asked (again)."""
    if part == "day":
        days = tuple(one.day for one in known.days)
        text = "In che giorno? Tocchi un giorno, o ne scriva un altro."
        day = await ask(f"{at}giorno", DayOf(text, label="Il giorno", when="future", among=days))
        hours = next((tuple(one.hours) for one in known.days if one.day == day), _USUAL)
        text = "A che ora? Tocchi un'ora, o ne scriva un'altra."
        return replace(made, day=day, hour=await ask(f"{at}ora", HourOf(text, label="L'ora", among=hours)))
    if part == "place":
        spots = tuple(
            Option(f"{n}", Verbatim(spot.name[:LABEL]), row=Verbatim(spot.name[:ROW]))
            for n, spot in enumerate(known.spots)
        )
        where = await ask(f"{at}posto", Choice("Dove?", label="Il posto", among=(*spots, _HOME)))
        spot = known.spots[int(where)] if where != _HOME.id else None
        return replace(made, place=", ".join(filter(None, (spot.name, spot.address))) if spot else "")
    if part == "who":
        example = "Per esempio: «la segreteria»."
        text = "Chi incontra la persona? Basta il ruolo."
        question = Common(text, label="Chi incontra", skip="Salta", most=60, example=example, among=WHO)
        who = await ask(f"{at}chi", question)
        return replace(made, who=who or "", who_in=known.language)
    skip: Words = "Come di solito" if known.bring else "Niente"
    what = Common("Che cosa deve portare?", label="Che cosa portare", skip=skip, most=200, among=BRING)
    bring = await ask(f"{at}portare", what)
    return replace(made, bring=bring or known.bring, bring_in=known.language if bring else "it")


def said(made: Appointment, home: Phrase) -> Words:
    """The appointment in words, a line each. `home` says where, when it is at the person's home."""
    return lines(
        phrase("Quando: {day}, alle {hour}.", day=Moment(made.day), hour=Moment(made.hour)),
        phrase("Dove: {place}.", place=Verbatim(made.place) if made.place else home),
        phrase("Chi incontra: {who}.", who=_free(made.who, made.who_in, WHO)) if made.who else "",
        phrase("Da portare: {bring}.", bring=_free(made.bring, made.bring_in, BRING)) if made.bring else "",
    )


def _free(text: str, written_in: str, common: tuple[Option, ...]) -> Words:
    """One of the common answers, or what was written."""
    label = next((option.label for option in common if option.id == text), None)
    return lowered_words(label) if label else inside(text, written_in)
