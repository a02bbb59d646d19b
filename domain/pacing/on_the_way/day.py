"""What day a runner has: how much more, or less, than usual the ground costs them."""

import math

import numpy as np

from domain.analysis.model import WARM_UP_S
from domain.pacing.model import Legs, Pacing, Replan, Report, Runner
from domain.pacing.running.drift import drift
from domain.pacing.running.heart import heart_throttle_over
from domain.runs.recording import Floats

# Half of what is seen is put down to the day: the model that it is measured against errs as much.
DAY_SHARE = 0.5
MOST_DAY = 1.1
# Being faster or slower than the plan tells of the day once it has lasted.
DAY_SETTLES_S = 900.0
# A heart follows effort within minutes, and one reading is a chance: those of some ten minutes count together.
HEART_MEMORY_S = 120.0
HEART_SETTLES_S = 600.0
# Where little is used the heart tells of what was before, or of fear; off these ratios of a strap that slips.
LEAST_THROTTLE = 0.5
# From the foot of a climb on it tells of the descent before as much as of the climb.
MOST_CHANGE = 0.15
PLAUSIBLE = (0.7, 1.4)


def today_of(
    runner: Runner, legs: Legs, done: Pacing, before: Replan | None, report: Report, elapsed_s: float
) -> float | None:
    """How many times its usual throttle a heartbeat costs today: 1/1.1 to 1.1, None as long as no heart rate told.

    `done` is the way lately, over `legs`, at the throttles that it must have been run with. The heart's share of its
    reserve (threshold − resting), without its usual drift, over the mean throttle of the last two minutes, as hearts
    have it (`heart_throttle_over`), would be 1; half of what it is off (of its logarithm) counts, and replaces what
    `before` says by 1 − e^(−Δt / 600 s), 0.63 at the most. A reading in the first five minutes, on ground where under
    half of threshold power is used, in the two minutes after the effort has changed, or off by more than 0.7 to 1.4, is
    passed over.
    """
    told = before.today if before else None
    seen = _ratio_seen(runner, legs, done, report, elapsed_s)
    if seen is None or elapsed_s < WARM_UP_S:
        return told
    since_s = elapsed_s if before is None or told is None else (report.at - before.at).total_seconds()
    fresh = 1 - math.exp(-min(since_s, HEART_SETTLES_S) / HEART_SETTLES_S)
    return _bounded((1 - fresh) * math.log(told or 1.0) + fresh * DAY_SHARE * math.log(seen))


def cost_by_pace(scale: float, over_s: float, elapsed_s: float, before: float = 1.0) -> float:
    """How many times its usual cost the ground has today, 1/1.1 to 1.1, for one who was taken to have a day of `before`
    and has pushed `scale` times what they were told, as far as the time says that they took over the last `over_s`.

    Half of it is the day, as much as the stretch is of the whole way, and less in the first half hour. Who does as told
    has the day that they were told.
    """
    share = DAY_SHARE * max(over_s, 0.0) / (elapsed_s + DAY_SETTLES_S)
    return _bounded(math.log(before) - share * math.log(scale))


def _ratio_seen(runner: Runner, legs: Legs, done: Pacing, report: Report, elapsed_s: float) -> float | None:
    resting, threshold = runner.resting_heart_rate, runner.threshold_heart_rate
    if report.heart_rate is None or resting is None or threshold is None:
        return None
    weight = _lately(done)
    used, asked = weight @ done.used_throttle, heart_throttle_over(legs, done, runner)
    mean = float(weight @ asked)
    if used < LEAST_THROTTLE or weight @ (asked - mean) ** 2 > (MOST_CHANGE * mean) ** 2:
        return None
    ratio = (report.heart_rate - resting) / (threshold - resting) / mean / drift(elapsed_s)
    return ratio if PLAUSIBLE[0] <= ratio <= PLAUSIBLE[1] else None


def _lately(done: Pacing) -> Floats:
    """The share of each cell in the last two minutes, (n,)."""
    begun_s = np.concatenate(([-np.inf], done.end_s[:-1]))
    since_s = done.end_s[-1] - HEART_MEMORY_S
    weight = np.maximum(done.end_s - np.maximum(begun_s, since_s), 0.0)
    return np.asarray(weight / weight.sum())


def _bounded(log_cost: float) -> float:
    return math.exp(min(max(log_cost, -math.log(MOST_DAY)), math.log(MOST_DAY)))
