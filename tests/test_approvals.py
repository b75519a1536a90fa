"""What operators decide of a form: once, by one of them; what is found out about it, and what then is public."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_store import applications, approvals, audit, forms, organizations, privacy
from catalog_store.applications import Application
from catalog_store.connect import Store, Transaction
from catalog_store.organizations import Organization
from tests.clock import Clock
from tests.network import sent, state
from tests.offices import joined


@pytest.fixture
def form(store: Store) -> Application:
    return sent(store)


@pytest.fixture
def ada(store: Store) -> int:
    return joined(store, "operator", "Ada Rossi").id


@pytest.fixture
def olga(store: Store) -> int:
    return joined(store, "operator", "Olga Bini").id


def test_what_is_approved_is_public_from_then_on(store: Store, form: Application, ada: int) -> None:
    assert state(store, form) == ("sent", "sent")
    with store.begin() as tx:
        done = approvals.approve(tx, form.uid, ada)
        assert done
        assert (done.state, done.staff_id, done.due_at, done.decided_at) == ("approved", ada, None, tx.now)
    with store.reading() as tx:
        (body,) = organizations.listed(tx, approved=True)
        assert (body.kind, body.tax_code, body.phone, body.confirmed_on) == (
            "odv", "80016750483", "+39055000001", tx.now.date(),
        )  # fmt: skip
        (place,) = organizations.listed_locations(tx)
        assert (place.locality, place.address, place.accessible) == ("capalle", "Via di Prova 3", True)
        (row,) = [row for row in audit.listed(tx) if row.what == "application"]
        assert (row.action, row.staff_id, row.uid, row.whose) == ("approved", ada, form.uid, form.person_id)


@pytest.mark.parametrize("second", ["approve", "ask", "refuse"])
@pytest.mark.parametrize("first", ["approve", "refuse"])
def test_who_comes_second_decides_nothing(
    store: Store, form: Application, ada: int, olga: int, first: str, second: str
) -> None:
    decide: dict[str, tuple[Any, ...]] = {"approve": (), "ask": ("Lo statuto?",), "refuse": ("outside",)}
    with store.begin() as tx:
        assert getattr(approvals, first)(tx, form.uid, ada, *decide[first])
    before = state(store, form)
    with store.begin() as tx:
        assert getattr(approvals, second)(tx, form.uid, olga, *decide[second]) is None
        one = applications.get(tx, form.uid)
        assert one
        assert one.staff_id == ada
    assert state(store, form) == before


def test_what_is_asked_comes_back_with_an_answer_or_with_another_form(
    store: Store, form: Application, ada: int
) -> None:
    with store.begin() as tx:
        approvals.ask(tx, form.uid, ada, "Quanti soci avete?")
    assert state(store, form) == ("asked", "sent")
    with store.begin() as tx:
        again = approvals.answered(tx, form.uid, "Sono 40.")
        assert again
        assert (again.state, again.note, again.due_at is not None) == ("sent", "Quanti soci avete?\n— Sono 40.", True)
        assert approvals.answered(tx, form.uid, "Sono 41.") is None
        approvals.ask(tx, form.uid, ada, "E volontari?", "volontari")
        assert approvals.counted(tx) == {"asked": 1}
    other = sent(store, volontari=30)
    assert (state(store, form)[0], state(store, other)) == ("replaced", ("sent", "sent"))
    with store.begin() as tx:
        assert approvals.approve(tx, form.uid, ada) is None, "the form that was replaced is no form any more"
        assert [line.uid for line in approvals.listed(tx, ("sent",), limit=9)] == [other.uid]


def test_a_refused_change_leaves_everything_as_it_was(store: Store, form: Application, ada: int) -> None:
    with store.begin() as tx:
        approvals.approve(tx, form.uid, ada)
    change = sent(store, attivita="Vendiamo macchine.", telefono="+39055000002")
    with store.begin() as tx:
        approvals.refuse(tx, change.uid, ada, "purpose")
        body = organizations.get(tx, change.organization_id)
    assert (body.state, body.description, body.phone) == ("approved", "Portiamo la spesa a casa.", "+39055000002")


def test_rules_say_which_changes_wait(store: Store, form: Application, ada: int) -> None:
    with store.begin() as tx:
        approvals.approve(tx, form.uid, ada)
        usual = applications.needing_approval(tx)
        approvals.rule(tx, {one.key: one.key == "telefono" for one in forms.FIELDS})
        assert applications.needing_approval(tx) == {"telefono"}
    assert sent(store, attivita="Altro ancora.").state == "approved"
    assert sent(store, attivita="Altro ancora.", telefono="+39055000009").state == "sent"
    with store.begin() as tx:
        approvals.rule(tx, {one.key: one.approval for one in forms.FIELDS})
        assert applications.needing_approval(tx) == usual


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        ({"registri": []}, ("register",)),
        ({"assicurazione": False}, ("insurance",)),
        ({"presidente": ""}, ("missing presidente",)),
    ],
)
def test_what_the_network_asks_and_is_not_there_is_found(
    store: Store, answers: dict[str, Any], failed: tuple[str, ...]
) -> None:
    one = sent(store, **answers)
    with store.reading() as tx:
        found = checked(tx, one)
    assert failed[0] in found.failed
    assert not found.fine


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ("Associazione Il Ponte onlus", True),
        ("PONTE di Campi", True),
        ("La Fonte ODV", False),
        ("Associazione di volontariato Luna", False),
    ],
)
def test_names_that_are_alike_without_what_many_are_called(store: Store, other: str, *, alike: bool) -> None:
    with store.begin() as tx:
        organizations.put(tx, Organization(other))
    one = sent(store)
    with store.reading() as tx:
        assert checked(tx, one).alike == ((other,) if alike else ())


def test_the_same_tax_code_and_an_office_that_is_not_known(store: Store, form: Application) -> None:
    with store.begin() as tx:
        organizations.put(tx, Organization("Altra", tax_code="80016750483"))
        assert checked(tx, form).twins == ("Altra",)
        assert not checked(tx, form).odd_code
    odd = sent(store, name="Insieme", codice_fiscale="12345678903")
    with store.reading() as tx:
        assert checked(tx, odd).odd_code


def test_forms_that_are_not_in_force_are_forgotten_and_whose_they_were_sooner(
    store: Store, clock: Clock, form: Application, ada: int
) -> None:
    with store.begin() as tx:
        approvals.approve(tx, form.uid, ada)
    change, refused = sent(store, presidente="Ugo Neri"), sent(store, "berta", "Insieme APS")
    waits = sent(store, "carlo", "La Fonte")
    with store.begin() as tx:
        approvals.approve(tx, change.uid, ada)
        approvals.refuse(tx, refused.uid, ada, "outside")
        assert form.person_id
        privacy.erase(tx, form.person_id)
        now = applications.get(tx, change.uid)
        assert now
        assert (now.person_id, now.form["presidente"]) == (None, "Ugo Neri")
        assert privacy.forget(tx, dry_run=False)["applications"] == 0
    clock.advance(days=366)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["applications"] == 2
        kept = [one for one in (form, change, refused, waits) if applications.get(tx, one.uid)]
    assert kept == [change, waits]


def checked(tx: Transaction, one: Application) -> approvals.Checks:
    return approvals.checks(tx, one, organizations.get(tx, one.organization_id))
