"""`python -m admin setup`: asks what a town is like, writes its territory file, lets the first administrator in."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from admin.database import opened
from catalog_store import audit, invitations, settings, staff, territory
from catalog_store.connect import Transaction
from catalog_store.hours import from_words
from catalog_store.schedules import parse

DAYS = 7  # that the first administrator's link holds
KINDS = {"1": "social_service", "2": "listening_point", "3": "other"}
_DEGREES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


class Wrong(ValueError):
    """An answer that cannot be used: what is wrong, and an example."""


@dataclass
class Answers:
    """What was answered: the file's own names and values, and its tables."""

    town: dict[str, Any] = field(default_factory=dict)
    localities: dict[str, dict[str, Any]] = field(default_factory=dict)
    offices: dict[str, dict[str, Any]] = field(default_factory=dict)


def setup(
    out: Annotated[
        Path | None, typer.Option(help="The territory file to write; when not given, the one of TESSERE_TERRITORY.")
    ] = None,
    *,
    link: Annotated[bool, typer.Option("--link", help="Only print a link for another administrator.")] = False,
) -> None:
    """Ask for the town's own data, write its territory file, and print the first administrator's one-time link."""
    if not link:
        _town(out)
    with opened() as store, store.begin() as tx:
        base = store.public or _here()
        address = _first(tx, base, anyhow=link)
    print(address or "Un amministratore c’è già. Per un altro: python -m admin setup --link")


def _town(out: Path | None) -> None:
    named = os.environ.get("TESSERE_TERRITORY")
    path = out or Path(named or "territorio.toml")
    if path.exists() and not typer.confirm(f"{path} c’è già. Lo riscrivo?", default=False):
        return
    answers = _asked()
    path.parent.mkdir(parents=True, exist_ok=True)
    notice = path.with_name("informativa.md")
    if not notice.exists():
        shutil.copyfile(territory.DRAFT, notice)
    path.write_text(written(answers, notice.name), encoding="utf-8")
    made = territory.load(path)
    os.environ["TESSERE_TERRITORY"] = str(path)
    print(f"\n{path}: {made.municipality}, {len(made.localities)} località, {len(made.offices)} uffici.")
    print(f"{notice}: la bozza dell’informativa, da correggere con il responsabile della protezione dei dati.")
    if named != str(path):
        print(f"Da mettere fra le variabili: TESSERE_TERRITORY={path.resolve()}")
    print("A chi chiedere per il resto (anagrafe, tasse, rifiuti…) è in fondo al file: lo controlli riga per riga.\n")


def _first(tx: Transaction, base: str, *, anyhow: bool) -> str:
    """The link for an administrator; '' when there is one already, unless `anyhow`."""
    if not anyhow and any(one.role == "administrator" and one.ended_at is None for one in staff.listed(tx)):
        return ""
    code = invitations.invite(tx, "administrator", None, DAYS, note="amministratore, da riga di comando")
    audit.note(tx, None, "made", "code", why="administrator")
    return f"Il collegamento del primo amministratore, per una volta e {DAYS} giorni:\n{base}/ufficio/invito/{code}"


def _here() -> str:
    known = settings.load(os.environ)
    return f"http://{known.host}:{known.port}"


def _asked() -> Answers:
    """Every question, in order; a wrong answer is explained and asked again."""
    made, town = Answers(), {}
    town["municipality"] = _ask("Comune", _some, "Borgo San Lorenzo")
    town["istat"] = _ask("Codice ISTAT, 6 cifre", _istat, "048004")
    town["zone"] = "Europe/Rome"
    town["patron"] = _ask("Patrono", _some, "San Lorenzo")
    town["patron_day"] = _ask("Giorno del patrono, mese e giorno", _day, "08-10")
    town["operators"] = _ask("Quando risponde una persona", _hours, "lun-ven 9-13; mar,gio 15-17")
    town["closures"] = _ask("Giorni di chiusura, separati da virgole (invio: nessuno)", _closures, "", free=True)
    print("\nLe località: le parti del comune, come la gente le chiama. Almeno una; invio per finire.")
    for name in _each("Località"):
        made.localities[_id(name, made.localities)] = {
            "name": name,
            "other_names": _ask("  Altri nomi, separati da virgole", _listed, "", free=True),
            **_ask("  Latitudine e longitudine", _degrees, "43.9553, 11.3862"),
        }
    print("\nGli uffici: lo sportello sociale, il punto di ascolto, l’URP. Invio per finire.")
    for name in _each("Ufficio", least=0):
        made.offices[_id(name, made.offices)] = _office(name, made.localities)
    print("\nI dati delle persone.")
    controller = _ask("Come si scrive al titolare dei dati", _some, "Comune, piazza Dante 1, pec@example.org")
    officer = _ask("Come si raggiunge il responsabile della protezione dei dati", _some, "dpo@comune.example.it")
    town["privacy"] = f"{controller}. Responsabile della protezione dei dati: {officer}."
    print("\nPer i pericoli, fuori orario. Invio: non c’è.")
    town["on_call"] = _ask("Numero per gli operatori (non si dice ai cittadini)", _any, "", free=True)
    town["on_call_chat"] = _ask("Chat di chi è di turno, come in: telegram 12345", _chat, "", free=True)
    town["on_call_public"] = _ask("Numero da dire a chi stanotte non ha dove andare", _any, "", free=True)
    made.town = town
    return made


