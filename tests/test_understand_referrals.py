"""Referrals as social workers write them, in one telegraphic message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_store import territory
from dialogs.understand.needs import Ranked
from dialogs.understand.referrals import Contact, Frequency, Referral, pieces, read

PLACES = territory.load().localities
NAMES = {place.id: (place.name, *place.other_names) for place in PLACES.values()}


def heard(text: str) -> Referral:
    return read(text, NAMES, [])


def ranked(code: str, chance: float) -> Ranked:
    return Ranked(((code, chance),), "sure" if chance > 0.5 else "unsure", 0.0)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("Sig. 81 aa, vive solo", 81), ("ragazzo (19) autistico", 19), ("F 34, due figli", 34), ("85enne sola", 85),
        ("donna anni settantadue", 72), ("coniugi 79 e 83 anni", None), ("donna sola con 4 figli", None),
        ("sig. Rossi via Roma 12, pacco", None), ("Sig.ra Bianchi Anna 82, spesa", 82), ("min. 7 a., compiti", 7),
    ],
)  # fmt: skip
def test_the_age_is_told_or_noted(text: str, age: int | None) -> None:
    assert heard(text).age == age


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("spesa 1 v/sett", Frequency("week", n=1)), ("docce 1 al gg", Frequency("day", n=1)),
        ("una volta ogni tre settimane", Frequency("3 weeks", n=1)), ("ogni 15 gg", Frequency("2 weeks", n=1)),
        ("compagnia 2 ore a settimana", Frequency("week", hours=2)), ("compiti 2 pomeriggi", Frequency("week", n=2)),
        ("una tantum", Frequency("once", n=1)), ("visita mensile", Frequency("month", n=1)),
        ("affitto arretrato 3 mesi", None), ("il martedì e il giovedì", Frequency("week", n=2)),
    ],
)  # fmt: skip
def test_how_often_is_counted(text: str, often: Frequency | None) -> None:
    assert heard(text).frequency == often


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("anziana, spesa, figlia 347 0000301", Contact("figlia", "3470000301")),
        ("Rif. figlio Marco cell. 347/0000302", Contact("figlio", "3470000302")),
        ("uomo solo, tel. 055 0000303", Contact("interessato", "0550000303")),
        ("pacco alimentare, 3330000304 (vicina)", Contact("vicina", "3330000304")),
        ("mamma con 3 bimbi, pacco, +39 347 0000305", Contact("madre", "3470000305")),
        ("percorso per lui e la moglie", Contact("interessato", None)),
    ],
)
def test_who_is_called_stands_beside_the_telephone(text: str, contact: Contact) -> None:
    assert heard(text).contact == contact


@pytest.mark.parametrize(
    ("text", "urgency"),
    [("pacco entro oggi!!", "urgente"), ("senza fretta", "bassa"), ("spesa", "normale"), ("non urgente", "bassa")],
)
def test_how_soon(text: str, urgency: str) -> None:
    assert heard(text).urgency == urgency


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("sig. 70 aa, Limite, sola", "limite"), ("pacco S.Martino", "san-martino"),
        ("anziana allettata La Vila", "la-villa"),
        ("S. Angelo a Lecore", "sant-angelo"), ("spesa, tomerelo, figlio", "tomerello"), ("spesa", None),
    ],
)  # fmt: skip
def test_the_locality_even_misspelt(text: str, area: str | None) -> None:
    assert heard(text).area == area


def test_a_second_need_is_one_that_is_sure() -> None:
    whole, sure, unsure = ranked("anziani.a", 0.9), ranked("poverta.b", 0.9), ranked("poverta.c", 0.4)
    assert read("", NAMES, [whole, sure, unsure]).needs == ("anziani.a", "poverta.b")
    assert read("", NAMES, [whole, sure]).group == "anziani"


def test_the_telephone_is_never_ranked() -> None:
    assert not any("0000306" in piece for piece in pieces("spesa a casa, farmaci a casa, figlio 333 0000306"))


@given(st.text())
def test_whatever_is_written_is_read(text: str) -> None:
    found = heard(text)
    assert found.age is None or 0 <= found.age <= 120
    assert found.contact.phone is None or found.contact.phone.isdigit()
    assert found.area is None or found.area in PLACES
