"""The nearest others are exact, whatever coincides and whatever ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from domain.zones.nearest import nearest_others


def by_looking_at_all(points: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The whole matrix of distances, sorted."""
    distances = np.sqrt(np.square(points[:, np.newaxis] - points).sum(axis=-1))
    rows = np.full((len(points), most), -1)
    near = np.full((len(points), most), np.nan)
    for row, away in enumerate(distances):
        order = [int(other) for other in np.argsort(away, kind="stable") if other != row][:most]
        rows[row, : len(order)], near[row, : len(order)] = order, away[order]
    return rows, near


def agree(points: np.ndarray, most: int) -> None:
    rows, distances = nearest_others(points, most)
    expected_rows, expected_distances = by_looking_at_all(points, most)
    np.testing.assert_array_equal(rows, expected_rows)
    np.testing.assert_array_equal(distances, expected_distances)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60).flatmap(lambda m: arrays(np.float64, (m, 2), elements=st.integers(0, 3).map(float))))
def test_ties_and_duplicates_are_ordered_by_row(points: np.ndarray) -> None:
    agree(points, 5)


@pytest.mark.parametrize("seed", range(3))
def test_they_are_those_of_the_whole_matrix(seed: int) -> None:
    agree(np.random.default_rng(seed).normal(size=(500, 10)), 10)


def test_a_ring_of_hundreds_of_equals_is_not_cut_short_by_the_tree() -> None:
    corners = np.indices((3,) * 5).reshape(5, -1).T.astype(float)
    agree(np.random.default_rng(5).permutation(np.vstack([corners, np.full((1, 5), 1.0)])), 10)


def test_a_crowd_on_one_spot_names_its_first_rows() -> None:
    rows, distances = nearest_others(np.zeros((3_000, 10)), 10)
    assert rows[2_999].tolist() == list(range(10))
    assert rows[4].tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]
    assert not distances.any()


def test_a_lone_point_has_no_others() -> None:
    rows, distances = nearest_others(np.zeros((1, 3)), 4)
    assert rows.tolist() == [[-1] * 4]
    assert np.isnan(distances).all()
