"""The public catalogue: what is published is there at the next request, what is not for everybody never is."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.house import House
from catalog_store import offers, organizations
from catalog_store.connect import Store
from catalog_store.organizations import STATES
from catalog_store.schema import new_uid
from catalog_store.settings import load
from dialogs.locale import LANGUAGES
from tests.clock import Clock
from tests.houses import RING, fill, opened
from tests.offices import words
from tests.papers import read
from tests.publics import ADDRESS, SHOPPING, Reader, put, statements

QUERIES = 3  # the version of the catalogue, twice, and the places held


@pytest.fixture
def reader(store: Store) -> Reader:
    return Reader(store)


# ------------------------------------------------------------------------------------------------ what is shown


def test_what_is_published_and_changed_elsewhere_is_there_at_the_next_request(
    store: Store, reader: Reader, clock: Clock
) -> None:
    assert "Qui adesso non c'è niente." in words(reader.get("/offerte")).replace("&#39;", "'")
    other = Store(store.url, RING, clock=clock)  # another process, with a catalogue of its own in memory
    offer, _ = put(other)
    assert "Spesa a casa" in words(reader.get("/offerte"))
    with other.begin() as tx:
        offers.put(tx, replace(offer, name="Spesa a casa, anche il sabato", organization_id=offer.organization_id))
    assert "anche il sabato" in words(reader.get(f"/offerte/{offer.uid}"))
    with other.begin() as tx:
        offers.put(tx, replace(offer, state="paused"))
    assert reader.get(f"/offerte/{offer.uid}").status_code == 404
    other.close()


def test_the_page_of_an_offer_is_in_the_model_of_the_public_administration(reader: Reader, store: Store) -> None:
    offer, _ = put(
        store, description="Portiamo la spesa.", bring="La lista", cost="2 euro", phone="055 0000 100", age_from=65,
        languages=("it", "ar"), access="documents", access_words="Serve un documento.",
    )  # fmt: skip
    said = words(reader.get(f"/offerte/{offer.uid}"))
    titles = ("Per chi è", "Come fare", "Cosa serve", "Che cosa riceve", "I tempi", "Quanto costa", "Dove e quando")
    assert [said.index(f" {title} ") for title in titles] == sorted(said.index(f" {title} ") for title in titles)
    for told in (
        "Da 65 anni in su",
        "italiano, arabo",
        "Servono dei documenti",
        "La lista",
        "2 euro",
        ADDRESS,
        "055 0000",
    ):
        assert told in said


def test_lists_are_chosen_by_what_is_in_the_address(reader: Reader, store: Store) -> None:
    put(store, "Spesa gratis", languages=("it", "zh"))
    put(store, "Spesa a pagamento", cost="5 euro", locality="limite")
    put(store, "Spesa sempre", areas=("*",), needs=("poverta.mensa",), schedule=ALWAYS)
    put(store, "Spesa a domicilio", at_home=True)

    def found(asked: str) -> list[str]:
        names = ("Spesa gratis", "Spesa a pagamento", "Spesa sempre", "Spesa a domicilio")
        said = words(reader.get(f"/offerte?{asked}"))
        return [name for name in names if name in said]

    assert found("gratis=1") == ["Spesa gratis", "Spesa sempre", "Spesa a domicilio"]
    assert found("zona=limite") == ["Spesa a pagamento", "Spesa sempre"]
    assert found("lingua=zh") == ["Spesa gratis"]
    assert found("bisogno=poverta.mensa") == found("tema=poverta") == found("aperto=1") == ["Spesa sempre"]
    assert found("accessibile=1") == ["Spesa a domicilio"]
    assert found("zona=marte") == []


ALWAYS = "DTSTART;TZID=Europe/Rome:20260101T000000\nRRULE:FREQ=DAILY\nDURATION:P1D"


def test_a_long_list_has_pages(reader: Reader, store: Store) -> None:
    for number in range(45):
        put(store, f"Aiuto {number:02}")
    first, last = reader.get("/offerte?gratis=1"), reader.get("/offerte?gratis=1&pagina=3")
    assert "Pagina 1 di 3" in words(first)
    assert "gratis=1&amp;pagina=2" in first.text
    assert "Aiuto 44" in words(last)
    assert "Aiuto 39" not in words(last)
    assert "Pagina 3 di 3" in words(reader.get("/offerte?pagina=99"))


def test_what_nobody_confirmed_for_long_comes_last(reader: Reader, store: Store) -> None:
    today = store.clock().date()
    put(store, "Aiuto antico", confirmed_on=today - timedelta(days=91))
    put(store, "Zuppa fresca", confirmed_on=today - timedelta(days=89))
    said = words(reader.get("/offerte"))
    assert said.index("Zuppa fresca") < said.index("Aiuto antico")


SHOWN = st.fixed_dictionaries({
    "state": st.sampled_from(("approved",) * 4 + STATES),
    "paused": st.sampled_from(("active", "active", "paused", "hidden")),
    "discreet": st.booleans(),
})  # fmt: skip


@example([{"state": "approved", "paused": "active", "discreet": True}])
@given(st.lists(SHOWN, min_size=1, max_size=5))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_not_for_everybody_is_on_no_page_and_no_paper(tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    """Every page that a link leads to, every list by locality, the booklets, the posters, the list."""
    folder = tmp_path / new_uid()
    folder.mkdir()
    with opened(f"sqlite:///{folder / 't.db'}", folder) as house:
        made = []
        for number, one in enumerate(drawn):
            offer, owner = put(
                house.store, f"Offerta{number} segreta", f"Ente{number} APS", "capalle", state=one["state"],
                discreet=one["discreet"],
            )  # fmt: skip
            with house.store.begin() as tx:
                offers.put(tx, replace(offer, state=one["paused"]))
            made.append((one, offer, owner))
        reader = Reader.of(house)
        zones = house.store.territory.localities
        papers = [f"/opuscolo/{zone}.pdf" for zone in ("capalle", "limite")]
        direct = [f"/offerte/{offer.uid}/locandina.pdf" for _, offer, _ in made]
        direct += [f"/associazioni/{owner.uid}/locandina.pdf" for _, _, owner in made]
        direct += [f"/offerte/{offer.uid}" for _, offer, _ in made]
        found = reader.walk() | {path: reader.get(path) for path in (*papers, *direct, "/sitemap.xml")}
        said = {
            path: read(answer.content)[1] if "pdf" in answer.headers["content-type"] else answer.text
            for path, answer in found.items()
            if answer.status_code == 200
        }
        whole = "\n".join(said.values())
        for number, (one, _, _) in enumerate(made):
            public = one["state"] == "approved"
            assert (f"Ente{number} APS" in whole) == public
            assert (f"Offerta{number} segreta" in whole) == (public and one["paused"] == "active")
        if all(one["discreet"] or one["state"] != "approved" for one, _, _ in made):
            for told in (ADDRESS, "Sede segreta", "43.83"):
                assert told not in whole
        for number, (one, offer, _) in enumerate(made):
            if one["discreet"] and one["state"] == "approved" and one["paused"] == "active":
                assert "Capalle" not in words(found[f"/offerte/{offer.uid}"])
                everywhere = [words(reader.get(f"/offerte?zona={zone}")) for zone in zones]
                assert all(f"Offerta{number}" in page for page in everywhere), "which zone it is in cannot be told"


def test_a_demonstration_and_a_trial_say_what_they_are(demonstration_house: House) -> None:
    reader = Reader.of(demonstration_house)
    page = words(reader.get("/offerte/demo-sporta-amica-01"))
    assert "Dimostrazione. Sono associazioni inventate." in page
    assert "(Dimostrazione)" in words(reader.get("/offerte"))
    demonstration_house.store.trial = True
    assert "PROVA. Questa è una prova. Le richieste non arrivano a nessuno." in words(reader.get("/"))


# ------------------------------------------------------------------------------------------------ own words


@pytest.fixture
def town(demonstration_house: House) -> Reader:
    return Reader.of(demonstration_house)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("", "Mia mamma ha 85 anni e non può uscire: chi le porta la spesa?", "Spesa e farmaci a casa"),
        ("/en", "I would like to learn Italian, is there a course?", "Corso di italiano per chi comincia"),
        ("/es", "Mi madre es mayor y no puede salir, ¿quién le lleva la compra?", "Spesa e farmaci a casa"),
    ],
)
def test_a_search_understands_own_words_as_the_chat_does(town: Reader, language: str, text: str, found: str) -> None:
    answer = town.search(text, language)
    assert answer.status_code == 200
    assert found in words(answer)
    assert f'<html lang="{language[1:] or "it"}"' in answer.text


def test_a_search_that_may_be_several_things_asks_which(town: Reader) -> None:
    said = words(town.search("aiuto"))
    assert "Intende una di queste cose?" in said
    assert "Doposcuola" in said


def test_a_search_outside_of_all_needs_says_so_and_who_to_ask(town: Reader) -> None:
    said = words(town.search("Dove pago la TARI?"))
    assert "Di questo non mi occupo" in said
    assert "Ufficio tributi" in said
    assert "055 0000 001" in said


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("", "mio marito mi picchia", "1522"),
        ("/en", "I want to kill myself", "02 2327 2327"),
        ("", "c'è un incendio", "112"),
    ],
)
def test_danger_in_a_search_is_answered_first_with_the_numbers(
    town: Reader, language: str, text: str, number: str
) -> None:
    answer = town.search(text, language)
    main = words(answer).partition("PDF")[0]
    assert number in main
    assert 'role="alert"' in answer.text
    assert 'class="cards"' not in answer.text
    assert text not in answer.text, "who looks over their shoulder reads nothing"


def test_what_is_searched_is_in_no_address_and_no_log(
    town: Reader, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = town.search("cerco un corso di italiano, pappagallo-viola")
    assert "pappagallo" not in str(answer.url)
    assert answer.headers["cache-control"] == "no-store"
    assert "pappagallo" not in "".join(re.findall(r'(?:href|action)="[^"]*', answer.text))
    assert "pappagallo" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(("text", "status"), [("", 400), (" ?! ", 400), ("a" * 1001, 413), ("😀" * 20_000, 413)])
def test_a_search_of_nothing_or_of_too_much_is_refused_kindly(town: Reader, text: str, status: int) -> None:
    answer = town.search(text)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text


def test_who_asks_for_too_much_is_told_to_wait(demonstration_house: House) -> None:
    reader = Reader.of(demonstration_house, a_minute=2)
    codes = [reader.search("cerco un corso di italiano").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert reader.get("/offerte").status_code == 200, "reading is never refused"


# ------------------------------------------------------------------------------------------------ languages


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "it"])
def test_every_page_speaks_every_language(town: Reader, language: str) -> None:
    paths = ("/", "/temi/anziani", "/offerte?zona=limite", "/offerte/demo-sporta-amica-01", "/associazioni")
    for path in (*paths, "/associazioni/demo-sporta-amica", "/offerte/non-esiste"):
        page = town.get(f"/{language}{path}")
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
        foreign = re.sub(r"<(\w+)[^>]* lang=\"it\".*?</\1>", "", page.text, flags=re.DOTALL)
        foreign = re.sub(r"<option.*?</option>", "", foreign, flags=re.DOTALL)
        assert not re.search(r"\b(?:della|degli|questa|scriva|chieda|aiuti)\b", words_of(foreign)), path
        assert f'href="/catalogo{path.replace("&", "&amp;")}"' in page.text, "the way back to Italian"


def words_of(text: str) -> str:
    return re.sub(r"<[^>]+>", " ", text.partition("<body>")[2]).casefold()


def test_what_an_organization_wrote_is_marked_as_italian(town: Reader) -> None:
    page = town.get("/ar/offerte/demo-sporta-amica-01").text
    assert '<h1 lang="it" dir="auto">Borsa della spesa d’emergenza</h1>' in page


# ------------------------------------------------------------------------------------------------ ways, headers, speed


def test_each_offer_leads_into_the_chat_on_every_channel_there_is(store: Store) -> None:
    offer, _ = put(store)
    plain = Reader(store).get(f"/offerte/{offer.uid}").text
    assert f'href="/?offerta={offer.uid}"' in plain
    assert "t.me" not in plain
    assert "wa.me" not in plain
    everywhere = load(
        {
            "TELEGRAM_BOT_NAME": "tessere_bot", "TWILIO_WHATSAPP_FROM": "whatsapp:+390550000000",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "x", "PUBLIC_BASE_URL": "https://a.example.org/t",
        }
    )  # fmt: skip
    page = Reader(store, everywhere).get(f"/offerte/{offer.uid}").text
    assert f'href="/t/?offerta={offer.uid}"' in page
    assert f'href="https://t.me/tessere_bot?start=offerta-{offer.uid}"' in page
    assert f'href="https://wa.me/390550000000?text=/start%20offerta-{offer.uid}"' in page


def test_an_association_leads_into_the_chat_when_it_offers_something(store: Store) -> None:
    offer, owner = put(store)
    reader = Reader(store)
    assert f'href="/?associazione={owner.uid}"' in reader.get(f"/associazioni/{owner.uid}").text
    with store.begin() as tx:
        offers.put(tx, replace(offer, state="paused"))
    assert "?associazione=" not in reader.get(f"/associazioni/{owner.uid}").text


def test_pages_are_protected_set_no_cookie_and_load_nothing_from_elsewhere(town: Reader) -> None:
    for path in (
        "/",
        "/offerte?zona=limite",
        "/offerte/demo-sporta-amica-01",
        "/nowhere",
        "/opuscolo/capalle.pdf",
        "/sitemap.xml",
    ):
        answer = town.get(path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r'(?:src|<link[^>]*href)="(?:https?:)?//', answer.text)
        assert "noindex" not in answer.text
        assert "built-in" not in answer.text


def test_who_must_leave_in_a_hurry_can_on_every_page_and_of_violence_is_told_who_listens(town: Reader) -> None:
    for path in ("/", "/temi/violenza_genere", "/offerte/demo-cerchio-aperto-01"):
        page = town.get(path)
        assert re.search(r'href="/neutro" data-leave', page.text)
        assert ("1522" in words(page)) == ("violenza" in path or "violenza_genere." in page.text)


def test_every_page_costs_few_queries(store: Store) -> None:
    fill(store)
    reader = Reader(store)
    reader.get("/")
    for path, answer in reader.walk(most=60).items():
        with statements(store) as asked:
            reader.get(path)
        assert len(asked) <= QUERIES, (path, answer.status_code, asked)
    reader.search("cerco un corso di italiano")
    with statements(store) as asked:
        reader.search("cerco un corso di italiano")
    assert len(asked) <= QUERIES + 1, asked  # whether operators have taught something


def test_a_code_in_an_address_is_never_a_way_into_a_page(reader: Reader, store: Store) -> None:
    put(store)
    for path in (
        "/offerte?zona=%3Cscript%3E",
        "/offerte?bisogno=%22%3E%3Cscript%3E",
        "/offerte?pagina=0",
        "/offerte/%3Cscript%3E",
    ):
        assert "<script>" not in reader.get(path).text


def test_organizations_that_leave_the_network_leave_the_pages(reader: Reader, store: Store) -> None:
    _, owner = put(store, needs=(SHOPPING,))
    assert owner.name in words(reader.get("/associazioni"))
    with store.begin() as tx:
        organizations.put(tx, replace(owner, state="withdrawn"))
    assert owner.name not in words(reader.get("/associazioni"))
    assert reader.get(f"/associazioni/{owner.uid}").status_code == 404
