"""Where stretches stand in the year before them."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.zones.history import Before, Standing, Stretches
from domain.zones.population import YEAR_S, judge, next_change_s, rejudge
from tests.factories.zone_histories import DAY_S, NOW_S, a_history, known_before, stretches_of, those


def expect_equal(told, expected):
    for name in (field.name for field in fields(Standing)):
        assert np.array_equal(getattr(told, name), getattr(expected, name), equal_nan=name == "neighbour_distance"), (
            name
        )


def test_all_stretches_of_the_last_year_are_of_one_population():
    told = judge(stretches_of([(364, 2), (10, 3)], score=[1.0, 2.0, 3.0, 4.0, 5.0]), NOW_S)
    assert told.similars_count.tolist() == [5] * 5
    assert told.similars_rank.tolist() == [1, 2, 3, 4, 5]
    assert told.grade_rank.tolist() == [1, 2, 3, 4, 5]


def test_a_run_of_more_than_a_year_ago_is_not_in_the_population_of_today():
    told = judge(stretches_of([(366, 2), (0, 3)], score=[1.0, 2.0, 3.0, 4.0, 5.0]), NOW_S)
    assert told.grade_count.tolist() == [2, 2, 3, 3, 3]
    assert told.similars_count.tolist() == [2, 2, 3, 3, 3]


def test_a_run_exactly_a_year_ago_is():
    assert judge(stretches_of([(365, 1), (0, 1)]), NOW_S).grade_count.tolist() == [2, 2]


def test_an_old_run_keeps_the_population_of_the_day_it_left_the_year():
    told = judge(stretches_of([(700, 1), (500, 1), (300, 1)], score=[1.0, 2.0, 3.0]), NOW_S)
    assert told.grade_count.tolist() == [2, 2, 1]  # the second is with the third, never with the first
    assert told.neighbours[:, 0].tolist() == [1, 2, -1]


def test_the_year_of_an_old_run_ends_with_the_run_exactly_a_year_later():
    assert judge(stretches_of([(800, 1), (800 - 365, 1)]), NOW_S).grade_count.tolist() == [2, 1]


def test_a_run_dated_ahead_is_nowhere_until_its_time_comes():
    stretches = stretches_of([(5, 2), (-3, 2)])
    assert judge(stretches, NOW_S).grade_count.tolist() == [2, 2, 0, 0]
    assert judge(stretches, NOW_S + 3 * DAY_S).grade_count.tolist() == [4] * 4


def test_only_the_same_grade_band_counts_among_grade():
    told = judge(stretches_of([(5, 4)], grade_band=[0, 1, 1, 2], score=[4.0, 3.0, 2.0, 1.0]), NOW_S)
    assert told.grade_count.tolist() == [1, 2, 2, 1]
    assert told.grade_rank.tolist() == [1, 2, 1, 1]


def test_the_radius_is_that_of_the_twenty_fifth():
    stretches = stretches_of([(40 - day, 1) for day in range(40)], start_m=np.arange(40) * 1000.0)
    told = judge(stretches, NOW_S)
    assert told.radius[0] == pytest.approx(25 * (told.neighbour_distance[0, 0]), rel=1e-6)


def test_the_radius_is_without_end_where_there_are_fewer():
    assert np.isinf(judge(stretches_of([(3, 9), (2, 9), (1, 9)]), NOW_S).radius).all()


def test_an_athlete_without_stretches_has_no_standing():
    told, changed = rejudge(stretches_of([(0, 0)]), NOW_S, None)
    assert told.neighbours.shape == (0, 10)
    assert changed.shape == (0,)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    runs=st.integers(2, 40),
    per_run=st.sampled_from([1, 6, 20]),
    days=st.sampled_from([300, 900]),
    duplicates=st.sampled_from([0.0, 0.6, 1.0]),
    unknown_altitude=st.sampled_from([0.0, 0.2]),
)
def test_told_step_by_step_zones_are_those_told_from_nothing(seed, runs, per_run, days, duplicates, unknown_altitude):
    rng = np.random.default_rng(seed)
    whole = a_history(rng, runs, per_run, days=days, duplicates=duplicates, unknown_altitude=unknown_altitude)
    imports = np.split(rng.permutation(runs), np.sort(rng.integers(runs // 2, runs, 4)))
    now_s, told, had = NOW_S - rng.choice([0, 200, days]) * DAY_S, None, np.zeros(len(whole), dtype=np.bool_)
    for imported in imports:
        before_s, now_s = now_s, now_s + rng.choice([0, 3, 40, 200, 380]) * DAY_S
        have = had | np.isin(whole.run, imported)
        stretches = those(whole, have)
        before = None if told is None else known_before(told, before_s, had[have])
        told, changed = rejudge(stretches, now_s, before)
        expect_equal(told, judge(stretches, now_s))
        if before is not None:
            assert (before.known[~changed]).all()
            assert (told.similars_rank[~changed] == before.standing.similars_rank[~changed]).all()
        had = have


def with_a_run_far_from_all(stretches, count=1):
    """The stretches, and some more of a run of now that are like none of them, nor of their grades."""
    extra = dict.fromkeys(Stretches.__dataclass_fields__, 0.0) | {
        "run": stretches.run[-1] + 1,
        "run_started_s": NOW_S,
        "start_m": 9e6,
        "grade_band": 99,
    }
    return Stretches(**{name: np.append(getattr(stretches, name), [value] * count) for name, value in extra.items()})


def grown_by(stretches, had, before_s=NOW_S, now_s=NOW_S):
    """What is told of all from what was told of those that were had before; it must be what is told from nothing."""
    before = known_before(judge(those(stretches, had), before_s), before_s, had)
    told, changed = rejudge(stretches, now_s, before)
    expect_equal(told, judge(stretches, now_s))
    return changed


def test_when_the_scales_change_all_is_told_anew():
    stretches = a_history(np.random.default_rng(4), 60, 9)
    grown = with_a_run_far_from_all(stretches, 400)
    assert judge(grown, NOW_S).yardstick[4] > judge(stretches, NOW_S).yardstick[4]
    grown_by(grown, np.arange(len(grown)) < len(stretches))


def test_a_run_that_left_the_year_leaves_its_like():
    stretches = a_history(np.random.default_rng(8), 60, 6, days=364)
    everything = np.ones(len(stretches), dtype=np.bool_)
    changed = grown_by(stretches, everything, NOW_S, NOW_S + 10 * DAY_S)
    assert changed.any()
    assert not changed.all()


def test_a_run_dated_ahead_comes_when_its_time_comes():
    stretches = stretches_of([(9, 2), (-3, 2)])
    changed = grown_by(stretches, np.ones(4, dtype=np.bool_), NOW_S, NOW_S + 4 * DAY_S)
    assert changed.all()


def test_a_new_run_is_news_even_if_it_is_dated_ahead():
    nothing = Before(NOW_S, np.zeros(2, dtype=np.bool_), Standing.unknown(2))
    assert rejudge(stretches_of([(-3, 2)]), NOW_S, nothing)[1].all()


def test_when_the_median_altitude_moves_so_do_those_whose_altitude_is_unknown():
    altitudes = [*[0.0] * 21, *[1000.0] * 20, *[np.nan] * 20]
    lengths = np.random.default_rng(6).uniform(100, 400, 61)
    stretches = stretches_of([(70 - day, 1) for day in range(61)], start_altitude_m=altitudes, length_m=lengths)
    grown = with_a_run_far_from_all(stretches, 2)
    grown.start_altitude_m[-2:] = 1000.0
    medians = [judge(history, NOW_S).yardstick for history in (stretches, grown)]
    assert (medians[0] != medians[1]).tolist() == [False] * 6 + [True]
    grown_by(grown, np.arange(63) < 61)


def test_a_run_like_others_in_all_takes_its_place_among_them_by_its_start():
    stretches = stretches_of([(40 - day, 1) for day in range(40)])
    changed = grown_by(stretches, np.arange(40) != 5)
    assert changed.sum() > 25


def test_where_nothing_changed_nothing_is_searched_again():
    stretches = a_history(np.random.default_rng(3), 60, 6, days=800)
    told = judge(stretches, NOW_S)
    told.similars_rank[:] = 77  # a mark that a search wipes away
    again, _ = rejudge(stretches, NOW_S, known_before(told, NOW_S, np.ones(len(stretches), dtype=np.bool_)))
    searched = again.similars_rank != 77
    assert not searched.any()


def test_stretches_that_have_few_like_them_are_no_news_every_time():
    assert not grown_by(stretches_of([(3, 2), (2, 1)]), np.ones(3, dtype=np.bool_)).any()


def test_where_nothing_came_and_nothing_left_nothing_changes():
    stretches = a_history(np.random.default_rng(1), 12, 30)
    told = judge(stretches, NOW_S)
    again, changed = rejudge(stretches, NOW_S, known_before(told, NOW_S, np.ones(len(stretches), dtype=np.bool_)))
    assert not changed.any()
    expect_equal(again, told)


def test_a_run_far_from_all_changes_only_itself():
    stretches = a_history(np.random.default_rng(4), 60, 9)
    grown = with_a_run_far_from_all(stretches)
    known = np.arange(len(grown)) < len(stretches)
    _, changed = rejudge(grown, NOW_S, known_before(judge(stretches, NOW_S), NOW_S, known))
    assert np.flatnonzero(changed).tolist() == [len(stretches)]


def test_only_what_a_run_reaches_is_searched_again():
    stretches = a_history(np.random.default_rng(4), 60, 9)
    grown, told = with_a_run_far_from_all(stretches), judge(stretches, NOW_S)
    told.similars_rank[:] = 77  # a mark that a search wipes away
    known = np.arange(len(grown)) < len(stretches)
    again, _ = rejudge(grown, NOW_S, known_before(told, NOW_S, known))
    assert (again.similars_rank[:-1] == 77).all()


def test_of_old_runs_only_those_whose_year_gained_a_run_are_searched_again():
    stretches = stretches_of([(2000, 2), (900, 2), (850, 1)])
    had = np.array([True, True, True, True, False])
    told = judge(those(stretches, had), NOW_S)
    told.similars_rank[:] = 77
    again, _ = rejudge(stretches, NOW_S, known_before(told, NOW_S, had))
    assert again.similars_rank.tolist() == [77, 77, 3, 3, 1]


def test_when_the_clock_went_back_all_is_told_from_nothing():
    stretches = a_history(np.random.default_rng(2), 12, 10, days=500)
    later = known_before(judge(stretches, NOW_S), NOW_S, np.ones(len(stretches), dtype=np.bool_))
    expect_equal(rejudge(stretches, NOW_S - 100 * DAY_S, later)[0], judge(stretches, NOW_S - 100 * DAY_S))


def test_the_next_change_is_when_the_oldest_run_of_the_year_leaves_it():
    stretches = stretches_of([(400, 1), (300, 1), (2, 1)])
    assert next_change_s(stretches, NOW_S) == NOW_S - 300 * DAY_S + YEAR_S


def test_the_next_change_may_be_that_a_run_dated_ahead_begins():
    assert next_change_s(stretches_of([(5, 1), (-2, 1)]), NOW_S) == NOW_S + 2 * DAY_S


def test_without_runs_in_the_year_time_changes_nothing():
    assert next_change_s(stretches_of([(400, 1)]), NOW_S) is None


def test_a_score_that_is_not_finite_is_a_mistake():
    with pytest.raises(ValueError, match="score"):
        stretches_of([(1, 2)], score=[1.0, np.nan])


def test_stretches_stand_in_the_order_of_time():
    with pytest.raises(ValueError, match="order"):
        stretches_of([(1, 1), (2, 1)])


def test_arrays_of_different_lengths_are_a_mistake():
    with pytest.raises(ValueError, match="2 stretches"):
        stretches_of([(1, 2)], score=[1.0])
