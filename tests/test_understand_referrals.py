"""Referrals as social workers write them, in one telegraphic message."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_store import territory
from dialogs.understand.frequency import Frequency
from dialogs.understand.needs import Ranked
from dialogs.understand.referrals import Contact, Referral, pieces, read

PLACES = territory.load().localities
NAMES = {place.id: (place.name, *place.other_names) for place in PLACES.values()}


def heard(text: str) -> Referral:
    return read(text, NAMES, [], date(2026, 5, 4))


def ranked(code: str, chance: float, *others: str) -> Ranked:
    return Ranked(((code, chance), *((other, 0.1) for other in others)), "sure" if chance > 0.5 else "unsure", 0.0)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("Sig. 81 aa, vive solo", 81), ("ragazzo (19) autistico", 19), ("F 34, due figli", 34), ("85enne sola", 85),
        ("donna anni settantadue", 72), ("coniugi 79 e 83 anni", None), ("donna sola con 4 figli", None),
        ("sig. Rossi via Roma 12, pacco", None), ("Sig.ra Bianchi Anna 82, spesa", 82), ("min. 7 a., compiti", 7),
        ("Sig. Gino, classe 1939, spesa", 87), ("classe '41, solo", 85), ("signora nata nel 1950", 76),
        ("nato il 3/4/1944, farmaci", 82), ("Sig.ra n. 1936 Capalle", 90), ("bimbo di 8 mesi, pannolini", 0),
        ("bimba 14 mesi", 1), ("mamma sola con neonato 2 mesi", None), ("caregiver 58, sollievo", 58),
        ("sig.ra Lina a. 79 sola", 79), ("sordo 40, LIS", 40), ("coppia 70 e 72 aa", None), ("pz 45, accomp.", 45),
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
        ("compiti mart. e giov. pom.", Frequency("week", n=2)), ("lun mer ven mattina", Frequency("week", n=3)),
        ("telefonata quotid.", Frequency("day", n=1)), ("sollievo sabato", Frequency("week", n=1)),
        ("visita martedì 12/5 h 9", Frequency("once", n=1)), ("accomp. esame il 14 giugno", Frequency("once", n=1)),
        ("visita lunedì ore 8", Frequency("once", n=1)), ("portare in posta il 15", Frequency("once", n=1)),
        ("nato il 3/4/1940", None), ("sfratto entro il 30", None), ("entro venerdì", None),
        ("spesa 2 volte/sett.", Frequency("week", n=2)), ("pasto tutti i gg", Frequency("day", n=1)),
        ("pacco mens.", Frequency("month", n=1)), ("8 ore settimanali", Frequency("week", hours=8)),
        ("ogni mese", Frequency("month", n=1)), ("1 v. ogni 2 sett.", Frequency("2 weeks", n=1)),
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
        ("donna sola, chiamare ass. soc. 055 0000307", Contact("assistente sociale", "0550000307")),
        ("A.S. Bianchi 055 0000308, minore", Contact("assistente sociale", "0550000308")),
        ("figlia di anziana chiede info, 328 0000309", Contact("figlia", "3280000309")),
        ("disabile, ads 055 0000310", Contact("amministratore di sostegno", "0550000310")),
    ],
)
def test_who_is_called_stands_beside_the_telephone(text: str, contact: Contact) -> None:
    assert heard(text).contact == contact


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("pacco entro oggi!!", "urgente"), ("senza fretta", "bassa"), ("spesa", "normale"), ("non urgente", "bassa"),
        ("URG. posto letto", "urgente"), ("entro domani", "urgente"), ("entro venerdì", "urgente"),
        ("entro fine mese", "normale"), ("entro l'estate", "normale"), ("può aspettare", "bassa"),
        ("non può aspettare", "urgente"), ("appena possibile", "urgente"), ("appena c'è posto", "bassa"),
        ("quando possibile", "bassa"), ("nessuna urgenza", "bassa"), ("stanotte dorme fuori", "urgente"),
    ],
)  # fmt: skip
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


def test_a_second_need_is_one_that_is_sure_and_likely_of_the_whole() -> None:
    whole, alone = ranked("anziani.a", 0.9, "poverta.b"), ranked("anziani.a", 0.9, "poverta.c", "poverta.b")
    sure, unsure = ranked("poverta.b", 0.9), ranked("poverta.b", 0.4)
    assert read("", NAMES, [whole, sure]).needs == ("anziani.a", "poverta.b")
    assert read("", NAMES, [whole, unsure]).needs == ("anziani.a",)
    assert read("", NAMES, [alone, sure]).needs == ("anziani.a",)
    assert read("", NAMES, [whole, sure]).group == "anziani"


def test_a_whole_that_is_not_sure_gives_way_to_a_part_that_is() -> None:
    whole, sure = ranked("anziani.a", 0.3, "poverta.b"), ranked("poverta.b", 0.9)
    assert read("", NAMES, [whole, sure]).needs == ("poverta.b",)
    assert read("", NAMES, [whole, ranked("anziani.a", 0.6)]).needs == ("anziani.a",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("uomo 60, doccia e posto letto, urgente", {"doccia", "posto letto"}),
        ("donna 30, ascolto CAV, parlare con avvocata", {"ascolto centro antiviolenza"}),
        ("sig. 80 aa solo, porto farmaci a casa", {"porto farmaci a casa"}),
    ],
)
def test_each_thing_of_a_list_may_be_a_need_in_plain_words(text: str, parts: set[str]) -> None:
    assert parts <= set(pieces(text))
    assert not any(piece.startswith(("uomo", "donna", "signor")) for piece in pieces(text)[1:])


def test_the_telephone_is_never_ranked() -> None:
    assert not any("0000306" in piece for piece in pieces("spesa a casa, farmaci a casa, figlio 333 0000306"))


@given(st.text())
def test_whatever_is_written_is_read(text: str) -> None:
    found = heard(text)
    assert found.age is None or 0 <= found.age <= 120
    assert found.contact.phone is None or found.contact.phone.isdigit()
    assert found.area is None or found.area in PLACES
