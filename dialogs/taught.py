"""Before a text is answered: what operators taught is learnt, in every process, then the text is weighed and ranked."""

from __future__ import annotations

from catalog_store import examples
from catalog_store.connect import Store
from dialogs import safety
from dialogs.understand import needs
from dialogs.understand.clauses import clauses


def catch_up(store: Store) -> None:
    """Learn what was added or taken back, before a message is ranked and outside of any write: vectors take time."""
    with store.reading() as tx:
        version = examples.version(tx)
        if version == needs.version():
            return
        known = [(example.text, example.need) for example in examples.listed(tx)]
    needs.learn(known, version)


def prepare(store: Store, text: str) -> None:
    """Weigh the danger, and rank what `need.understood` looks up: the message and its clauses. Outside of any write."""
    catch_up(store)
    safety.weigh([text])
    for part in (text, *clauses(text)):
        needs.prepare(part)
