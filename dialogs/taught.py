"""What operators taught reaches the ranking of needs, in every process, at the next message."""

from __future__ import annotations

from catalog_store import examples
from catalog_store.connect import Store, Transaction
from dialogs.understand import needs


def refuse_what_was_not_taught(tx: Transaction, text: str) -> None:
    """Raise needs.NotPrepared when examples were added or removed since this process last learnt them."""
    if examples.version(tx) != needs.version():
        raise needs.NotPrepared(text)


def catch_up(store: Store) -> None:
    """Learn what is new, outside of any write: its vectors take milliseconds each."""
    with store.reading() as tx:
        version = examples.version(tx)
        if version == needs.version():
            return
        known = [(example.text, example.need) for example in examples.listed(tx)]
    needs.learn(known, version)
