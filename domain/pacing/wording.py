"""What a plan says in words: what made it, and what cannot be met."""

import math
from collections.abc import Sequence

from domain.pacing.basis import Basis
from domain.pacing.model import LONG_S, Late, Runner

MOST_NAMED = 3
# So many times the longest run is far beyond it.
FAR = 1.25


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, such as 3:30:00, or 4:10 under an hour."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02d}"


def reason_of(late: Sequence[Late], finish_s: float) -> str | None:
    """Why a plan is not feasible, in sentences for its runner; None when nothing is late.

    At most three cut-offs are named, those first that are missed by the most. `finish_s` is when the plan arrives.
    """
    if not late:
        return None
    target = [one for one in late if one.name is None]
    cutoffs = sorted((one for one in late if one.name is not None), key=lambda one: -one.late_s)
    sentences = [_cutoff(one) for one in cutoffs[:MOST_NAMED]] + [_target(one, finish_s) for one in target]
    if len(cutoffs) > MOST_NAMED:
        sentences.append(f"So it is with {len(cutoffs) - MOST_NAMED} more.")
    return " ".join([*sentences, "This plan is late by the least."])


def over_budget(throttle: float, needed: float) -> str:
    """Why one throttle cannot be held all along; `needed` is its share of the fatigue budget, above 1."""
    return (
        f"A throttle of {throttle:.2f} all along takes {needed:.1f} times what your fatigue budget holds: nothing says "
        "that you can keep it up to the finish. Leave the throttle out to get the highest that you can."
    )


def over_reserve(throttle: float) -> str:
    """Why one throttle above 1 cannot be held all along."""
    return (
        f"A throttle of {throttle:.2f} all along uses up your D′ on the way: beyond threshold nobody goes on without "
        "it. Leave the throttle out to get the highest that you can."
    )


def model_of(runner: Runner, basis: Basis) -> str:
    """The models that made a plan, their figures, and how far they are to be believed."""
    beyond = beyond_the_longest(basis)
    return (
        f"Cost of slopes by Minetti 2002{_own_cost(basis)}; critical speed {runner.critical_speed_m_per_s:.2f} m/s, "
        f"D′ {runner.d_prime_m:.0f} m; {_fatigue(runner)}. {_belief(basis)}" + (f" It goes {beyond}." if beyond else "")
    )


def beyond_the_longest(basis: Basis) -> str | None:
    """That what is foreseen goes far beyond the runner's longest run; None where it does not, or nobody knows any."""
    if basis.foreseen_s is None or basis.longest_s is None or basis.foreseen_s <= FAR * basis.longest_s:
        return None
    return f"beyond your longest run ({clock(basis.longest_s)}): extrapolated"


def day_of(cost: float) -> str:
    """What a replan takes the day for: `cost` is how many times the usual cost the ground ahead has."""
    percent = abs(cost - 1) * 100
    if percent < 0.5:
        return "Today is taken for a day like others."
    return f"Today is taken for {percent:.0f} % {'harder' if cost > 1 else 'easier'} than other days."


def _cutoff(late: Late) -> str:
    return (
        f"The cut-off at {late.name} ({clock(late.cutoff_s)}) cannot be met: at the fastest that your model allows you "
        f"are there {clock(max(math.ceil(late.late_s), 1))} after it."
    )


def _target(late: Late, finish_s: float) -> str:
    return (
        f"The target time of {clock(late.cutoff_s)} cannot be met: the soonest that your model allows is "
        f"{clock(late.cutoff_s + late.late_s)}, and this plan arrives in {clock(finish_s)}."
    )


def _own_cost(basis: Basis) -> str:
    return f", adapted to your own {basis.runs} runs" if basis.runs else " as measured, without runs of yours"


def _fatigue(runner: Runner) -> str:
    exponent = runner.fatigue_exponent
    if not runner.holds_long:
        return f"fatigue after Riegel {exponent / (exponent - 1):.3f}, throttle 1 for {clock(runner.fatigue_budget_s)}"
    held = (runner.fatigue_budget_s / LONG_S) ** (1 / exponent)
    less = 100 * (1 - 2 ** (-1 / exponent))
    return f"fatigue beyond four hours, throttle {held:.2f} for these and {less:.1f} % less for twice as long"


def _belief(basis: Basis) -> str:
    spread = f"±{100 * basis.spread:.0f} %"
    if basis.error is None:
        return f"No runs of yours have tested it: {spread} is assumed."
    return (
        f"It foretold {basis.held_out_runs} runs as you usually run them, from the others, to {100 * basis.error:.1f} %"
        f"; {spread} is assumed for this one."
    )
