"""What organizations send: the form as data, the first one, and each change of it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from catalog_store import applications, forms, organizations, people, privacy, roles
from catalog_store.applications import Application
from catalog_store.connect import Store
from catalog_store.forms import BY_KEY, KINDS, SECTIONS, asked, failed
from catalog_store.organizations import Organization
from catalog_store.schema import applications as forms_sent
from catalog_store.schema import form_rules
from catalog_store.schema import locations as places
from catalog_store.schema import organizations as bodies
from tests.clock import Clock
from tests.forms import ODV


def send(store: Store, form: dict[str, Any], uid: str = "", who: str = "ada") -> Application:
    with store.begin() as tx:
        tx.person_id = people.recognise(tx, "webchat", who).id
        return applications.submit(tx, uid, form)


def decide(store: Store, sent: Application) -> str:
    """What an operator's approval leaves; the organization's uid."""
    with store.begin() as tx:
        tx.execute(forms_sent.update().values(state="approved", due_at=None, decided_at=tx.now))
        tx.execute(bodies.update().where(bodies.c.id == sent.organization_id).values(state="approved"))
        applications.publish(tx, sent.organization_id, sent.form)
        return organizations.get(tx, sent.organization_id).uid


def seats(store: Store) -> dict[str, str]:
    with store.reading() as tx:
        return {row.uid: row.address for row in tx.execute(select(places))}


def test_an_organization_that_comes_by_itself_waits_and_is_not_in_the_catalogue(store: Store) -> None:
    sent = send(store, ODV)
    assert (sent.kind, sent.state, sent.form) == ("first", "sent", ODV)
    assert sent.due_at is not None
    with store.reading() as tx:
        body = organizations.get(tx, sent.organization_id)
        assert (body.name, body.state, body.areas) == ("Il Filo ODV", "sent", ("centro", "capalle"))
        assert organizations.listed(tx, approved=True) == []
        assert organizations.listed_locations(tx) == []
        assert [one.uid for one in applications.waiting(tx)] == [sent.uid]
        assert applications.count(tx) == 1
        assert roles.contacts_of(tx, body.id) == [sent.person_id]
        assert applications.latest(tx, body.id) == applications.get(tx, sent.uid) == sent
        assert applications.current(tx, body.id) == {}


def test_an_organization_that_was_invited_keeps_its_row(store: Store) -> None:
    with store.begin() as tx:
        id = organizations.put(tx, Organization("Filo", uid="lista-7", state="started"))
    assert send(store, ODV, "lista-7").organization_id == id
    with store.reading() as tx:
        assert organizations.get(tx, id).state == "sent"


def test_a_form_sent_again_replaces_the_one_that_waits(store: Store) -> None:
    with store.begin() as tx:
        organizations.put(tx, Organization("Filo", uid="lista-7", state="started"))
    send(store, ODV, "lista-7")
    again = send(store, {**ODV, "soci": 41}, "lista-7", who="bice")
    with store.reading() as tx:
        assert [one.uid for one in applications.waiting(tx)] == [again.uid]


def test_of_a_change_what_needs_no_approval_applies_at_once(store: Store) -> None:
    uid = decide(store, send(store, ODV))
    change = send(store, {**ODV, "email": "nuova@example.org", "denominazione": "Il Filo Rosso ODV"}, uid)
    assert (change.kind, change.state) == ("change", "sent")
    with store.reading() as tx:
        body = organizations.get(tx, change.organization_id)
        assert (body.name, body.email, body.state) == ("Il Filo ODV", "nuova@example.org", "approved")
        now = applications.current(tx, body.id)
        assert applications.difference(now, change.form) == ["denominazione"]


def test_a_change_that_needs_no_approval_waits_for_nobody(store: Store) -> None:
    uid = decide(store, send(store, ODV))
    assert send(store, {**ODV, "email": "nuova@example.org"}, uid).state == "approved"
    with store.reading() as tx:
        assert applications.count(tx) == 0


def test_a_form_sent_while_the_one_before_is_approved_does_not_undo_that(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = decide(store, send(store, ODV))
    find = organizations.find
    before = lambda tx, uid: (found := find(tx, uid)) and replace(found, state="sent")  # noqa: E731  before the lock
    monkeypatch.setattr(organizations, "find", before)
    assert send(store, {**ODV, "denominazione": "Il Filo Rosso ODV"}, uid).kind == "change"
    with store.reading() as tx:
        assert [one.name for one in organizations.listed(tx, approved=True)] == ["Il Filo ODV"]


def listed_house(store: Store) -> None:
    """An approved organization that came by a list: of a kind that no form has, and whose address is nobody's."""
    with store.begin() as tx:
        given = {"tax_code": ODV["codice_fiscale"], "address": "Via Segreta 1", "discreet": True}
        organizations.put(tx, Organization("Casa", uid="lista-7", groups=("violenza_genere",), **given))


def test_who_came_by_a_list_changes_what_needs_no_approval_at_once_and_the_rest_waits(store: Store) -> None:
    listed_house(store)
    change = send(store, {**ODV, "email": "nuova@example.org", "riservata": True}, "lista-7")
    assert (change.kind, change.state) == ("change", "sent")
    with store.reading() as tx:
        body = organizations.get(tx, change.organization_id)
        assert (body.name, body.kind, body.address) == ("Casa", "association", "Via Segreta 1")
        assert (body.email, body.groups, body.state) == ("nuova@example.org", ("violenza_genere",), "approved")


