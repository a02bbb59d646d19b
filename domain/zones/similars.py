"""The stretches most like a stretch: exact, no more than a third of them from one run."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from domain.runs.recording import Floats
from domain.zones.history import Flags, Rows
from domain.zones.nearness import CERTAIN, blocks, in_order

SIMILARS = 25
MOST_OF_ONE_RUN = 8

# How many a tree is asked for, round by round; and the share of its members that must still be waiting for the same
# runs to be left out, for another tree to cost less than the next round.
ROUNDS = ((40, 0.03), (160, 0.0))


def similars(points: Floats, run: Rows, rows: Rows) -> tuple[Rows, Floats]:
    """The most similar others of some rows of n points: their rows and distances, both (len(rows), 25).

    Nearest first, equal distances by row. No run gives more than 8: the nearest of other runs stand in. Where there
    are fewer than 25, rows are −1 and distances infinite. `points` (n, d) are finite with a small d, `run` (n,) says
    which run a point is of.

    A k-d tree finds them. Deep in a long run, hundreds of its stretches are nearer than any other's: then the tree is
    built again without the runs that have given their 8. Three at most have done so before 25 are found.
    """
    search = _Search(points, run, rows)
    waiting = [(np.arange(len(rows)), np.empty(0, dtype=np.int64))]
    while waiting:
        waiting += search.ask_without(*waiting.pop())
    return search.found, search.distances


class _Search:
    """What is found so far of each row asked for, and the distance below which nothing is missing."""

    def __init__(self, points: Floats, run: Rows, rows: Rows) -> None:
        self.points, self.run, self.rows = points, run, rows
        self.found = np.full((len(rows), SIMILARS), -1, dtype=np.int64)
        self.distances = np.full((len(rows), SIMILARS), np.inf)
        self.complete_to = np.zeros(len(rows))

    def ask_without(self, pending: Rows, without: Rows) -> list[tuple[Rows, Rows]]:
        """Ask for the pending among the runs that are left; who must be asked for again, without which more runs."""
        again: list[tuple[Rows, Rows]] = []
        members = np.flatnonzero(~np.isin(self.run, without))
        if not members.size:
            return again
        tree = cKDTree(self.points[members], leafsize=32, balanced_tree=False, compact_nodes=False)
        for asked, worth in ROUNDS:
            pending = self._ask(tree, members, without, pending, min(asked, len(members)))
            staying = [pending[:0]]
            for part, full in self._by_full_runs(pending) if pending.size else ():
                more = len(full) > len(without) and len(part) >= worth * len(members)
                again += [(part, full)] if more else []
                staying += [] if more else [part]
            pending = np.concatenate(staying)
        # So many are equally far from these that no number but all is certain to be enough.
        self._ask(tree, members, without, pending, len(members))
        return again

    def _ask(self, tree: cKDTree, members: Rows, without: Rows, pending: Rows, asked: int) -> Rows:
        """Take in what the tree of the members gives, beside what other runs gave before; who is still pending."""
        for block in blocks(pending, asked):
            away, place = (part.reshape(len(block), asked) for part in tree.query(self.points[self.rows[block]], asked))
            self.complete_to[block] = np.inf if asked == len(members) else away[:, -1] * CERTAIN
            near = members[place]
            if without.size:
                held = self._given_by(without, block)
                near = np.concatenate([self.found[block][held].reshape(len(block), -1), near], axis=1)
                away = np.concatenate([self.distances[block][held].reshape(len(block), -1), away], axis=1)
            self._accept(block, *in_order(near, away))
        complete_to = self.complete_to[pending]
        unsettled: Flags = (self.distances[pending, -1] >= complete_to) & (complete_to < np.inf)
        return pending[unsettled]

    def _by_full_runs(self, pending: Rows) -> Iterator[tuple[Rows, Rows]]:
        """The pending in parts, each with the runs that have certainly given it all they may."""
        certain = self.distances[pending] < self.complete_to[pending, np.newaxis]
        runs = np.sort(np.where(certain, self.run[self.found[pending]], -1), axis=1)
        eighth = runs[:, MOST_OF_ONE_RUN - 1 :]
        full = np.sort(np.where(eighth == runs[:, : 1 - MOST_OF_ONE_RUN], eighth, -1), axis=1)[:, -3:]
        kinds, which = np.unique(full, axis=0, return_inverse=True)
        for kind, runs_of_kind in enumerate(kinds):
            yield pending[which.reshape(-1) == kind], np.unique(runs_of_kind[runs_of_kind >= 0])

    def _given_by(self, runs: Rows, block: Rows) -> Flags:
        return np.isin(self.run[self.found[block]], runs) & (self.found[block] >= 0)

    def _accept(self, block: Rows, near: Rows, away: Floats) -> None:
        """Take the first 25 of the candidates, in their order, that are among the first 8 of their run."""
        itself = near == self.rows[block, np.newaxis]
        accepted = ~itself & (_nth_of_its_run(np.where(itself, -1, self.run[near])) < MOST_OF_ONE_RUN)
        place = np.cumsum(accepted, axis=1) - 1
        row, column = np.nonzero(accepted & (place < SIMILARS))
        target = block[row], place[row, column]
        self.found[block], self.distances[block] = -1, np.inf
        self.found[target], self.distances[target] = near[row, column], away[row, column]


def _nth_of_its_run(run: Rows) -> Rows:
    """How many entries of the same run stand before each entry of its row."""
    order = np.argsort(run, axis=1, kind="stable")
    ordered = np.take_along_axis(run, order, axis=1)
    column = np.arange(run.shape[1])
    begins = np.zeros(run.shape, dtype=np.int64)
    begins[:, 1:] = np.where(ordered[:, 1:] != ordered[:, :-1], column[1:], 0)
    nth = np.empty_like(begins)
    np.put_along_axis(nth, order, column - np.maximum.accumulate(begins, axis=1), axis=1)
    return nth
