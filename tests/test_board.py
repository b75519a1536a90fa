"""The board of requests: who finds what, who reads whose it is, and what is told to whom when something is done."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from admin.office import access
from admin.office.app import application
from admin.office.requests import STEPS
from bot import chase, turn
from bot.house import House
from catalog_store import audit, invitations, messages, people, referrals, sessions, staff, waiting
from catalog_store.connect import Store
from catalog_store.offers import taken
from catalog_store.reach import Ways
from catalog_store.referrals import MOVES, Referral
from catalog_store.schema import referrals as requests
from catalog_store.settings import Settings, load
from dialogs.screens import Bubble
from tests.chat import Chat
from tests.clock import Clock
from tests.towns import Town

FOOD, SHOPPING, SHELTER = (
    "poverta.generi_alimentari",
    "anziani.spesa_farmaci_domicilio",
    "violenza_genere.luoghi_ascolto",
)
PROPOSAL = {"day": "2026-03-19", "hour": "10:00", "place": "Via di Prova 3", "who": "la segreteria"}
SECRETS = ("Anna Neri", "333 000 0000", "sono sola e non ho da mangiare")


class Board:
    """A town with three offers of food and one of shopping, and the back office that sees to its requests."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.town = store, Town(store)
        self.offers = [self.town.offer(one, f"Pacco {one}", FOOD, places=2) for one in self.town.ids]
        self.shopping = self.town.offer("La Spesa", "Spesa a casa", SHOPPING)
        self.shelter = self.town.offer("Il Ponte", "Ascolto", SHELTER)
        self.settings: Settings = load({"TESSERE_DATA": str(folder / "data"), "TESSERE_KEY_FILE": str(folder / "keys")})
        self.app = application(store, self.settings, lambda: None)

    def ask(self, who: str = "anna", *, offer: int | None = None, need: str = FOOD, **more: Any) -> Referral:
        """Somebody asks for something."""
        details = {"told": SECRETS[2], "whom": "me", "age": 70, "name": SECRETS[0], "phone": SECRETS[1], "home": False}
        asked = {"area": "centro", "group": "", "urgency": "normal", **more}
        with self.store.begin() as tx:
            person = people.recognise(tx, "webchat", who).id
            to = self.offers[0] if offer is None else offer
            made = referrals.create(tx, person, need, asked["area"], asked["group"], asked["urgency"], to, details)
        assert isinstance(made, Referral)
        return made

    def accept(self, referral: Referral, contact: str = "ponte") -> None:
        """An association's contact says yes."""
        id = self.town.id_of(contact)
        with self.store.begin() as tx:
            assert isinstance(referrals.accept(tx, referral.uid, id, PROPOSAL), Referral)

    def decline(self, referral: Referral, contact: str = "ponte") -> None:
        """An association's contact says no."""
        id = self.town.id_of(contact)
        with self.store.begin() as tx:
            declined = referrals.decline(tx, referral.uid, id, "other")
            assert isinstance(declined, Referral)
            messages.opening(tx, declined.person_id, "news", referral.uid)

    def last_said(self, who: str, house: House) -> str:
        """The last bubble that somebody got, once all that is due was opened."""
        asyncio.run(turn.take_due(house))
        with self.store.begin() as tx:
            return Bubble.from_json(messages.after(tx, "webchat", who, 0)[-1].body).text

    def now(self, referral: Referral) -> Referral:
        """The request as it is today."""
        with self.store.reading() as tx:
            found = referrals.get(tx, referral.uid)
        assert found is not None
        return found

    def inside(self, role: str, name: str = "Maria Rossi", organization: str = "") -> Somebody:
        """Somebody of a role, inside."""
        with self.store.begin() as tx:
            code = invitations.invite(tx, role, self.town.ids.get(organization), 7, note=name)
            email = f"{re.sub('[^a-z]', '.', name.lower())}.{role}@example.org"
            member = staff.join(tx, code, email=email, name=name, password=None, totp=None)
            assert isinstance(member, staff.Member)
            return Somebody(self, member, sessions.begin(tx, member.id, "a test"))


