"""Courses as the solver takes them, made of cells, and all that can be run on them at throttles of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from domain.pacing.model import Goal, GoalKind, Knots, Legs, Runner, Stop
from domain.pacing.running.forward import waits_before
from domain.pacing.running.reserve import kept_and_gained
from domain.pacing.running.speeds import speeds_at
from domain.runs.recording import Floats
from tests.factories.slopes import a_runner

LEAST_TIME = Goal(kind=GoalKind.LEAST_TIME)
EVEN = Goal(kind=GoalKind.EVEN_EFFORT)
NO_CAPS = Knots((0.0,), (50.0,))
# So slow a walk that nobody walks; so much D′ and budget that neither binds.
NEVER_WALKS = 0.01
PLENTY = 1e15


def legs_of(
    *steps: tuple[float, float | Sequence[float]], cells: int = 1, stops: Sequence[Stop] = (), terrain: float = 1.0
) -> Legs:
    """Steps one after the other, each so many metres at a grade (or at one for each cell), cut into even cells."""
    grade = np.concatenate([np.broadcast_to(np.asarray(of, dtype=np.float64), cells) for _, of in steps])
    return Legs(
        start_m=0.0,
        length_m=np.repeat([length / cells for length, _ in steps], cells),
        grade=grade,
        terrain=np.full(grade.size, terrain),
        step=np.repeat(np.arange(len(steps)), cells),
        stops=tuple(stops),
    )


def a_stop(after_cell: int, *, name: str = "Hut", stop_s: float = 0.0, cutoff_s: float | None = None) -> Stop:
    """A waypoint at the end of a cell."""
    return Stop(name=name, after_cell=after_cell, distance_m=0.0, stop_s=stop_s, cutoff_s=cutoff_s)


def a_free_runner(**figures: object) -> Runner:
    """A runner whom only the budget holds back: no caps, no walking, D′ without end."""
    free = {"fastest_m_per_s": NO_CAPS, "walking_m_per_s": NEVER_WALKS, "d_prime_m": PLENTY}
    return a_runner(**(free | figures))


def target(seconds: float) -> Goal:
    """To be at the finish by then, at the least peak."""
    return Goal(kind=GoalKind.TARGET_TIME, target_time_s=seconds)


@dataclass(frozen=True, eq=False)
class Searched:
    """Every choice of throttles from a grid: which hold, when they arrive at each cell's end, and their highest."""

    allowed: NDArray[np.bool_]
    end_s: Floats
    peak: Floats

    @property
    def best_s(self) -> float:
        """The soonest finish of all that hold; inf if none does."""
        return float(np.min(np.where(self.allowed, self.end_s[-1], np.inf)))


def search(legs: Legs, runner: Runner, grid: Floats) -> Searched:
    """Run the course at every choice from the grid, without the solver: budget, D′ and cut-offs, nothing else."""
    steps = int(legs.step[-1]) + 1
    chosen = np.array(list(product(range(grid.size), repeat=steps)))
    speeds = speeds_at(legs, runner, grid[:, None])
    left = np.full(len(chosen), runner.d_prime_m)
    now, spent, allowed, ends = np.zeros_like(left), np.zeros_like(left), left >= 0, []
    for cell, wait in enumerate(waits_before(legs)):
        used = speeds.used_throttle[chosen[:, legs.step[cell]], cell]
        seconds = legs.length_m[cell] / speeds.speed_m_per_s[chosen[:, legs.step[cell]], cell]
        for balance in (kept_and_gained(runner, np.zeros(1), np.array([wait])), kept_and_gained(runner, used, seconds)):
            left = left * balance.kept + balance.gained
        now, spent = now + wait + seconds, spent + seconds * used**runner.fatigue_exponent
        allowed &= left >= 0
        ends.append(now)
    for stop in legs.stops:
        allowed &= (stop.cutoff_s is None) | (ends[stop.after_cell] <= (stop.cutoff_s or 0.0))
    return Searched(allowed & (spent <= runner.fatigue_budget_s), np.array(ends), grid[chosen].max(axis=1))
