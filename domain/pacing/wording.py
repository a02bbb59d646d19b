"""What a plan says in words: what made it, and what cannot be met."""

import math
from collections.abc import Iterator, Sequence

from domain.pacing.basis import Basis
from domain.pacing.late import Late, Missed
from domain.pacing.model import LONG_S, Runner

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

    At most three cut-offs are named, the first of the course. `finish_s` is when the plan arrives.
    """
    if not late:
        return None
    cutoffs = [one for one in late if one.name is not None]
    targets = [one for one in late if one.name is None]
    sentences = [_cutoff(one) for one in cutoffs[:MOST_NAMED]]
    if len(cutoffs) > MOST_NAMED:
        sentences.append(f"So it is with {len(cutoffs) - MOST_NAMED} more.")
    return " ".join([*sentences, *_what_is_done(cutoffs), *(_target(one, finish_s) for one in targets)])


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
    after = f"{clock(max(math.ceil(late.late_s), 1))} after it."
    why = {
        Missed.OUT_OF_REACH: f"cannot be met: at the fastest that your model allows you are there {after}",
        Missed.NOT_TOGETHER: f"cannot be met together with the others: this plan is there {after}",
        Missed.AS_RUN: f"is missed: at this effort you are there {after}",
        Missed.PAST: f"is past: you are here {after}",
    }
    return f"The cut-off at {late.name} ({clock(late.cutoff_s)}) {why[late.why]}"


def _what_is_done(cutoffs: Sequence[Late]) -> Iterator[str]:
    """What a plan makes of the cut-offs that it misses."""
    out = sum(one.why is Missed.OUT_OF_REACH for one in cutoffs)
    if out:
        yield f"This plan leaves {'it' if out == 1 else 'them'} out and keeps the cut-offs that can be met."
    if any(one.why is Missed.NOT_TOGETHER for one in cutoffs):
        yield "Where cut-offs cannot be met together, this plan is late by the least that will do."


def _target(late: Late, finish_s: float) -> str:
    named = f"The target time of {clock(late.cutoff_s)} cannot be met"
    if late.why is Missed.NOT_TOGETHER:
        return f"{named} together with the cut-offs: with them this plan is the soonest, in {clock(finish_s)}."
    soonest_s = math.ceil(late.cutoff_s + late.late_s)
    told = f"{named}: the soonest that your model allows is {clock(soonest_s)}"
    if finish_s <= soonest_s + 1:
        return f"{told}. This plan is the soonest."
    return f"{told}. With the cut-offs this plan is the soonest, in {clock(finish_s)}."


def _own_cost(basis: Basis) -> str:
    if not basis.runs:
        return " as measured, without runs of yours"
    return f", adapted to {'one run' if basis.runs == 1 else f'{basis.runs} runs'} of yours"


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
