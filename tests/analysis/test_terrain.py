"""A run is cut where its slope changes, into pieces that are neither too short nor too long."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Profile
from domain.analysis.terrain import PENALTY_PER_CUT, terrain_cuts


def a_profile(*pieces: tuple[float, float], step_m: float = 5.0, has_altitude: bool = True) -> Profile:
    """Ground made of (metres, grade)."""
    grade = np.concatenate([np.full(round(metres / step_m), slope) for metres, slope in pieces])
    altitude = np.concatenate(([0.0], np.cumsum(grade * step_m)))
    return Profile(step_m, altitude, grade, has_altitude)


def places_m(profile: Profile) -> list[float]:
    return (terrain_cuts(profile) * profile.step_m).tolist()


def cost(grade: np.ndarray, cuts: np.ndarray) -> float:
    scatter = sum(float(((grade[a:b] - grade[a:b].mean()) ** 2).sum()) for a, b in pairwise(cuts))
    return scatter + PENALTY_PER_CUT * (len(cuts) - 1)


def test_a_run_is_cut_where_its_slope_changes() -> None:
    assert places_m(a_profile((300, 0.1), (200, -0.08), (250, 0.0))) == [0, 300, 500, 750]


def test_a_change_of_slope_too_small_to_matter_is_no_cut() -> None:
    assert places_m(a_profile((200, 0.05), (200, 0.06))) == [0, 400]


def test_a_bump_shorter_than_a_piece_is_no_piece_of_its_own() -> None:
    cuts = terrain_cuts(a_profile((300, 0.0), (60, 0.2), (300, 0.0)))
    assert np.diff(cuts).min() * 5 >= 140


def test_a_long_even_slope_falls_into_even_pieces() -> None:
    assert places_m(a_profile((1200, 0.05))) == [0, 400, 800, 1200]
    assert places_m(a_profile((500, 0.05))) == [0, 250, 500]


@pytest.mark.parametrize("metres", [10, 95, 100, 275])
def test_a_run_too_short_for_two_pieces_stays_whole(metres: float) -> None:
    assert places_m(a_profile((metres, 0.1))) == [0, metres]


def test_without_altitudes_the_pieces_are_even() -> None:
    assert places_m(a_profile((2000, 0.0), has_altitude=False)) == [0, 400, 800, 1200, 1600, 2000]
    assert places_m(a_profile((1000, 0.0), has_altitude=False)) == [0, 335, 665, 1000]


grounds = st.lists(st.tuples(st.integers(1, 60), st.floats(-0.4, 0.4)), min_size=1, max_size=20).map(
    lambda pieces: a_profile(*((5.0 * steps, grade) for steps, grade in pieces))
)


@settings(max_examples=40)
@given(grounds, st.booleans())
def test_cuts_go_from_the_start_to_the_end_in_pieces_of_fair_length(profile: Profile, has_altitude: bool) -> None:
    profile = Profile(profile.step_m, profile.altitude_m, profile.grade, has_altitude)
    cuts = terrain_cuts(profile)
    assert (cuts[0], cuts[-1]) == (0, profile.grade.size)
    if profile.grade.size * profile.step_m >= 280:
        lengths = np.diff(cuts) * profile.step_m
        assert lengths.min() >= 135
        assert lengths.max() <= 405


@settings(max_examples=40)
@given(grounds)
def test_the_way_back_is_cut_at_equal_cost(profile: Profile) -> None:
    back = Profile(profile.step_m, profile.altitude_m[::-1], -profile.grade[::-1], has_altitude=True)
    there, again = cost(profile.grade, terrain_cuts(profile)), cost(back.grade, terrain_cuts(back))
    assert again == pytest.approx(there, abs=1e-4)


@settings(max_examples=20)
@given(st.lists(st.floats(-0.05, 0.05), min_size=8, max_size=26))
def test_no_other_way_to_cut_costs_less(grades: list[float]) -> None:
    profile = a_profile(*((35.0, grade) for grade in grades), step_m=35.0)
    best = _least_cost(profile.grade, shortest=4, longest=math.floor(400 / 35))
    found = terrain_cuts(profile)
    scatter = cost(profile.grade, found) - PENALTY_PER_CUT * (len(found) - 1)
    assert 7 * scatter + PENALTY_PER_CUT * (len(found) - 1) == pytest.approx(best, abs=1e-5)


def _least_cost(grade: np.ndarray, shortest: int, longest: int) -> float:
    """The plainest recursion there is, over steps of 35 m, which count seven times as much as 5 m."""
    least = [0.0] + [math.inf] * grade.size
    for end in range(1, grade.size + 1):
        for start in range(max(0, end - longest), end - shortest + 1):
            piece = grade[start:end]
            least[end] = min(
                least[end], least[start] + 7 * float(((piece - piece.mean()) ** 2).sum()) + PENALTY_PER_CUT
            )
    return least[-1]
