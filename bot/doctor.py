"""Is everything that Tessere needs in place? One line a check, for whoever installs or looks after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from bot import doctor_channels, doctor_extras
from bot.doctor_channels import Finding
from bot.house import House
from catalog_store import demonstration, figures, messages
from dialogs.safety.helplines import helplines
from dialogs.understand import needs, topics


async def findings(house: House) -> AsyncIterator[Finding]:
    """Each check: whether it holds, and what to know or do."""
    for check in AT_HOME:
        try:
            yield check(house)
        except Exception as error:  # noqa: BLE001  a check that breaks is a finding
            yield False, f"{check.__name__.strip('_')}: {type(error).__name__}"
    for ask in OUTSIDE:
        try:
            async for finding in ask(house):
                yield finding
        except Exception as error:  # noqa: BLE001  the same
            yield False, f"{ask.__name__}: {type(error).__name__}"


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


def _helplines(house: House) -> Finding:
    today = house.store.clock().date()
    due = [number for number, line in helplines().items() if line.due(today)]
    told = f"to call, and to date in TESSERE_HELPLINES: {', '.join(due)}" if due else "verified within 90 days"
    return not due, f"helplines: {told}"


def _elsewhere(house: House) -> Finding:
    today, asked = house.store.clock().date(), house.store.territory.elsewhere.values()
    unread = sorted({topic for one in asked for topic in one.topics} - topics.topics())
    if unread:
        return False, f"who to ask: no message is about {', '.join(unread)} (elsewhere in the territory file)"
    due = [one.id for one in asked if one.due(today)]
    told = f"to verify, and to date in the territory file: {', '.join(due)}" if due else "verified within a year"
    return not due, f"who to ask: {told}"


AT_HOME: tuple[Callable[[House], Finding], ...] = (
    _database, _catalogue, _letters, _understanding, _helplines, _elsewhere,
)  # fmt: skip
OUTSIDE: tuple[Callable[[House], AsyncIterator[Finding]], ...] = (
    doctor_channels.address, doctor_channels.telegram, doctor_channels.whatsapp, doctor_extras.mail,
    doctor_extras.voice,
)  # fmt: skip
