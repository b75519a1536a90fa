"""Golden journals: conversations begun under an earlier version go on under this one, and nothing is done anew.

Each file of tests/journals is one conversation as it was kept: {dialogue, subject, journal, screen}, and `said` where
the very words matter. A change in a dialogue that breaks one of them would break the conversations of real people: give
the new question a default, declare the removed effect retired (dialogs/__init__.py), or keep the old type.

`pytest --rewrite tests/test_journals.py` records the conversations of RECORDINGS that have no file. A file that is
there is never written again: to have it recorded anew before a first release, remove it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.house import House
from catalog_store import conversations
from catalog_store.schema import conversations as table
from catalog_store.schema import organizations, referrals
from dialogs import REGISTER
from dialogs.locale import spoken
from dialogs.play import AuthorError, play
from dialogs.talk import Call, ask, do
from tests.forms import LINES, open_call
from tests.playing import NAME, NOTE, SURE, Talk, register, registration, through_json
from tests.talker import Talker

FOLDER = Path(__file__).parent / "journals"
FILES = sorted(FOLDER.glob("*.json"))
SHOPPING = ["mia mamma ha 85 anni e non può uscire, chi le porta la spesa?", "Capalle"]
SENT = [*SHOPPING, "1", "Anna, 333 000 0000", "Sì, invia"]
RECEIVED = [*SENT, "@delegata", "/start {code}"]
RECORDINGS = {  # dialogue.name: what is typed; "@name" types from then on; {code}: the invitation of who got it
    "need.zona": SHOPPING[:1],
    "need.offerte": SHOPPING,
    "need.riepilogo": SENT[:-1],
    "need.inviata": SENT,
    "need.tema": ["ciao", "Cibo, casa e aiuti"],
    "joined.invitata": RECEIVED,
    "respond.ricevuta": RECEIVED,
    "respond.accettata": [*RECEIVED, "1"],
    "my_request.vista": [*SENT, "la mia richiesta"],
    "my_data.vista": [*SENT, "i miei dati"],
    "human.operatore": ["operatore"],
    "menu.aperto": ["menu"],
    "association.persone": ["@@call", *LINES[: LINES.index("Maria Bianchi")]],
    "association.riepilogo": ["@@call", *LINES[:-1]],
    "association.inviata": ["@@call", *LINES],
}


def refuse(call: Call[Any]) -> Any:
    raise AssertionError(f"{call.key!r} would be {'done' if call.acts else 'looked at'} anew")


def stands(recorded: dict[str, Any], known: Any) -> None:
    """The conversation still stands where it stood, says what it said, and playing it changes nothing."""
    before = through_json(recorded["journal"])
    screen = play(known.function, recorded["subject"], before, refuse, retired=known.retired)
    assert screen.key == recorded["screen"]
    assert through_json(screen.journal) == recorded["journal"]
    if "said" in recorded:
        assert [spoken(words, "it") for words in screen.said] == recorded["said"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation_begun_before_goes_on(path: Path) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    stands(recorded, REGISTER[recorded["dialogue"]])


def code_of_who_received(house: House) -> str:
    from bot.start import association_links

    with house.store.reading() as tx:
        received = referrals.join(organizations, referrals.c.organization_id == organizations.c.id)
        name = tx.execute(select(organizations.c.name).select_from(received)).scalars().first()
    return dict(association_links(house))[str(name)]


def kept(house: House, dialogue: str) -> dict[str, Any]:
    """The latest conversation of this dialogue, as it is kept."""
    latest = select(table).where(table.c.dialogue == dialogue).order_by(table.c.id.desc()).limit(1)
    with house.store.reading() as tx:
        one = conversations._made(tx.execute(latest).one())
    return {"dialogue": one.dialogue, "subject": one.subject, "journal": one.journal}


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_is_recorded_today_can_be_played(
    name: str, demonstration_house: House, request: pytest.FixtureRequest
) -> None:
    """Recorded today, every conversation plays at once: what the golden journals test is possible."""
    who = "ada"
    talkers = {who: Talker(demonstration_house, who)}
    for line in RECORDINGS[name]:
        if line == "@@call":
            open_call(demonstration_house.store)
        elif line.startswith("@"):
            who = line[1:]
            talkers[who] = Talker(demonstration_house, who)
        else:
            code = code_of_who_received(demonstration_house) if "{code}" in line else ""
            talkers[who].write(line.replace("{code}", code))
    one = kept(demonstration_house, name.partition(".")[0])
    known = REGISTER[one["dialogue"]]
    screen = play(known.function, one["subject"], through_json(one["journal"]), refuse, retired=known.retired)
    whole = {**one, "screen": screen.key}
    stands(whole, known)
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--rewrite") and not path.exists():
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Known:
    """A dialogue as the register would have it."""

    def __init__(self, function: Any, *retired: str) -> None:
        self.function, self.retired = function, frozenset(retired)


@pytest.fixture
def before() -> dict[str, Any]:
    """A conversation kept under the version of tests/playing.py."""
    talk = Talk(registration)
    talk.say("Il Ponte", "sì")
    return {"subject": "", "journal": talk.journal, "screen": "nota", "said": ["Registrata: numero 8."]}


def test_a_golden_journal_passes_while_nothing_changes(before: dict[str, Any]) -> None:
    stands(before, Known(registration))


def test_a_golden_journal_fails_without_a_default(before: dict[str, Any]) -> None:
    def inserted(*default: str) -> Any:
        async def dialogue(subject: str) -> None:
            del subject
            name = await ask("nome", NAME)
            await ask("pec", NAME, *default)
            await ask("conferma", SURE)
            await do("iscrizione", register, name)
            await ask("nota", NOTE)

        return dialogue

    with pytest.raises(AuthorError, match="default"):
        stands(before, Known(inserted()))
    screen = play(inserted("nessuna"), "", before["journal"], refuse)
    assert screen.key == before["screen"]


def test_a_golden_journal_fails_when_an_effect_is_removed_and_not_retired(before: dict[str, Any]) -> None:
    async def removed(subject: str) -> None:
        del subject
        await ask("nome", NAME)
        await ask("conferma", SURE)
        await ask("nota", NOTE)

    with pytest.raises(AuthorError):
        stands(before, Known(removed))
    assert play(removed, "", before["journal"], refuse, retired=frozenset({"iscrizione"})).key == before["screen"]


def test_a_golden_journal_fails_when_something_would_be_done_anew(before: dict[str, Any]) -> None:
    async def doubled(subject: str) -> None:
        del subject
        await do("iscrizione", register, await ask("nome", NAME))
        await do("conferma.inviata", register, "x")
        await ask("nota", NOTE)

    with pytest.raises(AssertionError, match="done anew"):
        stands(before, Known(doubled))
