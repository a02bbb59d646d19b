"""Where a course changes its terrain so much that a runner changes their stride: the borders of the steps."""

import heapq
import math
from collections.abc import Sequence, Set
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

# A runner follows a step by feel and by the watch: shorter ones are over before the pace has settled.
SHORTEST_STEP_M = 300.0
# Longer ones say too little of the time of day along them.
LONGEST_STEP_M = 5_000.0
LONGEST_SHARE = 1 / 20
MOST_STEPS = 60
# With many waypoints there are at least so many more than they ask for: the ground between them changes, too.
BESIDE_WAYPOINTS = 30
# What a border is worth, metres times grade squared: two stretches of a kilometre each are kept apart from a difference
# of 3.2 % of grade on, two of 300 m from 5.8 % on.
BORDER = 0.5
# Among equally good borders those of even steps are taken; a step of 5 km costs a twentieth of a border.
EVENNESS = 1e-9

Piece = tuple[float, int, int, int]


def step_borders(edges_m: Floats, height_m: Floats, fixed: Set[int]) -> NDArray[np.int64]:
    """The cells at which steps begin, and n behind them: rising indices, the first 0, the last the number of cells n.

    `edges_m` and `height_m` have shape (n + 1,): where cells begin and end, and how high the course is there. A
    step begins at every cell of `fixed`. Elsewhere neighbours are merged, those first that lose least: the loss is
    the sum of metres · (grade − mean grade of the step)² (agglomeration by Ward 1963, doi
    10.1080/01621459.1963.10500845, among neighbours only), until the next merger would lose more than 0.5 m and at
    most 60 steps are left, or 30 more than there are fixed borders where that is more. Then steps under 300 m join
    the neighbour that they lose least with; only those between two fixed borders stay. No merger makes a step
    longer than 5 km, or than a twentieth of the course, unless a step under 300 m is in it.
    """
    pieces = _Pieces(edges_m.tolist(), height_m.tolist(), fixed)
    longest_m = max(LONGEST_STEP_M, LONGEST_SHARE * float(edges_m[-1] - edges_m[0]))
    _merge_the_like(pieces, longest_m, max(MOST_STEPS, BESIDE_WAYPOINTS + len(fixed)))
    _merge_the_short(pieces)
    return np.array(pieces.borders(), dtype=np.int64)


class _Pieces:
    """Stretches of neighbouring cells that tile the course: each known by its first cell and the one after its last."""

    def __init__(self, edges_m: Sequence[float], height_m: Sequence[float], fixed: Set[int]) -> None:
        self.edges_m, self.height_m, self.fixed = edges_m, height_m, fixed
        self.count = len(edges_m) - 1
        self.end = [*range(1, self.count + 1), 0]
        self.start = list(range(-1, self.count))

    def length_m(self, start: int, end: int) -> float:
        return self.edges_m[end] - self.edges_m[start]

    def loss(self, start: int, middle: int, end: int) -> float:
        """What is lost when two neighbours become one."""
        before_m, after_m = self.length_m(start, middle), self.length_m(middle, end)
        before = (self.height_m[middle] - self.height_m[start]) / before_m
        after = (self.height_m[end] - self.height_m[middle]) / after_m
        whole_m = before_m + after_m
        return before_m * after_m / whole_m * (before - after) ** 2 + EVENNESS * whole_m**2

    def pair_at(self, middle: int) -> Piece | None:
        """The two pieces that meet there and what merging them loses; None where they must not be merged."""
        if not 0 < middle < len(self.end) - 1 or middle in self.fixed:
            return None
        start, end = self.start[middle], self.end[middle]
        return self.loss(start, middle, end), start, middle, end

    def merge(self, start: int, middle: int, end: int) -> None:
        self.end[start], self.start[end] = end, start
        self.end[middle] = 0
        self.count -= 1

    def borders(self) -> list[int]:
        borders = [0]
        while borders[-1] < len(self.end) - 1:
            borders.append(self.end[borders[-1]])
        return borders


def _merge_the_like(pieces: _Pieces, longest_m: float, most: int) -> None:
    """Least loss first; a pair in the heap is out of date once one of the two has grown."""
    heap = [pair for middle in range(1, pieces.count) if (pair := pieces.pair_at(middle))]
    heapq.heapify(heap)
    while heap:
        loss, start, middle, end = heapq.heappop(heap)
        if pieces.end[start] != middle or pieces.end[middle] != end or pieces.length_m(start, end) > longest_m:
            continue
        if loss > BORDER and pieces.count <= most:
            return
        pieces.merge(start, middle, end)
        for border in (start, end):
            if pair := pieces.pair_at(border):
                heapq.heappush(heap, pair)


def _merge_the_short(pieces: _Pieces) -> None:
    """The shortest first, each with the neighbour that it is most like."""
    while True:
        borders = pieces.borders()
        best: tuple[float, Piece] = (math.inf, (0.0, 0, 0, 0))
        for start, end in pairwise(borders):
            length_m = pieces.length_m(start, end)
            pairs = [pair for border in (start, end) if (pair := pieces.pair_at(border))]
            if length_m < SHORTEST_STEP_M - 1e-6 and pairs:
                best = min(best, (length_m, min(pairs)))
        if best[0] == math.inf:
            return
        pieces.merge(*best[1][1:])
