"""Every text of every dialogue, in every language, on every channel, is shown whole: nothing is ever cut.

The dialogues are walked from their first question through every option, over a catalogue whose every text is as long
as its column allows, by people with the longest names. What does not fit is named: dialogue, key, language, channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import String, select, update

from bot.house import House
from catalog_store import applications, approvals, organizations, pacts, people, queue, referrals, roles
from catalog_store import offers as catalogue
from catalog_store.applications import Application
from catalog_store.connect import Transaction
from catalog_store.hours import from_words
from catalog_store.organizations import Organization
from catalog_store.pacts import Pact
from catalog_store.schema import locations, offers
from catalog_store.schema import organizations as bodies
from catalog_store.schema import queue as line
from dialogs import REGISTER, screens
from dialogs.locale import LANGUAGES
from dialogs.play import Journal, Screen, empty, play, recorded
from dialogs.questions import Text
from dialogs.talk import SKIPPED, Call, Edit, Heard, Problem, ask
from dialogs.understand import needs
from dialogs.understand.clauses import clauses
from dialogs.words import Verbatim
from tests.clock import TUESDAY
from tests.forms import open_call
from tests.network import operator
from tests.pacting import adhered
from tests.talker import Talker

NAME = "Maria Antonietta Evangelista Della Gherardesca Bonfiglioli X"  # 60 characters, the longest that is taken
TOLD = "ho bisogno di un pacco di alimenti"
STORY = f"{TOLD}. " * 50
WRITTEN = (
    TOLD,
    "posti 3",
    "lunedì e giovedì dalle 16 alle 18",
    "dai 6 ai 14 anni",
    "italiano e inglese",
    "nome.cognome@example.org",
    f"Mi chiamo {NAME}, 333 123 4567",
    "333 123 4567",
    "15 aprile 2026",
    "17:30",
    "12",
    NAME,
    "80016750483",
    "12/3/2004",
    "Via Roma 1, 50013 Campi Bisenzio",
    "ente@pec.example.org",
    "www.example.org",
)  # by the first that is read
HOURS = "lun 9-10:30; mar 10-11:30; mer 11-12:30; gio 12-13:30; ven 13-14:30; sab 14-15:30; 1dom 9-10:30"
SPORTA = "La Sporta Amica ODV"
DECISIONS = {"approve": (), "ask": (STORY[:1000], "presidente"), "refuse": ("outside", STORY[:1000])}  # of a form
ENOUGH = 4000  # steps of one walk: far more than there are


def stretched(tx: Transaction) -> None:
    """Fill every text that people read of the catalogue up to its column's length; what is counted stays."""
    kept = {"uid", "kind", "group", "languages", "access", "state", "locality"}
    for table in (bodies, locations, offers):
        for column in table.c:
            if isinstance(column.type, String) and column.type.length and column.name not in kept:
                tx.execute(update(table).values({column: ("Parole lunghe " * 20)[: column.type.length - 1] + "X"}))
    for offer in catalogue.listed(tx):
        hours = from_words(HOURS, "Europe/Rome", date(2025, 1, 1)) if offer.schedule else ""
        catalogue.put(tx, replace(offer, schedule=hours, description=("parole lunghe " * 60)[:300]))


class Walk:
    """Through a dialogue, every option of every screen; `seen` what was checked, `long` what does not fit.

    Where an association has answered, the citizen reads the news and follows it.
    """

    def __init__(self, tx: Transaction, welcome: tuple[str, ...], citizen: int) -> None:
        self.tx, self.welcome, self.citizen = tx, welcome, citizen
        self.seen: set[tuple[str, ...]] = set()
        self.long: list[str] = []
        self.steps = 0

    def of(self, person: int, begun: list[tuple[str, str]]) -> None:
        """Walk these (dialogue, subject) as this person."""
        before = self.tx.person_id, self.tx.person
        self.tx.person_id, self.tx.person = person, None
        for dialogue, subject in begun:
            about = referrals.get(self.tx, subject)
            state = f"{about.state} {about.next_actor}" if about else subject
            self._once((dialogue, "begins", state), dialogue, subject, empty())
        self.tx.person_id, self.tx.person = before

    def _through(self, dialogue: str, subject: str, journal: Journal) -> None:
        self.steps += 1
        assert self.steps < ENOUGH, "the walk does not end"
        known = REGISTER[dialogue]
        screen = play(known.function, subject, journal, self._perform, retired=known.retired)
        self.check(dialogue, screen)
        if screen.key is None:
            if screen.go is not None:
                self._once((screen.go.dialogue, "begins", ""), screen.go.dialogue, screen.go.subject, empty())
            if dialogue == "respond":
                self.of(self.citizen, [("news", subject), ("my_request", subject)])
            return
        for option, value in answers(screen):
            step = (dialogue, re.sub(r"\d+", "#", screen.key), re.sub(r"\d+", "#", option))
            self._once(step, dialogue, subject, recorded(screen, value))

    def _once(self, step: tuple[str, ...], dialogue: str, subject: str, journal: Journal) -> None:
        if step in self.seen:
            return
        self.seen.add(step)
        turn = self.tx.person_id, self.tx.person
        branch = self.tx.connection.begin_nested()  # what is done on the way is undone for the next option
        try:
            self._through(dialogue, subject, journal)
        finally:
            branch.rollback()
            self.tx.person_id, self.tx.person = turn

    def _perform(self, call: Call[Any]) -> Any:
        return call.function(self.tx, *call.args)

    def check(self, dialogue: str, screen: Screen) -> None:
        for language in LANGUAGES:
            for channel in screens.LIMITS:
                for page in pages(dialogue, screen, language, channel, self.welcome):
                    if not screens.fits(page, channel):
                        length = len(screens.numbered(page))
                        self.long.append(f"{dialogue}.{screen.key} [{language}, {channel}]: {length} characters")


