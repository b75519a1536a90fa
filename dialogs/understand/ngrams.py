"""Character n-grams as hashed columns: what a message looks like, typing errors and dialect included.

Written in numpy only, because training and the running assistant must see exactly the same columns.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from dialogs.understand.plain import fold

BITS = 15
COLUMNS = 1 << BITS
_SIZES = (2, 3, 4, 5)
_SPACES = re.compile(r"\s+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads neighbouring values over all bits
_MIX = np.uint64(29)


def columns(text: str, bits: int = BITS) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The columns, of 2 ** `bits`, that a text touches, ascending, and 1 + log of how often: arrays of one length."""
    spaced = f" {_SPACES.sub(' ', fold(text)).strip()} "
    down = np.uint64(64 - bits)
    points = np.frombuffer(spaced.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    rolling, found = points, []
    for size in _SIZES[: len(points) - 1]:
        rolling = (rolling[:-1] ^ (rolling[:-1] >> _MIX)) * _MULTIPLIER + points[size - 1 :]
        found.append((rolling * _MULTIPLIER) >> down)
    where, times = np.unique(np.concatenate(found), return_counts=True)
    return where.astype(np.int64), (1 + np.log(times)).astype(np.float32)
