"""What is to be solved: the ground from step to step, the gates to reach in time, and the budget that is left."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.pacing.model import Legs, Runner, Standing
from domain.pacing.speeds import speeds_for
from domain.pacing.toll import Toll, toll_of
from domain.runs.recording import Floats

# A third of threshold power is a stroll; four times is more than a sprint takes. No step is run outside of these.
LEAST_THROTTLE = 0.3
MOST_THROTTLE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """By when so many steps must be behind the runner: `moving_s` from here, stops left out."""

    steps: int
    moving_s: float
    cutoff_s: float
    name: str | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Task:
    """A course as the solver takes it. `starts` (m + 1,) are the cells where steps begin, and n."""

    legs: Legs
    runner: Runner
    standing: Standing
    toll: Toll
    starts: NDArray[np.int64]
    gates: tuple[Gate, ...]
    budget_s: float

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return self.starts.size - 1

    @property
    def d_prime_at_start(self) -> float:
        """What is left of D′ here, m."""
        left = self.standing.d_prime_left_m
        return self.runner.d_prime_m if left is None else left

    def totals(self, throttle: Floats, first: int, end: int) -> tuple[float, float]:
        """Moving seconds and budget of the steps from `first` to before `end` at (m,) throttles."""
        cells = slice(self.starts[first], self.starts[end])
        toll = Toll(
            running=self.toll.running[cells],
            walking=self.toll.walking[cells],
            fastest_m_per_s=self.toll.fastest_m_per_s[cells],
        )
        speeds = speeds_for(toll, self.runner, throttle[self.legs.step[cells]])
        seconds = self.legs.length_m[cells] / speeds.speed_m_per_s
        spent = seconds @ speeds.used_throttle**self.runner.fatigue_exponent
        return float(np.sum(seconds)), float(spent)

    def even(self, throttle: float) -> Floats:
        """One throttle for all steps, (m,)."""
        return np.full(self.steps, throttle)

    def with_gates(self, gates: Iterable[Gate]) -> Self:
        """The same course with other gates."""
        return replace(self, gates=tuple(gates))


def task_of(legs: Legs, runner: Runner, standing: Standing, target_time_s: float | None = None) -> Task:
    """What is left to solve, with a gate for each cut-off ahead, and one at the finish for a target time.

    A runner who has used up the budget, or all but, may still go on at the least throttle.
    """
    starts = np.searchsorted(legs.step, np.arange(legs.step[-1] + 2))
    task = Task(
        legs=legs,
        runner=runner,
        standing=standing,
        toll=toll_of(legs, runner),
        starts=starts,
        gates=tuple(_gates(legs, standing, target_time_s)),
        budget_s=runner.fatigue_budget_s - standing.budget_used_s,
    )
    floor = task.totals(task.even(LEAST_THROTTLE), 0, task.steps)[1]
    return replace(task, budget_s=max(task.budget_s, floor))


def up_to(task: Task, steps: int) -> Task:
    """The course up to the end of a step, without gates; what follows is left enough of the budget to be walked."""
    cells = slice(0, task.starts[steps])
    legs, toll = task.legs, task.toll
    walk_on = task.totals(task.even(LEAST_THROTTLE), steps, task.steps)[1]
    return replace(
        task,
        legs=Legs(
            start_m=legs.start_m,
            length_m=legs.length_m[cells],
            grade=legs.grade[cells],
            terrain=legs.terrain[cells],
            step=legs.step[cells],
            stops=tuple(replace(stop, cutoff_s=None) for stop in legs.stops if stop.after_cell < cells.stop - 1),
        ),
        toll=Toll(
            running=toll.running[cells], walking=toll.walking[cells], fastest_m_per_s=toll.fastest_m_per_s[cells]
        ),
        starts=task.starts[: steps + 1],
        gates=(),
        budget_s=task.budget_s - walk_on,
    )


def _gates(legs: Legs, standing: Standing, target_time_s: float | None) -> Iterable[Gate]:
    """A cut-off where the runner stands already is none: nothing that is run now meets it."""
    waited = standing.elapsed_s
    finish = legs.length_m.size - 1
    for stop in legs.stops:
        if stop.cutoff_s is not None and stop.after_cell >= 0:
            steps = int(legs.step[stop.after_cell]) + 1
            yield Gate(steps=steps, moving_s=stop.cutoff_s - waited, cutoff_s=stop.cutoff_s, name=stop.name)
        waited += stop.stop_s if stop.after_cell < finish else 0.0
    if target_time_s is not None:
        steps = int(legs.step[-1]) + 1
        yield Gate(steps=steps, moving_s=target_time_s - waited, cutoff_s=target_time_s, name=None)
