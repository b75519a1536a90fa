"""`publiccode.yml` has the keys the standard asks for, and says what pyproject.toml and LICENSE say."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PUBLICCODE: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def value(path: str) -> Any:
    found: Any = PUBLICCODE
    for key in path.split("/"):
        found = found[key]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "developmentStatus",
        "softwareType",
        "description",
        "legal/license",
        "maintenance/type",
        "localisation/availableLanguages",
    ],
)
def test_a_mandatory_key_has_a_value(path: str) -> None:
    assert value(path)


def test_values_are_among_those_of_the_standard() -> None:
    assert urlsplit(value("url")).scheme == "https"
    assert value("developmentStatus") in {"concept", "development", "beta", "stable", "obsolete"}
    assert value("softwareType") == "standalone/web"
    assert value("maintenance/type") in {"internal", "contract", "community", "none"}
    assert isinstance(value("localisation/localisationReady"), bool)


@pytest.mark.parametrize("language", PUBLICCODE["description"])
def test_descriptions_have_the_length_of_the_standard(language: str) -> None:
    description = value(f"description/{language}")
    assert 0 < len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]


def test_name_and_licence_are_those_of_the_project() -> None:
    assert value("name").lower() == PROJECT["name"]
    assert value("legal/license") == PROJECT["license"] == "EUPL-1.2"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")


def test_maintainers_are_named_when_there_are_some() -> None:
    assert value("maintenance/type") == "none" or value("maintenance").keys() & {"contacts", "contractors"}
