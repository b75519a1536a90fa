"""A request never dies, its places are never given twice, and only who accepts it reads whose it is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import text

from catalog_store import invitations, people, referrals, roles
from catalog_store.connect import Store, Transaction
from catalog_store.offers import HOLDING, taken
from catalog_store.referrals import MOVES, OPEN, Full, Late, Referral
from catalog_store.schema import offers, organizations
from tests.clock import Clock
from tests.houses import RING, lay

DETAILS = {"name": "Anna", "told": "cerco chi porti la spesa"}
PROPOSAL = {"day": "giovedì", "hour": "10"}


class Town:
    """Two associations with one contact each, a third with none; each has an offer with two places."""

    def __init__(self, store: Store) -> None:
        with store.begin() as tx:
            self.anna = people.recognise(tx, "webchat", "anna").id
            self.owners = [self._owner(tx, name) for name in ("Orto", "Sole", "Luna")]
            self.offers = [self._offer(tx, owner) for owner in self.owners]
            self.contacts = [self._contact(tx, owner) for owner in self.owners[:2]]

    def _owner(self, tx: Transaction, name: str) -> int:
        return int(tx.execute(organizations.insert().values(name=name).returning(organizations.c.id)).scalar_one())

    def _offer(self, tx: Transaction, owner: int) -> int:
        row = offers.insert().values(organization_id=owner, name="Spesa", label="Spesa", row="Spesa", places=2)
        return int(tx.execute(row.returning(offers.c.id)).scalar_one())

    def _contact(self, tx: Transaction, owner: int) -> int:
        person = people.recognise(tx, "webchat", f"contact {owner}")
        roles.redeem(tx, person.id, invitations.invite(tx, "association", owner, days=1))
        return person.id

    def ask(self, tx: Transaction, offer: int = 0, urgency: str = "normal") -> Referral | Full:
        return referrals.create(tx, self.anna, "spesa", "centro", "", urgency, self.offers[offer], DETAILS)

    def asked(self, tx: Transaction, offer: int = 0, urgency: str = "normal") -> Referral:
        referral = self.ask(tx, offer, urgency)
        assert isinstance(referral, Referral)
        return referral


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


def test_a_request_goes_to_the_contacts_of_the_offer_and_waits_for_them(store: Store, town: Town) -> None:
    with store.begin() as tx:
        referral = town.asked(tx)
        assert (referral.state, referral.next_actor, referral.contacts) == ("sent", "association", (town.contacts[0],))
        assert referral.due_at is not None
        assert referral.due_at.isoformat() == "2026-03-12T16:00:00+00:00"
        assert len(referral.code) == 6
        assert referrals.for_person(tx, town.anna) == [_without_contacts(referral)]
        assert referrals.get(tx, referral.uid) == _without_contacts(referral)
        assert referrals.for_organization(tx, town.owners[0], open_only=True) == [_without_contacts(referral)]
        assert referrals.get(tx, "unknown") is None


def test_where_nobody_answers_an_operator_brings_it(store: Store, town: Town) -> None:
    with store.begin() as tx:
        referral = town.asked(tx, offer=2)
        assert (referral.state, referral.next_actor, referral.contacts) == ("new", "operator", ())


def test_details_are_read_by_the_citizen_and_by_who_accepted_only(store: Store, town: Town) -> None:
    contact, other = town.contacts
    with store.begin() as tx:
        uid = town.asked(tx).uid
        readers: list[Any] = [referrals.details_for(tx, uid, id) for id in (town.anna, contact, other)]
        assert readers == [DETAILS, None, None]
        assert isinstance(referrals.accept(tx, uid, contact, PROPOSAL), Referral)
        readers = [referrals.details_for(tx, uid, id) for id in (town.anna, contact, other)]
        assert readers == [DETAILS, DETAILS, None]
        referrals.close(tx, uid, "helped")
        assert referrals.details_for(tx, uid, contact) is None
        assert referrals.details_for(tx, "unknown", contact) is None


def test_who_accepts_proposes_and_the_citizen_is_next(store: Store, town: Town, clock: Clock) -> None:
    with store.begin() as tx:
        accepted = referrals.accept(tx, town.asked(tx).uid, town.contacts[0], PROPOSAL)
        assert isinstance(accepted, Referral)
        kept = referrals.get(tx, accepted.uid)
        assert kept is not None
        assert (kept.state, kept.next_actor, kept.proposal) == ("accepted", "citizen", PROPOSAL)
        begun = referrals.under_way(tx, kept.uid, clock.now)
        assert isinstance(begun, Referral)
        assert begun.due_at == clock.now


def test_an_answer_that_comes_late_is_told_why(store: Store, town: Town) -> None:
    contact, other = town.contacts
    with store.begin() as tx:
        one, two, three = (town.asked(tx, offer).uid for offer in (0, 0, 1))
        referrals.withdraw(tx, one)
        assert referrals.accept(tx, one, contact, PROPOSAL) == Late("withdrawn")
        referrals.decline(tx, two, contact, "no_places")
        assert referrals.accept(tx, two, contact, PROPOSAL) == Late("answered")
        assert referrals.decline(tx, two, contact, "other") == Late("answered")
        assert referrals.accept(tx, three, contact, PROPOSAL) == Late("moved_on")
        assert isinstance(referrals.accept(tx, three, other, PROPOSAL), Referral)
        assert referrals.accept(tx, "unknown", other, PROPOSAL) == Late("withdrawn")
        assert referrals.withdraw(tx, one) == Late("withdrawn")
        assert referrals.unanswered(tx, two) == Late("answered")


def test_after_a_refusal_it_goes_to_the_next_offer(store: Store, town: Town) -> None:
    contact, other = town.contacts
    with store.begin() as tx:
        uid = town.asked(tx).uid
        declined = referrals.decline(tx, uid, contact, "outside_area")
        assert isinstance(declined, Referral)
        assert declined.next_actor == "citizen"
        again = referrals.resend(tx, uid, town.offers[1])
        assert isinstance(again, Referral)
        assert (again.state, again.contacts, again.organization_id) == ("sent", (other,), town.owners[1])
        assert referrals.tried_offers(tx, uid) == set(town.offers[:2])
        assert referrals.accept(tx, uid, contact, PROPOSAL) == Late("moved_on")
        assert referrals.resend(tx, uid, town.offers[0]) == Late("answered"), "it is with somebody now"
        told = [(step.state, step.actor, step.reason) for step in referrals.timeline(tx, uid)]
        assert told == [("sent", "citizen", ""), ("declined", "association", "outside_area"), ("sent", "citizen", "")]


def test_who_did_not_answer_in_time_may_until_it_is_sent_elsewhere(store: Store, town: Town) -> None:
    with store.begin() as tx:
        uid = town.asked(tx).uid
        referrals.unanswered(tx, uid)
        assert isinstance(referrals.accept(tx, uid, town.contacts[0], PROPOSAL), Referral)


def test_places_are_held_while_somebody_may_say_yes(store: Store, town: Town) -> None:
    offer = town.offers[0]
    with store.begin() as tx:
        tx.execute(text("UPDATE offers SET places = NULL WHERE id = :id"), {"id": town.offers[1]})
        one, two = town.asked(tx), town.asked(tx)
        assert taken(tx) == {offer: 2}
        assert town.ask(tx) == Full()
        referrals.decline(tx, one.uid, town.contacts[0], "other")
        assert taken(tx) == {offer: 1}
        referrals.withdraw(tx, two.uid)
        assert taken(tx) == {}
        tx.execute(text("UPDATE offers SET state = 'paused' WHERE id = :id"), {"id": offer})
        assert town.ask(tx) == Full(gone=True)


def test_the_last_place_is_given_once(store: Store, town: Town) -> None:
    def ask(_: int) -> Referral | Full:
        with store.begin() as tx:
            return town.ask(tx)

    with ThreadPoolExecutor(8) as pool:
        sent = [one for one in pool.map(ask, range(16)) if isinstance(one, Referral)]
    assert len(sent) == 2


def test_two_contacts_answer_at_once_and_one_is_late(store: Store, town: Town) -> None:
    with store.begin() as tx:
        uid = town.asked(tx).uid

    def answer(n: int) -> Any:
        with store.begin() as tx:
            if n % 2:
                return referrals.accept(tx, uid, town.contacts[0], PROPOSAL)
            return referrals.decline(tx, uid, town.contacts[0], "other")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(answer, range(4)))
    assert sum(isinstance(one, Late) for one in answers) == 3


def test_a_reminder_then_the_time_is_over_then_a_human(store: Store, town: Town, clock: Clock) -> None:
    with store.begin() as tx:
        uid = town.asked(tx, urgency="urgent").uid  # at ten: due at four in the afternoon, half is at noon
        assert referrals.to_remind(tx, 10) == referrals.overdue(tx, 10) == []
    clock.advance(hours=2)
    with store.begin() as tx:
        assert [one.uid for one in referrals.to_remind(tx, 10)] == [uid]
        assert referrals.to_remind(replace(tx, now=tx.now.replace(hour=23)), 10) == [], "too late to remind"
        referrals.remind(tx, uid)
        assert referrals.to_remind(tx, 10) == []
    clock.advance(hours=4)
    with store.begin() as tx:
        assert [one.uid for one in referrals.overdue(tx, 10)] == [uid]
        referrals.unanswered(tx, uid)
        assert referrals.overdue(tx, 10) == []
    clock.advance(days=7)
    with store.begin() as tx:
        assert [one.uid for one in referrals.overdue(tx, 10)] == [uid]
        handed = referrals.hand_to_operator(tx, uid)
        assert isinstance(handed, Referral)
        assert (handed.state, handed.next_actor) == ("unanswered", "operator")
        steps = [step.state for step in referrals.timeline(tx, uid)]
        assert steps == ["sent", "reminded", "unanswered", "handed"]


def test_two_clocks_do_not_move_the_same_request(store: Store, town: Town, clock: Clock) -> None:
    with store.begin() as tx:
        uids = {town.asked(tx, offer).uid for offer in (0, 0, 1, 1)}
    clock.advance(days=9)

    def chase(_: int) -> set[str]:
        with store.begin() as tx:
            late = {one.uid for one in referrals.overdue(tx, 3)}
            for uid in late:
                referrals.hand_to_operator(tx, uid)
            return late

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(chase, range(2))
    assert (first | second, first & second) == (uids, set())


def test_withdrawing_says_who_must_be_told(store: Store, town: Town) -> None:
    with store.begin() as tx:
        sent, declined = town.asked(tx), town.asked(tx)
        referrals.decline(tx, declined.uid, town.contacts[0], "other")
        told = [referrals.withdraw(tx, one.uid) for one in (sent, declined)]
        assert [one.contacts for one in told if isinstance(one, Referral)] == [(town.contacts[0],), ()]


def test_a_trial_holds_nothing_and_tells_nobody(store: Store, town: Town) -> None:
    with store.begin() as tx:
        trial = referrals.create(tx, town.anna, "n", "", "", "normal", town.offers[0], DETAILS, trial=True)
        assert isinstance(trial, Referral)
        assert (trial.state, trial.next_actor, trial.contacts, trial.is_open) == ("trial", None, (), False)
        assert taken(tx) == {}


def test_codes_that_are_not_listed_are_an_authors_error(store: Store, town: Town) -> None:
    with store.begin() as tx:
        uid = town.asked(tx).uid
        with pytest.raises(ValueError, match="none of no_places"):
            referrals.decline(tx, uid, town.contacts[0], "boh")
        with pytest.raises(ValueError, match="none of helped"):
            referrals.close(tx, uid, "boh")
        with pytest.raises(ValueError, match="none of no_offer"):
            referrals.unmet(tx, "spesa", "centro", "boh")


def test_unmet_needs_are_counted_in_the_towns_month_and_belong_to_nobody(store: Store, clock: Clock) -> None:
    clock.advance(days=21, hours=13, minutes=30)  # half past ten in the evening of 31 March, UTC
    with store.begin() as tx:
        referrals.unmet(tx, "spesa", "centro", "far")
        row = tx.execute(text("SELECT * FROM unmet_needs")).mappings().one()
    assert dict(row) == {"id": 1, "need": "spesa", "area": "centro", "reason": "far", "month": "2026-04"}


def test_every_open_state_can_end_and_every_end_is_final() -> None:
    assert all(set(following) <= set(MOVES) for following in MOVES.values())
    assert set(referrals.NEXT_ACTOR) == set(OPEN)
    reach = {"closed"}
    while grown := {state for state, following in MOVES.items() if reach & set(following)} - reach:
        reach |= grown
    assert set(OPEN) <= reach


class Life(RuleBasedStateMachine):
    """Whatever anybody does in whatever order, a request is open with somebody to act, or over."""

    uids: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.clock = Clock()
        url = f"sqlite:///{Path(self.folder.name) / 'life.db'}"
        lay(url)
        self.store = Store(url, RING, clock=self.clock, synchronous="OFF")
        self.town = Town(self.store)
        self.uids = ["unknown"]

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(offer=st.integers(0, 2), urgency=st.sampled_from(["urgent", "normal", "low"]))
    def ask(self, offer: int, urgency: str) -> None:
        with self.store.begin() as tx:
            sent = self.town.ask(tx, offer, urgency)
            if isinstance(sent, Referral):
                self.uids.append(sent.uid)

    @rule(data=st.data(), who=st.integers(0, 1), yes=st.booleans())
    def answer(self, data: st.DataObject, who: int, *, yes: bool) -> None:
        uid, contact = data.draw(st.sampled_from(self.uids)), self.town.contacts[who]
        with self.store.begin() as tx:
            if yes:
                referrals.accept(tx, uid, contact, PROPOSAL)
            else:
                referrals.decline(tx, uid, contact, "no_places")

    @rule(data=st.data(), act=st.sampled_from(["unanswered", "hand_to_operator", "under_way", "withdraw"]))
    def act(self, data: st.DataObject, act: str) -> None:
        with self.store.begin() as tx:
            getattr(referrals, act)(tx, data.draw(st.sampled_from(self.uids)))

    @rule(data=st.data(), offer=st.integers(0, 2))
    def resend(self, data: st.DataObject, offer: int) -> None:
        with self.store.begin() as tx:
            referrals.resend(tx, data.draw(st.sampled_from(self.uids)), self.town.offers[offer])

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        with self.store.begin() as tx:
            referrals.close(tx, data.draw(st.sampled_from(self.uids)), "helped")

    @rule(hours=st.integers(1, 200))
    def chase(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        with self.store.begin() as tx:
            for one in referrals.to_remind(tx, 9):
                referrals.remind(tx, one.uid)
            for one in referrals.overdue(tx, 9):
                referrals.hand_to_operator(tx, one.uid)

    @invariant()
    def somebody_is_to_act_and_nothing_is_given_twice(self) -> None:
        with self.store.reading() as tx:
            mine = referrals.for_person(tx, self.town.anna)
            assert {one.uid for one in mine} == set(self.uids) - {"unknown"}
            for one in mine:
                assert (one.next_actor is not None) == (one.due_at is not None) == one.is_open
                assert next(step.state for step in referrals.timeline(tx, one.uid)) in ("sent", "new")
            for offer in self.town.offers:
                held = [one for one in mine if one.offer_id == offer and one.state in HOLDING]
                assert len(held) <= 2


Life.TestCase.settings = settings(max_examples=15, stateful_step_count=25)


TestLife = Life.TestCase


def _without_contacts(referral: Referral) -> Referral:
    return replace(referral, contacts=())
