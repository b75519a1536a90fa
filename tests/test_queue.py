"""Who waits for a place: in order, each told their number, one free place to one person, and never promised twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot import chase
from catalog_store import closures, freshness, offers, people, privacy, queue, referrals
from catalog_store.closures import Closure
from catalog_store.connect import Store, Transaction
from catalog_store.offers import HOLDING
from catalog_store.reach import Ways
from catalog_store.referrals import Full, Referral
from catalog_store.schema import agreements
from catalog_store.schema import organizations as bodies
from catalog_store.schema import queue as line
from catalog_store.schema import referrals as requests
from tests.chat import Chat
from tests.clock import Clock
from tests.houses import RING, lay
from tests.towns import Town

NEED = "poverta.generi_alimentari"
TOLD = "ho bisogno di un pacco di alimenti"


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


def ask(town: Town, who: str) -> Chat:
    """Somebody asks for the only offer there is; it has places, or they go into the line."""
    chat = Chat(town.store, who, "need").says(TOLD)
    first = next(button for button in chat.buttons if button.startswith(("Pacco", "Mettermi")))
    return chat.taps(first).taps("Per me").says(who.title()).taps("Sì, in" if first.startswith("M") else "Sì, invia")


def tick(town: Town, **later: float) -> None:
    """The clock's minute, after a while."""
    assert isinstance(town.store.clock, Clock)
    town.store.clock.advance(**(later or {"minutes": 1}))
    with town.store.begin() as tx:
        chase.overdue(tx, Ways())
        queue.advance(tx)


def opened(town: Town, who: str) -> Chat:
    """What is opened with somebody."""
    ((dialogue, subject),) = town.openings(who)
    return Chat(town.store, who, dialogue, subject)


def test_places_run_out_and_the_freed_one_goes_to_who_waits_first(town: Town) -> None:
    town.offer("La Spesa", "Pacco alimenti", NEED, places=1)
    assert "Ho inviato la richiesta" in ask(town, "anna").text
    assert "al numero 1" in ask(town, "bruno").text
    assert "al numero 2" in ask(town, "carla").text
    tick(town)
    assert not town.openings("bruno"), "no place is free yet"

    ((_, request),) = town.openings("spesa")
    Chat(town.store, "spesa", "respond", request).taps("Non possiamo").taps("Adesso non c'è posto")
    tick(town)
    assert not town.openings("carla")
    chat = opened(town, "bruno")
    assert "Pacco alimenti, La Spesa" in chat.text
    assert "È suo fino a mercoledì 11 marzo" in chat.text
    assert "Ho inviato la richiesta" in chat.taps("Sì, lo prendo").text
    ((dialogue, _),) = town.openings("spesa")
    assert dialogue == "respond"
    assert "al numero 1" in Chat(town.store, "carla", "my_request").text


