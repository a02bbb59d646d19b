"""Which values of a stream fit one rising line: what steps back is the odd one out, not what follows it."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats


def longest_rising(values: Floats) -> NDArray[np.bool_]:
    """Mark the longest part of `values` (shape (n,), finite) that never falls, so that the fewest points are given up.

    Patience sorting, O(n log n): one clock that jumped ahead for a moment costs its own points and no others, where a
    running maximum would throw away the rest of the run.
    """
    kept = np.ones(values.size, dtype=np.bool_)
    if values.size < 2 or not np.any(np.diff(values) < 0):
        return kept
    tails: list[float] = []
    tail_at: list[int] = []
    before = [-1] * values.size
    for i, value in enumerate(values.tolist()):
        length = bisect_right(tails, value)
        before[i] = tail_at[length - 1] if length else -1
        tails[length : length + 1] = [value]
        tail_at[length : length + 1] = [i]
    kept[:] = False
    at = tail_at[-1]
    while at >= 0:
        kept[at] = True
        at = before[at]
    return kept