def pages(
    dialogue: str, screen: Screen, language: str, channel: str, before: tuple[str, ...]
) -> Iterator[screens.Bubble]:
    """Every page of a screen, the first after the longest that is ever said before it."""
    first = 0
    while True:
        bubble, shown = screens.show(
            screen, conversation=2**31, dialogue=dialogue, channel=channel, language=language, first=first,
            before=() if first else before, repeat=bool(first), turned=bool(first),
        )  # fmt: skip
        yield bubble
        first = shown.first + shown.count
        if first >= len(shown.options):
            return


def answers(screen: Screen) -> Iterator[tuple[str, Any]]:
    """(what was tapped or written, the answer) of every option, and of what can be written."""
    question = screen.question
    assert question is not None
    for option in question.options():
        taken = None if option.id == SKIPPED else question.take(option.id)
        if not isinstance(taken, Problem | Edit):
            yield option.id, taken
    heard = Heard(TUESDAY)
    longest = (STORY[: question.most],) if isinstance(question, Text) and question.story else ()
    for text in (*longest, *WRITTEN):
        read = question.read(text, heard)
        if not isinstance(read, Problem):
            yield "written", read
            return


def form(tx: Transaction, contact: int, state: str) -> Application:
    """One that this contact's organization, in this state, sends: the longest answers, and everything to look at."""
    (role,) = roles.of(tx, contact)
    owner = next(one for one in organizations.listed(tx) if one.id == role.organization_id)
    organizations.put(tx, replace(owner, state=state))
    for number in range(9):
        organizations.put(tx, Organization(owner.name[:110] + f" {number}", tax_code="12345678903"))
    answers = {"natura": "odv", "denominazione": owner.name, "codice_fiscale": "12345678903", "attivita": STORY[:1500]}
    tx.person_id = contact
    return applications.submit(tx, owner.uid, answers)


def request(tx: Transaction, citizen: int, contact: int) -> referrals.Referral:
    """One that this contact's organization is asked, by somebody who told everything at length."""
    (role,) = roles.of(tx, contact)
    mine = (one for one in catalogue.listed(tx) if one.organization_id == role.organization_id)
    offer = next(one for one in mine if one.access == "anyone")
    details = {"told": TOLD * 200, "name": NAME, "phone": "+393331234567", "whom": "parent", "age": 85, "home": True}
    made = referrals.create(tx, citizen, offer.needs[0], "centro", "anziani", "normal", offer.id, details)
    assert isinstance(made, referrals.Referral)
    return made


def adopted(tx: Transaction, version: str = "1") -> Pact:
    """A pact that is open, its every field as long as it may be, in a town that has an address."""
    tx.store.public = f"https://{'comune' * 12}.example.it"
    text = f"{TOLD}. " * 30 + f"\n\n## Articolo 1\n\n{TOLD} {'lunga' * 20}" * 9
    pact = Pact(version * 20, "Patto di rete " * 8, text, date(2026, 1, 1), date(2029, 1, 1))
    assert pacts.put(tx, pact) is None
    made = pacts.open_to_all(tx, pact.uid)
    assert made
    return made


def of_contact(tx: Transaction, contact: int) -> tuple[str, str]:
    """The uids of a contact's organization and of the first of its offers, both to be confirmed."""
    (role,) = roles.of(tx, contact)
    assert role.organization_id
    tx.execute(update(bodies).values(confirmed_on=date(2024, 1, 1)))
    tx.execute(update(offers).values(state="hidden"))
    first = catalogue.of_organization(tx, role.organization_id)[0]
    return organizations.get(tx, role.organization_id).uid, first.uid


