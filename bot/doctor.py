"""Is everything that Tessere needs in place? One line a check, for whoever installs or looks after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.house import House
from catalog_store import contents, demonstration, figures, messages
from dialogs.safety.helplines import helplines
from dialogs.understand import needs

Finding = tuple[bool, str]


def findings(house: House) -> Iterator[Finding]:
    """Each check: whether it holds, and what to know or do."""
    checks: tuple[Callable[[House], Finding], ...] = (_database, _catalogue, _letters, _understanding, _helplines)
    if house.settings.twilio_account_sid:
        checks = (*checks, _whatsapp)
    for check in checks:
        try:
            yield check(house)
        except Exception as error:  # noqa: BLE001  a check that breaks is a finding
            yield False, f"{check.__name__.strip('_')}: {type(error).__name__}"


def _database(house: House) -> Finding:
    with house.store.begin() as tx:
        people = figures.sizes(tx)["people"]
    kind = "SQLite" if house.store.embedded else "PostgreSQL"
    return True, f"database: {kind}, writable, {people} people; keys in {house.settings.keys()}"


def _catalogue(house: House) -> Finding:
    with house.store.reading() as tx:
        offers = figures.sizes(tx)["offers"]
        invented = demonstration.is_demonstration_present(tx)
    return offers > 0, f"catalogue: {offers} offers" + (", the demonstration's among them" if invented else "")


def _letters(house: House) -> Finding:
    with house.store.reading() as tx:
        dead, failed = len(messages.dead_letters(tx)), len(messages.failed_messages(tx))
    return not (dead or failed), f"messages: {dead} dead letters, {failed} failed (`python -m admin letters`)"


def _understanding(house: House) -> Finding:
    del house
    decision = needs.prepare("mi serve una mano con la spesa").decision
    return decision != "outside", "understanding: encoder and weights load"


def _whatsapp(house: House) -> Finding:
    from bot.channels.contents import SHAPES

    with house.store.reading() as tx:
        known = contents.known(tx, house.settings.twilio_account_sid)
    there, templates = sum(shape.name in known for shape in SHAPES), house.settings.twilio_templates
    told = f"whatsapp: {there} of {len(SHAPES)} message shapes known to Twilio (`python -m bot content sync`)"
    return there == len(SHAPES) and bool(templates), f"{told}; TWILIO_TEMPLATES is {'set' if templates else 'not set'}"


def _helplines(house: House) -> Finding:
    today = house.store.clock().date()
    due = [number for number, line in helplines().items() if line.due(today)]
    told = f"to verify again (dialogs/helplines.toml): {', '.join(due)}" if due else "verified within 90 days"
    return not due, f"helplines: {told}"
