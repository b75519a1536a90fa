"""Bugs of the kinds that killing a process must find, planted in the process under test and nowhere else."""

from __future__ import annotations

from threading import Timer
from typing import Any

from bot import turn
from bot.house import House
from bot.inbound import Inbound
from catalog_store import messages, people
from catalog_store.connect import Transaction

A_MOMENT = 0.05  # seconds after which a background task gets to its work


def commit_too_early() -> None:
    """A message is recorded as seen in a transaction of its own, before the turn that answers it."""

    def message(house: House, inbound: Inbound, together: tuple[int, ...]) -> None:
        del together
        with house.store.begin() as tx:
            person = people.recognise(tx, inbound.channel, inbound.address)
            tx.person_id = person.id
            kept = inbound.to_json()
            if messages.receive(tx, inbound.channel, inbound.provider_id, person.address_id, kept, inbound.at) is None:
                return
        with house.store.begin() as tx:
            person = people.recognise(tx, inbound.channel, inbound.address)
            tx.person_id = person.id
            turn._hear(house, tx, person, inbound)  # noqa: SLF001  the rest of the turn, as it is

    turn._message = message  # noqa: SLF001


def dedupe_off() -> None:
    """A message that was seen before is taken again."""
    receive = messages.receive

    def received(*args: Any) -> int:
        return receive(*args) or -1

    messages.receive = received  # type: ignore[assignment]


def effect_outside() -> None:
    """Openings are left to a background task, outside the transaction of the turn that decides them."""
    opening = messages.opening

    def later(tx: Transaction, *args: Any, **named: Any) -> int:
        def act() -> None:
            with tx.store.begin() as other:
                opening(other, *args, **named)

        background = Timer(A_MOMENT, act)
        background.daemon = True
        background.start()
        return 0

    messages.opening = later


EVERY = (commit_too_early, dedupe_off, effect_outside)
