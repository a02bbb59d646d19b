"""What the searches for what lies nearest have in common: how far a tree is right, and which of equals comes first."""

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

# A tree rounds its distances otherwise than numpy does: what is nearer than this share of the farthest that it gave is
# certainly complete.
CERTAIN = 1 - 1e-9
CELLS = 200_000  # of a block of distances, so that memory stays small


def blocks(rows: NDArray[np.int64], asked: int) -> list[NDArray[np.int64]]:
    """Rows (k,) in parts, so that `asked` distances for each of a part are no more than fit."""
    return np.array_split(rows, -(-rows.size * asked // CELLS)) if rows.size else []


def in_order(near: NDArray[np.int64], away: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Candidates (k, n) and their distances by distance, and by row where distances tie; both are sorted in place."""
    astray = np.flatnonzero((away[:, 1:] <= away[:, :-1]).any(axis=1))
    if astray.size:
        order = np.lexsort((near[astray], away[astray]), axis=-1)
        near[astray] = np.take_along_axis(near[astray], order, axis=1)
        away[astray] = np.take_along_axis(away[astray], order, axis=1)
    return near, away
