"""From the parts' opinions to one probability, to three decisions, and to the figures that say how good they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.model import AT_HOME, OUTSIDE, Table, log_softmax
from dialogs.understand.training.corpus import Messages

Opinions = dict[str, Table]  # of several parts: log-probabilities or likenesses, needs in order, then outside
_ALMOST_NOTHING = 1e-9
_BINS = 15  # of equal numbers of messages, for the calibration error

# What an answer costs the person, in taps. One more question; three choices without the right one, so that they tell it
# again; offers for the wrong need, named as if certain; a need that is turned away; "do you mean ...?" answered to what
# another office does.
_TAP, _NOT_AMONG_THREE, _WRONG, _LOST, _TAKEN_FOR_NEED = 1.0, 3.0, 6.0, 8.0, 4.0
_OUTSIDE_SHARE = 1 / 3  # of the messages that arrive: whatever a town deals with is asked of its chat
_LOST_AT_MOST = 0.04  # needs answered as "outside"


def mixed(opinions: Opinions, weights: NDArray[np.float64]) -> Table:
    """Log-probabilities of joined opinions, a weight for each; the last weight speaks for outside beforehand."""
    scores = sum(weight * table for weight, table in zip(weights[:-1], opinions.values(), strict=True))
    scores = np.asarray(scores, dtype=np.float32)
    scores[:, OUTSIDE] += weights[-1]
    return log_softmax(scores)


def mix(opinions: Opinions, messages: Messages, which: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weights that give right answers the highest probability on some messages.

    Maximum likelihood calibrates as well: no separate temperature is needed. Italian only: for other languages the
    check holds back all that the n-grams could have learnt of a need, and would have them count for less than they do.
    """
    from scipy.optimize import minimize

    here = which & (messages.language == AT_HOME)
    shown, right = {name: table[here] for name, table in opinions.items()}, messages.right[here]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        chances = np.exp(mixed(shown, weights))
        hit = (chances * right).sum(axis=1, keepdims=True) + _ALMOST_NOTHING
        slope = chances - chances * right / hit
        slopes = [float((slope * table).sum(axis=1).mean()) for table in shown.values()]
        return float(-np.log(hit).mean()), np.array([*slopes, float(slope[:, OUTSIDE].mean())])

    return np.asarray(minimize(loss, np.array([0.6] * len(opinions) + [0.0]), jac=True, method="L-BFGS-B").x)


@dataclass(frozen=True)
class Places:
    """Where the right needs stand in the ranking of each message, and how likely the first one seemed."""

    first: NDArray[np.bool_]
    among: NDArray[np.bool_]
    best: Table
    outside: Table

    @classmethod
    def of(cls, chances: Table, right: NDArray[np.bool_]) -> Places:
        """Of probabilities, one column per need and the last for outside."""
        order = np.argsort(-chances[:, :OUTSIDE], axis=1, kind="stable")[:, :3]
        hits = np.take_along_axis(right, order, axis=1)
        return cls(hits[:, 0], np.asarray(hits.any(axis=1)), chances[:, :OUTSIDE].max(axis=1), chances[:, OUTSIDE])


def thresholds(places: Places, need: NDArray[np.bool_]) -> dict[str, float]:
    """From which probability on a message is outside, and a need sure: the pair of least cost that loses few needs."""
    ask = np.where(need, np.where(places.among, _TAP, _NOT_AMONG_THREE), _TAKEN_FOR_NEED)
    act = np.where(need, np.where(places.first, 0, _WRONG), _WRONG)
    turn_away = np.where(need, _LOST, 0)
    weight = np.where(need, (1 - _OUTSIDE_SHARE) / need.sum(), _OUTSIDE_SHARE / (~need).sum())
    costs = {}
    for outside_from in np.linspace(0.1, 0.95, 86):
        if (places.outside[need] >= outside_from).mean() > _LOST_AT_MOST:
            continue
        for sure_from in np.linspace(0.2, 0.95, 76):
            answer = np.where(places.outside >= outside_from, turn_away, np.where(places.best >= sure_from, act, ask))
            costs[round(outside_from, 2), round(sure_from, 2)] = float(weight @ answer)
    outside_from, sure_from = min(costs, key=lambda pair: costs[pair])
    return {"outside_from": float(outside_from), "sure_from": float(sure_from)}


