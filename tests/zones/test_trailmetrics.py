"""Ranks the way of TrailMetrics: against a plain reading of its rules, and one rule after another."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from domain.zones.trailmetrics import LegacyStanding, trailmetrics_standing
from domain.zones.trailmetrics_features import NUMERIC, LegacyFeatures, highway_group, surface_group
from domain.zones.trailmetrics_score import legacy_score

NAN = np.nan
ROADS = [None, "path", "track", "footway", "residential", "steps", "secondary", "primary"]
GROUNDS = [None, "asphalt", "gravel", "ground", "rock", "ice"]


def a_history(m: int, *, categories: int, seed: int) -> tuple[LegacyFeatures, np.ndarray, np.ndarray]:
    """Stretches as an athlete may have them: some values are missing, some stretches the same, some without a score."""
    chance = np.random.default_rng(seed)
    numeric = chance.gamma(2, 100, (m, len(NUMERIC)))
    numeric[:, 5:8] = np.round(numeric[:, 5:8])
    numeric[chance.random(numeric.shape) < 0.05] = NAN
    again = chance.integers(0, m, m)
    again[m // 20 :] = np.arange(m // 20, m)
    features = LegacyFeatures(
        numeric[again],
        [ROADS[kind] for kind in chance.integers(0, len(ROADS), m)[again]],
        [GROUNDS[kind] for kind in chance.integers(0, len(GROUNDS), m)[again]],
        np.where(chance.random(m) < 0.1, NAN, chance.choice([500.0, 501.0, 800.0, 803.0], m))[again],
    )
    score = np.where(chance.random(m) < 0.05, NAN, np.round(chance.gamma(9, 0.2, m), 2))
    return features, score, chance.integers(0, categories, m)[again]


def read_plainly(features: LegacyFeatures, rows: list[int]) -> np.ndarray:
    """The rules, a column at a time."""
    columns = []
    for column in features.numeric[rows].T:
        known = [value for value in column if not np.isnan(value)]
        if known:
            filled = np.array([np.mean(known) if np.isnan(value) else value for value in column])
            columns.append((filled - np.mean(filled)) / (np.std(filled) or 1.0))
    kinds: list[list[Any]] = [[highway_group(features.road_type[row]) for row in rows]]
    kinds.append([surface_group(features.surface_type[row], features.road_type[row]) for row in rows])
    weather = features.weather_id[rows]
    seen = Counter(weather[~np.isnan(weather)].tolist())
    if seen:
        usual = min(seen, key=lambda code: (-seen[code], code))
        kinds.append([usual if np.isnan(code) else code for code in weather.tolist()])
    for kind in kinds:
        columns += [np.array([float(one == value) for one in kind]) for value in sorted(set(kind))]
    points = np.array(columns).T
    if min(points.shape) > 10:
        centred = points - points.mean(axis=0)
        left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
        points = left[:, :10] * sizes[:10]
    return points


def judged_plainly(
    features: LegacyFeatures, score: np.ndarray, category: np.ndarray
) -> list[tuple[int, int, int, int]]:
    """Every population spelt out."""
    named_by: dict[int, list[int]] = {row: [] for row in range(len(score))}
    grades = {grade: [int(row) for row in np.flatnonzero(category == grade)] for grade in set(category.tolist())}
    for rows in grades.values():
        points = read_plainly(features, rows)
        for row, point in zip(rows, points, strict=True):
            away = np.round(np.sqrt(np.square(points - point).sum(axis=1)), 9)  # its equals tie in spite of rounding
            for other in [rows[place] for place in np.argsort(away, kind="stable") if rows[place] != row][:10]:
                named_by[other].append(row)
    judged = []
    for row in range(len(score)):
        grade = [score[other] for other in grades[int(category[row])] if not np.isnan(score[other])]
        similars = [score[other] for other in [row, *named_by[row]] if not np.isnan(score[other])]
        if np.isnan(score[row]):
            judged.append((0, 0, 0, 0))
            continue
        alone = len(grades[int(category[row])]) == 1
        among = (0, 0) if alone else (sum(other <= score[row] for other in similars), len(similars))
        judged.append((*among, sum(other <= score[row] for other in grade), len(grade)))
    return judged


def ranks(standing: LegacyStanding) -> list[tuple[int, ...]]:
    return list(
        zip(
            standing.similars_rank.tolist(),
            standing.similars_count.tolist(),
            standing.grade_rank.tolist(),
            standing.grade_count.tolist(),
            strict=True,
        )
    )


@pytest.mark.parametrize(("m", "categories"), [(1, 1), (2, 1), (11, 1), (30, 9), (300, 1), (600, 7), (300, 290)])
def test_the_ranks_are_those_of_a_plain_reading(m: int, categories: int) -> None:
    history = a_history(m, categories=categories, seed=m)
    assert ranks(trailmetrics_standing(*history)) == judged_plainly(*history)


def on_a_line(*places: float, scores: list[float] | None = None) -> LegacyStanding:
    """Stretches of one category that differ in one thing only."""
    m = len(places)
    numeric = np.full((m, len(NUMERIC)), NAN)
    numeric[:, 0] = places
    features = LegacyFeatures(numeric, [None] * m, [None] * m, np.full(m, NAN))
    return trailmetrics_standing(features, np.array(scores or [1.0] * m), np.zeros(m))


def test_a_stretch_that_nobody_names_stands_alone() -> None:
    standing = on_a_line(*range(12), 1_000, scores=[2.0] * 12 + [1.0])
    assert (standing.similars_rank[12], standing.similars_count[12]) == (1, 1)


def test_it_is_judged_among_those_that_name_it_not_those_it_names() -> None:
    standing = on_a_line(*range(12), 1_000, scores=[2.0] * 12 + [1.0])
    named = standing.neighbours[12]
    assert 0 not in named
    assert 11 in named
    assert standing.similars_count[11] == 1 + (standing.neighbours == 11).sum()


def test_ten_others_are_named_and_never_itself() -> None:
    standing = on_a_line(*([5.0] * 14))
    assert standing.neighbours[3].tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]


def test_neighbours_are_rows_of_the_whole_history() -> None:
    features, score, _ = a_history(40, categories=1, seed=3)
    category = np.arange(40) % 2
    standing = trailmetrics_standing(features, score, category)
    assert (category[standing.neighbours] == category[:, np.newaxis]).all()


def test_distances_rise() -> None:
    distances = trailmetrics_standing(*a_history(60, categories=2, seed=4)).distances
    assert (np.diff(distances, axis=1) >= 0).all()


def test_a_stretch_alone_in_its_category_has_no_similars_but_a_grade() -> None:
    assert ranks(on_a_line(3.0)) == [(0, 0, 1, 1)]


def test_a_stretch_without_a_score_is_no_member_of_any_population() -> None:
    standing = on_a_line(1.0, 2.0, 3.0, scores=[1.0, NAN, 2.0])
    assert ranks(standing) == [(1, 2, 1, 2), (0, 0, 0, 0), (2, 2, 2, 2)]


def test_equal_scores_count_for_one_another() -> None:
    assert ranks(on_a_line(1.0, 2.0, 3.0)) == [(3, 3, 3, 3)] * 3


def test_categories_may_be_words() -> None:
    features, score, category = a_history(50, categories=3, seed=5)
    words = np.array(["down", "flat", "up"])[category]
    assert ranks(trailmetrics_standing(features, score, words)) == ranks(
        trailmetrics_standing(features, score, category)
    )


def test_a_history_without_stretches_has_no_ranks() -> None:
    nothing = LegacyFeatures(np.empty((0, 10)), [], [], np.empty(0))
    assert ranks(trailmetrics_standing(nothing, np.empty(0), np.empty(0))) == []


def test_the_scale_of_scores_changes_nothing() -> None:
    features, score, category = a_history(100, categories=3, seed=6)
    assert ranks(trailmetrics_standing(features, score * 8, category)) == ranks(
        trailmetrics_standing(features, score, category)
    )


def scored(speed: float, climb: float, seconds: float, *heart_rates: float) -> float:
    return float(legacy_score(*(np.array([value]) for value in (speed, climb, seconds, *heart_rates)))[0])


def test_a_score_without_drift() -> None:
    assert scored(3.0, 10.0, 60.0, 150.0, 150.0, 150.0) == pytest.approx(8.8)


def test_a_rising_heart_rate_lowers_the_score() -> None:
    assert scored(3.0, 10.0, 60.0, 150.0, 140.0, 160.0) == pytest.approx(6.6)


def test_a_falling_heart_rate_raises_the_score() -> None:
    assert scored(3.0, 10.0, 60.0, 150.0, 160.0, 140.0) == pytest.approx(13.2)


def test_height_lost_counts_as_height_climbed() -> None:
    assert scored(3.0, -10.0, 60.0, 150.0, 150.0, 150.0) == scored(3.0, 10.0, 60.0, 150.0, 150.0, 150.0)


@pytest.mark.parametrize(
    "values",
    [
        (NAN, 10.0, 60.0, 150.0, 150.0, 150.0),
        (3.0, NAN, 60.0, 150.0, 150.0, 150.0),
        (3.0, 10.0, NAN, 150.0, 150.0, 150.0),
        (3.0, 10.0, 60.0, NAN, 150.0, 150.0),
        (3.0, 10.0, 60.0, 150.0, NAN, 150.0),
        (3.0, 10.0, 60.0, 150.0, 150.0, NAN),
        (3.0, 10.0, 0.0, 150.0, 150.0, 150.0),
        (3.0, 0.0, -60.0, 150.0, 150.0, 150.0),
        (3.0, 10.0, 60.0, 0.0, 150.0, 150.0),
        (3.0, 10.0, 60.0, -150.0, 150.0, 150.0),
        (1e300, 1e300, 60.0, 150.0, 150.0, 150.0),
    ],
)
def test_what_cannot_be_known_has_no_score(values: tuple[float, ...]) -> None:
    assert np.isnan(scored(*values))
