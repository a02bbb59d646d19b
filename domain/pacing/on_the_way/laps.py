"""On which pass of a course that comes by more than once a runner is whom nobody has seen from the start on.

Laps, a way out and back, and a start that is the finish look alike in one position. What tells them apart is time: with
nothing else known, a runner began about when the plan did and goes about as fast as planned. Being ahead of a plan by
much is odd; being behind is less so, and whoever has not set out yet can be behind by any time. From the second
position on there is a pace, and what it says of the time before: who takes 1.3 times as long as planned was no faster
in the laps that nobody saw. So as long as several passes are likely each of them is followed on, and a later position
may correct the lap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np

from domain.courses.places import NOISE_M, SURPRISE_M, Place, Places
from domain.pacing.model import Replan, ThrottlePlan
from domain.pacing.on_the_way.feed import FeedPosition
from domain.pacing.on_the_way.reports import LEAP_M
from domain.pacing.refusals import FASTEST_REPORT_M_PER_S, PlanHasNoStart

# The chance falls by e with each such step of the logarithm of the time over the planned one; choices, not fitted.
AHEAD, BEHIND = 0.1, 0.2
NOT_BEGUN = 4.0  # no time behind is more unlikely than so
SAME_S = 60.0  # added to both times: a pace over seconds tells nothing
LIKELY, UNLIKELY = 3.0, 1.0  # against the likeliest pass: others are followed on too; do not count, at the finish
UNDER_WAY_M = 300.0  # run since first seen: who stands at the line may be about to start


@dataclass(frozen=True, slots=True)
class LikelyPass:
    """Metres along the course; `passes` are all that are in question yet, none when there is but this one.
    `is_sure`: whether it may be believed that the runner has arrived, if that is where they are."""

    distance_m: float
    passes: tuple[tuple[float, float, float], ...]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to have come here: where the runner was when first seen, how far their position was off it (see _off),
    where they are, and how unlikely all that is."""

    from_m: float
    off: float
    to_m: float
    odd: float

    @property
    def kept(self) -> tuple[float, float, float]:
        return self.from_m, self.off, self.to_m


def is_in_question(last: Replan | None) -> bool:
    """Whether it is open on which pass the runner is, by what was heard of them last."""
    return last is None or last.first_at is not None


def likeliest_pass(position: FeedPosition, plan: ThrottlePlan, places: Places) -> LikelyPass | None:
    """Where a runner is whose pass is in question; None where they cannot have come from where they were.

    Raises PlanHasNoStart, PositionBad, OffCourse.
    """
    if plan.starts_at is None:
        raise PlanHasNoStart
    passes = places.candidates(position.latitude, position.longitude)
    last = plan.replan
    begun_s = (((last and last.first_at) or position.at) - plan.starts_at).total_seconds()
    ways = _begun(passes, plan, begun_s) if last is None else _gone_on(last, passes, plan, position, begun_s)
    if not ways:
        return None
    best = min(ways, key=lambda way: way.odd)
    others = min((way.odd for way in ways if way.to_m != best.to_m), default=inf) - best.odd
    is_sure = others == inf or (others >= UNLIKELY and best.to_m - best.from_m >= UNDER_WAY_M)
    likely = tuple(way.kept for way in ways if way.odd <= best.odd + LIKELY or not is_sure)
    return LikelyPass(best.to_m, likely if others < LIKELY or not is_sure else (), is_sure)


def _begun(passes: Sequence[Place], plan: ThrottlePlan, begun_s: float) -> list[_Way]:
    return [
        _Way(one.distance_m, _off(one), one.distance_m, _off(one) + _odd(begun_s, _planned_s(plan, one.distance_m)))
        for one in passes
        if one.distance_m - LEAP_M <= FASTEST_REPORT_M_PER_S * max(begun_s, 0.0)
    ]


def _gone_on(
    last: Replan, passes: Sequence[Place], plan: ThrottlePlan, position: FeedPosition, begun_s: float
) -> list[_Way]:
    """Each way that was in question, to the pass that it leads on to."""
    assert last.first_at is not None
    seen_s, since_s = (position.at - last.first_at).total_seconds(), (position.at - last.at).total_seconds()
    ways = []
    for from_m, off, to_m in last.passes:
        then_s, there_s = _planned_s(plan, from_m), _planned_s(plan, to_m)
        pace = _pace(seen_s - since_s, there_s - then_s)
        expected_m = _planned_m(plan, there_s + since_s / pace)
        now = min(passes, key=lambda one: _off(one) + abs(one.distance_m - expected_m) / SURPRISE_M)
        if -LEAP_M <= now.distance_m - to_m <= LEAP_M + FASTEST_REPORT_M_PER_S * since_s:
            planned_s = _planned_s(plan, now.distance_m) - then_s
            before = _odd(begun_s, then_s, pace=_pace(seen_s, planned_s))
            ways.append(_Way(from_m, off, now.distance_m, off + _off(now) + _odd(seen_s, planned_s) + before))
    return ways


def _pace(took_s: float, planned_s: float) -> float:
    """The time over the planned one."""
    return (max(took_s, 0.0) + SAME_S) / (max(planned_s, 0.0) + SAME_S)


def _odd(took_s: float, planned_s: float, *, pace: float = 1.0) -> float:
    """How unlikely a time is for a runner of this pace: the negative logarithm of its chance."""
    ratio = _pace(took_s, planned_s) / pace
    return -log(ratio) / AHEAD if ratio < 1 else min(log(ratio) / BEHIND, NOT_BEGUN)


def _off(place: Place) -> float:
    return (place.off_m / NOISE_M) ** 2 / 2


def _planned_s(plan: ThrottlePlan, distance_m: float) -> float:
    places_m, times_s = _schedule(plan)
    return float(np.interp(distance_m, places_m, times_s))


def _planned_m(plan: ThrottlePlan, second: float) -> float:
    places_m, times_s = _schedule(plan)
    return float(np.interp(second, times_s, places_m))


def _schedule(plan: ThrottlePlan) -> tuple[list[float], list[float]]:
    steps = plan.planned_steps
    return (
        [metre for step in steps for metre in (step.start_m, step.end_m)],
        [second for step in steps for second in (step.start_s, step.end_s)],
    )
