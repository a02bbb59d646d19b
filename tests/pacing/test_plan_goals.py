"""Which goals and which ground a plan is made for, and what is said of the others."""

from math import nan

import pytest

from domain.pacing import refusals
from domain.pacing.goals import checked_goal, checked_terrain_factor
from domain.pacing.model import Goal, GoalKind
from domain.shared.errors import UserError


def test_a_goal_that_makes_sense_is_taken() -> None:
    assert checked_goal(GoalKind.TARGET_TIME, 14_400.0) == Goal(kind=GoalKind.TARGET_TIME, target_time_s=14_400.0)
    assert checked_goal(GoalKind.EVEN_EFFORT, throttle=0.8) == Goal(kind=GoalKind.EVEN_EFFORT, throttle=0.8)
    assert checked_goal(GoalKind.EVEN_EFFORT) == Goal(kind=GoalKind.EVEN_EFFORT)
    assert checked_goal(GoalKind.LEAST_TIME) == Goal(kind=GoalKind.LEAST_TIME)


@pytest.mark.parametrize(
    ("kind", "target_time_s", "throttle", "refusal", "field"),
    [
        (GoalKind.TARGET_TIME, None, None, refusals.TargetTimeMissing, "targetTimeS"),
        (GoalKind.TARGET_TIME, 59.0, None, refusals.TargetTimeAbsurd, "targetTimeS"),
        (GoalKind.TARGET_TIME, 604_801.0, None, refusals.TargetTimeAbsurd, "targetTimeS"),
        (GoalKind.TARGET_TIME, nan, None, refusals.TargetTimeAbsurd, "targetTimeS"),
        (GoalKind.LEAST_TIME, 14_400.0, None, refusals.TargetTimeNeedless, "targetTimeS"),
        (GoalKind.TARGET_TIME, 14_400.0, 0.8, refusals.ThrottleNeedless, "throttle"),
        (GoalKind.LEAST_TIME, None, 0.8, refusals.ThrottleNeedless, "throttle"),
        (GoalKind.EVEN_EFFORT, None, 0.29, refusals.ThrottleOutOfBounds, "throttle"),
        (GoalKind.EVEN_EFFORT, None, 1.31, refusals.ThrottleOutOfBounds, "throttle"),
        (GoalKind.EVEN_EFFORT, None, nan, refusals.ThrottleOutOfBounds, "throttle"),
    ],
)
def test_a_goal_that_makes_none_is_refused_by_its_field(
    kind: GoalKind, target_time_s: float | None, throttle: float | None, refusal: type[UserError], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        checked_goal(kind, target_time_s, throttle)

    assert refused.value.field == ("goal", field)


def test_the_terrain_costs_once_to_twice_what_smooth_ground_does() -> None:
    assert [checked_terrain_factor(factor) for factor in (1.0, 1.2, 2.0)] == [1.0, 1.2, 2.0]


@pytest.mark.parametrize("factor", [0.99, 2.01, nan])
def test_any_other_terrain_is_refused(factor: float) -> None:
    with pytest.raises(refusals.TerrainFactorOutOfBounds):
        checked_terrain_factor(factor)
