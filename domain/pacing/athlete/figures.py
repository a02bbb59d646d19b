"""What a runner's model stands on, told to the runner: a sentence for every figure."""

from dataclasses import dataclass

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
from domain.pacing.basis import Basis

TOLD_GRADES = (-0.2, -0.1, 0.1, 0.2)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What was learned of an athlete; so many `odd` runs were left out."""

    critical: Critical
    endurance: Endurance
    habits: Habits
    heart: Heart
    held_out: HeldOut
    odd: int = 0


def basis_of(ran: Ran, told: Told) -> Basis:
    """How many runs, how well they foretold one another, and where each figure comes from, by its name.

    The spread is that of runs foretold as usual, and how unsure the critical speed is: no habit tests that.
    """
    critical, held_out, ways = told.critical, told.held_out, told.habits.ways
    took = np.bincount(ran.run, weights=ran.time_s)
    return Basis(
        runs=int(np.count_nonzero(took)),
        held_out_runs=held_out.took_s.size,
        spread=float(np.hypot(held_out.spread, critical.unsure)),
        error=held_out.error,
        table_error=held_out.table_error,
        longest_s=float(took.max()) if took.size else None,
        longest_hard_s=told.endurance.longest_s,
        figures={
            "criticalSpeed": critical.speed_from,
            "dPrime": critical.d_prime_from,
            "endurance": _endurance(told.endurance, critical),
            "ownCost": _own_cost(ways.cost, told.odd),
            "downhill": _downhill(ways),
            "walking": _walking(ways),
            "heartRate": told.heart.told,
            "uncertainty": _uncertainty(held_out, critical),
        },
    )


def _endurance(endurance: Endurance, critical: Critical) -> str:
    told = f"throttle 1 for {endurance.budget_s / 60:.0f} min, and {endurance.slower:.1%} less for twice as long"
    if endurance.runs:
        told += f": by Riegel's rule and {_hardest(endurance.runs)} of 20 min and more"
    elif critical.measured:
        told += ": by Riegel's rule, for no run or effort of 20 min and more came near it"
    else:
        told += ": by Riegel's rule, for no run is known to have been as hard as you can"
    told += f"; beyond four hours {endurance.long_slower:.1%} less"
    if not endurance.long_runs:
        return f"{told}, as is usual"
    return f"{told}, by what is usual and {_hardest(endurance.long_runs)} of that length"


def _hardest(runs: int) -> str:
    return "your hardest run" if runs == 1 else f"your hardest {runs} runs"


def _own_cost(cost: OwnCost, odd: int) -> str:
    left_out = f"; {_count(odd, 'run')} left out that no slope or effort explains" if odd else ""
    if not cost.stretches:
        return f"Minetti's cost of slopes: there are no runs to tell your own{left_out}"
    own = cost.at(np.array(TOLD_GRADES))
    times = ", ".join(f"{times:.2f} at {grade:+.0%}" for grade, times in zip(TOLD_GRADES, own, strict=True))
    heart = f"; heart rate told the effort in {_count(cost.runs_by_heart, 'run')}" if cost.runs_by_heart else ""
    return f"times Minetti's: {times}; by {_count(cost.stretches, 'stretch', 'stretches')}{heart}{left_out}"


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


def _uncertainty(held_out: HeldOut, critical: Critical) -> str:
    unsure = f"{critical.unsure:.0%} for how sure your critical speed is"
    if held_out.error is None or held_out.table_error is None:
        return f"{unsure}, {held_out.spread:.0%} for your days and ways, as is usual: it takes three runs to tell yours"
    return (
        f"{unsure}, {held_out.spread:.0%} for your days and ways: each of {held_out.took_s.size} runs was foretold as "
        f"you usually run them, from the others, to {held_out.error:.1%} on average; a table of mean speed by grade "
        f"does so to {held_out.table_error:.1%}"
    )


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
