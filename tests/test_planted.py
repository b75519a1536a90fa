"""The properties of the engine see: with a bug planted for each, the check of test_play_property.py fails."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from dialogs import play as engine
from dialogs import replies
from dialogs.play import AuthorError
from tests.test_play_property import Conversation

Plant = Callable[[pytest.MonkeyPatch], None]
FOUND = (AssertionError, AuthorError, TypeError)


def effects_known_by_the_name_of_their_function(patch: pytest.MonkeyPatch) -> None:
    """A deploy that renames a function acts again."""
    act = engine._Play._act

    def by_function(play: Any, step: Any) -> Any:
        known = {**step.__dict__, "key": f"{step.key} {step.function.__name__}"}
        return act(play, type(step)(**known))

    patch.setattr(engine._Play, "_act", by_function)
    perform = engine._Play.__init__

    def plain_keys(play: Any, dialogue: Any, journal: Any, performed: Any, retired: Any) -> None:
        def counted(step: Any) -> Any:
            return performed(type(step)(**{**step.__dict__, "key": step.key.split()[0]}))

        perform(play, dialogue, journal, counted, retired)
        play.ahead = set()

    patch.setattr(engine._Play, "__init__", plain_keys)


def answers_after_an_effect_forgotten_at_every_play(patch: pytest.MonkeyPatch) -> None:
    """What is off the path is forgotten not when the effect is done, but each time it is passed."""
    act = engine._Play._act

    def forgetting(play: Any, step: Any) -> Any:
        value = act(play, step)
        play.journal = {**play.journal, "answers": dict(play.now["answers"])}
        return value

    patch.setattr(engine._Play, "_act", forgetting)


def nothing_is_sealed(patch: pytest.MonkeyPatch) -> None:
    """Answers before an effect already done are checked again and asked again."""
    init = engine._Play.__init__

    def unsealed(play: Any, *args: Any) -> None:
        init(play, *args)
        play.ahead = set()

    patch.setattr(engine._Play, "__init__", unsealed)


def looks_redone_at_every_play(patch: pytest.MonkeyPatch) -> None:
    """A look is not found again in the journal."""
    patch.setattr(engine, "_mark", lambda value: str(random.random()) if isinstance(value, list) else "")


def a_tap_read_on_any_screen(patch: pytest.MonkeyPatch) -> None:
    """A tap is resolved by its number alone."""
    tapped = replies.tapped

    def anywhere(shown: Any, tap: str) -> Any:
        return tapped(shown, f"1:{shown.name}:{tap.rpartition(':')[2]}")

    patch.setattr(replies, "tapped", anywhere)


def values_kept_as_they_are(patch: pytest.MonkeyPatch) -> None:
    """What enters the journal is not JSON."""
    patch.setattr(engine, "encoded", lambda kind, value, key: value)  # noqa: ARG005


def correcting_forgets_what_follows(patch: pytest.MonkeyPatch) -> None:
    """The answers after the one that is corrected are lost."""
    reopened = engine.reopened

    def cutting(screen: Any, key: str) -> Any:
        journal = reopened(screen, key)
        keys = [passed.key for passed in screen.path]
        gone = keys[keys.index(key) :]
        return journal and {**journal, "answers": {k: v for k, v in journal["answers"].items() if k not in gone}}

    patch.setattr("tests.playing.reopened", cutting)


PLANTED: list[Plant] = [
    effects_known_by_the_name_of_their_function,
    answers_after_an_effect_forgotten_at_every_play,
    nothing_is_sealed,
    looks_redone_at_every_play,
    a_tap_read_on_any_screen,
    values_kept_as_they_are,
    correcting_forgets_what_follows,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(FOUND):
        run_state_machine_as_test(
            Conversation,
            settings=settings(
                max_examples=1500, stateful_step_count=30, phases=[Phase.generate], derandomize=True, database=None,
                deadline=None, report_multiple_bugs=False,
            ),
        )  # fmt: skip
