"""How hard to push along a course: the runner as a model, the ground as cells, and what comes of both."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.analysis.model import Movement
from domain.courses.model import CourseId
from domain.pacing.basis import Basis
from domain.pacing.kept import Kept
from domain.pacing.late import Late
from domain.runs.recording import Floats

ThrottlePlanId = NewType("ThrottlePlanId", UUID)
# From here on runners tire faster than by Riegel's rule, s.
LONG_S = 14_400.0


class GoalKind(StrEnum):
    """What a plan is to reach."""

    LEAST_TIME = "LEAST_TIME"
    TARGET_TIME = "TARGET_TIME"
    EVEN_EFFORT = "EVEN_EFFORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Least time; or a target time (seconds from the start to the finish, stops included) at the least peak throttle;
    or one throttle all along: `throttle`, or the highest that can be held where it is None."""

    kind: GoalKind
    target_time_s: float | None = None
    throttle: float | None = None


@dataclass(frozen=True, slots=True)
class Knots:
    """A curve over the grade: (k,) grades, rising, and (k,) values; linear between, level beyond."""

    grade: tuple[float, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """An athlete as a plan takes them; every figure finite.

    Throttle 1 is the power of level running at `critical_speed_m_per_s`. Running costs Minetti's J/kg/m, walking
    likewise, both times e^own_cost(grade), which is 0 on the level; cost counts along the slope, √(1 + grade²) of the
    metres on the map. Nobody goes faster than `fastest_m_per_s(grade)`, and walks at most at `walking_m_per_s`.
    Above throttle 1 level-equivalent metres are taken from `d_prime_m`, below they come back. Over the whole course
    Σ seconds · throttle^fatigue_exponent stays within `fatigue_budget_s`: so long throttle 1 could be held by Riegel's
    rule. `threshold_heart_rate` is the one expected at throttle 1.

    Over four hours (LONG_S) the steeper line holds of `long_exponent` and `long_budget_s`, which meets the other there;
    None where only one is known. A plan for so long has it in the place of the other.
    """

    critical_speed_m_per_s: float
    d_prime_m: float
    fatigue_exponent: float
    fatigue_budget_s: float
    own_cost: Knots
    fastest_m_per_s: Knots
    walking_m_per_s: float
    resting_heart_rate: float | None = None
    threshold_heart_rate: float | None = None
    max_heart_rate: float | None = None
    long_exponent: float | None = None
    long_budget_s: float | None = None

    @property
    def holds_long(self) -> bool:
        """Whether fatigue is that of more than four hours."""
        return self.long_exponent == self.fatigue_exponent


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stop:
    """A waypoint as a plan takes it: it stands at the end of cell `after_cell` (−1: at the very start)."""

    name: str
    after_cell: int
    distance_m: float
    stop_s: float = 0.0
    cutoff_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Legs:
    """The ground that is solved for: n cells in order, grouped into m steps, each with one throttle.

    `length_m` (on the map), `grade`, `terrain` (how many times the smooth ground's cost, 1 and more): shape (n,).
    `step` (n,) counts the step of each cell from 0 to m − 1 without a gap. `start_m` is where the first cell begins.
    Stops are in order of their cells, and each stands where a step ends.
    """

    start_m: float
    length_m: Floats
    grade: Floats
    terrain: Floats
    step: NDArray[np.int64]
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a runner stands when the rest is solved: seconds since the start, D′ left (None: all), and how much of
    the fatigue budget is used, s."""

    elapsed_s: float = 0.0
    d_prime_left_m: float | None = None
    budget_used_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pacing:
    """A solved course. Seconds count from the start of the whole course.

    `throttle` (m,) is what each step is run at. By cell, shape (n,): `used_throttle` (the power really used, less where
    a cap or the fastest walk binds), `speed_m_per_s` on the map, `walking`, `end_s` (arrival at the cell's end, before
    any stop there), `d_prime_left_m` there. `finish_s` is when the runner arrives. `late` is what is missed, in the
    order of the course: cut-offs out of reach are left out, as if there were none; the others are met, unless they
    cannot be met together: then all of them may be late by the least that will do. A target out of reach is missed by
    the least.
    """

    throttle: Floats
    used_throttle: Floats
    speed_m_per_s: Floats
    walking: NDArray[np.bool_]
    end_s: Floats
    d_prime_left_m: Floats
    budget_used_s: float
    finish_s: float
    late: tuple[Late, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleStep:
    """One step of a plan, as runners read it. Metres on the map, seconds from the start of the course.

    `throttle` is the mean of what is really used. `end_s` is the arrival at its end; `stop_s` the stay at the waypoint
    that stands there, if one does. `cutoff_margin_s`: how much earlier than its cut-off the next waypoint that has one
    (at this step's end or later) is reached; negative when it is missed.
    """

    ordinal: int
    start_m: float
    end_m: float
    ascent_m: float
    descent_m: float
    mean_grade: float
    movement: Movement
    throttle: float
    speed_m_per_s: float
    pace_s_per_km: float
    expected_heart_rate: int | None
    start_s: float
    end_s: float
    arrive_at: datetime | None
    d_prime_left_m: float
    cutoff_margin_s: float | None
    waypoint: str | None
    stop_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a solved course says: `reason` is a sentence where it is not feasible, else None."""

    predicted_time_s: float
    uncertainty_s: float
    feasible: bool
    reason: str | None
    model: str
    steps: tuple[ThrottleStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a runner is: metres along the course, when, and how fast their heart beats."""

    distance_m: float
    at: datetime
    heart_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """What became of a plan on the way: the report it goes by; `behind_s` the plan's first schedule it is (negative:
    ahead); and `today`, how many times its usual throttle a heartbeat costs today (None without a heart rate).
    `passes` and `first_at`: see `domain.pacing.on_the_way.laps`; none and None where the lap is known."""

    distance_m: float
    at: datetime
    heart_rate: float | None
    behind_s: float
    today: float | None
    kept: Kept | None = None
    first_at: datetime | None = None
    passes: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The live topic whose positions replan a plan, by which source, and up to which offset they are heeded."""

    topic_id: UUID
    source: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottlePlan:
    """A plan of how hard to push along a course.

    `planned` is as it was made, `now` as it is after replans: its steps begin where the last report was.
    """

    id: ThrottlePlanId
    athlete_id: UUID
    course_id: CourseId
    goal: Goal
    terrain_factor: float
    starts_at: datetime | None
    runner: Runner
    basis: Basis
    planned_steps: tuple[ThrottleStep, ...]
    now: Planned
    replan: Replan | None = None
    following: Following | None = None
    version: int = 1
