"""How far a plan's time is to be believed, by how long it has its runner on the way."""

import numpy as np
import pytest

from domain.pacing.basis import Basis
from domain.pacing.foreseen import foreseen
from domain.pacing.plan import plan_course
from tests.factories.slopes import LEAST_TIME, RUNNER, rolling_ground

HOUR = 3600.0


def known(longest_h: float | None = None, hard_h: float | None = None) -> Basis:
    return Basis(
        runs=9,
        held_out_runs=0,
        spread=0.05,
        longest_s=longest_h and longest_h * HOUR,
        longest_hard_s=hard_h and hard_h * HOUR,
        figures={"endurance": "as is usual", "uncertainty": "by nine runs"},
    )


def test_an_hour_is_as_sure_as_the_critical_speed() -> None:
    assert foreseen(known(), HOUR).spread == 0.05


def test_the_spread_grows_with_the_time() -> None:
    spreads = [foreseen(known(), hours * HOUR).spread for hours in (1, 2, 4, 8, 24)]
    assert np.all(np.diff(spreads) > 0)
    assert spreads[-1] == pytest.approx(np.hypot(0.05, np.hypot(0.03 * np.log(4), 0.08 * np.log(6))))


def test_a_hard_run_of_like_length_makes_it_surer() -> None:
    assert foreseen(known(17, 17), 16 * HOUR).spread < foreseen(known(17), 16 * HOUR).spread - 0.05


def test_a_long_run_makes_a_short_one_no_less_sure() -> None:
    assert foreseen(known(17, 17), 2 * HOUR).spread == foreseen(known(), 2 * HOUR).spread


def test_what_goes_far_beyond_the_longest_run_is_said_to() -> None:
    assert foreseen(known(2), 5 * HOUR).figures["endurance"] == (
        "as is usual; beyond your longest run (2:00:00): extrapolated"
    )
    assert foreseen(known(4.5), 5 * HOUR).figures["endurance"] == "as is usual"


def test_the_uncertainty_of_a_plan_is_told_with_its_parts() -> None:
    told = foreseen(known(2), 5 * HOUR).figures["uncertainty"]
    assert told == "7% of the time, one standard deviation, 5% of it alone for 5:00:00 on foot; by nine runs"


def test_the_model_of_a_plan_beyond_the_longest_run_says_so() -> None:
    made = plan_course(rolling_ground(12_000.0), [], RUNNER, known(0.5), LEAST_TIME, 1.0, None)
    assert made.planned.model.endswith("It goes beyond your longest run (30:00): extrapolated.")
    assert made.planned.uncertainty_s == pytest.approx(made.basis.spread * made.planned.predicted_time_s)