def _office(name: str, localities: dict[str, dict[str, Any]]) -> dict[str, Any]:
    ids = {place["name"].casefold(): id for id, place in localities.items()}

    def placed(text: str) -> str:
        if text.casefold() not in ids:
            raise Wrong(f"Una di queste: {', '.join(place['name'] for place in localities.values())}")
        return ids[text.casefold()]

    return {
        "name": name,
        "kind": KINDS[_ask("  1 servizio sociale, 2 punto di ascolto, 3 altro", _kind, "1")],
        "locality": _ask("  In quale località", placed, next(iter(localities.values()))["name"]),
        "address": _ask("  Indirizzo", _some, "Piazza Dante 1"),
        "hours": _ask("  Orari", _hours, "lun-ven 9-12; gio 15-17"),
        "phone": _ask("  Telefono", _any, "", free=True),
        "email": _ask("  E-mail", _any, "", free=True),
        "bring": _ask("  Che cosa portare", _any, "", free=True),
    }


def _ask(question: str, read: Callable[[str], Any], example: str, *, free: bool = False) -> Any:
    """An answer, asked again until it can be used."""
    told = f"{question} (per esempio: {example})" if example else question
    while True:
        text = typer.prompt(told, default="" if free else None, show_default=False).strip()
        try:
            return read(text)
        except Wrong as wrong:
            print(f"  {wrong}")


def _each(called: str, *, least: int = 1) -> Iterator[str]:
    """Names, until an empty one."""
    given = 0
    while True:
        name = typer.prompt(f"{called} {given + 1}", default="", show_default=False).strip()
        if name:
            given += 1
            yield name
        elif given >= least:
            return
        else:
            print("  Almeno una.")


def _some(text: str) -> str:
    if not text:
        raise Wrong("Serve una risposta.")
    return text


def _any(text: str) -> str:
    return text


def _istat(text: str) -> str:
    if not re.fullmatch(r"\d{6}", text):
        raise Wrong("Sono 6 cifre, come in 048004: le trova nell’elenco dei comuni dell’ISTAT.")
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise Wrong("Mese e giorno, come in 08-10 per il 10 agosto.") from None
    return text


def _hours(text: str) -> str:
    try:
        parse(from_words(text, "Europe/Rome", date(2024, 1, 1)))
    except ValueError:
        raise Wrong("Giorni e ore, come in: lun-ven 9-13; mar,gio 15-17") from None
    return text


def _closures(text: str) -> list[str]:
    days = _listed(text)
    try:
        for one in days:
            for day in one.split("/"):
                date.fromisoformat(day)
    except ValueError:
        raise Wrong("Un giorno, o il primo e l’ultimo: 2026-12-24, 2026-08-10/2026-08-21") from None
    return days


def _degrees(text: str) -> dict[str, float]:
    found = _DEGREES.fullmatch(text)
    if not found:
        raise Wrong("Due numeri con la virgola in mezzo, come in: 43.9553, 11.3862")
    return {"latitude": float(found[1]), "longitude": float(found[2])}


def _kind(text: str) -> str:
    if text not in KINDS:
        raise Wrong("1, 2 o 3.")
    return text


def _chat(text: str) -> str:
    if text and not re.fullmatch(r"(telegram|whatsapp|webchat) \S+", text):
        raise Wrong("Il canale e l’indirizzo, come in: telegram 12345")
    return text


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _id(name: str, taken: dict[str, Any]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold().translate(str.maketrans("àèéìòù", "aeeiou"))).strip("-") or "x"
    return plain if plain not in taken else f"{plain}-{len(taken)}"


def written(answers: Answers, notice: str) -> str:
    """The territory file; who to ask for the rest is the shipped list, without desks that this town has not."""
    lines = ["# Scritto da `python -m admin setup`; si corregge a mano.", ""]
    lines += [f"{name} = {_toml(value)}" for name, value in {**answers.town, "notice": notice}.items()]
    for table, rows in (("localities", answers.localities), ("offices", answers.offices)):
        for id, row in rows.items():
            lines += ["", f"[{table}.{id}]", *(f"{name} = {_toml(value)}" for name, value in row.items())]
    shipped = territory.DEFAULT.read_text(encoding="utf-8")
    asked = shipped[shipped.index("[elsewhere.") :]
    kept = (line for line in asked.splitlines() if not line.startswith("office = "))
    return "\n".join([*lines, "", "# A chi chiedere per il resto: da controllare.", "", *kept, ""])


def _toml(value: Any) -> str:
    """A value as TOML writes it, which for text, numbers and lists is as JSON does."""
    return json.dumps(value, ensure_ascii=False)
