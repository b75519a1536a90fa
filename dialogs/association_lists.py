"""What an organization answers with a list: its seats and registers, for whom, about what, where, in what languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from catalog_store.forms import EVERYWHERE, REGISTERED, registered
from dialogs.applying import Start, recognised
from dialogs.association_questions import Town
from dialogs.association_words import (
    ALL_TOWN,
    LABELS,
    REGISTERS,
    RUNTS,
    WANTED,
    inner,
    languages,
    needs_of,
    register_words,
    seat_words,
)
from dialogs.bodies import Seat, Since
from dialogs.choosing import Chosen, Several, several
from dialogs.locale import ITALIAN, spoken
from dialogs.naming import area_options, need_option, people_options
from dialogs.questions import Choice, Place, Text, YesNo
from dialogs.talk import More, Option, ask, look, many, say
from dialogs.words import Joined, Verbatim, Words, phrase

Item = dict[str, Any]
KEEP = Option("keep", "Nessuna", also=("no", "nessuno", "va bene così", "none"))
STEPS = (
    Option("yes", "Sì", also=("si", "senza scalini", "yes")),
    Option("no", "No", also=("con scalini", "ci sono scalini")),
    Option("unknown", "Non lo so", also=("boh", "non so", "dipende")),
)
_OTHER = " other"  # after a register: another section of it


async def listed(key: str, at: str, known: Start, form: Mapping[str, Any], total: Words) -> list[Any]:
    """The answer to `key`, which is a list. `at` begins its keys; `total` is said before its question."""
    here = f"{at}{key}"
    match key:
        case "sedi":
            return await _seats(here, known, form, total)
        case "registri":
            return await _registers(here, form, total)
        case "gruppi":
            text: Words = "A chi vi rivolgete? Per esempio: «anziani»."
            return await several(here, Several(_after(total, text), people_options(), label=LABELS[key]))
        case "bisogni":
            return await _fields(here, form, total)
        case "zone":
            text = "In quali zone lavorate? Per esempio: «tutto il comune»."
            among, alone = (ALL_TOWN, *area_options(known.areas)), (EVERYWHERE,)
            return await several(here, Several(_after(total, text), among, alone, label=LABELS[key]))
    text = "Che lingue parlate con chi viene? Per esempio: «italiano e inglese»."
    return await several(here, Several(_after(total, text), languages(), label=LABELS["lingue"]))


async def _fields(here: str, form: Mapping[str, Any], total: Words) -> list[str]:
    """The needs that it works for: those that its own words speak of are proposed, among those of its groups."""
    found = await look(f"{here}.capiti", recognised, form["attivita"])
    mine = needs_of(tuple(form["gruppi"]))
    among = (*mine, *(need_option(code) for code in found if code not in {one.id for one in mine}))
    text = "Di che cosa vi occupate? Per esempio: «spesa a casa»."
    return await several(here, Several(_after(total, text), among, (), Chosen(tuple(found)), label=LABELS["bisogni"]))


async def _seats(here: str, known: Start, form: Mapping[str, Any], total: Words) -> list[Item]:
    names = {one.id: one.name for one in known.areas}
    kept = await _kept(here, form.get("sedi") or [], partial(seat_words, areas=names))
    text = phrase("Aggiungiamo una sede a {town}? Per esempio: il magazzino.", town=Verbatim(known.town))
    more = More(
        _after(total, text), least=0, another="Una sede", label=LABELS["sedi"], name=lambda seat: str(seat["indirizzo"])
    )
    made = await many(here, partial(_seat, known, form), more)
    return _numbered(kept, made)


async def _seat(known: Start, form: Mapping[str, Any]) -> Item:
    """One seat. Inside the list its keys carry its id."""
    town = Town(known.town, tuple(known.postcodes))
    office = str(form.get("sede_legale", ""))
    legal = office.partition(",")[0] if known.town.casefold() in office.casefold() else ""
    asked = Seat(
        "In che via è? Per esempio: «Via Roma 1».", town=town.name, postcodes=town.postcodes, legal=legal,
        label="La via",
    )  # fmt: skip
    street = await ask("indirizzo", asked)
    area = await ask(
        "localita", Place("In quale zona? Per esempio: «Capalle».", label="La zona", among=area_options(known.areas))
    )
    name = await ask(
        "nome",
        Text("Ha un nome? Per esempio: «magazzino».", "Per esempio: «magazzino».", 2, 60, label="Il nome della sede",
             skip="Nessun nome"),
    )  # fmt: skip
    steps = await ask(
        "accessibile", Choice("Si entra senza scalini? Per esempio: «sì».", label="Gli scalini", among=STEPS)
    )
    accessible = {"yes": True, "no": False}.get(steps)
    return {"indirizzo": street, "localita": area, "nome": name or "", "accessibile": accessible}


async def _registers(here: str, form: Mapping[str, Any], total: Words) -> list[Item]:
    """The registers. When the one that the network asks of the kind is not there, it is said, and asked for once."""
    kind, wanted = form["natura"], WANTED.get(form["natura"])
    kept = await _kept(here, form.get("registri") or [], register_words)
    text: Words = "Siete in un registro? Per esempio: il registro comunale."
    if wanted:
        text = phrase("Siete in un registro? Alla rete serve questo: {register}.", register=inner(wanted))
    found = _numbered(kept, await _more_registers(here, kind, _after(total, text)))
    if not wanted or registered(kind, found):
        return found
    missing = phrase("Manca il registro che la rete chiede: {register}. Lo aggiunge adesso?", register=inner(wanted))
    if await ask(f"{here}.manca", YesNo(missing, yes="Lo aggiungo", no="Vado avanti", label="Il registro mancante")):
        found = _numbered(found, await _more_registers(f"{here}.ancora", kind, "Quale registro aggiungiamo?"))
    if not registered(kind, found):
        await say("Va bene. Può inviare lo stesso. L'operatore vedrà che il registro manca.")
    return found


async def _more_registers(here: str, kind: str, text: Words) -> list[Item]:
    more = More(text, least=0, another="Un registro", label=LABELS["registri"], name=_register_name)
    return await many(here, partial(_register, kind), more)


async def _register(kind: str) -> Item:
    """One register. Those that the network asks of the kind come first."""
    among = _options(kind)
    choice = await ask("registro", Choice("Quale? Per esempio: «RUNTS».", label="Il registro", among=among))
    register, _, section = choice.partition(" ")
    made: Item = {"registro": register, "sezione": section}
    if register == "runts" and section not in RUNTS:
        sections = tuple(Option(id, label) for id, label in RUNTS.items())
        made["sezione"] = await ask(
            "sezione", Choice("In quale sezione? Per esempio: «Imprese sociali».", label="La sezione", among=sections)
        )
    if register == "altro":
        made["nome"] = await ask(
            "nome", Text("Come si chiama? Per esempio: «albo della Diocesi».", "Per esempio: «albo della Diocesi».", 3,
                         100, label="Il nome del registro")
        )  # fmt: skip
    made["numero"] = await ask(
        "numero", Text("Con che numero? Per esempio: 1234.", "Per esempio: 1234.", 1, 40, label="Il numero",
                       skip="Non lo so")
    )  # fmt: skip
    made["data"] = await ask("data", Since("Da quando? Per esempio: «7/11/2022».", label="Da quando", skip="Non lo so"))
    return made


def _options(kind: str) -> tuple[Option, ...]:
    """The registers to tap: with its own section first, where the network asks for it."""
    own = tuple(f"{register} {section}".strip() for register, section in sorted(REGISTERED.get(kind, ()), reverse=True))
    known = {id.partition(" ")[0] for id in own}
    rest = [
        id + (_OTHER if id == "runts" and id in known else "") for id in REGISTERS if id not in known or id == "runts"
    ]
    return tuple(Option(id, _register_label(id)) for id in (*own, *rest))


def _register_label(id: str) -> Words:
    register, _, section = id.partition(" ")
    if section in RUNTS:
        return phrase("RUNTS, sezione {section}", section=Verbatim(section.upper()))
    return "RUNTS, altra sezione" if section else REGISTERS[register]


def _register_name(item: Item) -> str:
    return spoken(register_words(item), ITALIAN)


async def _kept(here: str, before: Sequence[Item], words: Any) -> list[Item]:
    """Of the items that were there already, those that stay."""
    kept = list(before)
    while kept:
        among = (Option(f"{one['id']}", phrase("N. {n}", n=n), description=words(one)) for n, one in enumerate(kept, 1))
        text = "Ne togliamo una? Per esempio: quella che non c'è più."
        gone = await ask(f"{here}.togli.{len(kept)}", Choice(text, among=(KEEP, *among)))
        if gone == KEEP.id:
            break
        kept = [one for one in kept if f"{one['id']}" != gone]
    return kept


def _numbered(kept: Sequence[Item], made: Sequence[Item]) -> list[Item]:
    """The items that stay with their ids, and the others with new ones."""
    first = max((one["id"] for one in kept), default=0) + 1
    return [*kept, *({"id": id, **one} for id, one in enumerate(made, first))]


def _after(total: Words, text: Words) -> Words:
    return Joined((total, text))
