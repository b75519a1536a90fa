"""Any town can be served by writing one file, and a mistake in it is named in one sentence."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalog_store.schedules import is_open, next_opening
from catalog_store.territory import DEFAULT, TerritoryFault, load

TINY = """
municipality = "Borgo Minimo"
istat = "000000"
zone = "Europe/Lisbon"
patron = "Santa Prova"
patron_day = "08-10"
operators = "lun 9-12"
privacy = "Scrivere a privacy@example.org"
[localities.borgo]
name = "Il Borgo"
latitude = 40
longitude = 9.0
[localities.mare]
name = "La Marina"
other_names = ["Marina"]
latitude = 40.0
longitude = 9.1
[offices.municipio]
name = "Municipio"
kind = "social_service"
locality = "mare"
address = "Via Unica 1"
hours = "lun-ven 9-13"
"""


def tiny(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in TINY
    path = folder / "borgo.toml"
    path.write_text(TINY.replace(old, new) if old else TINY)
    return path


def test_another_town_works_without_touching_the_code(tmp_path: Path) -> None:
    town = load(tiny(tmp_path))
    assert town.nearest("mare") == ("mare", "borgo")
    assert town.distance("borgo", "mare") == pytest.approx(8.52, abs=0.01)
    assert town.names["Marina"] == "mare"
    monday_at_nine_in_lisbon = datetime(2026, 6, 15, 8, tzinfo=UTC)
    office = town.office("social_service")
    assert office
    assert is_open(office.hours, monday_at_nine_in_lisbon)
    assert town.office("listening_point") is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Europe/Lisbon", "Europe/Atlantis", "zone: .*Europe/Rome"),
        ('zone = "Europe/Lisbon"', "", "zone: Field required"),
        ('locality = "mare"', 'locality = "monte"', "offices.municipio.locality: it should be one of borgo, mare"),
        ("lun-ven 9-13", "lunedì mattina", "offices.municipio.hours: .*lun-ven"),
        ('patron_day = "08-10"', 'patron_day = "10 agosto"', "patron_day: .*04-23"),
        ("latitude = 40.0", 'latitude = "nord"', "localities.mare.latitude: .*number"),
        ('"Marina"', '"il borgo"', "two are called “il borgo”"),
        ("istat =", "istatt =", "istatt: Unexpected|istat: Field required"),
        ("[localities.borgo]", "[localities", "cannot be read as a TOML file"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(TerritoryFault, match=sentence) as caught:
        load(tiny(tmp_path, old, new))
    assert str(caught.value).startswith(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TerritoryFault, match=r"absent\.toml"):
        load(tmp_path / "absent.toml")


def test_the_town_of_the_demonstration_is_complete() -> None:
    town = load(DEFAULT)
    assert len(town.localities) >= 12
    assert {"centro", "san-donnino", "capalle", "sant-angelo"} <= set(town.localities)
    assert all(town.distance("centro", place) < 8 for place in town.localities)
    desk = town.office("social_service")
    assert desk
    assert desk.bring
    assert desk.hours
    assert all(office.demonstration for office in town.offices.values())


def test_holidays_are_closed_the_patron_included() -> None:
    town = load(DEFAULT)
    assert [town.closed(date(2026, *day)) for day in ((4, 23), (12, 25), (4, 22))] == [True, True, False]
    christmas_eve_afternoon = datetime(2026, 12, 24, 15, tzinfo=UTC)
    opens = next_opening(town.operators, christmas_eve_afternoon, town.closed)
    assert opens == datetime(2026, 12, 28, 8, tzinfo=UTC), "25 and 26 are holidays, then comes a week-end"
