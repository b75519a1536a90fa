"""Words that work anywhere are heard when they are the whole message, in nine languages."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.command_menu import MENU
from dialogs.commands import invitation, listen, request
from dialogs.locale import LANGUAGES, NAMES, spoken
from tests.fakes.telegram_rules import check_commands

COMMANDS = {
    "menu", "indietro", "correggi", "aiuto", "operatore", "richiamatemi", "lingua", "privacy", "stop", "i_miei_dati",
    "cancella_tutto", "collega", "la_mia_richiesta", "in_sospeso", "basta", "riprendi", "mediatore", "leggimi",
    "continuo_dopo", "iscrivere_associazione", "patto", *NAMES,
}  # fmt: skip


@pytest.mark.parametrize(
    "text", ["R-4F7K", "r - 4f7k", "richiesta R–4F7K!", "accettiamo la R-4F7K", "R-4F7K: non possiamo"]
)
def test_a_request_is_named_by_its_code(text: str) -> None:
    assert request(text) == "R-4F7K"


@pytest.mark.parametrize(
    "text", ["Roma", "R4F7K", "R-4F7", "R-4F7KA", "il signore della richiesta R-4F7K mi ha telefonato"]
)
def test_what_names_no_request_or_says_more_is_no_code(text: str) -> None:
    assert request(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Menù", "menu"),
        ("/menu", "menu"),
        ("/menu@tessere_bot", "menu"),
        ("/i_miei_dati", "i_miei_dati"),
        ("INDIETRO!", "indietro"),
        ("torna indietro per favore", "indietro"),
        ("voglio parlare con una persona", "operatore"),
        ("un operatore per favore", "operatore"),
        ("Buongiorno, vorrei parlare con qualcuno, grazie", "operatore"),
        ("operatroe", "operatore"),
        ("mi potete richiamare?", "richiamatemi"),
        ("cancella tutti i miei dati", "cancella_tutto"),
        ("i miei dati", "i_miei_dati"),
        ("a che punto è la mia richiesta?", "la_mia_richiesta"),
        ("vorrei ritirare la mia richiesta", "la_mia_richiesta"),
        ("le mie domande", "in_sospeso"),
        ("corregi", "correggi"),
        ("please call me back", "richiamatemi"),
        ("English", "en"),
        ("in italiano, per favore", "it"),
        ("quiero hablar con una persona", "operatore"),
        ("je voudrais parler à quelqu'un", "operatore"),
        ("vreau să vorbesc cu o persoană", "operatore"),
        ("dua të flas me një person", "operatore"),
        ("我想转人工", "operatore"),
        ("أريد التحدث مع شخص", "operatore"),
        ("хочу поговорити з людиною", "operatore"),
    ],
)
def test_a_command_is_heard(text: str, command: str) -> None:
    assert listen(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "mio figlio ha bisogno di aiuto con i compiti",
        "cerco un operatore socio sanitario per mia mamma",
        "vorrei un corso di lingua italiana",
        "mi hanno rubato i miei dati della carta",
        "ho chiesto la mia richiesta di casa popolare ma non rispondono",
        "basta pacchi, vorrei lavorare",
        "meno",
        "sto",
        "",
        "???",
        "ciao",
    ],
)
def test_a_message_that_says_more_is_not_a_command(text: str) -> None:
    assert listen(text) is None


def test_every_way_of_saying_a_command_is_heard_as_that_command() -> None:
    data = tomllib.loads((files("dialogs") / "commands.toml").read_text("utf-8"))
    assert set(data) == COMMANDS
    wrong = {
        said: listen(said)
        for command, text in data.items()
        for said in text.split(",")
        if said.strip() and listen(said) != command
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/start abc123", "ABC123"),
        ("codice AB12CD34", "AB12CD34"),
        ("Codice: KQWERTYU", "KQWERTYU"),
        ("code 7XK2P9", "7XK2P9"),
        ("codice fiscale", None),
        ("CODICE FISCALE", None),
        ("/start", None),
        ("/start ab", None),
        ("il codice è AB12CD34", None),
    ],
)
def test_an_invitation_code_is_read(text: str, code: str | None) -> None:
    assert invitation(text) == code


@given(st.text(max_size=300))
def test_any_text_is_a_command_or_none(text: str) -> None:
    assert listen(text) in {None, *COMMANDS}
    assert invitation(text) is None or len(str(invitation(text))) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_of_each_language_has_what_a_person_may_look_for_and_says_what_is_understood(language: str) -> None:
    listed = [(spoken(name, language), spoken(about, language)) for name, about in MENU]
    assert {listen(f"/{name}") for name, _ in listed} == COMMANDS - {*NAMES, "basta", "riprendi", "mediatore", "patto"}
    assert [listen(f"/{name}") for name, _ in listed] == [name for name, _ in MENU]
    check_commands([{"command": name, "description": about} for name, about in listed])
