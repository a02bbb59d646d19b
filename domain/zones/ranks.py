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
    order = np.lexsort((score, grade_band))
    ordered, bands = score[order], grade_band[order]
    place = np.arange(len(order))
    new_band = np.append(bands[1:] != bands[:-1], True)
    new_score = new_band | np.append(ordered[1:] != ordered[:-1], True)
    # In each band a score's rank is the place of the last that equals it.
    last_equal, last_of_band = (place[new][np.cumsum(new) - new] for new in (new_score, new_band))
    before = np.concatenate([[0], place[new_band] + 1])[np.cumsum(new_band) - new_band]
    rank, count = np.empty_like(order), np.empty_like(order)
    rank[order], count[order] = last_equal + 1 - before, last_of_band + 1 - before
    return rank, count