class Somebody:
    """A member of the staff, and their browser."""

    def __init__(self, board: Board, member: staff.Member, token: str) -> None:
        self.board, self.member = board, member
        self.cookies = {access.COOKIE: token}

    def asks(self, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Open a page, or send a form and go where it leads."""

        async def ask() -> httpx.Response:
            door = httpx.ASGITransport(app=self.board.app)
            async with httpx.AsyncClient(transport=door, base_url="http://office", cookies=self.cookies) as client:
                if form is None:
                    return await client.get(path)
                answer = await client.post(path, data=form, headers={"sec-fetch-site": "same-origin"})
                where = answer.headers.get("location", "").removeprefix("/ufficio")
                return await client.get(where) if where.startswith("/richieste") else answer

        return asyncio.run(ask())

    def sees(self, path: str) -> str:
        """What a page says."""
        answer = self.asks(path)
        assert answer.status_code == 200, answer.text
        return _said(answer)

    def does(self, referral: Referral, action: str, **form: str) -> str:
        """Send one of the forms of a request; what is said then."""
        answer = self.asks(f"/richieste/{referral.uid}/{action}", form)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return _said(answer)

    def codes(self, path: str = "/richieste") -> list[str]:
        """The requests that the board lists, in order."""
        return re.findall(r">(R-[0-9A-Z]{4,5})</a></th>", self.asks(path).text)


def _said(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def board(store: Store, tmp_path: Path) -> Board:
    return Board(store, tmp_path)


def test_the_soonest_due_comes_first_and_the_address_says_what_is_looked_for(board: Board, clock: Clock) -> None:
    slow = board.ask(urgency="low")
    fast = board.ask("bruno", urgency="urgent", offer=board.shopping, need=SHOPPING, area="san-donnino")
    clock.advance(minutes=1)
    usual = board.ask("carla", offer=board.offers[1])
    maria = board.inside("operator")
    assert maria.codes() == [fast.code, usual.code, slow.code]
    assert maria.codes("/richieste?ordine=newest") == [usual.code, *maria.codes("/richieste?ordine=newest")[1:]]
    looked_for = {
        "urgenza=urgent": [fast], "bisogno=anziani": [fast], f"bisogno={FOOD}": [usual, slow],
        "zona=san-donnino": [fast],
        "codice=r " + slow.code[2:].lower(): [slow], "stato=sent&urgenza=low": [slow], "stato=closed": [],
        "dal=2026-03-11": [], "dal=2026-03-10&al=2026-03-10": [fast, usual, slow], "al=2026-03-09": [],
        "segue=me": [], "segue=nobody": [fast, usual, slow], "scadute=1": [], "stato=what&dal=yesterday&dopo=x": [
            fast, usual, slow],
    }  # fmt: skip
    for asked, expected in looked_for.items():
        assert maria.codes(f"/richieste?{asked}") == [one.code for one in expected], asked
    maria.does(slow, "prendi")
    assert maria.codes("/richieste?segue=me") == [slow.code]
    assert board.inside("administrator", "Ada").codes("/richieste?segue=colleague") == [slow.code]
    clock.advance(hours=7)
    again = board.inside("operator", "Ugo")
    assert again.codes("/richieste?scadute=1") == [fast.code]
    assert again.codes(f"/richieste?associazione={_uid_of(board, 'La Spesa')}") == [fast.code, usual.code]


def test_the_list_is_counted_by_state_and_says_nothing_of_whose_it_is(board: Board) -> None:
    one, two = board.ask(), board.ask("bruno", offer=board.shopping, need=SHOPPING)
    board.accept(one)
    maria = board.inside("operator")
    page = maria.asks("/richieste?bisogno=poverta")
    assert [secret for secret in SECRETS if secret in page.text] == []
    assert "Accettate 1" in _said(page)
    assert "In attesa di risposta" not in _said(page), "that one asks for something else"
    assert 'href="/ufficio/richieste?stato=accepted&amp;bisogno=poverta"' in page.text
    assert "In attesa di risposta 1" in maria.sees("/richieste")
    assert maria.codes("/richieste?stato=sent") == [two.code]
    with board.store.reading() as tx:
        assert {look.what for look in audit.listed(tx)} == {"account"}


def test_every_request_is_on_one_page_of_the_list_even_where_all_are_due_at_once(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog_store.board.PAGE", 3)
    made = {board.ask(f"person {n}", offer=board.shopping, need=SHOPPING).code for n in range(8)}
    maria = board.inside("operator")
    for order in ("due", "newest", "oldest"):
        path, found = f"/richieste?ordine={order}", list[str]()
        while path:
            found += maria.codes(path)
            more = re.search(r'href="/ufficio([^"]+)">Le successive', maria.asks(path).text)
            path = more[1].replace("&amp;", "&") if more else ""
        assert len(found) == 8, order
        assert set(found) == made


ROLES = (  # role, its organization, does it see the request before and after the acceptance, and read whose it is
    ("administrator", "", ("all", "all")), ("operator", "", ("all", "all")), ("reader", "", ("nothing", "nothing")),
    ("association", "Il Ponte", ("nothing", "needed")), ("association", "La Spesa", (None, None)),
    ("social_worker", "", (None, None)),
)  # fmt: skip


@pytest.mark.parametrize(("role", "organization", "reads"), ROLES)
def test_who_sees_a_request_and_whose_it_is(
    board: Board, role: str, organization: str, reads: Sequence[str | None]
) -> None:
    one = board.ask()
    somebody = board.inside(role, organization=organization)
    for accepted, expected in enumerate(reads):
        if accepted:
            board.accept(one)
        answer = somebody.asks(f"/richieste/{one.uid}")
        assert (answer.status_code == 404) == (expected is None)
        assert (one.code in somebody.codes("/richieste?stato=all")) == (expected is not None)
        read = [secret for secret in SECRETS if secret in answer.text]
        assert read == {"all": list(SECRETS), "needed": list(SECRETS[:2])}.get(expected or "", [])
        with board.store.reading() as tx:
            looked = [(look.staff_id, look.whose) for look in audit.listed(tx) if look.action == "read"]
        assert bool(looked) == bool(read), "every look is written down, and nothing else is"
        assert set(looked) <= {(somebody.member.id, one.person_id)}
        assert (PROPOSAL["who"] in answer.text) == bool(accepted and expected in ("all", "needed"))


def test_a_social_worker_sees_what_a_colleague_gave_them_and_no_more(board: Board) -> None:
    one, other = board.ask(), board.ask("bruno")
    maria, sara = board.inside("operator"), board.inside("social_worker", "Sara Conti")
    assert "la segue il suo collega" in maria.does(one, "affida", colleague=sara.member.uid)
    assert sara.codes() == [one.code]
    assert SECRETS[0] in sara.sees(f"/richieste/{one.uid}")
    assert "Sara Conti" in maria.sees("/richieste")
    forms = {"affida": {"colleague": sara.member.uid}, "urgenza": {"urgency": "low"}, "chiudi": {"outcome": "helped"},
             "altrove": {"offer": "x"}, "unisci": {"code": one.code}}  # fmt: skip
    for action, form in forms.items():
        assert sara.asks(f"/richieste/{other.uid}/{action}", form).status_code == 404, action
    assert "Non c’è un’altra richiesta" in sara.does(one, "unisci", code=other.code), "she cannot see that one"
    for action in ("prendi", "scrivi"):
        assert sara.asks(f"/richieste/{one.uid}/{action}", {}).status_code == 403, action
    sara.asks(f"/richieste/{one.uid}/affida", {"colleague": maria.member.uid})
    assert sara.codes() == []


def test_only_who_works_here_can_be_given_a_request(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    gone, reader = board.inside("operator", "Ugo Verdi"), board.inside("reader", "Lia Blu")
    assert "Ugo Verdi" in maria.sees(f"/richieste/{one.uid}")
    with board.store.begin() as tx:
        staff.end(tx, gone.member.id)
    page = maria.sees(f"/richieste/{one.uid}")
    assert "Ugo Verdi" not in page
    assert "Lia Blu" not in page
    for other in (gone, reader):
        assert maria.asks(f"/richieste/{one.uid}/affida", {"colleague": other.member.uid}).status_code == 404
    assert board.now(one).staff_id is None


def test_an_association_reads_and_does_nothing(board: Board) -> None:
    one, delegate = board.ask(), board.inside("association", organization="Il Ponte")
    assert "Che cosa fare" not in delegate.sees(f"/richieste/{one.uid}")
    for action, form in {"chiudi": {"outcome": "helped"}, "prendi": {}, "altrove": {"offer": "x"}}.items():
        assert delegate.asks(f"/richieste/{one.uid}/{action}", form).status_code == 403, action


def test_sent_elsewhere_before_an_answer(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    page = maria.asks(f"/richieste/{one.uid}/altrove")
    assert "Pacco La Spesa" in page.text
    assert "Pacco Il Ponte" not in page.text, "it has been there"
    assert "Spesa a casa" not in page.text, "that is another need"
    chosen = re.search(r'value="(\w+)"><button[^>]+>Manda qui<span[^>]+>: Pacco La Spesa', page.text)
    assert chosen
    assert "La richiesta è partita" in maria.does(one, "altrove", offer=chosen[1])
    now = board.now(one)
    assert (now.state, now.offer_id) == ("sent", board.offers[1])
    assert board.town.openings("spesa") == [("respond", one.uid)]
    assert board.town.openings("ponte") == [("respond", one.code)]
    assert "è stata ritirata" in Chat(board.store, "ponte", "respond", one.code).text
    assert board.town.openings("anna") == [("news", one.uid)]
    told = Chat(board.store, "anna", "news", one.uid).text
    assert told.startswith("Abbiamo cambiato a chi va la sua richiesta.")
    assert "Aspetta la risposta di La Spesa" in told
    with board.store.reading() as tx:
        assert taken(tx) == {board.offers[1]: 1}, "its place is free again"
        steps = [(step.state, step.actor) for step in referrals.timeline(tx, one.uid)]
    assert steps == [("sent", "citizen"), ("unanswered", "operator"), ("sent", "operator")]
    assert "Inviata: Pacco La Spesa, La Spesa" in maria.sees(f"/richieste/{one.uid}")
    board.accept(one, "spesa")
    assert "Nel frattempo la richiesta è cambiata" in maria.does(one, "altrove", offer=chosen[1])


def test_whoever_was_still_being_asked_is_told_that_it_went_elsewhere(board: Board, clock: Clock) -> None:
    one, house = board.ask(), House(board.store, board.settings)
    board.decline(one)
    assert "A chi la mando" in board.last_said("anna", house) or "La mando a loro" in board.last_said("anna", house)
    clock.advance(minutes=15)
    maria = board.inside("operator")
    offered = maria.asks(f"/richieste/{one.uid}/altrove").text
    chosen = re.search(r'value="(\w+)"><button[^>]+>Manda qui<span[^>]+>: Pacco La Spesa', offered)
    assert chosen
    maria.does(one, "altrove", offer=chosen[1])
    assert "Abbiamo cambiato a chi va la sua richiesta." in board.last_said("anna", house)
    assert "C'è una richiesta per «Pacco La Spesa»" in board.last_said("spesa", house)


def test_a_stuck_request_is_opened_from_today_and_ends_there_when_something_is_done(board: Board, clock: Clock) -> None:
    one, maria = board.ask(), board.inside("operator")
    for _ in range(2):
        clock.advance(days=8)
        with board.store.begin() as tx:
            chase.overdue(tx, Ways())
    maria = board.inside("operator", "Ada Blu")
    page = maria.asks("/")
    assert "Richieste ferme" in page.text
    assert f'href="/ufficio/richieste/{one.uid}"' in page.text
    offered = maria.asks(f"/richieste/{one.uid}/altrove").text
    chosen = re.search(r'value="(\w+)"><button[^>]+>Manda qui<span[^>]+>: Pacco La Spesa', offered)
    assert chosen
    maria.does(one, "altrove", offer=chosen[1])
    assert board.town.waiting() == []
    assert "Richieste ferme" not in maria.sees("/")


def test_where_nobody_answers_it_is_with_us_and_its_person_knows(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    offered = maria.asks(f"/richieste/{one.uid}/altrove").text
    chosen = re.search(r'value="(\w+)"><button[^>]+>Manda qui<span[^>]+>: Pacco Insieme', offered)
    assert chosen
    maria.does(one, "altrove", offer=chosen[1])
    assert (board.now(one).state, board.now(one).next_actor) == ("new", "operator")
    assert board.town.waiting() == ["referral"]
    assert "Se ne occupa una persona" in Chat(board.store, "anna", "news", one.uid).text
    again = maria.asks(f"/richieste/{one.uid}/altrove").text
    assert "Pacco Insieme" not in again, "it has been there too"
    assert "Pacco La Spesa" in again


def test_closed_with_an_outcome(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    board.town.openings("anna")
    assert "La richiesta è chiusa" in maria.does(one, "chiudi", outcome="not_helped")
    assert (board.now(one).state, board.now(one).outcome) == ("closed", "not_helped")
    assert board.town.openings("ponte") == [("respond", one.uid)]
    assert "non aspetta più una risposta" in Chat(board.store, "ponte", "respond", one.uid).text
    assert board.town.openings("anna") == [("news", one.uid)]
    said = Chat(board.store, "anna", "news", one.uid).text
    assert said == f"Una persona ha chiuso la richiesta {one.code}. Se le serve ancora un aiuto, mi scriva."
    assert "Nel frattempo" in maria.does(one, "chiudi", outcome="helped")
    assert maria.asks(f"/richieste/{one.uid}/chiudi", {"outcome": "boh"}).status_code == 404


def test_more_urgent_is_sooner_and_less_urgent_never_later(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    promised = one.due_at
    assert promised is not None
    maria.does(one, "urgenza", urgency="low")
    assert (board.now(one).urgency, board.now(one).due_at) == ("low", promised)
    assert board.town.openings("anna") == []
    maria.does(one, "urgenza", urgency="urgent")
    now = board.now(one)
    assert now.due_at is not None
    assert now.due_at < promised
    assert (now.state, now.next_actor, now.urgency) == ("sent", "association", "urgent")
    assert board.town.openings("anna") == [("news", one.uid)]
    assert board.town.openings("ponte") == [("respond", one.uid)]
    assert "È urgente." in Chat(board.store, "ponte", "respond", one.uid).text
    assert "Cambiata l’urgenza (urgente)" in maria.sees(f"/richieste/{one.uid}")


def test_an_appointment_is_not_moved_by_urgency(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    board.accept(one)
    due = board.now(one).due_at
    maria.does(one, "urgenza", urgency="urgent")
    assert board.now(one).due_at == due


def test_the_same_request_twice_of_one_person(board: Board) -> None:
    first, second = board.ask(), board.ask(offer=board.offers[1])
    maria = board.inside("operator")
    assert second.code in maria.asks(f"/richieste/{first.uid}").text, "proposed: it is the same person's"
    assert "ora sono questa" in maria.does(first, "unisci", code=second.code.lower(), stays="other")
    assert (board.now(first).state, board.now(first).merged_into) == ("closed", second.id)
    assert board.now(second).state == "sent"
    assert board.town.openings("anna") == [("news", first.uid)], "told once"
    assert Chat(board.store, "anna", "news", first.uid).text == (
        f"La {first.code} e la {second.code} chiedono lo stesso aiuto. Le abbiamo unite: adesso vale la {second.code}."
    )
    assert board.town.openings("ponte") == [("respond", first.uid)]
    assert board.town.openings("spesa") == []
    with board.store.reading() as tx:
        assert taken(tx) == {board.offers[1]: 1}
    assert f"unita alla {second.code}" in maria.sees(f"/richieste/{first.uid}")


def test_the_same_request_of_two_people(board: Board) -> None:
    mother, daughter = board.ask("anna"), board.ask("bruna", offer=board.offers[1])
    maria = board.inside("operator")
    maria.does(mother, "unisci", code=daughter.code)
    assert board.town.openings("anna") == [("news", mother.uid)]
    assert board.town.openings("bruna") == [("news", daughter.uid)]
    said = Chat(board.store, "bruna", "news", daughter.uid).text
    assert f"La richiesta {daughter.code} è unita a un'altra uguale." in said
    assert mother.code not in said, "whose the other is, is nobody's business"
    said = Chat(board.store, "anna", "news", mother.uid).text
    assert f"C'è un'altra richiesta come la {mother.code}. Ora sono una sola." in said
    assert "Aspetta la risposta di Il Ponte" in said
    with board.store.reading() as tx:
        looks = {(look.action, look.whose) for look in audit.listed(tx)}
    assert {("merged", mother.person_id), ("merged", daughter.person_id)} <= looks


def test_of_violence_nothing_is_said_of_another_request(board: Board) -> None:
    one = board.ask("anna", offer=board.shelter, need=SHELTER, group="violenza_genere")
    other = board.ask("bruna", offer=board.shelter, need=SHELTER, group="violenza_genere")
    board.inside("operator").does(one, "unisci", code=other.code)
    for who, referral in (("anna", one), ("bruna", other)):
        said = Chat(board.store, who, "news", referral.uid).text
        assert "altra" not in said
        assert referral.code in said


def test_different_needs_are_merged_only_when_it_is_said_again(board: Board) -> None:
    one, other = board.ask(), board.ask(offer=board.shopping, need=SHOPPING)
    maria = board.inside("operator")
    assert "Chiedono cose diverse" in maria.does(one, "unisci", code=other.code)
    assert board.now(other).state == "sent"
    maria.does(one, "unisci", code=other.code, confirmed="1")
    assert board.now(other).state == "closed"
    for code in (one.code, "R-0000", other.code):
        said = maria.does(one, "unisci", code=code)
        assert "Non c’è un’altra richiesta" in said or "Nel frattempo" in said


def test_talking_with_the_person_begins_a_chat_that_one_of_us_has(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    answer = maria.asks(f"/richieste/{one.uid}/scrivi", {})
    with board.store.reading() as tx:
        (row,) = waiting.open_rows(tx)
    assert answer.headers["location"] == f"/ufficio/chat/{row.uid}"
    assert (row.kind, row.person_id, row.staff_id) == ("operator", one.person_id, maria.member.id)
    assert f"/ufficio/chat/{row.uid}" in maria.asks(f"/richieste/{one.uid}").text
    again = maria.asks(f"/richieste/{one.uid}/scrivi", {})
    assert again.headers["location"] == f"/ufficio/chat/{row.uid}", "there is one already"


def test_a_forgotten_request_is_nowhere(board: Board) -> None:
    one, maria = board.ask(), board.inside("operator")
    maria.does(one, "chiudi", outcome="helped")
    with board.store.begin() as tx:
        tx.execute(requests.update().values(person_id=None, details=None))
    assert maria.codes("/richieste?stato=all") == []
    assert maria.asks(f"/richieste/{one.uid}").status_code == 404
    assert maria.asks(f"/richieste/{'0' * 32}").status_code == 404


def test_what_one_follows_is_on_the_page_of_the_day_once_it_is_late(board: Board, clock: Clock) -> None:
    one, maria = board.ask(urgency="urgent"), board.inside("operator")
    maria.does(one, "prendi")
    assert "Richieste scadute" not in maria.sees("/")
    clock.advance(hours=7)
    ugo = board.inside("operator", "Ugo")
    assert "Richieste scadute" not in ugo.sees("/")
    ugo.does(one, "prendi")
    assert "Richieste scadute che segue lei 1" in ugo.sees("/")


def test_every_step_and_reason_has_its_words() -> None:
    assert set(MOVES) | {"reminded", "handed", "urgency", "merged", "offered"} == set(STEPS)


def _uid_of(board: Board, organization: str) -> str:
    from catalog_store import organizations

    with board.store.reading() as tx:
        return organizations.get(tx, board.town.ids[organization]).uid
