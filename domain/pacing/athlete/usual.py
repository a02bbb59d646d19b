"""How hard an athlete runs as a rule, by how far: what a run takes them on a usual day."""

from dataclasses import dataclass

import numpy as np

from domain.pacing.athlete.ran import Ran
from domain.pacing.athlete.ways import USUAL_M_PER_S, Ways, learn_ways
from domain.runs.recording import Floats

RIEGEL = 1.06
# Speed falls with the length to this power, as time rises with length^1.06 (Riegel 1981, Am Sci 69:285).
RIEGEL_FALL = 1 / RIEGEL - 1
# How firmly that is held to: like this many runs, each e times as long, or a part as long, as the others.
SLOPE_RIDGE = 6.0
SHORTEST_M = 1000.0
HUBER = 1.345
LEAST_SCATTER = 0.01
ROUNDS = 4
STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Power, told as the speed that it runs on the level: `m_per_s` over a length of `length_m` level metres, and
    m_per_s · (length / length_m)^slope over another."""

    m_per_s: float = USUAL_M_PER_S
    length_m: float = 10_000.0
    slope: float = RIEGEL_FALL

    def over(self, length_m: Floats) -> Floats:
        """By lengths in level metres: any shape in, the same out."""
        return np.asarray(self.m_per_s * (np.maximum(length_m, 1.0) / self.length_m) ** self.slope)


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """An athlete's ways, and how hard they run; `level_m_per_s`, shape (runs,), is how hard each run was: the power at
    which it takes the time that it took. NaN for runs that were not learned from."""

    ways: Ways
    usual: Usual
    level_m_per_s: Floats


def foretold_time_s(habits: Habits, ground: Ran) -> Floats:
    """How long each run over this ground takes, s of movement, shape (runs,): as hard as is usual for its length.

    Nothing is looked at but lengths and grades. A run without stretches takes no time.
    """
    level = habits.usual.over(level_lengths_m(ground))
    speeds = habits.ways.speeds(habits.ways.toll(ground), level[ground.run])
    return np.asarray(np.bincount(ground.run, weights=ground.length_m / speeds.speed_m_per_s), dtype=np.float64)


def level_lengths_m(ground: Ran) -> Floats:
    """What each run's metres cost in level ones, by Minetti and all of it run: shape (runs,)."""
    return np.asarray(np.bincount(ground.run, weights=ground.length_m * ground.running), dtype=np.float64)


def learn(ran: Ran, lengths_m: Floats, speed_m_per_s: float | None = None) -> Habits:
    """The habits behind some runs' stretches; `lengths_m`, shape (runs,), are `level_lengths_m` of the whole runs, of
    which `ran` may be a part."""
    ways = learn_ways(ran, speed_m_per_s)
    level = _levels(ways, ran, lengths_m.size)
    return Habits(ways, _trend(lengths_m, level), level)


def _levels(ways: Ways, ran: Ran, runs: int) -> Floats:
    """How hard each run was, shape (runs,). Time falls as the power rises, at most as fast: so the ratio of the times,
    taken as the ratio of the powers, comes ever nearer from one side, and ends where caps bind all along."""
    took = np.bincount(ran.run, weights=ran.time_s, minlength=runs)
    worth = np.bincount(ran.run, weights=ran.length_m * ran.running, minlength=runs)
    level = np.where(took > 0, worth / np.maximum(took, 1.0), np.nan)
    toll = ways.toll(ran)
    for _ in range(STEPS):
        speed = ways.speeds(toll, level[ran.run]).speed_m_per_s
        level *= np.bincount(ran.run, weights=ran.length_m / speed, minlength=runs) / np.maximum(took, 1.0)
    return np.asarray(level)


def _trend(lengths_m: Floats, level_m_per_s: Floats) -> Usual:
    """log level = a + slope · log length by Huber's weights, the slope drawn towards Riegel's."""
    told = np.isfinite(level_m_per_s) & (lengths_m >= SHORTEST_M)
    if not told.any():
        return Usual()
    x, y = np.log(lengths_m[told]), np.log(level_m_per_s[told])
    weight = np.ones(x.size)
    for _ in range(ROUNDS):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        along = weight * (x - mean_x)
        slope = (along @ (y - mean_y) + SLOPE_RIDGE * RIEGEL_FALL) / (along @ (x - mean_x) + SLOPE_RIDGE)
        rest = np.abs(y - mean_y - slope * (x - mean_x))
        scatter = max(1.4826 * float(np.median(rest)), LEAST_SCATTER)
        weight = np.minimum(1.0, HUBER * scatter / np.maximum(rest, LEAST_SCATTER * HUBER))
    return Usual(m_per_s=float(np.exp(mean_y)), length_m=float(np.exp(mean_x)), slope=float(slope))
