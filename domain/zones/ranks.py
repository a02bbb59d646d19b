"""How a stretch ranks: among those most like it, and among all of its grade."""

import numpy as np

from domain.runs.recording import Floats
from domain.zones.history import Rows


def ranks_among_similars(score: Floats, rows: Rows, similars: Rows) -> tuple[Rows, Rows]:
    """Of some rows their ranks and the sizes of their populations, both in the shape of `rows`, (k,).

    A population is the stretch and its similars, (k, 25), rows of `score` and −1 where there is none; a rank counts the
    members that score no higher, the stretch itself among them.
    """
    members = similars >= 0
    no_higher = members & (score[similars] <= score[rows, np.newaxis])
    return 1 + no_higher.sum(axis=1), 1 + members.sum(axis=1)


def ranks_of_grade(score: Floats, grade_band: Rows) -> tuple[Rows, Rows]:
    """Of n stretches their ranks among all of their grade band, themselves included, and its sizes; both (n,)."""
    level = np.unique(score, return_inverse=True)[1]
    key = grade_band * len(score) + level  # by band, and by score within it
    ordered = np.sort(key)
    begins, ends = (np.searchsorted(ordered, (grade_band + further) * len(score)) for further in (0, 1))
    return np.searchsorted(ordered, key, side="right") - begins, ends - begins
