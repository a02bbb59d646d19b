"""How far a plan's time is to be believed, by how long it has its runner on the way."""

import math
from dataclasses import replace

from domain.pacing.basis import Basis
from domain.pacing.model import LONG_S
from domain.pacing.wording import beyond_the_longest, clock

# One standard deviation of how throttle falls with the time, up to four hours and beyond: what runners differ by.
SCATTER = 0.03
LONG_SCATTER = 0.08
# What is known of the critical speed holds for about an hour.
KNOWN_FOR_S = 3600.0


def foreseen(basis: Basis, on_foot_s: float) -> Basis:
    """The basis of a plan that has its runner on foot for so long.

    Its spread grows with how many times longer, or shorter, that is than an hour or the longest hard run, whichever is
    nearer: endurance there is told by a rule, and runners differ by 3 % a log time up to four hours and by 8 % beyond
    (Cairn's own choice). What goes far beyond the longest run is said to.
    """
    further = min(_unsure(on_foot_s, known_s) for known_s in (KNOWN_FOR_S, basis.longest_hard_s or KNOWN_FOR_S))
    spread = math.hypot(basis.spread, further)
    figures = dict(basis.figures)
    told = f"{spread:.0%} of the time, one standard deviation"
    if further >= 0.005:
        told += f", {further:.0%} of it alone for {clock(on_foot_s)} on foot"
    figures["uncertainty"] = "; ".join([told, *filter(None, [figures.get("uncertainty")])])
    basis = replace(basis, spread=spread, foreseen_s=on_foot_s, figures=figures)
    if beyond := beyond_the_longest(basis):
        figures["endurance"] = "; ".join([*filter(None, [figures.get("endurance")]), beyond])
    return basis


def _unsure(one_s: float, other_s: float) -> float:
    """One standard deviation of the throttle held for the one time where that for the other is known, as a ratio."""
    short = math.log(min(one_s, LONG_S) / min(other_s, LONG_S))
    long = math.log(max(one_s, LONG_S) / max(other_s, LONG_S))
    return math.hypot(SCATTER * short, LONG_SCATTER * long)
