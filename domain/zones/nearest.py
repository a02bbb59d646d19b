"""Which stretches lie nearest to each: exact, in the order of distance, and of rows where distances tie."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from domain.runs.recording import Floats
from domain.zones.nearness import CERTAIN, blocks, in_order


def nearest_others(points: Floats, most: int) -> tuple[NDArray[np.int64], Floats]:
    """Of each of m points its `most` nearest others by Euclidean distance: rows and distances, both (m, most).

    Equal distances are ordered by row; a point is never its own neighbour, however many lie upon it. Where there are
    fewer others, rows are −1 and distances NaN. A k-d tree finds them: `points` is (m, d), finite, with a small d.
    """
    rows = np.full((len(points), most), -1, dtype=np.int64)
    distances = np.full((len(points), most), np.nan)
    # Of points that coincide only the first can be among the nearest of any: a tree of all would sink in duplicates.
    candidates = _first_of_equals(points, most + 1)
    tree = KDTree(points[candidates])
    found = min(most, len(points) - 1)
    pending, asked = np.arange(len(points) if found else 0), 2 * (most + 1)
    while pending.size:
        asked = min(asked, len(candidates))
        unsettled = []
        for block in blocks(pending, asked):
            near, away, certain = _nearest(points, block, candidates, tree, asked)
            rows[block, :found], distances[block, :found] = near[:, :found], away[:, :found]
            if asked < len(candidates):
                unsettled.append(block[away[:, found - 1] >= certain])
        pending = np.concatenate(unsettled) if unsettled else pending[:0]
        asked *= 8
    return rows, distances


def _nearest(
    points: Floats, block: NDArray[np.int64], candidates: NDArray[np.int64], tree: KDTree, asked: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """The rows nearest to a block of points, their distances, and how far each point's list is certainly complete."""
    if asked == len(candidates):
        reached, near = np.full(len(block), np.inf), np.tile(candidates, (len(block), 1))
    else:
        away, places = tree.query(points[block], asked)
        reached, near = away[:, -1], candidates[places]
    distances = np.sqrt(np.square(points[near] - points[block, np.newaxis]).sum(axis=-1))
    distances[near == block[:, np.newaxis]] = np.inf
    return *in_order(near, distances), reached * CERTAIN


def _first_of_equals(points: Floats, most: int) -> NDArray[np.int64]:
    """The rows that at most `most` − 1 rows before them equal, in their order."""
    which = np.unique(points, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(which, kind="stable")
    begins = np.searchsorted(which[order], which[order], side="left")
    return np.sort(order[np.arange(len(points)) - begins < most])
