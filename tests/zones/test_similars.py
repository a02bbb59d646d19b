"""The stretches most like a stretch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.zones.similars import similars


def similars_one_by_one(points, run, row):
    """The definition, word by word; distances are summed as the tree sums them."""
    squares = (points - points[row]) ** 2
    by_four = squares[:, :4] + squares[:, 4:]
    away = np.sqrt(((by_four[:, 0] + by_four[:, 1]) + by_four[:, 2]) + by_four[:, 3])
    accepted, given_by = [], {}
    for other in sorted(range(len(points)), key=lambda other: (away[other], other)):
        if other != row and given_by.get(run[other], 0) < 8 and len(accepted) < 25:
            given_by[run[other]] = given_by.get(run[other], 0) + 1
            accepted.append(other)
    missing = 25 - len(accepted)
    return accepted + [-1] * missing, [*away[accepted], *[np.inf] * missing]


def expect_as_defined(points, run, rows):
    found, distances = similars(points, run, rows)
    for place, row in enumerate(rows):
        expected, away = similars_one_by_one(points, run, row)
        assert found[place].tolist() == expected
        assert distances[place] == pytest.approx(away, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.lists(st.sampled_from([1, 5, 9, 30, 120]), min_size=1, max_size=12),
    kinds=st.sampled_from(["spread", "islands", "equal", "lattice"]),
)
def test_they_are_what_the_definition_says(seed, counts, kinds):
    rng = np.random.default_rng(seed)
    run = np.repeat(np.arange(len(counts)), counts)
    points = rng.normal(size=(len(run), 8))
    if kinds == "islands":
        points = points * 0.01 + run[:, np.newaxis] * rng.normal(size=8)
    elif kinds == "equal":
        points = np.where(rng.random((len(run), 1)) < 0.7, points[:1], points)
    elif kinds == "lattice":
        points = np.round(points)
    expect_as_defined(points, run, rng.permutation(len(run))[:40])


@pytest.mark.parametrize("islands", [1, 2, 3, 4])
def test_deep_in_long_runs_the_others_are_still_found(islands):
    rng = np.random.default_rng(islands)
    run = np.concatenate([np.repeat(np.arange(islands), 220), islands + np.arange(120)])
    points = rng.normal(size=(len(run), 8))
    points[run >= islands] += 50 + 10 * rng.random((120, 1))
    expect_as_defined(points, run, rng.integers(0, islands * 220, 60))


def test_no_run_gives_more_than_eight():
    run = np.repeat(np.arange(5), 20)
    found, _ = similars(np.zeros((100, 8)), run, np.arange(100))
    assert max(np.bincount(run[row]).max() for row in found) == 8


def test_the_run_of_the_stretch_itself_gives_no_more_either():
    found, distances = similars(
        np.arange(30.0)[:, np.newaxis] * np.ones(8), np.zeros(30, dtype=np.int64), np.array([0])
    )
    assert found[0].tolist() == [*range(1, 9), *[-1] * 17]
    assert np.isinf(distances[0, 8:]).all()


def test_a_stretch_is_not_like_itself_however_many_lie_upon_it():
    found, _ = similars(np.zeros((300, 8)), np.arange(300), np.arange(300))
    assert not (found == np.arange(300)[:, np.newaxis]).any()
    assert found[200].tolist() == list(range(25))


def test_a_lone_stretch_has_none():
    found, distances = similars(np.zeros((1, 8)), np.array([0]), np.array([0]))
    assert (found == -1).all()
    assert np.isinf(distances).all()


def test_nobody_asked_nobody_found():
    found, _ = similars(np.zeros((4, 8)), np.arange(4), np.empty(0, dtype=np.int64))
    assert found.shape == (0, 25)
