"""What a plan keeps of a report from the way, so that the next one tells only of what has come since."""

from dataclasses import dataclass

import numpy as np

from domain.runs.recording import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A runner as they came to a place: when, seconds from the start, with how much D′.

    `usual_budget_s` is what they had used of the fatigue budget if the ground cost what it usually does; `cost` is how
    many times that it was taken to cost. From there on they were told `throttle`, step by step up to `to_m`: k each. At
    a waypoint, `waypoint_m` is where that is, `elapsed_s` when they came to it, and `stood_s` how long they have been
    seen there since.
    """

    distance_m: float
    elapsed_s: float
    d_prime_left_m: float
    usual_budget_s: float
    cost: float
    to_m: tuple[float, ...]
    throttle: tuple[float, ...]
    waypoint_m: float | None = None
    stood_s: float = 0.0

    def told_at(self, places_m: Floats) -> Floats:
        """The throttle told at each place, as what its pace takes where the ground costs the usual: shape of places."""
        step = np.minimum(np.searchsorted(self.to_m, places_m), len(self.throttle) - 1)
        return np.asarray(np.array(self.throttle)[step] / self.cost)
