"""The register of dialogues. What is said and understood is pure: no clock, no network, no SQL of its own.

A dialogue's code is imported when it is first played, so that understanding alone stays light.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from typing import Any, cast

from catalog_store.reach import Purpose


@dataclass(frozen=True)
class Dialogue:
    """A conversation that can be held: `name` is also the name of its function in `dialogs/<module>.py`."""

    name: str
    module: str
    title: str  # how it is named to the person, when it waits beside another
    keep: timedelta  # how long its journal is kept after it is over
    purpose: Purpose = "reply"  # when we open it: how far we go to be heard
    who: str = "anyone"  # anyone, or the role that may start it
    doorstep: bool = False  # its first question only asks what is wanted: nothing is interrupted by dropping it
    follows: str = ""  # the dialogue of which it is the end: opened, the earlier one on the same subject is over
    anew: bool = False  # opened again, it begins anew: what it tells has changed
    interview: bool = False  # what is written is of one's work: it is no need, and a danger in it interrupts nothing
    asks: bool = True  # false: it only tells, beside whatever is open
    hands_over: bool = False  # after it a person answers, not the program
    retired: frozenset[str] = frozenset()  # keys of `do`s that a release removed

    @cached_property
    def function(self) -> Callable[[str], Coroutine[Any, Any, Any]]:
        """The coroutine function."""
        return cast(
            "Callable[[str], Coroutine[Any, Any, Any]]", getattr(import_module(f"dialogs.{self.module}"), self.name)
        )


_MONTH, _DAY = timedelta(days=30), timedelta(days=1)

REGISTER = {
    dialogue.name: dialogue
    for dialogue in (
        Dialogue("need", "need", "Il suo bisogno", _MONTH, doorstep=True),
        Dialogue(
            "news", "news", "Notizie della sua richiesta", _MONTH, "news", anew=True, retired=frozenset({"conclusa"})
        ),
        Dialogue("survey", "news", "Com'è andata", _MONTH, "survey", follows="news"),
        Dialogue("place", "place", "Un posto libero", _MONTH, "news", anew=True),
        Dialogue("my_request", "my_request", "La sua richiesta", _MONTH, doorstep=True),
        Dialogue("respond", "respond", "Una richiesta da valutare", _MONTH, "request", who="association"),
        Dialogue("pact", "pact", "Il patto di rete", _MONTH, "request", who="association", anew=True),
        Dialogue("offer", "offer", "La vostra offerta", _MONTH, who="association", interview=True),
        Dialogue("change_offer", "offer", "La vostra offerta", _MONTH, who="association", interview=True),
        Dialogue("my_offers", "offer_updates", "Le vostre offerte", _DAY, who="association", interview=True),
        Dialogue("offer_updates", "offer_updates", "Una novità", _DAY, who="association", interview=True),
        Dialogue(
            "still_true",
            "still_true",
            "I dati da confermare",
            _MONTH,
            "request",
            who="association",
            anew=True,
            interview=True,
        ),
        Dialogue("menu", "menu", "Il menu", _DAY, doorstep=True),
        Dialogue("language", "menu", "La lingua", _DAY, doorstep=True),
        Dialogue("pending", "menu", "Le cose in sospeso", _DAY, doorstep=True),
        Dialogue("joined", "joined", "Il suo invito", _DAY),
        Dialogue("association", "association", "L'iscrizione alla rete", 3 * _MONTH, interview=True),
        Dialogue("enrolling", "enrolling", "Il modulo lasciato a metà", _DAY, "reminder"),
        Dialogue(
            "approval", "approval", "Il modulo dell'associazione", _MONTH, "request", who="association", anew=True
        ),
        Dialogue("approving", "approving", "Un modulo da approvare", _DAY, "request", who="operator"),
        Dialogue("pair", "pair", "Il collegamento fra due canali", _DAY, doorstep=True),
        Dialogue("alert", "alert", "Un allarme", _DAY),
        Dialogue("desk", "desk", "Una persona che aspetta", _DAY, who="operator"),
        Dialogue("passed_on", "desk", "Una persona che aspetta", _DAY, asks=False),
        Dialogue("known", "known", "Chi mi scrive", _DAY),
        Dialogue("gap", "gap", "Un mio silenzio", _DAY, asks=False),
        Dialogue("human", "human", "Parlare con una persona", _MONTH, hands_over=True),
        Dialogue("mediator", "human", "Parlare con un mediatore", _MONTH, hands_over=True),
        Dialogue("taken_over", "human", "Parlare con una persona", _MONTH, hands_over=True),
        Dialogue("given_back", "human", "Parlare con una persona", _DAY, asks=False),
        Dialogue("callback", "human", "La richiamata", _MONTH),
        Dialogue("stop", "stop", "Fermare gli avvisi", _DAY),
        Dialogue("my_data", "my_data", "I suoi dati", _DAY, doorstep=True),
        Dialogue("erase", "my_data", "La cancellazione dei suoi dati", _DAY),
    )
}


def journals_kept() -> dict[str, timedelta]:
    """How long the journal of each dialogue is kept after it is over."""
    return {name: dialogue.keep for name, dialogue in REGISTER.items()}
