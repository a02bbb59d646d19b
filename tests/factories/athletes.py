"""Athletes whose bodies are known to the last figure, and the runs that such bodies make."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from scipy.signal import lfilter

from domain.analysis.grade_cost import minetti_running_cost, minetti_walking_cost
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.model import LONG_S
from domain.physiology.critical_speed import Effort
from domain.physiology.model import Physiology

SET_ON = date(2026, 3, 1)
FIRST = datetime(2026, 1, 3, 8, tzinfo=UTC)
# How much the ground goes up and down: one standard deviation of the grade.
FLAT, ROLLING, HILLY, MOUNTAINS = 0.01, 0.05, 0.10, 0.18


@dataclass(frozen=True)
class Athlete:
    """The truth. `own_cost` and `fastest` are curves over the grade, as (grades, values)."""

    speed_m_per_s: float = 4.0
    d_prime_m: float = 180.0
    exponent: float = 17.7
    budget_s: float = 3000.0
    long_slope: float = 0.22
    own_cost: tuple[tuple[float, ...], tuple[float, ...]] = ((-0.3, 0.0, 0.3), (0.1, 0.0, -0.08))
    fastest: tuple[tuple[float, ...], tuple[float, ...]] = ((-0.4, -0.3, -0.2, -0.1, -0.05), (1.6, 2.4, 3.4, 4.8, 6.0))
    walking_m_per_s: float = 1.9
    resting_heart_rate: float = 48.0
    threshold_heart_rate: float = 172.0
    pushes_uphill: float = 0.3
    day_to_day: float = 0.04
    noise: float = 0.04
    figures: Physiology | None = field(default=None)

    def with_figures(self) -> "Athlete":
        """The same, who knows critical speed and D′ and has set them."""
        figures = Physiology(valid_from=SET_ON, critical_speed_m_per_s=self.speed_m_per_s, d_prime_m=self.d_prime_m)
        return Athlete(**{name: getattr(self, name) for name in self.__dataclass_fields__} | {"figures": figures})

    def throttle_for(self, time_s: float) -> float:
        """The most that is held for so long; beyond four hours it falls more steeply."""
        short = (self.budget_s / min(time_s, LONG_S)) ** (1 / self.exponent)
        return float(short * (LONG_S / max(time_s, LONG_S)) ** self.long_slope)

    def runs(self, grade, throttle):
        """Speeds and throttles really used on these grades, and what is walked: arrays of one shape."""
        own = np.exp(np.interp(grade, *self.own_cost)) * np.sqrt(1 + grade**2) / 3.6
        run_cost, walk_cost = minetti_running_cost(grade) * own, minetti_walking_cost(grade) * own
        power = throttle * self.speed_m_per_s
        walk = np.minimum(power / walk_cost, self.walking_m_per_s)
        walking = walk > power / run_cost
        cap = np.where(grade < -0.05, np.interp(grade, *self.fastest), 9.0)
        speed = np.minimum(np.where(walking, walk, power / run_cost), cap)
        return speed, speed * np.where(walking, walk_cost, run_cost) / self.speed_m_per_s, walking

    def efforts(self):
        """Best efforts on the flat: by CS and D′ up to 20 min, by the budget and D′ beyond."""
        short = [(d, (d - self.d_prime_m) / self.speed_m_per_s) for d in (1000.0, 1609.344, 3000.0)]
        e = 1 / self.exponent
        time_s = ((10_000 - self.d_prime_m) / (self.speed_m_per_s * self.budget_s**e)) ** (1 / (1 - e))
        return tuple(
            Effort(UUID(int=k), FIRST + timedelta(days=k), d, t)
            for k, (d, t) in enumerate([*short, (10_000.0, time_s)])
        )


@dataclass(frozen=True)
class Outing:
    """One run: for how long, over what ground, and at what share of the most that is held so long."""

    hours: float
    ground: float = ROLLING
    share: float = 0.82
    heart_rate: bool = True


def a_history(
    athlete: Athlete,
    outings: list[Outing],
    rng: np.random.Generator,
    *,
    efforts: tuple[Effort, ...] = (),
    metres: tuple[float, float] = (100.0, 400.0),
) -> PacingHistory:
    """What these runs leave behind, in their order; stretches are of so many metres."""
    runs = [_a_run(athlete, outing, rng, metres) | {"run": k} for k, outing in enumerate(outings)]
    columns = {name: np.concatenate([_column(run, name) for run in runs] or [np.zeros(0)]) for name in COLUMNS}
    columns["run"], columns["walking"] = columns["run"].astype(np.int64), columns["walking"].astype(np.bool_)
    return PacingHistory(physiology=athlete.figures, efforts=efforts, **columns)


def a_year(rng: np.random.Generator, runs: int = 60) -> list[Outing]:
    """Runs of half an hour to eight hours, the longer the hillier as a rule, one in ten of them a race, one in five
    without a heart rate."""
    hours = np.exp(rng.uniform(np.log(0.5), np.log(2.5), runs))
    long = rng.random(runs) < 0.15
    hours[long] = rng.uniform(3, 8, np.count_nonzero(long))
    hilly = np.searchsorted([0.9, 1.6, 3.0], hours * np.exp(rng.normal(0, 0.5, runs)))
    share = np.where(rng.random(runs) < 0.1, 1.0, rng.uniform(0.80, 0.88, runs))
    heard = rng.random(runs) < 0.8
    grounds = np.array([FLAT, ROLLING, HILLY, MOUNTAINS])[hilly]
    each = zip(hours.tolist(), grounds.tolist(), share.tolist(), heard.tolist(), strict=True)
    return [Outing(*one) for one in each]


COLUMNS = ("run", "start_s", "start_m", "length_m", "moving_s", "mean_grade", "heart_rate", "walking")


def _column(run, name):
    return np.broadcast_to(run[name], run["length_m"].shape)


def _a_run(athlete, outing, rng, metres):
    count = int(outing.hours * 3600 * 5 / metres[0]) + 10
    length = rng.uniform(*metres, count)
    grade = np.clip(_wandering(rng, count, outing.ground, 0.6), -0.42, 0.42)
    grade -= grade.mean()
    usual = athlete.throttle_for(outing.hours * 3600) * outing.share * np.exp(rng.normal(0, athlete.day_to_day))
    throttle = usual * np.exp(athlete.pushes_uphill * grade + _wandering(rng, count, 0.03, 0.8))
    speed, used, walking = athlete.runs(grade, throttle)
    moving = length / speed * np.exp(rng.normal(0, athlete.noise, count))
    start = np.concatenate(([0.0], np.cumsum(moving)[:-1]))
    above = (athlete.threshold_heart_rate - athlete.resting_heart_rate) * used * (1 + 0.015 * start / 3600)
    heart = athlete.resting_heart_rate + above + rng.normal(0, 2.0, count)
    kept = start < outing.hours * 3600
    run = {
        "start_s": start,
        "start_m": np.cumsum(length) - length,
        "length_m": length,
        "moving_s": moving,
        "mean_grade": grade,
        "heart_rate": heart if outing.heart_rate else np.full(count, np.nan),
        "walking": walking,
    }
    return {name: values[kept] for name, values in run.items()}


def _wandering(rng, count, spread, memory):
    """Values around 0 with this standard deviation, each with a share of the one before."""
    return lfilter([1.0], [1.0, -memory], rng.normal(0, spread * np.sqrt(1 - memory**2), count))
