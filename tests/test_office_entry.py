"""Who works here comes in by a link, enters with three things, and is out when that is decided."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from admin.office import access, vendor
from bot.house import House
from catalog_store import (
    audit,
    examples,
    invitations,
    organizations,
    people,
    privacy,
    referrals,
    roles,
    sessions,
    staff,
    waiting,
)
from catalog_store.connect import Store
from catalog_store.invitations import Refusal
from catalog_store.schema import audit as audited
from catalog_store.staff import Member
from tests.clock import Clock
from tests.houses import clock as clock_of
from tests.offices import ORGANIZATION, PASSWORD, Office, code_of, employed, hidden, words
from tests.talker import Talker


@pytest.fixture
def office(demonstration_house: House) -> Office:
    return Office(demonstration_house)


def link(office: Office, role: str = "operator", **given: object) -> str:
    with office.house.store.begin() as tx:
        return f"/invito/{invitations.invite(tx, role, None, 7, note='Maria', **given)}"  # type: ignore[arg-type]


async def joined(office: Office, client: httpx.AsyncClient, at: str) -> str:
    """Come in by a link; the secret of their telephone."""
    page = await client.get(at)
    secret = re.search(r'class="code">([A-Z2-7]{32})<', page.text)
    assert secret, words(page)
    form = {
        "name": "Maria Rossi", "email": "Maria.Rossi@comune.example.it", "password": PASSWORD,
        "secret": hidden(page, "secret"), "digits": code_of(office.house, secret[1]),
    }  # fmt: skip
    inside = await client.post(at, data=form)
    assert inside.headers.get("location") == "/ufficio/", words(inside)
    return secret[1]


async def entered(client: httpx.AsyncClient, code: str, password: str = PASSWORD, then: str = "") -> httpx.Response:
    form = {"email": "maria.rossi@comune.example.it ", "password": password, "code": code, "then": then}
    return await client.post("/entra", data=form)


async def test_a_link_makes_an_account_that_enters_with_password_and_code(office: Office) -> None:
    client = office.client()
    secret = await joined(office, client, link(office))
    assert "Oggi" in words(await client.get("/"))
    assert (await client.post("/esci")).headers["location"] == "/ufficio/entra"
    assert (await client.get("/")).headers["location"] == "/ufficio/entra?poi=/"
    clock_of(office.house).advance(minutes=1)
    inside = await entered(client, code_of(office.house, secret), then="/io")
    assert inside.headers["location"] == "/ufficio/io"
    assert {"HttpOnly", "SameSite=lax"} <= set(inside.headers["set-cookie"].split("; "))
    assert "Maria Rossi" in words(await client.get("/io"))


async def test_a_code_enters_once_and_not_when_it_is_old(office: Office) -> None:
    client = office.client()
    secret = await joined(office, client, link(office))
    assert (await entered(client, code_of(office.house, secret))).status_code == 401, "it was used to join"
    assert (await entered(client, code_of(office.house, secret, 1))).status_code == 303
    assert (await entered(client, code_of(office.house, secret, 1))).status_code == 401
    assert (await entered(client, code_of(office.house, secret, 5))).status_code == 401


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_sent_elsewhere_after_entering(office: Office, then: str) -> None:
    client = office.client()
    secret = await joined(office, client, link(office))
    assert (await entered(client, code_of(office.house, secret, 1), then=then)).headers["location"] == "/ufficio/"


async def test_five_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(office: Office) -> None:
    client = office.client()
    secret = await joined(office, client, link(office))
    said = {words(await entered(client, code_of(office.house, secret, 1), password="sbagliata")) for _ in range(5)}
    unknown = await client.post("/entra", data={"email": "altra@example.it", "password": "x", "code": "1"})
    assert len(said | {words(unknown)}) == 1, "which of the three was wrong is not said, nor who works here"
    assert "quarto d’ora" in words(await entered(client, code_of(office.house, secret, 1)))
    clock_of(office.house).advance(minutes=16)
    assert (await entered(client, code_of(office.house, secret))).status_code == 303


async def test_one_address_on_the_network_cannot_try_for_ever(office: Office) -> None:
    client = office.client()
    tried = [await client.post("/entra", data={"email": "a@b.it", "password": "x", "code": "1"}) for _ in range(21)]
    assert [page.status_code for page in tried] == [401] * 20 + [429]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "corta"}, "almeno 12 caratteri"),
        ({"password": "aaaaaaaaaaaaaa"}, "facile da indovinare"),
        ({"password": "mariarossi2026!"}, "facile da indovinare"),
        ({"email": "maria"}, "maria.rossi@comune.example.it"),
        ({"name": "M"}, "Maria Rossi"),
        ({"digits": "000000"}, "codice a 6 cifre"),
    ],
)
async def test_a_wrong_answer_at_the_first_visit_is_explained_and_loses_nothing(
    office: Office, changed: dict[str, str], said: str
) -> None:
    client, at = office.client(), link(office)
    page = await client.get(at)
    form = {"name": "Maria Rossi", "email": "maria.rossi@x.it", "password": PASSWORD, "digits": "123",
            "secret": hidden(page, "secret")}  # fmt: skip
    refused = await client.post(at, data={**form, **changed})
    assert refused.status_code == 400
    assert said in words(refused)
    assert ({**form, **changed})["email"] in refused.text
    assert await joined(office, client, at), "the link still holds"


async def test_a_link_is_for_one_person_and_for_some_days(office: Office) -> None:
    once, late, gone = link(office), link(office), link(office)
    await joined(office, office.client(), once)
    with office.house.store.begin() as tx:
        revoked = invitations.find(tx, gone.rpartition("/")[2])
        assert revoked
        staff.revoke(tx, revoked)
    client = office.client()
    assert "già stato usato" in words(await client.get(once))
    assert "ritirato" in words(await client.get(gone))
    clock_of(office.house).advance(days=8)
    assert "scaduto" in words(await client.get(late))
    assert "copiato tutto" in words(await client.get("/invito/NONESISTE"))


async def test_who_does_nothing_for_two_hours_is_out_and_the_page_that_asks_by_itself_does_not_count(
    office: Office,
) -> None:
    client, _ = office.inside("operator")
    for _ in range(4):
        clock_of(office.house).advance(minutes=25)
        assert (await client.get("/oggi")).status_code == 200
    clock_of(office.house).advance(minutes=25)
    part = await client.get("/oggi", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, "/ufficio/entra")
    client, _ = office.inside("operator", "Anna Bruni")
    for _ in range(5):
        clock_of(office.house).advance(minutes=100)
        assert (await client.get("/io")).status_code == 200
    clock_of(office.house).advance(hours=4)
    assert (await client.get("/io")).status_code == 303, "twelve hours are the most"


async def test_leaving_everywhere_else(office: Office) -> None:
    here, member = office.inside("operator")
    there = office.client()
    with office.house.store.begin() as tx:
        there.cookies.set("ufficio", sessions.begin(tx, member.id, "Firefox, Windows"), domain="ufficio.test")
    assert "Firefox, Windows" in words(await here.get("/io"))
    await here.post("/io/esci-altrove")
    assert (await there.get("/io")).status_code == 303
    assert (await here.get("/io")).status_code == 200


async def test_a_revoked_code_puts_out_who_entered_with_it(office: Office) -> None:
    admin, _ = office.inside("administrator", "Ada Neri")
    client, at = office.client(), link(office)
    await joined(office, client, at)
    with office.house.store.reading() as tx:
        made = invitations.find(tx, at.rpartition("/")[2])
    assert made
    done = await admin.post(f"/codici/{made.uid}/revoca")
    assert done.headers["location"].endswith("detto=revocato")
    assert (await client.get("/")).status_code == 303
    assert "revocato" in words(await admin.get("/codici"))


def test_a_revoked_telephone_is_refused_at_its_next_message(office: Office) -> None:
    admin, _ = office.inside("administrator", "Ada Neri")
    anna, sara = Talker(office.house, "anna"), Talker(office.house, "sara")
    with office.house.store.begin() as tx:
        owner = next(one.id for one in organizations.listed(tx) if one.name == ORGANIZATION)
        code = invitations.invite(tx, "association", owner, 7, note="Sara, segreteria")
        made = invitations.find(tx, code)
    assert made
    sara.write(f"codice {code}")
    anna.write("Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?")
    for said in ("San Martino", "Spesa e farmaci a casa", "Qui, senza il mio nome", "Sì, invia"):
        anna.tap(said)
    assert "C'è una richiesta" in sara.read()[-1].text
    asyncio.run(admin.post(f"/codici/{made.uid}/revoca"))
    refused = sara.tap("Accettiamo")[-1].text
    assert "Il codice con cui era entrato non vale più." in refused
    assert "In che giorno?" not in refused
    assert "non vale più" in sara.write(f"codice {code}")[-1].text
    with office.house.store.reading() as tx:
        assert [one.state for one in referrals.for_person(tx, people.known_at(tx, "webchat", "anna") or 0)] == ["sent"]


async def test_a_code_is_made_for_somebody_and_shown_as_a_link(office: Office) -> None:
    admin, _ = office.inside("administrator", "Ada Neri")
    wrong = await admin.post("/codici", data={"role": "association", "note": "Sara"})
    assert "di quale associazione" in words(wrong)
    made = await admin.post("/codici", data={"role": "operator", "note": "Lia Verdi", "days": "3"})
    at = re.search(r"/ufficio(/invito/[A-Z0-9]+)<", made.text)
    assert at
    assert "Lia Verdi" in words(made)
    await joined(office, office.client(), at[1])
    wrong = await admin.post("/codici", data={"role": "operator", "note": "Lia", "days": "4000"})
    assert "365" in words(wrong)


async def test_who_stops_working_here_is_out_and_may_come_back_by_a_new_link(office: Office) -> None:
    admin, me = office.inside("administrator", "Ada Neri")
    client = office.client()
    await joined(office, client, link(office))
    with office.house.store.reading() as tx:
        maria = next(one for one in staff.listed(tx) if one.name == "Maria Rossi")
    assert (await admin.post(f"/persone/{me.uid}/fine")).status_code == 403, "nobody closes their own"
    await admin.post(f"/persone/{maria.uid}/fine")
    assert (await client.get("/")).status_code == 303
    assert "chiuso" in words(await admin.get("/persone"))
    await joined(office, client, link(office, "reader"))
    with office.house.store.reading() as tx:
        again = next(one for one in staff.listed(tx) if one.name == "Maria Rossi")
    assert (again.uid, again.role, again.ended_at) == (maria.uid, "reader", None)


async def test_what_another_site_sends_is_refused(office: Office) -> None:
    client, _ = office.inside("operator")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}):
        assert (await client.post("/esci", headers=headers)).status_code == 403
    transport = httpx.ASGITransport(app=office.app)
    bare = httpx.AsyncClient(transport=transport, base_url="http://ufficio.test", cookies=client.cookies)
    assert (await bare.post("/esci")).status_code == 403
    assert (await bare.post("/esci", headers={"origin": "http://evil.example"})).status_code == 403
    assert (await client.post("/frasi", data={"text": "a" * 70_000})).status_code == 413
    assert (await bare.post("/esci", headers={"origin": "http://ufficio.test"})).status_code == 303


async def test_every_answer_has_the_headers_that_protect(office: Office) -> None:
    client = office.client()
    for page in (await client.get("/entra"), await client.get("/niente"), await client.post("/esci", headers={})):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_every_role_on_every_route_is_let_through_as_the_table_says(office: Office) -> None:
    with office.house.store.reading() as tx:
        owner = next(one.id for one in organizations.listed(tx) if one.name == ORGANIZATION)
    clients = {
        role: office.inside(role, f"Prova {role}", organization_id=owner if role == "association" else None)[0]
        for role in staff.ROLES
    }
    stranger, seen = office.client(), set()
    for one in iter_route_contexts(office.app.routes):
        if not isinstance(one.route, APIRoute):
            continue
        path = re.sub(r"{letter}", "7", re.sub(r"{(uid|code)}", "0" * 32, one.route.path))
        allowed = access.MAY[one.route.name]
        for method in one.route.methods or ():
            seen.add(one.route.name)
            if allowed is access.NOBODY_YET:
                continue
            closed = await stranger.request(method, path)
            assert closed.status_code == 303, path
            assert closed.headers["location"].startswith("/ufficio/entra"), path
            for role, client in clients.items():
                if one.route.name == "leave":
                    continue
                answer = await client.request(method, path)
                assert (answer.status_code == 403) == (role not in allowed), (role, method, path, words(answer))
                assert answer.status_code < 500, (role, method, path)
    assert seen == set(access.MAY)


def test_a_route_without_an_entry_stops_the_application(office: Office) -> None:
    @office.app.get("/nuova")
    async def new() -> None: ...

    with pytest.raises(RuntimeError, match="new"):
        access.is_complete(office.app)


def test_the_audit_is_only_added_to(store: Store) -> None:
    with store.begin() as tx:
        audit.note(tx, None, "read", "chat", why="danger")
    with pytest.raises(DBAPIError, match="never changed"), store.begin() as tx:
        tx.execute(update(audited).values(why="nothing"))
    with pytest.raises(DBAPIError, match="two years"), store.begin() as tx:
        tx.execute(delete(audited))
    later = store.clock() + timedelta(days=731)
    with store.begin(at=later) as tx:
        assert privacy.forget(tx, dry_run=False)["audit"] == 1
        assert [row.action for row in audit.listed(tx)] == ["forgot"]


def test_the_account_of_ones_own_telephone(store: Store) -> None:
    with store.begin() as tx:
        maria = employed(tx, "operator", "Maria Rossi")
        first, person = staff.own_phone(tx, maria, 2), people.recognise(tx, "webchat", "maria")
        roles.redeem(tx, person.id, first)
        assert staff.in_chat(tx, person.id) == maria
        second = staff.own_phone(tx, maria, 2)
        assert staff.in_chat(tx, person.id) is None, "the code before is revoked, with what it gave"
        roles.redeem(tx, person.id, second)
        assert staff.in_chat(tx, person.id) == maria
        staff.end(tx, maria.id)
        assert staff.in_chat(tx, person.id) is None
        assert roles.of(tx, person.id) == []


def test_what_is_not_ours_is_what_it_was_when_it_was_fetched() -> None:
    lines = [line.split("  ") for line in vendor.SUMS.read_text("utf-8").splitlines()]
    known = {name: digest for digest, name in lines}
    assert vendor.sums() == known
    styles = "".join(path.read_text("utf-8") for path in Path(vendor.HERE).parent.rglob("*.css"))
    assert not re.search(r"url\(\s*[\"']?(https?:)?//", styles), "nothing is loaded from elsewhere"


def test_a_code_for_a_telephone_makes_no_account_and_is_over_with_its_owner(store: Store, clock: Clock) -> None:
    with store.begin() as tx:
        maria = employed(tx, "operator", "Maria Rossi")
        code = staff.own_phone(tx, maria, 2)
        assert staff.join(tx, code, email="altra@x.it", name="Altra", password=None, totp=None) == Refusal("unknown")
        staff.end(tx, maria.id)
        person = people.recognise(tx, "webchat", "maria")
        assert roles.redeem(tx, person.id, code) == Refusal("revoked")
    clock.advance(days=60)
    with store.begin() as tx:
        assert privacy.forget(tx, dry_run=False)["invitations"] == 0, "a row still says whose it was"


def test_who_was_let_out_does_not_come_back_by_the_same_link(store: Store) -> None:
    with store.begin() as tx:
        code = invitations.invite(tx, "association", None, 7, uses=5)
        sara = staff.join(tx, code, email="sara@x.it", name="Sara", password=None, totp=None)
        assert isinstance(sara, Member)
        staff.end(tx, sara.id)
        again = staff.join(tx, code, email="sara@x.it", name="Sara", password=None, totp=None)
        assert again == Refusal("used_up")


def test_what_somebody_saw_to_is_anybodys_when_they_do_not_work_here_any_more(store: Store) -> None:
    with store.begin() as tx:
        maria, lia = employed(tx, "operator", "Maria Rossi"), employed(tx, "operator", "Lia Verdi")
        row = waiting.add(tx, "call", people.recognise(tx, "webchat", "anna").id, {"phone": "055"}, tx.now)
        assert waiting.take(tx, row, maria.id)
        assert not waiting.take(tx, row, lia.id)
        staff.end(tx, maria.id)
        assert waiting.take(tx, row, lia.id)


def test_an_operator_who_is_in_the_chat_already_links_their_telephone(store: Store) -> None:
    with store.begin() as tx:
        person = people.recognise(tx, "webchat", "maria")
        roles.redeem(tx, person.id, invitations.invite(tx, "operator", None, 7))
        ada = employed(tx, "administrator", "Ada Neri")
        assert staff.in_chat(tx, person.id) is None
        roles.redeem(tx, person.id, staff.own_phone(tx, ada, 2))
        assert staff.in_chat(tx, person.id) == ada, "an administrator is an operator there"
        assert len(roles.of(tx, person.id)) == 1


async def test_an_administrator_cannot_revoke_the_code_they_came_by(office: Office) -> None:
    admin, me = office.inside("administrator", "Ada Neri")
    with office.house.store.reading() as tx:
        mine = invitations.of_id(tx, staff.came_by(tx, me.id) or 0)
    assert mine
    assert (await admin.post(f"/codici/{mine.uid}/revoca")).status_code == 403
    assert (await admin.get("/codici")).status_code == 200


async def test_an_address_with_its_filters_is_found_again_after_the_door(office: Office) -> None:
    closed = await office.client().get("/richieste?stato=sent&late=1")
    assert closed.headers["location"] == "/ufficio/entra?poi=/richieste%3Fstato%3Dsent%26late%3D1"


def test_a_phrase_that_is_taught_acts_at_the_next_message(office: Office) -> None:
    operator, _ = office.inside("operator")
    said, need = "alla bottega del sorriso fate le trecce?", "poverta.docce"
    anna = Talker(office.house, "anna")
    assert "Docce" not in anna.write(said)[-1].text
    taught = asyncio.run(operator.post("/frasi/esempi", data={"text": said, "need": need}))
    assert "vale già" in words(taught)
    assert "Ho capito: Docce e cambio abiti." in Talker(office.house, "bruno").write(said)[-1].text
    with office.house.store.begin() as tx:
        assert examples.remove(tx, examples.listed(tx)[0].uid)
    assert "Docce" not in Talker(office.house, "carla").write(said)[-1].text
