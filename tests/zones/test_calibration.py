"""A runner's own cost of slopes is learned from their runs, and seldom learned anew."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.zones.calibration import KNOTS, Calibration, calibration_runs, fit_calibration

TRUE_GAIN = np.interp(KNOTS, [-0.3, 0.0, 0.3], [0.3, 0.0, -0.2])
DRIFT = -0.05


def history(runs: int = 6, a_run: int = 120, scatter: float = 0.0, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Scores of a runner with `TRUE_GAIN`, who tires, and has good and bad days."""
    random = np.random.default_rng(seed)
    n = runs * a_run
    run = np.repeat(np.arange(runs), a_run)
    grade = random.uniform(-0.3, 0.3, n)
    time_s = np.tile(np.linspace(300, 10_000, a_run), runs)
    day = random.normal(0, 0.2, runs)[run]
    logarithm = day + DRIFT * time_s / 3600 - np.interp(grade, KNOTS, TRUE_GAIN) + scatter * random.normal(size=n)
    return np.exp(logarithm), grade, time_s, run


def test_the_cost_that_made_the_scores_is_found_again() -> None:
    found = fit_calibration(*history(a_run=600))
    assert found.log_gain == pytest.approx(TRUE_GAIN, abs=0.01)
    assert found.drift_per_hour == pytest.approx(DRIFT, abs=0.005)
    assert found.segments == 3600


def test_calibrated_scores_no_longer_tell_the_slope() -> None:
    score, grade, time_s, run = history(scatter=0.05)
    found = fit_calibration(score, grade, time_s, run)
    level = np.log(found.detrended(score, grade, time_s)) - np.log(score).mean()
    steep_up, steep_down = (level[side].mean() for side in (grade > 0.2, grade < -0.2))
    assert abs(steep_up - steep_down) < 0.05


def test_level_ground_stays_as_it_is() -> None:
    found = fit_calibration(*history())
    assert found.log_gain[6] == 0.0
    assert found.calibrated(np.array([1.7]), np.array([0.0])) == pytest.approx([1.7])


def test_beyond_the_last_knot_its_gain_holds() -> None:
    found = Calibration((0.3, *(0.0,) * 11, -0.2), 0.0, 200)
    assert found.calibrated(np.ones(3), np.array([-0.6, 0.3, 0.6])) == pytest.approx(np.exp([0.3, -0.2, -0.2]))


def test_drift_stays_in_the_calibrated_score_and_leaves_the_detrended_one() -> None:
    found = Calibration((0.0,) * 13, -0.1, 200)
    score, grade, time_s = np.array([2.0]), np.array([0.1]), np.array([7200.0])
    assert found.calibrated(score, grade) == pytest.approx([2.0])
    assert found.detrended(score, grade, time_s) == pytest.approx([2.0 * np.exp(0.2)])


def test_good_days_are_not_taken_for_the_slopes_they_were_run_on() -> None:
    _, grade, time_s, run = history(a_run=600)
    grade = np.where(run % 2 == 0, -np.abs(grade), np.abs(grade))
    score = np.exp(0.5 * (run % 2) - np.interp(grade, KNOTS, TRUE_GAIN))
    assert fit_calibration(score, grade, time_s, run).log_gain == pytest.approx(TRUE_GAIN, abs=0.02)


def test_two_odd_stretches_of_a_slope_teach_only_in_part() -> None:
    score = np.append(np.full(40, 2.0), [1.0, 1.0])
    grade = np.append(np.zeros(40), [0.2, 0.2])
    found = fit_calibration(score, grade, np.linspace(300, 400, 42), np.zeros(42, dtype=np.int64))
    assert 0 < found.log_gain[10] < 0.7 * np.log(2)


def test_where_the_runner_never_went_the_table_stands() -> None:
    score, grade, time_s, run = history()
    seen = np.abs(grade) < 0.1
    found = fit_calibration(score[seen], grade[seen], time_s[seen], run[seen])
    assert found.log_gain[0] == pytest.approx(0.0, abs=1e-6)
    assert found.log_gain[-1] == pytest.approx(0.0, abs=1e-6)


def test_a_few_absurd_scores_do_not_bend_it() -> None:
    score, grade, time_s, run = history(scatter=0.03)
    sober = fit_calibration(score, grade, time_s, run)
    score[::25] *= 20
    assert fit_calibration(score, grade, time_s, run).log_gain == pytest.approx(sober.log_gain, abs=0.05)


def test_stretches_without_a_score_are_passed_over() -> None:
    score, grade, time_s, run = history()
    gaps = score.copy()
    gaps[::7] = np.nan
    kept = np.isfinite(gaps)
    assert fit_calibration(gaps, grade, time_s, run) == fit_calibration(
        score[kept], grade[kept], time_s[kept], run[kept]
    )


def test_only_the_latest_four_thousand_stretches_count() -> None:
    score, grade, time_s, run = history(runs=40)
    assert fit_calibration(score, grade, time_s, run) == fit_calibration(
        score[-4000:], grade[-4000:], time_s[-4000:], run[-4000:]
    )


def test_without_any_score_nothing_is_learned() -> None:
    nothing = np.empty(0)
    found = fit_calibration(nothing, nothing, nothing, np.empty(0, dtype=np.int64))
    assert found == Calibration((0.0,) * 13, 0.0, 0)


def test_one_score_changes_nothing() -> None:
    one = np.ones(1)
    assert fit_calibration(one, one * 0.1, one * 400, np.zeros(1, dtype=np.int64)).log_gain == pytest.approx([0.0] * 13)


def test_a_calibration_outlives_its_way_through_json() -> None:
    found = fit_calibration(*history(scatter=0.1))
    assert Calibration.from_dict(json.loads(json.dumps(found.as_dict()))) == found


@pytest.mark.parametrize(
    ("counts", "runs"),
    [
        ([], 0),
        ([100, 50, 49], 0),
        ([100, 50, 50], 3),
        ([100, 100], 0),
        ([250, 10], 0),
        ([250, 10, 10], 3),
        ([250, 0, 10], 0),
        ([250, 0, 10, 10], 4),
        ([100, 50, 50, 99], 3),
        ([100, 50, 50, 100], 4),
        ([100, 50, 50, 100, 149, 1], 6),
        ([0, 0, 0], 0),
    ],
)
def test_a_calibration_waits_for_enough_stretches_of_three_runs(counts: list[int], runs: int) -> None:
    assert calibration_runs(counts) == runs


def test_a_long_history_is_learned_anew_every_two_thousand_stretches() -> None:
    fitted_on = [calibration_runs([100] * n) for n in range(150, 301)]
    assert sorted({100 * runs for runs in fitted_on}) == [13200, 15200, 17200, 19200, 21200, 23200, 25200, 27200, 29200]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 400), max_size=60))
def test_a_later_run_never_takes_back_what_was_learned(counts: list[int]) -> None:
    fitted_on = [calibration_runs(counts[:n]) for n in range(len(counts) + 1)]
    assert fitted_on == sorted(fitted_on)
    for n, runs in enumerate(fitted_on):
        assert runs in (0, n, fitted_on[n - 1])
        assert runs == 0 or calibration_runs(counts[:runs]) == runs


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_a_better_runner_has_the_same_slopes(seed: int, better: float) -> None:
    score, grade, time_s, run = history(runs=3, a_run=40, scatter=0.1, seed=seed)
    assert fit_calibration(score * better, grade, time_s, run).log_gain == pytest.approx(
        fit_calibration(score, grade, time_s, run).log_gain, abs=1e-6
    )
