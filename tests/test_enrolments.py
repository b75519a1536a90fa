"""The call to organizations: when it is open, who was invited, what their codes are worth, who left it midway."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from catalog_store import bodies, conversations, enrolments, invitations, organizations, people, roles
from catalog_store.connect import Store
from catalog_store.enrolments import Enrolment
from catalog_store.invitations import Refusal
from catalog_store.organizations import Organization
from catalog_store.roles import Role
from tests.clock import TUESDAY, Clock

TODAY = TUESDAY.date()
CALL = Enrolment("Avviso 2026", "Cerchiamo associazioni.", TODAY - timedelta(days=5), TODAY + timedelta(days=20))


@pytest.fixture
def call(store: Store) -> Enrolment:
    with store.begin() as tx:
        enrolments.put(tx, CALL)
    return CALL


def invited(store: Store, name: str = "Il Ponte ODV", state: str = "invited") -> bodies.Body:
    with store.begin() as tx:
        organizations.put(tx, Organization(name, uid=name, state=state))
        return next(one for one in bodies.listed(tx, limit=50) if one.uid == name)


def test_a_call_is_open_from_its_first_day_to_the_end_of_its_last_on_the_towns_clock(
    store: Store, clock: Clock, call: Enrolment
) -> None:
    later = Enrolment("Avviso 2027", "Di nuovo.", date(2027, 1, 10))
    with store.begin() as tx:
        enrolments.put(tx, later)
        assert (enrolments.current(tx), enrolments.next_one(tx)) == (call, later)
    clock.now = last_minute = TUESDAY.replace(hour=21, minute=59) + timedelta(days=20)  # 23.59 in Italy, by summer time
    with store.reading() as tx:
        assert enrolments.current(tx) == call
    clock.now = last_minute + timedelta(minutes=1)
    with store.reading() as tx:
        assert (enrolments.current(tx), enrolments.next_one(tx)) == (None, later)
    clock.now = TUESDAY + timedelta(days=400)
    with store.reading() as tx:
        assert (enrolments.current(tx), enrolments.next_one(tx)) == (later, None)
        assert enrolments.listed(tx) == [later, call]


def test_a_call_is_changed_where_it_stands(store: Store, call: Enrolment) -> None:
    longer = Enrolment(call.title, "Altre parole.", call.opens_on, None, call.uid)
    with store.begin() as tx:
        enrolments.put(tx, longer)
        assert enrolments.listed(tx) == [longer]


def test_a_code_ends_with_the_call_whenever_that_is_moved_to(store: Store, clock: Clock, call: Enrolment) -> None:
    body = invited(store)
    with store.begin() as tx:
        code = bodies.invite(tx, body, call)
        assert bodies.invite(tx, body, call) == code, "a second letter says the same"
        given = invitations.find(tx, code)
        assert given
        assert given.expires_at == enrolments.closing(tx, call)
        sooner = Enrolment(call.title, call.text, call.opens_on, TODAY + timedelta(days=2), call.uid)
        enrolments.put(tx, sooner)
    clock.advance(days=2)
    assert isinstance(redeemed(store, code, "anna"), Role)
    clock.advance(days=1)
    assert redeemed(store, code, "berta") == Refusal("expired")
    with store.begin() as tx:
        enrolments.put(tx, Enrolment(call.title, call.text, call.opens_on, TODAY + timedelta(days=9), call.uid))
    assert isinstance(redeemed(store, code, "berta"), Role), "the term was reopened, and so are the letters"


def redeemed(store: Store, code: str, who: str) -> Role | Refusal:
    with store.begin() as tx:
        return roles.redeem(tx, people.recognise(tx, "webchat", who).id, code)


def test_the_list_says_how_far_each_has_come(store: Store, clock: Clock, call: Enrolment) -> None:
    ponte = invited(store)
    for state in ("sent", "approved", "refused", "withdrawn"):
        invited(store, state, state)
    with store.begin() as tx:
        assert steps(tx) == {"to_invite": 1, "sent": 1, "approved": 1, "refused": 1, "withdrawn": 1}
        bodies.invite(tx, ponte, call)
        assert steps(tx)["invited"] == 1
    clock.advance(days=7)
    with store.begin() as tx:
        assert (steps(tx)["invited"], steps(tx)["silent"]) == (1, 1)
        assert [one.name for one in bodies.listed(tx, "silent", limit=9)] == ["Il Ponte ODV"]
        assert [one.uid for one in bodies.chosen(tx, ["Il Ponte ODV", "approved"])] == ["Il Ponte ODV"]
        enrolments.begun(tx, ponte.id)
        enrolments.begun(tx, ponte.id)
        assert (steps(tx)["started"], "invited" in steps(tx), "silent" in steps(tx)) == (1, False, False)
        assert [one.name for one in bodies.listed(tx, limit=2, after=1)] == ["approved", "refused"]


def steps(tx: object) -> dict[str, int]:
    return {step: count for step, count in bodies.counted(tx).items() if count}  # type: ignore[arg-type]


def test_who_left_the_form_is_named_once_and_may_let_it_be(store: Store, clock: Clock, call: Enrolment) -> None:
    del call
    ponte, other = invited(store), invited(store, "Insieme APS")
    left = {who: begins(store, who, subject) for who, subject in (("anna", ponte.uid), ("berta", other.uid), ("c", ""))}
    clock.advance(days=8)
    with store.begin() as tx:
        organizations.put(tx, Organization(other.name, uid=other.uid, state="sent"))  # somebody else of theirs sent it
        assert sorted(enrolments.stopped_midway(tx)) == sorted([(left["anna"], ponte.uid), (left["c"], "")])
        assert enrolments.stopped_midway(tx) == []
    with store.begin() as tx:
        tx.person_id = left["anna"]
        conversations.park(tx)
        enrolments.let_be(tx, ponte.uid)
        assert conversations.of(tx, left["anna"]) == []
        assert steps(tx) == {"sent": 1, "withdrawn": 1}
        assert [one.dialogue for one in conversations.of(tx, left["c"])] == ["association"], "nobody else's"


def begins(store: Store, who: str, subject: str) -> int:
    with store.begin() as tx:
        tx.person_id = people.recognise(tx, "webchat", who).id
        conversations.start(tx, enrolments.FORM, subject, {})
        return tx.person_id
