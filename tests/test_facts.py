"""The facts told in a message are taken once, and only when they are evident."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understand.facts import Facts, facts

PLACES = {
    "centro": ("Campi centro", "Campi", "il centro"),
    "capalle": ("Capalle",),
    "il-rosi": ("Il Rosi", "Rosi"),
    "san-donnino": ("San Donnino", "S. Donnino"),
    "sant-angelo": ("Sant’Angelo a Lecore", "Sant'Angelo"),
}


def test_three_short_lines_about_a_mother_say_everything() -> None:
    told = facts("mia mamma ha 85 anni\nnon può uscire\nchi le porta le medicine?", PLACES)
    assert told == Facts(age=85, whom="other", relation="mother", group="anziani", home=True)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("mio padre 85enne", 85),
        ("babbo ottantacinquenne da solo", 85),
        ("mia nonna ha novantatré anni", 93),
        ("mia mamma ha ottantacinque anni, io ne ho 60", 85),
        ("mia mamma ha 85 anni, io ho 60 anni", 85),
        ("my mother is 85 and lives alone", 85),
        ("a 7 year old boy", 7),
        ("la bimba ha 8 mesi", 0),
        ("ho 34 anni", 34),
        ("vivo qui da 10 anni", None),
        ("è successo tre anni fa", None),
        ("due figli di 6 e 9 anni", None),
        ("ho 400 anni", None),
        ("ci vuole tra 2 anni", None),
    ],
)
def test_an_age_is_told_and_a_duration_is_not_an_age(text: str, age: int | None) -> None:
    assert facts(text, PLACES).age == age


@pytest.mark.parametrize(
    ("text", "whom", "relation"),
    [
        ("per mia nonna serve la spesa", "other", "grandparent"),
        ("mio figlio di 8 anni cerca un doposcuola", "other", "child"),
        ("la mi' mamma l'è caduta", "other", "mother"),
        ("my neighbour is 78", "other", "neighbour"),
        ("una mano per una vicina anziana", "other", "neighbour"),
        ("vivo con mia mamma", None, None),
        ("mio marito è morto, sono sola", "me", None),
        ("sono disoccupato", "me", None),
        ("un corso per me e mio figlio", "me", None),
        ("ho 34 anni, mia madre mi aiuta", "me", None),
        ("orari della mensa", None, None),
        ("mio marito mi controlla il telefono", None, None),
        ("my husband shouts at me every day", None, None),
        ("mia mamma non mi cammina più da sola", None, None),
    ],
)
def test_for_whom_the_need_is(text: str, whom: str | None, relation: str | None) -> None:
    told = facts(text, PLACES)
    assert (told.whom, told.relation) == (whom, relation)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("abito a San Donnino", "san-donnino"),
        ("san doninno", "san-donnino"),
        ("un doposcuola a capale", "capalle"),
        ("sto al Rosi", "il-rosi"),
        ("il rosi", "il-rosi"),
        ("vivo a sant’angelo", "sant-angelo"),
        ("abito a campi", "centro"),
        ("abito a Campi, a Capalle", "capalle"),
        ("raccolgo pomodori nei campi", None),
        ("il centro antiviolenza", None),
        ("tra Capalle e San Donnino", None),
        ("a casale", None),
    ],
)
def test_a_locality_is_recognised_by_its_names_and_by_a_misspelt_one(text: str, area: str | None) -> None:
    assert facts(text, PLACES).area == area


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("mio figlio autistico ha 7 anni", "disabilita"),
        ("mio marito è in carrozzina e ha 80 anni", "disabilita"),
        ("ho 70 anni", "anziani"),
        ("mia nonna vuole compagnia", "anziani"),
        ("per il bambino dell'asilo", "infanzia_famiglia"),
        ("ho 40 anni e cerco casa", None),
        ("cerco vestiti", None),
    ],
)
def test_a_group_is_given_only_when_it_is_evident(text: str, group: str | None) -> None:
    assert facts(text, PLACES).group == group


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("non può uscire", True),
        ("non esce più di casa", True),
        ("un si move di casa", True),
        ("è allettato da mesi", True),
        ("non riesce a fare le scale", True),
        ("she can't leave the house", True),
        ("vorrei uscire di più", False),
        ("non ho soldi per uscire dal debito", False),
    ],
)
def test_who_cannot_go_out_is_helped_at_home(text: str, home: bool) -> None:  # noqa: FBT001 - a column of the table
    assert facts(text, PLACES).home is home


@given(st.text(max_size=400))
def test_any_text_gives_facts_within_their_limits(text: str) -> None:
    told = facts(text, PLACES)
    assert told.age is None or 0 <= told.age <= 120
    assert told.area in {None, *PLACES}
    assert (told.relation is None) == (told.whom != "other")


@given(st.integers(1, 120), st.sampled_from(["mia mamma", "mio nonno", "il mio vicino", "mia figlia"]))
def test_every_age_said_of_somebody_is_read(age: int, who: str) -> None:
    assert facts(f"{who} ha {age} anni", PLACES).age == age


@settings(max_examples=20, deadline=1500)
@given(st.sampled_from(["mia mamma ", "85 anni ", "a capalle ", "non non ", "è ", "la il l ", "6 e 7 e "]))
def test_ten_thousand_characters_are_read_quickly(piece: str) -> None:
    assert isinstance(facts(piece * (10_000 // len(piece)), PLACES), Facts)
