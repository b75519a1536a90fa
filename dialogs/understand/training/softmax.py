"""Softmax regression with what ours needs: soft targets, and columns that a language has no message of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.model import Table

STEPS, _STOP = 40, 1e-5
_NEVER = np.float32(-1e4)


def silent(wanted: Table, language: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which columns a message says nothing about, because its language has no message of theirs, [messages, columns].

    Else holding back one need's messages in a language would teach that whoever writes it never has that need.
    """
    names, index = np.unique(language, return_inverse=True)
    spoken = np.array([(wanted[index == i] > 0).any(axis=0) for i in range(len(names))])
    return np.asarray(~spoken[index])


def fit(points: Any, wanted: Table, mute: NDArray[np.bool_], penalty: float, steps: int = STEPS) -> tuple[Table, Table]:
    """Weights [dimension, columns] and bias [columns] of least cross-entropy plus `penalty` / 2 times squared weights.

    `points` is a dense or a sparse (CSR) table of 32-bit numbers. Deterministic.
    """
    from scipy.optimize import minimize

    dimension, columns = points.shape[1], wanted.shape[1]
    turned = points.T.tocsr() if hasattr(points, "tocsr") else np.ascontiguousarray(points.T)
    hidden = np.where(mute, _NEVER, np.float32(0))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.astype(np.float32).reshape(dimension + 1, columns)
        scores = points @ weights[:-1] + weights[-1] + hidden
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        total = chances.sum(axis=1, keepdims=True)
        cost = -float((wanted * np.maximum(scores - np.log(total), -50)).sum(dtype=np.float64))
        cost += penalty / 2 * float((weights[:-1] ** 2).sum(dtype=np.float64))
        chances /= total
        chances -= wanted
        slope = np.vstack([turned @ chances + penalty * weights[:-1], chances.sum(axis=0)])
        return cost, slope.ravel().astype(np.float64)

    start = np.zeros((dimension + 1) * columns)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 8, "ftol": _STOP})
    weights = found.x.astype(np.float32).reshape(dimension + 1, columns)
    return weights[:-1], weights[-1]
