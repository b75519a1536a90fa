"""Organizations on their way into the network, for tests: a form that says everything, and who sends it."""

from __future__ import annotations

from typing import Any

from bot.house import House
from catalog_store import applications, approvals, invitations, organizations, people, roles, staff
from catalog_store.applications import Application
from catalog_store.connect import Store
from catalog_store.organizations import Organization
from tests.offices import joined
from tests.talker import Talker

FORM: dict[str, Any] = {
    "natura": "odv", "denominazione": "Il Ponte ODV", "codice_fiscale": "80016750483",
    "costituita_il": "1998-05-12", "sede_legale": "Via di Prova 1, 50013 Campi Bisenzio",
    "sedi": [{"id": 1, "indirizzo": "Via di Prova 3", "localita": "capalle", "nome": "", "accessibile": True}],
    "telefono": "+39055000001", "email": "info@ponte.example.org", "attivita": "Portiamo la spesa a casa.",
    "gruppi": ["anziani"], "bisogni": ["anziani.spesa_farmaci_domicilio"], "zone": ["tutto"], "lingue": ["it"],
    "esperienza_anni": 12, "esempio_1": "La spesa in pandemia", "attiva_qui_dal": "2001",
    "presidente": "Lia Verdi", "carica": "presidente", "volontari": 20, "assicurazione": True,
    "atto": None, "pec": None, "sito": None, "esempio_2": None, "delegato": None, "soci": None, "affiliazione": None,
    "registri": [{"registro": "runts", "sezione": "odv", "numero": "1234", "data": "2022-03-01"}],
}  # fmt: skip


def invited(store: Store, name: str = "Il Ponte ODV") -> tuple[Organization, str]:
    """A body of the list, and a code that lets its people in."""
    with store.begin() as tx:
        body = Organization(name, uid=name.casefold().replace(" ", "-"), state="invited")
        id = organizations.put(tx, body)
        return body, invitations.invite(tx, "association", id, 30, 5)


def sent(store: Store, who: str = "anna", name: str = "Il Ponte ODV", **answers: Any) -> Application:
    """The form of this body, sent by somebody in the web chat; again, it is a change or a correction."""
    with store.reading() as tx:
        known = next((one for one in organizations.listed(tx) if one.name == name), None)
    body, code = (known, "") if known else invited(store, name)
    with store.begin() as tx:
        tx.person_id = people.recognise(tx, "webchat", who).id
        if code:
            roles.redeem(tx, tx.person_id, code)
        one = applications.submit(tx, body.uid, {**FORM, "denominazione": name, **answers})
        if one.state == "sent":
            approvals.tell_operators(tx, one.uid)
        return one


def operator(house: House, name: str) -> Talker:
    """An operator who has written the code of their own telephone."""
    member = joined(house.store, "operator", name)
    with house.store.begin() as tx:
        code = staff.own_phone(tx, member, 2)
    talker = Talker(house, name, "telegram")
    talker.write(f"codice {code}")
    return talker


def state(store: Store, one: Application) -> tuple[str, str]:
    """Of a form and of its organization, today."""
    with store.reading() as tx:
        now = applications.get(tx, one.uid)
        assert now
        return now.state, organizations.get(tx, one.organization_id).state
