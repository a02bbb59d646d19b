"""What a slope costs: the published values, and what lies beyond them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.analysis.grade_cost import HEART_RATE_TABLE, grade_factor, minetti_running_cost, minetti_walking_cost
from domain.analysis.model import GradeModel

grades = st.floats(-3, 3).map(lambda grade: np.array([grade]))


@pytest.mark.parametrize(
    ("grade", "cost"), [(-0.2, 1.8000), (-0.1, 2.1517), (0.0, 3.6), (0.1, 5.9682), (0.2, 9.0067), (0.45, 19.4260)]
)
def test_running_costs_what_minetti_measured(grade: float, cost: float) -> None:
    assert minetti_running_cost(np.array([grade])) == pytest.approx([cost], abs=5e-5)


def test_running_is_cheapest_at_eighteen_percent_downhill() -> None:
    fine = np.linspace(-0.45, 0.45, 90_001)
    cost = minetti_running_cost(fine)
    assert fine[np.argmin(cost)] == pytest.approx(-0.1814, abs=5e-5)
    assert cost.min() == pytest.approx(1.7813, abs=5e-5)


@pytest.mark.parametrize(("grade", "ratio"), [(-0.15, 0.5099), (0.05, 1.3014), (0.15, 2.0603)])
def test_the_minetti_factor_is_the_cost_over_the_level_one(grade: float, ratio: float) -> None:
    assert grade_factor(np.array([grade]), GradeModel.MINETTI) == pytest.approx([ratio], abs=5e-5)


@pytest.mark.parametrize(("cost", "cheapest"), [(minetti_running_cost, 0.299), (minetti_walking_cost, 0.289)])
def test_a_metre_of_height_is_cheapest_where_the_cost_along_the_slope_says(cost: object, cheapest: float) -> None:
    fine = np.linspace(0.1, 0.45, 35_001)
    assert callable(cost)
    per_metre_of_height = cost(fine) * np.sqrt(1 + fine**2) / fine
    assert fine[np.argmin(per_metre_of_height)] == pytest.approx(cheapest, abs=5e-4)


def test_walking_on_the_level_costs_two_and_a_half_joules() -> None:
    assert minetti_walking_cost(np.zeros(1)) == pytest.approx([2.5])


def test_walking_is_below_running_at_every_grade() -> None:
    fine = np.linspace(-0.45, 0.45, 1000)
    assert (minetti_walking_cost(fine) < minetti_running_cost(fine)).all()


@pytest.mark.parametrize(("percent", "factor"), HEART_RATE_TABLE.tolist())
def test_the_heart_rate_model_keeps_its_table(percent: float, factor: float) -> None:
    assert grade_factor(np.array([percent / 100]), GradeModel.HEART_RATE) == pytest.approx([factor])


@pytest.mark.parametrize(("percent", "factor"), [(45, 4.286), (10, 1.459), (0, 1.0), (-8, 0.876), (-45, 2.096)])
def test_the_table_is_the_one_that_was_probed(percent: float, factor: float) -> None:
    assert grade_factor(np.array([percent / 100]), GradeModel.HEART_RATE) == pytest.approx([factor])


def test_between_two_entries_the_heart_rate_model_is_linear() -> None:
    assert grade_factor(np.array([0.125]), GradeModel.HEART_RATE) == pytest.approx([(1.459 + 1.846) / 2])


@pytest.mark.parametrize("model", GradeModel)
def test_level_ground_counts_for_itself(model: GradeModel) -> None:
    assert grade_factor(np.zeros(1), model) == 1.0


@pytest.mark.parametrize("model", GradeModel)
@given(grade=grades)
def test_beyond_the_measured_range_the_end_value_holds(model: GradeModel, grade: np.ndarray) -> None:
    inside = np.clip(grade, -0.45, 0.45)
    assert grade_factor(grade, model) == pytest.approx(grade_factor(inside, model))
    assert 0.4 < grade_factor(grade, model)[0] < 5.5
