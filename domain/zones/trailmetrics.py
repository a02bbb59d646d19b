"""Where stretches stand the way TrailMetrics has it, so that a history from there can be compared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats
from domain.zones.model import NEAREST
from domain.zones.nearest import nearest_others
from domain.zones.trailmetrics_features import LegacyFeatures, feature_columns, reduced


@dataclass(frozen=True, slots=True, eq=False)
class LegacyStanding:
    """Of m stretches their ranks in their populations, (m,), and their nearest others, (m, 10), nearest first.

    A rank counts the members that score no higher, the stretch among them. Rank and count are both 0 where there is no
    zone: without a score, and among similars for a stretch that is alone in its grade category. `neighbours` are rows,
    −1 where there is none; `distances` are NaN there.
    """

    similars_rank: NDArray[np.int64]
    similars_count: NDArray[np.int64]
    grade_rank: NDArray[np.int64]
    grade_count: NDArray[np.int64]
    neighbours: NDArray[np.int64]
    distances: Floats


def trailmetrics_standing(
    features: LegacyFeatures, score: Floats, category: NDArray[np.int64] | NDArray[np.float64] | NDArray[np.str_]
) -> LegacyStanding:
    """The standing of one athlete's m stretches, each inside its grade category; `score` and `category` are (m,).

    Among similars, a stretch is judged beside those that have *it* among their 10 nearest; by grade, beside all of its
    category. A stretch without a score (NaN) is a member of no population, yet a neighbour like any other, for
    likeness does not ask for scores. Source: TrailMetrics, similarity and efficiency zone services.
    """
    neighbours = np.full((len(score), NEAREST), -1, dtype=np.int64)
    distances = np.full((len(score), NEAREST), np.nan)
    grade_rank, grade_count = np.zeros(len(score), dtype=np.int64), np.zeros(len(score), dtype=np.int64)
    alone = np.zeros(len(score), dtype=np.bool_)
    for rows in _by_category(category):
        grade_rank[rows], grade_count[rows] = _ranks(score[rows])
        if len(rows) == 1:
            alone[rows] = True
            continue
        near, distances[rows] = nearest_others(reduced(feature_columns(features, rows)), NEAREST)
        neighbours[rows] = np.where(near < 0, -1, rows[near])
    similars_rank, similars_count = _ranks_among_admirers(score, neighbours, ~np.isnan(score) & ~alone)
    return LegacyStanding(similars_rank, similars_count, grade_rank, grade_count, neighbours, distances)


def _by_category(
    category: NDArray[np.int64] | NDArray[np.float64] | NDArray[np.str_],
) -> list[NDArray[np.int64]]:
    which = np.unique(category, return_inverse=True)[1]
    order = np.argsort(which, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(which[order])) + 1) if len(order) else []


def _ranks(score: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many score no higher, and how many there are; both 0 without a score."""
    scored = ~np.isnan(score)
    ranks = np.searchsorted(np.sort(score[scored]), score, side="right")
    return np.where(scored, ranks, 0), np.where(scored, scored.sum(), 0)


def _ranks_among_admirers(
    score: Floats, neighbours: NDArray[np.int64], judged: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranks and counts among the stretch itself and those that name it among their nearest."""
    admirers = np.repeat(np.arange(len(score)), NEAREST)
    named = neighbours.reshape(-1)
    members = (named >= 0) & ~np.isnan(score[admirers])
    admirers, named = admirers[members], named[members]
    no_higher = score[admirers] <= score[named]
    counts = 1 + np.bincount(named, minlength=len(score))
    ranks = 1 + np.bincount(named[no_higher], minlength=len(score))
    return np.where(judged, ranks, 0), np.where(judged, counts, 0)
