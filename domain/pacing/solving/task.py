"""What is to be solved: the ground from step to step, the gates to reach in time, and the budget that is left."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.pacing.model import Legs, Pacing, Runner, Standing
from domain.pacing.running.forward import follow, waits_before
from domain.pacing.running.speeds import speeds_for
from domain.pacing.running.toll import Toll, toll_of
from domain.runs.recording import Floats

# A third of threshold power is a stroll; four times is more than a sprint takes. No step is run outside of these.
LEAST_THROTTLE = 0.3
MOST_THROTTLE = 4.0
# What rounding may add to a budget and take from D′, as a ratio; and to an arrival, s.
CLOSE = 1e-10
CLOSE_S = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """By when so many steps must be behind the runner: `moving_s` from here, stops left out."""

    steps: int
    moving_s: float
    cutoff_s: float
    name: str | None

    def moved(self, late_s: float) -> Self:
        """The same gate, closed so much later."""
        return replace(self, moving_s=self.moving_s + late_s)


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

    def highest_useful(self) -> Floats:
        """The throttle of each step from which on nothing gets faster, (m,)."""
        capped = self.toll.fastest_m_per_s * self.toll.running / self.runner.critical_speed_m_per_s
        return np.maximum(np.maximum.reduceat(capped, self.starts[:-1]), LEAST_THROTTLE)

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

    def until_s(self, throttle: Floats) -> Floats:
        """Moving seconds until each step begins, and until the finish, at (m,) throttles: (m + 1,)."""
        speeds = speeds_for(self.toll, self.runner, throttle[self.legs.step])
        seconds = np.cumsum(self.legs.length_m / speeds.speed_m_per_s)
        return np.concatenate(([0.0], seconds[self.starts[1:] - 1]))

    @property
    def stroll(self) -> tuple[float, float]:
        """Moving seconds and budget of the whole at the least throttle."""
        return self.totals(self.even(LEAST_THROTTLE), 0, self.steps)

    def even(self, throttle: float) -> Floats:
        """One throttle for all steps, (m,)."""
        return np.full(self.steps, throttle)

    def paced(self, throttle: Floats) -> Pacing:
        """What comes of one throttle for each step, (m,)."""
        return follow(self.legs, self.runner, throttle, self.standing)

    def d_prime_holds(self, throttle: Floats) -> bool:
        """Whether D′ is never overdrawn at (m,) throttles."""
        left = self.paced(throttle).d_prime_left_m
        return bool(np.min(left) >= -CLOSE * max(self.runner.d_prime_m, 1.0))

    def within_budget(self, throttle: Floats) -> bool:
        """Whether (m,) throttles take no more than the budget that is left."""
        return self.totals(throttle, 0, self.steps)[1] <= self.budget_s * (1 + CLOSE)

    def allows(self, throttle: Floats) -> bool:
        """Whether budget and D′ hold at (m,) throttles."""
        return self.within_budget(throttle) and self.d_prime_holds(throttle)

    def late_s(self, throttle: Floats, gate: Gate) -> float:
        """How much too late (m,) throttles reach a gate; negative where they are early."""
        return self.totals(throttle, 0, gate.steps)[0] - gate.moving_s

    def in_time(self, throttle: Floats) -> bool:
        """Whether (m,) throttles reach every gate in time."""
        until_s = self.until_s(throttle)
        return all(until_s[gate.steps] <= gate.moving_s + CLOSE_S for gate in self.gates)

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
    return _strolled_at_least(task)


def up_to(task: Task, steps: int) -> Task:
    """The course up to the end of a step, without gates; what follows is left enough of the budget to be strolled."""
    stroll = task.totals(task.even(LEAST_THROTTLE), steps, task.steps)[1]
    return _strolled_at_least(replace(_between(task, 0, steps), budget_s=task.budget_s - stroll))


def beyond(task: Task, steps: int, throttle: Floats) -> Task:
    """The course from the end of a step on, which was reached at these throttles, (steps,)."""
    throttle = np.concatenate((throttle, np.full(task.steps - steps, LEAST_THROTTLE)))
    pacing, arrived = task.paced(throttle), task.starts[steps] - 1
    moving_s, spent = task.totals(throttle, 0, steps)
    standing = Standing(
        elapsed_s=float(pacing.end_s[arrived]),
        d_prime_left_m=float(max(pacing.d_prime_left_m[arrived], 0.0)),
        budget_used_s=task.standing.budget_used_s + spent,
    )
    ahead = (gate for gate in task.gates if gate.steps > steps)
    rest = replace(
        _between(task, steps, task.steps),
        standing=standing,
        gates=tuple(replace(gate, steps=gate.steps - steps, moving_s=gate.moving_s - moving_s) for gate in ahead),
        budget_s=task.budget_s - spent,
    )
    return _strolled_at_least(rest)


def _strolled_at_least(task: Task) -> Task:
    """The task with budget enough for the least throttle: rounding or tiredness may have left less."""
    return replace(task, budget_s=max(task.budget_s, task.stroll[1]))


def _between(task: Task, first: int, end: int) -> Task:
    """Some of the steps, without gates; the stop where they begin is theirs."""
    cells = slice(task.starts[first], task.starts[end])
    legs, toll = task.legs, task.toll
    stops = (replace(stop, after_cell=stop.after_cell - int(cells.start)) for stop in legs.stops)
    return replace(
        task,
        legs=Legs(
            start_m=legs.start_m + float(np.sum(legs.length_m[: cells.start])),
            length_m=legs.length_m[cells],
            grade=legs.grade[cells],
            terrain=legs.terrain[cells],
            step=legs.step[cells] - first,
            stops=tuple(stop for stop in stops if -1 <= stop.after_cell < cells.stop - cells.start),
        ),
        toll=Toll(
            running=toll.running[cells], walking=toll.walking[cells], fastest_m_per_s=toll.fastest_m_per_s[cells]
        ),
        starts=task.starts[first : end + 1] - cells.start,
        gates=(),
    )


def _gates(legs: Legs, standing: Standing, target_time_s: float | None) -> Iterable[Gate]:
    """A cut-off where the runner stands already is none: nothing that is run now meets it."""
    stood = standing.elapsed_s + np.cumsum(waits_before(legs))
    for stop in legs.stops:
        if stop.cutoff_s is not None and stop.after_cell >= 0:
            steps, waited = int(legs.step[stop.after_cell]) + 1, float(stood[stop.after_cell])
            yield Gate(steps=steps, moving_s=stop.cutoff_s - waited, cutoff_s=stop.cutoff_s, name=stop.name)
    if target_time_s is not None:
        steps, waited = int(legs.step[-1]) + 1, float(stood[-1])
        yield Gate(steps=steps, moving_s=target_time_s - waited, cutoff_s=target_time_s, name=None)
