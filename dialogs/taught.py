"""What operators taught reaches the ranking of needs, in every process, at the next message."""

from __future__ import annotations

from catalog_store import examples
from catalog_store.connect import Store
from dialogs.understand import needs


def catch_up(store: Store) -> None:
    """Learn what was added or taken back, before a message is ranked and outside of any write: vectors take time."""
    with store.reading() as tx:
        version = examples.version(tx)
        if version == needs.version():
            return
        known = [(example.text, example.need) for example in examples.listed(tx)]
    needs.learn(known, version)
