"""On which pass of a course that comes by more than once a runner is whom nobody has seen from the start on.

Laps, a way out and back, and a start that is the finish look alike in one position. What tells them apart is time: with
nothing else known, a runner began about when the plan did and goes about as fast as planned. Being ahead of a plan by
much is odd; being behind is less so, and whoever has not set out yet can be behind by any time. From the second
position on there is a pace, and what it says of the time before: who runs 1.3 times as long as planned was no faster
in the laps that nobody saw. So as long as more than one pass is likely, each new position is weighed together with the
first one, and may correct it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

import numpy as np

from domain.courses.model import CourseGround
from domain.courses.places import NOISE_M, Place, Places
from domain.pacing.feed import FeedPosition
from domain.pacing.model import ThrottlePlan
from domain.pacing.refusals import FASTEST_REPORT_M_PER_S, PlanHasNoStart
from domain.pacing.reports import LEAP_M

# The chance falls by e with each such step of the logarithm of the time over the planned one; choices, not fitted.
AHEAD, BEHIND = 0.1, 0.2
NOT_BEGUN = 4.0  # as unlikely, at most, is a late start
SAME_S = 60.0  # added to both times: a pace over seconds tells nothing
LIKELY, UNLIKELY = 3.0, 1.0  # against the likeliest pass: others are in question yet; are no longer, at the finish
UNDER_WAY_M = 300.0  # run since first seen: who stands at the line may be about to start


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """Where a runner was first seen, metres along the course on one of its passes there, and when."""

    distance_m: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """The likeliest pass: metres along the course. `first` is where the runner was seen first while others are likely
    too; `is_sure` whether it may be believed that they have arrived, if that is where they are."""

    distance_m: float
    first: FirstSeen | None
    is_sure: bool


def likeliest_pass(position: FeedPosition, plan: ThrottlePlan, ground: CourseGround, places: Places) -> Pass | None:
    """Where a runner is who has not been seen before, or whose lap has been in question since; None where they cannot
    have come from where they were seen first.

    Raises PlanHasNoStart, PositionBad, OffCourse.
    """
    known = first_seen(plan)
    passes = places.candidates(position.latitude, position.longitude)
    ways = _ways(passes, known, position.at, plan, ground, places)
    if not ways:
        return None
    best = min(ways, key=lambda way: way.cost)
    others = min((way.cost for way in ways if way.to_m != best.to_m), default=np.inf) - best.cost
    first = known or FirstSeen(best.to_m, position.at)
    is_sure = len(passes) == 1 or (others >= UNLIKELY and best.to_m - best.from_m >= UNDER_WAY_M)
    return Pass(best.to_m, first if others < LIKELY or not is_sure else None, is_sure)


def first_seen(plan: ThrottlePlan) -> FirstSeen | None:
    """Where its runner was first seen, while their lap is in question; None else."""
    last = plan.replan
    if last is None or last.first_m is None or last.first_at is None:
        return None
    return FirstSeen(last.first_m, last.first_at)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to have come here; `from_m` is where the runner was first seen."""

    from_m: float
    to_m: float
    cost: float


def _ways(
    passes: Sequence[Place],
    known: FirstSeen | None,
    at: datetime,
    plan: ThrottlePlan,
    ground: CourseGround,
    places: Places,
) -> list[_Way]:
    if plan.starts_at is None:
        raise PlanHasNoStart
    elapsed_s = max((at - plan.starts_at).total_seconds(), 0.0)
    if known is None:
        return [
            _Way(one.distance_m, one.distance_m, _off(one) + _odd(_ratio(elapsed_s, _planned_s(plan, one.distance_m))))
            for one in passes
            if one.distance_m - LEAP_M <= FASTEST_REPORT_M_PER_S * elapsed_s
        ]
    since_s = (at - known.at).total_seconds()
    before = places.candidates(*_position_at(known.distance_m, ground))
    return [
        _way(earlier, now, elapsed_s, since_s, plan)
        for earlier in before
        for now in passes
        if -LEAP_M <= now.distance_m - earlier.distance_m <= LEAP_M + FASTEST_REPORT_M_PER_S * since_s
    ]


def _way(earlier: Place, now: Place, elapsed_s: float, since_s: float, plan: ThrottlePlan) -> _Way:
    planned_s, then_s = _planned_s(plan, now.distance_m), _planned_s(plan, earlier.distance_m)
    pace = _ratio(since_s, max(planned_s - then_s, 0.0))
    odd = _odd(pace) + _odd(_ratio(elapsed_s, planned_s) / pace)
    return _Way(earlier.distance_m, now.distance_m, _off(earlier) + _off(now) + odd)


def _ratio(took_s: float, planned_s: float) -> float:
    return (took_s + SAME_S) / (planned_s + SAME_S)


def _odd(ratio: float) -> float:
    """How unlikely it is to take so many times the planned time: the negative logarithm of the chance."""
    return -log(ratio) / AHEAD if ratio < 1 else min(log(ratio) / BEHIND, NOT_BEGUN)


def _off(place: Place) -> float:
    return (place.off_m / NOISE_M) ** 2 / 2


def _planned_s(plan: ThrottlePlan, distance_m: float) -> float:
    places_m = [metre for step in plan.planned_steps for metre in (step.start_m, step.end_m)]
    times_s = [second for step in plan.planned_steps for second in (step.start_s, step.end_s)]
    return float(np.interp(distance_m, places_m, times_s))


def _position_at(distance_m: float, ground: CourseGround) -> tuple[float, float]:
    assert ground.latitude is not None
    assert ground.longitude is not None
    at, grid = distance_m / ground.profile.step_m, np.arange(ground.latitude.size)
    return float(np.interp(at, grid, ground.latitude)), float(np.interp(at, grid, ground.longitude))