def test_an_address_that_a_list_keeps_to_itself_is_not_published_by_a_form(store: Store) -> None:
    listed_house(store)
    with store.begin() as tx:
        body = organizations.find(tx, "lista-7")
        assert body
        known = applications.in_force(tx, body)
        assert known["riservata"] is True
        for form in (known, {key: said for key, said in known.items() if key != "riservata"}):
            applications.publish(tx, body.id, form)
            assert organizations.get(tx, body.id).discreet
        applications.publish(tx, body.id, {**known, "riservata": False})
        assert not organizations.get(tx, body.id).discreet, "it says so itself"


def test_a_form_of_which_something_was_asked_in_vain_is_forgotten_after_a_year(store: Store, clock: Clock) -> None:
    sent = send(store, ODV)
    with store.begin() as tx:
        tx.execute(forms_sent.update().values(state="asked", due_at=None, decided_at=tx.now))
    for days, gone in ((364, 0), (1, 1)):
        clock.advance(days=days)
        with store.begin() as tx:
            assert privacy.forget(tx, dry_run=False)["applications"] == gone
    with store.reading() as tx:
        assert applications.get(tx, sent.uid) is None


def test_the_municipality_says_what_waits_for_approval(store: Store) -> None:
    uid = decide(store, send(store, ODV))
    with store.begin() as tx:
        tx.execute(form_rules.insert(), [{"key": "email", "approval": True}, {"key": "attivita", "approval": False}])
        assert {"email", "natura"} <= applications.needing_approval(tx)
    assert send(store, {**ODV, "attivita": "Altro"}, uid).state == "approved"
    assert send(store, {**ODV, "attivita": "Altro", "email": "nuova@example.org"}, uid).state == "sent"


def test_a_seat_keeps_its_uid_when_the_one_before_it_is_closed(store: Store) -> None:
    uid = decide(store, send(store, ODV))
    before = seats(store)
    send(store, {**ODV, "sedi": ODV["sedi"][1:]}, uid)
    after = seats(store)
    assert len(before) == 2
    assert after.items() <= before.items()
    assert list(after.values()) == ["Via dei Saggi 8"]


def test_who_sent_a_form_is_forgotten_and_the_form_stays(store: Store) -> None:
    sent = send(store, ODV)
    with store.begin() as tx:
        assert sent.person_id is not None
        privacy.erase(tx, sent.person_id)
        kept = applications.get(tx, sent.uid)
    assert kept is not None
    assert (kept.person_id, kept.form) == (None, ODV)


def test_a_form_that_was_replaced_is_kept_for_a_year(store: Store, clock: Clock) -> None:
    with store.begin() as tx:
        organizations.put(tx, Organization("Filo", uid="lista-7", state="started"))
    send(store, ODV, "lista-7")
    send(store, {**ODV, "soci": 41}, "lista-7")
    for days, gone in ((364, 0), (1, 1), (400, 0)):
        clock.advance(days=days)
        with store.begin() as tx:
            assert privacy.forget(tx, dry_run=False)["applications"] == gone
    with store.reading() as tx:
        assert applications.count(tx) == 1, "what waits is never forgotten"


def test_a_form_is_read_by_nobody_in_the_file(store: Store) -> None:
    send(store, ODV)
    with store.reading() as tx:
        sealed = tx.connection.exec_driver_sql("SELECT form FROM applications").scalar_one()
    assert b"Bianchi" not in bytes(sealed)


def test_who_has_the_same_tax_code_is_found(store: Store) -> None:
    sent = send(store, ODV)
    with store.reading() as tx:
        uid = organizations.get(tx, sent.organization_id).uid
        assert [one.uid for one in applications.twins(tx, "80016750483")] == [uid]
        assert applications.twins(tx, "80016750483", uid) == []


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ({"registri": []}, "register"),
        ({"registri": [{"registro": "runts", "sezione": "aps"}]}, "register"),
        ({"registri": [{"registro": "comunale"}]}, "register"),
        ({"esperienza_anni": 0}, "experience"),
        ({"sedi": [], "attiva_qui_dal": None}, "presence"),
        ({"assicurazione": False}, "insurance"),
        ({"email": ""}, "missing email"),
    ],
)
def test_what_the_network_asks_and_is_not_there_is_named(without: dict[str, Any], code: str) -> None:
    assert failed(ODV) == []
    assert code in failed({**ODV, **without})


@pytest.mark.parametrize("kind", ["cooperative", "third_sector", "parish", "club", "company", "public"])
def test_a_register_is_asked_only_of_the_kinds_that_need_one(kind: str) -> None:
    assert "register" not in failed({**ODV, "natura": kind, "registri": []})


def test_an_old_regional_register_is_as_good_as_its_section_of_today() -> None:
    assert failed({**ODV, "registri": [{"registro": "regionale"}]}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_asked_what_concerns_it(kind: str) -> None:
    keys = {field.key for field in asked(kind)}
    assert {"natura", "denominazione", "sede_legale", "presidente", "registri"} <= keys
    assert ("costituita_il" in keys) == (kind not in ("parish", "public"))
    assert ("esempio_1" in keys) == (kind != "public")


def test_the_form_is_in_order() -> None:
    assert list(dict.fromkeys(field.section for field in forms.FIELDS)) == list(SECTIONS)
    assert all(field.required <= field.kinds for field in forms.FIELDS)
    assert all(field.under in BY_KEY for field in forms.FIELDS if field.under)
    assert not any(value == "Maria Bianchi" for value in forms.public(ODV).values()), "no person is public"