def test_silence_and_a_no_pass_the_place_on(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    for who in ("anna", "bruno", "carla"):
        ask(town, who)
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
    tick(town)
    silent = opened(town, "anna")
    tick(town, hours=26)
    assert "Il tempo per rispondere è passato" in silent.taps("Sì, lo prendo").text
    assert "Se ne occupa una persona" in Chat(town.store, "anna", "my_request").text
    assert town.waiting() == ["referral"], "who did not answer is not forgotten"
    assert "Cerchiamo un altro aiuto?" in opened(town, "bruno").taps("No, grazie").text
    assert town.requests("bruno")[0].state == "withdrawn"
    tick(town)
    assert "Ho inviato" in opened(town, "carla").taps("Sì, lo prendo").text


def test_who_is_urgent_comes_first(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    with town.store.begin() as tx:
        for who, urgency in (("anna", "normal"), ("bruno", "urgent"), ("carla", "normal")):
            waits(tx, people.recognise(tx, "webchat", who).id, id, urgency)
        offers.change(tx, id, places=1)
    tick(town)
    assert [who for who in ("anna", "bruno", "carla") if town.openings(who)] == ["bruno"]
    with town.store.begin() as tx:
        (by,) = tx.execute(select(line.c.answer_by).where(line.c.state == "proposed")).scalars()
    assert by - town.store.clock() <= queue.ANSWER / 2, "an urgent place does not wait a day"


def test_who_is_erased_or_withdraws_leaves_the_line(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    for who in ("anna", "bruno", "carla"):
        ask(town, who)
    with town.store.begin() as tx:
        privacy.erase(tx, people.recognise(tx, "webchat", "anna").id)
    Chat(town.store, "bruno", "my_request").taps("Ritirare").taps("Sì, la ritiro")
    assert "al numero 1" in Chat(town.store, "carla", "my_request").text
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
    tick(town)
    assert [who for who in ("bruno", "carla") if town.openings(who)] == ["carla"]
    with town.store.begin() as tx:
        states = tx.execute(select(line.c.state).order_by(line.c.id)).scalars().all()
    assert states == ["left", "left", "proposed"]


def test_whoever_comes_now_does_not_pass_before_who_waits(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    ask(town, "anna")
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)  # and the clock has not come by yet
        assert offers.held(tx, id) == 1
    assert "al numero 2" in ask(town, "bruno").text


def test_a_place_that_is_taken_back_is_not_given_and_who_was_first_still_is(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    ask(town, "anna")
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
    tick(town)
    chat = opened(town, "anna")
    with town.store.begin() as tx:
        offers.change(tx, id, places=0)
    assert "Lei resta in lista, al numero 1" in chat.taps("Sì, lo prendo").text


def test_nothing_is_proposed_while_it_is_closed(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    ask(town, "anna")
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
        today = closures.today(tx)
        closures.put(tx, Closure(town.ids["La Spesa"], None, today, today))
    tick(town)
    assert not town.openings("anna")
    tick(town, days=1)
    assert town.openings("anna")


def test_no_request_goes_to_who_has_left_the_network(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED)
    with town.store.begin() as tx:
        anna = people.recognise(tx, "webchat", "anna").id
        tx.execute(update(bodies).values(state="withdrawn"))
        assert referrals.create(tx, anna, NEED, "", "", "normal", id, {}) == Full(gone=True)


def test_nothing_is_proposed_while_no_agreement_carries_it(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    ask(town, "anna")
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
        carried, day = offers.get(tx, id), closures.today(tx) + timedelta(days=1)
        made = {"uid": carried.uid, "organization_id": carried.organization_id, "need": NEED, "from_on": day}
        tx.execute(insert(agreements).values(made))
    tick(town)
    assert not town.openings("anna")
    tick(town, days=1)
    assert town.openings("anna")


def test_at_night_nobody_is_woken_and_the_time_counts_from_the_morning(town: Town) -> None:
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
    ask(town, "anna")
    tick(town, hours=13)  # 23 in Italy
    with town.store.begin() as tx:
        offers.change(tx, id, places=1)
    tick(town)
    assert "giovedì 12 marzo" in opened(town, "anna").text


def test_a_place_of_the_violence_group_is_told_when_nobody_looks(town: Town) -> None:
    need = "violenza_genere.supporto_psicologico"
    id = town.offer("La Spesa", "Colloquio riservato", need, places=0)
    with town.store.begin() as tx:
        waits(tx, people.recognise(tx, "webchat", "anna").id, id, "normal", need)
        offers.change(tx, id, places=1)
    tick(town)
    chat = opened(town, "anna")
    assert "Colloquio" not in chat.text
    assert "Spesa" not in chat.text
    chat.taps("Leggere adesso").taps("Sì, lo prendo")
    assert "Spesa" not in chat.text
    assert town.requests("anna")[0].state == "sent"


def test_two_people_and_one_freed_place(store: Store) -> None:
    """Both tap at the same moment: exactly one has it, on each database."""
    town = Town(store)
    id = town.offer("La Spesa", "Pacco alimenti", NEED, places=1)
    with store.begin() as tx:
        who = {name: people.recognise(tx, "webchat", name).id for name in ("anna", "bruno")}
        first = waits(tx, who["anna"], id, "normal")
    tick(town)

    def take(_: int) -> bool:
        with store.begin() as tx:
            tx.person_id = who["anna"]
            (uid,) = tx.execute(select(line.c.uid).where(line.c.referral_id == first.id)).scalars()
            return isinstance(queue.take(tx, uid), Referral)

    def come(_: int) -> bool:
        with store.begin() as tx:
            made = referrals.create(tx, who["bruno"], NEED, "", "", "normal", id, {})
            return isinstance(made, Referral)

    with ThreadPoolExecutor(4) as pool:
        done = [*pool.map(lambda act: act(0), (take, come, take, come))]
    assert done.count(True) == 1
    assert done[0] or done[2], "it was held for who waited"


def waits(tx: Transaction, person: int, offer: int, urgency: str, need: str = NEED) -> Referral:
    """Somebody in the line."""
    details = {"told": "", "whom": "me", "age": None, "name": "", "phone": "", "home": False}
    until = queue.until(tx, urgency)
    made = referrals.create(tx, person, need, "", need.partition(".")[0], urgency, offer, details, queued=until)
    assert isinstance(made, Referral)
    queue.join(tx, made)
    return made


DEEDS = (  # some more often than others, so that a line builds up
    *["come"] * 5, *["urgent"] * 2, *["take"] * 5, "refuse", "withdraw", *["posti 0"] * 2, *["posti 1"] * 3, "posti 2",
    *["minute"] * 4, "thirty hours", "close", "reopen", "confirm",
)  # fmt: skip


class Places:
    """One offer and four people; every deed is one transaction."""

    def __init__(self, store: Store) -> None:
        self.store, self.town = store, Town(store)
        self.offer = self.town.offer("La Spesa", "Pacco alimenti", NEED, places=0)
        self.owner = self.town.ids["La Spesa"]
        self.people = cycle([self.town.id_of(f"p{n}") for n in range(4)])

    def do(self, deed: str) -> None:
        if deed in ("minute", "thirty hours"):
            tick(self.town, hours=30 * (deed != "minute"))
            return
        with self.store.begin() as tx:
            today = closures.today(tx)
            match deed.split():
                case ["posti", n]:
                    offers.set_left(tx, self.offer, int(n))
                case ["close"]:
                    closures.put(tx, Closure(self.owner, None, today, today + timedelta(days=1)))
                case ["reopen"]:
                    closures.reopen(tx, self.owner)
                case ["confirm"]:
                    freshness.confirm(tx, self.owner, [self.offer], data=True)
                case ["take" | "refuse"]:
                    self._answer(tx, deed)
                case ["withdraw"]:
                    held = tx.execute(select(requests.c.uid).where(requests.c.state.in_(HOLDING))).scalars().first()
                    referrals.withdraw(tx, held or "")
                case _:
                    self._come(tx, "urgent" if deed == "urgent" else "normal")

    def _come(self, tx: Transaction, urgency: str) -> None:
        person = next(self.people)
        made = referrals.create(tx, person, NEED, "", "", urgency, self.offer, {})
        if isinstance(made, Full) and not made.gone:
            waits(tx, person, self.offer, urgency)

    def _answer(self, tx: Transaction, deed: str) -> None:
        mine = select(line.c.uid, requests.c.person_id).join(requests, requests.c.id == line.c.referral_id)
        row = tx.execute(mine.where(line.c.state == "proposed").order_by(line.c.id)).first()
        if row is None:
            return
        tx.person_id = row.person_id
        if deed == "take":
            queue.take(tx, row.uid)
        elif declined := queue.decline(tx, row.uid):
            referrals.withdraw(tx, declined.uid)

    def is_right(self) -> None:
        """No place is given twice, and none is less than none."""
        with self.store.begin() as tx:
            places = offers.get(tx, self.offer).places
            assert places is not None
            assert 0 <= offers.held(tx, self.offer, ()) <= places
            assert (offers.left(tx, self.offer) or 0) >= 0
            proposed = select(line.c.referral_id).where(line.c.state == "proposed")
            found = tx.execute(proposed).scalars().all()
            assert len(found) == len(set(found))


@settings(max_examples=40)
@given(st.lists(st.sampled_from(DEEDS), min_size=40, max_size=60))
def test_whatever_is_done_in_whatever_order_no_place_is_given_twice(deeds: list[str]) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'places.db'}"
        lay(url)
        store = Store(url, RING, clock=Clock(), synchronous="OFF")
        places = Places(store)
        for deed in deeds:
            places.do(deed)
            places.is_right()
        store.close()