def calibration_error(said: Table, right: NDArray[np.bool_]) -> float:
    """How far probabilities are from the shares that came true: the mean over bins of equal size."""
    order = np.argsort(said, kind="stable")
    return float(
        sum(
            abs(said[part].mean() - right[part].mean()) * len(part) / len(said)
            for part in np.array_split(order, _BINS)
            if len(part)
        )
    )


def cross_decided(
    opinions: Opinions, messages: Messages, fold: NDArray[np.int64]
) -> tuple[Table, NDArray[np.bool_], NDArray[np.bool_]]:
    """Probabilities, and which are sure and outside, mix and thresholds too being found without the message's fold."""
    right = messages.right
    chances = np.zeros(right.shape, np.float32)
    sure, outside = np.zeros(len(fold), bool), np.zeros(len(fold), bool)
    for k in np.unique(fold):
        learn, check = fold != k, fold == k
        everything = np.exp(mixed(opinions, mix(opinions, messages, learn)))
        heard = learn & (messages.language == AT_HOME)  # for the reason that `mix` gives
        decided = thresholds(Places.of(everything[heard], right[heard]), messages.need[heard])
        chances[check] = everything[check]
        outside[check] = chances[check, OUTSIDE] >= decided["outside_from"]
        sure[check] = ~outside[check] & (chances[check, :OUTSIDE].max(axis=1) >= decided["sure_from"])
    return chances, sure, outside


def figures(chances: Table, sure: NDArray[np.bool_], outside: NDArray[np.bool_], messages: Messages) -> dict[str, Any]:
    """How well messages never seen were understood; shares, to three digits, for Italian unless it says otherwise.

    The first three are what `cross_decided` gives. A message with several right needs is right by any of them;
    "first_label" counts the one that it was written for only.
    """
    places = Places.of(chances, messages.right)
    strict = Places.of(chances, np.eye(messages.right.shape[1], dtype=bool)[messages.column])
    italian, need = messages.language == "it", messages.need
    told = np.char.startswith(messages.source, "told") | (messages.source == "stories")
    asked = italian & need
    result = {
        "needs": int(asked.sum()),
        "top1": places.first[asked].mean(),
        "top3": places.among[asked].mean(),
        "first_label_top1": strict.first[asked].mean(),
        "first_label_top3": strict.among[asked].mean(),
        "stories": int((asked & told).sum()),
        "stories_top1": places.first[asked & told].mean(),
        "stories_top3": places.among[asked & told].mean(),
        "all_languages_top1": places.first[need].mean(),
        "all_languages_top3": places.among[need].mean(),
        "outside": int((italian & ~need).sum()),
        "outside_found": outside[italian & ~need].mean(),
        "needs_lost": outside[asked].mean(),
        "all_languages_outside_found": outside[~need].mean(),
        "all_languages_needs_lost": outside[need].mean(),
        "sure": sure[asked].mean(),
        "sure_and_right": places.first[asked & sure].mean(),
        "calibration_error": calibration_error(places.best[italian], (places.first & need)[italian]),
    }
    return {name: value if isinstance(value, int) else round(float(value), 3) for name, value in result.items()}


@dataclass(frozen=True)
class Spoken:
    """How well messages in one language were understood: top-1 with the ends of its 95 % bootstrap interval, top-3."""

    messages: int
    top1: float
    low: float
    high: float
    top3: float


def by_language(places: Places, messages: Messages, times: int = 1000) -> dict[str, Spoken]:
    """For each language that a need is told in, Italian first."""
    random = np.random.default_rng(11)
    result = {}
    for language in sorted(set(messages.language[messages.need].tolist()), key=lambda name: (name != AT_HOME, name)):
        here = np.flatnonzero(messages.need & (messages.language == language))
        hits = places.first[here]
        again = hits[random.integers(len(here), size=(times, len(here)))].mean(axis=1)
        low, high = np.quantile(again, (0.025, 0.975))
        result[language] = Spoken(len(here), hits.mean(), float(low), float(high), places.among[here].mean())
    return result
