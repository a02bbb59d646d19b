"""What a runner's model stands on, told to the runner: a sentence for every figure."""

import numpy as np

from domain.pacing.athlete.critical import Critical
from domain.pacing.athlete.endurance import Endurance
from domain.pacing.athlete.heart_at import Heart
from domain.pacing.athlete.held_out import HeldOut
from domain.pacing.athlete.own_caps import DOWN
from domain.pacing.athlete.own_cost import OwnCost
from domain.pacing.athlete.ran import Ran
from domain.pacing.athlete.usual import Habits
from domain.pacing.athlete.ways import Ways
from domain.pacing.model import Basis

TOLD_GRADES = (-0.2, -0.1, 0.1, 0.2)


def basis_of(
    ran: Ran, critical: Critical, endurance: Endurance, habits: Habits, heart: Heart, held_out: HeldOut
) -> Basis:
    """How many runs, how well they foretold one another, and where each figure comes from, by its name."""
    return Basis(
        runs=int(np.unique(ran.run).size),
        held_out_runs=held_out.took_s.size,
        spread=held_out.spread,
        error=held_out.error,
        table_error=held_out.table_error,
        figures={
            "criticalSpeed": critical.speed_from,
            "dPrime": critical.d_prime_from,
            "endurance": _endurance(endurance),
            "ownCost": _own_cost(habits.ways.cost),
            "downhill": _downhill(habits.ways),
            "walking": _walking(habits.ways),
            "heartRate": heart.told,
            "uncertainty": _uncertainty(held_out),
        },
    )


def _endurance(endurance: Endurance) -> str:
    told = f"throttle 1 for {endurance.budget_s / 60:.0f} min, and {endurance.slower:.1%} less for twice as long"
    if not endurance.runs:
        return f"{told}: by Riegel's rule, for no run or effort of 20 min and more came near it"
    return f"{told}: by Riegel's rule and {_count(endurance.runs, 'hard run')} of 20 min and more"


def _own_cost(cost: OwnCost) -> str:
    if not cost.stretches:
        return "Minetti's cost of slopes: there are no runs to tell your own"
    own = cost.at(np.array(TOLD_GRADES))
    times = ", ".join(f"{times:.2f} at {grade:+.0%}" for grade, times in zip(TOLD_GRADES, own, strict=True))
    heart = f"; heart rate told the effort in {_count(cost.runs_by_heart, 'run')}" if cost.runs_by_heart else ""
    return f"times Minetti's: {times}; by {_count(cost.stretches, 'stretch', 'stretches')}{heart}"


def _downhill(ways: Ways) -> str:
    at = (-0.1, -0.2, -0.3)
    speeds = ", ".join(f"{speed:.1f} m/s down {-grade:.0%}" for grade, speed in zip(at, _caps(ways, at), strict=True))
    count = int(ways.downhill_stretches.sum())
    if not count:
        return f"at most {speeds}: what is usual at your critical speed, for no run tells more"
    return f"at most {speeds}; by {_count(count, 'stretch', 'stretches')} that went so fast"


def _caps(ways: Ways, grades: tuple[float, ...]) -> list[float]:
    told: list[float] = np.interp(grades, DOWN, ways.downhill_m_per_s).tolist()
    return told


def _walking(ways: Ways) -> str:
    told = f"at most {ways.walking_m_per_s:.1f} m/s"
    if not ways.walking_stretches:
        return f"{told}: usual, for you have not walked"
    return f"{told}; by {_count(ways.walking_stretches, 'stretch', 'stretches')} walked"


def _uncertainty(held_out: HeldOut) -> str:
    told = f"{held_out.spread:.0%} of the time, one standard deviation"
    if held_out.error is None or held_out.table_error is None:
        return f"{told}: usual, for it takes three runs to tell yours"
    return (
        f"{told}; each of {held_out.took_s.size} runs was foretold from others, to {held_out.error:.1%} on average; "
        f"a table of mean speed by grade does so to {held_out.table_error:.1%}"
    )


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
