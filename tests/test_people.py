"""People are recognised by how they write, reached where they last were, and given roles by codes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, text

from catalog_store import consents, identity, invitations, messages, people, roles, staff, waiting
from catalog_store.connect import Store
from catalog_store.invitations import Refusal
from catalog_store.schema import people as persons
from tests.clock import Clock


def somebody(store: Store, address: str = "+39 055", channel: str = "whatsapp") -> int:
    with store.begin() as tx:
        return people.recognise(tx, channel, address).id


def test_the_same_address_is_the_same_person_and_another_channel_is_not(store: Store) -> None:
    assert somebody(store) == somebody(store)
    assert somebody(store) != somebody(store, channel="telegram")


def test_first_messages_that_arrive_together_make_one_person(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: somebody(store), range(24)))
    assert len(ids) == 1
    with store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(persons)).scalar_one() == 1


def test_what_a_turn_changes_is_found_at_the_next(store: Store, clock: Clock) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "a")
        assert (person.language, person.recent, person.welcomed_at, person.profile) == ("it", (), None, {})
        people.save(tx, replace(person, language="ro", recent=("x y", "z"), welcomed_at=tx.now))
        people.keep(tx, person.id, name="Anna", phone="+39055")
        people.keep(tx, person.id, phone=None)
    clock.advance(hours=1)
    with store.begin() as tx:
        again = people.recognise(tx, "webchat", "a")
        assert (again.language, again.recent, again.profile) == ("ro", ("x y", "z"), {"name": "Anna"})
        assert again.welcomed_at == clock.now - timedelta(hours=1)


def test_somebody_known_costs_two_statements_and_one_to_save(store: Store) -> None:
    somebody(store)
    said: list[str] = []
    with store.begin() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda *call: said.append(call[2]))
        person = people.recognise(tx, "whatsapp", "+39 055")
        assert len(said) == 2
        people.save(tx, person)
        assert len(said) == 3


def test_somebody_is_written_to_where_they_last_were_and_can_be_reached(store: Store, clock: Clock) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "telegram", "old")
        row = {"uid": "b", "person_id": person.id, "channel": "webchat"}
        _add_address(tx.connection, row, "new")
    clock.advance(hours=1)
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "new")
        assert _written_to(people.address_of(tx, person.id)) == ("webchat", "new")
        people.unreachable(tx, person.address_id)
        assert _written_to(people.address_of(tx, person.id)) == ("telegram", "old")
        reachable = people.writable(tx, person.id)
        assert reachable is not None
        assert reachable.channel == "telegram"
        people.unreachable(tx, reachable.address_id)
        assert people.writable(tx, person.id) is None
        assert people.address_of(tx, person.id) is None
        assert people.get(tx, person.id) is not None
        people.recognise(tx, "telegram", "old")
        assert people.address_of(tx, person.id) is None, "a number may have changed hands"
        tx.person_id, tx.person = person.id, people.recognise(tx, "telegram", "old")
        identity.confirm(tx)
        assert _written_to(people.address_of(tx, person.id)) == ("telegram", "old"), "who writes can be reached again"


def test_nobody_is_nobody(store: Store) -> None:
    with store.begin() as tx:
        assert people.get(tx, 99) is None
        assert people.writable(tx, 99) is None
        assert people.writable(tx, None) is None


def test_two_turns_that_open_towards_each_other_both_end(store: Store) -> None:
    one, other = somebody(store, "one"), somebody(store, "other")

    def turn(address: str, towards: int) -> None:
        with store.begin() as tx:
            people.recognise(tx, "whatsapp", address)
            tx.execute(text("SELECT 1"))
            messages.opening(tx, towards, "respond", "subject")

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            list(pool.map(turn, ("one", "other"), (other, one)))
    with store.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM inbox")).scalar_one() == 40


def test_a_code_gives_a_role_once_to_each_person(store: Store) -> None:
    anna, bruno = somebody(store, "anna"), somebody(store, "bruno")
    with store.begin() as tx:
        code = invitations.invite(tx, "operator", None, days=7, uses=1)
        assert len(code) >= 10
        assert set(code) <= set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
        role = roles.redeem(tx, anna, f" {code[:5].lower()}-{code[5:]} ")
        assert roles.redeem(tx, anna, code) == role
        assert roles.redeem(tx, bruno, code) == Refusal("used_up")
        assert [one.role for one in roles.of(tx, anna)] == ["operator"]
        assert roles.of(tx, bruno) == []


def test_a_code_expires_can_be_revoked_and_must_exist(store: Store, clock: Clock) -> None:
    anna = somebody(store)
    with store.begin() as tx:
        short, revoked = (invitations.invite(tx, "volunteer", None, days=1) for _ in range(2))
        of_it = invitations.find(tx, revoked)
        assert of_it
        assert staff.revoke(tx, of_it)
        assert not staff.revoke(tx, of_it)
        assert roles.redeem(tx, anna, revoked) == Refusal("revoked")
        assert roles.redeem(tx, anna, "NOSUCHCODE") == Refusal("unknown")
    clock.advance(days=1)
    with store.begin() as tx:
        assert roles.redeem(tx, anna, short) == Refusal("expired")


def test_one_use_is_used_once_even_by_many_at_the_same_instant(store: Store) -> None:
    ids = [somebody(store, str(n)) for n in range(8)]
    with store.begin() as tx:
        code = invitations.invite(tx, "operator", None, days=1, uses=3)

    def redeem(id: int) -> Any:
        with store.begin() as tx:
            return roles.redeem(tx, id, code)

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(redeem, ids))
    assert sum(not isinstance(one, Refusal) for one in given) == 3


def test_contacts_answer_for_their_organization_until_their_role_ends(store: Store, organization: int) -> None:
    anna = somebody(store)
    with store.begin() as tx:
        role = roles.redeem(tx, anna, invitations.standing_invitation(tx, "association", organization, days=30))
        assert not isinstance(role, Refusal)
        assert roles.contacts_of(tx, organization) == [anna]
        roles.end(tx, role.id)
        assert roles.contacts_of(tx, organization) == []
        assert roles.of(tx, anna) == []


def test_a_standing_invitation_is_the_same_code_while_it_holds(store: Store, clock: Clock, organization: int) -> None:
    codes = []
    for days in (0, 20, 20, 31):
        clock.advance(days=days)
        with store.begin() as tx:
            codes.append(invitations.standing_invitation(tx, "association", organization, days=30))
    assert codes[0] == codes[1] == codes[2] != codes[3]


def test_consent_is_recorded_once_and_withdrawn_as_easily(store: Store) -> None:
    anna = somebody(store)
    count = text("SELECT count(*), count(withdrawn_at) FROM consents")
    with store.begin() as tx:
        for version in ("1", "1", "2"):
            consents.give(tx, anna, "sharing", version, "it")
        assert tuple(tx.execute(count).one()) == (2, 0)
        consents.withdraw(tx, anna, "sharing")
        assert tuple(tx.execute(count).one()) == (2, 2)
        consents.give(tx, anna, "sharing", "2", "it")
        assert tuple(tx.execute(count).one()) == (3, 2)


def test_what_waits_for_a_human_is_listed_the_soonest_first_until_it_is_done(store: Store) -> None:
    anna = somebody(store)
    with store.begin() as tx:
        waiting.add(tx, "operator", anna, {"text": "dopo"}, tx.now + timedelta(hours=2))
        first = waiting.add(tx, "call", anna, {"text": "prima"}, tx.now + timedelta(hours=1))
        assert [row.note["text"] for row in waiting.open_rows(tx)] == ["prima", "dopo"]
        assert waiting.done(tx, first)
        assert not waiting.done(tx, first)
        assert [row.kind for row in waiting.open_rows(tx)] == ["operator"]


@pytest.fixture
def organization(store: Store) -> int:
    with store.begin() as tx:
        row = tx.execute(text("INSERT INTO organizations (uid, name) VALUES ('o', 'Orto') RETURNING id"))
        return int(row.scalar_one())


def _add_address(connection: Connection, row: dict[str, Any], address: str) -> None:
    from catalog_store import secrets
    from catalog_store.schema import addresses

    hashed = secrets.ring().hash(row["channel"], address)
    sealed = secrets.Private(row["uid"], address)
    connection.execute(addresses.insert().values(**row, hash=hashed, address=sealed))


def _written_to(address: people.Address | None) -> tuple[str, str] | None:
    return (address.channel, address.address) if address else None
