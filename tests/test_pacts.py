"""The pact as it is kept: one text, many parties, a common end; on each kind of database."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from catalog_store import organizations, pacts, privacy
from catalog_store.connect import Store
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact, Party
from tests.clock import Clock
from tests.pacting import FIRST, LAST, TEXT, adhered, drafted, founded, opened


def until(clock: Clock, day: date) -> None:
    """Wait for the morning of a day."""
    clock.advance(days=(day - clock.now.date()).days)


def reminded(store: Store) -> list[str]:
    """Who is told now that the end comes near."""
    with store.begin() as tx:
        pacts.finish(tx)
        return [organizations.get(tx, party.organization_id).name for _, party in pacts.remind(tx)]


def test_a_version_has_the_hash_of_its_text_and_a_name_of_its_own(store: Store) -> None:
    with store.begin() as tx:
        pact = drafted(tx)
        assert pact.hash == hashlib.sha256(TEXT.encode()).hexdigest()
        assert pact.summary == "Aiutiamo chi ha bisogno."
        assert pacts.put(tx, Pact("1", "Un altro", TEXT, FIRST, LAST)) == "version"
        assert pacts.put(tx, replace(pact, title="Corretto")) is None
        assert [one.title for one in pacts.listed(tx)] == ["Corretto"]


@pytest.mark.parametrize(
    ("first", "last", "short"),
    [
        (date(2026, 1, 1), date(2028, 12, 31), True),
        (date(2026, 1, 1), date(2029, 1, 1), False),
        (date(2028, 2, 29), date(2031, 2, 28), True),
        (date(2028, 2, 29), date(2031, 3, 1), False),
    ],
)
def test_less_than_three_years_is_refused(store: Store, first: date, last: date, *, short: bool) -> None:
    with store.begin() as tx:
        assert (pacts.put(tx, Pact("1", "Patto", TEXT, first, last)) == "short") is short
        assert bool(pacts.listed(tx)) is not short


def test_a_party_is_in_force_only_when_its_signed_copy_is_recorded(store: Store) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        pact = opened(tx)
        uid = adhered(tx, pact, ponte)
        assert [name for _, name, _ in pacts.to_record(tx, 10)] == ["Il Ponte"]
        assert pacts.count_to_record(tx) == 1
        signed = pacts.record(tx, uid, date(2026, 3, 9), "1234/2026")
        assert isinstance(signed, Party)
        assert (signed.state, signed.signed_on, signed.protocol) == ("in_force", date(2026, 3, 9), "1234/2026")
        assert pacts.record(tx, uid, date(2026, 3, 9), "1234/2026") is None, "once"
        assert pacts.to_record(tx, 10) == []
        assert pacts.count_to_record(tx) == 0
    assert "Maria Rossi" not in repr(signed)


def test_who_adheres_reads_the_text_of_today_and_only_the_open_one(store: Store) -> None:
    ponte, _ = founded(store, "Il Ponte", "La Spesa")
    with store.begin() as tx:
        draft = drafted(tx)
        assert pacts.adhere(tx, draft.uid, ponte, draft.hash, "Maria", "presidente") == "closed"
        pact = opened(tx, "2")
        assert pacts.adhere(tx, pact.uid, ponte, "un altro", "Maria", "presidente") == "changed"
        sent = organizations.put(tx, Organization("In attesa", state="sent"))
        assert pacts.adhere(tx, pact.uid, sent, pact.hash, "Maria", "presidente") == "closed"
        adhered(tx, pact, ponte)
        assert pacts.adhere(tx, pact.uid, ponte, pact.hash, "Anna", "presidente") == "already"
        assert [one.name for one in pacts.missing(tx, pact)] == ["La Spesa"]


def test_two_telephones_of_an_organization_adhere_once(store: Store) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        pact = opened(tx)

    def taps(name: str) -> str:
        with store.begin() as tx:
            return pacts.adhere(tx, pact.uid, ponte, pact.hash, name, "presidente")

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(taps, ["Maria", "Anna"])) == ["already", "done"]
    with store.reading() as tx:
        assert len(pacts.parties(tx, pact)) == 1


def test_a_text_that_changes_is_adhered_to_anew_and_its_older_copy_is_not_recorded(store: Store) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        pact = opened(tx)
        uid = adhered(tx, pact, ponte)
        assert pacts.put(tx, replace(pact, text=f"{TEXT}\n- E altro")) is None
        changed = pacts.current(tx)
        assert changed
        assert changed.hash != pact.hash
        ((_, party),) = pacts.parties(tx, changed)
        assert not party.same
        assert not party.bound
        assert pacts.record(tx, uid, date(2026, 3, 9), "1") is None
        assert [one.name for one in pacts.missing(tx, changed)] == ["Il Ponte"]
        assert adhered(tx, changed, ponte) == uid, "it is the same party"
        assert pacts.record(tx, uid, date(2026, 3, 10), "2")


def test_it_is_told_at_ninety_and_at_thirty_days_once_each_and_then_it_is_over(store: Store, clock: Clock) -> None:
    ponte, spesa = founded(store, "Il Ponte", "La Spesa")
    with store.begin() as tx:
        pact = opened(tx)
        signed = adhered(tx, pact, ponte)
        pacts.record(tx, signed, date(2026, 3, 9), "1")
        left = adhered(tx, pact, spesa)
        pacts.withdraw(tx, left)
    until(clock, date(2028, 10, 2))
    assert reminded(store) == [], "91 days before"
    until(clock, date(2028, 10, 3))
    assert reminded(store) == ["Il Ponte"]
    assert reminded(store) == []
    until(clock, date(2028, 12, 1))
    assert reminded(store) == []
    until(clock, date(2028, 12, 2))
    assert reminded(store) == ["Il Ponte"]
    until(clock, LAST)
    assert reminded(store) == []
    with store.reading() as tx:
        assert pacts.current(tx), "the last day is one of it"
    until(clock, date(2029, 1, 2))
    assert reminded(store) == []
    with store.reading() as tx:
        assert pacts.current(tx) is None
        assert [(one.state, party.state) for one in pacts.listed(tx) for _, party in pacts.parties(tx, one)] == [
            ("over", "over"),
            ("over", "withdrawn"),
        ]


def test_after_a_long_silence_of_the_clock_only_the_nearest_is_told(store: Store, clock: Clock) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        adhered(tx, opened(tx), ponte)
    until(clock, date(2028, 12, 20))
    assert reminded(store) == ["Il Ponte"]
    assert reminded(store) == []


def test_who_joins_later_has_the_same_end_and_is_not_told_what_they_have_just_read(store: Store, clock: Clock) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        pact = opened(tx)
    until(clock, date(2028, 11, 1))
    with store.begin() as tx:
        adhered(tx, pact, ponte)
    assert reminded(store) == []
    until(clock, date(2028, 12, 2))
    assert reminded(store) == ["Il Ponte"]
    until(clock, date(2029, 1, 2))
    assert reminded(store) == []
    with store.begin() as tx:
        ((_, party),) = pacts.parties(tx, pact)
        assert party.state == "over"
        (nuova,) = [organizations.put(tx, Organization("Nuova"))]
        assert pacts.adhere(tx, pact.uid, nuova, pact.hash, "Anna", "presidente") == "closed"


def test_a_new_version_renews_the_open_one_whose_parties_stay_until_its_end(store: Store, clock: Clock) -> None:
    ponte, spesa = founded(store, "Il Ponte", "La Spesa")
    with store.begin() as tx:
        old = opened(tx)
        for one in (ponte, spesa):
            pacts.record(tx, adhered(tx, old, one), date(2026, 3, 9), "1")
    until(clock, date(2028, 9, 1))
    with store.begin() as tx:
        new = opened(tx, "2", first=date(2029, 1, 2), last=date(2032, 1, 2))
        assert [(one.version, one.state) for one in pacts.listed(tx)] == [("2", "open"), ("1", "renewed")]
        assert pacts.put(tx, old) == "fixed"
        bound = pacts.bound_before(tx, ponte)
        assert bound
        assert (bound[0].version, bound[1].state) == ("1", "in_force")
        adhered(tx, new, ponte)
    until(clock, date(2028, 10, 3))
    assert reminded(store) == ["La Spesa"], "who has renewed is not told that the old one ends"
    until(clock, date(2029, 1, 2))
    assert reminded(store) == []
    with store.reading() as tx:
        assert [one.state for one in pacts.listed(tx)] == ["open", "over"]
        assert pacts.bound_before(tx, spesa) is None


def test_one_that_withdrew_may_come_back(store: Store) -> None:
    (ponte,) = founded(store, "Il Ponte")
    with store.begin() as tx:
        pact = opened(tx)
        uid = adhered(tx, pact, ponte)
        left = pacts.withdraw(tx, uid)
        assert left
        assert (left.state, left.withdrawn_on) == ("withdrawn", date(2026, 3, 10))
        assert pacts.withdraw(tx, uid) is None
        assert pacts.record(tx, uid, date(2026, 3, 10), "1") is None
        assert adhered(tx, pact, ponte) == uid
        back = pacts.party(tx, uid)
        assert back
        assert (back.state, back.withdrawn_on) == ("adhered", None)


def test_who_bound_an_organization_is_forgotten_ten_years_after_it_left_or_the_pact_was_over(
    store: Store, clock: Clock
) -> None:
    ponte, spesa, insieme = founded(store, "Il Ponte", "La Spesa", "Insieme")
    with store.begin() as tx:
        pact = opened(tx)
        adhered(tx, pact, ponte)
        pacts.withdraw(tx, adhered(tx, pact, spesa))
        adhered(tx, pact, insieme)

    def left() -> list[str]:
        with store.begin() as tx:
            pacts.finish(tx)
            privacy.forget(tx, dry_run=False)
            return [owner.name for owner, _ in pacts.parties(tx, pact)]

    for days, names in ((3649, ["Il Ponte", "Insieme", "La Spesa"]), (1, ["Il Ponte", "Insieme"])):
        clock.advance(days=days)
        assert left() == names
    until(clock, date(2038, 12, 29))
    assert left() == ["Il Ponte", "Insieme"]
    until(clock, date(2038, 12, 31))
    assert left() == []


def test_one_version_is_open_at_a_time_whoever_opens_them(store: Store) -> None:
    with store.begin() as tx:
        uids = [drafted(tx, version).uid for version in ("1", "2")]

    def opens(uid: str) -> None:
        with store.begin() as tx:
            pacts.open_to_all(tx, uid)

    with ThreadPoolExecutor(2) as both:
        list(both.map(opens, uids))
    with store.reading() as tx:
        assert sorted(one.state for one in pacts.listed(tx)) == ["open", "renewed"]


def test_the_text_that_comes_with_the_program_is_a_draft_for_the_town(store: Store) -> None:
    text = pacts.drafted(store.territory)
    assert "Campi Bisenzio" in text
    assert "$" not in text
    assert 100 < len(Pact("1", "Patto", text, FIRST, LAST).summary) < 600
