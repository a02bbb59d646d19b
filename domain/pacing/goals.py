"""Which goals and which ground a plan can be made for."""

from domain.pacing import refusals
from domain.pacing.model import Goal, GoalKind


def checked_goal(kind: GoalKind, target_time_s: float | None = None, throttle: float | None = None) -> Goal:
    """A goal that makes sense: seconds from the start to the finish, and the throttle as a ratio.

    TARGET_TIME needs a target time of 60 s to 7 days, and nothing else takes one. EVEN_EFFORT may have a throttle of
    0.3 to 1.3, and nothing else takes one. Raises TargetTimeMissing, TargetTimeAbsurd, TargetTimeNeedless,
    ThrottleNeedless, ThrottleOutOfBounds.
    """
    if kind is GoalKind.TARGET_TIME:
        if target_time_s is None:
            raise refusals.TargetTimeMissing
        if not refusals.SHORTEST_TARGET_S <= target_time_s <= refusals.LONGEST_TARGET_S:
            raise refusals.TargetTimeAbsurd(target_time_s)
    elif target_time_s is not None:
        raise refusals.TargetTimeNeedless
    if throttle is not None:
        if kind is not GoalKind.EVEN_EFFORT:
            raise refusals.ThrottleNeedless
        if not refusals.LOWEST_THROTTLE <= throttle <= refusals.HIGHEST_THROTTLE:
            raise refusals.ThrottleOutOfBounds(throttle)
    return Goal(kind=kind, target_time_s=target_time_s, throttle=throttle)


def checked_terrain_factor(factor: float) -> float:
    """How many times the cost of smooth ground a course has: 1 to 2. Raises TerrainFactorOutOfBounds."""
    if not 1.0 <= factor <= refusals.ROUGHEST_TERRAIN:
        raise refusals.TerrainFactorOutOfBounds(factor)
    return factor
