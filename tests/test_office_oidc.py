"""Who works here enters by the municipality's identity broker: with SPID or CIE, and without another password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from admin.office import broker as protocol
from admin.office import passwords
from bot.house import House
from catalog_store import audit, invitations, staff
from catalog_store.settings import load
from tests.fakes.oidc import ANNA, CLIENT, SECRET, Broker, broker
from tests.fakes.serving import free_port
from tests.houses import clock
from tests.offices import Office, code_of, words

HERE = "http://ufficio.test"
UNKNOWN = "Il suo nome non è fra chi lavora qui: chieda un invito."


def configured(house: House, issuer: str, public: str = HERE) -> Office:
    given = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET, "PUBLIC_BASE_URL": public}
    oidc = {name: value for name, value in load(given) if name.startswith(("oidc", "public"))}
    return Office(replace(house, settings=house.settings.model_copy(update=oidc)))


@pytest.fixture
def spid(demonstration_house: House) -> Iterator[Broker]:
    with broker(f"{HERE}/ufficio/oidc/ritorno", demonstration_house.store.clock) as made:
        yield made


@pytest.fixture
def office(demonstration_house: House, spid: Broker) -> Office:
    return configured(demonstration_house, spid.base)


def invitation(office: Office, role: str = "operator", note: str = "Anna") -> str:
    with office.house.store.begin() as tx:
        return invitations.invite(tx, role, None, 7, note=note)


def named(office: Office, name: str) -> staff.Member:
    with office.house.store.reading() as tx:
        return next(one for one in staff.listed(tx) if one.name == name)


async def at_the_broker(client: httpx.AsyncClient, door: str) -> str:
    """Follow the button to the broker; the address that it sends the browser back to, without our host."""
    sent = await client.get(door)
    assert sent.status_code == 303, words(sent)
    async with httpx.AsyncClient() as outside:
        answer = await outside.get(sent.headers["location"])
    assert answer.status_code == 302, answer.text
    back = answer.headers["location"]
    assert back.startswith(f"{HERE}/ufficio/oidc/ritorno?")
    return back.removeprefix(f"{HERE}/ufficio")


async def through(client: httpx.AsyncClient, door: str = "/oidc") -> httpx.Response:
    """There and back."""
    return await client.get(await at_the_broker(client, door))


def sure_inside(answer: httpx.Response, at: str = "/ufficio/") -> None:
    assert answer.status_code == 303, words(answer)
    assert answer.headers["location"] == at


async def test_anna_is_invited_and_comes_in_with_spid_and_again_the_day_after(office: Office) -> None:
    client, code = office.client(), invitation(office)
    page = await client.get(f"/invito/{code}")
    assert f'href="/ufficio/oidc?invito={code}">Entra con SPID o CIE</a>' in page.text
    sure_inside(await through(client, f"/oidc?invito={code}"))
    assert "Anna Bianchi" in words(await client.get("/"))
    clock(office.house).advance(days=1)
    assert (await client.get("/")).headers["location"].startswith("/ufficio/entra")
    door = await client.get("/entra", params={"poi": "/frasi"})
    assert 'href="/ufficio/oidc?poi=/frasi">Entra con SPID o CIE</a>' in door.text
    sure_inside(await through(client, "/oidc?poi=/frasi"), "/ufficio/frasi")
    assert (await client.get("/frasi")).status_code == 200
    anna = named(office, "Anna Bianchi")
    assert (anna.role, anna.email) == ("operator", "anna.bianchi@comune.example.it")
    with office.house.store.reading() as tx:
        rows = [(row.action, row.what, row.why) for row in audit.listed(tx, staff_id=anna.id)]
    assert rows == [
        ("entered", "account", "broker"), ("entered", "account", "broker"), ("joined", "account", "operator"),
    ]  # fmt: skip


async def test_an_invitation_lets_one_person_in_only(office: Office, spid: Broker) -> None:
    code = invitation(office)
    sure_inside(await through(office.client(), f"/oidc?invito={code}"))
    spid.person = {"sub": "TINIT-BRUNO", "name": "Bruno Verdi"}
    late = await through(office.client(), f"/oidc?invito={code}")
    assert late.status_code == 410
    assert "Questo invito è già stato usato." in words(late)
    wrong = await through(office.client(), "/oidc?invito=NONESISTE")
    assert "Questo invito non c’è." in words(wrong)


async def test_the_broker_need_not_know_name_or_address(office: Office, spid: Broker) -> None:
    for sub, note in (("TINIT-1", "Carla dello sportello"), ("TINIT-2", "Dino del museo")):
        spid.person = {"sub": sub}
        client = office.client()
        sure_inside(await through(client, f"/oidc?invito={invitation(office, note=note)}"))
        assert note in words(await client.get("/"))
    assert named(office, "Dino del museo").email == ""


async def test_the_broker_says_how_it_wants_our_secret(office: Office, spid: Broker) -> None:
    spid.method = "client_secret_post"
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))


async def test_who_was_never_invited_is_told_kindly(office: Office) -> None:
    client = office.client()
    refused = await through(client)
    assert refused.status_code == 403
    assert UNKNOWN in words(refused)
    assert "ufficio" not in client.cookies
    with office.house.store.reading() as tx:
        assert "Anna Bianchi" not in [one.name for one in staff.listed(tx)]


async def test_maria_has_a_password_and_links_her_identity(office: Office) -> None:
    client, maria = office.inside("operator", "Maria Rossi")
    assert "Può entrare anche senza password" in words(await client.get("/io"))
    sure_inside(await through(client, "/io/oidc"), "/ufficio/io?detto=collegato")
    assert "può entrare anche così" in words(await client.get("/io?detto=collegato"))
    another = office.client()
    sure_inside(await through(another))
    assert "Maria Rossi" in words(await another.get("/"))
    with office.house.store.reading() as tx:
        assert "linked" in [row.action for row in audit.listed(tx, staff_id=maria.id)]
    bruno, _ = office.inside("operator", "Bruno Verdi")
    taken = await through(bruno, "/io/oidc")
    assert "Questa identità è già di un altro accesso." in words(taken)
    still = office.client()
    await through(still)
    assert "Maria Rossi" in words(await still.get("/"))


async def test_an_identity_is_linked_only_by_who_asked_and_is_still_inside(office: Office) -> None:
    client, _ = office.inside("operator", "Maria Rossi")
    for site in ("cross-site", "none"):  # a link of another site's, which had them known there as somebody else
        assert (await client.get("/io/oidc", headers={"sec-fetch-site": site})).status_code == 403
    back = await at_the_broker(client, "/io/oidc")
    other, _ = office.inside("operator", "Bruno Verdi")
    client.cookies.set("ufficio", other.cookies["ufficio"], domain="ufficio.test")
    assert "Nel frattempo era uscito." in words(await client.get(back))
    back = await at_the_broker(client, "/io/oidc")
    await client.post("/esci")
    assert "Nel frattempo era uscito." in words(await client.get(back))
    assert UNKNOWN in words(await through(office.client()))


async def test_who_does_not_work_here_any_more_is_out_and_may_be_invited_again(office: Office) -> None:
    client = office.client()
    sure_inside(await through(client, f"/oidc?invito={invitation(office)}"))
    anna = named(office, "Anna Bianchi")
    with office.house.store.begin() as tx:
        staff.end(tx, anna.id)
    assert (await client.get("/")).status_code == 303
    assert UNKNOWN in words(await through(client))
    sure_inside(await through(client, f"/oidc?invito={invitation(office, 'reader')}"))
    again = named(office, "Anna Bianchi")
    assert (again.uid, again.role, again.ended_at) == (anna.uid, "reader", None)


async def test_an_account_that_was_ended_lets_go_of_the_identity(office: Office, spid: Broker) -> None:
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    with office.house.store.begin() as tx:
        staff.end(tx, named(office, "Anna Bianchi").id)
    spid.person = {**ANNA, "name": "Anna Bianchi Neri", "email": "anna.neri@comune.example.it"}
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    assert named(office, "Anna Bianchi").ended_at is not None
    client = office.client()
    await through(client)
    assert "Anna Bianchi Neri" in words(await client.get("/"))


async def test_who_works_here_already_enters_and_the_invitation_stays(office: Office) -> None:
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    second = invitation(office, "administrator")
    sure_inside(await through(office.client(), f"/oidc?invito={second}"))
    assert named(office, "Anna Bianchi").role == "operator"
    with office.house.store.reading() as tx:
        found = invitations.find(tx, second)
    assert found is not None
    assert found.used == 0


async def test_a_name_and_an_address_make_nobody_somebody_else(office: Office, spid: Broker) -> None:
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    spid.person = {**ANNA, "sub": "TINIT-SOMEBODY"}
    assert UNKNOWN in words(await through(office.client()))


async def test_somebody_elses_address_gives_nothing_of_theirs(office: Office, spid: Broker) -> None:
    office.inside("administrator", "Ada Neri")
    spid.person["email"] = "ada.neri@comune.example.it"
    refused = await through(office.client(), f"/oidc?invito={invitation(office)}")
    assert "Con questo indirizzo e-mail lavora già qualcuno." in words(refused)


@pytest.mark.parametrize(
    "wrong",
    [
        "other nonce", "no nonce", "other audience", "given to us", "also for another", "expired", "not yet",
        "other issuer", "bad signature", "unsigned", "shared secret", "other access token", "nobody", "no token",
    ],
)  # fmt: skip
async def test_what_does_not_prove_who_they_are_lets_nobody_in(office: Office, spid: Broker, wrong: str) -> None:
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    spid.wrong = wrong
    client, code = office.client(), invitation(office)
    for door in ("/oidc", f"/oidc?invito={code}"):
        refused = await through(client, door)
        assert refused.status_code == 403
        assert "La risposta non prova chi è lei." in words(refused)
        assert "ufficio" not in client.cookies
    spid.wrong = ""
    sure_inside(await through(client))


async def test_who_says_no_at_the_broker_may_try_again(office: Office, spid: Broker) -> None:
    spid.wrong, code, client = "access_denied", invitation(office), office.client()
    assert "La richiesta è stata annullata." in words(await through(client, f"/oidc?invito={code}"))
    spid.wrong = ""
    sure_inside(await through(client, f"/oidc?invito={code}"))


async def test_only_the_browser_that_was_sent_brings_the_answer_back(office: Office) -> None:
    code, client, stranger = invitation(office), office.client(), office.client()
    back = await at_the_broker(client, f"/oidc?invito={code}")
    lost = "La pagina è scaduta, oppure ne aveva aperte due."
    assert lost in words(await stranger.get(back)), "without what was sealed into the other's browser"
    await at_the_broker(stranger, "/oidc")
    assert lost in words(await stranger.get(back)), "with what was sealed into its own"
    stranger.cookies.set("identita", "00" * 60, domain="ufficio.test")
    assert lost in words(await stranger.get(back)), "with what nobody sealed"
    sure_inside(await client.get(back))
    assert lost in words(await client.get(back)), "once"


async def test_an_answer_is_awaited_for_ten_minutes(office: Office) -> None:
    client = office.client()
    back = await at_the_broker(client, "/oidc")
    clock(office.house).advance(minutes=10)
    client.cookies.jar.clear_expired_cookies()
    assert "La pagina è scaduta" in words(await client.get(back))


async def test_the_code_is_of_no_use_to_who_overhears_it(office: Office, spid: Broker) -> None:
    """With another verifier, as whoever was not asked would have, the broker gives nothing for it."""
    client = office.client()
    back = await at_the_broker(client, "/oidc")
    for one in spid._codes.values():
        one["code_challenge"] = "another"
    assert "La risposta non prova chi è lei." in words(await client.get(back))


async def test_what_the_browser_keeps_says_nothing(demonstration_house: House, spid: Broker) -> None:
    office = configured(demonstration_house, spid.base, "https://ufficio.test")
    code = invitation(office)
    sent = await office.client().get(f"/oidc?invito={code}")
    kept = sent.headers["set-cookie"]
    assert kept.startswith("__Host-identita=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(kept.split("; "))
    assert code not in bytes.fromhex(kept.partition("=")[2].partition(";")[0]).decode("latin-1")
    assert code not in sent.headers["location"]


@pytest.mark.parametrize("wrong", ["broken", "other discovery", "slow"])
async def test_when_the_broker_does_not_answer_nothing_is_lost(
    office: Office, spid: Broker, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "SECONDS", 0.2)
    spid.wrong, client, code = wrong, office.client(), invitation(office)
    page = await client.get(f"/oidc?invito={code}")
    assert page.status_code == 503
    assert "Il servizio di identità adesso non risponde." in words(page)
    monkeypatch.undo()
    spid.wrong = ""
    sure_inside(await through(client, f"/oidc?invito={code}"))


async def test_where_nobody_listens_the_other_door_still_opens(demonstration_house: House) -> None:
    office = configured(demonstration_house, f"http://127.0.0.1:{free_port()}")
    client = office.client()
    assert (await client.get("/oidc")).status_code == 503
    secret, password = passwords.new_secret(), "quattro parole messe a caso"
    with office.house.store.begin() as tx:
        staff.join(
            tx, invitations.invite(tx, "operator", None, 1), email="maria@comune.example.it", name="Maria Rossi",
            password=passwords.hashed(password), totp=secret,
        )  # fmt: skip
    form = {"email": "maria@comune.example.it", "password": password, "code": code_of(office.house, secret)}
    sure_inside(await client.post("/entra", data=form))


async def test_the_broker_is_asked_about_itself_once_an_hour_or_when_its_key_is_new(
    office: Office, spid: Broker
) -> None:
    sure_inside(await through(office.client(), f"/oidc?invito={invitation(office)}"))
    sure_inside(await through(office.client()))
    assert spid.asked == ["discovery", "keys"]
    spid.signs = "second"
    sure_inside(await through(office.client()))
    assert spid.asked == ["discovery", "keys"] * 2
    clock(office.house).advance(hours=1)
    sure_inside(await through(office.client()))
    assert spid.asked == ["discovery", "keys"] * 3


async def test_who_tries_too_often_waits(office: Office) -> None:
    client = office.client()
    for _ in range(20):
        assert (await client.get("/oidc/ritorno?state=a&code=b")).status_code == 400
    assert (await client.get("/oidc")).status_code == 429
    assert (await client.get("/oidc/ritorno?state=a&code=b")).status_code == 429


async def test_without_a_broker_there_is_no_such_door(demonstration_house: House) -> None:
    office = Office(demonstration_house)
    client, _ = office.inside("operator")
    pages = [await client.get(path) for path in ("/entra", "/io", f"/invito/{invitation(office)}")]
    assert not any("oidc" in page.text or "SPID" in page.text for page in pages)
    for path in ("/oidc", "/oidc/ritorno?state=a&code=b", "/io/oidc"):
        assert (await client.get(path)).status_code == 404


def test_nobody_has_a_password_who_came_by_the_broker(office: Office) -> None:
    with office.house.store.begin() as tx:
        staff.join(
            tx, invitations.invite(tx, "operator", None, 1), email=ANNA["email"], name="Anna Bianchi", password=None,
            totp=None, subject=b"s" * 32,
        )  # fmt: skip
    with office.house.store.reading() as tx:
        known = staff.by_email(tx, ANNA["email"])
    assert known is not None
    assert not passwords.is_right("", known.password)
    assert passwords.step_of("000000", known.totp, office.house.store.clock()) is None
