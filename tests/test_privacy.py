"""Somebody reads what is kept, asks for it to be erased and it is; what is old goes by itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from catalog_store import consents, conversations, invitations, messages, people, privacy, referrals, roles, waiting
from catalog_store.connect import Store, Transaction
from catalog_store.privacy import RETENTION
from catalog_store.referrals import Referral
from catalog_store.schema import conversations as talks
from catalog_store.schema import metadata, offers, organizations, outbox
from catalog_store.schema import people as persons
from tests.clock import Clock

PROPOSAL = {"day": "giovedì"}
TABLES = [table for table in metadata.sorted_tables if "person_id" in table.c]


class Scene:
    """Anna has written, asked, agreed, been answered, and waits for a human; Orto's contact has accepted."""

    def __init__(self, store: Store) -> None:
        with store.begin() as tx:
            owner = tx.execute(organizations.insert().values(name="Orto").returning(organizations.c.id)).scalar_one()
            offer = offers.insert().values(organization_id=owner, name="Spesa", label="Spesa", row="Spesa")
            self.offer: int = tx.execute(offer.returning(offers.c.id)).scalar_one()
            contact = people.recognise(tx, "webchat", "contact")
            self.contact = contact.id
            roles.redeem(tx, contact.id, invitations.invite(tx, "association", owner, days=1))
            self.anna = self.writes(tx)
            people.keep(tx, self.anna, name="Anna")
            consents.give(tx, self.anna, "sharing", "1", "it")
            messages.opening(tx, self.anna, "news", "x")
            tx.person_id = self.anna
            self.conversation = conversations.start(tx, "need", "", {"answers": {"name": "Anna"}}).id
            waiting.add(tx, "operator", self.anna, {"text": "Anna"}, tx.now, conversation_id=self.conversation)
            asked = referrals.create(tx, self.anna, "spesa", "centro", "", "normal", self.offer, {"name": "Anna"})
            assert isinstance(asked, Referral)
            self.asked = asked
            referrals.accept(tx, asked.uid, contact.id, PROPOSAL)
            tx.person_id = contact.id
            respond = conversations.start(tx, "respond", asked.uid, {"looks": {"details": "Anna"}})
            conversations.save(tx, replace(respond, state="over"))
            messages.post(tx, contact.id, contact.address_id, "webchat", {"t": "Anna"}, conversation_id=respond.id)
            tx.execute(update(outbox).values(state="sent"))

    def writes(self, tx: Transaction) -> int:
        """A message of Anna's and the reply to it, both done."""
        person = people.recognise(tx, "webchat", "anna")
        tx.person_id = person.id
        messages.receive(tx, "webchat", f"m{tx.now}", person.address_id, {"text": "sono Anna"}, tx.now)
        people.save(tx, person)
        return person.id


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


def test_what_we_keep_is_told_whole(store: Store, scene: Scene) -> None:
    with store.reading() as tx:
        kept = privacy.what_we_keep(tx, scene.anna)
    at = store.clock().isoformat()
    assert kept == {
        "since": at,
        "language": "it",
        "profile": {"name": "Anna"},
        "channels": ["webchat"],
        "roles": [],
        "requests": [{"code": scene.asked.code, "need": "spesa", "state": "accepted", "since": at}],
        "consents": [{"purpose": "sharing", "version": "1", "given": at, "withdrawn": None}],
        "messages": 2,
    }


def test_erasing_withdraws_says_who_must_be_told_and_leaves_only_the_way_back(store: Store, scene: Scene) -> None:
    with store.begin() as tx:
        withdrawn = privacy.erase(tx, scene.anna).withdrawn
        assert [(one.uid, one.state, one.contacts) for one in withdrawn] == [
            (scene.asked.uid, "withdrawn", (scene.contact,))
        ]
        assert rows_of(tx, scene.anna) == {"addresses": 1}
        row = tx.execute(select(persons).where(persons.c.id == scene.anna)).one()
        assert (row.profile, row.recent, row.welcomed_at) == (None, "[]", None)
        assert referrals.get(tx, scene.asked.uid) is None
        assert referrals.details_for(tx, scene.asked.uid, scene.contact) is None
        assert tx.execute(select(func.count()).select_from(talks)).scalar_one() == 0, "nor what the contact read"
        assert tx.execute(select(func.count()).select_from(outbox)).scalar_one() == 0
        counted = tx.execute(text("SELECT need, area, state FROM referrals")).one()
        assert tuple(counted) == ("spesa", "centro", "withdrawn")


def test_the_turn_that_erases_can_still_say_so_and_a_second_delivery_is_refused(store: Store, scene: Scene) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "anna")
        tx.person_id, tx.conversation_id = person.id, scene.conversation
        messages.receive(tx, "webchat", "last", person.address_id, {"text": "cancella tutto"}, tx.now)
        privacy.erase(tx, person.id)
        people.save(tx, replace(person, recent=("said",), welcomed_at=tx.now))
        (talk,) = conversations.of(tx, person.id)
        conversations.save(tx, replace(talk, state="over"))
        messages.post(tx, person.id, person.address_id, "webchat", {"t": "Fatto"}, conversation_id=talk.id)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["people"] == 0, "the reply has not left"
        tx.person_id = person.id
        assert messages.receive(tx, "webchat", "last", person.address_id, {}, tx.now) is None
        assert people.writable(tx, person.id) is None
        assert people.recognise(tx, "webchat", "anna").recent == (), "the turn did not write back what it had erased"
        tx.execute(update(outbox).values(state="sent"))
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["people"] == 1
        assert rows_of(tx, person.id) == {}
        assert people.get(tx, person.id) is None
        assert people.recognise(tx, "webchat", "anna").id != person.id


