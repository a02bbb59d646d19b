"""The speed that a runner can hold for long, and the distance in store beyond it, from efforts of 2 to 20 minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

SHORTEST_S = 120.0
LONGEST_S = 1200.0
APART = 1.5
FEWEST = 2

# What runners have: Jones & Vanhatalo 2017, Sports Med 47(Suppl 1):65, doi 10.1007/s40279-017-0688-0, with room.
PLAUSIBLE_SPEED_M_PER_S = (1.5, 7.0)
PLAUSIBLE_D_PRIME_M = (30.0, 500.0)

TOO_FEW = (
    "It takes best efforts of two distances or more that lasted 2 to 20 min, the longest one and a half times the "
    "shortest. Run 1 km and 1 mile flat out, on fresh legs; 5 km counts too where it takes you at most 20 min."
)
IMPLAUSIBLE = (
    "The best efforts do not fit together: not all of them can have been flat out. Run the distances again, each as "
    "fast as you can."
)


@dataclass(frozen=True, slots=True)
class Effort:
    """A distance run at once, and when: one of a runner's best."""

    run_id: UUID
    started_at: datetime
    distance_m: float
    time_s: float


@dataclass(frozen=True, slots=True)
class CriticalSpeed:
    """Critical speed and D′ with the efforts they stand on; None with `why` when they cannot be told."""

    critical_speed_m_per_s: float | None
    d_prime_m: float | None
    efforts: tuple[Effort, ...]
    why: str | None = None


def fit_critical_speed(efforts: Sequence[Effort]) -> CriticalSpeed:
    """Critical speed (m/s) and D′ (m) by least squares of d = CS·t + D′ over the efforts that lasted 2 to 20 min.

    The others are left out. None for both, with the reason, where fewer than two efforts remain, where the longest of
    them lasts less than 1.5 times the shortest, and where the line is none of a runner's: CS outside 1.5–7 m/s or D′
    outside 30–500 m, which is what efforts with something in reserve give.
    Monod & Scherrer 1965, Ergonomics 8:329, doi 10.1080/00140136508930810, for running Hughson et al. 1984, Int J
    Sports Med 5:23, doi 10.1055/s-2008-1025875.
    """
    used = tuple(effort for effort in efforts if SHORTEST_S <= effort.time_s <= LONGEST_S)
    times_s = np.array([effort.time_s for effort in used])
    if len(used) < FEWEST or times_s.max() < APART * times_s.min():
        return CriticalSpeed(None, None, used, TOO_FEW)
    centred = times_s - times_s.mean()
    distances_m = np.array([effort.distance_m for effort in used])
    speed = float(centred @ distances_m / (centred @ centred))
    d_prime_m = float(distances_m.mean() - speed * times_s.mean())
    if not (_within(speed, PLAUSIBLE_SPEED_M_PER_S) and _within(d_prime_m, PLAUSIBLE_D_PRIME_M)):
        return CriticalSpeed(None, None, used, IMPLAUSIBLE)
    return CriticalSpeed(speed, d_prime_m, used)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
