"""Which words from the way a plan heeds, and what is said of the others."""

from datetime import timedelta

import pytest

from domain.pacing import refusals
from domain.pacing.model import Report
from domain.pacing.on_the_way.replan import replan
from domain.shared.errors import UserError
from tests.factories.slopes import STARTS_AT, a_plan, rolling_ground

HILLS = rolling_ground(10_000.0)
PLAN = a_plan(HILLS)


def at(distance_m: float, seconds: float) -> Report:
    return Report(distance_m=distance_m, at=STARTS_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("report", "refusal", "field"),
    [
        (at(0.0, -1.0), refusals.ReportBeforeStart, "time"),
        (at(-1.0, 60.0), refusals.ReportOffCourse, "distanceM"),
        (at(10_011.0, 4_000.0), refusals.ReportOffCourse, "distanceM"),
        (at(float("nan"), 4_000.0), refusals.ReportOffCourse, "distanceM"),
        (at(5_000.0, 400.0), refusals.ReportTooFast, "distanceM"),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_its_field(report: Report, refusal: type[UserError], field: str) -> None:
    with pytest.raises(refusal) as refused:
        replan(PLAN, HILLS, [], report)

    assert refused.value.field == (field,)


def test_a_plan_without_a_start_takes_no_reports() -> None:
    with pytest.raises(refusals.PlanHasNoStart):
        replan(a_plan(HILLS, starts_at=None), HILLS, [], at(1_000.0, 300.0))


def test_a_report_older_than_the_last_is_refused() -> None:
    plan = replan(PLAN, HILLS, [], at(3_000.0, 1_200.0))

    with pytest.raises(refusals.ReportOlderThanLast):
        replan(plan, HILLS, [], at(3_000.0, 1_199.0))


def test_a_report_too_far_from_the_last_is_refused() -> None:
    plan = replan(PLAN, HILLS, [], at(3_000.0, 1_200.0))

    with pytest.raises(refusals.ReportTooFast):
        replan(plan, HILLS, [], at(4_000.0, 1_210.0))


def test_positions_that_scatter_are_let_pass() -> None:
    plan = replan(PLAN, HILLS, [], at(3_000.0, 1_200.0))

    assert replan(plan, HILLS, [], at(3_060.0, 1_201.0)).replan is not None


def test_a_runner_may_turn_back() -> None:
    plan = replan(PLAN, HILLS, [], at(3_000.0, 1_200.0))

    back = replan(plan, HILLS, [], at(2_500.0, 1_500.0))

    assert back.now.steps[0].start_m == pytest.approx(2_500, abs=1)
    assert back.now.predicted_time_s > plan.now.predicted_time_s
