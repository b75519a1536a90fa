"""A broker that is not configured as it must be: one sentence, before anything starts."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from bot.__main__ import _beside
from bot.house import House
from catalog_store.settings import Settings, SettingsFault, load
from tests.offices import Office


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID: the identity broker needs it together"),
        ({"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "secret"}, "OIDC_ISSUER: the identity broker needs it together"),
        ({"OIDC_ISSUER": "http://id.example.org"}, "OIDC_ISSUER: it does not have the right form"),
        ({"OIDC_ISSUER": "http://localhost.example.org"}, "OIDC_ISSUER: it does not have the right form"),
        (
            {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "secret"},
            "PUBLIC_BASE_URL: the identity broker needs it",
        ),
    ],
)
def test_half_a_configuration_is_one_sentence(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsFault) as fault:
        load(given)
    assert str(fault.value).startswith(says)
    assert "secret" not in str(fault.value)


def test_where_the_library_is_missing_the_start_says_so(
    demonstration_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    for name in [name for name in sys.modules if name.partition(".")[0] == "authlib"]:
        monkeypatch.delitem(sys.modules, name)
    settings = demonstration_house.settings.model_copy(update={"oidc_issuer": "https://id.example.org"})
    house = replace(demonstration_house, settings=settings)
    for start in (_beside, Office):
        with pytest.raises(SettingsFault, match=r"^OIDC_ISSUER: .* authlib, which `make oidc` installs$"):
            start(house)
    _beside(demonstration_house)


def test_the_secret_is_in_no_repr() -> None:
    given = {
        "OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "a word of ours",
        "PUBLIC_BASE_URL": "https://chat.example.org",
    }  # fmt: skip
    settings: Settings = load(given)
    assert "a word of ours" not in repr(settings)
    assert settings.oidc_name == "Entra con SPID o CIE"
