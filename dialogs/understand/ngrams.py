"""Character n-grams as hashed columns: what a message looks like, typing errors and dialect included.

Written in numpy only, because training and the running assistant must see exactly the same columns.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.plain import fold

COLUMNS = 1 << 15
_SIZES = (2, 3, 4, 5)
_SPACES = re.compile(r"\s+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads neighbouring values over all bits
_DOWN = np.uint64(64 - 15)
_MIX = np.uint64(29)


def columns(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The columns that a text touches, ascending, and 1 + log of how often: two arrays of the same length."""
    spaced = f" {_SPACES.sub(' ', fold(text)).strip()} "
    points = np.frombuffer(spaced.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    rolling, found = points, []
    for size in _SIZES[: len(points) - 1]:
        rolling = (rolling[:-1] ^ (rolling[:-1] >> _MIX)) * _MULTIPLIER + points[size - 1 :]
        found.append((rolling * _MULTIPLIER) >> _DOWN)
    where, times = np.unique(np.concatenate(found), return_counts=True)
    return where.astype(np.int64), (1 + np.log(times)).astype(np.float32)
