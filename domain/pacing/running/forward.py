"""A course run at given throttles, cell by cell: the judge of every plan."""

from itertools import accumulate

import numpy as np

from domain.pacing.late import Late, Missed
from domain.pacing.model import Legs, Pacing, Runner, Standing
from domain.pacing.running.reserve import after, kept_and_gained
from domain.pacing.running.speeds import speeds_at
from domain.runs.recording import Floats

# So much later than a cut-off is still on time: rounding, not running.
ON_TIME_S = 1e-3
FRESH = Standing()


def follow(legs: Legs, runner: Runner, throttle: Floats, standing: Standing = FRESH) -> Pacing:
    """The course at one throttle (above 0) for each step, shape (m,), as it comes: nothing is refused.

    `d_prime_left_m` falls below 0 and `budget_used_s` (what was used before included) rises above the runner's budget
    where the throttles ask too much. `late` names the cut-offs that are missed, and by how much this pacing does.
    """
    speeds = speeds_at(legs, runner, throttle[legs.step])
    seconds = legs.length_m / speeds.speed_m_per_s
    waits = waits_before(legs)
    end_s = standing.elapsed_s + np.cumsum(waits + seconds)
    spent = float(np.sum(seconds * speeds.used_throttle**runner.fatigue_exponent))
    return Pacing(
        throttle=throttle,
        used_throttle=speeds.used_throttle,
        speed_m_per_s=speeds.speed_m_per_s,
        walking=speeds.walking,
        end_s=end_s,
        d_prime_left_m=_balance(runner, speeds.used_throttle, seconds, waits, standing),
        budget_used_s=standing.budget_used_s + spent,
        finish_s=float(end_s[-1]),
        late=_missed(legs, end_s, standing),
    )


def waits_before(legs: Legs) -> Floats:
    """How long the runner stands before each cell, s: shape (n,). A stop at the finish holds nobody up."""
    waits = np.zeros(legs.length_m.size + 1)
    for stop in legs.stops:
        waits[stop.after_cell + 1] += stop.stop_s
    return waits[:-1]


def _balance(runner: Runner, used: Floats, seconds: Floats, waits: Floats, standing: Standing) -> Floats:
    rested = kept_and_gained(runner, np.zeros(1), waits)
    maps = after(kept_and_gained(runner, used, seconds), rested)
    start = runner.d_prime_m if standing.d_prime_left_m is None else standing.d_prime_left_m
    steps = zip(maps.kept.tolist(), maps.gained.tolist(), strict=True)
    lefts = accumulate(steps, lambda left, step: left * step[0] + step[1], initial=start)
    return np.fromiter(lefts, dtype=np.float64)[1:]


def _missed(legs: Legs, end_s: Floats, standing: Standing) -> tuple[Late, ...]:
    """The cut-offs that come before their arrivals."""
    arrivals = np.concatenate(([standing.elapsed_s], end_s))
    return tuple(
        Late(
            name=stop.name,
            cutoff_s=stop.cutoff_s,
            late_s=late,
            why=Missed.PAST if stop.after_cell < 0 else Missed.AS_RUN,
        )
        for stop in legs.stops
        if stop.cutoff_s is not None and (late := float(arrivals[stop.after_cell + 1] - stop.cutoff_s)) > ON_TIME_S
    )
