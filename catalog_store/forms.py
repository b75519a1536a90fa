"""The form of an organization (scheda di ricognizione) as data: what is asked of whom, and what it comes to.

A form is {key: JSON value}: dates are ISO 8601, `sedi` and `registri` lists of {key: value}, `gruppi`, `bisogni`,
`zone` and `lingue` lists of ids; a date may be a year alone. What was left out is None. Keys never change their
meaning. How they are called is in `dialogs/association_words.py`, how they are asked in `association_questions.py`.
Beside the answers, `doppioni` is what looks like the same organization: [{"uid", "stessa": what the person said}].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from catalog_store.organizations import Location, Organization

Form = Mapping[str, Any]

KINDS = (
    "aps", "odv", "social_cooperative", "cooperative", "third_sector", "sport", "parish", "club", "company", "public",
)  # fmt: skip
SECTIONS = ("chi", "dove", "cosa", "esperienza", "persone", "registri")
REGISTERS = ("runts", "regionale", "albo_cooperative", "rasd", "comunale", "onlus", "altro")
RUNTS = ("odv", "aps", "filantropici", "imprese_sociali", "reti", "mutuo_soccorso", "altri")  # D.Lgs. 117/2017, art. 46
EVERYWHERE = "tutto"  # in `zone`: the whole municipality

_BODIES = frozenset(KINDS) - {"parish", "public"}  # which somebody founded, on a day
_MEMBERS = _BODIES - {"company"}
_VOLUNTEERS = (_MEMBERS | {"parish"}) - {"cooperative"}
_PRIVATE = frozenset(KINDS) - {"public"}
_PEC = frozenset({"social_cooperative", "cooperative", "company", "public"})  # which the law obliges to have one
_ALL = frozenset(KINDS)
_NONE = frozenset[str]()


@dataclass(frozen=True)
class Field:
    """One entry. `kinds` are asked for it, and those of `required` cannot leave it out; `personal`: about a person.

    `approval`: a change of it waits for an operator, unless the municipality decides otherwise. `under`: it is asked
    only because of what was answered there.
    """

    key: str
    section: str
    kinds: frozenset[str] = _ALL
    required: frozenset[str] = _NONE
    personal: bool = False
    approval: bool = False
    under: str = ""


FIELDS = (
    Field("natura", "chi", required=_ALL, approval=True),
    Field("denominazione", "chi", required=_ALL, approval=True),
    Field("codice_fiscale", "chi", required=_ALL, approval=True),
    Field("costituita_il", "chi", kinds=_BODIES, required=_BODIES, approval=True),
    Field("atto", "chi", kinds=_MEMBERS, approval=True),
    Field("sede_legale", "dove", required=_ALL, approval=True),
    Field("sedi", "dove"),
    Field("telefono", "dove"),
    Field("email", "dove", required=_ALL),
    Field("pec", "dove", required=_PEC),
    Field("sito", "dove"),
    Field("attivita", "cosa", required=_ALL, approval=True),
    Field("gruppi", "cosa", required=_ALL, approval=True),
    Field("bisogni", "cosa", required=_ALL, approval=True),
    Field("riservata", "cosa", required=_ALL, under="gruppi"),
    Field("zone", "cosa", required=_ALL),
    Field("lingue", "cosa", required=_ALL),
    Field("esperienza_anni", "esperienza", kinds=_PRIVATE, required=_PRIVATE),
    Field("esempio_1", "esperienza", kinds=_PRIVATE, required=_PRIVATE),
    Field("esempio_2", "esperienza", kinds=_PRIVATE),
    Field("attiva_qui_dal", "esperienza", kinds=_PRIVATE, required=_PRIVATE),
    Field("presidente", "persone", required=_ALL, personal=True, approval=True),
    Field("carica", "persone", required=_ALL, approval=True),
    Field("delegato", "persone", personal=True),
    Field("delegato_telefono", "persone", personal=True, under="delegato"),
    Field("soci", "persone", kinds=_MEMBERS),
    Field("volontari", "persone", kinds=_VOLUNTEERS, required=_VOLUNTEERS),
    Field("assicurazione", "persone", kinds=_VOLUNTEERS, required=_VOLUNTEERS, under="volontari"),
    Field("registri", "registri", approval=True),
    Field("affiliazione", "registri", kinds=_MEMBERS | {"parish"}),
)
BY_KEY = {field.key: field for field in FIELDS}

# What the founding document asks of each kind: one of these (register, section). The old regional registers of APS and
# ODV became sections of the RUNTS (D.Lgs. 117/2017, art. 54).
REGISTERED: Mapping[str, frozenset[tuple[str, str]]] = {
    "aps": frozenset({("runts", "aps"), ("regionale", "")}),
    "odv": frozenset({("runts", "odv"), ("regionale", "")}),
    "social_cooperative": frozenset({("albo_cooperative", "")}),
    "sport": frozenset({("rasd", "")}),
}
DISCREET = "violenza_genere"  # the group for which it is asked whether the address may be published


def asked(kind: str) -> tuple[Field, ...]:
    """What an organization of this kind is asked, in order, without what depends on an answer."""
    return tuple(field for field in FIELDS if kind in field.kinds and not field.under)


def registered(kind: str, registers: list[dict[str, Any]]) -> bool:
    """Is one of these the register that the founding document asks of the kind, if it asks for any?"""
    wanted = REGISTERED.get(kind)
    return wanted is None or any((one["registro"], one.get("sezione") or "") in wanted for one in registers)


def failed(form: Form) -> list[str]:
    """What the network asks and the form does not have: for an operator to judge, never a refusal by itself.

    Codes: register (the one of its kind), experience (in solidarity work), presence (no seat, nor work, in the town),
    insurance (of volunteers who are there), and `missing KEY`.
    """
    kind = form.get("natura", "")
    codes = [] if registered(kind, form.get("registri") or []) else ["register"]
    if kind in BY_KEY["esperienza_anni"].kinds:
        codes += [] if form.get("esperienza_anni") else ["experience"]
        codes += [] if form.get("sedi") or form.get("attiva_qui_dal") else ["presence"]
    if form.get("volontari") and not form.get("assicurazione"):
        codes.append("insurance")
    required = (field for field in asked(kind) if kind in field.required)
    return codes + [f"missing {field.key}" for field in required if form.get(field.key) in (None, "", [])]


def public(form: Form) -> dict[str, Any]:
    """The fields of an Organization that the form says; only what everybody may read.

    What it does not say stays as it is: the kind on a list that none of KINDS is, and that an address is not published.
    """
    zones = form.get("zone") or []
    told = {
        "name": form["denominazione"],
        "kind": form.get("natura"),
        "tax_code": form.get("codice_fiscale"),
        "address": form.get("sede_legale") or "",
        "phone": form.get("telefono") or "",
        "email": form.get("email") or "",
        "pec": form.get("pec") or "",
        "website": form.get("sito") or "",
        "description": form.get("attivita") or "",
        "groups": tuple(form.get("gruppi") or ()),
        "areas": () if EVERYWHERE in zones else tuple(zones),
        "languages": tuple(form.get("lingue") or ("it",)),
        "discreet": form.get("riservata"),
    }
    return {name: value for name, value in told.items() if value is not None}


def locations(form: Form, organization_id: int, organization_uid: str) -> list[Location]:
    """Where the organization receives people. A seat keeps its uid when others are added, changed or removed."""
    return [
        Location(
            organization_id,
            name=seat.get("nome") or f"Sede di {form['denominazione']}"[:120],
            locality=seat["localita"],
            uid=seat.get("uid") or sha256(f"{organization_uid} {seat['id']}".encode()).hexdigest()[:32],
            address=seat["indirizzo"],
            accessible=seat.get("accessibile"),
        )
        for seat in form.get("sedi") or []
    ]


def known(organization: Organization, seats: list[Location]) -> dict[str, Any]:
    """The answers that are known of an organization that sent no form: what a list of the municipality's told."""
    told = {
        "natura": organization.kind if organization.kind in KINDS else "",
        "denominazione": organization.name,
        "codice_fiscale": organization.tax_code,
        "sede_legale": organization.address,
        "telefono": organization.phone,
        "email": organization.email,
        "pec": organization.pec,
        "sito": organization.website,
        "attivita": organization.description,
        "gruppi": list(organization.groups),
        "riservata": organization.discreet,
        "zone": list(organization.areas),
        "sedi": [
            {
                "id": id, "uid": one.uid, "indirizzo": one.address, "localita": one.locality, "nome": one.name,
                "accessibile": one.accessible,
            }
            for id, one in enumerate(seats, 1)
        ],
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}