def test_who_writes_again_after_erasing_is_somebody_new_who_is_not_swept_away(store: Store, scene: Scene) -> None:
    with store.begin() as tx:
        privacy.erase(tx, scene.anna)
    with store.begin() as tx:
        assert scene.writes(tx) == scene.anna
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["people"] == 0
        again = people.recognise(tx, "webchat", "anna")
        assert (again.profile, again.erased_at) == ({}, None)


def test_a_reply_that_cannot_leave_does_not_keep_the_address_for_ever(store: Store, scene: Scene, clock: Clock) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "anna")
        privacy.erase(tx, person.id)
        messages.post(tx, person.id, person.address_id, "webchat", {"t": "Fatto"})
    clock.advance(days=1)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["people"] == 1
        assert people.get(tx, scene.anna) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL's files are its administrator's
def test_after_an_erasure_the_files_hold_nothing_of_it(store: Store, scene: Scene) -> None:
    with store.reading() as tx:
        sealed = [
            row[0]
            for column in ("profile FROM people", "journal FROM conversations", "details FROM referrals")
            for row in tx.connection.exec_driver_sql(f"SELECT {column}")
            if row[0]
        ]
    folder = Path(store.url.removeprefix("sqlite:///")).parent
    assert len(sealed) == 4
    assert all(in_files(folder, one) for one in sealed)
    with store.begin() as tx:
        privacy.erase(tx, scene.anna)
    store.truncate_log()
    assert not any(in_files(folder, one) for one in sealed)


def test_a_dry_run_counts_what_would_go_and_changes_nothing(store: Store, scene: Scene, clock: Clock) -> None:
    with store.begin() as tx:
        referrals.close(tx, scene.asked.uid, "helped")
    clock.advance(days=366)
    with store.begin() as tx:
        before = everything(tx)
        planned = privacy.forget(tx, dry_run=True)
        assert everything(tx) == before
    assert planned["people"] == 1, "the association's contact has a role, and stays"
    assert planned["referrals"] == 1
    assert planned["abandoned"] == 1
    with store.begin() as tx:
        done = privacy.forget(tx, dry_run=False)
        assert done["referrals"] == 1
        assert rows_of(tx, scene.anna) == {}
        assert people.get(tx, scene.contact) is not None
        again = privacy.forget(tx, dry_run=False)
    assert not any(again.values())


@pytest.mark.parametrize("kind", ["conversations", "abandoned", "inbox", "outbox", "waiting", "invitations"])
@pytest.mark.usefixtures("scene")
def test_each_kind_stays_until_its_time_and_not_longer(store: Store, clock: Clock, kind: str) -> None:
    with store.begin() as tx:
        waiting.done(tx, waiting.open_rows(tx)[0].id)
        invitations.invite(tx, "volunteer", None, days=1)  # nobody takes it; what somebody holds stays as a row
        since = {"invitations": timedelta(days=1)}.get(kind, timedelta())
    clock.now += since + RETENTION[kind] - timedelta(seconds=1)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=True)[kind] == 0
    clock.advance(seconds=1)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=True)[kind] >= 1


@pytest.mark.usefixtures("scene")
def test_a_dialogue_may_keep_its_journal_for_less(store: Store, clock: Clock) -> None:
    clock.advance(days=2)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=True, journals={"need": timedelta(days=1)})["conversations"] == 0
        assert privacy.forget(tx, dry_run=True, journals={"respond": timedelta(days=1)})["conversations"] == 1


def test_what_is_still_to_be_sent_or_opened_is_never_forgotten(store: Store, scene: Scene, clock: Clock) -> None:
    with store.begin() as tx:
        messages.opening(tx, scene.contact, "survey", "x", due_at=clock.now + timedelta(days=60))
    clock.advance(days=59)
    with store.begin() as tx:
        privacy.forget(tx, dry_run=False)
        assert tx.execute(text("SELECT count(*) FROM inbox WHERE state = 'due'")).scalar_one() == 2


def rows_of(tx: Transaction, person_id: int) -> dict[str, int]:
    """How many rows of each table say whose they are."""
    counted = {
        table.name: tx.execute(select(func.count()).where(table.c.person_id == person_id)).scalar_one()
        for table in TABLES
    }
    return {name: count for name, count in counted.items() if count}


def everything(tx: Transaction) -> dict[str, int]:
    return {
        table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables
    }


def in_files(folder: Path, sealed: bytes) -> bool:
    return any(sealed[-24:] in file.read_bytes() for file in folder.iterdir())


def test_every_table_about_people_is_known_here() -> None:
    assert {table.name for table in TABLES} == {
        "addresses", "applications", "consents", "conversations", "inbox", "invitations", "outbox", "referrals",
        "roles", "waiting",
    }  # fmt: skip
