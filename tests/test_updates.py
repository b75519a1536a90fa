"""Updates twice, overtaken, and the process killed: each has one effect (long form, 10,000 of them: make soak)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from benchmarks import updates
from benchmarks.channels import LIFTED
from benchmarks.updates import Kept, Said, faults

UPDATES, KILLS = 300, 2
A_FEW = 40
DEDUPE_OFF = "from benchmarks import plants; plants.dedupe_off()"


@pytest.fixture(scope="module")
def kept() -> Kept:
    return updates.told(UPDATES, KILLS, Random(3), LIFTED)


def test_each_has_one_effect_and_answers_arrive_in_order(kept: Kept) -> None:
    figures = updates.counts(kept)
    assert faults(kept) == []
    assert figures["inbox"] == UPDATES
    assert figures["kills"] == KILLS
    assert figures["brought_twice"] >= UPDATES * 0.1
    assert figures["overtaken"] >= UPDATES * 0.05
    assert figures["brought_again"] > 0


def plain(kept: Kept) -> Said:
    """A row that was sent once, says what no other of its chat does, and is of somebody who tapped nothing twice."""
    says = Counter((row.chat, row.text) for row in kept.said)
    return next(
        row
        for row in kept.said
        if row.state == "sent" and not row.again and says[row.chat, row.text] == 1 and not kept.tapped_again[row.chat]
    )


def a_message_lost(kept: Kept) -> Kept:
    return replace(kept, heard=[one for one in kept.heard if one.message != plain(kept).message])


def an_answer_lost(kept: Kept) -> Kept:
    return replace(a_message_lost(kept), said=[one for one in kept.said if one is not plain(kept)])


def an_update_lost(kept: Kept) -> Kept:
    return replace(kept, came=kept.came[1:])


def an_update_taken_twice(kept: Kept) -> Kept:
    return replace(kept, came=[*kept.came, kept.came[0]])


def a_copy_that_is_not_marked(kept: Kept) -> Kept:
    copy = next(one for one in kept.heard if one.message == plain(kept).message)
    return replace(kept, heard=[replace(copy, message=-1), *kept.heard])


def two_copies_at_one_kill(kept: Kept) -> Kept:
    row = plain(kept)
    here = next(number for number, one in enumerate(kept.heard) if one.message == row.message)
    copies = [replace(kept.heard[here], message=number) for number in (-2, -1)]
    said = [replace(one, again=True) if one is row else one for one in kept.said]
    return replace(kept, said=said, heard=[*kept.heard[:here], *copies, *kept.heard[here:]])


def answers_in_another_order(kept: Kept) -> Kept:
    return replace(kept, heard=kept.heard[::-1])


def taken_in_another_order(kept: Kept) -> Kept:
    return replace(kept, came=kept.came[::-1])


TAMPERED: list[Callable[[Kept], Kept]] = [
    a_message_lost, an_answer_lost, an_update_lost, an_update_taken_twice, a_copy_that_is_not_marked,
    two_copies_at_one_kill, answers_in_another_order, taken_in_another_order,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__name__)
def test_what_is_not_as_it_must_be_is_found(kept: Kept, tamper: Callable[[Kept], Kept]) -> None:
    assert faults(tamper(kept))


def test_a_program_that_takes_what_comes_twice_again_is_found() -> None:
    assert faults(updates.told(A_FEW, 0, Random(3), LIFTED, DEDUPE_OFF))
