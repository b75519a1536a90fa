"""The environment is read once; what cannot be used is one sentence that names the variable."""

from pathlib import Path

import pytest

from catalog_store.settings import SettingsFault, describe, load


def test_nothing_set_is_the_embedded_default() -> None:
    settings = load({})
    assert settings.url() == "sqlite:///data/tessere.db"
    assert (settings.host, settings.port, settings.synchronous, settings.demo) == ("127.0.0.1", 8000, "FULL", None)
    assert settings.keys().parent == Path.home() / ".config" / "tessere"
    assert settings.territory.is_file()


def test_each_data_folder_has_its_own_keys_outside_of_it(tmp_path: Path) -> None:
    one, other = (load({"TESSERE_DATA": str(tmp_path / name)}) for name in ("one", "other"))
    assert one.keys() != other.keys()
    assert not one.keys().is_relative_to(tmp_path)
    assert one.keys() == load({"TESSERE_DATA": str(tmp_path / "other" / ".." / "one")}).keys()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"TESSERE_PORT": "", "TELEGRAM_BOT_TOKEN": ""}) == load({})


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = load(
        {
            "TESSERE_DATA": str(tmp_path / "data"),
            "TESSERE_DATABASE_URL": "postgresql+psycopg://u:secret@host/db",
            "TESSERE_KEY_FILE": str(tmp_path / "keys"),
            "TESSERE_DEMO": "1",
            "PUBLIC_BASE_URL": "https://chat.example.org/tessere",
            "TELEGRAM_BOT_TOKEN": "123:secret",
            "TESSERE_TEST_CHROMIUM": "/usr/bin/chromium",
            "HOME": "/root",
        }
    )
    assert settings.demo is True
    assert settings.keys() == tmp_path / "keys"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("TESSERE_PORT", "eight", "integer"),
        ("TESSERE_PORT", "70000", "65535"),
        ("TESSERE_SYNCHRONOUS", "OFF", "FULL"),
        ("TESSERE_HOLD_SECONDS", "-1", "greater"),
        ("TESSERE_DEMO", "perhaps", "boolean"),
        ("TESSERE_DATABASE_URL", "mysql://secret@host/x", "postgresql+psycopg"),
        ("PUBLIC_BASE_URL", "chat.example.org", "https://chat.example.org"),
        ("TELEGRAM_BOT_TOKEN", "no colon", "BotFather"),
        ("TWILIO_ACCOUNT_SID", "AC" + "0" * 32, "WhatsApp needs it"),
        ("TESSERE_TERRITORY", "/nowhere.toml", "no file"),
        ("TESSERE_KEY_FILE", "data/keys", "outside TESSERE_DATA"),
        ("TESSERE_DATABSE_URL", "sqlite:///x", "did you mean TESSERE_DATABASE_URL"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_the_variable(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsFault) as fault:
        load({variable: value})
    sentence = str(fault.value)
    assert sentence.startswith(("TWILIO_AUTH_TOKEN" if variable.startswith("TWILIO") else variable) + ": ")
    assert says in sentence
    assert "\n" not in sentence
    assert "secret" not in sentence


def test_a_data_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(SettingsFault, match=r"^TESSERE_DATA: .* is not a folder"):
        load({"TESSERE_DATA": str(tmp_path / "data")})


def test_every_variable_is_described() -> None:
    described = describe()
    assert len({name for name, _, _ in described}) == len(described)
    assert all(meaning.endswith(".") for _, _, meaning in described)
    assert ("TESSERE_PORT", "8000", "Port of the web server.") in described


def test_the_store_opens_where_the_settings_say(tmp_path: Path) -> None:
    store = load({"TESSERE_DATA": str(tmp_path / "data"), "TESSERE_KEY_FILE": str(tmp_path / "keys")}).store()
    with store.begin() as tx:
        assert tx.store.territory.municipality == "Campi Bisenzio"
    store.close()
    assert (tmp_path / "data" / "tessere.db").exists()
    assert (tmp_path / "keys").exists()
