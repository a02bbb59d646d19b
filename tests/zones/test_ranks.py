"""How stretches rank."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.ranks import ranks_among_similars, ranks_of_grade


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 5)), max_size=40))
def test_a_rank_counts_those_of_its_grade_that_score_no_higher(pairs):
    band = np.array([pair[0] for pair in pairs], dtype=np.int64)
    score = np.array([pair[1] / 7 for pair in pairs])
    rank, count = ranks_of_grade(score, band)
    for place in range(len(pairs)):
        alike = band == band[place]
        assert count[place] == alike.sum()
        assert rank[place] == (alike & (score <= score[place])).sum()


def test_among_similars_a_stretch_counts_itself():
    none = np.full((1, 25), -1)
    assert ranks_among_similars(np.array([1.0, 9.0]), np.array([0]), none) == ([1], [1])


def test_among_similars_those_that_score_the_same_score_no_higher():
    similars = np.array([[1, 2, 3, -1, -1]])
    rank, count = ranks_among_similars(np.array([1.0, 1.0, 0.5, 1.5]), np.array([0]), similars)
    assert (rank[0], count[0]) == (3, 4)


def test_a_missing_neighbour_is_not_the_last_stretch():
    rank, count = ranks_among_similars(np.array([5.0, 1.0]), np.array([0]), np.array([[-1, -1]]))
    assert (rank[0], count[0]) == (1, 1)