def proposed(tx: Transaction, citizen: int, contact: int) -> str:
    """A place proposed to somebody."""
    (role,) = roles.of(tx, contact)
    (offer, *_) = catalogue.of_organization(tx, role.organization_id or 0)
    catalogue.change(tx, offer.id, places=9, state="active")
    made = referrals.create(tx, citizen, offer.needs[0], "", "", "normal", offer.id, {}, queued=tx.now)
    assert isinstance(made, referrals.Referral)
    queue.join(tx, made)
    assert queue.advance(tx) == 1
    return str(tx.execute(select(line.c.uid)).scalar_one())


def through_the_pact(walk: Walk, contact: int) -> None:
    """What an association reads of the pact, from the first text to the one that renews it."""
    tx = walk.tx
    pact = adopted(tx)
    walk.of(contact, [("pact", "open")])
    (role,) = roles.of(tx, contact)
    assert role.organization_id
    signed = adhered(tx, pact, role.organization_id)
    walk.of(contact, [("pact", "adhered")])
    pacts.record(tx, signed, date(2028, 11, 23), "P" * 40)
    walk.of(contact, [("pact", "in force")])
    adopted(tx, "2")
    walk.of(contact, [("pact", "renewed")])


def test_every_screen_is_shown_whole(demonstration_house: House, codes: dict[str, str]) -> None:
    house = demonstration_house
    citizen, contact = Talker(house, "anna"), Talker(house, "sporta")
    operator(house, "Maria Rossi")
    contact.write(f"/start {codes[SPORTA]}")
    welcome = citizen.write("ciao")[0].sentences
    for text in (TOLD, STORY[:600].strip(), *clauses(STORY[:600])):
        needs.prepare(text)
    open_call(house.store)
    with house.store.begin() as tx:
        stretched(tx)
    with house.store.reading() as tx:
        house.store.catalogue.current(tx)
    house.store.catalogue.settle()
    with house.store.begin() as tx:
        anna, sporta = (people.recognise(tx, "webchat", who).id for who in ("anna", "sporta"))
        asked = request(tx, anna, sporta)
        walk = Walk(tx, welcome[:-1], anna)
        alone = [dialogue for dialogue in REGISTER if dialogue not in {"news", "survey", "respond", "joined"}]
        since = tx.now.isoformat()
        walk.of(anna, [(dialogue, since if dialogue in {"known", "gap"} else "") for dialogue in alone])
        walk.of(sporta, [("joined", "association"), ("respond", asked.uid), ("respond", asked.code), ("menu", "")])
        maria = people.recognise(tx, "telegram", "Maria Rossi").id
        for kind, state in (("change", "approved"), ("first", "sent")):
            before = tx.connection.begin_nested()
            sent = form(tx, sporta, state)
            assert sent.kind == kind
            walk.of(maria, [("approving", sent.uid)])
            for decide, told in DECISIONS.items():
                branch = tx.connection.begin_nested()
                assert getattr(approvals, decide)(tx, sent.uid, 1, *told)
                walk.of(sporta, [("approval", sent.uid)])
                branch.rollback()
            before.rollback()
        through_the_pact(walk, sporta)
        owner, theirs = of_contact(tx, sporta)
        begun = [("offer", owner), ("change_offer", theirs), ("my_offers", theirs), ("still_true", owner)]
        walk.of(sporta, [*begun, ("offer_updates", "theirs")])
        walk.of(anna, [("place", proposed(tx, anna, sporta))])
        for move in (referrals.unanswered, referrals.under_way, referrals.hand_to_operator, referrals.withdraw):
            branch = tx.connection.begin_nested()
            move(tx, asked.uid)
            walk.of(anna, [(told, asked.uid) for told in ("news", "survey", "my_request")])
            branch.rollback()
    assert walk.long == []
    assert {("approving", "decisione", "refuse"), ("approval", "poi", "later")} <= walk.seen, "a form was there"
    assert {dialogue for dialogue, *_ in walk.seen} == set(REGISTER)


def test_a_text_that_would_be_cut_is_named_with_its_length(house: House) -> None:
    async def dialogue(subject: str) -> None:
        del subject
        await ask("nota", Text(Verbatim("lungo " * 300)))

    with house.store.begin() as tx:
        walk = Walk(tx, (), 0)
        walk.check("need", play(dialogue, "", empty(), lambda _: None))
    assert walk.long == [f"need.nota [{language}, whatsapp]: 1800 characters" for language in LANGUAGES]
